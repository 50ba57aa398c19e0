package xsd

func (b *builder) simpleType(t *typeDef) {
	n := t.node
	t.final = n.derivations("final", n.doc.finalDefault&(dRestriction|dList|dUnion), dRestriction|dList|dUnion)
	k := n.child("restriction", "list", "union")
	if k == nil {
		fail(n, "s4s-elt-must-match", "a simple type without restriction, list or union")
	}
	anySimple := b.schema.types[qname{xsdURI, "anySimpleType"}]
	redefined := t.redefinedBase(k)
	switch k.name {
	case "restriction":
		base := redefined
		if base == nil {
			base = b.baseOf(k, "base")
		} else if k.child("simpleType") != nil {
			fail(k, "src-simple-type.2", "base and a type inside exclude one another")
		}
		b.complete(base)
		if base.final&dRestriction != 0 {
			fail(k, "st-props-correct.3", "the type %s is final: it cannot be restricted", base)
		}
		if base == anySimple {
			fail(k, "cos-st-restricts.1.1", "anySimpleType cannot be restricted")
		}
		t.base, t.method, t.depth = base, dRestriction, base.depth+1
		t.simple = b.restrict(base.simple, k)
	case "list":
		item := b.baseOf(k, "itemType")
		if item.final&dList != 0 {
			fail(k, "cos-st-restricts.2.3.1.1", "the type %s is final: there can be no list of it", item)
		}
		if hasList(item.simple) {
			fail(k, "cos-st-restricts.2.1", "a list of lists")
		}
		t.base, t.method, t.depth = anySimple, dList, anySimple.depth+1
		t.simple = &simpleType{variety: list, ws: collapsed, item: item.simple, cost: item.simple.cost, refers: item.simple.refers,
			length: -1, minLength: -1, maxLength: -1, totalDigits: -1, fractionDigits: -1}
		if d := item.depth + 1; d > t.depth {
			t.depth = d
		}
	case "union":
		t.base, t.method, t.depth = anySimple, dUnion, anySimple.depth+1
		st := &simpleType{variety: union, cost: 1, length: -1, minLength: -1, maxLength: -1, totalDigits: -1, fractionDigits: -1}
		var members []*typeDef
		if v, ok := k.attr("memberTypes"); ok {
			for v = collapse(v); v != ""; {
				var w string
				w, v = cutWord(v)
				members = append(members, b.simpleTypeRef(k, w))
			}
		}
		for _, in := range k.children {
			members = append(members, b.anonymous(in))
		}
		if len(members) == 0 {
			fail(k, "src-union-memberTypes-or-simpleTypes", "a union of no types")
		}
		for _, m := range members {
			b.complete(m)
			if m.final&dUnion != 0 {
				fail(k, "cos-st-restricts.3.3.1.1", "the type %s is final: it cannot be in a union", m)
			}
			if m.depth >= t.depth {
				t.depth = m.depth + 1
			}
			st.refers = st.refers || m.simple.refers
			if st.cost += m.simple.cost; st.cost > maxUnionCost {
				fail(k, "limit", "a union of too many types")
			}
			st.members = append(st.members, m.simple)
		}
		t.simple = st
	}
	if t.simple != t.base.simple {
		t.simple.name = t.name
		if t.name.local == "" {
			t.simple.name = qname{}
		}
	}
}

// hasList reports whether a value can be a list (XSD2 2.5.1.2).
func hasList(st *simpleType) bool {
	switch st.variety {
	case list:
		return true
	case union:
		for _, m := range st.members {
			if hasList(m) {
				return true
			}
		}
	}
	return false
}

// baseOf returns the type that k names in an attribute or holds inside.
func (b *builder) baseOf(k *node, attr string) *typeDef {
	v, ok := k.attr(attr)
	in := k.child("simpleType")
	var t *typeDef
	switch {
	case ok && in != nil:
		fail(k, "src-simple-type.2", "%s and a type inside exclude one another", attr)
	case ok:
		t = b.simpleTypeRef(k, v)
	case in != nil:
		t = b.anonymous(in)
	default:
		fail(k, "src-simple-type.2", "neither %s nor a type inside", attr)
	}
	b.complete(t)
	return t
}
