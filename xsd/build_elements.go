package xsd

// element completes a global element declaration.
func (b *builder) element(e *elementDecl) {
	switch e.state {
	case complete:
		return
	case underway:
		fail(e.node, "e-props-correct.6", "the substitution group of %s leads back to it", e.name)
	}
	e.state = underway
	b.countReference(e.node)
	defer func() { b.nested-- }()
	n := e.node
	if v, ok := n.attr("substitutionGroup"); ok {
		q := n.reference(v)
		e.head = b.schema.elements[q]
		if e.head == nil {
			b.unresolved(n, "element", q)
		}
		b.element(e.head)
	}
	b.elementProperties(e, n)
	e.state = complete
}

// localElement builds the element declaration inside a content model.
func (b *builder) localElement(n *node) *elementDecl {
	d := n.doc
	q := qname{"", n.ncName("name")}
	form := "unqualified"
	if d.qualifiedElements {
		form = "qualified"
	}
	if _, ok := n.attr("form"); ok {
		form = n.oneOf("form", "qualified", "unqualified")
	}
	if form == "qualified" {
		q.uri = d.target
	}
	e := &elementDecl{name: q, sym: b.schema.symbols.add(q), node: n, state: complete}
	b.elementProperties(e, n)
	return e
}

func (b *builder) elementProperties(e *elementDecl, n *node) {
	v, hasType := n.attr("type")
	inside := n.child("simpleType", "complexType")
	switch {
	case hasType && inside != nil:
		fail(n, "src-element.3", "%s has a type attribute and a type inside", e.name)
	case hasType:
		e.typ = b.typeRef(n, v)
	case inside != nil:
		e.typ = b.anonymous(inside)
	case e.head != nil:
		e.typ = e.head.typ
	default:
		e.typ = b.schema.anyType
	}
	d := n.doc
	e.nillable = n.boolean("nillable", false)
	e.abstract = n.boolean("abstract", false)
	e.block = n.derivations("block", d.blockDefault, dExtension|dRestriction|dSubstitution)
	e.final = n.derivations("final", d.finalDefault&(dExtension|dRestriction), dExtension|dRestriction)
	e.value = n.valueConstraint("src-element.1")
	b.elements = append(b.elements, e)
	b.checkLater(func() { b.checkNotation(n, e.typ.simple) })
	if e.value != nil {
		b.checkValueLater(func() { b.checkElementValue(e) })
	}
	if e.head != nil {
		b.checkLater(func() {
			if !derivedOK(e.typ, e.head.typ, e.head.final) {
				fail(n, "e-props-correct.4", "the type of %s may not stand for that of %s", e.name, e.head.name)
			}
		})
	}
	for _, k := range n.children {
		if k.name == "key" || k.name == "unique" || k.name == "keyref" {
			e.idcs = append(e.idcs, b.constraint(k))
		}
	}
}

func (n *node) valueConstraint(clause string) *valueConstraint {
	d, isDefault := n.attr("default")
	f, isFixed := n.attr("fixed")
	switch {
	case isDefault && isFixed:
		fail(n, clause, "default and fixed exclude one another")
	case isFixed:
		return &valueConstraint{fixed: true, lexical: f, node: n}
	case isDefault:
		return &valueConstraint{lexical: d, node: n}
	}
	return nil
}

// checkElementValue checks e-props-correct.2 and cos-valid-default.
func (b *builder) checkElementValue(e *elementDecl) {
	t := e.typ
	st := t.simple
	if t.complex {
		switch t.kind {
		case contentSimple:
		case contentMixed:
			if t.particle != nil && !emptiable(t.particle) {
				fail(e.node, "cos-valid-default.2.2.2", "%s has a value by default, but its content cannot be empty", e.name)
			}
			return
		default:
			fail(e.node, "cos-valid-default.2.1", "%s has a value by default, but no text in its type", e.name)
		}
	}
	if st.isID {
		fail(e.node, "e-props-correct.5", "%s is an identifier and cannot have a value by default", e.name)
	}
	b.checkDefault(e.value, st, "e-props-correct.2")
}

// checkDefault checks a default or fixed value and sets its key.
func (b *builder) checkDefault(v *valueConstraint, st *simpleType, clause string) {
	b.valuer.node = v.node
	key, f := b.valuer.key(st, []byte(v.lexical))
	if f.rule != "" {
		fail(v.node, clause, "the value %q is not of its type", v.lexical)
	}
	v.key = string(key)
}

// emptiable reports whether a particle is emptiable (XSD1 3.9.6).
func emptiable(p *particle) bool {
	if p.min == 0 || p.max == 0 {
		return true
	}
	if p.empty == unsettled {
		p.empty = never
		if emptiableTerm(p) {
			p.empty = possible
		}
	}
	return p.empty == possible
}

func emptiableTerm(p *particle) bool {
	switch p.op {
	case opSequence, opAll:
		for _, k := range p.children {
			if !emptiable(k) {
				return false
			}
		}
		return true
	case opChoice:
		for _, k := range p.children {
			if emptiable(k) {
				return true
			}
		}
		return len(p.children) == 0
	}
	return false
}

// substitutionGroups gives each head the members that may substitute for it (XSD1
// 3.3.6, Substitution Group OK).
func (b *builder) substitutionGroups() {
	s := b.schema
	for _, k := range sortedKeys(s.elements) {
		e := s.elements[k]
		for h := e.head; h != nil; h = h.head {
			b.step(e.node, 1)
			if h.block&dSubstitution != 0 {
				continue
			}
			// The types in between must not derive by a method that the head's declaration or type blocks.
			var used, blocked derivations
			blocked = h.block
			for t := e.typ; t != nil && t != h.typ; t = t.base {
				used |= t.method
				if t.base != nil && t.base.complex {
					blocked |= t.base.block
				}
				if t.base == t {
					break
				}
			}
			if used&blocked&(dExtension|dRestriction) == 0 {
				h.members = append(h.members, e)
			}
		}
	}
}
