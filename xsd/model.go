package xsd

// model is the content model of a complex type: a tree of particles. Its state
// is the leaf that matched the last element, together with the counts of the
// rounds made in the groups around that leaf. Unique Particle Attribution makes
// the next state a function of the name that follows, so no state needs a table
// of successors: memory is linear in the size of the schema, and maxOccurs is
// only a number.
type model struct {
	root     *modelParticle
	leaves   []*modelParticle
	counters int
	all      bool // root is xs:all, and the state is the set of leaves that occurred
	// ambiguous says that counts are ambiguous: counters are unrolled, and the
	// state is a set of leaves.
	ambiguous bool
	particles int // the number of particles of an ambiguous model
}

// modelParticle is a particle of one content model. A leaf is an element or a
// wildcard.
type modelParticle struct {
	op       operator
	min, max int64 // max -1 is unbounded; min is 0 if a round can be empty
	elem     *elementDecl
	wild     *wildcard
	children []*modelParticle
	parent   *modelParticle
	index    int // among the children of parent; for a child of xs:all, also its bit
	nullable bool
	counter  int // the counter of its rounds, -1 for none
	id       int // the number of a leaf
	num      int // the number of any particle of an ambiguous model
	node     *node

	// firstByName and firstWildcards hold the leaves that can be first, if they
	// are many.
	firstByName    map[symbol]*modelParticle
	firstWildcards []*modelParticle
}

// matches reports whether a leaf matches an element.
func (p *modelParticle) matches(sym symbol, uri string) bool {
	if p.op == opAny {
		return p.wild.allows(uri)
	}
	if sym == p.elem.sym {
		return sym != 0
	}
	for _, m := range p.elem.members {
		if m.sym == sym {
			return true
		}
	}
	return false
}

// find returns the leaf that matches an element at the beginning of a round.
func (p *modelParticle) find(sym symbol, uri string) *modelParticle {
	switch {
	case p.op == opElement || p.op == opAny:
		if p.matches(sym, uri) {
			return p
		}
		return nil
	case p.firstByName != nil:
		if leaf := p.firstByName[sym]; leaf != nil {
			return leaf
		}
		for _, w := range p.firstWildcards {
			if w.wild.allows(uri) {
				return w
			}
		}
		return nil
	}
	for _, k := range p.children {
		if leaf := k.find(sym, uri); leaf != nil {
			return leaf
		}
		if p.op == opSequence && !k.nullable {
			return nil
		}
	}
	return nil
}

// step returns the leaf that matches the next element, or nil. It changes counts
// only if there is one. With force it ignores elements that are missing before.
func (m *model) step(cur *modelParticle, counts []int64, sym symbol, uri string, force bool) *modelParticle {
	if m.all {
		return m.stepAll(counts, sym, uri)
	}
	if cur == nil {
		leaf := m.root.find(sym, uri)
		if leaf == nil && force && m.root.op == opSequence {
			leaf = m.root.findSkipping(0, sym, uri)
		}
		return enter(leaf, nil, counts)
	}
	for n := cur; ; n = n.parent {
		if n.max != 1 {
			if n.counter < 0 || n.max < 0 || counts[n.counter] < n.max {
				if leaf := n.find(sym, uri); leaf != nil {
					if n.counter >= 0 {
						counts[n.counter]++
					}
					return enter(leaf, n, counts)
				}
			}
			if n.counter >= 0 && counts[n.counter] < n.min && !force {
				return nil
			}
		}
		up := n.parent
		if up == nil {
			return nil
		}
		if up.op != opSequence {
			continue
		}
		for _, k := range up.children[n.index+1:] {
			if leaf := k.find(sym, uri); leaf != nil {
				return enter(leaf, up, counts)
			}
			if !k.nullable && !force {
				return nil
			}
		}
	}
}

// findSkipping looks for a leaf in the children from a given one on, past
// elements that are missing.
func (p *modelParticle) findSkipping(from int, sym symbol, uri string) *modelParticle {
	for _, k := range p.children[from:] {
		if leaf := k.find(sym, uri); leaf != nil {
			return leaf
		}
	}
	return nil
}

// enter begins the first round of every group between leaf and outer.
func enter(leaf, outer *modelParticle, counts []int64) *modelParticle {
	if leaf == nil {
		return nil
	}
	for p := leaf; p != outer; p = p.parent {
		if p.counter >= 0 {
			counts[p.counter] = 1
		}
	}
	return leaf
}

func (m *model) stepAll(counts []int64, sym symbol, uri string) *modelParticle {
	leaf := m.root.find(sym, uri)
	if leaf == nil {
		return nil
	}
	word, bit := leaf.index/63, int64(1)<<(leaf.index%63)
	if counts[word]&bit != 0 {
		return nil
	}
	counts[word] |= bit
	return leaf
}

// accepts reports whether the content may end.
func (m *model) accepts(cur *modelParticle, counts []int64) bool {
	if m.all {
		some := false
		for _, c := range counts {
			some = some || c != 0
		}
		if !some && m.root.nullable {
			return true
		}
		for _, k := range m.root.children {
			if k.min > 0 && counts[k.index/63]&(1<<(k.index%63)) == 0 {
				return false
			}
		}
		return true
	}
	if cur == nil {
		return m.root.nullable
	}
	for n := cur; ; n = n.parent {
		if n.counter >= 0 && counts[n.counter] < n.min {
			return false
		}
		up := n.parent
		if up == nil {
			return true
		}
		if up.op != opSequence {
			continue
		}
		for _, k := range up.children[n.index+1:] {
			if !k.nullable {
				return false
			}
		}
	}
}

// maxNext is the number of leaves that are enough to say what could come next.
const maxNext = 4 * maxWanted

// next appends the leaves that can come next, but not many more than maxNext.
func (m *model) next(dst []*modelParticle, cur *modelParticle, counts []int64) []*modelParticle {
	if m.all {
		for _, k := range m.root.children {
			if counts[k.index/63]&(1<<(k.index%63)) == 0 {
				dst = append(dst, k)
			}
		}
		return dst
	}
	if cur == nil {
		return m.root.first(dst)
	}
	for n := cur; ; n = n.parent {
		if n.max != 1 && (n.counter < 0 || n.max < 0 || counts[n.counter] < n.max) {
			dst = n.first(dst)
		}
		if n.counter >= 0 && counts[n.counter] < n.min {
			return dst
		}
		up := n.parent
		if up == nil {
			return dst
		}
		if up.op != opSequence {
			continue
		}
		for _, k := range up.children[n.index+1:] {
			dst = k.first(dst)
			if !k.nullable || len(dst) >= maxNext {
				return dst
			}
		}
	}
}

// first appends the leaves that can begin a round.
func (p *modelParticle) first(dst []*modelParticle) []*modelParticle {
	if p.op == opElement || p.op == opAny {
		return append(dst, p)
	}
	for _, k := range p.children {
		dst = k.first(dst)
		if len(dst) >= maxNext {
			break
		}
		if p.op == opSequence && !k.nullable {
			break
		}
	}
	return dst
}
