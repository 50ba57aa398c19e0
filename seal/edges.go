package seal

import (
	"bytes"
	"io"
	"unicode/utf8"
)

// edgeSize is the number of bytes at a document's beginning and end that edges
// keeps. A damaged block garbles 16 of them, a wrong key all.
const edgeSize = 256

// edges keeps the first and the last bytes that passed through it.
type edges struct {
	r           io.Reader
	first, last []byte
}

func (e *edges) Read(p []byte) (int, error) {
	n, err := e.r.Read(p)
	b := p[:n]
	if room := edgeSize - len(e.first); room > 0 {
		e.first = append(e.first, b[:min(n, room)]...)
	}
	if n >= edgeSize {
		e.last = append(e.last[:0], b[n-edgeSize:]...)
	} else {
		over := max(0, len(e.last)+n-edgeSize)
		e.last = append(append(e.last[:0], e.last[over:]...), b...)
	}
	return n, err
}

// garbage reports whether neither the beginning nor the end is text.
func (e *edges) garbage() bool {
	return !isUTF16(e.first) && isGarbage(e.first) && isGarbage(e.last)
}

// isUTF16 reports whether b begins a document in UTF-16. No sealed record should
// be one, but the key that opens it is right.
func isUTF16(b []byte) bool {
	for _, begin := range []string{"\xFF\xFE", "\xFE\xFF", "<\x00", "\x00<"} {
		if bytes.HasPrefix(b, []byte(begin)) {
			return true
		}
	}
	return false
}

// isGarbage reports whether b is random bytes, of which more than half are not
// part of UTF-8 text, rather than text with a damaged block. It says no for a few
// bytes, which are not enough to decide.
func isGarbage(b []byte) bool {
	if len(b) < 16 {
		return false
	}
	bad := 0
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 || r < ' ' && r != '\t' && r != '\r' && r != '\n' || r == 0x7F {
			bad++
		}
		i += n
	}
	return bad*3 >= len(b)
}
