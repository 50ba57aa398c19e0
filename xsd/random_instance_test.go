package xsd

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// randomDocument makes documents from a compiled schema; most are valid.
type randomDocument struct {
	*rand.Rand
	s     *Schema
	types []string
	left  int // elements that may still be made
}

func (r *randomDocument) literal(st *simpleType) string {
	v := valueChecker{schema: r.s, scope: &namespaceStack{}}
	for _, d := range [][2]string{{"t", "urn:t"}, {"x", xsdURI}} {
		v.scope.list = append(v.scope.list, namespaceDecl{prefix: [2]int{len(v.scope.text), len(v.scope.text) + 1}, uri: [2]int{len(v.scope.text) + 1, len(v.scope.text) + 1 + len(d[1])}})
		v.scope.text = append(append(v.scope.text, d[0]...), d[1]...)
	}
	if len(st.enumList) > 0 && r.IntN(3) > 0 {
		return st.enumList[r.IntN(len(st.enumList))]
	}
	l := ""
	for range 30 {
		l = r.any()
		if st.variety == list {
			l = ""
			for i := range r.IntN(4) {
				if i > 0 {
					l += " "
				}
				l += r.literal(st.item)
			}
		}
		if _, f := v.key(st, []byte(l)); f.rule == "" {
			break
		}
	}
	return l
}

func (r *randomDocument) any() string {
	if r.IntN(4) == 0 {
		return values[r.IntN(len(values))]
	}
	l := literals[randomBuiltins[r.IntN(len(randomBuiltins))]]
	return l[r.IntN(len(l))]
}

func (r *randomDocument) element(e *elementDecl, depth int) *tag {
	r.left--
	if len(e.members) > 0 && r.IntN(2) == 0 {
		e = e.members[r.IntN(len(e.members))]
	}
	g := &tag{name: e.name.local}
	if e.name.uri == "urn:t" {
		g.name = "t:" + g.name
	}
	t := e.typ
	if r.IntN(8) == 0 || t.abstract {
		var fit []*typeDef
		for _, k := range sortedKeys(r.s.types) {
			if u := r.s.types[k]; !u.abstract && u != t && derivedOK(u, t, 0) && u.name.uri == "urn:t" {
				fit = append(fit, u)
			}
		}
		if len(fit) > 0 {
			t = fit[r.IntN(len(fit))]
			g.attrs = append(g.attrs, [2]string{"i:type", "t:" + t.name.local})
		}
	}
	for i := range t.attrs {
		u := &t.attrs[i]
		if u.required || r.IntN(2) == 0 {
			n := u.decl.name.local
			if u.decl.name.uri != "" {
				n = "t:" + n
			}
			val := r.literal(u.decl.typ.simple)
			if c := u.constraint(); c != nil && r.IntN(3) > 0 {
				val = c.lexical
			}
			g.attrs = append(g.attrs, [2]string{n, val})
		}
	}
	if e.nillable && r.IntN(4) == 0 {
		g.attrs = append(g.attrs, [2]string{"i:nil", "true"})
		return g
	}
	if t.simple != nil {
		val := r.literal(t.simple)
		if e.value != nil && r.IntN(3) > 0 {
			val = []string{"", e.value.lexical}[r.IntN(2)]
		}
		if val != "" {
			g.kids = append(g.kids, val)
		}
		return g
	}
	if t.particle != nil {
		r.content(g, t.particle, depth)
	}
	if t.kind == contentMixed {
		g.kids = append(g.kids, "text")
	}
	return g
}

func (r *randomDocument) content(g *tag, p *particle, depth int) {
	n := p.min
	if extra := int64(r.IntN(2)); depth < 5 && r.left > 0 && (p.max < 0 || n+extra <= p.max) {
		n += extra
	}
	for range n {
		if r.left < -50 {
			return
		}
		switch p.op {
		case opElement:
			g.kids = append(g.kids, r.element(p.elem, depth+1))
		case opAny:
			switch r.IntN(4) {
			case 0:
				g.kids = append(g.kids, &tag{name: "t:a"})
			case 1:
				g.kids = append(g.kids, &tag{name: "o:z", attrs: [][2]string{{"xmlns:o", "urn:o"}}})
			case 2:
				g.kids = append(g.kids, &tag{name: "z"})
			default:
				for _, k := range sortedKeys(r.s.elements) {
					if k.local != "r" {
						g.kids = append(g.kids, r.element(r.s.elements[k], depth+1))
						break
					}
				}
			}
		case opChoice:
			if len(p.children) > 0 {
				r.content(g, p.children[r.IntN(len(p.children))], depth)
			}
		default:
			kids := slices.Clone(p.children)
			if p.op == opAll {
				r.Shuffle(len(kids), func(i, j int) { kids[i], kids[j] = kids[j], kids[i] })
			}
			for _, k := range kids {
				r.content(g, k, depth)
			}
		}
	}
}

func (g *tag) link(up *tag) {
	g.up = up
	for _, k := range g.kids {
		if e, ok := k.(*tag); ok {
			e.link(g)
		}
	}
}

func (r *randomDocument) write() (string, string) {
	r.left = 40
	g := r.element(r.s.elements[qname{"urn:t", "r"}], 0)
	g.attrs = append([][2]string{{"xmlns:t", "urn:t"}, {"xmlns:x", xsdURI}, {"xmlns:i", xsiURI}}, g.attrs...)
	g.link(nil)
	what := "as made"
	if r.IntN(3) > 0 {
		g, what = mutant(r.Rand, g, r.types, false)
	}
	return string(g.text()), what
}

func schemaTypes(s *Schema) []string {
	types := []string{"x:string", "x:int"}
	for _, k := range sortedKeys(s.types) {
		if k.uri == "urn:t" {
			types = append(types, "t:"+k.local)
		}
	}
	return types
}

func randomSource(seed uint64) string {
	r := &randomSchema{Rand: rand.New(rand.NewPCG(21, seed)), valued: map[string]bool{}}
	return strings.ReplaceAll(r.write(), "\x00", "")
}

func randomName(i int) string { return fmt.Sprintf("%05d", i) }
