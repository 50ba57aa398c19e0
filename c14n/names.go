package c14n

import "unicode/utf8"

// Classes of bytes. Bytes from 0x80 have none: they are parts of characters.
const (
	nameByte  = 1 << iota // may stand in an NCName
	startByte             // may begin an NCName
	spaceByte             // production S
	textStop              // ends a run of character data that is its own canonical form
	valueStop             // the same for an attribute value
)

var class = func() (t [256]uint8) {
	for c := 'a'; c <= 'z'; c++ {
		t[c] |= nameByte | startByte
		t[c-'a'+'A'] |= nameByte | startByte
	}
	for c := '0'; c <= '9'; c++ {
		t[c] |= nameByte
	}
	t['_'] |= nameByte | startByte
	t['-'] |= nameByte
	t['.'] |= nameByte
	for _, c := range " \t\r\n" {
		t[c] |= spaceByte
	}
	for _, c := range "<&>\r" {
		t[c] |= textStop
	}
	for _, c := range "<&\"'\t\n\r" {
		t[c] |= valueStop
	}
	return t
}()

func isSpace(c byte) bool { return class[c]&spaceByte != 0 }

// isNameStart reports whether r is a NameStartChar (XML 2.3) other than a colon.
func isNameStart(r rune) bool {
	switch {
	case r < 0x80:
		return class[r]&startByte != 0
	case r < 0xC0 || r == 0xD7 || r == 0xF7:
		return false
	case r <= 0x2FF, 0x370 <= r && r <= 0x1FFF && r != 0x37E:
		return true
	case r < 0x200C:
		return false
	}
	return r <= 0x200D || 0x2070 <= r && r <= 0x218F || 0x2C00 <= r && r <= 0x2FEF ||
		0x3001 <= r && r <= 0xD7FF || 0xF900 <= r && r <= 0xFDCF ||
		0xFDF0 <= r && r <= 0xFFFD || 0x10000 <= r && r <= 0xEFFFF
}

// isName reports whether r is a NameChar (XML 2.3) other than a colon.
func isName(r rune) bool {
	if r < 0x80 {
		return class[r]&nameByte != 0
	}
	return isNameStart(r) || r == 0xB7 || 0x300 <= r && r <= 0x36F || r == 0x203F || r == 0x2040
}

// isChar reports whether r matches the production Char (XML 2.2).
func isChar(r rune) bool {
	if r < 0x20 {
		return r == '\t' || r == '\n' || r == '\r'
	}
	return r <= 0xD7FF || 0xE000 <= r && r <= 0xFFFD || 0x10000 <= r && r <= 0x10FFFF
}

// ncname returns the end of the run of NCName characters that w[i:] begins with.
func ncname(w []byte, i int) int {
	for i < len(w) {
		if class[w[i]]&nameByte != 0 {
			i++
			continue
		}
		if w[i] < 0x80 {
			break
		}
		r, size := utf8.DecodeRune(w[i:])
		if !isName(r) {
			break
		}
		i += size
	}
	return i
}

// startsName reports whether w[i:] may begin an NCName.
func startsName(w []byte, i int) bool {
	if i >= len(w) {
		return false
	}
	if w[i] < 0x80 {
		return class[w[i]]&startByte != 0
	}
	r, _ := utf8.DecodeRune(w[i:])
	return isNameStart(r)
}

// qname scans a QName (NS 4) at w[i:]. It returns its end, the index of its
// colon or -1, and the index of a character that it may not hold or -1. An end
// of len(w) says that the name may go on; then bad is -1 unless the part in w is
// wrong already.
func qname(w []byte, i int) (end, colon, bad int) {
	colon = -1
	if i == len(w) {
		return i, -1, -1
	}
	if !startsName(w, i) {
		return i, -1, i
	}
	end = ncname(w, i)
	if end == len(w) || w[end] != ':' {
		return end, -1, -1
	}
	colon = end
	if end++; end == len(w) {
		return end, colon, -1
	}
	if !startsName(w, end) {
		return end, colon, end
	}
	return ncname(w, end), colon, -1
}
