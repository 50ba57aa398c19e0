package finding

import (
	"fmt"
	"time"
)

// Day is a calendar day as the number YYYYMMDD, so that days compare as numbers.
// 0 is no day.
type Day int32

// DayOf is the day of a time, in the time's own zone.
func DayOf(t time.Time) Day {
	y, m, d := t.Date()
	return Day(y*10000 + int(m)*100 + d)
}

// Time is the day's midnight in UTC.
func (d Day) Time() time.Time {
	return time.Date(int(d/10000), time.Month(d/100%100), int(d%100), 0, 0, 0, 0, time.UTC)
}

// String is the ISO date; "" for no day.
func (d Day) String() string {
	if d == 0 {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d/10000, d/100%100, d%100)
}

// Span is a stretch of days, both ends in it; an end that is no day is open.
type Span struct{ From, To Day }

// String is "2010-01-01..2012-12-31", with nothing for an open end.
func (s Span) String() string { return s.From.String() + ".." + s.To.String() }
