package deadline

import (
	"testing"
	"time"
)

// TestEasterKnownDates: published dates, with the earliest and the latest that
// Easter can fall on.
func TestEasterKnownDates(t *testing.T) {
	t.Parallel()
	for _, want := range []string{
		"1818-03-22", "1943-04-25", "1961-04-02", "1981-04-19", "2000-04-23", "2008-03-23", "2009-04-12", "2010-04-04", "2011-04-24", "2012-04-08",
		"2016-03-27", "2019-04-21", "2020-04-12", "2021-04-04", "2022-04-17", "2023-04-09", "2024-03-31", "2025-04-20", "2026-04-05", "2027-03-28",
		"2038-04-25", "2049-04-18", "2076-04-19", "2285-03-22",
	} {
		d, err := time.Parse(time.DateOnly, want)
		if err != nil {
			t.Fatal(err)
		}
		if got := easterSunday(d.Year()); !got.Equal(d) {
			t.Errorf("%d: got %s, wanted %s", d.Year(), got.Format(time.DateOnly), want)
		}
	}
}

// fullMoonEaster finds Easter by its definition: the Sunday after the fourteenth
// day of the ecclesiastical moon that is on or after 21 March, with the epact of
// the Gregorian calendar.
func fullMoonEaster(year int) time.Time {
	century := year/100 + 1
	solar, lunar := 3*century/4-12, (8*century+5)/25-5
	golden := year%19 + 1
	epact := ((11*golden+20+lunar-solar)%30 + 30) % 30
	if epact == 24 || epact == 25 && golden > 11 {
		epact++
	}
	n := 44 - epact
	if n < 21 {
		n += 30
	}
	moon := time.Date(year, time.March, n, 0, 0, 0, 0, time.UTC)
	return moon.AddDate(0, 0, 7-int(moon.Weekday()))
}

func TestEasterAgreesWithItsDefinition(t *testing.T) {
	t.Parallel()
	for year := 1583; year <= 9999; year++ {
		got, want := easterSunday(year), fullMoonEaster(year)
		if !got.Equal(want) {
			t.Errorf("%d: got %s, wanted %s", year, got.Format(time.DateOnly), want.Format(time.DateOnly))
		}
	}
}
