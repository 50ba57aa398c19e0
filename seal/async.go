package seal

import (
	"io"
	"sync"
)

// Canonicalizing and encrypting take about the same time, so the two halves of
// the pass run side by side, a few chunks apart. A small record is over before
// that pays, and packing seals several at once anyway: only what comes after
// the first bytes goes to the other half.
const (
	asyncChunk  = 64 << 10
	asyncChunks = 4
	asyncAfter  = 512 << 10
)

// asyncWriter writes to w in another goroutine, once there is much to write.
type asyncWriter struct {
	w     io.Writer
	early int // bytes written before the other goroutine was started

	full chan []byte
	free chan []byte
	done chan struct{}

	mu  sync.Mutex
	err error
}

func newAsyncWriter(w io.Writer) *asyncWriter {
	return &asyncWriter{w: w}
}

func (a *asyncWriter) start() {
	a.full = make(chan []byte, asyncChunks)
	a.free = make(chan []byte, asyncChunks)
	a.done = make(chan struct{})
	for range asyncChunks {
		a.free <- nil
	}
	go a.run()
}

func (a *asyncWriter) run() {
	defer close(a.done)
	for b := range a.full {
		if a.failed() == nil {
			if _, err := a.w.Write(b); err != nil {
				a.mu.Lock()
				a.err = err
				a.mu.Unlock()
			}
		}
		a.free <- b[:0]
	}
}

func (a *asyncWriter) failed() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.err
}

// Write passes a copy of p to the other goroutine. An error is that of an earlier
// chunk.
func (a *asyncWriter) Write(p []byte) (int, error) {
	if err := a.failed(); err != nil {
		return 0, err
	}
	if a.full == nil {
		if a.early += len(p); a.early <= asyncAfter {
			return a.w.Write(p)
		}
		a.start()
	}
	n := len(p)
	for len(p) > 0 {
		chunk := p[:min(len(p), asyncChunk)]
		p = p[len(chunk):]
		a.full <- append(<-a.free, chunk...)
	}
	return n, nil
}

// Close waits until everything is written and returns the first error. The caller
// must call it, or the goroutine leaks.
func (a *asyncWriter) Close() error {
	if a.full == nil {
		return nil
	}
	close(a.full)
	<-a.done
	return a.err
}

// asyncReader reads ahead from r in another goroutine, once much was read.
type asyncReader struct {
	r     io.Reader
	early int // bytes read before the other goroutine was started

	full chan []byte
	free chan []byte
	stop chan struct{}
	buf  []byte // the unread rest of the current chunk
	held []byte // the current chunk, to be returned to the other goroutine
	err  error  // valid once full is closed
}

func newAsyncReader(r io.Reader) *asyncReader {
	return &asyncReader{r: r}
}

func (a *asyncReader) start() {
	a.full = make(chan []byte, asyncChunks)
	a.free = make(chan []byte, asyncChunks)
	a.stop = make(chan struct{})
	for range asyncChunks {
		a.free <- nil
	}
	go a.run()
}

func (a *asyncReader) run() {
	defer close(a.full)
	for {
		var b []byte
		select {
		case b = <-a.free:
		case <-a.stop:
			return
		}
		if b == nil {
			b = make([]byte, asyncChunk)
		}
		n, err := a.r.Read(b[:asyncChunk])
		if n > 0 {
			a.full <- b[:n]
		} else {
			a.free <- b
		}
		if err != nil {
			a.err = err
			return
		}
	}
}

func (a *asyncReader) Read(p []byte) (int, error) {
	if a.full == nil {
		if a.early < asyncAfter {
			n, err := a.r.Read(p)
			a.early += n
			return n, err
		}
		a.start()
	}
	if len(a.buf) == 0 {
		if a.held != nil {
			a.free <- a.held
			a.held = nil
		}
		b, ok := <-a.full
		if !ok {
			return 0, a.err
		}
		a.held, a.buf = b[:cap(b)], b
	}
	n := copy(p, a.buf)
	a.buf = a.buf[n:]
	return n, nil
}

// Close stops reading ahead and waits until r is no longer used. The caller must
// call it once, after the last Read.
func (a *asyncReader) Close() {
	if a.full == nil {
		return
	}
	close(a.stop)
	for range a.full {
	}
}
