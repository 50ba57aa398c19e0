package xsd

// constraint is an identity constraint of an element declaration: a key, unique
// or keyref.
type constraint struct {
	name     qname
	kind     constraintKind
	selector *xpath
	fields   []*xpath
	refer    *constraint
	referred bool // by a keyref
}

type constraintKind uint8

const (
	unique constraintKind = iota
	keyKind
	keyref
)

func (b *builder) constraint(n *node) *constraint {
	c := &constraint{name: qname{n.doc.target, n.ncName("name")}}
	switch n.name {
	case "key":
		c.kind = keyKind
	case "keyref":
		c.kind = keyref
	}
	if b.idcs[c.name] != nil {
		fail(n, "sch-props-correct.2", "a second identity constraint %s", c.name)
	}
	b.idcs[c.name] = c
	for _, k := range n.children {
		if k.name == "selector" {
			c.selector = b.xpath(k, false)
		} else {
			c.fields = append(c.fields, b.xpath(k, true))
		}
	}
	if c.selector == nil || len(c.fields) == 0 {
		fail(n, "s4s-elt-must-match", "<%s> needs a selector and a field", n.name)
	}
	if len(c.fields) > 100 {
		fail(n, "limit", "an identity constraint with too many fields")
	}
	if c.kind != keyref {
		return c
	}
	v, ok := n.attr("refer")
	if !ok {
		fail(n, "s4s-att-must-appear", "the attribute refer is missing on <keyref>")
	}
	q := n.reference(v)
	b.checkLater(func() {
		c.refer = b.idcs[q]
		if c.refer == nil || c.refer.kind == keyref {
			fail(n, "src-resolve", "there is no key %s", q)
		}
		if len(c.refer.fields) != len(c.fields) {
			fail(n, "c-props-correct.2", "the keyref has %d fields and its key %d", len(c.fields), len(c.refer.fields))
		}
		c.refer.referred = true
	})
	return c
}
