package xsd

import "strings"

// xpath is the expression of a selector or a field (XSD1 3.11.6): paths of child
// steps, which may begin at any descendant. A field's path may end in an attribute.
type xpath struct {
	source string
	paths  []*xpathPath
}

type xpathPath struct {
	descend bool
	steps   []nameTest // without the steps "."
	attr    *nameTest
}

type nameTest struct {
	any  bool // *
	uri  string
	rest bool // prefix:*
	sym  symbol
}

func (t *nameTest) matches(sym symbol, uri string) bool {
	return t.any || t.rest && t.uri == uri || !t.rest && t.sym == sym && sym != 0
}

// maxXPathSteps is the number of steps for which a mask has bits.
const maxXPathSteps = 62

func (b *builder) xpath(n *node, field bool) *xpath {
	src, ok := n.attr("xpath")
	if !ok {
		fail(n, "s4s-att-must-appear", "the attribute xpath is missing on <%s>", n.name)
	}
	x := &xpath{source: collapse(src)}
	for _, alt := range strings.Split(src, "|") {
		if len(x.paths) >= 1000 {
			fail(n, "limit", "too many paths")
		}
		x.paths = append(x.paths, b.xpathPath(n, strings.TrimSpace(alt), field))
	}
	return x
}

func (b *builder) xpathPath(n *node, s string, field bool) *xpathPath {
	p := &xpathPath{}
	bad := func() {
		fail(n, "c-"+n.name+"-xpath", "the path %.200q is not of the allowed kind", s)
	}
	rest := s
	if strings.HasPrefix(rest, ".") {
		if r := strings.TrimSpace(rest[1:]); strings.HasPrefix(r, "//") {
			p.descend = true
			rest = strings.TrimSpace(r[2:])
		}
	}
	for {
		step, more, again := strings.Cut(rest, "/")
		step = strings.TrimSpace(step)
		isAttr := false
		switch {
		case strings.HasPrefix(step, "@"):
			isAttr, step = true, strings.TrimSpace(step[1:])
		case axis(&step, "attribute"):
			isAttr = true
		default:
			axis(&step, "child")
		}
		if isAttr {
			if !field || again {
				bad()
			}
			t := b.nameTest(n, step, bad)
			p.attr = &t
			return p
		}
		if step != "." {
			if len(p.steps) >= maxXPathSteps {
				fail(n, "limit", "a path with too many steps")
			}
			p.steps = append(p.steps, b.nameTest(n, step, bad))
		}
		if !again {
			return p
		}
		rest = more
	}
}

// axis removes name:: from the beginning of a step.
func axis(step *string, name string) bool {
	r, ok := strings.CutPrefix(*step, name)
	if !ok {
		return false
	}
	r, ok = strings.CutPrefix(strings.TrimSpace(r), "::")
	if ok {
		*step = strings.TrimSpace(r)
	}
	return ok
}

func (b *builder) nameTest(n *node, s string, bad func()) nameTest {
	if s == "*" {
		return nameTest{any: true}
	}
	prefix, local, ok := strings.Cut(s, ":")
	if !ok {
		prefix, local = "", s
	}
	uri := ""
	if ok {
		if !isNCName([]byte(prefix)) {
			bad()
		}
		var bound bool
		if uri, bound = n.ns.lookup(prefix); !bound {
			fail(n, "c-"+n.name+"-xpath", "the prefix %q is not declared", prefix)
		}
		if local == "*" {
			return nameTest{rest: true, uri: uri}
		}
	}
	if !isNCName([]byte(local)) {
		bad()
	}
	return nameTest{sym: b.schema.symbols.add(qname{uri, local})}
}

// mask advances a mask one level down. Bit i says that i steps lead to this level.
func (p *xpathPath) mask(up uint64, sym symbol, uri string) uint64 {
	var m uint64
	if p.descend {
		m = 1
	}
	for i := range p.steps {
		if up&(1<<i) != 0 && p.steps[i].matches(sym, uri) {
			m |= 1 << (i + 1)
		}
	}
	return m
}

func (p *xpathPath) arrived(m uint64) bool { return m&(1<<len(p.steps)) != 0 }
