package xsd

// particle builds the particle of an element, group reference, wildcard or model
// group. It returns nil for one that cannot occur.
func (b *builder) particle(n *node, depth int) *particle {
	if depth > maxGroupDepth {
		fail(n, "limit", "groups more than %d deep", maxGroupDepth)
	}
	p := &particle{min: n.count("minOccurs", 1), node: n}
	if v, _ := n.attr("maxOccurs"); collapse(v) == "unbounded" {
		p.max = -1
	} else {
		p.max = n.count("maxOccurs", 1)
	}
	if p.max >= 0 && p.max < p.min {
		fail(n, "p-props-correct.2.1", "minOccurs is larger than maxOccurs")
	}
	switch n.name {
	case "element":
		p.op = opElement
		p.elem = b.elementParticle(n)
	case "any":
		p.op = opAny
		p.wild = b.wildcard(n)
	case "group":
		v, ok := n.attr("ref")
		if !ok {
			fail(n, "s4s-att-must-appear", "the attribute ref is missing on <group>")
		}
		q := n.reference(v)
		g := b.groupRef(n, q)
		if g == nil {
			b.unresolved(n, "group", q)
		}
		b.group(g)
		in := g.particle
		if in == nil {
			return nil
		}
		if in.op == opAll && (depth > 0 || p.max != 1) {
			fail(n, "cos-all-limited.1.2", "a group with xs:all must be the whole content, once")
		}
		p.op, p.children = in.op, in.children
		if in.max == 0 {
			return nil
		}
	case "all":
		p.op = opAll
		if depth > 0 || p.max != 1 || p.min > 1 {
			fail(n, "cos-all-limited.1.2", "xs:all must be the whole content, once")
		}
		for _, k := range n.children {
			e := b.particle(k, depth+1)
			if e == nil {
				continue
			}
			if e.max > 1 || e.max < 0 || e.min > 1 {
				fail(k, "cos-all-limited.2", "an element in xs:all may occur once at most")
			}
			if e.max > 0 {
				p.children = append(p.children, e)
			}
		}
	case "sequence", "choice":
		p.op = opSequence
		if n.name == "choice" {
			p.op = opChoice
		}
		for _, k := range n.children {
			if e := b.particle(k, depth+1); e != nil && e.max != 0 {
				p.children = append(p.children, e)
			}
		}
	}
	if p.max == 0 {
		return nil
	}
	return p
}

func (b *builder) elementParticle(n *node) *elementDecl {
	v, ok := n.attr("ref")
	_, named := n.attr("name")
	switch {
	case ok && named:
		fail(n, "src-element.2.1", "name and ref exclude one another")
	case !ok && !named:
		fail(n, "src-element.2.1", "an element needs a name or a ref")
	case !ok:
		return b.localElement(n)
	}
	for _, not := range []string{"type", "nillable", "default", "fixed", "form", "block"} {
		if _, has := n.attr(not); has {
			fail(n, "src-element.2.2", "%s may not stand beside ref", not)
		}
	}
	if len(n.children) > 0 {
		fail(n, "src-element.2.2", "<%s> may not stand inside a reference", n.children[0].name)
	}
	q := n.reference(v)
	e := b.schema.elements[q]
	if e == nil {
		b.unresolved(n, "element", q)
	}
	return e
}

func (b *builder) group(g *group) {
	switch g.state {
	case complete:
		return
	case underway:
		fail(g.node, "mg-props-correct.2", "a group refers to itself")
	}
	g.state = underway
	b.countReference(g.node)
	defer func() { b.nested-- }()
	k := g.node.child("all", "choice", "sequence")
	if k == nil {
		fail(g.node, "s4s-elt-must-match", "a group without all, choice or sequence")
	}
	outer := b.redefining
	b.redefining = nil
	if g.redefines != nil {
		b.redefining = g
	}
	g.particle = b.particle(k, 0)
	b.redefining = outer
	b.checkRedefined(g)
	g.state = complete
}
