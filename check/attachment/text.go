package attachment

import (
	"bytes"
	"unicode/utf8"
)

// text judges on the fly whether all bytes of a file are text: UTF-8,
// windows-1250, or UTF-16 that begins with a byte order mark. The zero value
// has seen nothing.
type text struct {
	started     bool
	big, little bool // UTF-16 by its byte order mark
	notUTF8     bool
	not1250     bool
	notUTF16    bool
	held        [utf8.UTFMax]byte // the beginning of a character at the end of a piece
	n           int
	high        bool // the last unit of UTF-16 was a high surrogate
}

// write takes the next bytes.
func (t *text) write(p []byte) {
	if t.dead() || len(p) == 0 {
		return
	}
	if !t.started {
		if t.n+len(p) < 2 {
			t.held[0], t.n = p[0], 1
			return
		}
		var first [2]byte
		copy(first[copy(first[:], t.held[:t.n]):], p)
		t.started = true
		t.big, t.little = first == [2]byte{0xfe, 0xff}, first == [2]byte{0xff, 0xfe}
		if t.n == 1 {
			t.n = 0
			t.bytes(first[:1])
		}
	}
	t.bytes(p)
}

func (t *text) bytes(p []byte) {
	if t.big || t.little {
		t.utf16(p)
		return
	}
	for _, b := range p {
		if !in1250[b] {
			t.not1250 = true
			break
		}
	}
	if !t.notUTF8 {
		t.utf8(p)
	}
}

// dead reports whether the bytes so far are text in no encoding.
func (t *text) dead() bool {
	if t.big || t.little {
		return t.notUTF16
	}
	return t.notUTF8 && t.not1250
}

// valid reports whether all bytes given were text.
func (t *text) valid() bool {
	switch {
	case !t.started:
		return t.n == 1 && in1250[t.held[0]]
	case t.big || t.little:
		return !t.notUTF16 && t.n == 0 && !t.high
	}
	return !t.not1250 || !t.notUTF8 && t.n == 0
}

func (t *text) utf8(p []byte) {
	for len(p) > 0 {
		if t.n == 0 && p[0] < utf8.RuneSelf {
			if !textual(rune(p[0])) {
				t.notUTF8 = true
				return
			}
			p = p[1:]
			continue
		}
		if t.n > 0 || !utf8.FullRune(p) {
			// A character in two pieces, byte by byte.
			t.held[t.n] = p[0]
			t.n++
			p = p[1:]
			if !utf8.FullRune(t.held[:t.n]) {
				continue
			}
			r, size := utf8.DecodeRune(t.held[:t.n])
			if r == utf8.RuneError && size <= 1 || !textual(r) {
				t.notUTF8 = true
				return
			}
			t.n = 0
			continue
		}
		r, size := utf8.DecodeRune(p)
		if r == utf8.RuneError && size <= 1 || !textual(r) {
			t.notUTF8 = true
			return
		}
		p = p[size:]
	}
}

func (t *text) utf16(p []byte) {
	for _, b := range p {
		if t.n == 0 {
			t.held[0], t.n = b, 1
			continue
		}
		t.n = 0
		unit := rune(t.held[0])<<8 | rune(b)
		if t.little {
			unit = rune(b)<<8 | rune(t.held[0])
		}
		low := unit >= 0xdc00 && unit < 0xe000
		if t.high != low || !textual(unit) {
			t.notUTF16 = true
			return
		}
		t.high = unit >= 0xd800 && unit < 0xdc00
	}
}

// textual reports whether a character may occur in text: no control character
// but tab, line feed, form feed and carriage return, and no noncharacter.
func textual(r rune) bool {
	switch {
	case r == '\t' || r == '\n' || r == '\f' || r == '\r':
		return true
	case r < ' ' || r >= 0x7f && r < 0xa0 && r != 0x85:
		return false
	}
	return r&0xfffe != 0xfffe
}

// in1250 marks the bytes that are text in windows-1250. Five of its bytes have
// no meaning.
var in1250 = func() (t [256]bool) {
	for i := range t {
		t[i] = i >= 0x80 || i != 0x7f && textual(rune(i))
	}
	for _, b := range []byte{0x81, 0x83, 0x88, 0x90, 0x98} {
		t[b] = false
	}
	return t
}()

// ascii is the beginning of a text as single bytes, without byte order mark
// and leading white space, to look for what it begins with.
func (t *text) ascii(head []byte) []byte {
	if t.big || t.little {
		single := make([]byte, 0, len(head)/2)
		for i := 2; i+1 < len(head); i += 2 {
			hi, lo := head[i], head[i+1]
			if t.little {
				hi, lo = lo, hi
			}
			if hi != 0 {
				lo = 0
			}
			single = append(single, lo)
		}
		return bytes.TrimLeft(single, " \t\r\n")
	}
	return trimStart(head)
}

// trimStart drops a UTF-8 byte order mark and white space.
func trimStart(b []byte) []byte {
	return bytes.TrimLeft(bytes.TrimPrefix(b, []byte("\xef\xbb\xbf")), " \t\r\n")
}
