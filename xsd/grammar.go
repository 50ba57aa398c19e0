package xsd

import (
	"strings"
	"unicode/utf8"
)

// production says what an element of a schema document may hold: attributes, and
// children as groups in order, each "names…" with ? or * for the occurrences of
// the group (XSD1 appendix A; annotations are removed before).
type production struct {
	attrs    string
	children []string
}

const (
	facetChildren     = "minExclusive minInclusive maxExclusive maxInclusive totalDigits fractionDigits length minLength maxLength enumeration whiteSpace pattern *"
	attributeChildren = "attribute attributeGroup *"
	occurs            = " minOccurs maxOccurs"
)

var grammar = map[string]production{
	"schema": {"targetNamespace version finalDefault blockDefault attributeFormDefault elementFormDefault",
		[]string{"include import redefine *", "simpleType complexType group attributeGroup element attribute notation *"}},
	"include":                    {"schemaLocation", nil},
	"import":                     {"namespace schemaLocation", nil},
	"redefine":                   {"schemaLocation", []string{"simpleType complexType group attributeGroup *"}},
	"notation":                   {"name public system", nil},
	"schema/element":             {"name type default fixed nillable abstract final block substitutionGroup", []string{"simpleType complexType ?", "unique key keyref *"}},
	"element":                    {"name ref type default fixed nillable block form" + occurs, []string{"simpleType complexType ?", "unique key keyref *"}},
	"schema/attribute":           {"name type default fixed", []string{"simpleType ?"}},
	"attribute":                  {"name ref type default fixed form use", []string{"simpleType ?"}},
	"schema/complexType":         {"name mixed abstract final block", complexChildren},
	"complexType":                {"mixed", complexChildren},
	"schema/simpleType":          {"name final", []string{"restriction list union ?"}},
	"simpleType":                 {"", []string{"restriction list union ?"}},
	"schema/group":               {"name", []string{"all choice sequence ?"}},
	"group":                      {"ref" + occurs, nil},
	"schema/attributeGroup":      {"name", []string{attributeChildren, "anyAttribute ?"}},
	"attributeGroup":             {"ref", nil},
	"all":                        {occurs, []string{"element *"}},
	"group/all":                  {"", []string{"element *"}},
	"choice":                     {occurs, []string{"element group choice sequence any *"}},
	"sequence":                   {occurs, []string{"element group choice sequence any *"}},
	"group/choice":               {"", []string{"element group choice sequence any *"}},
	"group/sequence":             {"", []string{"element group choice sequence any *"}},
	"any":                        {"namespace processContents" + occurs, nil},
	"anyAttribute":               {"namespace processContents", nil},
	"simpleContent":              {"", []string{"restriction extension ?"}},
	"complexContent":             {"mixed", []string{"restriction extension ?"}},
	"simpleType/restriction":     {"base", []string{"simpleType ?", facetChildren}},
	"simpleContent/restriction":  {"base", []string{"simpleType ?", facetChildren, attributeChildren, "anyAttribute ?"}},
	"complexContent/restriction": {"base", []string{"group all choice sequence ?", attributeChildren, "anyAttribute ?"}},
	"simpleContent/extension":    {"base", []string{attributeChildren, "anyAttribute ?"}},
	"complexContent/extension":   {"base", []string{"group all choice sequence ?", attributeChildren, "anyAttribute ?"}},
	"list":                       {"itemType", []string{"simpleType ?"}},
	"union":                      {"memberTypes", []string{"simpleType *"}},
	"unique":                     {"name", identityChildren},
	"key":                        {"name", identityChildren},
	"keyref":                     {"name refer", identityChildren},
	"selector":                   {"xpath", nil},
	"field":                      {"xpath", nil},
	"pattern":                    {"value", nil},
	"enumeration":                {"value", nil},
	"minExclusive":               facetProduction,
	"minInclusive":               facetProduction,
	"maxExclusive":               facetProduction,
	"maxInclusive":               facetProduction,
	"totalDigits":                facetProduction,
	"fractionDigits":             facetProduction,
	"length":                     facetProduction,
	"minLength":                  facetProduction,
	"maxLength":                  facetProduction,
	"whiteSpace":                 facetProduction,
	"annotation":                 {"", []string{"appinfo documentation *"}},
	"appinfo":                    {"source", nil},
	"documentation":              {"source", nil},
}

var (
	facetProduction  = production{"value fixed", nil}
	complexChildren  = []string{"simpleContent complexContent ?", "group all choice sequence ?", attributeChildren, "anyAttribute ?"}
	identityChildren = []string{"selector ?", "field *"}
)

// productionOf returns the production of an element, which can depend on its parent.
func productionOf(parent, name string) (production, bool) {
	if parent == "redefine" {
		parent = "schema" // what it redefines is global
	}
	if p, ok := grammar[parent+"/"+name]; ok {
		return p, true
	}
	p, ok := grammar[name]
	return p, ok
}

// checkGrammar checks the shape of a schema, and the values of attributes that
// nothing else reads.
func checkGrammar(root *node) {
	(&grammarCheck{ids: map[string]bool{}}).element("", root)
}

// grammarCheck holds what must be unique in a schema document.
type grammarCheck struct{ ids map[string]bool }

func (g *grammarCheck) element(parent string, n *node) {
	p, ok := productionOf(parent, n.name)
	if !ok {
		fail(n, "s4s-elt-invalid", "<%s> is no element of a schema document", n.name)
	}
	for _, a := range n.attrs {
		g.attribute(n, p, a)
	}
	g.annotations(n)
	at, count := 0, 0
	for _, k := range n.children {
		for ; at < len(p.children); at, count = at+1, 0 {
			if hasWord(p.children[at], k.name) && (count == 0 || strings.HasSuffix(p.children[at], "*")) {
				break
			}
		}
		if at == len(p.children) {
			fail(k, "s4s-elt-must-match", "<%s> may not stand here in <%s>", k.name, n.name)
		}
		if count++; n.name == "schema" && at == 1 {
			// Includes, imports and annotations come first. Components may follow in any order.
			count = 0
		}
		g.element(n.name, k)
	}
}

// attribute checks one attribute of n: whether it may stand there, and its value
// where it is an identifier or belongs to the namespace xml.
func (g *grammarCheck) attribute(n *node, p production, a nodeAttr) {
	bad := func(what string) { fail(n, "s4s-att-invalid-value", "%s=%q is no %s", a.local, a.value, what) }
	v := collapse(a.value)
	switch {
	case a.uri == xsdURI:
		fail(n, "s4s-att-not-allowed", "the attribute %s is in the namespace of XML Schema", a.local)
	case a.uri == "" && a.local == "id" && n.name != "appinfo" && n.name != "documentation":
		if !isNCName([]byte(v)) {
			bad("NCName")
		}
		if g.ids[v] {
			fail(n, "s4s-att-invalid-value", "the identifier %q stands twice in the document", v)
		}
		g.ids[v] = true
	case a.uri == "" && !hasWord(p.attrs, a.local):
		fail(n, "s4s-att-not-allowed", "the attribute %s may not stand on <%s>", a.local, n.name)
	case a.uri == "" && hasWord("source schemaLocation system namespace targetNamespace", a.local) && n.name != "any" && n.name != "anyAttribute":
		if !isURI([]byte(v)) {
			bad("anyURI")
		}
	case a.uri == xmlURI && a.local == "lang":
		// The schema of schemas imports the declaration of 2001, which has no empty value.
		if !isLanguage([]byte(v)) {
			bad("language")
		}
	case a.uri == xmlURI && a.local == "space":
		if v != "default" && v != "preserve" {
			bad("value of xml:space")
		}
	case a.uri == xmlURI && a.local == "base":
		if !isURI([]byte(v)) {
			bad("anyURI")
		}
	}
}

// annotations checks the annotations of n and removes them. An annotation is the
// first child, except in a schema, where it may be anywhere.
func (g *grammarCheck) annotations(n *node) {
	kept := n.children[:0]
	for i, k := range n.children {
		if k.name != "annotation" {
			kept = append(kept, k)
			continue
		}
		if i > 0 && n.name != "schema" && n.name != "redefine" || n.name == "annotation" {
			fail(k, "s4s-elt-must-match", "<annotation> may stand once, and first, in <%s>", n.name)
		}
		g.element(n.name, k)
	}
	n.children = kept
}

func hasWord(words, w string) bool {
	for words != "" {
		var f string
		f, words, _ = strings.Cut(words, " ")
		if f == w && f != "" {
			return true
		}
	}
	return false
}

// Values of attributes of a schema document.

func (n *node) boolean(local string, otherwise bool) bool {
	v, ok := n.attr(local)
	if !ok {
		return otherwise
	}
	switch collapse(v) {
	case "true", "1":
		return true
	case "false", "0":
		return false
	}
	fail(n, "s4s-att-invalid-value", "%s=%q is no boolean", local, v)
	return false
}

// oneOf returns the attribute's value, or the first of choices if it is absent.
func (n *node) oneOf(local string, choices ...string) string {
	v, ok := n.attr(local)
	if !ok {
		return choices[0]
	}
	v = collapse(v)
	for _, c := range choices {
		if v == c {
			return v
		}
	}
	fail(n, "s4s-att-invalid-value", "%s=%q is none of %s", local, v, strings.Join(choices, ", "))
	return ""
}

// ncName returns the value of a required attribute that holds an NCName.
func (n *node) ncName(local string) string {
	v, ok := n.attr(local)
	if !ok {
		fail(n, "s4s-att-must-appear", "the attribute %s is missing on <%s>", local, n.name)
	}
	v = collapse(v)
	if !isNCName([]byte(v)) {
		fail(n, "s4s-att-invalid-value", "%s=%q is no NCName", local, v)
	}
	return v
}

// count returns a number of occurrences, at most maxCount.
func (n *node) count(local string, otherwise int64) int64 {
	v, ok := n.attr(local)
	if !ok {
		return otherwise
	}
	c, ok := parseCount(collapse(v))
	if !ok {
		fail(n, "s4s-att-invalid-value", "%s=%q is no number", local, v)
	}
	return c
}

// parseCount reads a nonNegativeInteger.
func parseCount(v string) (int64, bool) {
	v = strings.TrimPrefix(v, "+")
	if v == "" {
		return 0, false
	}
	if strings.Trim(v, "-0") == "" && strings.LastIndexByte(v, '-') == 0 && len(v) > 1 {
		return 0, true
	}
	var c int64
	for i := range len(v) {
		if v[i] < '0' || v[i] > '9' {
			return 0, false
		}
		if c = c*10 + int64(v[i]-'0'); c > maxCount {
			c = maxCount
		}
	}
	return c, true
}

const maxCount = 1 << 50

// collapse applies whiteSpace="collapse", which knows only the white space of XML.
func collapse(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r < utf8.RuneSelf && isSpace(byte(r)) }), " ")
}
