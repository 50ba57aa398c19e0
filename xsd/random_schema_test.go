package xsd

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// randomSchema writes schemas of every kind of component. Most compile; which
// do not is for both sides to say.
type randomSchema struct {
	*rand.Rand
	simple  []string // names of simple types that may be used so far
	complex []string
	valued  map[string]bool // complex types with simple content
	groups  []string
	agroups []string
	heads   []string // global elements
	global  []string // global attributes
	n       int
}

func (r *randomSchema) one(words ...string) string { return words[r.IntN(len(words))] }

func (r *randomSchema) maybe(n int, s string) string {
	if r.IntN(n) == 0 {
		return s
	}
	return ""
}

func (r *randomSchema) fresh(p string) string { r.n++; return fmt.Sprintf("%s%d", p, r.n) }

var randomBuiltins = strings.Fields("x:string x:token x:normalizedString x:int x:decimal x:integer x:boolean x:date x:dateTime x:time x:gYear x:gMonthDay x:duration x:float x:double x:hexBinary x:base64Binary x:anyURI x:NCName x:NMTOKEN x:NMTOKENS x:language x:byte x:unsignedByte x:positiveInteger x:QName")

// literals are values around which facets are put.
var literals = map[string][]string{
	"x:string": {"a", "ab", " a  b ", "abc", "č"}, "x:token": {"a", "ab", "a b"}, "x:normalizedString": {"a", "ab", "a  b"},
	"x:int": {"-1", "0", "1", "5", "007"}, "x:decimal": {"-1", "0", "1.5", "1.50", "10"}, "x:integer": {"-1", "0", "1", "5"}, "x:boolean": {"true", "0"},
	"x:date": {"2020-02-29", "2021-01-01", "2021-01-01Z", "1999-12-31+02:00"}, "x:dateTime": {"2020-02-29T12:00:00", "2021-01-01T00:00:00Z", "2020-12-31T24:00:00Z"},
	"x:time": {"12:00:00", "00:00:00Z", "23:59:59.5"}, "x:gYear": {"2020", "1999"}, "x:gMonthDay": {"--02-29", "--12-31"},
	"x:duration": {"P1Y", "P12M", "P1D", "PT24H", "P30D", "P1M"}, "x:float": {"1", "1.0", "-0", "INF", "1e3"}, "x:double": {"1", "1.0", "0", "-INF", "1000"},
	"x:hexBinary": {"0a", "0A", "0a0b"}, "x:base64Binary": {"AAAA", "AA==", "AAAAAAAA"}, "x:anyURI": {"a", "http://a/b", "#x"}, "x:NCName": {"a", "b", "ab"},
	"x:NMTOKEN": {"a", "1", "a:b"}, "x:NMTOKENS": {"a b", "1", "a b c"}, "x:language": {"cs", "cs-CZ"}, "x:byte": {"-1", "0", "1", "5"}, "x:unsignedByte": {"0", "1", "5"},
	"x:positiveInteger": {"1", "5", "10"}, "x:QName": {"t:a", "t:b", "x:int"},
}

// facetKinds are the facets that apply: enumeration, pattern, length, bounds, digits.
var facetKinds = map[string]string{"x:string": "epl", "x:token": "epl", "x:normalizedString": "epl", "x:int": "epbd", "x:decimal": "epbd", "x:integer": "epbd", "x:boolean": "p",
	"x:date": "epb", "x:dateTime": "epb", "x:time": "epb", "x:gYear": "epb", "x:gMonthDay": "epb", "x:duration": "epb", "x:float": "epb", "x:double": "epb",
	"x:hexBinary": "epl", "x:base64Binary": "epl", "x:anyURI": "epl", "x:NCName": "epl", "x:NMTOKEN": "epl", "x:NMTOKENS": "epl", "x:language": "epl",
	"x:byte": "epbd", "x:unsignedByte": "epbd", "x:positiveInteger": "epbd", "x:QName": "ep"}

func (r *randomSchema) simpleName() string {
	if len(r.simple) > 0 && r.IntN(2) == 0 {
		return r.simple[r.IntN(len(r.simple))]
	}
	return randomBuiltins[r.IntN(len(randomBuiltins))]
}

func (r *randomSchema) facets(base string) string {
	lit := literals[base]
	if lit == nil {
		lit = []string{"1", "a", "0", "a b", "2020-01-01"}
	}
	pick := func() string { return lit[r.IntN(len(lit))] }
	var b strings.Builder
	kinds := facetKinds[base]
	if kinds == "" {
		kinds = "eeepplb"
	}
	for range r.IntN(3) {
		switch kinds[r.IntN(len(kinds))] {
		case 'e':
			for range 1 + r.IntN(3) {
				fmt.Fprintf(&b, `<x:enumeration value="%s"/>`, pick())
			}
		case 'p':
			fmt.Fprintf(&b, `<x:pattern value="%s"/>`, r.one(`[a-c]*`, `.{1,3}`, `\d+`, `-?\d*`, `\c+( \c+)*`, `[^ ]+`, `.*`, `\i\c*|\d`))
		case 'l':
			fmt.Fprintf(&b, `<x:%s value="%d"/>`, r.one("length", "minLength", "maxLength"), r.IntN(4))
		case 'b':
			fmt.Fprintf(&b, `<x:%s value="%s"%s/>`, r.one("minInclusive", "minExclusive", "maxInclusive", "maxExclusive"), pick(), r.maybe(6, ` fixed="true"`))
		case 'd':
			fmt.Fprintf(&b, `<x:%s value="%s"/>`, r.one("totalDigits", "fractionDigits"), r.one("1", "2", "3"))
		}
	}
	return b.String() + r.maybe(20, fmt.Sprintf(`<x:whiteSpace value="%s"/>`, r.one("preserve", "replace", "collapse")))
}

func (r *randomSchema) simpleType(name string) string {
	head := `<x:simpleType` + r.maybe(10, ` final="`+r.one("restriction", "list", "union", "#all")+`"`) + ` name="` + name + `">`
	switch r.IntN(6) {
	case 0:
		return head + `<x:list itemType="` + r.simpleName() + `"/></x:simpleType>`
	case 1:
		return head + `<x:union memberTypes="` + r.simpleName() + " " + r.simpleName() + `"/></x:simpleType>`
	}
	base := r.simpleName()
	return head + `<x:restriction base="` + base + `">` + r.facets(base) + `</x:restriction></x:simpleType>`
}

func (r *randomSchema) occurs() string {
	switch r.IntN(6) {
	case 0:
		return ` minOccurs="0"`
	case 1:
		return ` maxOccurs="unbounded"`
	case 2:
		return fmt.Sprintf(` minOccurs="%d" maxOccurs="%d"`, r.IntN(2), 2+r.IntN(2))
	}
	return ""
}

func (r *randomSchema) typeName() string {
	if len(r.complex) > 0 && r.IntN(2) == 0 {
		return r.complex[r.IntN(len(r.complex))]
	}
	return r.simpleName()
}

func (r *randomSchema) value(typ string) string {
	lit := literals[typ]
	if lit == nil || r.IntN(4) > 0 {
		return ""
	}
	return fmt.Sprintf(` %s="%s"`, r.one("default", "fixed"), lit[r.IntN(len(lit))])
}

func (r *randomSchema) element(names string) string {
	if len(r.heads) > 0 && r.IntN(3) == 0 {
		return `<x:element ref="` + r.heads[r.IntN(len(r.heads))] + `"` + r.occurs() + `/>`
	}
	typ := r.typeName()
	if r.IntN(15) == 0 {
		return `<x:element name="` + string(names[r.IntN(len(names))]) + `"` + r.occurs() + `>` + r.complexBody(1) + `</x:element>`
	}
	return `<x:element name="` + string(names[r.IntN(len(names))]) + `" type="` + typ + `"` + r.occurs() + r.maybe(5, ` nillable="true"`) + r.value(typ) +
		r.maybe(12, ` form="unqualified"`) + r.maybe(12, ` block="`+r.one("extension", "restriction", "#all")+`"`) + `/>`
}

func (r *randomSchema) wildcard() string {
	return r.one(``, ` namespace="##other"`, ` namespace="##local"`, ` namespace="##targetNamespace ##local"`, ` namespace="urn:o"`, ` namespace="##any"`) +
		r.one(``, ` processContents="lax"`, ` processContents="skip"`)
}

func (r *randomSchema) content(depth int) string {
	if depth == 0 && r.IntN(6) == 0 {
		var b strings.Builder
		for _, n := range []string{"a", "b", "c"} {
			if r.IntN(4) > 0 {
				b.WriteString(`<x:element name="` + n + `" type="` + r.typeName() + `"` + r.maybe(2, ` minOccurs="0"`) + `/>`)
			}
		}
		return "<x:all" + r.maybe(3, ` minOccurs="0"`) + ">" + b.String() + "</x:all>"
	}
	if len(r.groups) > 0 && r.IntN(6) == 0 {
		return `<x:group ref="` + r.groups[r.IntN(len(r.groups))] + `"` + r.occurs() + `/>`
	}
	kind := r.one("sequence", "sequence", "choice")
	var b strings.Builder
	names := "abcdef"
	for range max(r.IntN(4), r.IntN(2)) {
		switch {
		case r.IntN(8) == 0:
			b.WriteString(`<x:any` + r.wildcard() + r.occurs() + `/>`)
		case depth < 2 && r.IntN(5) == 0:
			b.WriteString(r.content(depth + 1))
		default:
			b.WriteString(r.element(names))
		}
	}
	if b.Len() == 0 {
		kind = "sequence" // nothing meets an empty choice
	}
	return "<x:" + kind + r.occurs() + ">" + b.String() + "</x:" + kind + ">"
}

func (r *randomSchema) attributes() string {
	var b strings.Builder
	for _, n := range []string{"p", "q", "s", "u", "v", "w"} {
		if r.IntN(6) > 0 {
			continue
		}
		typ := r.simpleName()
		use := r.one("", "", ` use="required"`, ` use="optional"`, ` use="prohibited"`)
		v := r.value(typ)
		if strings.Contains(v, "default") {
			use = ""
		}
		b.WriteString(`<x:attribute name="` + n + `" type="` + typ + `"` + use + v + r.maybe(8, ` form="qualified"`) + `/>`)
	}
	if len(r.global) > 0 {
		b.WriteString(r.maybe(5, `<x:attribute ref="`+r.global[r.IntN(len(r.global))]+`"`+r.maybe(3, ` use="required"`)+`/>`))
	}
	if len(r.agroups) > 0 {
		b.WriteString(r.maybe(4, `<x:attributeGroup ref="`+r.agroups[r.IntN(len(r.agroups))]+`"/>`))
	}
	return b.String() + r.maybe(5, `<x:anyAttribute`+r.wildcard()+`/>`)
}

// complexBody returns an anonymous type.
func (r *randomSchema) complexBody(depth int) string {
	return "<x:complexType" + r.maybe(6, ` mixed="true"`) + ">" + r.content(depth) + r.attributes() + "</x:complexType>"
}

func (r *randomSchema) complexType(name string) string {
	head := `<x:complexType name="` + name + `"` + r.maybe(8, ` abstract="true"`) + r.maybe(12, ` final="`+r.one("extension", "restriction", "#all")+`"`) +
		r.maybe(12, ` block="`+r.one("extension", "restriction", "#all")+`"`)
	how := r.one("extension", "extension", "restriction")
	switch k := r.IntN(8); {
	case k == 0:
		r.valued[name] = true
		base := r.simpleName()
		return head + `><x:simpleContent><x:extension base="` + base + `">` + r.attributes() + `</x:extension></x:simpleContent></x:complexType>`
	case k == 1 && len(r.withValue()) > 0:
		c := r.withValue()
		r.valued[name] = true
		f := ""
		if how == "restriction" {
			f = r.facets("")
		}
		return head + `><x:simpleContent><x:` + how + ` base="` + c[r.IntN(len(c))] + `">` + f + r.attributes() + `</x:` + how + `></x:simpleContent></x:complexType>`
	case k < 5 && len(r.complex) > 0:
		return head + `><x:complexContent` + r.maybe(6, ` mixed="true"`) + `><x:` + how + ` base="` + r.complex[r.IntN(len(r.complex))] + `">` + r.maybe2(r.content(0)) + r.attributes() + `</x:` + how + `></x:complexContent></x:complexType>`
	}
	return head + r.maybe(6, ` mixed="true"`) + `>` + r.maybe2(r.content(0)) + r.attributes() + `</x:complexType>`
}

func (r *randomSchema) maybe2(s string) string {
	if r.IntN(4) == 0 {
		return ""
	}
	return s
}

func (r *randomSchema) withValue() []string {
	var c []string
	for _, n := range r.complex {
		if r.valued[n] {
			c = append(c, n)
		}
	}
	return c
}

// write returns a schema whose root element is r.
func (r *randomSchema) write() string {
	var b strings.Builder
	b.WriteString(`<x:schema xmlns:x="` + xsdURI + `" xmlns="urn:t" xmlns:t="urn:t" targetNamespace="urn:t" elementFormDefault="qualified"` + r.maybe(10, ` blockDefault="`+r.one("extension", "restriction", "substitution", "#all")+`"`) +
		r.maybe(10, ` finalDefault="`+r.one("extension", "restriction", "list", "#all")+`"`) + r.maybe(8, ` attributeFormDefault="qualified"`) + ">\n")
	line := func(s string) { b.WriteString(s + "\n") }
	for range r.IntN(5) {
		n := r.fresh("s")
		line(r.simpleType(n))
		r.simple = append(r.simple, n)
	}
	for range r.IntN(2) {
		n := r.fresh("ga")
		typ := r.simpleName()
		line(`<x:attribute name="` + n + `" type="` + typ + `"` + r.value(typ) + `/>`)
		r.global = append(r.global, n)
	}
	for range r.IntN(2) {
		n := r.fresh("ag")
		line(`<x:attributeGroup name="` + n + `">` + r.attributes() + `</x:attributeGroup>`)
		r.agroups = append(r.agroups, n)
	}
	for range 1 + r.IntN(5) {
		n := r.fresh("c")
		line(r.complexType(n))
		r.complex = append(r.complex, n)
		if r.IntN(3) == 0 {
			n := r.fresh("h")
			typ := r.typeName()
			head := ""
			if len(r.heads) > 0 && r.IntN(2) == 0 {
				head = ` substitutionGroup="` + r.heads[r.IntN(len(r.heads))] + `"`
				if r.IntN(2) == 0 {
					typ = ""
				}
			}
			if typ != "" {
				typ = ` type="` + typ + `"`
			}
			line(`<x:element name="` + n + `"` + typ + head + r.maybe(6, ` abstract="true"`) + r.maybe(6, ` nillable="true"`) + r.maybe(10, ` block="`+r.one("substitution", "extension", "restriction", "#all")+`"`) + r.maybe(10, ` final="`+r.one("extension", "restriction", "#all")+`"`) + `/>`)
			r.heads = append(r.heads, n)
		}
		if r.IntN(5) == 0 {
			n := r.fresh("g")
			c := r.content(1)
			if !strings.HasPrefix(c, "<x:group") {
				c = "<x:sequence>" + c + "</x:sequence>"
				line(`<x:group name="` + n + `">` + c + `</x:group>`)
				r.groups = append(r.groups, n)
			}
		}
	}
	idc := ""
	if r.IntN(4) == 0 {
		sel := r.one("t:a", ".//t:a", "t:a|t:b", "*", ".//*", ".", "t:a/t:b", "t:*")
		f := r.one("@p", "t:b", ".", "@p|@q", "t:b|t:c", "@*", "t:b/@p")
		idc = `<x:` + r.one("key", "unique") + ` name="k"><x:selector xpath="` + sel + `"/><x:field xpath="` + f + `"/></x:K>`
		idc = strings.Replace(idc, "x:K>", idc[1:strings.Index(idc, " ")]+">", 1)
		idc += r.maybe(2, `<x:keyref name="kr" refer="k"><x:selector xpath="`+r.one(sel, "t:c", ".//t:b")+`"/><x:field xpath="`+r.one(f, ".", "@s")+`"/></x:keyref>`)
	}
	if r.IntN(3) == 0 {
		line(`<x:element name="r" type="` + r.complex[r.IntN(len(r.complex))] + `">` + idc + `</x:element>`)
	} else {
		line(`<x:element name="r">` + r.complexBody(0) + idc + `</x:element>`)
	}
	b.WriteString("</x:schema>")
	return b.String()
}
