package xsd

import "unicode/utf8"

// streamedValue validates a long value of a type whose rules need only a few
// states, so that attachments in base64 pass through without being held in memory.
type streamedValue struct {
	depth   int // of the element, 0 for none
	st      *simpleType
	runes   int64
	hex     int64
	hexBad  bool
	base64  base64State
	b64Bad  bool
	begun   bool // something other than white space has come (collapse)
	space   bool // white space is pending, which counts only if something follows (collapse)
	states  []int
	carry   [utf8.UTFMax]byte
	carried int
	buf     []byte
}

// streamFrom is the length in bytes from which a value is validated piece by
// piece.
const streamFrom = 64 << 10

// canStream reports whether the value of f can be validated piece by piece.
func (v *Validator) canStream(f *frame) bool {
	st := f.typ.simple
	if st.variety != atomic || st.enum != nil || st.lex != lexNone || st.identity != noIdentity || f.watched || f.decl != nil && f.decl.value != nil {
		return false
	}
	switch st.prim {
	case primAnySimple, primString, primHex, primBase64:
		return true
	}
	return false
}

// collectText keeps or streams a piece of an element's value.
func (v *Validator) collectText(f *frame, text []byte) {
	s := &v.streamed
	if f.streamsText && s.active(v.depth) {
		v.streamWrite(text)
		return
	}
	if f.textReported {
		return
	}
	v.text = append(v.text, text...)
	n := len(v.text) - f.text
	switch {
	case f.streamsText && n > streamFrom:
		*s = streamedValue{depth: v.depth, st: f.typ.simple, states: s.states[:0], buf: s.buf}
		for i := range s.st.patterns {
			for _, p := range s.st.patterns[i].patterns {
				s.states = append(s.states, v.checker.startState(p))
			}
		}
		v.streamWrite(v.text[f.text:])
		v.text = v.text[:f.text]
	case !f.streamsText && n > maxValue:
		f.textReported = true
		v.violation(Violation{Line: f.line, Column: f.col, Rule: ValueTooLong, Clause: "implementation limit", Found: short(v.text[f.text:]), Wanted: []string{itoa(maxValue)}})
	}
}

func (s *streamedValue) active(depth int) bool { return s.depth == depth && depth > 0 }

// streamWrite normalizes a piece and counts it.
func (v *Validator) streamWrite(text []byte) {
	s := &v.streamed
	out := text
	switch s.st.ws {
	case replace:
		out = append(s.buf[:0], text...)
		for i, c := range out {
			if isSpace(c) {
				out[i] = ' '
			}
		}
		s.buf = out
	case collapsed:
		out = s.buf[:0]
		for _, c := range text {
			if isSpace(c) {
				s.space = s.begun
				continue
			}
			if s.space {
				out = append(out, ' ')
				s.space = false
			}
			s.begun = true
			out = append(out, c)
		}
		s.buf = out
	}
	switch s.st.prim {
	case primHex:
		for len(out) > 0 && !s.hexBad {
			n := len(out) &^ 1
			if n == 0 {
				n = 1
			}
			for _, c := range out[:n] {
				if !('0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f') {
					s.hexBad = true
				}
			}
			s.hex += int64(n)
			out = out[n:]
		}
		out = s.buf
	case primBase64:
		if !s.b64Bad && !s.base64.write(out) {
			s.b64Bad = true
		}
	default:
		for _, c := range out {
			if c&0xC0 != 0x80 {
				s.runes++
			}
		}
	}
	if len(s.states) == 0 {
		return
	}
	// Patterns need whole characters.
	if s.carried > 0 {
		for s.carried < utf8.UTFMax && len(out) > 0 && !utf8.FullRune(s.carry[:s.carried]) {
			s.carry[s.carried] = out[0]
			s.carried++
			out = out[1:]
		}
		v.streamMatch(s.carry[:s.carried])
		s.carried = 0
	}
	end := len(out)
	for end > 0 && len(out)-end < utf8.UTFMax && !utf8.FullRune(out[end-1:]) {
		end--
		if out[end]&0xC0 == 0xC0 {
			break
		}
	}
	if end < len(out) && out[end]&0xC0 == 0xC0 {
		s.carried = copy(s.carry[:], out[end:])
	} else {
		end = len(out)
	}
	v.streamMatch(out[:end])
}

func (v *Validator) streamMatch(out []byte) {
	s := &v.streamed
	n := 0
	for i := range s.st.patterns {
		for _, p := range s.st.patterns[i].patterns {
			s.states[n] = v.checker.advance(p, s.states[n], out)
			n++
		}
	}
}

// streamEnd validates the whole value. It returns no key, since no caller needs
// that of such a long value.
func (v *Validator) streamEnd(f *frame, st *simpleType) []byte {
	s := &v.streamed
	s.depth = 0
	bad := func(e valueFailure) {
		v.violation(Violation{Line: f.line, Column: f.col, Rule: e.rule, Clause: e.clause, Wanted: e.wanted()})
	}
	n := s.runes
	switch st.prim {
	case primHex:
		n = s.hex / 2
		if s.hexBad || s.hex%2 > 0 {
			bad(valueFailure{rule: ValueType, st: st, clause: "cvc-datatype-valid.1.2.1"})
			return nil
		}
	case primBase64:
		n = s.base64.length()
		if s.b64Bad || !s.base64.end() {
			bad(valueFailure{rule: ValueType, st: st, clause: "cvc-datatype-valid.1.2.1"})
			return nil
		}
	}
	if e := st.lengthFacets(n); e.rule != "" {
		bad(e)
		return nil
	}
	k := 0
	for i := range st.patterns {
		ok := false
		for _, p := range st.patterns[i].patterns {
			ok = ok || v.checker.accepts(p, s.states[k])
			k++
		}
		if !ok && !v.checker.exhausted {
			bad(valueFailure{rule: Pattern, st: st, step: &st.patterns[i], clause: "cvc-pattern-valid"})
			return nil
		}
	}
	return nil
}
