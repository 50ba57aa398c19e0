package xsd

import (
	"bytes"
	"encoding/binary"
)

// dateTime is a value of one of the eight types of date and time (XSD2 3.2.7 to
// 3.2.14). Fields that the type lacks have the value of a fixed date. The
// fraction of a second is digits without trailing zeros, a part of the literal.
type dateTime struct {
	days, seconds int64 // since 0001-01-01T00:00:00, in UTC if zoned
	frac          []byte
	zoned         bool
}

// literal is read from the left. After the first mistake, ok stays false.
type literal struct {
	s  []byte
	ok bool
}

func (l *literal) take(c byte) {
	if len(l.s) == 0 || l.s[0] != c {
		l.ok = false
		return
	}
	l.s = l.s[1:]
}

func (l *literal) two(low, high int64) int64 {
	if len(l.s) < 2 || l.s[0] < '0' || l.s[0] > '9' || l.s[1] < '0' || l.s[1] > '9' {
		l.ok = false
		return low
	}
	v := int64(l.s[0]-'0')*10 + int64(l.s[1]-'0')
	l.s = l.s[2:]
	if v < low || v > high {
		l.ok = false
		return low
	}
	return v
}

// year reads a year: four digits or more, no leading zero beyond four, not
// 0000 (XSD2 3.2.7.1). It accepts at most 15 digits.
func (l *literal) year() int64 {
	negative := len(l.s) > 0 && l.s[0] == '-'
	if negative {
		l.s = l.s[1:]
	}
	n := 0
	var y int64
	for n < len(l.s) && '0' <= l.s[n] && l.s[n] <= '9' && n < 16 {
		y = y*10 + int64(l.s[n]-'0')
		n++
	}
	if n < 4 || n > 15 || n > 4 && l.s[0] == '0' || y == 0 {
		l.ok = false
		return 1
	}
	l.s = l.s[n:]
	if negative {
		return -y
	}
	return y
}

// clock reads hh:mm:ss(.s+)?, up to 24:00:00.
func (l *literal) clock() (seconds int64, frac []byte) {
	h := l.two(0, 24)
	l.take(':')
	m := l.two(0, 59)
	l.take(':')
	s := l.two(0, 59)
	if len(l.s) > 0 && l.s[0] == '.' {
		n := 1
		for n < len(l.s) && '0' <= l.s[n] && l.s[n] <= '9' {
			n++
		}
		if n == 1 {
			l.ok = false
		}
		frac = bytes.TrimRight(l.s[1:n], "0")
		l.s = l.s[n:]
	}
	if h == 24 && (m > 0 || s > 0 || len(frac) > 0) {
		l.ok = false
	}
	return h*3600 + m*60 + s, frac
}

// zone reads the end: nothing, Z or ±hh:mm.
func (l *literal) zone() (minutes int64, zoned bool) {
	if len(l.s) == 0 || !l.ok {
		return 0, false
	}
	sign := int64(1)
	switch l.s[0] {
	case 'Z':
		l.s = l.s[1:]
	case '-', '+':
		if l.s[0] == '-' {
			sign = -1
		}
		l.s = l.s[1:]
		h := l.two(0, 14)
		l.take(':')
		m := l.two(0, 59)
		if h == 14 && m > 0 {
			l.ok = false
		}
		minutes = sign * (h*60 + m)
	}
	if len(l.s) > 0 {
		l.ok = false
	}
	return minutes, true
}

// someYear is a leap year, so that --02-29 is a day, and someMonth has 31 days.
const (
	someYear  = 1972
	someMonth = 12
)

func parseDateTime(p primitive, s []byte) (m dateTime, ok bool) {
	l := literal{s, true}
	year, month, day := int64(someYear), int64(someMonth), int64(1)
	switch p {
	case primDateTime, primDate, primGYearMonth, primGYear:
		year = l.year()
		if p == primGYear {
			month = 1
			break
		}
		l.take('-')
		month = l.two(1, 12)
		if p == primGYearMonth {
			break
		}
		l.take('-')
		day = l.two(1, 31)
	case primGMonthDay:
		l.take('-')
		l.take('-')
		month = l.two(1, 12)
		l.take('-')
		day = l.two(1, 31)
	case primGMonth:
		l.take('-')
		l.take('-')
		month = l.two(1, 12)
	case primGDay:
		l.take('-')
		l.take('-')
		l.take('-')
		day = l.two(1, 31)
	}
	if !l.ok || day > daysIn(year, month) {
		return m, false
	}
	var seconds int64
	switch p {
	case primDateTime:
		l.take('T')
		seconds, m.frac = l.clock()
	case primTime:
		seconds, m.frac = l.clock()
		seconds %= 86400
	}
	var offset int64
	offset, m.zoned = l.zone()
	m.days, m.seconds = dayNumber(year, month, day), seconds
	m.add(-offset * 60)
	return m, l.ok
}

// add moves a value by at most a few days.
func (m *dateTime) add(seconds int64) {
	m.seconds += seconds
	for m.seconds < 0 {
		m.seconds += 86400
		m.days--
	}
	for m.seconds >= 86400 {
		m.seconds -= 86400
		m.days++
	}
}

// leap reports whether y is a leap year. It takes years as they are written,
// before year 1 too (XSD2 E).
func leap(y int64) bool {
	return y%4 == 0 && (y%100 != 0 || y%400 == 0)
}

func daysIn(y, m int64) int64 {
	switch m {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if leap(y) {
			return 29
		}
		return 28
	}
	return 31
}

// dayNumber counts days in the proleptic Gregorian calendar.
func dayNumber(y, m, d int64) int64 {
	// Years that begin in March put the leap day at the end.
	if m <= 2 {
		y--
		m += 12
	}
	return 365*y + floorDiv(y, 4) - floorDiv(y, 100) + floorDiv(y, 400) + (153*(m-3)+2)/5 + d
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func (m *dateTime) order(o *dateTime) order {
	switch {
	case m.days != o.days:
		return sign64(m.days - o.days)
	case m.seconds != o.seconds:
		return sign64(m.seconds - o.seconds)
	}
	return sign(bytes.Compare(m.frac, o.frac))
}

func sign64(c int64) order {
	switch {
	case c < 0:
		return less
	case c > 0:
		return greater
	}
	return equal
}

// compare follows XSD2 3.2.7.4: a value without a time zone may be up to 14 hours
// off either way.
func (m *dateTime) compare(o *dateTime) order {
	if m.zoned == o.zoned {
		return m.order(o)
	}
	if o.zoned {
		switch c := o.compare(m); c {
		case less:
			return greater
		case greater:
			return less
		default:
			return incomparable
		}
	}
	early, late := *o, *o
	early.add(-14 * 3600)
	late.add(14 * 3600)
	switch {
	case m.order(&early) == less:
		return less
	case m.order(&late) == greater:
		return greater
	}
	return incomparable
}

func (m *dateTime) appendKey(b []byte) []byte {
	z := byte('l')
	if m.zoned {
		z = 'z'
	}
	b = append(b, z)
	b = binary.BigEndian.AppendUint64(b, uint64(m.days))
	b = binary.BigEndian.AppendUint32(b, uint32(m.seconds))
	return append(b, m.frac...)
}
