package check

import (
	"testing"
	"time"
)

// A date in another order of digits was taken for a day of the year 1231, and one
// with something behind it for the day alone.
func TestNoDayOfLongAgoOrWithMoreBehindIt(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"31122008": "2008-12-31", "2008-12-31": "2008-12-31", "2008-12-31+01:00": "2008-12-31", "2008-12-31T23:30:00Z": "2008-12-31",
		"20081231": "", "31122008x": "", "2008-12-31 or later": "", "2008-02-30": "", "": "",
	} {
		day, ok := (&head{date: text}).day()
		if got := day.Format(time.DateOnly); ok != (want != "") || ok && got != want {
			t.Errorf("%q: %s %v, want %q", text, got, ok, want)
		}
	}
}
