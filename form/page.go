package form

import (
	"math"
	"strconv"
	"unicode/utf16"
)

// A4 in points, as gofpdf gives it.
const (
	pageWidth  = 595.28
	pageHeight = 841.89
)

// page collects the content stream of one page: its graphics, then all its texts
// in one text object. Positions are in points from the top left corner.
type page struct {
	lines []byte
	texts []byte
	face  face
	size  int
	x, y  int // the position of the last text, in hundredths of a point
}

// hundredths returns a length in the unit of the file, hundredths of a point.
func hundredths(v float64) int { return int(math.Round(v * 100)) }

func appendLength(b []byte, n int) []byte {
	if n < 0 {
		b, n = append(b, '-'), -n
	}
	b = strconv.AppendInt(b, int64(n/100), 10)
	if n %= 100; n != 0 {
		b = append(b, '.', byte('0'+n/10))
		if n%10 != 0 {
			b = append(b, byte('0'+n%10))
		}
	}
	return b
}

func appendOperator(b []byte, op string, lengths ...int) []byte {
	for _, n := range lengths {
		b = append(appendLength(b, n), ' ')
	}
	return append(append(b, op...), '\n')
}

// text prints a clean text with its baseline at y.
func (p *page) text(f face, size, x, y float64, s string) {
	if s == "" {
		return
	}
	if n := hundredths(size); f != p.face || n != p.size {
		p.face, p.size = f, n
		p.texts = append(p.texts, '/', 'F', byte(f), ' ')
		p.texts = appendOperator(p.texts, "Tf", n)
	}
	px, py := hundredths(x), hundredths(pageHeight-y)
	p.texts = appendOperator(p.texts, "Td", px-p.x, py-p.y)
	p.x, p.y = px, py
	p.texts = append(p.texts, '(')
	for _, r := range s {
		u := uint16(r)
		if utf16.IsSurrogate(r) || r > 0xFFFF {
			u = replacement
		}
		p.texts = appendEscaped(appendEscaped(p.texts, byte(u>>8)), byte(u))
	}
	p.texts = append(p.texts, ")Tj\n"...)
}

// appendEscaped writes one byte of a literal string (PDF 1.3, 4.4.1).
func appendEscaped(b []byte, c byte) []byte {
	switch c {
	case '(', ')', '\\':
		return append(b, '\\', c)
	case '\r':
		return append(b, '\\', 'r')
	}
	return append(b, c)
}

// rule draws a line of the given thickness.
func (p *page) rule(x1, y1, x2, y2, thickness float64) {
	p.lines = appendOperator(p.lines, "w", hundredths(thickness))
	p.lines = appendOperator(p.lines, "m", hundredths(x1), hundredths(pageHeight-y1))
	p.lines = appendOperator(p.lines, "l", hundredths(x2), hundredths(pageHeight-y2))
	p.lines = append(p.lines, "S\n"...)
}

// dotted draws a dotted line to write on.
func (p *page) dotted(x1, x2, y float64) {
	p.lines = append(p.lines, "[0.5 1.5] 0 d\n"...)
	p.rule(x1, y, x2, y, 0.5)
	p.lines = append(p.lines, "[] 0 d\n"...)
}

// band fills a rectangle with light grey.
func (p *page) band(x, y, w, h float64) {
	p.lines = append(p.lines, "0.92 g\n"...)
	p.lines = appendOperator(p.lines, "re", hundredths(x), hundredths(pageHeight-y-h), hundredths(w), hundredths(h))
	p.lines = append(p.lines, "f\n0 g\n"...)
}

// box draws the outline of a rectangle.
func (p *page) box(x, y, w, h, thickness float64) {
	p.lines = appendOperator(p.lines, "w", hundredths(thickness))
	p.lines = appendOperator(p.lines, "re", hundredths(x), hundredths(pageHeight-y-h), hundredths(w), hundredths(h))
	p.lines = append(p.lines, "S\n"...)
}

// squares fills rectangles with black, with one operator for all.
func (p *page) squares(rects [][4]float64) {
	for _, r := range rects {
		p.lines = appendOperator(p.lines, "re", hundredths(r[0]), hundredths(pageHeight-r[1]-r[3]), hundredths(r[2]), hundredths(r[3]))
	}
	p.lines = append(p.lines, "f\n"...)
}

// content appends the page's content stream to b.
func (p *page) content(b []byte) []byte {
	b = append(b, p.lines...)
	b = append(b, "BT\n"...)
	b = append(b, p.texts...)
	return append(b, "ET\n"...)
}

func (p *page) reset() {
	*p = page{lines: p.lines[:0], texts: p.texts[:0]}
}
