// Package iox holds the small readers and writers that several rooms share.
package iox

import (
	"context"
	"hash"
	"io"
	"sync"

	"csuis-offline/progress"
)

// Reader notes what is read through it. R is required; the other fields may be
// zero.
type Reader struct {
	R       io.Reader
	Hash    hash.Hash        // gets every byte; nil computes no digest
	Counter progress.Counter // counts every byte; nil counts nothing

	N   int64 // bytes read so far
	EOF bool  // R has returned io.EOF
	// Err is the last error of R other than io.EOF: it distinguishes an input that
	// cannot be read from everything else that ends the work on it.
	Err error
}

// Read implements io.Reader.
func (r *Reader) Read(p []byte) (int, error) {
	n, err := r.R.Read(p)
	r.N += int64(n)
	if r.Hash != nil {
		r.Hash.Write(p[:n])
	}
	if r.Counter != nil {
		r.Counter.Add(int64(n))
	}
	switch err {
	case nil:
	case io.EOF:
		r.EOF = true
	default:
		r.Err = err
	}
	return n, err
}

// WithContext returns a reader of r that fails with the context's error once
// the context has ended. It does not interrupt a Read that is waiting.
func WithContext(ctx context.Context, r io.Reader) io.Reader { return &contextReader{ctx, r} }

type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c *contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// Shared returns a reader of r that several goroutines may use at once.
func Shared(r io.Reader) io.Reader { return &shared{r: r} }

type shared struct {
	mu sync.Mutex
	r  io.Reader
}

func (s *shared) Read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.r.Read(p)
}

// Limit returns a reader that fails with tooLong if r has more than so many
// bytes. Unlike io.LimitReader it does not pass off a part as the whole.
func Limit(r io.Reader, bytes int64, tooLong error) io.Reader {
	return &limited{r, bytes, tooLong}
}

type limited struct {
	r       io.Reader
	left    int64
	tooLong error
}

func (l *limited) Read(p []byte) (int, error) {
	if l.left < 0 {
		return 0, l.tooLong
	}
	// One byte over the limit distinguishes a longer input from one that just fits.
	if int64(len(p)) > l.left+1 {
		p = p[:l.left+1]
	}
	n, err := l.r.Read(p)
	if l.left -= int64(n); l.left < 0 {
		return n - 1, l.tooLong
	}
	return n, err
}

// Plain returns r without its other methods, so that io.CopyBuffer uses the
// buffer that it is given.
func Plain(r io.Reader) io.Reader { return struct{ io.Reader }{r} }
