package iso

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"
)

func planOf(t *testing.T, c contents) *Layout {
	t.Helper()
	l, err := Plan(c.files(), testOptions)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestWriteIsReproducible writes the same files twice, given in another order
// and with the time in another zone.
func TestWriteIsReproducible(t *testing.T) {
	t.Parallel()
	c := manyFiles(50)
	o := testOptions
	o.Time = o.Time.In(time.FixedZone("", -7*3600))
	if !bytes.Equal(image(t, c, testOptions), image(t, c, o)) {
		t.Error("the bytes differ")
	}
}

// TestWriteSizes has files longer and shorter than planned.
func TestWriteSizes(t *testing.T) {
	t.Parallel()
	c := fewFiles()
	l := planOf(t, c)
	for name := range c {
		for _, by := range []int{-2047, -1, 1, 5000} {
			want := int64(len(c[name]))
			if want+int64(by) < 0 {
				continue
			}
			err := l.Write(context.Background(), io.Discard, func(n string) (io.ReadCloser, error) {
				b := c[n]
				if n == name {
					b = noise(9, len(b)+by)
				}
				return io.NopCloser(bytes.NewReader(b)), nil
			})
			found := want + int64(min(by, 1))
			var se *SizeError
			if !errors.As(err, &se) || *se != (SizeError{name, want, found}) {
				t.Errorf("%s by %d: %v", name, by, err)
			}
		}
	}
}

type closer struct {
	io.Reader
	err error
	n   *int
}

func (c closer) Close() error { *c.n++; return c.err }

type failing struct{ err error }

func (f failing) Read([]byte) (int, error)  { return 0, f.err }
func (f failing) Write([]byte) (int, error) { return 0, f.err }

// TestWriteErrors gives every outside call a chance to fail, and looks whether
// every file opened was closed.
func TestWriteErrors(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	c := fewFiles()
	l := planOf(t, c)
	for _, tc := range []struct {
		name string
		w    io.Writer
		open func(string) (io.Reader, error, error) // reader, error of open, error of Close
		says string
	}{
		{"open", io.Discard, func(string) (io.Reader, error, error) { return nil, broken, nil }, "A_NAME_OF_27_CHARACTERS_ABC.XM6"},
		{"read", io.Discard, func(n string) (io.Reader, error, error) {
			return io.MultiReader(bytes.NewReader(c[n][:len(c[n])/2]), failing{broken}), nil, nil
		}, "A_NAME_OF_27_CHARACTERS_ABC.XM6"},
		{"at the end", io.Discard, func(n string) (io.Reader, error, error) {
			return io.MultiReader(bytes.NewReader(c[n]), failing{broken}), nil, nil
		}, "A_NAME_OF_27_CHARACTERS_ABC.XM6"},
		{"close", io.Discard, func(n string) (io.Reader, error, error) { return bytes.NewReader(c[n]), nil, broken }, "A_NAME_OF_27_CHARACTERS_ABC.XM6"},
		{"write", failing{broken}, func(n string) (io.Reader, error, error) { return bytes.NewReader(c[n]), nil, nil }, "broken"},
	} {
		opened, closed := 0, 0
		err := l.Write(context.Background(), tc.w, func(n string) (io.ReadCloser, error) {
			r, err, cerr := tc.open(n)
			if err != nil {
				return nil, err
			}
			opened++
			return closer{r, cerr, &closed}, nil
		})
		if !errors.Is(err, broken) || !strings.Contains(err.Error(), tc.says) || opened != closed {
			t.Errorf("%s: %v; %d opened, %d closed", tc.name, err, opened, closed)
		}
	}
}

type short struct{}

func (short) Write(p []byte) (int, error) { return len(p) - 1, nil }

func TestWriteShort(t *testing.T) {
	t.Parallel()
	c := fewFiles()
	if err := planOf(t, c).Write(context.Background(), short{}, c.open); !errors.Is(err, io.ErrShortWrite) {
		t.Error(err)
	}
}

// TestWriteCancelled cancels before the start, between files and inside one.
func TestWriteCancelled(t *testing.T) {
	t.Parallel()
	c := contents{"A.XM6": noise(1, 10), "B.XM6": noise(2, 8<<20)}
	l := planOf(t, c)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := l.Write(ctx, io.Discard, c.open); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	ctx, cancel = context.WithCancel(context.Background())
	read := 0
	err := l.Write(ctx, io.Discard, func(n string) (io.ReadCloser, error) {
		r := bytes.NewReader(c[n])
		return io.NopCloser(readerFunc(func(p []byte) (int, error) {
			if n == "B.XM6" {
				cancel()
				read += len(p)
			}
			return r.Read(p)
		})), nil
	})
	if !errors.Is(err, context.Canceled) || read > 2*bufferSize {
		t.Errorf("%v after %d bytes", err, read)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// TestWriteInLargePieces counts the writes, which must not be one a sector.
func TestWriteInLargePieces(t *testing.T) {
	t.Parallel()
	c := manyFiles(2000)
	l := planOf(t, c)
	w := &pieces{}
	if err := l.Write(context.Background(), w, c.open); err != nil {
		t.Fatal(err)
	}
	if most := int(l.Size()/bufferSize) + 1; w.n > most {
		t.Errorf("%d writes for %d bytes, want at most %d", w.n, l.Size(), most)
	}
}

type pieces struct{ n int }

func (p *pieces) Write(b []byte) (int, error) { p.n++; return len(b), nil }

// TestWriteGolden holds the metadata of an image to the bytes that a person
// has compared with the standard once: testdata/few.hex has every line of 16
// bytes that is not zero, of the sectors 16 to 24.
func TestWriteGolden(t *testing.T) {
	t.Parallel()
	img := image(t, fewFiles(), testOptions)
	var b strings.Builder
	for i := 16 * 2048; i < 25*2048; i += 16 {
		if line := img[i : i+16]; !isZero(line) {
			fmt.Fprintf(&b, "%06x  % x  %s\n", i, line, bytes.Map(visible, line))
		}
	}
	const path = "testdata/few.hex"
	want, err := os.ReadFile(path)
	if os.Getenv("UPDATE_GOLDEN") != "" {
		err = os.WriteFile(path, []byte(b.String()), 0o644)
		want = []byte(b.String())
	}
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("the image differs from %s; it is now:\n%s", path, b.String())
	}
}
