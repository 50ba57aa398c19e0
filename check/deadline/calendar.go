package deadline

import "time"

// roll says what happens to a last day that is not a working day.
type roll string

const (
	rollNext roll = "next-working-day"
	rollNone roll = "none"
)

// holiday is a public holiday: a date of every year, or days after Easter
// Sunday.
type holiday struct {
	Date   string `toml:"date"`   // "MM-DD"
	Easter *int   `toml:"easter"` // days after Easter Sunday, may be negative
	Name   string `toml:"name"`
	Since  int    `toml:"since"` // the first year; 0 for always
	Until  int    `toml:"until"` // the last year; 0 for no end
}

func (h *holiday) on(day time.Time) bool {
	y := day.Year()
	if h.Since != 0 && y < h.Since || h.Until != 0 && y > h.Until {
		return false
	}
	if h.Easter != nil {
		return easterSunday(y).AddDate(0, 0, *h.Easter).Equal(day)
	}
	return day.Format("01-02") == h.Date
}

type calendar struct {
	Roll     roll      `toml:"roll"`
	Holidays []holiday `toml:"holiday"`
}

func (c *calendar) holiday(day time.Time) (string, bool) {
	for i := range c.Holidays {
		if c.Holidays[i].on(day) {
			return c.Holidays[i].Name, true
		}
	}
	return "", false
}

func (c *calendar) working(day time.Time) bool {
	if w := day.Weekday(); w == time.Saturday || w == time.Sunday {
		return false
	}
	_, off := c.holiday(day)
	return !off
}

// maxRest bounds the search for a working day: a user's file could declare
// every day a holiday.
const maxRest = 31

// move returns the day itself or, if days of rest are moved, the next working
// day.
func (c *calendar) move(day time.Time) time.Time {
	if c.Roll == rollNone {
		return day
	}
	for i := range maxRest {
		if d := day.AddDate(0, 0, i); c.working(d) {
			return d
		}
	}
	return day
}

// Holiday returns the name of the public holiday on a day, or false if it is not
// one. A Saturday or Sunday alone is not a holiday.
func (t *Terms) Holiday(day time.Time) (string, bool) { return t.calendar.holiday(midnight(day)) }

// Working reports whether a day is a working day: Monday to Friday and not a
// public holiday.
func (t *Terms) Working(day time.Time) bool { return t.calendar.working(midnight(day)) }

// easterSunday is the Gregorian Easter of a year, by the rule of Meeus, Jones
// and Butcher.
func easterSunday(year int) time.Time {
	golden := year % 19
	century, rest := year/100, year%100
	leap, leapRest := century/4, century%4
	moonShift := (century - (century+8)/25 + 1) / 3
	epact := (19*golden + century - leap - moonShift + 15) % 30
	weekday := (32 + 2*leapRest + 2*(rest/4) - epact - rest%4) % 7
	late := (golden + 11*epact + 22*weekday) / 451
	n := epact + weekday - 7*late + 114
	return time.Date(year, time.Month(n/31), n%31+1, 0, 0, 0, 0, time.UTC)
}
