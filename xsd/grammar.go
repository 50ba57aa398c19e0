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
}

var (
	facetProduction  = production{"value fixed", nil}
	complexChildren  = []string{"simpleContent complexContent ?", "group all choice sequence ?", attributeChildren, "anyAttribute ?"}
	identityChildren = []string{"selector ?", "field *"}
)

// productionOf returns the production of an element, which can depend on its parent.
func productionOf(parent, name string) (production, bool) {
	if p, ok := grammar[parent+"/"+name]; ok {
		return p, true
	}
	p, ok := grammar[name]
	return p, ok
}

// checkGrammar checks the shape of n and of everything inside it.
func checkGrammar(parent string, n *node) {
	p, ok := productionOf(parent, n.name)
	if !ok {
		fail(n, "s4s-elt-invalid", "<%s> is no element of a schema document", n.name)
	}
	for _, a := range n.attrs {
		switch {
		case a.uri == xsdURI:
			fail(n, "s4s-att-not-allowed", "the attribute %s is in the namespace of XML Schema", a.local)
		case a.uri == "" && a.local == "id":
			if !isNCName([]byte(collapse(a.value))) {
				fail(n, "s4s-att-invalid-value", "id=%q is no NCName", a.value)
			}
		case a.uri == "" && !hasWord(p.attrs, a.local):
			fail(n, "s4s-att-not-allowed", "the attribute %s may not stand on <%s>", a.local, n.name)
		}
	}
	n.dropAnnotations()
	g, count := 0, 0
	for _, k := range n.children {
		for ; g < len(p.children); g, count = g+1, 0 {
			if hasWord(p.children[g], k.name) && (count == 0 || strings.HasSuffix(p.children[g], "*")) {
				break
			}
		}
		if g == len(p.children) {
			fail(k, "s4s-elt-must-match", "<%s> may not stand here in <%s>", k.name, n.name)
		}
		if count++; n.name == "schema" && g == 1 {
			// Includes, imports and annotations come first. Components may follow in any order.
			count = 0
		}
		checkGrammar(n.name, k)
	}
}

// dropAnnotations removes annotations. It checks that an annotation is the first
// child, except in a schema, where it may be anywhere.
func (n *node) dropAnnotations() {
	kept := n.children[:0]
	for i, k := range n.children {
		if k.name != "annotation" {
			kept = append(kept, k)
			continue
		}
		if i > 0 && n.name != "schema" && n.name != "redefine" {
			fail(k, "s4s-elt-must-match", "<annotation> may stand once, and first, in <%s>", n.name)
		}
		for _, a := range k.attrs {
			if a.uri == "" && a.local != "id" {
				fail(k, "s4s-att-not-allowed", "the attribute %s may not stand on <annotation>", a.local)
			}
		}
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
