package xsd

import (
	"errors"
	"fmt"
	"unicode"
)

var errPatternSize = errors.New("the pattern is too large")

// regex is a parsed pattern (XSD2 F).
type regex struct {
	op       regexOp
	set      charset
	children []*regex
	min, max int // max -1 is unbounded
}

type regexOp uint8

const (
	reSet regexOp = iota
	reSequence
	reChoice
	reRepeat
)

type patternParser struct {
	s     []rune
	i     int
	depth int
	sets  map[string]charset // by escape: some are long
}

func parsePattern(source string) (re *regex, err error) {
	p := &patternParser{s: []rune(source), sets: map[string]charset{}}
	if len(p.s) > maxPatternSource {
		return nil, errPatternSize
	}
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(patternError)
			if !ok {
				panic(r)
			}
			re, err = nil, e.err
		}
	}()
	re = p.choice()
	if p.i < len(p.s) {
		p.fail("unexpected %q", p.s[p.i])
	}
	return re, nil
}

type patternError struct{ err error }

func (p *patternParser) fail(format string, args ...any) {
	panic(patternError{fmt.Errorf("at character %d: %s", p.i+1, fmt.Sprintf(format, args...))})
}

func (p *patternParser) peek() rune {
	if p.i < len(p.s) {
		return p.s[p.i]
	}
	return -1
}

func (p *patternParser) choice() *regex {
	if p.depth++; p.depth > 200 {
		panic(patternError{errPatternSize})
	}
	defer func() { p.depth-- }()
	re := &regex{op: reChoice, children: []*regex{p.branch()}}
	for p.peek() == '|' {
		p.i++
		re.children = append(re.children, p.branch())
	}
	if len(re.children) == 1 {
		return re.children[0]
	}
	return re
}

func (p *patternParser) branch() *regex {
	re := &regex{op: reSequence}
	for {
		c := p.peek()
		if c < 0 || c == '|' || c == ')' {
			return re
		}
		re.children = append(re.children, p.piece())
	}
}

func (p *patternParser) piece() *regex {
	a := p.atom()
	switch p.peek() {
	case '?':
		p.i++
		return &regex{op: reRepeat, children: []*regex{a}, min: 0, max: 1}
	case '*':
		p.i++
		return &regex{op: reRepeat, children: []*regex{a}, min: 0, max: -1}
	case '+':
		p.i++
		return &regex{op: reRepeat, children: []*regex{a}, min: 1, max: -1}
	case '{':
		p.i++
		r := &regex{op: reRepeat, children: []*regex{a}, min: p.number()}
		r.max = r.min
		if p.peek() == ',' {
			p.i++
			r.max = -1
			if p.peek() != '}' {
				r.max = p.number()
			}
		}
		if p.peek() != '}' {
			p.fail("a quantifier without }")
		}
		p.i++
		if r.max >= 0 && r.max < r.min {
			p.fail("a quantifier that goes down")
		}
		return r
	}
	return a
}

func (p *patternParser) number() int {
	n, first := 0, p.i
	for c := p.peek(); '0' <= c && c <= '9'; c = p.peek() {
		if n = n*10 + int(c-'0'); n > maxPattern {
			panic(patternError{errPatternSize})
		}
		p.i++
	}
	if p.i == first {
		p.fail("a quantifier without a number")
	}
	return n
}

func (p *patternParser) atom() *regex {
	c := p.peek()
	switch c {
	case '(':
		p.i++
		re := p.choice()
		if p.peek() != ')' {
			p.fail("( without )")
		}
		p.i++
		return re
	case '[':
		p.i++
		return &regex{op: reSet, set: p.class()}
	case '\\':
		set, _ := p.escape()
		return &regex{op: reSet, set: set}
	case '.':
		p.i++
		return &regex{op: reSet, set: charset{{'\n', '\n'}, {'\r', '\r'}}.not()}
	case '?', '*', '+', '{', '}', ']':
		p.fail("%q must be escaped", c)
	}
	p.i++
	return &regex{op: reSet, set: charset{{c, c}}}
}

// class reads a character class from after the [ to the ] that ends it.
func (p *patternParser) class() charset {
	if p.depth++; p.depth > 200 {
		panic(patternError{errPatternSize})
	}
	defer func() { p.depth-- }()
	negative := p.peek() == '^'
	if negative {
		p.i++
	}
	var set charset
	first := true
	for {
		c := p.peek()
		switch {
		case c < 0:
			p.fail("[ without ]")
		case c == ']' && !first:
			p.i++
			set = tidy(set)
			if negative {
				set = set.not()
			}
			return set
		case c == '[' || c == ']':
			p.fail("%q must be escaped in a class", c)
		case c == '-' && !first && p.i+1 < len(p.s) && p.s[p.i+1] == '[':
			p.i += 2
			minus := p.class()
			if p.peek() != ']' {
				p.fail("a subtraction must be the end of its class")
			}
			p.i++
			set = tidy(set)
			if negative {
				set = set.not()
			}
			return set.minus(minus)
		case c == '-' && !first && !p.endsGroup():
			p.fail("a hyphen between others must be escaped in a class")
		default:
			lo, multi, single := p.member()
			if !single {
				set = append(set, multi...)
				break
			}
			hi := lo
			if p.peek() == '-' && c != '-' && !p.endsGroup() && p.s[p.i+1] != '[' {
				p.i++
				var ok bool
				if p.peek() == '-' {
					p.fail("a range must not end with a hyphen")
				}
				if hi, _, ok = p.member(); !ok {
					p.fail("a range must end with a character")
				}
				if hi < lo {
					p.fail("a range that goes down")
				}
			}
			set = append(set, [2]rune{lo, hi})
		}
		first = false
	}
}

// endsGroup reports whether the hyphen at p.i is the last member of its group,
// before ] or a subtraction. Such a hyphen, and a first one, means itself; any
// other makes a range (XSD2 F.1).
func (p *patternParser) endsGroup() bool {
	rest := p.s[p.i+1:]
	return len(rest) == 0 || rest[0] == ']' || len(rest) > 1 && rest[0] == '-' && rest[1] == '['
}

// member reads one character, or an escape for several characters.
func (p *patternParser) member() (c rune, multi charset, single bool) {
	c = p.peek()
	if c == '\\' {
		set, one := p.escape()
		if one {
			return set[0][0], nil, true
		}
		return 0, set, false
	}
	if c == '[' || c == ']' || c < 0 {
		p.fail("%q must be escaped in a class", c)
	}
	p.i++
	return c, nil, true
}

// escape reads an escape. single says that it means one character.
func (p *patternParser) escape() (set charset, single bool) {
	p.i++
	c := p.peek()
	p.i++
	switch c {
	case 'n':
		return charset{{'\n', '\n'}}, true
	case 'r':
		return charset{{'\r', '\r'}}, true
	case 't':
		return charset{{'\t', '\t'}}, true
	case '\\', '|', '.', '-', '^', '?', '*', '+', '{', '}', '(', ')', '[', ']':
		return charset{{c, c}}, true
	case 's', 'S', 'i', 'I', 'c', 'C', 'd', 'D', 'w', 'W':
		return p.cached(string(c), func() charset { return multiCharacter(c) }), false
	case 'p', 'P':
		name := p.propertyName()
		set := p.cached("p"+name, func() charset {
			set, ok := property(name)
			if !ok {
				p.fail("there is no category or block %q", name)
			}
			return set
		})
		if c == 'P' {
			set = p.cached("P"+name, set.not)
		}
		return set, false
	}
	p.i--
	p.fail("an unknown escape")
	return nil, false
}

func (p *patternParser) cached(key string, make func() charset) charset {
	set, ok := p.sets[key]
	if !ok {
		set = make()
		p.sets[key] = set
	}
	return set
}

// multiCharacter returns the set of a multi-character escape (XSD2 F.1.1).
func multiCharacter(c rune) charset {
	switch c {
	case 's':
		return spaceSet
	case 'i':
		return unionOf(nameStart, charset{{':', ':'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}})
	case 'c':
		return unionOf(nameChar, charset{{'-', '.'}, {'0', ':'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}})
	case 'd':
		return fromTables(unicode.Nd)
	case 'w':
		return fromTables(unicode.L, unicode.M, unicode.N, unicode.S)
	}
	return multiCharacter(unicode.ToLower(c)).not()
}

func (p *patternParser) propertyName() string {
	if p.peek() != '{' {
		p.fail("\\p without {")
	}
	end := p.i
	for end < len(p.s) && p.s[end] != '}' {
		end++
	}
	if end == len(p.s) {
		p.fail("\\p{ without }")
	}
	name := string(p.s[p.i+1 : end])
	p.i = end + 1
	return name
}

var (
	spaceSet   = charset{{'\t', '\n'}, {'\r', '\r'}, {' ', ' '}}
	surrogates = charset{{0xD800, 0xDFFF}}
)

// property returns the set of a category or a block (XSD2 F.1.1).
func property(name string) (charset, bool) {
	if len(name) > 2 && name[:2] == "Is" {
		set, ok := blocks[name[2:]]
		return set, ok
	}
	switch name {
	case "L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No",
		"P", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Z", "Zs", "Zl", "Zp", "S", "Sm", "Sc", "Sk", "So",
		"Cc", "Cf", "Co":
		return fromTables(unicode.Categories[name]), true
	case "C", "Cn":
		// A character in no other category is unassigned.
		known := fromTables(unicode.L, unicode.M, unicode.N, unicode.P, unicode.Z, unicode.S)
		if name == "Cn" {
			known = unionOf(known, fromTables(unicode.Cc, unicode.Cf, unicode.Co), surrogates)
		}
		return known.not(), true
	}
	return nil, false
}
