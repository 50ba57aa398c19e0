package meter

import (
	"bytes"
	"fmt"
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

func TestMeterReplacesItsLineAndTakesItAway(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		m := Start(&out, 600*time.Millisecond, line)
		m.SetMax(100)
		m.Add(50)
		time.Sleep(700 * time.Millisecond)
		synctest.Wait()
		if out.Len() > 0 {
			t.Errorf("drawn too early: %q", out.String())
		}
		time.Sleep(600 * time.Millisecond)
		m.Add(-49)
		m.SetMax(9)
		time.Sleep(600 * time.Millisecond)
		synctest.Wait()
		if want := "\r1200 50/100\r1800 1/9   "; out.String() != want {
			t.Errorf("%q, want %q", out.String(), want)
		}
		out.Reset()
		m.Done()
		m.Done()
		if want := "\r        \r"; out.String() != want {
			t.Errorf("the line is not taken away: %q", out.String())
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
