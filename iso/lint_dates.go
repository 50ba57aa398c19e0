package iso

import "time"

// The states of a date field.
const (
	dateGood = iota
	dateNone // not specified
	dateBad
)

// longDate decodes a descriptor's date (ECMA-119 8.4.26.1).
func longDate(b []byte) (time.Time, int) {
	if string(b[:16]) == "0000000000000000" && b[16] == 0 {
		return time.Time{}, dateNone
	}
	var f [7]int
	for i, width := 0, []int{4, 2, 2, 2, 2, 2, 2}; i < len(f); i++ {
		for range width[i] {
			if b[0] < '0' || b[0] > '9' {
				return time.Time{}, dateBad
			}
			f[i] = 10*f[i] + int(b[0]-'0')
			b = b[1:]
		}
	}
	return date(f[0], f[1], f[2], f[3], f[4], f[5], int8(b[0]))
}

// shortDate decodes a directory record's date (ECMA-119 9.1.5).
func shortDate(b []byte) (time.Time, int) {
	if isZero(b[:7]) {
		return time.Time{}, dateNone
	}
	return date(minYear+int(b[0]), int(b[1]), int(b[2]), int(b[3]), int(b[4]), int(b[5]), int8(b[6]))
}

// date checks the numbers of a date. The zone is in quarters of an hour, -48 to
// 52.
func date(year, month, day, hour, minute, second int, zone int8) (time.Time, int) {
	t := time.Date(year, time.Month(month), day, hour, minute, second, 0, time.UTC)
	if year < 1 || t.Year() != year || int(t.Month()) != month || t.Day() != day || t.Hour() != hour ||
		t.Minute() != minute || t.Second() != second || zone < -48 || zone > 52 {
		return time.Time{}, dateBad
	}
	return t.Add(-time.Duration(zone) * 15 * time.Minute), dateGood
}
