package iox_test

import (
	"bytes"
	"crypto/sha256"
	"io"
	"testing"

	"csuis-offline/internal/iox"
)

// limited takes so many bytes and then fails.
type limited struct{ left int }

func (l *limited) Write(p []byte) (int, error) {
	if n := l.left; n < len(p) {
		l.left = 0
		return n, errBroken
	}
	l.left -= len(p)
	return len(p), nil
}

func TestWriterNotesWhatWasTaken(t *testing.T) {
	t.Parallel()
	w := &iox.Writer{W: &limited{left: 5}, Hash: sha256.New()}
	for _, c := range []struct {
		text string
		n    int
		err  error
	}{{"abc", 3, nil}, {"def", 2, errBroken}, {"", 0, nil}} {
		if n, err := io.WriteString(w, c.text); n != c.n || err != c.err {
			t.Errorf("%q: %d bytes, %v", c.text, n, err)
		}
	}
	want := sha256.Sum256([]byte("abcde"))
	if w.N != 5 || w.Err != errBroken || !bytes.Equal(w.Hash.Sum(nil), want[:]) {
		t.Errorf("noted %+v", w)
	}
	plain := &iox.Writer{W: io.Discard}
	if _, err := io.WriteString(plain, "abc"); err != nil || plain.N != 3 || plain.Err != nil {
		t.Errorf("without a digest: %v, %+v", err, plain)
	}
}

func TestBufferKeepsAllOrNothing(t *testing.T) {
	t.Parallel()
	b := &iox.Buffer{Max: 5}
	for _, c := range []struct {
		text, kept string
		over       bool
	}{{"abc", "abc", false}, {"de", "abcde", false}, {"", "abcde", false}, {"f", "", true}, {"g", "", true}} {
		if n, err := io.WriteString(b, c.text); n != len(c.text) || err != nil {
			t.Fatalf("%q: %d bytes, %v", c.text, n, err)
		}
		if string(b.Bytes()) != c.kept || b.Over != c.over {
			t.Errorf("after %q: %q, over %v", c.text, b.Bytes(), b.Over)
		}
	}
}

type closer struct {
	io.Writer
	n int
}

func (c *closer) Close() error { c.n++; return errBroken }

func TestCloseOnceClosesOnce(t *testing.T) {
	t.Parallel()
	c := &closer{Writer: io.Discard}
	w := iox.CloseOnce(c)
	if err := w.Close(); err != errBroken {
		t.Errorf("first: %v", err)
	}
	if err := w.Close(); err != nil || c.n != 1 {
		t.Errorf("second: %v, closed %d times", err, c.n)
	}
}

func TestDiscardTakesEverything(t *testing.T) {
	t.Parallel()
	if n, err := iox.Discard.Write(make([]byte, 9)); n != 9 || err != nil {
		t.Errorf("%d bytes, %v", n, err)
	}
	if err := iox.Discard.Close(); err != nil {
		t.Error(err)
	}
}
