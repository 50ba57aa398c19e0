package c14n

import (
	"bytes"
	"unicode/utf8"
)

// Misreading is a sample of a document that declares an encoding of one byte a
// character although every byte of it that is not ASCII belongs to a character of
// UTF-8. Text in such an encoding is hardly ever so by chance. The zero value says
// that there is nothing of the kind.
type Misreading struct {
	// Declared is the sample as it was read, UTF8 the same bytes as UTF-8.
	Declared, UTF8 string
}

// Misread returns the sample, once Next has returned io.EOF.
func (s *Scanner) Misread() Misreading {
	t, ok := s.r.(*transcoder)
	if !ok || t.table == nil {
		return Misreading{}
	}
	return t.doubt.misreading(t.table)
}

// doubt follows the raw bytes of a document in an encoding of one byte a character
// for as long as they are UTF-8, too.
type doubt struct {
	broken bool // they are not
	part   [utf8.UTFMax]byte
	n      int    // of part: bytes of a character that has not ended
	before []byte // the last bytes of what was read earlier, until there is a sample
	// sample are the bytes around the first character that is not ASCII.
	sample []byte
	ended  bool
}

// The greatest number of bytes of a sample, before and from its first character
// that is not ASCII.
const (
	sampleBefore = 24
	sampleAfter  = 48
)

// add takes the next raw bytes.
func (d *doubt) add(b []byte) {
	for i, c := range b {
		if d.broken {
			return
		}
		if d.sample != nil && !d.ended {
			d.take(c)
		}
		if c < utf8.RuneSelf && d.n == 0 {
			continue
		}
		if d.sample == nil {
			d.sample = append([]byte{}, opening(lastOf(append(d.before, b[:i]...)))...)
			d.take(c)
		}
		d.part[d.n] = c
		d.n++
		if !utf8.FullRune(d.part[:d.n]) {
			continue
		}
		if r, size := utf8.DecodeRune(d.part[:d.n]); size != d.n || r == utf8.RuneError && size == 1 {
			d.broken = true
		}
		d.n = 0
	}
	if d.sample == nil {
		d.before = append([]byte{}, lastOf(append(d.before, lastOf(b)...))...)
	}
}

func lastOf(b []byte) []byte { return b[max(0, len(b)-sampleBefore):] }

// within reports whether what was read is UTF-8 and ends inside a character.
func (d *doubt) within() bool { return !d.broken && d.n > 0 }

// take adds a byte to the sample, which ends where the text does.
func (d *doubt) take(c byte) {
	if bytes.IndexByte([]byte("<>\"\r\n"), c) >= 0 || len(d.sample) == sampleBefore+sampleAfter {
		d.ended = true
		return
	}
	d.sample = append(d.sample, c)
}

// opening returns the end of what stands before the sample, from the last mark on.
func opening(b []byte) []byte {
	return b[bytes.LastIndexAny(b, "<>\"'\r\n")+1:]
}

// misreading returns the sample of a whole document.
func (d *doubt) misreading(table *[256]string) (m Misreading) {
	if d.broken || d.n > 0 || d.sample == nil {
		return m
	}
	whole := d.sample
	for len(whole) > 0 && !utf8.Valid(whole) {
		whole = whole[:len(whole)-1]
	}
	for _, c := range whole {
		if c < utf8.RuneSelf {
			m.Declared += string(rune(c))
		} else {
			m.Declared += table[c]
		}
	}
	m.UTF8 = string(whole)
	return m
}
