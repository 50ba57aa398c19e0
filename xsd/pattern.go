package xsd

import (
	"slices"
	"sort"
	"unicode/utf8"
)

// pattern is a compiled pattern: a nondeterministic automaton (NFA), and if that
// takes at most maxTable states, the deterministic one for it (DFA). Matching
// takes time in proportion to the length of the value.
type pattern struct {
	source string
	size   int // states before they are made deterministic
	prog   []nfaState
	start  []int32
	// Characters that no set of the pattern distinguishes are in one class.
	ascii   [utf8.RuneSelf]uint16
	bounds  []rune // first characters of the ranges above ASCII
	classOf []uint16
	classes int

	classSets [][]bool // by nfaState.set: the classes in the set

	table  []uint16 // state*classes+class → state; state 0 is dead, 1 the start
	accept []bool
	lazy   int // number of the table that a valueChecker builds lazily, from 1; 0 for none
}

// nfaState is a state of the NFA: it consumes a character, forks, or accepts.
type nfaState struct {
	set   int32 // index of its characters in classSets (while compiling, in sets); -1 for a fork or the end
	out   int32
	other int32 // the second branch of a fork, -1 for none
	end   bool
}

const (
	maxTable     = 400
	maxLazy      = 2000
	maxLazyTable = 1 << 22
	maxLazyHeld  = 1 << 17 // NFA states in all the sets of a lazy table
	lazyWork     = 1 << 24 // NFA states that the lazy tables may visit in one document,
	lazyPerByte  = 32      // and in addition for each byte that they match
	maxTableWork = 100_000
)

type patternCompiler struct {
	sets  []charset
	known map[*[2]rune]int32
	nodes []nfaState
}

func compilePattern(source string) (*pattern, error) {
	re, err := parsePattern(source)
	if err != nil {
		return nil, err
	}
	c := &patternCompiler{known: map[*[2]rune]int32{}}
	end := c.node(nfaState{set: -1, out: -1, other: -1, end: true})
	first, err := c.build(re, end)
	if err != nil {
		return nil, err
	}
	p := &pattern{source: source}
	setClasses := p.splitClasses(c.sets)
	if setClasses == nil && len(c.sets) > 0 {
		return nil, errPatternSize
	}
	p.prog, p.size = c.nodes, len(c.nodes)
	if len(p.prog) > 2*maxPattern {
		return nil, errPatternSize
	}
	p.fillClassSets(setClasses)
	p.buildDFA(first)
	return p, nil
}

// set returns the index of a set. The copies of a repeated part share one.
func (c *patternCompiler) set(s charset) int32 {
	if len(s) == 0 {
		c.sets = append(c.sets, s)
		return int32(len(c.sets) - 1)
	}
	n, ok := c.known[&s[0]]
	if !ok {
		n = int32(len(c.sets))
		c.sets = append(c.sets, s)
		c.known[&s[0]] = n
	}
	return n
}

func (c *patternCompiler) node(n nfaState) int32 {
	c.nodes = append(c.nodes, n)
	return int32(len(c.nodes) - 1)
}

// build makes the states of re that lead to next, and returns the first.
func (c *patternCompiler) build(re *regex, next int32) (int32, error) {
	if len(c.nodes) > 2*maxPattern {
		return 0, errPatternSize
	}
	switch re.op {
	case reSet:
		return c.node(nfaState{set: c.set(re.set), out: next, other: -1}), nil
	case reSequence:
		for i := len(re.children) - 1; i >= 0; i-- {
			var err error
			if next, err = c.build(re.children[i], next); err != nil {
				return 0, err
			}
		}
		return next, nil
	case reChoice:
		at := int32(-1)
		for i := len(re.children) - 1; i >= 0; i-- {
			k, err := c.build(re.children[i], next)
			if err != nil {
				return 0, err
			}
			at = c.node(nfaState{set: -1, out: k, other: at})
		}
		return at, nil
	}
	return c.repeat(re, next)
}

func (c *patternCompiler) repeat(re *regex, next int32) (int32, error) {
	at := next
	// Repeating what matches only the empty string changes nothing.
	if empty(re.children[0]) {
		return next, nil
	}
	if re.max < 0 {
		loop := c.node(nfaState{set: -1, other: next})
		body, err := c.build(re.children[0], loop)
		if err != nil {
			return 0, err
		}
		c.nodes[loop].out = body
		at = loop
	} else {
		for range re.max - re.min {
			body, err := c.build(re.children[0], at)
			if err != nil {
				return 0, err
			}
			at = c.node(nfaState{set: -1, out: body, other: next})
		}
	}
	for range re.min {
		var err error
		if at, err = c.build(re.children[0], at); err != nil {
			return 0, err
		}
	}
	return at, nil
}

func empty(re *regex) bool {
	switch re.op {
	case reSet:
		return false
	case reRepeat:
		return re.max == 0 || empty(re.children[0])
	}
	for _, k := range re.children {
		if !empty(k) {
			return false
		}
	}
	return true
}

// splitClasses finds the classes of characters and returns the classes of each
// set.
func (p *pattern) splitClasses(sets []charset) [][]uint16 {
	seen := map[string]int{}
	var distinct []charset
	index := make([]int, len(sets))
	for i, s := range sets {
		key := make([]byte, 0, len(s)*8)
		for _, r := range s {
			key = append(key, byte(r[0]), byte(r[0]>>8), byte(r[0]>>16), byte(r[1]), byte(r[1]>>8), byte(r[1]>>16))
		}
		k, ok := seen[string(key)]
		if !ok {
			k = len(distinct)
			seen[string(key)] = k
			distinct = append(distinct, s)
		}
		index[i] = k
	}
	cuts := []rune{0, utf8.RuneSelf}
	if p.tooWide(distinct) {
		return nil
	}
	for _, s := range distinct {
		for _, r := range s {
			cuts = append(cuts, r[0], r[1]+1)
		}
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	// Ranges that are in the same sets form one class.
	signature := make([][]byte, len(cuts))
	words := (len(distinct) + 7) / 8
	for i := range signature {
		signature[i] = make([]byte, words)
	}
	for k, s := range distinct {
		for _, r := range s {
			i := sort.Search(len(cuts), func(i int) bool { return cuts[i] >= r[0] })
			for ; i < len(cuts) && cuts[i] <= r[1]; i++ {
				signature[i][k/8] |= 1 << (k % 8)
			}
		}
	}
	class := map[string]uint16{}
	members := make([][]uint16, len(distinct))
	of := make([]uint16, len(cuts))
	for i := range cuts {
		c, ok := class[string(signature[i])]
		if !ok {
			c = uint16(len(class))
			class[string(signature[i])] = c
			for k := range distinct {
				if signature[i][k/8]&(1<<(k%8)) != 0 {
					members[k] = append(members[k], c)
				}
			}
		}
		of[i] = c
	}
	p.classes = len(class)
	for i := range cuts {
		hi := rune(utf8.RuneSelf)
		if i+1 < len(cuts) {
			hi = min(hi, cuts[i+1])
		}
		for r := cuts[i]; r < hi; r++ {
			p.ascii[r] = of[i]
		}
		if cuts[i] >= utf8.RuneSelf {
			p.bounds = append(p.bounds, cuts[i])
			p.classOf = append(p.classOf, of[i])
		}
	}
	out := make([][]uint16, len(sets))
	for i := range sets {
		out[i] = members[index[i]]
	}
	return out
}

// tooWide reports whether finding the classes would take too long.
func (p *pattern) tooWide(sets []charset) bool {
	ranges := 0
	for _, s := range sets {
		ranges += len(s)
	}
	return len(sets)*ranges > 1<<24
}

func (p *pattern) class(r rune) uint16 {
	i := sort.Search(len(p.bounds), func(i int) bool { return p.bounds[i] > r })
	return p.classOf[i-1]
}

// buildDFA makes the table of the DFA, unless it grows too large.
func (p *pattern) buildDFA(first int32) {
	d := newDFABuilder(p)
	d.round++
	d.reach(first)
	slices.Sort(d.next)
	p.start = slices.Clone(d.next)
	d.state(p.start)
	for q := 1; q < len(d.sets); q++ {
		for c := range p.classes {
			d.step(q, uint16(c))
			if len(d.sets) > maxTable || d.work > maxTableWork {
				return
			}
		}
	}
	p.table, p.accept = d.table, d.accept
	p.prog, p.start, p.classSets = nil, nil, nil
}
