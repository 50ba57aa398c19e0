package xsd

// places finds what can follow a set of leaves. Each part is looked at once for
// the whole set, since nothing but the part decides what follows: a step takes
// time in proportion to the size of the model.
type places struct {
	marks []uint8 // by part.num
	out   []*part
}

const (
	begun    uint8 = 1 << iota // its first leaves are in out
	followed                   // it and what follows it are in out
	left                       // what can come behind it is in out
)

func (s *places) begin(m *model) {
	if len(s.marks) < m.parts {
		s.marks = make([]uint8, m.parts)
	}
	clear(s.marks[:m.parts])
	s.out = s.out[:0]
}

// after adds the leaves that can follow cur, nil for the beginning.
func (s *places) after(m *model, cur *part) {
	if cur == nil {
		s.first(m.root)
		return
	}
	for n := cur; n != nil && s.marks[n.num]&left == 0; n = n.up {
		s.marks[n.num] |= left
		if n.max != 1 {
			s.first(n)
		}
		if n.up == nil || n.up.op != opSequence {
			continue
		}
		for _, k := range n.up.kids[n.index+1:] {
			if s.marks[k.num]&followed != 0 {
				return
			}
			s.marks[k.num] |= followed
			s.first(k)
			if !k.nullable {
				return
			}
		}
	}
}

func (s *places) first(p *part) {
	if s.marks[p.num]&begun != 0 {
		return
	}
	s.marks[p.num] |= begun
	if p.op == opElement || p.op == opAny {
		s.out = append(s.out, p)
		return
	}
	for _, k := range p.kids {
		s.first(k)
		if p.op == opSequence && !k.nullable {
			return
		}
	}
}

// number numbers the parts from n on and returns the next number.
func (p *part) number(n int) int {
	p.num = n
	n++
	for _, k := range p.kids {
		n = k.number(n)
	}
	return n
}
