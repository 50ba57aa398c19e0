package xsd

func (b *builder) complexType(t *typeDef) {
	n := t.node
	d := n.doc
	t.block = n.derivations("block", d.blockDefault&(dExtension|dRestriction), dExtension|dRestriction)
	t.final = n.derivations("final", d.finalDefault&(dExtension|dRestriction), dExtension|dRestriction)
	t.abstract = n.boolean("abstract", false)
	b.all = append(b.all, t)
	if c := n.child("simpleContent", "complexContent"); c != nil {
		if len(n.children) > 1 {
			fail(n.children[1], "s4s-elt-must-match", "<%s> may not stand beside <%s>", n.children[1].name, c.name)
		}
		if len(c.children) == 0 {
			fail(c, "s4s-elt-must-match", "<%s> holds neither a restriction nor an extension", c.name)
		}
		dv := c.children[0]
		v, ok := dv.attr("base")
		if !ok {
			fail(dv, "s4s-att-must-appear", "the attribute base is missing on <%s>", dv.name)
		}
		if t.base = t.redefinedBase(dv); t.base == nil {
			t.base = b.typeRef(dv, v)
		}
		b.complete(t.base)
		t.depth = t.base.depth + 1
		t.method = dRestriction
		if dv.name == "extension" {
			t.method = dExtension
		}
		if t.base.final&t.method != 0 {
			fail(dv, finalClause(t.method), "the type %s is final: it cannot be derived from by %s", t.base, dv.name)
		}
		if c.name == "simpleContent" {
			b.simpleContent(t, dv)
		} else {
			b.complexContent(t, dv, c.boolean("mixed", n.boolean("mixed", false)))
		}
		b.inheritAttributes(t, dv)
		return
	}
	t.redefinedBase(n)
	t.base, t.method, t.depth = b.schema.anyType, dRestriction, 1
	t.setContent(b.effectiveContent(n), n.boolean("mixed", false))
	g := b.attributes(n)
	t.setAttributes(b, g.attrs, g.wild)
}

func finalClause(m derivations) string {
	if m == dExtension {
		return "cos-ct-extends.1.1"
	}
	return "derivation-ok-restriction.1"
}

func (t *typeDef) setContent(p *particle, mixed bool) {
	t.particle = p
	switch {
	case mixed:
		t.kind = contentMixed
	case p == nil:
		t.kind = contentEmpty
	default:
		t.kind = contentElements
	}
}

func (t *typeDef) setAttributes(b *builder, attrs []attributeUse, w *wildcard) {
	t.attrs, t.anyAttr = attrs, w
	t.required = 0
	for i := range attrs {
		if attrs[i].required {
			t.required++
		}
	}
	b.checkLater(func() {
		ids := 0
		for i := range attrs {
			if attrs[i].decl.typ.simple.isID {
				ids++
			}
		}
		if ids > 1 {
			fail(t.node, "ct-props-correct.5", "two attributes of one type are identifiers")
		}
	})
}

// effectiveContent returns the particle that n itself holds as content, nil for
// none (XSD1 3.4.2, "effective content" 2.1).
func (b *builder) effectiveContent(n *node) *particle {
	k := n.child("group", "all", "choice", "sequence")
	if k == nil {
		return nil
	}
	p := b.particle(k, 0)
	switch {
	case p == nil || p.max == 0:
		return nil
	case (k.name == "sequence" || k.name == "all") && len(k.children) == 0:
		return nil
	case k.name == "choice" && len(k.children) == 0 && p.min == 0:
		return nil
	}
	return p
}

func (b *builder) simpleContent(t *typeDef, dv *node) {
	t.kind = contentSimple
	base := t.base
	if dv.name == "extension" {
		switch {
		case !base.complex:
			if base.final&dExtension != 0 {
				fail(dv, "cos-ct-extends.2.2", "the type %s is final", base)
			}
			t.simple = base.simple
		case base.kind == contentSimple:
			t.simple = base.simple
		default:
			fail(dv, "src-ct.2", "%s has no simple content to extend", base)
		}
		return
	}
	if !base.complex {
		fail(dv, "src-ct.2", "%s is a simple type: simple content can only extend it", base)
	}
	in := dv.child("simpleType")
	switch {
	case base.kind == contentSimple:
		from := &typeDef{simple: base.simple, base: base, state: complete}
		if in != nil {
			inner := b.anonymous(in)
			b.complete(inner)
			if !simpleDerives(inner, base.simple) {
				fail(in, "derivation-ok-restriction.5.2.1", "the type inside does not derive from the content of %s", base)
			}
			from = inner
		}
		t.simple = b.restrict(from.simple, dv)
	case base.kind == contentMixed && in != nil:
		if base.particle != nil && !emptiable(base.particle) {
			fail(dv, "derivation-ok-restriction.5.1.2", "the content of %s cannot be empty", base)
		}
		inner := b.anonymous(in)
		b.complete(inner)
		t.simple = b.restrict(inner.simple, dv)
	default:
		fail(dv, "src-ct.2", "%s has no simple content to restrict", base)
	}
}

// simpleDerives reports whether t derives from the type whose definition is st
// (XSD1 3.14.6, Type Derivation OK).
func simpleDerives(t *typeDef, st *simpleType) bool {
	if st.variety == atomic && st.prim == primAnySimple {
		return true
	}
	for u := t; u != nil && u.simple != nil; u = u.base {
		if u.simple == st || st.variety == union && st.plainUnion() && st.hasMember(u.simple) {
			return true
		}
	}
	return false
}

func (b *builder) complexContent(t *typeDef, dv *node, mixed bool) {
	base := t.base
	if !base.complex {
		fail(dv, "src-ct.1", "%s is a simple type: complex content cannot derive from it", base)
	}
	own := b.effectiveContent(dv)
	if t.method == dRestriction {
		t.setContent(own, mixed)
		b.checkLater(func() { b.checkRestriction(t, dv) })
		return
	}
	if base.kind == contentSimple {
		if own == nil && !mixed {
			t.kind, t.simple = contentSimple, base.simple
			return
		}
		fail(dv, "cos-ct-extends.1.4", "%s has simple content: elements cannot extend it", base)
	}
	if own == nil && !mixed {
		t.setContent(base.particle, base.kind == contentMixed)
		return
	}
	if base.kind == contentEmpty {
		t.setContent(own, mixed)
		return
	}
	if mixed != (base.kind == contentMixed) {
		fail(dv, "cos-ct-extends.1.4.2.2.2", "only one of %s and its extension has mixed content", base)
	}
	p := base.particle
	switch {
	case p == nil:
		// Mixed content without elements is an empty sequence (XSD1 3.4.2), which xs:all cannot follow.
		if own != nil && own.op == opAll {
			fail(dv, "cos-all-limited.1.2", "xs:all cannot extend mixed content")
		}
		p = own
	case own == nil && p.op == opAll:
		fail(dv, "cos-all-limited.1.2", "mixed content cannot extend xs:all")
	case own != nil:
		if p.op == opAll || own.op == opAll {
			fail(dv, "cos-all-limited.1.2", "xs:all cannot be extended, nor extend")
		}
		p = &particle{op: opSequence, min: 1, max: 1, children: []*particle{p, own}, node: dv}
	}
	t.setContent(p, mixed)
}

// inheritAttributes combines the attributes of dv with those of the base type.
func (b *builder) inheritAttributes(t *typeDef, dv *node) {
	g := b.attributes(dv)
	base := t.base
	attrs, w := g.attrs, g.wild
	b.step(dv, len(base.attrs)+1)
	if t.method == dExtension {
		own := &attributeGroup{node: dv, attrs: append([]attributeUse(nil), base.attrs...)}
		for _, u := range g.attrs {
			own.add(dv, u)
		}
		attrs = own.attrs
		w = b.union(dv, w, base.anyAttr)
		t.setAttributes(b, attrs, w)
		return
	}
	for _, u := range base.attrs {
		banned := false
		for _, s := range g.ban {
			banned = banned || s == u.sym
		}
		own := g.use(u.sym)
		switch {
		case banned && u.required:
			fail(dv, "derivation-ok-restriction.3", "the required attribute %s is prohibited", u.decl.name)
		case own == nil && !banned:
			attrs = append(attrs[:len(attrs):len(attrs)], u)
		}
	}
	t.setAttributes(b, attrs, w)
	if base != b.schema.anyType {
		b.checkLater(func() { b.checkAttributes(g, &attributeGroup{attrs: base.attrs, wild: base.anyAttr}, dv) })
	}
}

func (g *attributeGroup) use(s symbol) *attributeUse {
	for i := range g.attrs {
		if g.attrs[i].sym == s {
			return &g.attrs[i]
		}
	}
	return nil
}

// checkAttributes checks derivation-ok-restriction 2 to 4: that the attributes g
// restrict those of base.
func (b *builder) checkAttributes(g, base *attributeGroup, dv *node) {
	for i := range g.attrs {
		u := &g.attrs[i]
		b.step(dv, len(base.attrs)+1)
		o := base.use(u.sym)
		if o == nil {
			if base.wild == nil || !base.wild.allows(u.decl.name.uri) {
				fail(dv, "derivation-ok-restriction.2.2", "the base type does not allow the attribute %s", u.decl.name)
			}
			continue
		}
		if o.required && !u.required {
			fail(dv, "derivation-ok-restriction.2.1.1", "the attribute %s is required in the base type", u.decl.name)
		}
		if !derivedOK(u.decl.typ, o.decl.typ, 0) {
			fail(dv, "derivation-ok-restriction.2.1.2", "the type of the attribute %s does not derive from that in the base type", u.decl.name)
		}
		if c := o.constraint(); c != nil && c.fixed {
			if own := u.constraint(); own == nil || !own.fixed || own.key != c.key {
				fail(dv, "derivation-ok-restriction.2.1.3", "the attribute %s is fixed to another value in the base type", u.decl.name)
			}
		}
	}
	if g.wild != nil {
		if base.wild == nil {
			fail(dv, "derivation-ok-restriction.4.1", "the base type has no anyAttribute")
		}
		if !g.wild.subsetOf(base.wild) {
			fail(dv, "derivation-ok-restriction.4.2", "anyAttribute allows more than in the base type")
		}
		if g.wild.process > base.wild.process {
			fail(dv, "derivation-ok-restriction.4.3", "anyAttribute checks less than in the base type")
		}
	}
}

// checkRestriction checks derivation-ok-restriction 5.
func (b *builder) checkRestriction(t *typeDef, dv *node) {
	base := t.base
	switch {
	case base == b.schema.anyType:
	case t.kind == contentEmpty:
		if base.kind == contentSimple || base.particle != nil && !emptiable(base.particle) {
			fail(dv, "derivation-ok-restriction.5.3.2", "the content of the base type cannot be empty")
		}
	case base.kind == contentSimple || base.kind == contentEmpty:
		fail(dv, "derivation-ok-restriction.5.4", "the base type has no such content")
	case t.kind == contentMixed && base.kind != contentMixed:
		fail(dv, "derivation-ok-restriction.5.4.1.2", "mixed content cannot restrict content without text")
	default:
		b.restricts(dv, t.particle, base.particle, "derivation-ok-restriction.5.4.2")
	}
}
