package rules

import (
	"math"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"
)

// math/big's rational numbers judge the decimals.
func rat(t testing.TB, d decimal) *big.Rat {
	t.Helper()
	return new(big.Rat).SetFrac(d.int(), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(d.scale)), nil))
}

func TestDecimalsAgainstRationals(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(1, 9))
	random := func() (decimal, *big.Rat) {
		var b strings.Builder
		b.WriteString([]string{"", "-", "+"}[rnd.IntN(3)])
		n, point := 1+rnd.IntN(maxDigits), rnd.IntN(maxDigits)
		for i := range n {
			if i == point {
				b.WriteByte('.')
			}
			b.WriteByte("00123456789999"[rnd.IntN(14)])
		}
		d, ok := parseDecimal([]byte(b.String()))
		want, okRat := new(big.Rat).SetString(b.String())
		if !ok || !okRat || rat(t, d).Cmp(want) != 0 {
			t.Fatalf("%q is %v, %v", b.String(), d, ok)
		}
		return d, want
	}
	for range 5_000 {
		a, ra := random()
		b, rb := random()
		for name, c := range map[string]struct {
			got  decimal
			want *big.Rat
		}{
			"plus":     {a.plus(b), new(big.Rat).Add(ra, rb)},
			"minus":    {a.minus(b), new(big.Rat).Sub(ra, rb)},
			"negated":  {a.negated(), new(big.Rat).Neg(ra)},
			"absolute": {a.absolute(), new(big.Rat).Abs(ra)},
			"percent":  {a.percent(b), new(big.Rat).Mul(ra, new(big.Rat).Mul(rb, big.NewRat(1, 100)))},
		} {
			if rat(t, c.got).Cmp(c.want) != 0 {
				t.Fatalf("%v %s %v = %v, wanted %v", a, name, b, c.got, c.want)
			}
			back, ok := new(big.Rat).SetString(c.got.String())
			if !ok || back.Cmp(c.want) != 0 {
				t.Fatalf("%v is printed as %s", c.want, c.got)
			}
		}
		if a.compare(b) != ra.Cmp(rb) || a.sign() != ra.Sign() {
			t.Fatalf("%v against %v: %d", a, b, a.compare(b))
		}
	}
}

func TestDecimalsAtTheEdge(t *testing.T) {
	t.Parallel()
	edges := []int64{math.MinInt64, math.MinInt64 + 1, -1, 0, 1, math.MaxInt64 - 1, math.MaxInt64}
	for _, a := range edges {
		for _, b := range edges {
			x, y := decimal{n: a}, decimal{n: b}
			ra, rb := rat(t, x), rat(t, y)
			if rat(t, x.plus(y)).Cmp(new(big.Rat).Add(ra, rb)) != 0 || rat(t, x.minus(y)).Cmp(new(big.Rat).Sub(ra, rb)) != 0 || rat(t, x.multiplied(y)).Cmp(new(big.Rat).Mul(ra, rb)) != 0 {
				t.Errorf("%d and %d", a, b)
			}
		}
	}
	for text, want := range map[string]string{"0": "0.00", "-0.000": "0.00", "1.5": "1.50", ".125": "0.125", "-.5": "-0.50", "1250.0000": "1250.00", "7.": "7.00", "-12.30": "-12.30"} {
		if d, ok := parseDecimal([]byte(text)); !ok || d.String() != want {
			t.Errorf("%s is printed as %s, %v", text, d, ok)
		}
	}
	for _, text := range []string{"", ".", "-", "+", "1,5", "1 5", "1e5", "--1", "1.2.3", "0x1", "١", "INF", strings.Repeat("1", maxDigits+1)} {
		if _, ok := parseDecimal([]byte(text)); ok {
			t.Errorf("%q is taken for a number", text)
		}
	}
}

func TestPositions(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"A": "A", "A.": "A", "A.I.1.": "A.I.1", " A. I. 1. ": "A.I.1", "AKTIVA": "AKTIVA", "B.II.20": "B.II.20",
		"": "", ".": "", "A..I": "", "A.I..": "", "a.I": "", "1.A": "", "A.I,": "", "A.Ě": "", "A/B": "",
		"AKTIVA CELKEM": "", "A I": "", strings.Repeat("A", 65): "",
	} {
		if got, ok := parsePosition(text); got != want || ok != (want != "") {
			t.Errorf("%q is %q, %v", text, got, ok)
		}
	}
	for n := 1; n <= maxOrdinal; n++ {
		for _, roman := range []bool{false, true} {
			if m, r, ok := ordinal(numbered(n, roman)); m != n || r != roman || !ok {
				t.Fatalf("%d is read as %d", n, m)
			}
		}
	}
	for _, text := range []string{"", "0", "01", "IIII", "VX", "IC", "1000", "99999999999999999999", "A1", "M", "CMCMCMCM"} {
		if n, _, ok := ordinal(text); ok {
			t.Errorf("%q is read as %d", text, n)
		}
	}
}
