package xsd

// redefine applies the redefinitions of schema documents (XSD1 4.2.2): each
// takes the name of what it redefines, for every reference in every document, and
// keeps the original, to which only the redefinition itself refers.
func (b *builder) redefine() {
	s := b.schema
	for _, r := range b.redefinitions {
		seen := map[[2]string]bool{}
		for _, n := range r.children {
			q := qname{n.doc.target, n.ncName("name")}
			key := [2]string{n.space(), q.local}
			if seen[key] {
				fail(n, "sch-props-correct.2", "a second redefinition of %s", q)
			}
			seen[key] = true
			b.step(n, len(n.doc.root.children))
			for _, k := range n.doc.root.children {
				if v, ok := k.attr("name"); ok && k.space() == key[0] && collapse(v) == q.local {
					fail(n, "sch-props-correct.2", "a redefinition of %s, which stands in the same document", q)
				}
			}
			missing := false
			switch n.name {
			case "simpleType", "complexType":
				old := s.types[q]
				if missing = old == nil || old.node == nil; missing {
					break
				}
				if old.complex != (n.name == "complexType") {
					fail(n, "src-redefine.5", "%s is a type of another kind", q)
				}
				t := &typeDef{name: q, node: n, complex: n.name == "complexType", redefines: old}
				s.types[q] = t
				b.originals = append(b.originals, func() { b.complete(old) })
			case "group":
				old := b.groups[q]
				if missing = old == nil; missing {
					break
				}
				b.groups[q] = &group{node: n, redefines: old}
				b.originals = append(b.originals, func() { b.group(old) })
			case "attributeGroup":
				old := b.agroups[q]
				if missing = old == nil; missing {
					break
				}
				b.agroups[q] = &attributeGroup{node: n, redefines: old}
				b.originals = append(b.originals, func() { b.attributeGroup(old) })
			}
			if missing {
				b.unresolved(n, n.name+" to redefine", q)
			}
		}
	}
}

// space says which components share their names with n.
func (n *node) space() string {
	if n.name == "simpleType" {
		return "complexType"
	}
	return n.name
}

// redefinedBase returns the type that a redefinition derives from, which must be
// the one that it redefines (XSD1 src-redefine.5). It returns nil for a type that
// redefines nothing.
func (t *typeDef) redefinedBase(dv *node) *typeDef {
	if t.redefines == nil {
		return nil
	}
	v, ok := dv.attr("base")
	if !ok || dv.name != "restriction" && dv.name != "extension" || dv.expand(v) != t.name {
		fail(dv, "src-redefine.5", "a redefinition of %s must derive from it", t.name)
	}
	return t.redefines
}

// groupRef returns the group of a reference. Inside the redefinition of a group
// its own name means what it redefines, once, and exactly once there (XSD1
// src-redefine.6.1).
func (b *builder) groupRef(n *node, q qname) *group {
	g := b.groups[q]
	in := b.redefining
	if in == nil || g != in {
		return g
	}
	if in.refersBack {
		fail(n, "src-redefine.6.1.1", "the redefinition of the group %s refers twice to it", q)
	}
	if v, _ := n.attr("maxOccurs"); collapse(v) == "unbounded" || n.count("maxOccurs", 1) != 1 || n.count("minOccurs", 1) != 1 {
		fail(n, "src-redefine.6.1.2", "the redefinition of the group %s must hold it once", q)
	}
	in.refersBack = true
	return in.redefines
}

// checkRedefined checks a group that redefines another one without holding it:
// it must be a restriction of it (XSD1 src-redefine.6.2.2).
func (b *builder) checkRedefined(g *group) {
	old := g.redefines
	if old == nil || g.refersBack {
		return
	}
	b.checkLater(func() {
		b.restricts(g.node, g.particle, old.particle, "src-redefine.6.2.2")
	})
}

// attributeGroupRef is groupRef for an attribute group (XSD1 src-redefine.7.1).
func (b *builder) attributeGroupRef(n *node, q qname) *attributeGroup {
	g := b.agroups[q]
	in := b.redefiningAttributes
	if in == nil || g != in {
		return g
	}
	if in.refersBack {
		fail(n, "src-redefine.7.1", "the redefinition of the attribute group %s refers twice to it", q)
	}
	in.refersBack = true
	return in.redefines
}
