package c14n

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

var (
	cdataStart = []byte("<![CDATA[")
	cdataEnd   = []byte("]]>")
)

// scanText scans character data up to a tag, comment or processing instruction,
// or to maxPiece.
func (s *Scanner) scanText(w []byte) int {
	if s.cdata {
		return s.scanMixed(w, 0)
	}
	v := w[:min(len(w), maxPiece)]
	i := plainText(v, 0)
	if i+1 < len(v) && v[i] == '<' && v[i+1] != '!' {
		s.textToken(w[:i:i], true)
		s.brackets = 0
		return i
	}
	return s.scanMixed(w, i)
}

// plainText returns the index of the first byte of v[i:] in textStop, or len(v).
func plainText(v []byte, i int) int {
	for ; i+8 <= len(v); i += 8 {
		x := binary.LittleEndian.Uint64(v[i:])
		angle := x&(0xFD*ones) ^ '<'*ones // 0 for < and >
		amp := x ^ '&'*ones
		cr := x ^ '\r'*ones
		// The lowest high bit that is set marks the first byte that is 0.
		stops := ((angle-ones)&^angle | (amp-ones)&^amp | (cr-ones)&^cr) & highs
		if stops != 0 {
			return i + bits.TrailingZeros64(stops)/8
		}
	}
	for i < len(v) && class[v[i]]&textStop == 0 {
		i++
	}
	return i
}

// scanMixed is scanText for text with references, CDATA sections, carriage
// returns or >, or whose end is not in the window. The text before w[i] is plain.
func (s *Scanner) scanMixed(w []byte, i int) int {
	var (
		last   int  // w[last:i] is not yet in s.text
		run    int  // where the text outside of CDATA sections began, for ]]>
		copied bool // s.text holds the token, not w
		asIs   = true
		cdata  = s.cdata
	)
	s.text = s.text[:0]
	flush := func(skip int) {
		s.text = append(s.text, w[last:i]...)
		i += skip
		last, copied = i, true
	}
	for {
		stop := min(len(w), maxPiece)
		if cdata {
			for i < stop && w[i] != ']' && w[i] != '\r' && w[i] != '<' && w[i] != '&' && w[i] != '>' {
				i++
			}
		} else if i < stop {
			i = plainText(w[:stop], i)
		}
		if i >= maxPiece && i < len(w) {
			for !utf8.RuneStart(w[i]) {
				i--
			}
			break
		}
		if i == len(w) {
			return short
		}
		c := w[i]
		switch {
		case c == '\r':
			if i+1 == len(w) {
				return short
			}
			flush(1)
			if w[i] == '\n' {
				continue // it stands in w[last:]
			}
			s.text = append(s.text, '\n')
		case cdata && c == ']':
			if i+2 >= len(w) {
				return short
			}
			if w[i+1] != ']' || w[i+2] != '>' {
				i++
				continue
			}
			flush(len(cdataEnd))
			cdata, run = false, i
		case cdata || c == '>':
			if !cdata && s.endsCDATA(w[run:i], run == 0) {
				return s.fail(w, i, Syntax, "]]> in text")
			}
			asIs = false
			i++
		case c == '&':
			r, n := s.reference(w, i)
			if n < 0 {
				return n
			}
			flush(n)
			s.text = append(s.text, r...)
			asIs = false
		default: // <
			n := min(len(w)-i, len(cdataStart))
			if !bytes.Equal(w[i:i+n], cdataStart[:n]) {
				return s.endText(w, i, last, copied, asIs, false, 0)
			}
			if n < len(cdataStart) {
				return short
			}
			flush(n)
			cdata = true
		}
	}
	brackets := 0
	if !cdata {
		brackets = s.trailing(w[run:i], run == 0)
	}
	return s.endText(w, i, last, copied, asIs, cdata, brackets)
}

func (s *Scanner) endText(w []byte, i, last int, copied, asIs, cdata bool, brackets int) int {
	b := w[:i:i]
	if copied {
		s.text = append(s.text, w[last:i]...)
		b = s.text
	}
	s.textToken(b, asIs)
	s.cdata, s.brackets = cdata, brackets
	return i
}

// trailing returns the number of ] at the end of a run of text, at most 2. The
// run may continue that of the last token.
func (s *Scanner) trailing(run []byte, continued bool) int {
	n := 0
	for n < 2 && n < len(run) && run[len(run)-1-n] == ']' {
		n++
	}
	if n == len(run) && continued {
		n = min(2, n+s.brackets)
	}
	return n
}

func (s *Scanner) endsCDATA(run []byte, continued bool) bool {
	return s.trailing(run, continued) == 2
}

func (s *Scanner) textToken(b []byte, asIs bool) {
	t := &s.tok
	t.Kind = Text
	t.Prefix, t.Local, t.URI, t.Attrs, t.Empty = nil, nil, "", nil, false
	t.Text = b
	t.Continued, t.More = false, false
	t.Depth = len(s.frames)
	t.asIs = asIs
}

// scanOutside scans white space before or after the root.
func (s *Scanner) scanOutside(w []byte) int {
	i := 0
	for i < len(w) && i < maxPiece && isSpace(w[i]) {
		i++
	}
	switch {
	case i == len(w) && !s.final:
		return short
	case i < len(w) && i >= maxPiece:
		if w[i] == '\n' && w[i-1] == '\r' {
			i--
		}
	case i < len(w) && w[i] != '<':
		return s.fail(w, i, TextOutsideRoot, "text outside the root element")
	}
	b := w[:i:i]
	if bytes.IndexByte(b, '\r') >= 0 {
		s.text = lineEnds(s.text[:0], b)
		b = s.text
	}
	s.textToken(b, false)
	return i
}

// lineEnds appends b with CR LF and CR normalized to LF (XML 2.11).
func lineEnds(dst, b []byte) []byte {
	for {
		i := bytes.IndexByte(b, '\r')
		if i < 0 {
			return append(dst, b...)
		}
		dst = append(append(dst, b[:i]...), '\n')
		if b = b[i+1:]; len(b) > 0 && b[0] == '\n' {
			b = b[1:]
		}
	}
}

// reference decodes the reference at w[i:] (XML 4.1). It returns the character as
// UTF-8 and the length of the source, or short or failed.
func (s *Scanner) reference(w []byte, i int) (r []byte, n int) {
	j := i + 1
	if j == len(w) {
		return nil, short
	}
	if w[j] == '#' {
		return s.charReference(w, i)
	}
	if !startsName(w, j) {
		return nil, s.fail(w, i, BadReference, "& that begins no reference")
	}
	j = ncname(w, j)
	if j == len(w) {
		return nil, short
	}
	if w[j] != ';' {
		return nil, s.fail(w, i, BadReference, "a reference without ;")
	}
	c := byte(0)
	switch string(w[i+1 : j]) {
	case "lt":
		c = '<'
	case "gt":
		c = '>'
	case "amp":
		c = '&'
	case "quot":
		c = '"'
	case "apos":
		c = '\''
	default:
		return nil, s.fail(w, i, UnknownEntity, "the entity "+quote(w[i+1:j])+" is unknown")
	}
	s.ref[0] = c
	return s.ref[:1], j + 1 - i
}

func (s *Scanner) charReference(w []byte, i int) (r []byte, n int) {
	j, base := i+2, rune(10)
	if j < len(w) && w[j] == 'x' {
		j, base = j+1, 16
	}
	first, v := j, rune(0)
	for ; j < len(w); j++ {
		c := rune(w[j])
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case base == 16 && 'a' <= c|0x20 && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		case c == ';' && j > first:
			if !isChar(v) {
				return nil, s.fail(w, i, BadCharacter, "a reference to a character that XML does not allow")
			}
			return utf8.AppendRune(s.ref[:0], v), j + 1 - i
		default:
			return nil, s.fail(w, i, BadReference, "a malformed character reference")
		}
		if v = v*base + c; v > utf8.MaxRune {
			v = utf8.MaxRune + 1
		}
	}
	return nil, short
}
