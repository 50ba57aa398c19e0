package c14n

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// scanBang scans what begins with <!.
func (s *Scanner) scanBang(w []byte) int {
	switch {
	case hasPrefix(w, "<!--"):
		return s.scanComment(w, len("<!--"))
	case hasPrefix(w, "<![CDATA["):
		if len(s.frames) == 0 {
			return s.fail(w, 0, TextOutsideRoot, "a CDATA section outside the root element")
		}
		return s.scanMixed(w, 0)
	case hasPrefix(w, "<!DOCTYPE"):
		return s.fail(w, 0, Doctype, "a document type declaration is not accepted")
	case !s.final && (mayBe(w, "<!--") || mayBe(w, "<![CDATA[") || mayBe(w, "<!DOCTYPE")):
		return short
	case mayBe(w, "<!--"), mayBe(w, "<![CDATA["), mayBe(w, "<!DOCTYPE"):
		return s.fail(w, len(w), Truncated, "the document ends too early")
	}
	return s.fail(w, 0, Syntax, "no markup begins so")
}

func hasPrefix(w []byte, p string) bool { return len(w) >= len(p) && string(w[:len(p)]) == p }

func mayBe(w []byte, p string) bool { return len(w) < len(p) && p[:len(w)] == string(w) }

// piece returns how much of w[from:] belongs to one token whose end is not in
// the first maxPiece bytes: so much that a later piece need not look back. keep
// is the first byte of that end.
func piece(w []byte, from int, keep byte) int {
	n := from + maxPiece
	if len(w) <= n+1 {
		return short
	}
	if w[n-1] == keep || w[n-1] == '\r' && w[n] == '\n' {
		n--
	}
	for !utf8.RuneStart(w[n]) {
		n--
	}
	return n
}

// scanComment scans a comment, or the rest of one that a token began; its text
// begins at w[from].
func (s *Scanner) scanComment(w []byte, from int) int {
	end, next := 0, Kind(0)
	i := bytes.Index(w[from:min(len(w), from+maxPiece)], []byte("--"))
	if i < 0 {
		if end = piece(w, from, '-'); end == short {
			return short
		}
		i, next = end, Comment
	} else {
		i += from
		if end = i + len("-->"); end > len(w) {
			return short
		}
		if w[end-1] != '>' {
			return s.fail(w, i, BadComment, "-- inside a comment")
		}
	}
	s.miscToken(Comment, nil, w[from:i:i], s.within != 0, next != 0)
	s.within = next
	return end
}

// scanPI scans a processing instruction or the XML declaration.
func (s *Scanner) scanPI(w []byte) int {
	const from = len("<?")
	if len(w) == from {
		return short
	}
	if !startsName(w, from) {
		return s.fail(w, from, BadName, "no name begins here")
	}
	end := ncname(w, from)
	if end == len(w) {
		return short
	}
	target := w[from:end:end]
	switch c := w[end]; {
	case isSpace(c) || c == '?':
	case c == ':' || c >= 0x80:
		return s.fail(w, end, BadName, "a character that the name of an instruction may not hold")
	default:
		return s.fail(w, end, Syntax, "white space is missing after the name of an instruction")
	}
	if string(target) == "xml" && s.off == 0 {
		return s.scanDeclaration(w)
	}
	if strings.EqualFold(string(target), "xml") {
		return s.fail(w, 0, BadInstruction, "an XML declaration that does not begin the document, or an instruction named so")
	}
	if len(target) > MaxValue {
		return s.fail(w, from, TooLong, "a name that is too long")
	}
	if w[end] == '?' {
		if end+1 == len(w) {
			return short
		}
		if w[end+1] != '>' {
			return s.fail(w, end, Syntax, "white space is missing after the name of an instruction")
		}
	}
	s.target = target
	s.skip = true
	return s.scanData(w, end)
}

// scanData scans the data of a processing instruction from w[from].
func (s *Scanner) scanData(w []byte, from int) int {
	end, next := 0, Kind(0)
	i := bytes.Index(w[from:min(len(w), from+maxPiece)], []byte("?>"))
	if i < 0 {
		if end = piece(w, from, '?'); end == short {
			return short
		}
		i, next = end, PI
	} else {
		i += from
		end = i + len("?>")
	}
	if s.skip {
		for from < i && isSpace(w[from]) {
			from++
		}
	}
	s.skip = s.skip && from == i
	s.miscToken(PI, s.target, w[from:i:i], s.within != 0, next != 0)
	if next != 0 && s.within == 0 {
		s.target = bytes.Clone(s.target)
		s.tok.Local = s.target
	}
	s.within = next
	return end
}

func (s *Scanner) miscToken(k Kind, target, b []byte, continued, more bool) {
	if s.cr && bytes.IndexByte(b, '\r') >= 0 {
		s.text = lineEnds(s.text[:0], b)
		b = s.text
	}
	t := &s.tok
	t.Kind = k
	t.Prefix, t.Local, t.URI, t.Attrs, t.Empty = nil, target, "", nil, false
	t.Text = b
	t.Continued, t.More = continued, more
	t.Depth = len(s.frames)
	t.asIs = false
}
