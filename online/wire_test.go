package online

import (
	"errors"
	"io"
	"net"
	"testing"
	"testing/synctest"
)

// failing is a connection that takes some writes and then fails.
type failing struct {
	net.Conn
	takes int
}

func (f *failing) Write(p []byte) (int, error) {
	if f.takes--; f.takes < 0 {
		return 0, io.ErrClosedPipe
	}
	return len(p), nil
}

// TestWhatALetterTells: each message on a kept connection has its own fate.
func TestWhatALetterTells(t *testing.T) {
	t.Parallel()
	w := &wire{Conn: &failing{takes: 3}}
	write := func(want error) {
		t.Helper()
		if _, err := w.Write([]byte("abc")); !errors.Is(err, want) {
			t.Errorf("%v, want %v", err, want)
		}
	}
	write(nil) // the handshake is nobody's
	first, second, third := newLetter(), newLetter(), newLetter()
	w.begin(first, false)
	write(nil)
	write(nil)
	close(first.back)
	w.begin(second, true)
	write(io.ErrClosedPipe)
	close(second.back)
	w.begin(third, true)
	write(errDead)
	if !first.end() || first.written != 6 || first.lost.Load() {
		t.Errorf("the first message: %d bytes, lost %v", first.written, first.lost.Load())
	}
	if second.end() || third.end() {
		t.Error("what was not written has left")
	}
	// Nothing of an exchange that ended without a byte goes out later.
	late := newLetter()
	w = &wire{Conn: &failing{takes: 9}}
	w.begin(late, false)
	late.end()
	write(errDead)
}

// TestAnAnswerIsFetchedBeforeTheConnectionGoesOn: the transport offered a connection
// anew before it handed over the answer read from it. The next message found the
// connection dead and closed it, and the answered one ended as unknown.
func TestAnAnswerIsFetchedBeforeTheConnectionGoesOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &wire{Conn: &failing{takes: 1}}
		first := newLetter()
		w.begin(first, false)
		begun := false
		go func() {
			w.begin(newLetter(), true)
			begun = true
		}()
		synctest.Wait()
		if begun {
			t.Error("the connection went on while its answer was not yet fetched")
		}
		close(first.back)
		synctest.Wait()
		if !begun {
			t.Error("the connection does not go on")
		}
	})
}
