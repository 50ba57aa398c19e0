package form

import (
	"strings"
	"sync"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/norm"
)

// face is one of the embedded fonts. Its value is the last letter of the font's
// name in the resource dictionary: /FR, /FB, /FM.
type face byte

const (
	regular face = 'R'
	bold    face = 'B'
	mono    face = 'M'
)

var faces = []struct {
	face face
	name string
	ttf  []byte
}{
	{regular, "goregular", goregular.TTF},
	{bold, "gobold", gobold.TTF},
	{mono, "gomono", gomono.TTF},
}

// replacement is printed for characters that the fonts lack. All three have it.
const replacement = '\uFFFD'

// widths holds the advance width of each UTF-16 code unit in thousandths of the
// font size; 0 says that the font has no glyph for it.
type widths [1 << 16]uint16

var metrics = sync.OnceValue(func() map[face]*widths {
	m := make(map[face]*widths)
	for _, f := range faces {
		parsed, err := sfnt.Parse(f.ttf)
		if err != nil {
			panic("form: embedded font: " + err.Error())
		}
		var buf sfnt.Buffer
		w := new(widths)
		for r := rune(' '); r <= 0xFFFF; r++ {
			g, err := parsed.GlyphIndex(&buf, r)
			if err != nil || g == 0 {
				continue
			}
			if a, err := parsed.GlyphAdvance(&buf, g, fixed.I(1000), font.HintingNone); err == nil {
				w[r] = uint16(a.Round())
			}
		}
		m[f.face] = w
	}
	return m
})

// clean makes a text printable on one line: it composes letters (NFC), turns
// white space into spaces, and replaces characters that the fonts lack with
// U+FFFD: letters of other scripts, control and direction marks, everything above
// U+FFFF.
func clean(s string) string {
	printable := metrics()[regular]
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
func width(f face, size float64, s string) float64 {
	w, n := metrics()[f], 0
	for _, r := range s {
		n += int(w[r&0xFFFF])
	}
	return float64(n) * size / 1000
}

// wrap breaks a clean text into lines no wider than max points: after a space if
// the line has one, otherwise anywhere. The concatenated lines are the text, since
// a space at a break stays at the end of its line.
func wrap(f face, size, max float64, s string) []string {
	limit := int(max / size * 1000)
	w := metrics()[f]
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
