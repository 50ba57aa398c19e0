package catalogue

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// noBreak keeps a number and its unit on one line.
const noBreak = "\u00a0"

// Bytes is a size in bytes, written in the unit that fits: "1,2 MB". Units are
// powers of 1000, as on discs.
type Bytes int64

// Date is a time of which only the day is written: "31. 12. 2026".
type Date time.Time

// Value writes a value as the language writes it: whole numbers in groups of
// three, a float64 with two decimals, Bytes, Date, time.Time and time.Duration;
// anything else as fmt does, with control characters made visible, since names
// and values may come from strangers' files.
func (c *Catalogue) Value(v any) string { return c.lang.value(v) }

func (l Lang) value(v any) string {
	switch v := v.(type) {
	case int:
		return l.group(strconv.Itoa(v))
	case int64:
		return l.group(strconv.FormatInt(v, 10))
	case float64:
		return l.decimal(v, 2)
	case Decimal:
		return l.exact(v)
	case Bytes:
		return l.bytes(int64(v))
	case Date:
		return l.date(time.Time(v))
	case time.Time:
		return l.date(v) + " " + v.Format("15:04:05")
	case time.Duration:
		return l.duration(v)
	case string:
		return Visible(v)
	}
	return Visible(fmt.Sprint(v))
}

// Visible makes control and formatting characters visible as escapes: a name
// must not move the cursor, colour the screen or turn the direction of text.
func Visible(s string) string {
	clean := true
	for _, r := range s {
		if hidden(r) {
			clean = false
			break
		}
	}
	if clean {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if hidden(r) {
			q := strconv.QuoteRuneToASCII(r)
			b.WriteString(q[1 : len(q)-1])
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func hidden(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029' || r == unicode.ReplacementChar
}

// group sets a separator between groups of three digits.
func (l Lang) group(digits string) string {
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	sep := noBreak
	if l == English {
		sep = ","
	}
	var b strings.Builder
	b.WriteString(sign)
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(sep)
		}
		b.WriteRune(d)
	}
	return b.String()
}

func (l Lang) decimal(v float64, places int) string {
	whole, frac, ok := strings.Cut(strconv.FormatFloat(v, 'f', places, 64), ".")
	if !ok {
		return l.group(whole)
	}
	point := ","
	if l == English {
		point = "."
	}
	return l.group(whole) + point + frac
}

func (l Lang) bytes(n int64) string {
	units := []string{"B", "kB", "MB", "GB", "TB"}
	v, u := float64(n), 0
	for math.Abs(v) >= 999.95 && u < len(units)-1 {
		v /= 1000
		u++
	}
	if u == 0 {
		return l.group(strconv.FormatInt(n, 10)) + noBreak + "B"
	}
	return l.decimal(v, 1) + noBreak + units[u]
}

func (l Lang) date(t time.Time) string {
	if l == English {
		return t.Format("2 January 2006")
	}
	return t.Format("2." + noBreak + "1." + noBreak + "2006")
}

func (l Lang) duration(d time.Duration) string {
	s := int64(d.Round(time.Second) / time.Second)
	switch {
	case d < 10*time.Second:
		return l.decimal(d.Seconds(), 1) + noBreak + "s"
	case s < 60:
		return fmt.Sprintf("%d%ss", s, noBreak)
	case s < 3600:
		return fmt.Sprintf("%d%smin %d%ss", s/60, noBreak, s%60, noBreak)
	}
	return fmt.Sprintf("%s%sh %d%smin", l.group(strconv.FormatInt(s/3600, 10)), noBreak, s%3600/60, noBreak)
}

// plural picks the form for the number: in Czech for one, for two to four, and
// for all others; in English for one and for all others.
func (l Lang) plural(v any, forms []string) string {
	var n int64
	switch v := v.(type) {
	case int:
		n = int64(v)
	case int64:
		n = v
	}
	i := len(forms) - 1
	switch {
	case n == 1:
		i = 0
	case l == Czech && n >= 2 && n <= 4:
		i = 1
	}
	return forms[min(i, len(forms)-1)]
}
