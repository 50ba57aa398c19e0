package codelist

import (
	"testing"
	"time"
)

func TestDates(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]day{
		"2010-01-31": 20100131, "2010-01-31Z": 20100131, "2010-01-31+01:00": 20100131, "2010-01-31T23:59:59": 20100131,
		"2010-01-31T23:59:59.999Z": 20100131, "2010-01-31T23:59:59-05:00": 20100131, "2010-01-31 23:59:59": 20100131,
		"31.1.2010": 20100131, "31. 01. 2010": 20100131, "20100131": 20100131, "31012010": 20100131, "99991231": 99991231, "31129999": 99991231,
		"9999-12-31": 99991231, "0001-01-01": 10101, "20112011": 20111120, "2012-02-29": 20120229,
		"0000-00-00": 0, "00000000": 0, "00.00.0000": 0,
	} {
		if got, ok := parseDay(s); !ok || got != want {
			t.Errorf("%q: got %d, %v", s, got, ok)
		}
	}
	for _, s := range []string{
		"", "kdysi", "2010-02-30", "2010-1-1", "2011-02-29", "30.2.2010", "20100230", "30022010", "18991231", "2010-01-31x", "2010-01-31T", "2010-01-31T25:00:00",
		"1.1.10", "2010-01", "201001", "+2010-01-01", "-0001-01-01", "٢٠١٠-٠١-٠١", "12345678", "1/1/2010",
	} {
		if got, ok := parseDay(s); ok {
			t.Errorf("%q: got %d", s, got)
		}
	}
}

// TestEightDigitsAreNeverTwoDates: whatever the day, one form of it is no date
// in the other.
func TestEightDigitsAreNeverTwoDates(t *testing.T) {
	t.Parallel()
	for d := time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC); d.Year() < 2200; d = d.AddDate(0, 0, 1) {
		want := dayOf(d)
		for _, layout := range []string{"20060102", "02012006"} {
			s := d.Format(layout)
			if got, ok := parseDay(s); !ok || got != want {
				t.Fatalf("%s: got %d, %v", s, got, ok)
			}
		}
	}
}

func TestDaysBeyondTheCalendarOfTheStore(t *testing.T) {
	t.Parallel()
	if d := dayOf(time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC)); d != never {
		t.Errorf("got %d", d)
	}
	if d := dayOf(time.Date(-3, 1, 1, 0, 0, 0, 0, time.UTC)); d != begin {
		t.Errorf("got %d", d)
	}
}

func TestPaddingAndStatementCodes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		s    string
		n    int
		want string
	}{{"19", 8, "00000019"}, {"123456789", 8, "123456789"}, {"1a", 8, "1a"}, {"", 8, ""}, {"00000019", 8, "00000019"}} {
		if got := padded(c.s, c.n); got != c.want {
			t.Errorf("%q: got %q", c.s, got)
		}
	}
	for s, want := range map[string]string{"C001": "001", "c051": "051", "001": "001", "C01": "C01", "C0001": "C0001", "CV01": "CV01", "R001": "R001", "": ""} {
		if got := statementCode(s); got != want {
			t.Errorf("%q: got %q", s, got)
		}
	}
}
