package xsd

import "slices"

// compileContent compiles the content model of a type.
func (b *builder) compileContent(t *typeDef) {
	if t.particle == nil {
		if t.kind == contentElements {
			t.kind = contentEmpty
		}
		return
	}
	c := &modelCompiler{b: b, node: t.node, m: &model{}}
	c.m.root = c.copy(t.particle)
	if len(c.m.root.children) == 0 && c.m.root.op == opSequence {
		// The groups hold no element: the content may be white space only.
		return
	}
	c.link(c.m.root, nil, 0)
	if t.particle.op == opAll {
		c.m.all = true
		c.m.counters = len(c.m.root.children)/63 + 1
	}
	c.checkAttribution(c.m.root)
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
	particles int
	ambiguous bool
}

func (c *modelCompiler) newParticle(p modelParticle) *modelParticle {
	c.particles++
	c.b.particles++
	if c.particles > maxModel || c.b.particles > maxParticles {
		fail(c.node, "limit", "a content model that is too large")
	}
	p.counter = -1
	return &p
}

// copy makes the model particles for a particle and leaves out needless groups.
func (c *modelCompiler) copy(p *particle) *modelParticle {
	q := c.newParticle(modelParticle{op: p.op, min: p.min, max: p.max, elem: p.elem, wild: p.wild, node: p.node})
	for _, k := range p.children {
		child := c.copy(k)
		once := child.min == 1 && child.max == 1
		switch {
		case once && child.op == p.op && (p.op == opSequence || p.op == opChoice) && (p.op == opSequence || len(child.children) > 0):
			q.children = append(q.children, child.children...)
		case child.op == opSequence && len(child.children) == 0 && p.op == opSequence:
		default:
			q.children = append(q.children, child)
		}
	}
	if len(q.children) == 1 && (q.op == opSequence || q.op == opChoice) {
		if k, ok := mergeOccurrences(q, q.children[0]); ok {
			return k
		}
	}
	return q
}

// mergeOccurrences multiplies the occurrences of a group with those of its only
// child, if the products form a range without gaps.
func mergeOccurrences(outer, in *modelParticle) (*modelParticle, bool) {
	n, m, k, l := in.min, in.max, outer.min, outer.max
	simple := k == 1 && l == 1 || n == 1 && m == 1
	// Rounds j and j+1 leave no gap if (j+1)*n <= j*m+1; the first pair is the tightest.
	first := max(k, 1)
	whole := m < 0 || l == k || times(first+1, n) <= times(first, m)+1
	if l == k && k > 1 && m != n && m >= 0 {
		whole = true // k rounds of n to m reach every count from k*n to k*m
	}
	if k == 0 && n > 1 && !(l == 0) {
		whole = false // the count is 0 or at least n
	}
	if !simple && !whole {
		return nil, false
	}
	in.min, in.max = times(n, k), times(m, l)
	return in, true
}

// link sets the parents, indexes, nullability and counters.
func (c *modelCompiler) link(p, up *modelParticle, index int) {
	p.parent, p.index = up, index
	term := p.op == opSequence || p.op == opAll
	for i, k := range p.children {
		c.link(k, p, i)
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

// manyFirst is the number of first leaves above which a particle keeps a map of
// them.
const manyFirst = 6

// positions is a set of leaves that may compete for an element.
type positions struct {
	names map[symbol][]*modelParticle // several if they follow different leaves
	wilds []*modelParticle
	list  []*modelParticle
}

// checkAttribution checks Unique Particle Attribution (XSD1 3.8.6, cos-nonambig)
// inside p. It returns the leaves that can begin p, and those that can follow
// inside p where p may also end. If the same leaf can follow in two ways with
// different counts, the model keeps the constraint but its counts are ambiguous.
func (c *modelCompiler) checkAttribution(p *modelParticle) (first, follow *positions, counted bool) {
	switch p.op {
	case opElement, opAny:
		first, follow = &positions{}, &positions{}
		c.add(first, p, nil)
	case opSequence:
		first, follow = &positions{}, &positions{}
		begins := true
		for _, k := range p.children {
			kf, kl, kc := c.checkAttribution(k)
			counted = counted || kc
			for _, x := range kf.list {
				c.checkCompetition(follow, x)
				if begins {
					c.add(first, x, first)
				}
			}
			if !k.nullable {
				begins = false
				follow = kl
				continue
			}
			for _, x := range kf.list {
				c.add(follow, x, nil)
			}
			for _, x := range kl.list {
				c.add(follow, x, nil)
			}
		}
	default:
		first, follow = &positions{}, &positions{}
		for _, k := range p.children {
			kf, kl, kc := c.checkAttribution(k)
			counted = counted || kc
			for _, x := range kf.list {
				c.add(first, x, first)
			}
			for _, x := range kl.list {
				c.add(follow, x, nil)
			}
		}
		if p.op == opAll {
			break
		}
	}
	if len(first.list) > manyFirst && len(p.children) > 0 {
		p.firstByName = make(map[symbol]*modelParticle, len(first.names))
		c.b.step(c.node, len(first.names))
		for s, x := range first.names {
			p.firstByName[s] = x[0]
		}
		p.firstWildcards = first.wilds
	}
	counted = counted || p.counter >= 0 && p.min > 1 && p.min != p.max
	if p.max != 1 {
		for _, x := range first.list {
			if c.checkCompetition(follow, x) && (counted || p.min > 1) {
				c.ambiguous = true
			}
		}
		if p.min != p.max || p.max < 0 {
			if len(follow.list) == 0 {
				follow = &positions{}
			}
			for _, x := range first.list {
				c.add(follow, x, nil)
			}
		}
	}
	return first, follow, counted
}

// add adds a leaf. With rivals, the leaf must not compete with any of them.
func (c *modelCompiler) add(s *positions, x *modelParticle, rivals *positions) {
	if rivals != nil {
		c.checkCompetition(rivals, x)
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
			s.names = map[symbol][]*modelParticle{}
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

// checkCompetition fails if x and another leaf of s match the same element. It
// reports whether x itself is in s.
func (c *modelCompiler) checkCompetition(s *positions, x *modelParticle) (same bool) {
	c.b.step(c.node, 1+len(s.wilds))
	clash := func(y *modelParticle) {
		if y == x {
			same = true
			return
		}
		fail(x.node, "cos-nonambig", "%s could be this or the one in line %d: the content model is ambiguous", x.describe(), y.node.lineOf())
	}
	clashes := func(ys []*modelParticle) {
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

func (p *modelParticle) describe() string {
	if p.op == opAny {
		return "an element of the wildcard"
	}
	return "the element " + p.elem.name.String()
}

// checkConsistent checks cos-element-consistent: one name has one type.
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

// unroll replaces every counted particle by copies, since the same name can lead
// to different counts. A state is then a set of leaves.
func (c *modelCompiler) unroll() {
	c.particles = 0
	root := c.expand(c.m.root)
	c.m = &model{ambiguous: true}
	c.m.root = root
	c.link(root, nil, 0)
	c.m.counters = 0
	c.m.particles = root.numberFrom(0)
}

func (c *modelCompiler) expand(p *modelParticle) *modelParticle {
	if c.particles > maxUnrolled {
		fail(c.node, "limit", "a content model whose counts are ambiguous and too large")
	}
	one := func() *modelParticle {
		q := c.newParticle(modelParticle{op: p.op, min: 1, max: 1, elem: p.elem, wild: p.wild, node: p.node})
		for _, k := range p.children {
			q.children = append(q.children, c.expand(k))
		}
		return q
	}
	if p.counter < 0 {
		q := one()
		q.min, q.max = p.min, p.max
		return q
	}
	seq := c.newParticle(modelParticle{op: opSequence, min: 1, max: 1, node: p.node})
	for i := int64(0); i < p.min || i < p.max; i++ {
		q := one()
		switch {
		case p.max < 0 && i == p.min-1:
			q.max = -1
		case i >= p.min:
			q.min = 0
		}
		seq.children = append(seq.children, q)
	}
	return seq
}
