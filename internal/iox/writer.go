package iox

import (
	"hash"
	"io"
)

// Writer notes what is written through it. W is required; the other fields may
// be zero.
type Writer struct {
	W    io.Writer
	Hash hash.Hash // gets every byte that W took; nil computes no digest

	N   int64 // bytes that W took so far
	Err error // the first error of W, so that no caller need ask each time
}

// Write implements io.Writer.
func (w *Writer) Write(p []byte) (int, error) {
	n, err := w.W.Write(p)
	w.N += int64(n)
	if w.Hash != nil {
		w.Hash.Write(p[:n])
	}
	if err != nil && w.Err == nil {
		w.Err = err
	}
	return n, err
}

// Buffer keeps what is written to it up to Max bytes. Beyond that it keeps
// nothing at all, takes everything, and says so with Over.
type Buffer struct {
	Max  int
	Over bool
	b    []byte
}

// Write implements io.Writer. It never fails.
func (b *Buffer) Write(p []byte) (int, error) {
	if b.Over = b.Over || len(p) > b.Max-len(b.b); b.Over {
		b.b = nil
		return len(p), nil
	}
	b.b = append(b.b, p...)
	return len(p), nil
}

// Bytes is what was kept, until the next Write.
func (b *Buffer) Bytes() []byte { return b.b }

// CloseOnce returns w with a Close that does its work, and reports its error,
// only at the first call: a deferred second call after a checked one then
// changes nothing.
func CloseOnce(w io.WriteCloser) io.WriteCloser { return &closeOnce{WriteCloser: w} }

type closeOnce struct {
	io.WriteCloser
	closed bool
}

func (c *closeOnce) Close() error {
	if c.closed {
		return nil
	}
	c.closed = true
	return c.WriteCloser.Close()
}

// Discard is an io.WriteCloser that takes everything and keeps nothing.
var Discard io.WriteCloser = discard{}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
func (discard) Close() error                { return nil }
