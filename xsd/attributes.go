package xsd

import "csuis-offline/c14n"

// attributes validates the attributes of an element: cvc-complex-type 3 and 4,
// and cvc-type 3.1.1.
func (v *Validator) attributes(f *frame, t *c14n.Token) {
	typ := f.typ
	for len(v.seen)*64 < len(typ.attrs) {
		v.seen = append(v.seen, 0)
	}
	for i := range (len(typ.attrs) + 63) / 64 {
		v.seen[i] = 0
	}
	required, ids := 0, 0
	for i := range t.Attrs {
		a := &t.Attrs[i]
		if a.NS {
			continue
		}
		if a.URI == xsiURI {
			switch string(a.Local) {
			case "type", "nil", "schemaLocation", "noNamespaceSchemaLocation":
				v.instanceAttribute(a)
				continue
			}
		}
		sym := v.s.symbols.find(a.URI, a.Local)
		use := -1
		if sym != 0 {
			for k := range typ.attrs {
				if typ.attrs[k].sym == sym {
					use = k
					break
				}
			}
		}
		if use >= 0 {
			u := &typ.attrs[use]
			v.seen[use/64] |= 1 << (use % 64)
			if u.required {
				required++
			}
			v.attributeValue(u.decl, u.constraint(), a, sym)
			if v.depth == 0 {
				return
			}
			continue
		}
		v.wildcardAttribute(typ, a, sym, &ids)
	}
	if required == typ.required && !v.keysWatched() {
		if !hasDefaultedID(typ) {
			return
		}
	}
	for k := range typ.attrs {
		if v.seen[k/64]&(1<<(k%64)) != 0 {
			continue
		}
		u := &typ.attrs[k]
		if u.required {
			v.violation(Violation{Rule: AttributeMissing, Clause: "cvc-complex-type.4", Attribute: attrName(u.decl.name)})
		} else if c := u.constraint(); c != nil {
			v.attributeField(u.sym, u.decl.name.uri, []byte(c.key), []byte(c.lexical))
			if u.decl.typ.simple.refers {
				v.defaultReferences(u.decl.typ.simple, c)
			}
		}
	}
}

// instanceAttribute records an attribute of xsi for the fields that end there, as
// @* does.
func (v *Validator) instanceAttribute(a *c14n.Attr) {
	if !v.keysWatched() {
		return
	}
	typ := "anyURI"
	switch string(a.Local) {
	case "nil":
		typ = "boolean"
	case "type":
		typ = "QName"
	}
	va := &v.checker
	va.keys = va.keys[:0]
	if f := va.check(v.s.types[qname{xsdURI, typ}].simple, a.Value, true); f.rule == "" {
		v.attributeField(v.s.symbols.find(a.URI, a.Local), a.URI, va.keys, a.Value)
	}
}

// hasDefaultedID reports whether a default value can be an identifier or a
// reference to one.
func hasDefaultedID(t *typeDef) bool {
	for i := range t.attrs {
		if u := &t.attrs[i]; u.constraint() != nil && u.decl.typ.simple.refers {
			return true
		}
	}
	return false
}

// defaultReferences records the identifiers and references in a default value.
func (v *Validator) defaultReferences(st *simpleType, c *valueConstraint) {
	v.checker.refs, v.checker.collect = v.checker.refs[:0], true
	v.checker.keys = v.checker.keys[:0]
	if f := v.checker.check(st, []byte(c.lexical), false); f.rule == "" {
		v.identifiers("")
	}
	v.checker.collect = false
}

// wildcardAttribute validates an attribute that the type does not name.
func (v *Validator) wildcardAttribute(typ *typeDef, a *c14n.Attr, sym symbol, ids *int) {
	w := typ.anyAttr
	if w == nil || !w.allows(a.URI) {
		clause := "cvc-complex-type.3.2.1"
		switch {
		case !typ.complex:
			clause = "cvc-type.3.1.1"
		case w != nil:
			clause = "cvc-complex-type.3.2.2"
		}
		v.violation(Violation{Rule: AttributeUnexpected, Clause: clause, Attribute: v.attrLabel(a), Found: short(a.Value)})
		return
	}
	if w.process == processSkip {
		return
	}
	var d *attributeDecl
	if sym != 0 {
		d = v.s.attrBySym[sym]
	}
	if d == nil {
		if w.process == processStrict {
			v.violation(Violation{Rule: AttributeUndeclared, Clause: "cvc-assess-attr", Attribute: v.attrLabel(a), Found: short(a.Value)})
		}
		return
	}
	if d.typ.simple.isID {
		if *ids++; *ids > 1 {
			v.violation(Violation{Rule: IDDuplicate, Clause: "cvc-complex-type.5.1", Attribute: v.attrLabel(a), Found: short(a.Value)})
		} else if typ.hasID() {
			v.violation(Violation{Rule: IDDuplicate, Clause: "cvc-complex-type.5.2", Attribute: v.attrLabel(a), Found: short(a.Value)})
		}
	}
	v.attributeValue(d, d.value, a, sym)
}

func (t *typeDef) hasID() bool {
	for i := range t.attrs {
		if t.attrs[i].decl.typ.simple.isID {
			return true
		}
	}
	return false
}

// laxAttributes validates the attributes of an element without a known type.
func (v *Validator) laxAttributes(t *c14n.Token) {
	for i := range t.Attrs {
		a := &t.Attrs[i]
		if a.NS {
			continue
		}
		if a.URI == xsiURI {
			v.instanceAttribute(a)
			continue
		}
		if sym := v.s.symbols.find(a.URI, a.Local); sym != 0 {
			if d := v.s.attrBySym[sym]; d != nil {
				v.attributeValue(d, d.value, a, sym)
			}
		}
	}
}

// attributeValue validates the value of an attribute: cvc-attribute and cvc-au.
func (v *Validator) attributeValue(d *attributeDecl, c *valueConstraint, a *c14n.Attr, sym symbol) {
	st := d.typ.simple
	watched := v.keysWatched()
	va := &v.checker
	va.keys, va.refs, va.collect = va.keys[:0], va.refs[:0], st.refers
	f := va.check(st, a.Value, watched || c != nil && c.fixed)
	va.collect = false
	if f.rule != "" {
		v.violation(Violation{Rule: f.rule, Clause: f.clause, Attribute: v.attrLabel(a), Type: typeName(d.typ), Found: short(a.Value), Wanted: f.wanted()})
		return
	}
	if c != nil && c.fixed && string(va.keys) != c.key {
		v.violation(Violation{Rule: ValueFixed, Clause: "cvc-attribute.4", Attribute: v.attrLabel(a), Type: typeName(d.typ), Found: short(a.Value), Wanted: []string{c.lexical}})
	}
	if len(va.refs) > 0 {
		v.identifiers(v.attrLabel(a))
	}
	if watched {
		v.attributeField(sym, a.URI, va.keys, a.Value)
	}
}

func (v *Validator) attrLabel(a *c14n.Attr) string {
	return attrName(qname{a.URI, string(a.Local)})
}

func attrName(q qname) string {
	switch q.uri {
	case xsiURI:
		return "xsi:" + q.local
	case xmlURI:
		return "xml:" + q.local
	}
	return q.local
}
