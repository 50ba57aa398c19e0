package form

import (
	"strings"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/norm"
)

// face is one of the three parts that a font plays on the form. Its value is the
// last letter of the font's name in the resource dictionary: /FR, /FB, /FM.
type face byte

const (
	regular face = 'R'
	bold    face = 'B'
	mono    face = 'M'
)

// replacement is printed by the first edition for characters that its fonts lack.
// All fonts have it.
const replacement = '\uFFFD'

// widths holds the advance width of each UTF-16 code unit in thousandths of the
// font size; 0 says that the font has no glyph for it.
type widths [1 << 16]uint16

func (e *edition) measure() map[face]*widths {
	m := make(map[face]*widths)
	for _, f := range e.fonts {
		parsed, err := sfnt.Parse(f.ttf)
		if err != nil {
			panic("form: embedded font: " + err.Error())
		}
		var buf sfnt.Buffer
		w := new(widths)
		for r := rune(' '); r <= 0xFFFF; r++ {
			g, err := parsed.GlyphIndex(&buf, r)
			if err != nil || g == 0 || e.strict && !standsAlone(r) {
				continue
			}
			if a, err := parsed.GlyphAdvance(&buf, g, fixed.I(1000), font.HintingNone); err == nil {
				w[r] = uint16(a.Round())
			}
		}
		m[f.face] = w
	}
	return m
}

// spaces leaves bytes that are not UTF-8 as they are.
var spaces = strings.NewReplacer("\t", " ", "\n", " ", "\r", " ", "\u2028", " ", "\u2029", " ")

// clean makes a text printable on one line: it composes letters (NFC), turns
// white space into spaces, and in the first edition replaces characters that the
// fonts lack with U+FFFD: letters of other scripts, control and direction marks,
// everything above U+FFFF.
func (e *edition) clean(s string) string {
	if e.strict {
		return spaces.Replace(norm.NFC.String(s))
	}
	printable := e.metrics()[regular]
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r':
			return ' '
		case r > 0xFFFF || printable[r] == 0 || unicode.In(r, unicode.C):
			return replacement
		}
		return r
	}, norm.NFC.String(s))
}

// width returns the width of a clean text in points.
func (e *edition) width(f face, size float64, s string) float64 {
	w, n := e.metrics()[f], 0
	for _, r := range s {
		n += int(w[r&0xFFFF])
	}
	return float64(n) * size / 1000
}

// wrap breaks a clean text into lines no wider than max points: after a space if
// the line has one, otherwise anywhere. The concatenated lines are the text, since
// a space at a break stays at the end of its line.
func (e *edition) wrap(f face, size, max float64, s string) []string {
	limit := int(max / size * 1000)
	w := e.metrics()[f]
	var lines []string
	start, space, used, usedAtSpace := 0, -1, 0, 0
	for i, r := range s {
		n := int(w[r&0xFFFF])
		if r == ' ' {
			used += n
			space, usedAtSpace = i+1, used
			continue
		}
		if used+n > limit && i > start {
			cut := i
			if space > start {
				cut, used = space, used-usedAtSpace
			} else {
				used = 0
			}
			lines = append(lines, s[start:cut])
			start, space = cut, -1
		}
		used += n
	}
	if start < len(s) {
		lines = append(lines, s[start:])
	}
	return lines
}
