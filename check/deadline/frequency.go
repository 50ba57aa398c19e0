package deadline

import "time"

// Frequency is how often a statement is due.
type Frequency string

// The frequencies. The periods are those of the calendar year.
const (
	Monthly    Frequency = "monthly"
	Quarterly  Frequency = "quarterly"
	HalfYearly Frequency = "half-yearly"
	Yearly     Frequency = "yearly"
	OnRequest  Frequency = "on-request" // when CSÚIS asks for it
)

// months is the length of the period, 0 for one that has none.
func (f Frequency) months() int {
	switch f {
	case Monthly:
		return 1
	case Quarterly:
		return 3
	case HalfYearly:
		return 6
	case Yearly:
		return 12
	}
	return 0
}

// Known reports whether f is one of the frequencies.
func (f Frequency) Known() bool { return f == OnRequest || f.months() > 0 }

// Period returns the first and the last day of the period that holds a day;
// zero times for OnRequest.
func (f Frequency) Period(day time.Time) (first, last time.Time) {
	n := f.months()
	if n == 0 {
		return time.Time{}, time.Time{}
	}
	y, m, _ := day.Date()
	start := time.Month((int(m)-1)/n*n + 1)
	first = time.Date(y, start, 1, 0, 0, 0, 0, time.UTC)
	return first, first.AddDate(0, n, -1)
}

// Ends reports whether a day is the last of a period. It is true of every day
// for OnRequest.
func (f Frequency) Ends(day time.Time) bool {
	if f == OnRequest {
		return true
	}
	_, last := f.Period(day)
	return f.Known() && last.Equal(midnight(day))
}
