package xsd

import (
	"bytes"
	"unicode/utf8"
)

// isLanguage reports whether s matches [a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})* (XSD2
// 3.3.3).
func isLanguage(s []byte) bool {
	n := 0
	first := true
	for _, c := range s {
		switch {
		case 'a' <= c|0x20 && c|0x20 <= 'z' || !first && '0' <= c && c <= '9':
			if n++; n > 8 {
				return false
			}
		case c == '-' && n > 0:
			n, first = 0, false
		default:
			return false
		}
	}
	return n > 0
}

// hexLength returns the number of bytes, -1 if s is not a hexBinary.
func hexLength(s []byte) int64 {
	for _, c := range s {
		if !('0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f') {
			return -1
		}
	}
	if len(s)%2 > 0 {
		return -1
	}
	return int64(len(s) / 2)
}

// base64Value maps a character to its six bits, or to a mark.
var base64Value = func() (t [256]uint8) {
	for i := range t {
		t[i] = 255
	}
	for i, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		t[c] = uint8(i)
	}
	t['='] = 254
	t[' '] = 253
	return t
}()

// base64Length returns the number of bytes, -1 if s is not a base64Binary:
// groups of four, single spaces between characters, and no bits left over in
// the last group (XSD2 3.2.16).
func base64Length(s []byte) int64 {
	var b base64State
	if !b.write(s) || !b.end() {
		return -1
	}
	return b.length()
}

type base64State struct {
	chars, pads int64
	last        uint8
}

func (b *base64State) write(s []byte) bool {
	for _, c := range s {
		switch v := base64Value[c]; v {
		case 255:
			return false
		case 254:
			switch b.chars % 4 {
			case 2:
				if b.last&15 != 0 || b.pads > 1 {
					return false
				}
			case 3:
				if b.last&3 != 0 || b.pads > 0 {
					return false
				}
			default:
				return false
			}
			b.pads++
		case 253:
		default:
			if b.pads > 0 {
				return false
			}
			b.chars++
			b.last = v
		}
	}
	return true
}

func (b *base64State) end() bool { return (b.chars+b.pads)%4 == 0 }

func (b *base64State) length() int64 { return b.chars * 3 / 4 }

// isURI reports whether s is an anyURI by the rule of xmllint and Xerces: after
// the characters that no URI may hold are escaped (XLink 5.4), s must be a URI
// reference (RFC 3986).
func isURI(s []byte) bool {
	if len(s) == 0 {
		return true
	}
	rest := s
	if i := bytes.IndexByte(rest, '#'); i >= 0 {
		if !uriChars(rest[i+1:], "/?:@") {
			return false
		}
		rest = rest[:i]
	}
	if i := bytes.IndexByte(rest, '?'); i >= 0 {
		if !uriChars(rest[i+1:], "/?:@") {
			return false
		}
		rest = rest[:i]
	}
	if i := bytes.IndexAny(rest, ":/"); i >= 0 && rest[i] == ':' {
		if !isScheme(rest[:i]) {
			return false
		}
		rest = rest[i+1:]
	}
	if bytes.HasPrefix(rest, []byte("//")) {
		auth := rest[2:]
		if i := bytes.IndexByte(auth, '/'); i >= 0 {
			auth, rest = auth[:i], auth[i:]
		} else {
			rest = nil
		}
		if !isAuthority(auth) {
			return false
		}
	}
	return uriChars(rest, "/:@")
}

func isScheme(s []byte) bool {
	for i, c := range s {
		switch {
		case 'a' <= c|0x20 && c|0x20 <= 'z':
		case i > 0 && ('0' <= c && c <= '9' || c == '+' || c == '-' || c == '.'):
		default:
			return false
		}
	}
	return len(s) > 0
}

func isAuthority(s []byte) bool {
	if i := bytes.IndexByte(s, '@'); i >= 0 {
		if !uriChars(s[:i], ":") {
			return false
		}
		s = s[i+1:]
	}
	if len(s) > 0 && s[0] == '[' {
		i := bytes.IndexByte(s, ']')
		if i < 0 || !uriChars(s[1:i], ":") {
			return false
		}
		s = s[i+1:]
		if len(s) > 0 && s[0] != ':' {
			return false
		}
	} else {
		i := bytes.IndexByte(s, ':')
		if i < 0 {
			return uriChars(s, "")
		}
		if !uriChars(s[:i], "") {
			return false
		}
		s = s[i:]
	}
	for i, c := range s {
		if i > 0 && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// uriChars reports whether s holds only escapes, unreserved characters,
// sub-delimiters, the characters of more, and characters that would be escaped.
func uriChars(s []byte, more string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '%':
			if i+2 >= len(s) || hexLength(s[i+1:i+3]) != 1 {
				return false
			}
		case c == '[' || c == ']' || c == '#':
			return false
		case c == ':' || c == '/' || c == '?' || c == '@':
			if bytes.IndexByte([]byte(more), c) < 0 {
				return false
			}
		}
	}
	return true
}

func isNCName(s []byte) bool { return nameLike(s, true, false) }
func isName(s []byte) bool   { return nameLike(s, true, true) }

func isNMTOKEN(s []byte) bool { return nameLike(s, false, true) }

func nameLike(s []byte, start, colon bool) bool {
	if len(s) == 0 {
		return false
	}
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			f := asciiName[c]
			if f == 0 || f == 1 && start && i == 0 || c == ':' && !colon {
				return false
			}
			i++
			continue
		}
		r, n := utf8.DecodeRune(s[i:])
		if start && i == 0 {
			if !nameStart.has(r) {
				return false
			}
		} else if !nameChar.has(r) {
			return false
		}
		i += n
	}
	return true
}

// asciiName is 2 for a character that may begin a name, and 1 for one that may
// only continue it.
var asciiName = func() (t [128]uint8) {
	for c := range t {
		switch {
		case 'a' <= c|0x20 && c|0x20 <= 'z' || c == '_' || c == ':':
			t[c] = 2
		case '0' <= c && c <= '9' || c == '-' || c == '.':
			t[c] = 1
		}
	}
	return t
}()
