package xsd

import "strings"

// element completes a global declaration.
func (b *builder) element(e *elementDecl) {
	switch e.state {
	case complete:
		return
	case underway:
		fail(e.node, "e-props-correct.6", "the substitution group of %s leads back to it", e.name)
	}
	e.state = underway
	b.deeper(e.node)
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

// localElement builds the declaration inside a content model.
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
	inside := n.kid("simpleType", "complexType")
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
	b.later(func() { b.checkNotation(n, e.typ.simple) })
	if e.value != nil {
		b.value(func() { b.checkElementValue(e) })
	}
	if e.head != nil {
		b.later(func() {
			if !derivedOK(e.typ, e.head.typ, e.head.final) {
				fail(n, "e-props-correct.4", "the type of %s may not stand for that of %s", e.name, e.head.name)
			}
		})
	}
	for _, k := range n.kids {
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

// checkElementValue is e-props-correct.2 and cos-valid-default.
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
	b.setKey(e.value, st, "e-props-correct.2")
}

// setKey checks a default or fixed value.
func (b *builder) setKey(v *valueConstraint, st *simpleType, clause string) {
	b.valuer.node = v.node
	key, f := b.valuer.key(st, []byte(v.lexical))
	if f.rule != "" {
		fail(v.node, clause, "the value %q is not of its type", v.lexical)
	}
	v.key = string(key)
}

// emptiable is XSD1 3.9.6, Particle Emptiable.
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
		for _, k := range p.kids {
			if !emptiable(k) {
				return false
			}
		}
		return true
	case opChoice:
		for _, k := range p.kids {
			if emptiable(k) {
				return true
			}
		}
		return len(p.kids) == 0
	}
	return false
}

// substitutions gives each head the members that may stand for it (XSD1 3.3.6,
// Substitution Group OK).
func (b *builder) substitutions() {
	s := b.schema
	for _, k := range sortedKeys(s.elements) {
		e := s.elements[k]
		for h := e.head; h != nil; h = h.head {
			b.step(e.node, 1)
			if h.block&dSubstitution != 0 {
				continue
			}
			// The types between must not derive in a way that the head's declaration or type blocks.
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

// attribute fills a declaration.
func (b *builder) attribute(a *attributeDecl, n *node) {
	v, hasType := n.attr("type")
	inside := n.kid("simpleType")
	switch {
	case hasType && inside != nil:
		fail(n, "src-attribute.4", "%s has a type attribute and a type inside", a.name)
	case hasType:
		a.typ = b.simpleTypeRef(n, v)
	case inside != nil:
		a.typ = b.anonymous(inside)
	default:
		a.typ = b.schema.types[qname{xsdURI, "anySimpleType"}]
	}
	b.later(func() { b.checkNotation(n, a.typ.simple) })
	if a.name.local == "xmlns" {
		fail(n, "no-xmlns", "an attribute cannot be named xmlns")
	}
	if a.name.uri == xsiURI {
		fail(n, "no-xsi", "an attribute cannot be declared in the namespace %s", xsiURI)
	}
	if a.global {
		if a.value = n.valueConstraint("src-attribute.1"); a.value != nil {
			b.value(func() { b.checkAttributeValue(a.typ, a.value) })
		}
	}
}

// checkNotation is enumeration-required-notation (XSD2 3.2.19): what has a
// value must not be of NOTATION, but of a type that lists its notations.
func (b *builder) checkNotation(n *node, st *simpleType) {
	if st != nil && st.variety == list {
		st = st.item
	}
	if st != nil && st.variety == atomic && st.prim == primNotation && st.enum == nil {
		fail(n, "enumeration-required-notation", "NOTATION needs an enumeration of its notations")
	}
}

func (b *builder) checkAttributeValue(t *typeDef, v *valueConstraint) {
	if t.simple.isID {
		fail(v.node, "a-props-correct.3", "an identifier cannot have a value by default")
	}
	b.setKey(v, t.simple, "a-props-correct.2")
}

// attributeUse builds an attribute inside a type or group. It returns false
// for a prohibited one.
func (b *builder) attributeUse(n *node) (attrUse, bool) {
	use := n.oneOf("use", "optional", "required", "prohibited")
	u := attrUse{required: use == "required"}
	value := n.valueConstraint("src-attribute.1")
	if value != nil && !value.fixed && use != "optional" {
		fail(n, "src-attribute.2", "an attribute with a default must be optional")
	}
	if v, ok := n.attr("ref"); ok {
		if _, named := n.attr("name"); named {
			fail(n, "src-attribute.3.1", "name and ref exclude one another")
		}
		for _, not := range []string{"type", "form"} {
			if _, has := n.attr(not); has {
				fail(n, "src-attribute.3.2", "%s may not stand beside ref", not)
			}
		}
		if n.kid("simpleType") != nil {
			fail(n, "src-attribute.3.2", "a type may not stand inside a reference")
		}
		q := n.expand(v)
		if q.uri != xmlURI {
			q = n.reference(v)
		}
		a := b.schema.attributes[q]
		if a == nil {
			b.unresolved(n, "attribute", q)
		}
		u.decl = a
		if value != nil {
			u.value = value
			b.value(func() { b.checkAttributeValue(a.typ, value) })
			b.later(func() {
				if a.value != nil && a.value.fixed && (!value.fixed || a.value.key != value.key) {
					fail(n, "au-props-correct.2", "%s is fixed to another value", q)
				}
			})
		}
	} else {
		q := qname{"", n.ncName("name")}
		form := "unqualified"
		if n.doc.qualifiedAttributes {
			form = "qualified"
		}
		if _, ok := n.attr("form"); ok {
			form = n.oneOf("form", "qualified", "unqualified")
		}
		if form == "qualified" {
			q.uri = n.doc.target
		}
		u.decl = &attributeDecl{name: q, sym: b.schema.symbols.add(q), node: n}
		b.attribute(u.decl, n)
		if value != nil {
			u.value = value
			t := u.decl.typ
			b.value(func() { b.checkAttributeValue(t, value) })
		}
	}
	u.sym = u.decl.sym
	return u, use != "prohibited"
}

// attributes gathers the attributes, attribute groups and wildcard of n.
func (b *builder) attributes(n *node) *attrGroup {
	g := &attrGroup{node: n, state: complete}
	for _, k := range n.kids {
		switch k.name {
		case "attribute":
			u, ok := b.attributeUse(k)
			if !ok {
				g.ban = append(g.ban, u.sym)
				continue
			}
			g.add(k, u)
		case "attributeGroup":
			v, ok := k.attr("ref")
			if !ok {
				fail(k, "s4s-att-must-appear", "the attribute ref is missing on <attributeGroup>")
			}
			q := k.reference(v)
			other := b.agroups[q]
			if other == nil {
				if q.uri == xmlURI && q.local == "specialAttrs" && !b.known[xmlURI] {
					for _, a := range xmlNames {
						d := b.schema.attributes[qname{xmlURI, a}]
						g.add(k, attrUse{decl: d, sym: d.sym})
					}
					continue
				}
				b.unresolved(k, "attribute group", q)
			}
			b.attributeGroup(other)
			b.step(k, len(other.attrs)+1)
			for _, u := range other.attrs {
				g.add(k, u)
			}
			g.wild = b.intersect(k, g.wild, other.wild, g.wild == nil)
		case "anyAttribute":
			// XSD1 3.4.2: the wildcard's own processContents win over those of the groups.
			w := b.wildcard(k)
			g.wild = b.intersect(k, w, g.wild, g.wild == nil)
			g.wild.process = w.process
		}
	}
	return g
}

func (g *attrGroup) add(n *node, u attrUse) {
	for i := range g.attrs {
		if g.attrs[i].sym == u.sym {
			fail(n, "ct-props-correct.4", "a second attribute %s", u.decl.name)
		}
	}
	if len(g.attrs) >= 2000 {
		fail(n, "limit", "too many attributes")
	}
	g.attrs = append(g.attrs, u)
}

func (b *builder) attributeGroup(g *attrGroup) {
	switch g.state {
	case complete:
		return
	case underway:
		fail(g.node, "src-attribute_group.3", "an attribute group refers to itself")
	}
	g.state = underway
	b.deeper(g.node)
	defer func() { b.nested-- }()
	got := b.attributes(g.node)
	g.attrs, g.wild, g.ban = got.attrs, got.wild, got.ban
	g.state = complete
}

// xmlNames are the attributes of the namespace xml, which need no schema here.
var xmlNames = []string{"base", "lang", "space", "id"}

func (b *builder) xmlAttributes() {
	types := map[string]string{"base": "anyURI", "lang": "language", "space": "NCName", "id": "ID"}
	for _, l := range xmlNames {
		q := qname{xmlURI, l}
		b.schema.attributes[q] = &attributeDecl{name: q, sym: b.schema.symbols.add(q), global: true,
			typ: b.schema.types[qname{xsdURI, types[l]}]}
	}
	sp := b.schema.attributes[qname{xmlURI, "space"}]
	ncname := sp.typ.simple
	st := *ncname
	st.enum = map[string]bool{}
	for _, v := range []string{"default", "preserve"} {
		k, _ := b.valuer.key(ncname, []byte(v))
		st.enum[string(k)] = true
		st.enumList = append(st.enumList, v)
	}
	sp.typ = &typeDef{base: sp.typ, method: dRestriction, depth: sp.typ.depth + 1, simple: &st, state: complete}
	// xml:lang="" takes back a language (XML 2.12).
	lang := b.schema.attributes[qname{xmlURI, "lang"}]
	empty := *lang.typ.simple
	empty.allowEmpty = true
	lang.typ = &typeDef{base: lang.typ, method: dRestriction, depth: lang.typ.depth + 1, simple: &empty, state: complete}
}

// wildcard reads any and anyAttribute.
func (b *builder) wildcard(n *node) *wildcard {
	w := &wildcard{}
	switch n.oneOf("processContents", "strict", "lax", "skip") {
	case "lax":
		w.process = processLax
	case "skip":
		w.process = processSkip
	}
	v, ok := n.attr("namespace")
	v = collapse(v)
	switch {
	case !ok || v == "##any":
		w.any = true
	case v == "##other":
		w.not, w.set = true, []string{n.doc.target}
	default:
		for v != "" {
			var f string
			f, v = cutWord(v)
			switch {
			case f == "##targetNamespace":
				f = n.doc.target
			case f == "##local":
				f = ""
			case strings.HasPrefix(f, "##"):
				fail(n, "s4s-att-invalid-value", "namespace may not hold %q", f)
			}
			w.set = append(w.set, f)
		}
	}
	return w
}
