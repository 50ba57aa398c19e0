package iox_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"csuis-offline/internal/iox"
)

type tally struct{ n int64 }

func (c *tally) SetMax(int64) {}
func (c *tally) Add(n int64)  { c.n += n }
func (c *tally) Done()        {}

var errBroken = errors.New("broken")

func TestReaderNotesWhatIsRead(t *testing.T) {
	t.Parallel()
	text := "one record"
	for name, c := range map[string]struct {
		src io.Reader
		n   int64
		eof bool
		err error
	}{
		"whole":          {strings.NewReader(text), 10, true, nil},
		"end with data":  {iotest.DataErrReader(strings.NewReader(text)), 10, true, nil},
		"byte by byte":   {iotest.OneByteReader(strings.NewReader(text)), 10, true, nil},
		"broken midway":  {io.MultiReader(strings.NewReader(text[:4]), iotest.ErrReader(errBroken)), 4, false, errBroken},
		"broken at once": {iotest.ErrReader(errBroken), 0, false, errBroken},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var told tally
			r := &iox.Reader{R: c.src, Hash: sha256.New(), Counter: &told}
			got, err := io.ReadAll(r)
			if !errors.Is(err, c.err) || r.Err != c.err || r.EOF != c.eof || r.N != c.n || told.n != c.n || string(got) != text[:c.n] {
				t.Errorf("read %q, %v; noted %+v, told %d", got, err, r, told.n)
			}
			if want := sha256.Sum256([]byte(text[:c.n])); !bytes.Equal(r.Hash.Sum(nil), want[:]) {
				t.Error("the digest is not of what was read")
			}
		})
	}
}

func TestReaderNeedsNeitherHashNorCounter(t *testing.T) {
	t.Parallel()
	r := &iox.Reader{R: strings.NewReader("abc")}
	if n, err := io.Copy(io.Discard, r); n != 3 || err != nil || r.N != 3 || !r.EOF {
		t.Errorf("%d bytes, %v; noted %+v", n, err, r)
	}
}

func TestWithContextEndsWithTheContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	r := iox.WithContext(ctx, strings.NewReader("abcdef"))
	p := make([]byte, 3)
	if n, err := r.Read(p); n != 3 || err != nil || string(p) != "abc" {
		t.Fatalf("%d bytes %q, %v", n, p, err)
	}
	cancel()
	if n, err := r.Read(p); n != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("after the end: %d bytes, %v", n, err)
	}
}

func TestSharedReaderGivesEachByteOnce(t *testing.T) {
	t.Parallel()
	// A bytes.Reader alone would be a data race here.
	r := iox.Shared(bytes.NewReader(bytes.Repeat([]byte{1}, 4000)))
	var all sync.WaitGroup
	sums := make([]int, 4)
	for i := range sums {
		all.Go(func() {
			p := make([]byte, 7)
			for {
				n, err := r.Read(p)
				if sums[i] += n; err != nil {
					return
				}
			}
		})
	}
	all.Wait()
	if got := sums[0] + sums[1] + sums[2] + sums[3]; got != 4000 {
		t.Errorf("%d bytes of 4000", got)
	}
}

func TestLimitTellsATooLongInput(t *testing.T) {
	t.Parallel()
	errLong := errors.New("too long")
	for name, c := range map[string]struct {
		text  string
		limit int64
		want  error
	}{
		"shorter":      {"abc", 4, nil},
		"just fits":    {"abcd", 4, nil},
		"one too many": {"abcde", 4, errLong},
		"far too long": {strings.Repeat("a", 5000), 4, errLong},
		"none allowed": {"a", 0, errLong},
		"empty":        {"", 0, nil},
	} {
		for way, src := range map[string]io.Reader{
			"at once":      strings.NewReader(c.text),
			"byte by byte": iotest.OneByteReader(strings.NewReader(c.text)),
		} {
			got, err := io.ReadAll(iox.Limit(src, c.limit, errLong))
			if err != c.want || string(got) != c.text[:min(int64(len(c.text)), c.limit)] {
				t.Errorf("%s, %s: %q, %v", name, way, got, err)
			}
		}
	}
	r := iox.Limit(strings.NewReader("abcde"), 4, errLong)
	_, _ = io.Copy(io.Discard, r)
	if n, err := r.Read(make([]byte, 1)); n != 0 || err != errLong {
		t.Errorf("after the error: %d bytes, %v", n, err)
	}
}

// sink takes bytes by Write alone and notes how large the pieces were.
type sink struct{ most int }

func (s *sink) Write(p []byte) (int, error) {
	s.most = max(s.most, len(p))
	return len(p), nil
}

func TestPlainLeavesTheBufferInUse(t *testing.T) {
	t.Parallel()
	var s sink
	n, err := io.CopyBuffer(&s, iox.Plain(strings.NewReader("abcdefgh")), make([]byte, 3))
	if n != 8 || err != nil || s.most != 3 {
		t.Errorf("%d bytes in pieces of up to %d, %v", n, s.most, err)
	}
}
