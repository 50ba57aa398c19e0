package crypto

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

var testKey = bytes.Repeat([]byte("0123456789abcdef"), 2)

// plainOf is a document that differs at every place.
func plainOf(n int) []byte {
	b := make([]byte, n)
	x := uint32(n)
	for i := range b {
		x = x*1664525 + 1013904223
		b[i] = byte(x >> 24)
	}
	return b
}

func TestPublishedVector(t *testing.T) {
	t.Parallel()
	raw := make([]byte, KeySize)
	for i := range raw {
		raw[i] = byte(i)
	}
	var out bytes.Buffer
	seal(t, &out, mustKey(t, raw), []byte("<a/>"), strings.NewReader(strings.Repeat("A", 64)))
	want := unhex(t, "72ada3664473c418c917a496fcc370668f7e12256ef4bed9b82882800d515b03")
	if !bytes.Equal(out.Bytes(), want) {
		t.Errorf("sealed as %x, want %x", out.Bytes(), want)
	}
}

func TestRoundTripOfEveryLength(t *testing.T) {
	t.Parallel()
	key := mustKey(t, testKey)
	var lengths []int
	for n := range 70 {
		lengths = append(lengths, n)
	}
	for n := chunkSize - 40; n < chunkSize+40; n++ {
		lengths = append(lengths, n, n+chunkSize)
	}
	for _, n := range lengths {
		plain := plainOf(n)
		var out bytes.Buffer
		w, err := NewWriter(&out, key, WriterOptions{})
		if err != nil {
			t.Fatal(err)
		}
		// In pieces of 1, 2, 3, ... bytes.
		for rest, size := plain, 1; len(rest) > 0; size++ {
			m := min(size, len(rest))
			if _, err := w.Write(rest[:m]); err != nil {
				t.Fatal(err)
			}
			rest = rest[m:]
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if int64(out.Len()) != SealedSize(int64(n)) || out.Len() > n+Overhead {
			t.Errorf("%d bytes sealed to %d, SealedSize says %d", n, out.Len(), SealedSize(int64(n)))
		}
		if err := iotest.TestReader(NewReader(bytes.NewReader(out.Bytes()), key), plain); n < 70 && err != nil {
			t.Errorf("%d bytes: %v", n, err)
		}
		got, err := io.ReadAll(NewReader(bytes.NewReader(out.Bytes()), key))
		if err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%d bytes come back as %d, %v", n, len(got), err)
		}
	}
}

func TestTwoSealingsDiffer(t *testing.T) {
	t.Parallel()
	key := mustKey(t, testKey)
	var a, b bytes.Buffer
	seal(t, &a, key, plainOf(100), nil)
	seal(t, &b, key, plainOf(100), nil)
	for i := 0; i < a.Len(); i += blockSize {
		if bytes.Equal(a.Bytes()[i:i+blockSize], b.Bytes()[i:i+blockSize]) {
			t.Errorf("block %d is the same", i/blockSize)
		}
	}
}

// A source of nothing but line breaks neither hangs the writer nor gets them
// into the tail.
func TestTailFillerHasNoLineBreak(t *testing.T) {
	t.Parallel()
	key := mustKey(t, testKey)
	for n := range 16 {
		for _, source := range []string{"\r\n", "\n", "\r", "x\r\n"} {
			plain := plainOf(n)
			var out bytes.Buffer
			seal(t, &out, key, plain, strings.NewReader(strings.Repeat(source, 40)))
			got, err := io.ReadAll(NewReader(&out, key))
			if err != nil || !bytes.Equal(got, plain) {
				t.Errorf("%d bytes, filler of %q: %q, %v", n, source, got, err)
			}
		}
	}
	filler, err := tailFiller(strings.NewReader("\r\nA\r\n"), 5)
	if err != nil || bytes.ContainsAny(filler, "\r\n") || filler[2] != 'A' {
		t.Errorf("%q, %v", filler, err)
	}
}

func TestCloseEndsTheRecord(t *testing.T) {
	t.Parallel()
	key := mustKey(t, testKey)
	dst := &closer{}
	w, err := NewWriter(dst, key, WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, "<a/>"); err != nil {
		t.Fatal(err)
	}
	inside := w.(*writer).buf
	inside = inside[:cap(inside)]
	for range 2 {
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if dst.Len() != 32 || dst.closed {
			t.Fatalf("%d bytes, closed: %v", dst.Len(), dst.closed)
		}
	}
	if !bytes.Equal(inside, make([]byte, len(inside))) {
		t.Error("the buffer was not wiped")
	}
	if n, err := w.Write([]byte("x")); n != 0 || err == nil {
		t.Errorf("Write after Close: %d, %v", n, err)
	}
}

type closer struct {
	bytes.Buffer
	closed bool
}

func (c *closer) Close() error { c.closed = true; return nil }

// failing takes so many bytes and then fails, or takes only a part in silence.
type failing struct {
	left  int
	err   error
	wrote int
}

func (f *failing) Write(p []byte) (int, error) {
	if len(p) <= f.left {
		f.left -= len(p)
		f.wrote += len(p)
		return len(p), nil
	}
	n := f.left
	f.left = 0
	f.wrote += n
	return n, f.err
}

func TestErrorOfTheDestinationStays(t *testing.T) {
	t.Parallel()
	key := mustKey(t, testKey)
	full := errors.New("disk full")
	for _, c := range []struct {
		left int
		err  error
		want error
	}{{0, full, full}, {chunkSize, full, full}, {chunkSize + 7, nil, io.ErrShortWrite}} {
		dst := &failing{left: c.left, err: c.err}
		w, err := NewWriter(dst, key, WriterOptions{})
		if err != nil {
			t.Fatal(err)
		}
		n, err := w.Write(plainOf(3 * chunkSize))
		if !errors.Is(err, c.want) || n >= 3*chunkSize {
			t.Errorf("%+v: Write: %d, %v", c, n, err)
		}
		if _, err := w.Write([]byte("x")); !errors.Is(err, c.want) {
			t.Errorf("%+v: second Write: %v", c, err)
		}
		dst.left = 1 << 20
		before := dst.wrote
		for range 2 {
			if err := w.Close(); !errors.Is(err, c.want) {
				t.Errorf("%+v: Close: %v", c, err)
			}
		}
		if dst.wrote != before {
			t.Errorf("%+v: Close wrote an end after an error", c)
		}
	}
	dst := &failing{err: full}
	w, err := NewWriter(dst, key, WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); !errors.Is(err, full) {
		t.Errorf("Close: %v", err)
	}
}

func TestErrorOfTheRandomSource(t *testing.T) {
	t.Parallel()
	key := mustKey(t, testKey)
	dry := errors.New("dry")
	var out bytes.Buffer
	if _, err := NewWriter(&out, key, WriterOptions{Rand: iotest.ErrReader(dry)}); !errors.Is(err, dry) {
		t.Errorf("NewWriter: %v", err)
	}
	w, err := NewWriter(&out, key, WriterOptions{Rand: io.MultiReader(strings.NewReader(strings.Repeat("A", 16)), iotest.ErrReader(dry))})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := w.Close(); !errors.Is(err, dry) {
			t.Errorf("Close: %v", err)
		}
	}
	if out.Len() != 0 {
		t.Errorf("%d bytes written", out.Len())
	}
}
