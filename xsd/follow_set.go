package xsd

// followSet collects the leaves that can follow a set of leaves. It visits each
// particle once for the whole set, since what follows depends on the particle
// alone. So a step takes time in proportion to the size of the model.
type followSet struct {
	marks  []uint8 // by modelParticle.num
	leaves []*modelParticle
}

const (
	begun    uint8 = 1 << iota // its first leaves are in leaves
	followed                   // its first leaves and those of what follows it are in leaves
	left                       // the leaves that can come after it are in leaves
)

func (s *followSet) reset(m *model) {
	if len(s.marks) < m.particles {
		s.marks = make([]uint8, m.particles)
	}
	clear(s.marks[:m.particles])
	s.leaves = s.leaves[:0]
}

// addFollow adds the leaves that can follow cur, or those that can begin the
// content if cur is nil.
func (s *followSet) addFollow(m *model, cur *modelParticle) {
	if cur == nil {
		s.addFirst(m.root)
		return
	}
	for n := cur; n != nil && s.marks[n.num]&left == 0; n = n.parent {
		s.marks[n.num] |= left
		if n.max != 1 {
			s.addFirst(n)
		}
		if n.parent == nil || n.parent.op != opSequence {
			continue
		}
		for _, k := range n.parent.children[n.index+1:] {
			if s.marks[k.num]&followed != 0 {
				return
			}
			s.marks[k.num] |= followed
			s.addFirst(k)
			if !k.nullable {
				return
			}
		}
	}
}

func (s *followSet) addFirst(p *modelParticle) {
	if s.marks[p.num]&begun != 0 {
		return
	}
	s.marks[p.num] |= begun
	if p.op == opElement || p.op == opAny {
		s.leaves = append(s.leaves, p)
		return
	}
	for _, k := range p.children {
		s.addFirst(k)
		if p.op == opSequence && !k.nullable {
			return
		}
	}
}

// numberFrom numbers the particles from n on and returns the next number.
func (p *modelParticle) numberFrom(n int) int {
	p.num = n
	n++
	for _, k := range p.children {
		n = k.numberFrom(n)
	}
	return n
}
