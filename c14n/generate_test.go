package c14n

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// generator makes up well-formed documents that have whatever changes in
// canonical form.
type generator struct {
	r       *rand.Rand
	b       strings.Builder
	lf      string
	ns      []map[string]string // bindings, one map an open element
	left    int                 // elements still to make
	insert  string              // written as the last child of the root
	targets int                 // elements with Id, at most one
}

func generate(seed uint64, insert string) string {
	g := &generator{r: rand.New(rand.NewPCG(seed, 1)), lf: "\n", left: 40, insert: insert}
	if g.one(3) {
		g.lf = "\r\n"
	} else if g.one(6) {
		g.lf = "\r"
	}
	g.ns = []map[string]string{{"": ""}}
	if g.one(2) {
		g.put(`<?xml version="1.0"`, g.pick(` encoding="UTF-8"`, ` encoding='utf-8' standalone="yes"`, ``), `?>`)
	}
	g.misc()
	g.element(1)
	g.misc()
	return g.b.String()
}

func (g *generator) one(n int) bool          { return g.r.IntN(n) == 0 }
func (g *generator) pick(s ...string) string { return s[g.r.IntN(len(s))] }
func (g *generator) put(s ...string)         { g.b.WriteString(strings.Join(s, "")) }
func (g *generator) name() string {
	return g.pick("a", "b", "Radek", "Částka", "x-y.z", "účet", "_1", "příjem", "c", "d", "Ω")
}

func (g *generator) misc() {
	for range g.r.IntN(4) {
		switch g.r.IntN(3) {
		case 0:
			g.put(g.lf, g.pick("", " ", "\t"), g.lf)
		case 1:
			g.comment()
		case 2:
			g.instruction()
		}
	}
	if g.one(2) {
		g.put(g.lf)
	}
}

func (g *generator) comment() {
	g.put("<!--", g.pick("", " x ", "ž - ž", g.lf+"<a>&amp;"+g.lf+g.lf, "]]>"), "-->")
}

func (g *generator) instruction() {
	g.put("<?", g.name(), g.pick("", " ", " x", "  a=\"1\" "+g.lf+" ?", "\t<&>-- ", g.lf+"ř"), "?>")
}

func (g *generator) text() {
	for range g.r.IntN(4) {
		g.put(g.pick("12.50", "Kůň &amp; kráva", "&amp;", "&lt;b&gt;", "&#13;", "&#xA;", "&#x9;", "&quot;&apos;", "'\"", " > ]] >", g.lf+"    ", "\t",
			"<![CDATA[]]>", "<![CDATA[<&>\"]]]>", "<![CDATA["+g.lf+" ]>]]>", "&#x159;&#128512;", "😀", "\u00a0", "\u0085\u2028", "] "))
	}
}

func (g *generator) value() string {
	q := g.pick(`"`, `'`)
	v := ""
	for range g.r.IntN(4) {
		v += g.pick("x", "0.00", "&amp;", "&lt;", ">", "&#13;&#10;&#9;", "\t", g.lf, " "+g.lf+" ", "&quot;", "&apos;", "č", "&#x41;", strings.Trim(`'"`, q), "  ")
	}
	return q + v + q
}

func (g *generator) lookup(p string) (string, bool) {
	for _, m := range slices.Backward(g.ns) {
		if u, ok := m[p]; ok {
			return u, true
		}
	}
	return "", false
}

// prefix returns a prefix in scope with its colon, or "".
func (g *generator) prefix() string {
	if p := g.pick("p", "q", "ř", "z", ""); p != "" {
		if _, ok := g.lookup(p); ok {
			return p + ":"
		}
	}
	return ""
}

func (g *generator) element(depth int) {
	g.left--
	here := make(map[string]string)
	g.ns = append(g.ns, here)
	var attrs []string
	for range g.r.IntN(3) {
		p := g.pick("", "p", "q", "ř", "z", "p")
		// No & in a namespace name: libxml2 2.9.14 does not escape it.
		u := g.pick("urn:a", "urn:b", "http://x.cz/?a=1;b='2'", "urn:a")
		if p == "" && g.one(3) {
			u = ""
		}
		if _, ok := here[p]; ok {
			continue
		}
		here[p] = u
		if p != "" {
			p = ":" + p
		}
		attrs = append(attrs, "xmlns"+p+g.pick("=", " = ")+`"`+u+`"`)
	}
	used := make(map[string]bool)
	for range g.r.IntN(5) {
		p, local := g.prefix(), g.name()
		u := ""
		if p != "" {
			u, _ = g.lookup(strings.TrimSuffix(p, ":"))
		}
		if used[u+" "+local] {
			continue
		}
		used[u+" "+local] = true
		attrs = append(attrs, p+local+g.pick("=", "=", g.lf+"= ")+g.value())
	}
	for _, x := range []string{"xml:lang", "xml:space", "xml:base"} {
		if g.one(8) {
			attrs = append(attrs, x+"="+g.pick(`"preserve"`, `"cs"`, `"default"`))
		}
	}
	name := g.prefix() + g.name()
	if g.targets == 0 && depth > 1 && g.one(4) {
		g.targets++
		attrs = append(attrs, `xmlns:t="urn:target"`, `Id="target"`)
		here["t"] = "urn:target"
		name = "t:target"
	}
	g.r.Shuffle(len(attrs), func(i, j int) { attrs[i], attrs[j] = attrs[j], attrs[i] })
	g.put("<", name)
	for _, a := range attrs {
		g.put(g.pick(" ", "  ", g.lf, "\t"), a)
	}
	g.put(g.pick("", "", " "))
	insert := depth == 1 && g.insert != ""
	if g.one(6) && !insert && depth > 1 {
		g.put("/>")
		g.ns = g.ns[:len(g.ns)-1]
		return
	}
	g.put(">")
	for g.left > 0 && (depth == 1 || !g.one(4)) {
		switch g.r.IntN(6) {
		case 0, 1:
			g.text()
		case 2:
			g.comment()
		case 3:
			g.instruction()
		default:
			if depth < 12 {
				g.element(depth + 1)
			}
		}
	}
	if depth == 1 && g.insert != "" {
		if g.targets == 0 {
			g.put(`<t:target xmlns:t="urn:target" Id="target"/>`)
		}
		g.put(g.insert)
	}
	g.put("</", name, g.pick("", "", g.lf), ">")
	g.ns = g.ns[:len(g.ns)-1]
}

// mutate spoils a document, most of the time.
func mutate(seed uint64, doc string) string {
	r := rand.New(rand.NewPCG(seed, 2))
	b := []byte(doc)
	for range 1 + r.IntN(2) {
		i := r.IntN(len(b))
		j := min(len(b), i+1+r.IntN(4))
		switch r.IntN(6) {
		case 0:
			b = slices.Delete(b, i, j)
		case 1:
			b = slices.Insert(b, i, slices.Clone(b[i:j])...)
		case 2:
			const likely = "<>&;\"'=/!?-[]: xa1\n\r\x01\xc3\xff"
			b[i] = likely[r.IntN(len(likely))]
		case 3:
			k := r.IntN(len(b))
			b[i], b[k] = b[k], b[i]
		case 4:
			b = b[:max(1, i)]
		case 5:
			s := []string{"<a/>", "</a>", "&x;", "]]>", "--", " p:x=''", " a='' a=''", "<?xml?>", "&#0;", "<![CDATA[", "<!--", "-->", "?>", "xmlns:p=''", "\u00d7"}
			b = slices.Insert(b, i, []byte(s[r.IntN(len(s))])...)
		}
	}
	return string(b)
}

func seedName(seed uint64) string { return fmt.Sprintf("%04d.xml", seed) }
