package form

import (
	"bytes"
	"errors"
	"strings"
	"unicode/utf16"
)

// pageText is one text on a page.
type pageText struct {
	face face
	x, y int // baseline from the bottom left corner, hundredths of a point
	text string
}

var errContent = errors.New("a content stream that this program does not write")

// isGraphics reports whether a word may occur before the text object: a graphics
// operator, a number, a dash pattern.
func isGraphics(word []byte) bool {
	switch string(word) {
	case "w", "m", "l", "S", "g", "re", "f", "d":
		return true
	}
	for _, c := range word {
		if (c < '0' || c > '9') && c != '.' && c != '-' && c != '[' && c != ']' {
			return false
		}
	}
	return true
}

// parseContent returns the texts of a page's content stream. It accepts only what
// page writes.
func parseContent(content []byte, into []pageText) ([]pageText, error) {
	lines, texts, ok := bytes.Cut(content, []byte("BT\n"))
	if !ok || !bytes.HasSuffix(texts, []byte("ET\n")) {
		return nil, errContent
	}
	for word := range bytes.FieldsSeq(lines) {
		if !isGraphics(word) {
			return nil, errContent
		}
	}
	b := texts[:len(texts)-len("ET\n")]
	var t pageText
	for len(b) > 0 {
		if b[0] == '(' {
			text, rest, err := parseString(b[1:])
			if err != nil {
				return nil, err
			}
			if rest, ok = bytes.CutPrefix(rest, []byte("Tj\n")); !ok || t.face == 0 {
				return nil, errContent
			}
			t.text, b = text, rest
			into = append(into, t)
			continue
		}
		line, rest, ok := bytes.Cut(b, []byte("\n"))
		if !ok || len(line) > maxLine {
			return nil, errContent
		}
		b = rest
		words := strings.Split(string(line), " ")
		if len(words) != 3 {
			return nil, errContent
		}
		switch words[2] {
		case "Tf":
			f, known := strings.CutPrefix(words[0], "/F")
			if _, sized := parseHundredths(words[1]); !known || !sized || len(f) != 1 || !strings.Contains("RBM", f) {
				return nil, errContent
			}
			t.face = face(f[0])
		case "Td":
			dx, okX := parseHundredths(words[0])
			dy, okY := parseHundredths(words[1])
			if !okX || !okY {
				return nil, errContent
			}
			t.x, t.y = t.x+dx, t.y+dy
			if t.x < 0 || t.x > hundredths(pageWidth) || t.y < 0 || t.y > hundredths(pageHeight) {
				return nil, errors.New("text outside the page")
			}
		default:
			return nil, errContent
		}
	}
	return into, nil
}

// parseString decodes a literal string of UTF-16BE code units up to its closing
// parenthesis, and returns the bytes after it.
func parseString(b []byte) (string, []byte, error) {
	var units []uint16
	high, half := byte(0), false
	for i := 0; i < len(b); i++ {
		c := b[i]
		switch c {
		case ')':
			if half {
				return "", nil, errContent
			}
			return string(utf16.Decode(units)), b[i+1:], nil
		case '(', '\r':
			return "", nil, errContent
		case '\\':
			if i++; i == len(b) {
				return "", nil, errContent
			}
			switch c = b[i]; c {
			case '(', ')', '\\':
			case 'r':
				c = '\r'
			default:
				return "", nil, errContent
			}
		}
		if half {
			units = append(units, uint16(high)<<8|uint16(c))
		}
		high, half = c, !half
	}
	return "", nil, errContent
}

// parseHundredths returns a number with at most two decimals in hundredths.
func parseHundredths(s string) (int, bool) {
	digits, negative := strings.CutPrefix(s, "-")
	whole, decimals, _ := strings.Cut(digits, ".")
	if whole == "" || len(whole) > 5 || len(decimals) > 2 {
		return 0, false
	}
	n := 0
	for _, c := range []byte(whole + decimals + "00"[len(decimals):]) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	if negative {
		n = -n
	}
	return n, true
}
