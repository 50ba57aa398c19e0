package checksum

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func sumOf(b []byte) Sum { return sha256.Sum256(b) }

func TestReader(t *testing.T) {
	t.Parallel()
	data := bytes.Repeat([]byte("hello"), 20_000)
	flipped := bytes.Clone(data)
	flipped[77_777] ^= 1
	size := int64(len(data))
	for _, c := range []struct {
		name      string
		data      []byte
		size      int64
		ok        bool
		found     Sum
		foundSize int64
	}{
		{"whole", data, size, true, Sum{}, 0},
		{"whole, size unknown", data, -1, true, Sum{}, 0},
		{"flipped", flipped, size, false, sumOf(flipped), size},
		{"flipped, size unknown", flipped, -1, false, sumOf(flipped), size},
		{"short", data[:size-1], size, false, sumOf(data[:size-1]), size - 1},
		{"short, size unknown", data[:size-1], -1, false, sumOf(data[:size-1]), size - 1},
		{"nothing", nil, size, false, sumOf(nil), 0},
		{"long", append(bytes.Clone(data), "more"...), size, false, Sum{}, size + 1},
		{"long, size unknown", append(bytes.Clone(data), '!'), -1, false, sumOf(append(bytes.Clone(data), '!')), size + 1},
		{"wanted nothing", data, 0, false, Sum{}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, wrap := range []func(io.Reader) io.Reader{
				func(r io.Reader) io.Reader { return r }, iotest.OneByteReader, iotest.HalfReader, iotest.DataErrReader,
			} {
				r := NewReader(wrap(bytes.NewReader(c.data)), sumOf(data), c.size)
				got, err := io.ReadAll(r)
				if c.ok {
					if err != nil || !bytes.Equal(got, data) {
						t.Errorf("%d bytes, %v", len(got), err)
					}
					continue
				}
				var m *MismatchError
				if !errors.As(err, &m) {
					t.Fatalf("%v", err)
				}
				want := MismatchError{sumOf(data), c.found, c.size, c.foundSize}
				if *m != want {
					t.Errorf("%+v, want %+v", *m, want)
				}
				if c.size >= 0 && int64(len(got)) > c.size {
					t.Errorf("%d bytes handed out of %d", len(got), c.size)
				}
				if _, again := r.Read(make([]byte, 1)); again != err {
					t.Errorf("%v, then %v", err, again)
				}
			}
		})
	}
}

func TestReaderOfNothing(t *testing.T) {
	t.Parallel()
	for _, size := range []int64{0, -1} {
		if got, err := io.ReadAll(NewReader(strings.NewReader(""), sumOf(nil), size)); err != nil || len(got) != 0 {
			t.Errorf("size %d: %v", size, err)
		}
	}
}

// No more than one byte is read beyond the size, however much would come.
func TestReaderStopsAtOnce(t *testing.T) {
	t.Parallel()
	src := &io.LimitedReader{R: endless{}, N: 1 << 40}
	got, err := io.ReadAll(NewReader(src, Sum{}, 1000))
	var m *MismatchError
	if !errors.As(err, &m) || !m.TooLong() || len(got) != 1000 {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	if read := 1<<40 - src.N; read != 1001 {
		t.Errorf("%d bytes read", read)
	}
}

func TestReaderErrorOfTheSource(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for _, n := range []int{0, 3, 5} {
		src := io.MultiReader(strings.NewReader("hello"[:n]), iotest.ErrReader(broken))
		_, err := io.ReadAll(NewReader(src, sumOf([]byte("hello")), 5))
		if err != broken {
			t.Errorf("after %d bytes: %v", n, err)
		}
	}
	silent := io.MultiReader(strings.NewReader("hello"), silent{})
	if _, err := io.ReadAll(NewReader(silent, sumOf([]byte("hello")), 5)); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("%v", err)
	}
}

type silent struct{}

func (silent) Read([]byte) (int, error) { return 0, nil }

func TestMismatchErrorNamesBoth(t *testing.T) {
	t.Parallel()
	a, b := sumOf([]byte("a")), sumOf([]byte("b"))
	for _, c := range []struct {
		err  MismatchError
		want []string
	}{
		{MismatchError{a, b, 7, 7}, []string{a.String(), b.String()}},
		{MismatchError{a, b, -1, 7}, []string{a.String(), b.String()}},
		{MismatchError{a, b, 7, 5}, []string{"7", "5"}},
		{MismatchError{a, Sum{}, 7, 8}, []string{"7", "more"}},
	} {
		for _, part := range c.want {
			if !strings.Contains(c.err.Error(), part) {
				t.Errorf("%s lacks %s", c.err.Error(), part)
			}
		}
	}
}

func BenchmarkReader(b *testing.B) {
	data := bytes.Repeat([]byte("x"), 16<<20)
	want := sumOf(data)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := io.Copy(io.Discard, NewReader(bytes.NewReader(data), want, int64(len(data)))); err != nil {
			b.Fatal(err)
		}
	}
}
