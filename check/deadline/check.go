package deadline

import (
	"errors"
	"fmt"
	"time"
)

// check refuses what a file of terms must not say, and fills the parsed days.
func (f *file) check() error {
	if f.Format != format {
		return fmt.Errorf("format is %q, wanted %q", f.Format, format)
	}
	if len(f.Terms) > MaxEntries || f.Calendar != nil && len(f.Calendar.Holidays) > MaxEntries {
		return fmt.Errorf("over %d entries", MaxEntries)
	}
	if f.Calendar != nil {
		if err := f.Calendar.check(); err != nil {
			return err
		}
	}
	for i := range f.Terms {
		if err := f.Terms[i].check(); err != nil {
			return fmt.Errorf("term %d: %w", i+1, err)
		}
	}
	return nil
}

func (f *term) check() error {
	if len(f.Kinds) == 0 {
		return errors.New("no kinds")
	}
	for _, k := range f.Kinds {
		if !threeDigits(k) {
			return fmt.Errorf("kind %q is not three digits", k)
		}
	}
	if !f.Every.Known() {
		return fmt.Errorf("every is %q", f.Every)
	}
	if err := f.checkEnds(); err != nil {
		return err
	}
	if err := f.checkDue(); err != nil {
		return err
	}
	var err error
	if f.from, err = parseDay(f.From); err != nil {
		return err
	}
	if f.to, err = parseDay(f.To); err != nil {
		return err
	}
	if !f.to.IsZero() && f.to.Before(f.from) {
		return errors.New("to is before from")
	}
	return nil
}

func (f *term) checkEnds() error {
	for _, m := range f.Ends {
		if m < 1 || m > 12 || f.Every == OnRequest || m%f.Every.months() != 0 {
			return fmt.Errorf("no period that is %s ends with month %d", f.Every, m)
		}
	}
	return nil
}

func (f *term) checkDue() error {
	byDays := f.DueDays != 0
	byDate := f.DueDay != 0 || f.DueMonths != 0
	switch {
	case f.Every == OnRequest && (byDays || byDate):
		return errors.New("on request there is no due day")
	case f.Every == OnRequest:
		return nil
	case byDays == byDate:
		return errors.New("wanted due_days, or due_day with due_months")
	case byDays && (f.DueDays < 1 || f.DueDays > 3660):
		return fmt.Errorf("due_days is %d", f.DueDays)
	case byDate && (f.DueDay < 1 || f.DueDay > 31 || f.DueMonths < 1 || f.DueMonths > 120):
		return fmt.Errorf("due_day is %d, due_months is %d", f.DueDay, f.DueMonths)
	}
	return nil
}

func (c *calendar) check() error {
	if c.Roll != rollNext && c.Roll != rollNone {
		return fmt.Errorf("calendar: roll is %q", c.Roll)
	}
	for i, h := range c.Holidays {
		if h.Name == "" {
			return fmt.Errorf("holiday %d has no name", i+1)
		}
		if (h.Date != "") == (h.Easter != nil) {
			return fmt.Errorf("holiday %d: wanted date or easter", i+1)
		}
		if h.Easter != nil && (*h.Easter < -100 || *h.Easter > 100) {
			return fmt.Errorf("holiday %d: easter is %d", i+1, *h.Easter)
		}
		// 2000 was a leap year: 02-29 is a day.
		if h.Date != "" {
			if _, err := time.Parse(time.DateOnly, "2000-"+h.Date); err != nil {
				return fmt.Errorf("holiday %d: date is %q, wanted MM-DD", i+1, h.Date)
			}
		}
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
func parseDay(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is no day, wanted YYYY-MM-DD", s)
	}
	return d, nil
}
