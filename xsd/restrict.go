package xsd

import "slices"

// restriction compares particles by Particle Valid (Restriction) (XSD1 3.9.6). It
// works on terms: particles without pointless groups, and with each head of a
// substitution group as the choice that it is.
type restriction struct {
	b     *builder
	at    *node
	known map[[2]*term]string // the rule that a pair breaks, "" for none
	terms map[*particle]*term
}

// term is a particle without what XSD1 3.9.6 calls pointless.
type term struct {
	op       operator
	min, max int64 // max -1 is unbounded
	elem     *elementDecl
	wild     *wildcard
	children []*term
	set      bool // the members are a substitution group, which has no order
}

// restricts checks that the particle p is a valid restriction of base; nil is one
// that cannot occur. It fails at n with clause, and names the rule that is broken.
func (b *builder) restricts(n *node, p, base *particle, clause string) {
	r := &restriction{b: b, at: n, known: map[[2]*term]string{}, terms: map[*particle]*term{}}
	if p == base {
		return
	}
	if rule := r.valid(r.term(p), r.term(base)); rule != "" {
		fail(n, clause, "the content is no restriction of that in the base type (%s)", rule)
	}
}

// term returns the term of a particle, nil for one that is pointless as a whole.
func (r *restriction) term(p *particle) *term {
	if p == nil || p.max == 0 {
		return nil
	}
	if t, ok := r.terms[p]; ok {
		return t
	}
	r.b.step(r.at, 1)
	t := &term{op: p.op, min: p.min, max: p.max, elem: p.elem, wild: p.wild}
	if p.op == opElement && p.elem.global && len(p.elem.members) > 0 {
		t.op, t.elem, t.set = opChoice, nil, true
		r.b.step(r.at, len(p.elem.members))
		for _, e := range append([]*elementDecl{p.elem}, p.elem.members...) {
			t.children = append(t.children, &term{op: opElement, min: 1, max: 1, elem: e})
		}
	}
	for _, k := range p.children {
		child := r.term(k)
		if child == nil {
			continue
		}
		if child.op == p.op && child.once() && (p.op == opSequence || p.op == opChoice) {
			r.b.step(r.at, len(child.children))
			t.children = append(t.children, child.children...)
		} else {
			t.children = append(t.children, child)
		}
	}
	if t.group() {
		t = t.withoutGroup()
	}
	r.terms[p] = t
	return t
}

func (t *term) group() bool { return t.op != opElement && t.op != opAny }

func (t *term) once() bool { return t.min == 1 && t.max == 1 }

// withoutGroup returns what is left of a group: its only member if both occur
// once or the group does, nil if it holds nothing and needs nothing, else itself.
func (t *term) withoutGroup() *term {
	switch {
	case len(t.children) == 0 && (t.op != opChoice || t.min == 0):
		return nil
	case len(t.children) == 1 && t.once():
		return t.children[0]
	}
	return t
}

// valid returns the rule that the pair breaks, "" for none.
func (r *restriction) valid(t, base *term) string {
	switch {
	case t == base:
		return ""
	case t == nil:
		if !base.emptiable() {
			return "rcase-Recurse.2.2"
		}
		return ""
	case base == nil:
		return "rcase-Recurse.2"
	}
	r.b.step(r.at, 1)
	pair := [2]*term{t, base}
	rule, ok := r.known[pair]
	if !ok {
		rule = r.compare(t, base)
		r.known[pair] = rule
	}
	return rule
}

func (r *restriction) compare(t, base *term) string {
	switch {
	case base.op == opAny && t.op == opElement:
		return nsCompat(t, base)
	case base.op == opAny && t.op == opAny:
		return nsSubset(t, base)
	case base.op == opAny:
		return r.nsRecurse(t, base)
	case t.op == opElement && base.op == opElement:
		return r.nameAndType(t, base)
	case t.op == opElement:
		// RecurseAsIfGroup: the made-up group occurs once, the element in it as before.
		as := &term{op: base.op, min: 1, max: 1, children: []*term{t}}
		if rule := r.compare(as, base); rule != "" {
			return "rcase-RecurseAsIfGroup, " + rule
		}
		return ""
	case t.op == opSequence && base.op == opSequence, t.op == opAll && base.op == opAll:
		return r.recurse(t, base)
	case t.op == opChoice && base.op == opChoice:
		return r.recurseLax(t, base)
	case t.op == opSequence && base.op == opAll:
		return r.recurseUnordered(t, base)
	case t.op == opSequence && base.op == opChoice:
		return r.mapAndSum(t, base)
	}
	return "cos-particle-restrict.2"
}

// within reports whether an occurrence range is a valid restriction of another
// (XSD1 3.9.6, Occurrence Range OK).
func within(min, max int64, base *term) bool {
	return min >= base.min && (base.max < 0 || max >= 0 && max <= base.max)
}

func (r *restriction) nameAndType(t, base *term) string {
	d, e := t.elem, base.elem
	switch {
	case d.name != e.name:
		return "rcase-NameAndTypeOK.1"
	case !within(t.min, t.max, base):
		return "rcase-NameAndTypeOK.2"
	case d == e || d.global && e.global:
		return ""
	case d.nillable && !e.nillable:
		return "rcase-NameAndTypeOK.3.2.1"
	case e.value != nil && e.value.fixed && (d.value == nil || !d.value.fixed || !sameValue(d, e)):
		return "rcase-NameAndTypeOK.3.2.2"
	case !subsetOf(d.idcs, e.idcs):
		return "rcase-NameAndTypeOK.3.2.3"
	case e.block&^d.block != 0:
		return "rcase-NameAndTypeOK.3.2.4"
	case !derivedOK(d.typ, e.typ, dExtension):
		return "rcase-NameAndTypeOK.3.2.5"
	}
	return ""
}

// sameValue compares the fixed values of two declarations: in the value space
// where they have one.
func sameValue(d, e *elementDecl) bool {
	if d.typ.simple != nil && e.typ.simple != nil {
		return d.value.key == e.value.key
	}
	return d.value.lexical == e.value.lexical
}

func subsetOf(cs, base []*constraint) bool {
	for _, c := range cs {
		if !slices.Contains(base, c) {
			return false
		}
	}
	return true
}

func nsCompat(t, base *term) string {
	switch {
	case !base.wild.allows(t.elem.name.uri):
		return "rcase-NSCompat.1"
	case !within(t.min, t.max, base):
		return "rcase-NSCompat.2"
	}
	return ""
}

func nsSubset(t, base *term) string {
	switch {
	case !within(t.min, t.max, base):
		return "rcase-NSSubset.1"
	case !t.wild.subsetOf(base.wild):
		return "rcase-NSSubset.2"
	case t.wild.process > base.wild.process:
		return "rcase-NSSubset.3"
	}
	return ""
}

// nsRecurse is NSRecurseCheckCardinality. The members are held to the namespaces
// of the wildcard, the group as a whole to its number.
func (r *restriction) nsRecurse(t, base *term) string {
	any := &term{op: opAny, min: 0, max: -1, wild: base.wild}
	for _, k := range t.children {
		if rule := r.compare(k, any); rule != "" {
			return "rcase-NSRecurseCheckCardinality.1, " + rule
		}
	}
	if min, max := t.total(); !within(min, max, base) {
		return "rcase-NSRecurseCheckCardinality.2"
	}
	return ""
}

// recurse looks for an order-preserving mapping of the members of t to those of
// base, of which the others must be emptiable. First it takes the first that
// fits; only if that fails it tries all.
func (r *restriction) recurse(t, base *term) string {
	if !within(t.min, t.max, base) {
		return "rcase-Recurse.1"
	}
	at, rule := 0, ""
	for _, k := range t.children {
		for ; ; at++ {
			if at == len(base.children) {
				return r.recurseAll(t, base, "rcase-Recurse.2.1")
			}
			if rule = r.valid(k, base.children[at]); rule == "" {
				break
			}
			if !base.children[at].emptiable() {
				return r.recurseAll(t, base, "rcase-Recurse.2, "+rule)
			}
		}
		at++
	}
	if !allEmptiable(base.children[at:]) {
		return r.recurseAll(t, base, "rcase-Recurse.2.2")
	}
	return ""
}

// recurseAll tries all mappings. reach[j] says that the members so far can be
// mapped to the first j of base, and the rest of those is emptiable.
func (r *restriction) recurseAll(t, base *term, rule string) string {
	n := len(base.children)
	reach, next := make([]bool, n+1), make([]bool, n+1)
	skip := func() {
		for j := range n {
			if reach[j] && base.children[j].emptiable() {
				reach[j+1] = true
			}
		}
	}
	reach[0] = true
	for _, k := range t.children {
		skip()
		clear(next)
		some := false
		for j := range n {
			if reach[j] && r.valid(k, base.children[j]) == "" {
				next[j+1], some = true, true
			}
		}
		if !some {
			return rule
		}
		reach, next = next, reach
	}
	if skip(); !reach[n] {
		return rule
	}
	return ""
}

func allEmptiable(ts []*term) bool {
	return !slices.ContainsFunc(ts, func(t *term) bool { return !t.emptiable() })
}

// recurseLax maps the members of a choice in order; the first member that fits is
// never worse than a later one.
func (r *restriction) recurseLax(t, base *term) string {
	if !within(t.min, t.max, base) {
		return "rcase-RecurseLax.1"
	}
	at := 0
	for _, k := range t.children {
		if t.set || base.set {
			at = 0
		}
		for ; ; at++ {
			if at == len(base.children) {
				return "rcase-RecurseLax.2"
			}
			if r.valid(k, base.children[at]) == "" {
				break
			}
		}
		at++
	}
	return ""
}

// recurseUnordered maps the members of a sequence to those of an all. Elements of
// one name stand only once in an all, so each member fits one at most.
func (r *restriction) recurseUnordered(t, base *term) string {
	if !within(t.min, t.max, base) {
		return "rcase-RecurseUnordered.1"
	}
	taken := make([]bool, len(base.children))
	for _, k := range t.children {
		found := false
		for j := 0; j < len(taken) && !found; j++ {
			if r.valid(k, base.children[j]) == "" {
				if taken[j] {
					return "rcase-RecurseUnordered.2.1"
				}
				taken[j], found = true, true
			}
		}
		if !found {
			return "rcase-RecurseUnordered.2.2"
		}
	}
	for j, k := range base.children {
		if !taken[j] && !k.emptiable() {
			return "rcase-RecurseUnordered.2.3"
		}
	}
	return ""
}

// mapAndSum maps each member of a sequence to any member of a choice, of which
// then as many must be allowed.
func (r *restriction) mapAndSum(t, base *term) string {
	for _, k := range t.children {
		if !slices.ContainsFunc(base.children, func(o *term) bool { return r.valid(k, o) == "" }) {
			return "rcase-MapAndSum.1"
		}
	}
	n := int64(len(t.children))
	if !within(times(t.min, n), times(t.max, n), base) {
		return "rcase-MapAndSum.2"
	}
	return ""
}

// times multiplies numbers of occurrences, of which -1 is unbounded.
func times(a, b int64) int64 {
	if a == 0 || b == 0 {
		return 0
	}
	if a < 0 || b < 0 {
		return -1
	}
	return min(a*min(b, maxCount/a), maxCount)
}

// total is the Effective Total Range (XSD1 3.8.6).
func (t *term) total() (lo, hi int64) {
	if !t.group() {
		return t.min, t.max
	}
	for i, k := range t.children {
		kl, kh := k.total()
		switch {
		case i == 0:
			lo, hi = kl, kh
		case t.op == opChoice:
			lo = min(lo, kl)
			if kh < 0 || hi >= 0 && kh > hi {
				hi = kh
			}
		default:
			lo = min(lo+kl, maxCount)
			if hi < 0 || kh < 0 {
				hi = -1
			} else {
				hi = min(hi+kh, maxCount)
			}
		}
	}
	return times(lo, t.min), times(hi, t.max)
}

func (t *term) emptiable() bool {
	lo, _ := t.total()
	return lo == 0
}
