package xsd

// end validates the content of an element at its end tag.
func (v *Validator) end() {
	f := v.top()
	if f.typ == nil {
		v.leaveKeys(f, nil, nil)
		v.finish()
		return
	}
	var key []byte
	var valued *simpleType
	switch {
	case f.nilled:
	case !f.typ.complex || f.typ.kind == contentSimple:
		valued = f.typ.simple
		key = v.simpleValue(f, valued)
		if key == nil {
			valued = nil
		}
	default:
		v.contentEnd(f)
	}
	v.leaveKeys(f, valued, key)
	v.finish()
}

func (v *Validator) finish() {
	v.pop()
	if v.depth == 0 {
		v.ended = true
	}
}

// contentEnd checks that the content of an element may end (cvc-complex-type 2.4),
// and cvc-elt.5.2.2.2.1.
func (v *Validator) contentEnd(f *frame) {
	if m := f.model; m != nil {
		ok := false
		if m.ambiguous && f.state != nil {
			for _, l := range v.states[f.states:f.statesEnd] {
				ok = ok || m.accepts(l, nil)
			}
		} else {
			ok = m.accepts(f.state, v.counts[f.counts:f.counts+m.counters])
		}
		if !ok && !(f.state == nil && !f.hasContent && v.defaultedMixed(f)) {
			v.violation(Violation{Rule: ElementMissing, Clause: "cvc-complex-type.2.4.b", Wanted: v.missing(f)})
		}
	}
	if f.collectsText && f.hasContent && f.decl.value.fixed && !f.contentReported && string(v.text[f.text:]) != f.decl.value.lexical {
		v.violation(Violation{Rule: ValueFixed, Clause: "cvc-elt.5.2.2.2.1", Found: short(v.text[f.text:]), Wanted: []string{f.decl.value.lexical}})
	}
}

func (v *Validator) defaultedMixed(f *frame) bool {
	return f.typ.kind == contentMixed && f.decl != nil && f.decl.value != nil
}

// missing lists the elements that must still come; for xs:all, only the required
// ones.
func (v *Validator) missing(f *frame) []string {
	if !f.model.all {
		return v.expected(f)
	}
	var names []string
	counts := v.counts[f.counts:]
	for _, k := range f.model.root.children {
		if k.min > 0 && counts[k.index/63]&(1<<(k.index%63)) == 0 {
			names = append(names, k.elem.name.local)
		}
	}
	return names
}

// simpleValue validates the text of an element and returns the key of its value,
// nil if it has none.
func (v *Validator) simpleValue(f *frame, st *simpleType) []byte {
	if f.streamsText && v.streamed.active(v.depth) {
		return v.streamEnd(f, st)
	}
	raw := v.text[f.text:]
	var c *valueConstraint
	if f.decl != nil {
		c = f.decl.value
	}
	va := &v.checker
	if c != nil && len(raw) == 0 {
		// The default replaces empty content (cvc-elt.5.1).
		if st != f.decl.typ.simple {
			va.keys, va.refs, va.collect = va.keys[:0], va.refs[:0], false
			if e := va.check(st, []byte(c.lexical), true); e.rule != "" {
				v.violation(Violation{Line: f.line, Column: f.col, Rule: e.rule, Clause: "cvc-elt.5.1.1", Found: c.lexical, Wanted: e.wanted()})
				return nil
			}
			return va.keys
		}
		va.keys = append(va.keys[:0], c.key...)
		if st.refers {
			v.defaultReferences(st, c)
			va.keys = append(va.keys[:0], c.key...)
		}
		return va.keys
	}
	va.keys, va.refs, va.collect = va.keys[:0], va.refs[:0], st.refers
	e := va.check(st, raw, f.watched || c != nil && c.fixed)
	va.collect = false
	if e.rule != "" {
		v.violation(Violation{Line: f.line, Column: f.col, Rule: e.rule, Clause: e.clause, Found: short(raw), Wanted: e.wanted()})
		return nil
	}
	if c != nil && c.fixed {
		want := c.key
		if st != f.decl.typ.simple {
			want = v.keyOf(st, c.lexical)
		}
		if string(va.keys) != want {
			v.violation(Violation{Line: f.line, Column: f.col, Rule: ValueFixed, Clause: "cvc-elt.5.2.2.2.2", Found: short(raw), Wanted: []string{c.lexical}})
		}
	}
	if len(va.refs) > 0 {
		v.identifiers("")
	}
	if va.keys == nil {
		va.keys = make([]byte, 0, 64)
	}
	return va.keys
}

// keyOf returns the key of a fixed value in the type that xsi:type names.
func (v *Validator) keyOf(st *simpleType, lexical string) string {
	other := valueChecker{schema: v.s, scope: &v.scope}
	key, f := other.key(st, []byte(lexical))
	if f.rule != "" {
		return "\x00"
	}
	return string(key)
}
