package xsd

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"csuis-offline/c14n"
)

// tag is an element of a document that is about to be damaged.
type tag struct {
	name  string // as written
	attrs [][2]string
	kids  []any // *tag or string
	up    *tag
}

func plant(t testing.TB, doc []byte) *tag {
	t.Helper()
	top := &tag{}
	cur := top
	sc := c14n.NewScanner(bytes.NewReader(doc))
	for {
		tok, err := sc.Next()
		if err == io.EOF {
			return top.kids[len(top.kids)-1].(*tag)
		}
		if err != nil {
			t.Fatal(err)
		}
		switch tok.Kind {
		case c14n.Start:
			e := &tag{name: written(tok.Prefix, tok.Local), up: cur}
			for _, a := range tok.Attrs {
				e.attrs = append(e.attrs, [2]string{written(a.Prefix, a.Local), string(a.Value)})
			}
			cur.kids = append(cur.kids, e)
			cur = e
		case c14n.End:
			cur = cur.up
		case c14n.Text:
			if cur != top {
				cur.kids = append(cur.kids, string(tok.Text))
			}
		}
	}
}

func written(prefix, local []byte) string {
	if len(prefix) == 0 {
		return string(local)
	}
	return string(prefix) + ":" + string(local)
}

func (e *tag) write(b *bytes.Buffer) {
	b.WriteString("<" + e.name)
	for _, a := range e.attrs {
		b.WriteString(" " + a[0] + `="`)
		xml.EscapeText(b, []byte(a[1]))
		b.WriteByte('"')
	}
	b.WriteByte('>')
	for _, k := range e.kids {
		if s, ok := k.(string); ok {
			xml.EscapeText(b, []byte(s))
		} else {
			k.(*tag).write(b)
		}
	}
	b.WriteString("</" + e.name + ">")
}

func (e *tag) text() []byte {
	var b bytes.Buffer
	b.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
	e.write(&b)
	b.WriteByte('\n')
	return b.Bytes()
}

func (e *tag) clone() *tag {
	c := &tag{name: e.name, attrs: append([][2]string(nil), e.attrs...)}
	for _, k := range e.kids {
		if s, ok := k.(*tag); ok {
			n := s.clone()
			n.up = c
			c.kids = append(c.kids, n)
		} else {
			c.kids = append(c.kids, k)
		}
	}
	return c
}

func (e *tag) all(dst []*tag) []*tag {
	dst = append(dst, e)
	for _, k := range e.kids {
		if s, ok := k.(*tag); ok {
			dst = s.all(dst)
		}
	}
	return dst
}

func (e *tag) place() int {
	for i, k := range e.up.kids {
		if k == any(e) {
			return i
		}
	}
	return -1
}

// leaf tells whether an element holds no elements.
func (e *tag) leaf() bool {
	for _, k := range e.kids {
		if _, ok := k.(*tag); ok {
			return false
		}
	}
	return true
}

var values = strings.Split("| |0|1|-1|+1|00|1.0|1.50|-0.01|.5|5.|1,5|1e5|-1.5E-3|INF|-INF|NaN|+INF|true|false|TRUE|2020-02-30|2020-02-29|2021-02-29|2020-01-01Z|2020-01-01+14:00|2020-01-01+14:01|0000-01-01|-0001-01-01|12020-01-01|2020-1-1|24:00:00|24:00:01|12:00:60|12:00:00.0|12:00|2020-01-01T24:00:00|2020-01-01T12:00:00.123Z|2020-01-01T12:00|P1Y|P|P1M2D|-P1D|PT1.5S|P1YT|P1.5Y|--02-29|--02-30|---31|---32|--12|--13|--12--|2020|020|2020-13|a|A|abc|a:b|:a|a:|xs:int|1a|-a|_|AAAA|AAA=|AA==|AB==|A A A A|0a|0A0b|0g|a b|a  b| a |č|ěšč|ABC|AB12|x|xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx|12345678901234567890|99999999999999999999999|127|128|-129|255|256|65536|2147483648|-2147483649|9223372036854775808|18446744073709551616|http://a b/ě?x#y|http://a:b/|a%zz|##|[|cs-CZ|abcdefghi|x-123456789|a,b|none|1 2|1 2 3|1 none|CZK|00006947|A.I.1.|\t\n", "|")

// mutant damages a copy of a document once or twice.
func mutant(rnd *rand.Rand, doc *tag, types []string, schema bool) (*tag, string) {
	root := doc.clone()
	root.up = &tag{kids: []any{root}}
	var what []string
	n := 1
	if rnd.IntN(6) == 0 {
		n = 2
	}
	for range n {
		what = append(what, damage(rnd, root, types, schema))
	}
	return root, strings.Join(what, ", ")
}

func damage(rnd *rand.Rand, root *tag, types []string, schema bool) string {
	all := root.all(nil)
	if schema {
		return damageSchema(rnd, all)
	}
	for range 20 {
		e := all[rnd.IntN(len(all))]
		k := rnd.IntN(22)
		if e == root && (k < 3 || k == 4) {
			continue
		}
		switch k {
		case 0:
			i := e.place()
			e.up.kids = append(e.up.kids[:i:i], e.up.kids[i+1:]...)
			return "delete " + e.name
		case 1:
			i := e.place()
			c := e.clone()
			c.up = e.up
			e.up.kids = append(e.up.kids[:i:i], append([]any{c}, e.up.kids[i:]...)...)
			return "double " + e.name
		case 2:
			i := e.place()
			for j := i + 1; j < len(e.up.kids); j++ {
				if _, ok := e.up.kids[j].(*tag); ok {
					e.up.kids[i], e.up.kids[j] = e.up.kids[j], e.up.kids[i]
					return "swap " + e.name
				}
			}
		case 3:
			o := all[rnd.IntN(len(all))]
			e.name = o.name
			return "rename to " + e.name
		case 4:
			e.name += "x"
			return "rename to " + e.name
		case 5, 6, 7, 8:
			if e.leaf() {
				v := values[rnd.IntN(len(values))]
				e.kids = []any{v}
				return fmt.Sprintf("%s holds %q", e.name, v)
			}
		case 9, 10, 11:
			if e.leaf() && len(e.kids) > 0 {
				s := e.kids[0].(string)
				s = tweak(rnd, s)
				e.kids = []any{s}
				return fmt.Sprintf("%s holds %q", e.name, s)
			}
		case 12:
			if len(e.attrs) > 0 {
				i := rnd.IntN(len(e.attrs))
				a := e.attrs[i][0]
				if strings.HasPrefix(a, "xmlns:") {
					continue
				}
				e.attrs = append(e.attrs[:i:i], e.attrs[i+1:]...)
				return "without " + a
			}
		case 13, 14:
			if len(e.attrs) > 0 {
				a := &e.attrs[rnd.IntN(len(e.attrs))]
				if strings.HasPrefix(a[0], "xmlns") {
					continue
				}
				if rnd.IntN(2) == 0 {
					a[1] = values[rnd.IntN(len(values))]
				} else {
					a[1] = tweak(rnd, a[1])
				}
				return fmt.Sprintf("%s=%q", a[0], a[1])
			}
		case 15:
			o := all[rnd.IntN(len(all))]
			name, v := "zz", "1"
			if len(o.attrs) > 0 {
				a := o.attrs[rnd.IntN(len(o.attrs))]
				name, v = a[0], a[1]
			}
			if !e.has(name) && !strings.HasPrefix(name, "xmlns") {
				e.attrs = append(e.attrs, [2]string{name, v})
				return "with " + name
			}
		case 16:
			if !e.has("i:nil") && !e.has("xmlns:i") {
				v := []string{"true", "false", "1", "x"}[rnd.IntN(4)]
				e.attrs = append(e.attrs, [2]string{"xmlns:i", xsiURI}, [2]string{"i:nil", v})
				return e.name + " with nil=" + v
			}
		case 17:
			if !e.has("i:type") && !e.has("xmlns:i") && !e.has("xmlns:x") {
				v := types[rnd.IntN(len(types))]
				e.attrs = append(e.attrs, [2]string{"xmlns:x", xsdURI}, [2]string{"xmlns:i", xsiURI}, [2]string{"i:type", v})
				return e.name + " with type=" + v
			}
		case 18:
			if !e.has("xmlns") && !strings.Contains(e.name, ":") {
				v := []string{"", "urn:zz"}[rnd.IntN(2)]
				e.attrs = append(e.attrs, [2]string{"xmlns", v})
				return e.name + " in namespace " + v
			}
		case 19:
			i := rnd.IntN(len(e.kids) + 1)
			s := []string{"text", " ", "1"}[rnd.IntN(3)]
			e.kids = append(e.kids[:i:i], append([]any{s}, e.kids[i:]...)...)
			return fmt.Sprintf("%q in %s", s, e.name)
		case 20:
			o := all[rnd.IntN(len(all))].clone()
			i := rnd.IntN(len(e.kids) + 1)
			o.up = e
			e.kids = append(e.kids[:i:i], append([]any{o}, e.kids[i:]...)...)
			return o.name + " in " + e.name
		case 21:
			e.kids = nil
			return "empty " + e.name
		}
	}
	return "nothing"
}

func (e *tag) has(name string) bool {
	for _, a := range e.attrs {
		if a[0] == name {
			return true
		}
	}
	return false
}

func tweak(rnd *rand.Rand, s string) string {
	r := []rune(s)
	i := rnd.IntN(len(r) + 1)
	switch rnd.IntN(5) {
	case 0:
		if i < len(r) {
			return string(r[:i]) + string(r[i+1:])
		}
		return s + s
	case 1:
		return string(r[:i]) + string([]rune("0123456789aAzZ -.:+/čŽ=")[rnd.IntN(23)]) + string(r[i:])
	case 2:
		return " " + s + "\n"
	case 3:
		return "-" + s
	}
	return s + string([]rune("0123456789aZ-")[rnd.IntN(13)])
}

// damageSchema changes one thing in a schema document.
func damageSchema(rnd *rand.Rand, all []*tag) string {
	builtin := []string{"string", "token", "int", "decimal", "date", "dateTime", "boolean", "NCName", "integer", "byte", "anyURI", "hexBinary", "float", "duration", "NMTOKENS", "positiveInteger", "gYear", "QName"}
	choose := map[string][]string{"minOccurs": {"0", "1", "2", "3"}, "maxOccurs": {"0", "1", "2", "3", "unbounded"}, "use": {"optional", "required", "prohibited"},
		"form": {"qualified", "unqualified"}, "elementFormDefault": {"qualified", "unqualified"}, "processContents": {"strict", "lax", "skip"},
		"namespace": {"##any", "##other", "##local", "##targetNamespace", "urn:x"}, "nillable": {"true", "false"}, "abstract": {"true", "false"}, "mixed": {"true", "false"}}
	for range 50 {
		e := all[1+rnd.IntN(len(all)-1)]
		if e.up == nil || strings.HasPrefix(local(e.name), "documentation") {
			continue
		}
		i := e.place()
		switch rnd.IntN(8) {
		case 0:
			e.up.kids = append(e.up.kids[:i:i], e.up.kids[i+1:]...)
			return "delete " + e.name
		case 1:
			c := e.clone()
			c.up = e.up
			e.up.kids = append(e.up.kids[:i:i], append([]any{c}, e.up.kids[i:]...)...)
			return "double " + e.name
		case 2:
			for j := i + 1; j < len(e.up.kids); j++ {
				if _, ok := e.up.kids[j].(*tag); ok {
					e.up.kids[i], e.up.kids[j] = e.up.kids[j], e.up.kids[i]
					return "swap " + e.name
				}
			}
		case 3:
			name := []string{"minOccurs", "maxOccurs", "nillable", "abstract", "use", "form"}[rnd.IntN(6)]
			if !e.has(name) {
				v := choose[name][rnd.IntN(len(choose[name]))]
				e.attrs = append(e.attrs, [2]string{name, v})
				return fmt.Sprintf("%s with %s=%s", e.name, name, v)
			}
		case 4:
			switch local(e.name) {
			case "sequence", "choice", "all":
				o := []string{"sequence", "choice", "all"}[rnd.IntN(3)]
				s := e.name + " to " + o
				e.name = strings.TrimSuffix(e.name, local(e.name)) + o
				return s
			case "restriction", "extension":
				o := map[string]string{"restriction": "extension", "extension": "restriction"}[local(e.name)]
				e.name = strings.TrimSuffix(e.name, local(e.name)) + o
				return "to " + o
			}
		default:
			if len(e.attrs) == 0 {
				continue
			}
			a := &e.attrs[rnd.IntN(len(e.attrs))]
			switch {
			case strings.HasPrefix(a[0], "xmlns") || a[0] == "schemaLocation":
				continue
			case choose[a[0]] != nil:
				a[1] = choose[a[0]][rnd.IntN(len(choose[a[0]]))]
			case a[0] == "type" || a[0] == "base" || a[0] == "itemType":
				p := strings.TrimSuffix(e.name, local(e.name))
				a[1] = p + builtin[rnd.IntN(len(builtin))]
			case a[0] == "value":
				if rnd.IntN(3) == 0 {
					a[1] = values[rnd.IntN(len(values))]
				} else {
					a[1] = tweak(rnd, a[1])
				}
			case a[0] == "name":
				a[1] += "x"
			default:
				a[1] = values[rnd.IntN(len(values))]
			}
			return fmt.Sprintf("%s %s=%q", e.name, a[0], a[1])
		}
	}
	return "nothing"
}

func local(name string) string {
	if _, l, ok := strings.Cut(name, ":"); ok {
		return l
	}
	return name
}
