package xsd

import (
	"slices"
	"sort"
	"unicode"
	"unicode/utf8"
)

// charset is a set of characters as sorted ranges that do not touch.
type charset [][2]rune

func (c charset) has(r rune) bool {
	i := sort.Search(len(c), func(i int) bool { return c[i][1] >= r })
	return i < len(c) && c[i][0] <= r
}

// tidy sorts ranges and merges those that touch.
func tidy(c charset) charset {
	slices.SortFunc(c, func(a, b [2]rune) int { return int(a[0]) - int(b[0]) })
	var out charset
	for _, r := range c {
		if n := len(out); n > 0 && r[0] <= out[n-1][1]+1 {
			out[n-1][1] = max(out[n-1][1], r[1])
		} else {
			out = append(out, r)
		}
	}
	return out
}

func (c charset) not() charset {
	var out charset
	next := rune(0)
	for _, r := range c {
		if r[0] > next {
			out = append(out, [2]rune{next, r[0] - 1})
		}
		next = r[1] + 1
	}
	if next <= utf8.MaxRune {
		out = append(out, [2]rune{next, utf8.MaxRune})
	}
	return out
}

func (c charset) minus(o charset) charset {
	return unionOf(c.not(), o).not()
}

func unionOf(sets ...charset) charset {
	var all charset
	for _, s := range sets {
		all = append(all, s...)
	}
	return tidy(all)
}

func fromTables(tables ...*unicode.RangeTable) charset {
	var c charset
	for _, t := range tables {
		for _, r := range t.R16 {
			c = appendStride(c, rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
		for _, r := range t.R32 {
			c = appendStride(c, rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
	}
	return tidy(c)
}

func appendStride(c charset, lo, hi, stride rune) charset {
	if stride == 1 {
		return append(c, [2]rune{lo, hi})
	}
	for r := lo; r <= hi; r += stride {
		c = append(c, [2]rune{r, r})
	}
	return c
}
