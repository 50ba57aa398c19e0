package xsd

import "bytes"

// decimal is a number of any length: digits before and after the point, without
// leading and trailing zeros. Its slices are parts of the literal.
type decimal struct {
	negative  bool
	int, frac []byte
}

// parseDecimal reads [+-]?(digits(.digits?)?|.digits), for an integer without a
// point.
func parseDecimal(s []byte, integer bool) (d decimal, ok bool) {
	if len(s) > 0 && (s[0] == '-' || s[0] == '+') {
		d.negative = s[0] == '-'
		s = s[1:]
	}
	i := 0
	for i < len(s) && '0' <= s[i] && s[i] <= '9' {
		i++
	}
	d.int = s[:i]
	if i < len(s) {
		if s[i] != '.' || integer {
			return d, false
		}
		d.frac = s[i+1:]
		for _, c := range d.frac {
			if c < '0' || c > '9' {
				return d, false
			}
		}
	}
	if len(d.int) == 0 && len(d.frac) == 0 {
		return d, false
	}
	for len(d.int) > 0 && d.int[0] == '0' {
		d.int = d.int[1:]
	}
	for n := len(d.frac); n > 0 && d.frac[n-1] == '0'; n-- {
		d.frac = d.frac[:n-1]
	}
	if len(d.int) == 0 && len(d.frac) == 0 {
		d.negative = false
	}
	return d, true
}

func (d *decimal) compare(o *decimal) order {
	if d.negative != o.negative {
		if d.negative {
			return less
		}
		return greater
	}
	c := len(d.int) - len(o.int)
	if c == 0 {
		c = bytes.Compare(d.int, o.int)
	}
	if c == 0 {
		c = bytes.Compare(d.frac, o.frac)
	}
	if d.negative {
		c = -c
	}
	return sign(c)
}

// totalDigits returns the number of digits of the value (XSD2 4.3.11), without
// zeros that only place the point.
func (d *decimal) totalDigits() int64 {
	n := len(d.int) + len(d.frac)
	if len(d.int) == 0 {
		n = len(bytes.TrimLeft(d.frac, "0"))
	}
	return int64(max(n, 1))
}

func (d *decimal) appendKey(b []byte) []byte {
	if d.negative {
		b = append(b, '-')
	}
	b = append(b, d.int...)
	b = append(b, '.')
	return append(b, d.frac...)
}

// order is the result of comparing two values. Some values of time are neither
// before nor after one another.
type order int8

const (
	less         order = -1
	equal        order = 0
	greater      order = 1
	incomparable order = 2
)

func sign(c int) order {
	switch {
	case c < 0:
		return less
	case c > 0:
		return greater
	}
	return equal
}
