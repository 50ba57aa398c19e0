package xsd

// model is the content model of a complex type: a tree in which a place is the
// leaf that took the last element, together with the counts of the rounds made
// in the groups around it. Unique Particle Attribution makes the next place a
// function of the name that follows, so no place needs a table of successors:
// memory is linear in the size of the schema, and maxOccurs is only a number.
type model struct {
	root     *part
	leaves   []*part
	counters int
	all      bool // root is xs:all: the place is the set of what occurred
	sets     bool // counters are unrolled, and a place is a set of leaves
	parts    int  // how many there are, where sets is true
}

// part is a particle of one content model.
type part struct {
	op       operator
	min, max int64 // max -1 is unbounded; min is 0 where a round can be empty
	elem     *elementDecl
	wild     *wildcard
	kids     []*part
	up       *part
	index    int // among the kids of up, and of a leaf that xs:all holds: its bit
	nullable bool
	counter  int // which counter counts the rounds, -1 for none
	id       int // of a leaf
	num      int // of any part, where places are sets
	node     *node

	// The leaves that can be first, where they are many.
	heads map[symbol]*part
	wilds []*part
}

// matches tells whether a leaf takes an element.
func (p *part) matches(sym symbol, uri string) bool {
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

// find returns the leaf that takes an element at the beginning of a round.
func (p *part) find(sym symbol, uri string) *part {
	switch {
	case p.op == opElement || p.op == opAny:
		if p.matches(sym, uri) {
			return p
		}
		return nil
	case p.heads != nil:
		if leaf := p.heads[sym]; leaf != nil {
			return leaf
		}
		for _, w := range p.wilds {
			if w.wild.allows(uri) {
				return w
			}
		}
		return nil
	}
	for _, k := range p.kids {
		if leaf := k.find(sym, uri); leaf != nil {
			return leaf
		}
		if p.op == opSequence && !k.nullable {
			return nil
		}
	}
	return nil
}

// step returns the leaf that takes the next element, or nil. counts change
// only where it takes it. With force it ignores what is missing before it.
func (m *model) step(cur *part, counts []int64, sym symbol, uri string, force bool) *part {
	if m.all {
		return m.stepAll(counts, sym, uri)
	}
	if cur == nil {
		leaf := m.root.find(sym, uri)
		if leaf == nil && force && m.root.op == opSequence {
			leaf = m.root.search(0, sym, uri)
		}
		return enter(leaf, nil, counts)
	}
	for n := cur; ; n = n.up {
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
		up := n.up
		if up == nil {
			return nil
		}
		if up.op != opSequence {
			continue
		}
		for _, k := range up.kids[n.index+1:] {
			if leaf := k.find(sym, uri); leaf != nil {
				return enter(leaf, up, counts)
			}
			if !k.nullable && !force {
				return nil
			}
		}
	}
}

// search looks for a leaf past what is missing at the beginning of p.
func (p *part) search(from int, sym symbol, uri string) *part {
	for _, k := range p.kids[from:] {
		if leaf := k.find(sym, uri); leaf != nil {
			return leaf
		}
	}
	return nil
}

// enter begins the first round of every group between leaf and outer.
func enter(leaf, outer *part, counts []int64) *part {
	if leaf == nil {
		return nil
	}
	for p := leaf; p != outer; p = p.up {
		if p.counter >= 0 {
			counts[p.counter] = 1
		}
	}
	return leaf
}

func (m *model) stepAll(counts []int64, sym symbol, uri string) *part {
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

// done tells whether the content may end.
func (m *model) done(cur *part, counts []int64) bool {
	if m.all {
		some := false
		for _, c := range counts {
			some = some || c != 0
		}
		if !some && m.root.nullable {
			return true
		}
		for _, k := range m.root.kids {
			if k.min > 0 && counts[k.index/63]&(1<<(k.index%63)) == 0 {
				return false
			}
		}
		return true
	}
	if cur == nil {
		return m.root.nullable
	}
	for n := cur; ; n = n.up {
		if n.counter >= 0 && counts[n.counter] < n.min {
			return false
		}
		up := n.up
		if up == nil {
			return true
		}
		if up.op != opSequence {
			continue
		}
		for _, k := range up.kids[n.index+1:] {
			if !k.nullable {
				return false
			}
		}
	}
}

// maxReach is how many leaves are enough to tell what could come next.
const maxReach = 4 * maxWanted

// reach appends leaves that can come next, some maxReach where they are many.
func (m *model) reach(dst []*part, cur *part, counts []int64) []*part {
	if m.all {
		for _, k := range m.root.kids {
			if counts[k.index/63]&(1<<(k.index%63)) == 0 {
				dst = append(dst, k)
			}
		}
		return dst
	}
	if cur == nil {
		return m.root.first(dst)
	}
	for n := cur; ; n = n.up {
		if n.max != 1 && (n.counter < 0 || n.max < 0 || counts[n.counter] < n.max) {
			dst = n.first(dst)
		}
		if n.counter >= 0 && counts[n.counter] < n.min {
			return dst
		}
		up := n.up
		if up == nil {
			return dst
		}
		if up.op != opSequence {
			continue
		}
		for _, k := range up.kids[n.index+1:] {
			dst = k.first(dst)
			if !k.nullable || len(dst) >= maxReach {
				return dst
			}
		}
	}
}

// first appends the leaves that can begin a round.
func (p *part) first(dst []*part) []*part {
	if p.op == opElement || p.op == opAny {
		return append(dst, p)
	}
	for _, k := range p.kids {
		dst = k.first(dst)
		if len(dst) >= maxReach {
			break
		}
		if p.op == opSequence && !k.nullable {
			break
		}
	}
	return dst
}
