package rules

import (
	"strconv"
	"strings"
)

// maxPosition bounds the length of a position, and of a name that replaces one.
const maxPosition = 64

// A position is written A.I.1, or A.I.1. as in the records: parts of capital
// letters and digits with points between them. The canonical form has no point
// at its end, and no white space, which may follow a point. So words like
// "AKTIVA CELKEM" are no position.
func parsePosition(s string) (string, bool) {
	if !isPlain(s) {
		fields := strings.Fields(s)
		for i := range len(fields) - 1 {
			if !strings.HasSuffix(fields[i], ".") {
				return "", false
			}
		}
		s = strings.Join(fields, "")
	}
	s = strings.TrimSuffix(s, ".")
	if s == "" || len(s) > maxPosition || s[0] < 'A' || s[0] > 'Z' {
		return "", false
	}
	part := 0
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= 'A' && c <= 'Z' || c >= '0' && c <= '9':
			part++
		case c == '.' && part > 0:
			part = 0
		default:
			return "", false
		}
	}
	if part == 0 {
		return "", false
	}
	return s, true
}

// splitPosition splits a position before its last part. A position of one part
// has no parent.
func splitPosition(p string) (parent, last string) {
	if i := strings.LastIndexByte(p, '.'); i >= 0 {
		return p[:i], p[i+1:]
	}
	return "", p
}

func headOf(p string) string {
	head, _, _ := strings.Cut(p, ".")
	return head
}

// ordinal is the value of the last part of a position, in Arabic or in Roman
// digits.
func ordinal(last string) (n int, roman, ok bool) {
	if last != "" && last[0] >= '1' && last[0] <= '9' {
		n, err := strconv.Atoi(last)
		return n, false, err == nil && n <= maxOrdinal
	}
	n = fromRoman(last)
	return n, true, n > 0 && toRoman(n) == last
}

// maxOrdinal is the largest number of a subposition.
const maxOrdinal = 999

// numbered writes a subposition's number as its siblings are written.
func numbered(n int, roman bool) string {
	if roman {
		return toRoman(n)
	}
	return strconv.Itoa(n)
}

var romanDigits = []struct {
	value int
	text  string
}{{900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"}, {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}}

func toRoman(n int) string {
	var b strings.Builder
	for _, d := range romanDigits {
		for n >= d.value {
			b.WriteString(d.text)
			n -= d.value
		}
	}
	return b.String()
}

func fromRoman(s string) int {
	n := 0
	for _, d := range romanDigits {
		for strings.HasPrefix(s, d.text) && n <= maxOrdinal {
			n += d.value
			s = s[len(d.text):]
		}
	}
	if s != "" || n > maxOrdinal {
		return 0
	}
	return n
}
