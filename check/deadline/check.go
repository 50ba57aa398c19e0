package deadline

import (
	"fmt"
	"strconv"
	"time"

	"csuis-offline/check/datafile"
)

// The problems that only a file of terms can have, with what Found and Wanted of
// a *datafile.Error say.
const (
	BadDay      datafile.Problem = "day"            // no day YYYY-MM-DD
	BadMonthDay datafile.Problem = "month-day"      // no day MM-DD
	BadOrder    datafile.Problem = "order"          // an end before its beginning
	BadDue      datafile.Problem = "due"            // both ways of giving a last day, or none
	BadRequest  datafile.Problem = "due-on-request" // a last day for what is due on request
	BadEnds     datafile.Problem = "ends"           // no period ends with that month; wanted: the frequency
	BadHoliday  datafile.Problem = "holiday"        // both ways of giving a holiday, or none
)

// Problems lists the problems that only a file of terms can have.
func Problems() []datafile.Problem {
	return []datafile.Problem{BadDay, BadMonthDay, BadOrder, BadDue, BadRequest, BadEnds, BadHoliday}
}

// Names of sections in a file of terms.
const (
	termTable    = "term"
	holidayTable = "calendar.holiday"
)

// frequencies are the values of every.
const frequencies = "monthly, quarterly, half-yearly, yearly, on-request"

// checker refuses what a section of a file must not say.
type checker struct {
	src   *datafile.File
	table string
	n     int
}

func (c checker) fault(key string, p datafile.Problem, found, wanted string) error {
	return c.src.Fault(datafile.At(c.table, c.n, key), p, found, wanted)
}

// inRange refuses a number outside of its bounds.
func (c checker) inRange(key string, n, least, most int) error {
	if n >= least && n <= most {
		return nil
	}
	return c.fault(key, datafile.Range, strconv.Itoa(n), fmt.Sprintf("%d..%d", least, most))
}

// check refuses what a file of terms must not say, and fills the parsed days.
func (f *file) check(src *datafile.File) error {
	if len(f.Terms) > MaxEntries {
		return src.Fault(datafile.At(termTable, MaxEntries, ""), datafile.TooMany, "", strconv.Itoa(MaxEntries))
	}
	if f.Calendar != nil {
		if err := f.Calendar.check(src); err != nil {
			return err
		}
	}
	for i := range f.Terms {
		if err := f.Terms[i].check(checker{src, termTable, i}); err != nil {
			return err
		}
	}
	return nil
}

func (f *term) check(c checker) error {
	if len(f.Kinds) == 0 {
		return c.fault("kinds", datafile.Missing, "", "")
	}
	for _, k := range f.Kinds {
		if !threeDigits(k) {
			return c.fault("kinds", datafile.Digits, k, "")
		}
	}
	switch {
	case f.Every == "":
		return c.fault("every", datafile.Missing, "", frequencies)
	case !f.Every.Known():
		return c.fault("every", datafile.Choice, string(f.Every), frequencies)
	}
	if err := f.checkEnds(c); err != nil {
		return err
	}
	if err := f.checkDue(c); err != nil {
		return err
	}
	for _, d := range []struct {
		key, text string
		day       *time.Time
	}{{"from", f.From, &f.from}, {"to", f.To, &f.to}} {
		var ok bool
		if *d.day, ok = parseDay(d.text); !ok {
			return c.fault(d.key, BadDay, d.text, "")
		}
	}
	if !f.to.IsZero() && f.to.Before(f.from) {
		return c.fault("to", BadOrder, f.To, f.From)
	}
	return nil
}

func (f *term) checkEnds(c checker) error {
	for _, m := range f.Ends {
		if m < 1 || m > 12 || f.Every == OnRequest || m%f.Every.months() != 0 {
			return c.fault("ends", BadEnds, strconv.Itoa(m), string(f.Every))
		}
	}
	return nil
}

func (f *term) checkDue(c checker) error {
	byDays := f.DueDays != 0
	byDate := f.DueDay != 0 || f.DueMonths != 0
	switch {
	case f.Every == OnRequest && byDays:
		return c.fault("due_days", BadRequest, "", "")
	case f.Every == OnRequest && byDate:
		return c.fault("due_day", BadRequest, "", "")
	case f.Every == OnRequest:
		return nil
	case byDays && byDate:
		return c.fault("due_days", BadDue, "", "")
	case !byDays && !byDate:
		return c.fault("", BadDue, "", "")
	case byDays:
		return c.inRange("due_days", f.DueDays, 1, 3660)
	case f.DueMonths == 0:
		return c.fault("due_day", BadDue, "", "")
	case f.DueDay == 0:
		return c.fault("due_months", BadDue, "", "")
	}
	if err := c.inRange("due_day", f.DueDay, 1, 31); err != nil {
		return err
	}
	return c.inRange("due_months", f.DueMonths, 1, 120)
}

func (c *calendar) check(src *datafile.File) error {
	if len(c.Holidays) > MaxEntries {
		return src.Fault(datafile.At(holidayTable, MaxEntries, ""), datafile.TooMany, "", strconv.Itoa(MaxEntries))
	}
	if c.Roll != rollNext && c.Roll != rollNone {
		return src.Fault(datafile.At("calendar", -1, "roll"), datafile.Choice, string(c.Roll), string(rollNext)+", "+string(rollNone))
	}
	for i := range c.Holidays {
		if err := c.Holidays[i].check(checker{src, holidayTable, i}); err != nil {
			return err
		}
	}
	return nil
}

func (h *holiday) check(c checker) error {
	if h.Name == "" {
		return c.fault("name", datafile.Missing, "", "")
	}
	if (h.Date != "") == (h.Easter != nil) {
		return c.fault("", BadHoliday, "", "")
	}
	if h.Easter != nil {
		return c.inRange("easter", *h.Easter, -100, 100)
	}
	// 2000 was a leap year: 02-29 is a day.
	if _, err := time.Parse(time.DateOnly, "2000-"+h.Date); err != nil {
		return c.fault("date", BadMonthDay, h.Date, "")
	}
	return nil
}

func threeDigits(s string) bool {
	if len(s) != 3 {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// parseDay reads an ISO date; "" is the zero time.
func parseDay(s string) (time.Time, bool) {
	if s == "" {
		return time.Time{}, true
	}
	d, err := time.Parse(time.DateOnly, s)
	return d, err == nil
}
