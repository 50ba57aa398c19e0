package xsd

import (
	"bytes"
	"encoding/binary"
)

// duration is a value of duration (XSD2 3.2.6): months and seconds, both of one sign.
type duration struct {
	negative        bool
	months, seconds int64
	frac            []byte
}

// maxDuration bounds months and seconds, so that sums do not overflow an int64.
const maxDuration = 1 << 55

func parseDuration(s []byte) (d duration, ok bool) {
	if len(s) > 0 && s[0] == '-' {
		d.negative = true
		s = s[1:]
	}
	if len(s) < 3 || s[0] != 'P' {
		return d, false
	}
	s = s[1:]
	order := "YMDTHMS"
	at, inTime, any := 0, false, false
	for len(s) > 0 {
		if s[0] == 'T' {
			if inTime {
				return d, false
			}
			inTime, any = true, false
			at = 4
			s = s[1:]
			continue
		}
		var v int64
		n := 0
		for n < len(s) && '0' <= s[n] && s[n] <= '9' {
			if v = v*10 + int64(s[n]-'0'); v > maxDuration/(86400*2) {
				return d, false
			}
			n++
		}
		if n == 0 {
			return d, false
		}
		s = s[n:]
		if len(s) > 0 && s[0] == '.' {
			n = 1
			for n < len(s) && '0' <= s[n] && s[n] <= '9' {
				n++
			}
			if n == 1 || n == len(s) || s[n] != 'S' {
				return d, false
			}
			d.frac = bytes.TrimRight(s[1:n], "0")
			s = s[n:]
		}
		if len(s) == 0 {
			return d, false
		}
		end := len(order)
		if !inTime {
			end = 3
		}
		for at < end && order[at] != s[0] {
			at++
		}
		if at == end {
			return d, false
		}
		switch at {
		case 0:
			d.months += v * 12
		case 1:
			d.months += v
		case 2:
			d.seconds += v * 86400
		case 4:
			d.seconds += v * 3600
		case 5:
			d.seconds += v * 60
		case 6:
			d.seconds += v
		}
		at++
		s = s[1:]
		any = true
	}
	if d.months == 0 && d.seconds == 0 && len(d.frac) == 0 {
		d.negative = false
	}
	return d, any
}

// durationReferences are the moments to which XSD2 3.2.6.2 adds durations.
var durationReferences = [4][2]int64{{1696, 9}, {1697, 2}, {1903, 3}, {1903, 7}}

// compare follows XSD2 3.2.6.2: it adds both durations to each of four moments
// and compares the results.
func (d *duration) compare(o *duration) order {
	var got order
	for i, st := range durationReferences {
		c := d.after(st).compare(o.after(st))
		if i > 0 && c != got {
			return incomparable
		}
		got = c
	}
	return got
}

type instant struct {
	seconds  int64
	negative bool // frac is to be subtracted
	frac     []byte
}

func (d *duration) after(st [2]int64) instant {
	months, seconds := d.months, d.seconds
	if d.negative {
		months, seconds = -months, -seconds
	}
	m := st[0]*12 + st[1] - 1 + months
	y := floorDiv(m, 12)
	month := m - y*12 + 1
	return instant{(dayNumber(y, month, 1))*86400 + seconds, d.negative, d.frac}
}

func (r instant) compare(o instant) order {
	// A negative fraction is carried to the second before.
	if r.seconds != o.seconds {
		d := r.seconds - o.seconds
		if d > 1 || d < -1 {
			return sign64(d)
		}
	}
	a, b := r, o
	switch {
	case !a.negative && !b.negative:
		if a.seconds != b.seconds {
			return sign64(a.seconds - b.seconds)
		}
		return sign(bytes.Compare(a.frac, b.frac))
	case a.negative && b.negative:
		if a.seconds != b.seconds {
			return sign64(a.seconds - b.seconds)
		}
		return sign(bytes.Compare(b.frac, a.frac))
	case a.negative:
		c := b.compare(a)
		if c == incomparable {
			return c
		}
		return -c
	}
	// a = a.seconds + f, b = b.seconds - g
	if a.seconds == b.seconds {
		if len(a.frac) == 0 && len(b.frac) == 0 {
			return equal
		}
		return greater
	}
	if a.seconds > b.seconds {
		return greater
	}
	// The values are one second apart, so f + g decides against 1.
	carry := addsToOne(a.frac, b.frac)
	return carry
}

// addsToOne compares 0.f + 0.g with 1.
func addsToOne(f, g []byte) order {
	n := max(len(f), len(g))
	digit := func(s []byte, i int) int {
		if i < len(s) {
			return int(s[i] - '0')
		}
		return 0
	}
	for i := range n {
		sum := digit(f, i) + digit(g, i)
		if sum == 9 {
			continue
		}
		if sum > 9 {
			// This digit carries into nines only: the sum reaches one.
			if sum > 10 {
				return greater
			}
			for j := i + 1; j < n; j++ {
				if digit(f, j)+digit(g, j) > 0 {
					return greater
				}
			}
			return equal
		}
		return less
	}
	return less
}

func (d *duration) appendKey(b []byte) []byte {
	s := byte('+')
	if d.negative {
		s = '-'
	}
	b = append(b, s)
	b = binary.BigEndian.AppendUint64(b, uint64(d.months))
	b = binary.BigEndian.AppendUint64(b, uint64(d.seconds))
	return append(b, d.frac...)
}
