package rules

import "iter"

// Gathering holds statements until all are there, for the rules between them.
// Its memory grows by some hundreds of bytes with each, except those that are
// already there twice.
type Gathering struct {
	set    *Set
	groups [][]Held
	place  map[meeting]int
}

// meeting is what statements must share to be compared.
type meeting struct{ ic, date string }

// NewGathering returns an empty Gathering for the rules of a Set.
func (s *Set) NewGathering() *Gathering {
	return &Gathering{set: s, place: map[meeting]int{}}
}

// Add takes a statement.
func (g *Gathering) Add(h Held) {
	m := h.meeting()
	i, ok := g.place[m]
	if !ok || m.ic == "" || m.date == "" {
		i = len(g.groups)
		g.place[m] = i
		g.groups = append(g.groups, nil)
	}
	same := 0
	for _, other := range g.groups[i] {
		if other.layout == h.layout {
			same++
		}
	}
	if same < 2 { // a third one adds nothing to the second
		g.groups[i] = append(g.groups[i], h)
	}
}

// Results yields the results of Across for the statements of one unit and date
// at a time, in the order in which the first of each came.
func (g *Gathering) Results() iter.Seq[[]Result] {
	return func(yield func([]Result) bool) {
		for _, group := range g.groups {
			var statements []*Statement
			for _, h := range group {
				statements = append(statements, h.Statement())
			}
			if !yield(g.set.Across(statements)) {
				return
			}
		}
	}
}
