package rules

import (
	"math"
	"math/big"
	"math/bits"
	"strings"
)

// maxDigits bounds the digits of a number that is read: far more than any sum
// of money has.
const maxDigits = 40

// decimal is an exact decimal number: n (or big, if n is too small) divided by
// 10^scale. The zero value is 0. Values are never changed in place.
type decimal struct {
	n     int64
	scale int
	big   *big.Int
}

// parseDecimal reads the lexical form of xs:decimal without white space
// (XML Schema part 2, 3.2.3.1), of at most maxDigits digits.
func parseDecimal(s []byte) (decimal, bool) {
	negative := false
	if len(s) > 0 && (s[0] == '+' || s[0] == '-') {
		negative = s[0] == '-'
		s = s[1:]
	}
	var digits [maxDigits]byte
	count, scale, point := 0, 0, false
	for _, c := range s {
		switch {
		case c == '.' && !point:
			point = true
		case c >= '0' && c <= '9' && count < maxDigits:
			digits[count] = c
			count++
			if point {
				scale++
			}
		default:
			return decimal{}, false
		}
	}
	if count == 0 {
		return decimal{}, false
	}
	d := whole(digits[:count])
	d.scale = scale
	return d.signed(negative), true
}

func whole(digits []byte) decimal {
	if len(digits) > 18 {
		b, _ := new(big.Int).SetString(string(digits), 10)
		return decimal{big: b}
	}
	var n int64
	for _, c := range digits {
		n = n*10 + int64(c-'0')
	}
	return decimal{n: n}
}

func (d decimal) signed(negative bool) decimal {
	if negative {
		return d.negated()
	}
	return d
}

func (d decimal) int() *big.Int {
	if d.big != nil {
		return d.big
	}
	return big.NewInt(d.n)
}

func (d decimal) negated() decimal {
	if d.big == nil && d.n != math.MinInt64 {
		return decimal{n: -d.n, scale: d.scale}
	}
	return decimal{big: new(big.Int).Neg(d.int()), scale: d.scale}
}

func (d decimal) sign() int {
	if d.big != nil {
		return d.big.Sign()
	}
	switch {
	case d.n < 0:
		return -1
	case d.n > 0:
		return 1
	}
	return 0
}

func (d decimal) absolute() decimal {
	if d.sign() < 0 {
		return d.negated()
	}
	return d
}

func (d decimal) multiplied(e decimal) decimal {
	scale := d.scale + e.scale
	if d.big == nil && e.big == nil {
		if p, ok := product(d.n, e.n); ok {
			return decimal{n: p, scale: scale}
		}
	}
	return decimal{big: new(big.Int).Mul(d.int(), e.int()), scale: scale}
}

func product(a, b int64) (int64, bool) {
	if a == math.MinInt64 || b == math.MinInt64 {
		return 0, false
	}
	negative := (a < 0) != (b < 0)
	hi, lo := bits.Mul64(uint64(max(a, -a)), uint64(max(b, -b)))
	if hi != 0 || lo > math.MaxInt64 {
		return 0, false
	}
	if negative {
		return -int64(lo), true
	}
	return int64(lo), true
}

// rescaled returns the same number with a larger scale.
func (d decimal) rescaled(scale int) decimal {
	for d.scale < scale {
		step := min(scale-d.scale, 18)
		p := int64(1)
		for range step {
			p *= 10
		}
		d = decimal{n: d.n, big: d.big, scale: d.scale}.multiplied(decimal{n: p})
		d.scale += step
	}
	return d
}

func (d decimal) plus(e decimal) decimal {
	scale := max(d.scale, e.scale)
	d, e = d.rescaled(scale), e.rescaled(scale)
	if d.big == nil && e.big == nil {
		s := d.n + e.n
		if (s > d.n) == (e.n > 0) {
			return decimal{n: s, scale: scale}
		}
	}
	return decimal{big: new(big.Int).Add(d.int(), e.int()), scale: scale}
}

func (d decimal) minus(e decimal) decimal { return d.plus(e.negated()) }

func (d decimal) compare(e decimal) int { return d.minus(e).sign() }

// percent is p hundredths of d.
func (d decimal) percent(p decimal) decimal {
	r := d.multiplied(p)
	r.scale += 2
	return r
}

// String writes the number with a decimal point: at least two decimal places,
// as money has, and no more than are needed.
func (d decimal) String() string {
	digits := d.absolute().int().String()
	if len(digits) <= d.scale {
		digits = strings.Repeat("0", d.scale-len(digits)+1) + digits
	}
	front, rest := digits[:len(digits)-d.scale], digits[len(digits)-d.scale:]
	for len(rest) > 2 && rest[len(rest)-1] == '0' {
		rest = rest[:len(rest)-1]
	}
	for len(rest) < 2 {
		rest += "0"
	}
	if d.sign() < 0 {
		front = "-" + front
	}
	return front + "." + rest
}
