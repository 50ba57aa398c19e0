package xsd

import "slices"

// compileContent makes the content model of a type.
func (b *builder) compileContent(t *typeDef) {
	if t.particle == nil {
		if t.kind == contentElements {
			t.kind = contentEmpty
		}
		return
	}
	c := &modelCompiler{b: b, node: t.node, m: &model{}}
	c.m.root = c.copy(t.particle)
	if len(c.m.root.kids) == 0 && c.m.root.op == opSequence {
		// Groups of nothing: no element may stand there, but white space may.
		return
	}
	c.finish(c.m.root, nil, 0)
	if t.particle.op == opAll {
		c.m.all = true
		c.m.counters = len(c.m.root.kids)/63 + 1
	}
	c.positions(c.m.root)
	c.checkConsistent()
	if c.ambiguous && !c.m.all {
		c.unroll()
	}
	t.model = c.m
}

type modelCompiler struct {
	b         *builder
	node      *node
	m         *model
	parts     int
	ambiguous bool
}

func (c *modelCompiler) part(p part) *part {
	c.parts++
	c.b.parts++
	if c.parts > maxModel || c.b.parts > maxParticles {
		fail(c.node, "limit", "a content model that is too large")
	}
	p.counter = -1
	return &p
}

// copy makes the parts of a particle, with needless groups left out.
func (c *modelCompiler) copy(p *particle) *part {
	q := c.part(part{op: p.op, min: p.min, max: p.max, elem: p.elem, wild: p.wild, node: p.node})
	for _, k := range p.kids {
		kid := c.copy(k)
		once := kid.min == 1 && kid.max == 1
		switch {
		case once && kid.op == p.op && (p.op == opSequence || p.op == opChoice) && (p.op == opSequence || len(kid.kids) > 0):
			q.kids = append(q.kids, kid.kids...)
		case kid.op == opSequence && len(kid.kids) == 0 && p.op == opSequence:
		default:
			q.kids = append(q.kids, kid)
		}
	}
	if len(q.kids) == 1 && (q.op == opSequence || q.op == opChoice) {
		if k, ok := multiply(q, q.kids[0]); ok {
			return k
		}
	}
	return q
}

// multiply joins the occurrences of a group with those of its only part,
// where together they are a range without holes.
func multiply(outer, in *part) (*part, bool) {
	times := func(a, b int64) int64 {
		if a == 0 || b == 0 {
			return 0
		}
		if a < 0 || b < 0 {
			return -1
		}
		return min(a*min(b, maxCount/a), maxCount)
	}
	n, m, k, l := in.min, in.max, outer.min, outer.max
	simple := k == 1 && l == 1 || n == 1 && m == 1
	// Rounds j and j+1 leave no hole when (j+1)*n <= j*m+1; the first pair is the tightest.
	first := max(k, 1)
	whole := m < 0 || l == k || times(first+1, n) <= times(first, m)+1
	if l == k && k > 1 && m != n && m >= 0 {
		whole = true // k rounds of n to m reach everything between k*n and k*m
	}
	if k == 0 && n > 1 && !(l == 0) {
		whole = false // nothing, or at least n
	}
	if !simple && !whole {
		return nil, false
	}
	in.min, in.max = times(n, k), times(m, l)
	return in, true
}

// finish sets the links, nullability and counters.
func (c *modelCompiler) finish(p, up *part, index int) {
	p.up, p.index = up, index
	term := p.op == opSequence || p.op == opAll
	for i, k := range p.kids {
		c.finish(k, p, i)
		if p.op == opChoice {
			term = term || k.nullable
		} else {
			term = term && k.nullable
		}
	}
	if p.op == opElement || p.op == opAny {
		p.id = len(c.m.leaves)
		c.m.leaves = append(c.m.leaves, p)
		term = false
	}
	if term {
		p.min = 0
	}
	p.nullable = p.min == 0
	if p.max > 1 || p.max < 0 && p.min > 1 {
		p.counter = c.m.counters
		c.m.counters++
	}
}

// manyHeads is from how many first leaves on a part keeps a map of them.
const manyHeads = 6

// positions are leaves that may compete for an element.
type positions struct {
	names map[symbol][]*part // several where they follow different leaves
	wilds []*part
	list  []*part
}

// positions checks Unique Particle Attribution (XSD1 3.8.6, cos-nonambig) for
// what is inside p. It returns the leaves that can begin p, and those that can
// follow inside p where p may also end. Where the same leaf can follow in two
// ways, and the counts differ, the model is ambiguous in the harmless sense.
func (c *modelCompiler) check(p *part) (first, follow *positions, counted bool) {
	switch p.op {
	case opElement, opAny:
		first, follow = &positions{}, &positions{}
		c.join(first, p, nil)
	case opSequence:
		first, follow = &positions{}, &positions{}
		begins := true
		for _, k := range p.kids {
			kf, kl, kc := c.check(k)
			counted = counted || kc
			for _, x := range kf.list {
				c.compete(follow, x)
				if begins {
					c.join(first, x, first)
				}
			}
			if !k.nullable {
				begins = false
				follow = kl
				continue
			}
			for _, x := range kf.list {
				c.join(follow, x, nil)
			}
			for _, x := range kl.list {
				c.join(follow, x, nil)
			}
		}
	default:
		first, follow = &positions{}, &positions{}
		for _, k := range p.kids {
			kf, kl, kc := c.check(k)
			counted = counted || kc
			for _, x := range kf.list {
				c.join(first, x, first)
			}
			for _, x := range kl.list {
				c.join(follow, x, nil)
			}
		}
		if p.op == opAll {
			break
		}
	}
	if len(first.list) > manyHeads && len(p.kids) > 0 {
		p.heads = make(map[symbol]*part, len(first.names))
		c.b.step(c.node, len(first.names))
		for s, x := range first.names {
			p.heads[s] = x[0]
		}
		p.wilds = first.wilds
	}
	counted = counted || p.counter >= 0 && p.min > 1 && p.min != p.max
	if p.max != 1 {
		for _, x := range first.list {
			if c.compete(follow, x) && (counted || p.min > 1) {
				c.ambiguous = true
			}
		}
		if p.min != p.max || p.max < 0 {
			if len(follow.list) == 0 {
				follow = &positions{}
			}
			for _, x := range first.list {
				c.join(follow, x, nil)
			}
		}
	}
	return first, follow, counted
}

func (c *modelCompiler) positions(p *part) { c.check(p) }

// join adds a leaf; with rivals it must not compete with one of them.
func (c *modelCompiler) join(s *positions, x *part, rivals *positions) {
	if rivals != nil {
		c.compete(rivals, x)
	}
	c.b.step(c.node, 1)
	if x.op == opAny {
		for _, w := range s.wilds {
			if w == x {
				return
			}
		}
		s.wilds = append(s.wilds, x)
	} else {
		if s.names == nil {
			s.names = map[symbol][]*part{}
		}
		c.b.step(c.node, len(s.names[x.elem.sym]))
		if slices.Contains(s.names[x.elem.sym], x) {
			return
		}
		s.names[x.elem.sym] = append(s.names[x.elem.sym], x)
		for _, m := range x.elem.members {
			c.b.step(c.node, 1)
			s.names[m.sym] = append(s.names[m.sym], x)
		}
	}
	s.list = append(s.list, x)
}

// compete fails where x and another leaf of s take the same element. It tells
// whether x itself is in s.
func (c *modelCompiler) compete(s *positions, x *part) (same bool) {
	c.b.step(c.node, 1+len(s.wilds))
	clash := func(y *part) {
		if y == x {
			same = true
			return
		}
		fail(x.node, "cos-nonambig", "%s could be this or the one in line %d: the content model is ambiguous", x.describe(), y.node.lineOf())
	}
	clashes := func(ys []*part) {
		c.b.step(c.node, len(ys))
		for _, y := range ys {
			clash(y)
		}
	}
	if x.op == opAny {
		for _, y := range s.wilds {
			if y == x || y.wild.overlaps(x.wild) {
				clash(y)
			}
		}
		c.b.step(c.node, len(s.names))
		for sym, ys := range s.names {
			if x.wild.allows(c.b.schema.symbols.names[sym].uri) {
				clashes(ys)
			}
		}
		return same
	}
	clashes(s.names[x.elem.sym])
	for _, m := range x.elem.members {
		c.b.step(c.node, 1)
		clashes(s.names[m.sym])
	}
	for _, y := range s.wilds {
		if y.wild.allows(x.elem.name.uri) {
			clash(y)
		}
		for _, m := range x.elem.members {
			if y.wild.allows(m.name.uri) {
				clash(y)
			}
		}
	}
	return same
}

func (n *node) lineOf() int {
	if n == nil {
		return 0
	}
	return n.line
}

func (p *part) describe() string {
	if p.op == opAny {
		return "an element of the wildcard"
	}
	return "the element " + p.elem.name.String()
}

// checkConsistent is cos-element-consistent: one name has one type.
func (c *modelCompiler) checkConsistent() {
	types := map[symbol]*typeDef{}
	see := func(e *elementDecl, n *node) {
		if t, ok := types[e.sym]; ok && t != e.typ {
			fail(n, "cos-element-consistent", "the element %s stands in one type with two types", e.name)
		}
		types[e.sym] = e.typ
	}
	for _, x := range c.m.leaves {
		if x.op != opElement {
			continue
		}
		see(x.elem, x.node)
		for _, m := range x.elem.members {
			c.b.step(c.node, 1)
			see(m, x.node)
		}
	}
}

// unroll writes every counted part out, since the counts that the same name
// can lead to differ. A place is then a set of leaves.
func (c *modelCompiler) unroll() {
	c.parts = 0
	root := c.expand(c.m.root)
	c.m = &model{sets: true}
	c.m.root = root
	c.finish(root, nil, 0)
	c.m.counters = 0
	c.m.parts = root.number(0)
}

func (c *modelCompiler) expand(p *part) *part {
	if c.parts > maxUnrolled {
		fail(c.node, "limit", "a content model whose counts are ambiguous and too large")
	}
	one := func() *part {
		q := c.part(part{op: p.op, min: 1, max: 1, elem: p.elem, wild: p.wild, node: p.node})
		for _, k := range p.kids {
			q.kids = append(q.kids, c.expand(k))
		}
		return q
	}
	if p.counter < 0 {
		q := one()
		q.min, q.max = p.min, p.max
		return q
	}
	seq := c.part(part{op: opSequence, min: 1, max: 1, node: p.node})
	for i := int64(0); i < p.min || i < p.max; i++ {
		q := one()
		switch {
		case p.max < 0 && i == p.min-1:
			q.max = -1
		case i >= p.min:
			q.min = 0
		}
		seq.kids = append(seq.kids, q)
	}
	return seq
}
