package catalogue

import "strings"

// Decimal is an exact decimal number as programs write it, "-1250.5". It is
// written with at least two decimals: "-1 250,50". What is no such number is
// written as it is.
type Decimal string

func (l Lang) exact(d Decimal) string {
	s := string(d)
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	whole, frac, _ := strings.Cut(s, ".")
	if whole == "" || strings.Trim(whole+frac, "0123456789") != "" {
		return Visible(string(d))
	}
	point := ","
	if l == English {
		point = "."
	}
	for len(frac) < 2 {
		frac += "0"
	}
	return sign + l.group(whole) + point + frac
}
