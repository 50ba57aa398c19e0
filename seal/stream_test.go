package seal

import (
	"bytes"
	"context"
	"errors"
	"io"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"csuis-offline/internal/testtool"
)

// rows is an endless supply of a record's inside, up to a size.
type rows struct {
	left int64
	part io.Reader
	end  bool
}

const (
	rowsHead = `<Rozvaha xmlns="urn:cz:isvs:micr:schemas:Rozvaha:v1"><Aktiva>`
	rowsRow  = "\n    <Radek>\n      <PolozkaCislo>A.I.1.</PolozkaCislo>\n      <ObdobiBezneNetto>1234567.89</ObdobiBezneNetto>\n    </Radek>"
	rowsTail = "</Aktiva></Rozvaha>"
)

func newRows(size int64) *rows {
	return &rows{left: size, part: strings.NewReader(rowsHead)}
}

var manyRows = strings.Repeat(rowsRow, 100)

func (r *rows) Read(p []byte) (int, error) {
	for {
		n, err := r.part.Read(p)
		if n > 0 || err != io.EOF {
			r.left -= int64(n)
			return n, err
		}
		switch {
		case r.left > 0:
			r.part = strings.NewReader(manyRows)
		case !r.end:
			r.end = true
			r.part = strings.NewReader(rowsTail)
		default:
			return 0, io.EOF
		}
	}
}

// TestMemoryIsFlat seals a record of 256 MB into a pipe and opens it at the
// other end. No other test may run meanwhile: the whole heap is measured.
func TestMemoryIsFlat(t *testing.T) {
	const bound = 16 << 20
	ctx := t.Context()
	r, w := io.Pipe()
	done := make(chan error, 1)
	var made *Result
	go func() {
		var err error
		made, err = Seal(ctx, w, newRows(256<<20/testtool.Slowdown), options(t, 1))
		w.CloseWithError(err)
		done <- err
	}()
	var peak atomic.Uint64
	stop := make(chan struct{})
	go func() {
		var m runtime.MemStats
		for {
			select {
			case <-stop:
				return
			case <-time.After(10 * time.Millisecond):
				runtime.ReadMemStats(&m)
				peak.Store(max(peak.Load(), m.HeapAlloc))
			}
		}
	}()
	found, err := Open(ctx, io.Discard, r, testKey(t))
	close(stop)
	if err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if found.Sum != made.Sum || found.XMLSize < 256<<20/testtool.Slowdown {
		t.Errorf("sealed %+v, opened %+v", made, found)
	}
	if peak.Load() > bound {
		t.Errorf("the heap grew to %d MB", peak.Load()>>20)
	}
}

var errBroken = errors.New("broken")

// brokenWriter fails behind so many bytes.
type brokenWriter struct{ left int }

func (w *brokenWriter) Write(p []byte) (int, error) {
	if len(p) > w.left {
		n := w.left
		w.left = 0
		return n, errBroken
	}
	w.left -= len(p)
	return len(p), nil
}

func brokenReader(r io.Reader, after int64) io.Reader {
	return io.MultiReader(io.LimitReader(r, after), failing{})
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errBroken }

// places are where streams break: at the edges of tokens, chunks and buffers.
var places = []int{0, 1, 15, 16, 17, 31, 32, 500, 64<<10 - 1, 64 << 10, 64<<10 + 1, 100000, 300000, 500000}

// TestBrokenStreams: an error of either side comes out as it is, is no finding
// about the record, and no goroutine stays (synctest fails if one does).
func TestBrokenStreams(t *testing.T) {
	t.Parallel()
	const size = 600000
	sealed, res := mustSeal(t, must(io.ReadAll(newRows(size))), options(t, 1))
	ctx := context.Background()
	for _, at := range places {
		synctest.Test(t, func(t *testing.T) {
			_, err := Seal(ctx, &brokenWriter{at}, newRows(size), options(t, 1))
			isBroken(t, "Seal, destination", at, err)
			_, err = Seal(ctx, io.Discard, brokenReader(newRows(size), int64(at)), options(t, 1))
			isBroken(t, "Seal, source", at, err)
			_, err = Open(ctx, &brokenWriter{at}, bytes.NewReader(sealed), testKey(t))
			isBroken(t, "Open, destination", at, err)
			_, err = Open(ctx, io.Discard, brokenReader(bytes.NewReader(sealed), int64(at)), testKey(t))
			isBroken(t, "Open, source", at, err)

			// The source breaks behind damage: then nobody knows the sum.
			bad := bytes.Clone(sealed)
			bad[400] ^= 1
			_, err = Open(ctx, io.Discard, brokenReader(bytes.NewReader(bad), max(int64(at), 128<<10)), testKey(t))
			isBroken(t, "Open, damaged source", at, err)
		})
	}
	// Breaking at the very end is no less an error.
	_, err := Seal(ctx, &brokenWriter{int(res.SealedSize) - 1}, newRows(size), options(t, 1))
	isBroken(t, "Seal, last byte", 0, err)
	_, err = Open(ctx, &brokenWriter{int(res.XMLSize) - 1}, bytes.NewReader(sealed), testKey(t))
	isBroken(t, "Open, last byte", 0, err)
	_, err = Open(ctx, io.Discard, brokenReader(bytes.NewReader(sealed), res.SealedSize), testKey(t))
	isBroken(t, "Open, behind the last byte", 0, err)
}

func must(b []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return b
}

func isBroken(t *testing.T, what string, at int, err error) {
	t.Helper()
	if !errors.Is(err, errBroken) || Findings(err) != nil {
		t.Errorf("%s at %d: %v", what, at, err)
	}
}

// TestFewBytesAtATime: no read or write depends on the size of the pieces.
func TestFewBytesAtATime(t *testing.T) {
	t.Parallel()
	for name, doc := range documents(t) {
		if len(doc) > 100000 {
			continue
		}
		want, _ := mustSeal(t, doc, options(t, 1))
		var got bytes.Buffer
		if _, err := Seal(t.Context(), &got, oneByte{bytes.NewReader(doc)}, options(t, 1)); err != nil || !bytes.Equal(got.Bytes(), want) {
			t.Errorf("%s: Seal: %v", name, err)
		}
		if _, err := Open(t.Context(), io.Discard, oneByte{bytes.NewReader(want)}, testKey(t)); err != nil {
			t.Errorf("%s: Open: %v", name, err)
		}
	}
}

type oneByte struct{ r io.Reader }

func (o oneByte) Read(p []byte) (int, error) { return o.r.Read(p[:min(len(p), 1)]) }

// cancelling cancels once so many bytes went by.
type cancelling struct {
	io.Reader
	after  int64
	cancel context.CancelCauseFunc
}

func (c *cancelling) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	if c.after -= int64(n); c.after < 0 {
		c.cancel(errBroken)
	}
	return n, err
}

// TestCancelled: a context that ends in the middle ends the work, and leaves no
// goroutine.
func TestCancelled(t *testing.T) {
	t.Parallel()
	const size = 4 << 20
	sealed, _ := mustSeal(t, must(io.ReadAll(newRows(size))), options(t, 1))
	bad := bytes.Clone(sealed)
	bad[len(bad)/4] ^= 1
	for _, at := range []int64{0, 1000, size / 2} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(context.Background())
			src := &cancelling{newRows(size), at, cancel}
			_, err := Seal(ctx, io.Discard, src, options(t, 1))
			isBroken(t, "Seal", int(at), err)
			if src.after < -2<<20 {
				t.Errorf("Seal: read %d bytes more", -src.after)
			}
			for name, file := range map[string][]byte{"whole": sealed, "damaged": bad} {
				ctx, cancel = context.WithCancelCause(context.Background())
				_, err = Open(ctx, io.Discard, &cancelling{bytes.NewReader(file), at, cancel}, testKey(t))
				isBroken(t, "Open "+name, int(at), err)
			}
		})
	}
}

// TestSlowSides: neither a slow reader nor a slow writer makes the two halves
// wait for each other for ever.
func TestSlowSides(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const size = 2 << 20
		r, w := io.Pipe()
		go func() {
			_, err := Seal(context.Background(), slowWriter{w}, slowReader{newRows(size)}, options(t, 1))
			w.CloseWithError(err)
		}()
		res, err := Open(context.Background(), slowWriter{io.Discard}, slowReader{r}, testKey(t))
		if err != nil || res.XMLSize < size {
			t.Errorf("%v, %+v", err, res)
		}
	})
}

// The clock is the test's own: sleeping takes no time, but lets others run.
type slowWriter struct{ w io.Writer }

func (s slowWriter) Write(p []byte) (int, error) {
	time.Sleep(time.Second)
	return s.w.Write(p)
}

type slowReader struct{ r io.Reader }

func (s slowReader) Read(p []byte) (int, error) {
	time.Sleep(3 * time.Second)
	return s.r.Read(p)
}
