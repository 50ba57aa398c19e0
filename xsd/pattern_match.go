package xsd

import (
	"slices"
	"unicode/utf8"
)

// dfaBuilder makes the states of a DFA, each a set of NFA states, all at once or
// as matching needs them.
type dfaBuilder struct {
	p      *pattern
	sets   [][]int32
	index  map[string]int
	table  []uint16
	accept []bool
	mark   []int32
	round  int32
	key    []byte
	next   []int32
	stack  []int32
	work   int
	held   int // NFA states in all sets
}

// unknown marks a transition that was not computed yet.
const unknown = 0xFFFF

func newDFABuilder(p *pattern) *dfaBuilder {
	d := &dfaBuilder{p: p, index: map[string]int{}, mark: make([]int32, len(p.prog))}
	d.state(nil) // 0: dead
	for i := range d.table {
		d.table[i] = 0
	}
	return d
}

// state returns the number of the DFA state for a set of NFA states.
func (d *dfaBuilder) state(set []int32) int {
	d.key = d.key[:0]
	for _, s := range set {
		d.key = append(d.key, byte(s), byte(s>>8), byte(s>>16))
	}
	if q, ok := d.index[string(d.key)]; ok {
		return q
	}
	q := len(d.sets)
	d.index[string(d.key)] = q
	d.sets = append(d.sets, append([]int32(nil), set...))
	d.held += len(set)
	end := false
	for _, s := range set {
		end = end || d.p.prog[s].end
	}
	d.accept = append(d.accept, end)
	for range d.p.classes {
		d.table = append(d.table, unknown)
	}
	return q
}

// reach adds to next the states that consume a character or accept, and to which
// forks lead from a state.
func (d *dfaBuilder) reach(from int32) {
	d.stack = append(d.stack[:0], from)
	for len(d.stack) > 0 {
		n := d.stack[len(d.stack)-1]
		d.stack = d.stack[:len(d.stack)-1]
		if n < 0 || d.mark[n] == d.round {
			continue
		}
		d.mark[n] = d.round
		d.work++
		if in := &d.p.prog[n]; in.set < 0 && !in.end {
			d.stack = append(d.stack, in.other, in.out)
		} else {
			d.next = append(d.next, n)
		}
	}
}

func (d *dfaBuilder) step(q int, c uint16) int {
	at := q*d.p.classes + int(c)
	if to := d.table[at]; to != unknown {
		return int(to)
	}
	d.round++
	d.next = d.next[:0]
	d.work += len(d.sets[q]) + 1
	for _, s := range d.sets[q] {
		if in := &d.p.prog[s]; !in.end && d.p.classSets[in.set][c] {
			d.reach(in.out)
		}
	}
	slices.Sort(d.next)
	to := d.state(d.next)
	d.table[at] = uint16(to)
	return to
}

// fillClassSets fills classSets. Sets with the same classes share an entry.
func (p *pattern) fillClassSets(setClasses [][]uint16) {
	seen := map[string]int32{}
	index := make([]int32, len(setClasses))
	for i, cs := range setClasses {
		key := make([]byte, 0, 2*len(cs))
		for _, c := range cs {
			key = append(key, byte(c), byte(c>>8))
		}
		k, ok := seen[string(key)]
		if !ok {
			k = int32(len(p.classSets))
			seen[string(key)] = k
			set := make([]bool, p.classes)
			for _, c := range cs {
				set[c] = true
			}
			p.classSets = append(p.classSets, set)
		}
		index[i] = k
	}
	for i := range p.prog {
		if p.prog[i].set >= 0 {
			p.prog[i].set = index[p.prog[i].set]
		}
	}
}

// match reports whether the whole of s matches.
func (v *valueChecker) match(p *pattern, s []byte) bool {
	return v.accepts(p, v.advance(p, v.startState(p), s))
}

func (v *valueChecker) startState(p *pattern) int {
	if p.table != nil {
		return 1
	}
	return v.lazyDFA(p).state(p.start)
}

func (v *valueChecker) accepts(p *pattern, q int) bool {
	if p.table != nil {
		return p.accept[q]
	}
	return v.lazyDFA(p).accept[q]
}

// advance returns the state after s; from state 0, nothing matches.
func (v *valueChecker) advance(p *pattern, q int, s []byte) int {
	if p.table == nil {
		return v.advanceLazily(p, q, s)
	}
	for i := 0; i < len(s); {
		var c uint16
		if b := s[i]; b < utf8.RuneSelf {
			c = p.ascii[b]
			i++
		} else {
			r, n := utf8.DecodeRune(s[i:])
			c = p.class(r)
			i += n
		}
		if q = int(p.table[q*p.classes+int(c)]); q == 0 {
			return 0
		}
	}
	return q
}

// lazyDFA returns the DFA that grows as matching needs it, for a pattern whose
// DFA was too large to build.
func (v *valueChecker) lazyDFA(p *pattern) *dfaBuilder {
	for len(v.lazy) < p.lazy {
		v.lazy = append(v.lazy, nil)
	}
	if v.lazy[p.lazy-1] == nil {
		v.lazy[p.lazy-1] = newDFABuilder(p)
	}
	return v.lazy[p.lazy-1]
}

func (v *valueChecker) advanceLazily(p *pattern, q int, s []byte) int {
	d := v.lazyDFA(p)
	v.matched += len(s)
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRune(s[i:])
		i += n
		var c uint16
		if r < utf8.RuneSelf {
			c = p.ascii[r]
		} else {
			c = p.class(r)
		}
		if len(d.sets) > maxLazy || len(d.table) > maxLazyTable || d.held > maxLazyHeld {
			// The table has grown too large, so it starts again from here.
			here := append([]int32(nil), d.sets[q]...)
			*d = *newDFABuilder(p)
			q = d.state(here)
		}
		before := d.work
		if q = d.step(q, c); q == 0 {
			return 0
		}
		if v.spent += d.work - before; v.spent > lazyWork+lazyPerByte*v.matched {
			v.exhausted = true
			return 0
		}
	}
	return q
}
