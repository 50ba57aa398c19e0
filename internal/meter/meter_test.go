package meter

import (
	"bytes"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"csuis-offline/progress"
)

var _ progress.Counter = (*Meter)(nil)

func line(passed time.Duration, done, max int64) string {
	if passed < time.Second {
		return ""
	}
	return fmt.Sprint(passed.Milliseconds(), " ", done, "/", max)
}

// screen keeps what the meter draws beside the test that reads it.
type screen struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

// take returns what was drawn since the last call.
func (s *screen) take() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.b.Reset()
	return s.b.String()
}

func TestMeterReplacesItsLineAndTakesItAway(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out screen
		m := Start(&out, 600*time.Millisecond, line)
		m.SetMax(100)
		m.Add(50)
		time.Sleep(700 * time.Millisecond)
		synctest.Wait()
		if text := out.take(); text != "" {
			t.Errorf("drawn too early: %q", text)
		}
		time.Sleep(600 * time.Millisecond)
		m.Add(-49)
		m.SetMax(9)
		time.Sleep(600 * time.Millisecond)
		synctest.Wait()
		text := out.take()
		if want := "\r1200 50/100\r1800 1/9   "; text != want {
			t.Errorf("%q, want %q", text, want)
		}
		m.Done()
		m.Done()
		text = out.take()
		if want := "\r        \r"; text != want {
			t.Errorf("the line is not taken away: %q", text)
		}
	})
}

func TestMeterOfShortWorkShowsNothing(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	m := Start(&out, time.Millisecond, func(time.Duration, int64, int64) string { return "" })
	m.Add(1)
	m.Done()
	m.Done()
	if out.Len() > 0 {
		t.Errorf("%q", out.String())
	}
}
