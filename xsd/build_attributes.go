package xsd

import "strings"

// attribute completes an attribute declaration.
func (b *builder) attribute(a *attributeDecl, n *node) {
	v, hasType := n.attr("type")
	inside := n.child("simpleType")
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
	b.checkLater(func() { b.checkNotation(n, a.typ.simple) })
	if a.name.local == "xmlns" {
		fail(n, "no-xmlns", "an attribute cannot be named xmlns")
	}
	if a.name.uri == xsiURI {
		fail(n, "no-xsi", "an attribute cannot be declared in the namespace %s", xsiURI)
	}
	if a.global {
		if a.value = n.valueConstraint("src-attribute.1"); a.value != nil {
			b.checkValueLater(func() { b.checkAttributeValue(a.typ, a.value) })
		}
	}
}

// checkNotation checks enumeration-required-notation (XSD2 3.2.19): the type of
// a value must not be NOTATION itself, but one that enumerates its notations.
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
	b.checkDefault(v, t.simple, "a-props-correct.2")
}

// attributeUse builds the attribute use of an attribute inside a type or group.
// It returns false for a prohibited attribute.
func (b *builder) attributeUse(n *node) (attributeUse, bool) {
	use := n.oneOf("use", "optional", "required", "prohibited")
	u := attributeUse{required: use == "required"}
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
		if n.child("simpleType") != nil {
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
			b.checkValueLater(func() { b.checkAttributeValue(a.typ, value) })
			b.checkLater(func() {
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
			b.checkValueLater(func() { b.checkAttributeValue(t, value) })
		}
	}
	u.sym = u.decl.sym
	return u, use != "prohibited"
}

// attributes collects the attribute uses, attribute groups and wildcard of n.
func (b *builder) attributes(n *node) *attributeGroup {
	g := &attributeGroup{node: n, state: complete}
	for _, k := range n.children {
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
			other := b.attributeGroupRef(k, q)
			if other == nil {
				if q.uri == xmlURI && q.local == "specialAttrs" && !b.known[xmlURI] {
					for _, a := range xmlNames {
						d := b.schema.attributes[qname{xmlURI, a}]
						g.add(k, attributeUse{decl: d, sym: d.sym})
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
			// The processContents of n's wildcard take precedence over those of the groups (XSD1 3.4.2).
			w := b.wildcard(k)
			g.wild = b.intersect(k, w, g.wild, g.wild == nil)
			g.wild.process = w.process
		}
	}
	return g
}

func (g *attributeGroup) add(n *node, u attributeUse) {
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

func (b *builder) attributeGroup(g *attributeGroup) {
	switch g.state {
	case complete:
		return
	case underway:
		fail(g.node, "src-attribute_group.3", "an attribute group refers to itself")
	}
	g.state = underway
	b.countReference(g.node)
	defer func() { b.nested-- }()
	outer := b.redefiningAttributes
	b.redefiningAttributes = nil
	if g.redefines != nil {
		b.redefiningAttributes = g
	}
	got := b.attributes(g.node)
	b.redefiningAttributes = outer
	if old := g.redefines; old != nil && !g.refersBack {
		// Without the original inside, it is a restriction of it (XSD1 src-redefine.7.2.2).
		b.attributeGroup(old)
		for _, u := range old.attrs {
			if u.required && got.use(u.sym) == nil {
				fail(g.node, "src-redefine.7.2.2", "the required attribute %s is missing", u.decl.name)
			}
		}
		b.checkLater(func() { b.checkAttributes(got, old, g.node) })
	}
	g.attrs, g.wild, g.ban = got.attrs, got.wild, got.ban
	g.state = complete
}

// xmlNames are the attributes of the namespace xml, which are declared without
// a schema document.
var xmlNames = []string{"base", "lang", "space", "id"}

func (b *builder) xmlAttributes() {
	types := map[string]string{"base": "anyURI", "lang": "language", "space": "NCName", "id": "ID"}
	for _, l := range xmlNames {
		q := qname{xmlURI, l}
		b.schema.attributes[q] = &attributeDecl{name: q, sym: b.schema.symbols.add(q), global: true,
			typ: b.schema.types[qname{xsdURI, types[l]}]}
	}
	b.enumerate(b.schema.attributes[qname{xmlURI, "space"}], []string{"default", "preserve"})
	// xml:lang="" cancels a language (XML 2.12).
	lang := b.schema.attributes[qname{xmlURI, "lang"}]
	empty := *lang.typ.simple
	empty.allowEmpty = true
	lang.typ = &typeDef{base: lang.typ, method: dRestriction, depth: lang.typ.depth + 1, simple: &empty, state: complete}
}

// xlinkAttributes declares the attributes of XLink 1.1, which many schemas import
// from the network. They are there only if the folder has no schema for them.
func (b *builder) xlinkAttributes() {
	for _, f := range [][2]string{{"type", "NCName"}, {"href", "anyURI"}, {"role", "anyURI"}, {"arcrole", "anyURI"}, {"title", "string"},
		{"show", "NCName"}, {"actuate", "NCName"}, {"label", "NCName"}, {"from", "NCName"}, {"to", "NCName"}} {
		q := qname{xlinkURI, f[0]}
		b.schema.attributes[q] = &attributeDecl{name: q, sym: b.schema.symbols.add(q), global: true, typ: b.schema.types[qname{xsdURI, f[1]}]}
	}
	for local, values := range map[string][]string{
		"type":    {"simple", "extended", "title", "resource", "locator", "arc"},
		"show":    {"new", "replace", "embed", "other", "none"},
		"actuate": {"onLoad", "onRequest", "other", "none"},
	} {
		b.enumerate(b.schema.attributes[qname{xlinkURI, local}], values)
	}
}

// enumerate restricts the type of a declaration without a schema document.
func (b *builder) enumerate(a *attributeDecl, values []string) {
	base := a.typ.simple
	st := *base
	st.enum = map[string]bool{}
	for _, v := range values {
		k, _ := b.valuer.key(base, []byte(v))
		st.enum[string(k)] = true
		st.enumList = append(st.enumList, v)
	}
	a.typ = &typeDef{base: a.typ, method: dRestriction, depth: a.typ.depth + 1, simple: &st, state: complete}
}

// wildcard builds the wildcard of an any or anyAttribute.
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
