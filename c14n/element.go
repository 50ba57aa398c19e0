package c14n

import (
	"bytes"
	"fmt"
)

// scanStart scans <a …> and <a …/>.
func (s *Scanner) scanStart(w []byte) int {
	end, colon, bad := qname(w, 1)
	if bad >= 0 {
		return s.fail(w, bad, BadName, "no name begins here")
	}
	if end == len(w) {
		return short
	}
	s.attrs = s.attrs[:0]
	s.values = s.values[:0]
	i, declares := end, false
	if w[i] != '>' {
		if i, declares = s.scanAttrs(w, i); i < 0 {
			return i
		}
	}
	empty := w[i] == '/'
	if empty {
		if i++; i == len(w) {
			return short
		}
		if w[i] != '>' {
			return s.fail(w, i, Syntax, "> is missing after /")
		}
	}
	switch {
	case i >= MaxTag:
		return s.tooLong(w)
	case len(s.frames) == 0 && s.rooted:
		return s.fail(w, 0, TwoRoots, "a second root element")
	case len(s.frames) == MaxDepth:
		return s.fail(w, 0, TooDeep, fmt.Sprintf("more than %d elements inside one another", MaxDepth))
	case end-1 > MaxValue || len(s.open)+end-1 > MaxTag:
		return s.fail(w, 1, TooLong, "a name that is too long")
	}

	t := &s.tok
	t.Kind = Start
	if colon < 0 {
		t.Prefix, t.Local = nil, w[1:end:end]
	} else {
		t.Prefix, t.Local = w[1:colon:colon], w[colon+1:end:end]
	}
	f := frame{off: len(s.open), prefix: len(t.Prefix), name: end - 1, ns: s.ns.mark(), inherited: len(s.inherited)}
	s.open = append(s.open, w[1:end]...)
	if declares && !s.declare(w) {
		return failed
	}
	uri, ok := s.ns.lookup(t.Prefix)
	if !ok {
		return s.undeclared(w, 1, t.Prefix)
	}
	if len(s.attrs) > 0 && !s.resolve(w) {
		return failed
	}
	f.uri = uri
	s.frames = append(s.frames, f)
	s.rooted = true
	s.close = empty

	t.URI = uri
	t.Attrs = s.attrs
	t.Empty = empty
	t.Text = nil
	t.Continued, t.More = false, false
	t.Depth = len(s.frames)
	t.asIs = i == end && !empty
	return i + 1
}

func (s *Scanner) undeclared(w []byte, i int, prefix []byte) int {
	if string(prefix) == "xmlns" {
		return s.fail(w, i, ReservedNamespace, "the prefix xmlns is reserved")
	}
	return s.fail(w, i, UndeclaredPrefix, "the prefix "+quote(prefix)+" is not declared")
}

// scanEnd scans </a>.
func (s *Scanner) scanEnd(w []byte) int {
	if len(s.frames) == 0 {
		return s.fail(w, 0, MismatchedTag, "an end tag without a start tag")
	}
	f := &s.frames[len(s.frames)-1]
	i := 2 + f.name
	if len(w) > i && bytes.HasPrefix(w[2:], s.open[f.off:f.off+f.name]) {
		if w[i] == '>' {
			s.endToken(f)
			s.tok.asIs = true
			return i + 1
		}
		for i < len(w) && isSpace(w[i]) {
			i++
		}
		if i == len(w) {
			return short
		}
		if w[i] == '>' {
			s.endToken(f)
			return i + 1
		}
	}
	end, colon, bad := qname(w, 2)
	switch {
	case bad >= 0:
		return s.fail(w, bad, BadName, "no name begins here")
	case end == len(w):
		return short
	case end == 2+f.name && bytes.Equal(w[2:end], s.open[f.off:f.off+f.name]):
		if i == end {
			return s.badTagByte(w, i, colon)
		}
		return s.fail(w, i, Syntax, "> is missing at the end of the tag")
	}
	want := s.open[f.off : f.off+f.name]
	return s.fail(w, 0, MismatchedTag, fmt.Sprintf("</%s> instead of </%s>", unquoted(w[2:end]), unquoted(want)))
}

func unquoted(b []byte) string {
	q := quote(b)
	return q[1 : len(q)-1]
}

// badTagByte refuses the character after a name in a tag.
func (s *Scanner) badTagByte(w []byte, i, colon int) int {
	if w[i] >= 0x80 || w[i] == ':' && colon >= 0 {
		return s.fail(w, i, BadName, "a character that no name may hold")
	}
	return s.fail(w, i, Syntax, "an unexpected character in a tag")
}

func (s *Scanner) endToken(f *frame) {
	name := s.open[f.off : f.off+f.name : f.off+f.name]
	t := &s.tok
	t.Kind = End
	t.Prefix, t.Local = nil, name
	if f.prefix > 0 {
		t.Prefix, t.Local = name[:f.prefix:f.prefix], name[f.prefix+1:]
	}
	t.URI = f.uri
	t.Attrs = nil
	t.Empty = false
	t.Text = nil
	t.Continued, t.More = false, false
	t.Depth = len(s.frames)
	t.asIs = false
	s.pop = true
}

// impliedEnd returns the End of <a/>.
func (s *Scanner) impliedEnd() *Token {
	s.close = false
	s.endToken(&s.frames[len(s.frames)-1])
	t := &s.tok
	t.Raw = nil
	t.Line, t.Column, t.Offset = s.line, s.col, s.off
	return t
}

// leave removes from scope what the element of the last token declared.
func (s *Scanner) leave() {
	s.pop = false
	f := &s.frames[len(s.frames)-1]
	if s.ns.mark() > f.ns {
		s.ns.reset(f.ns)
	}
	s.inherited = s.inherited[:f.inherited]
	s.open = s.open[:f.off]
	s.frames = s.frames[:len(s.frames)-1]
}
