package xsd

import (
	"strings"
	"testing"
)

// Each schema breaks a rule about what stands in a schema document, or keeps it.
func TestWhatASchemaDocumentMayHold(t *testing.T) {
	t.Parallel()
	pattern := func(p string) string {
		return `<xs:simpleType name="p"><xs:restriction base="xs:string"><xs:pattern value="` + p + `"/></xs:restriction></xs:simpleType>`
	}
	lengths := func(base, facets string) string {
		return `<xs:simpleType name="five"><xs:restriction base="xs:string"><xs:length value="5"/></xs:restriction></xs:simpleType>` +
			`<xs:simpleType name="l"><xs:restriction base="` + base + `">` + facets + `</xs:restriction></xs:simpleType>`
	}
	doc := func(attrs, in string) string {
		return `<xs:annotation><xs:documentation ` + attrs + `>` + in + `</xs:documentation></xs:annotation>`
	}
	within := func(base, inner string) string {
		return `<xs:complexType name="B"><xs:simpleContent><xs:extension base="` + base + `"/></xs:simpleContent></xs:complexType>` +
			`<xs:complexType name="R"><xs:simpleContent><xs:restriction base="B"><xs:simpleType>` + inner + `</xs:simpleType></xs:restriction></xs:simpleContent></xs:complexType>`
	}
	for name, c := range map[string]struct{ body, rule string }{
		"two identifiers":                    {`<xs:element name="a" id="x"/><xs:element name="b" id="y"/>`, ""},
		"one identifier twice":               {`<xs:element name="a" id="x"/><xs:annotation id=" x "/>`, "s4s-att-invalid-value"},
		"one deep inside":                    {`<xs:element name="a" id="x"><xs:complexType><xs:sequence id="x"/></xs:complexType></xs:element>`, "s4s-att-invalid-value"},
		"an empty identifier":                {`<xs:annotation id=""/>`, "s4s-att-invalid-value"},
		"a language":                         {doc(`xml:lang="cs-CZ"`, ""), ""},
		"no language":                        {doc(`xml:lang=""`, ""), "s4s-att-invalid-value"},
		"a language of spaces":               {doc(`xml:lang=" "`, ""), "s4s-att-invalid-value"},
		"a language on an element":           {`<xs:element name="a" xml:lang="čeština"/>`, "s4s-att-invalid-value"},
		"space":                              {`<xs:element name="a" xml:space="keep"/>`, "s4s-att-invalid-value"},
		"a source that is no URI":            {doc(`source="1:"`, ""), "s4s-att-invalid-value"},
		"anything in documentation":          {doc("", `<b xmlns="urn:b">text</b><xs:wrong/> text`), ""},
		"application information":            {`<xs:annotation><xs:appinfo source="urn:a"><x/></xs:appinfo><xs:documentation/><xs:appinfo/></xs:annotation>`, ""},
		"an annotation in an annotation":     {`<xs:annotation><xs:annotation/></xs:annotation>`, "s4s-elt-must-match"},
		"text in an annotation":              {`<xs:annotation>text</xs:annotation>`, "xml"},
		"an element in an annotation":        {`<xs:annotation><xs:element name="a"/></xs:annotation>`, "s4s-elt-must-match"},
		"another namespace in an annotation": {`<xs:annotation><b xmlns="urn:b"/></xs:annotation>`, "xml"},
		"an identifier of documentation":     {doc(`id="x"`, ""), "s4s-att-not-allowed"},
		"a notation of nothing":              {`<xs:notation name="n"/>`, "s4s-att-must-appear"},
		"a notation of a system":             {`<xs:notation name="n" system="urn:n"/>`, ""},

		"a hyphen between ranges":        {pattern("[a-c-1-4]"), "pattern-value"},
		"a hyphen after an escape":       {pattern(`[\w-.]`), "pattern-value"},
		"a range from a hyphen":          {pattern("[--a]"), "pattern-value"},
		"a range to a hyphen":            {pattern("[+--]"), "pattern-value"},
		"a range from an escape":         {pattern(`[\d-a]`), "pattern-value"},
		"a hyphen first":                 {pattern("[-a-z0-9]"), ""},
		"a hyphen first of what is not":  {pattern("[^-a]"), ""},
		"a hyphen last":                  {pattern("[a-z0-9-]"), ""},
		"a hyphen before a subtraction":  {pattern("[a-z--[aeiou]]"), ""},
		"an escaped hyphen":              {pattern(`[\w\-.]`), ""},
		"a range from an escaped hyphen": {pattern(`[\--a]`), ""},

		"length beside what was inherited": {lengths("xs:NMTOKENS", `<xs:length value="2"/><xs:minLength value="1"/>`), ""},
		"length beside another":            {lengths("xs:NMTOKENS", `<xs:length value="3"/><xs:minLength value="2"/>`), "length-minLength-maxLength"},
		"length beside a new one":          {lengths("xs:string", `<xs:length value="3"/><xs:minLength value="3"/>`), "length-minLength-maxLength"},
		"length beside a new longest":      {lengths("xs:string", `<xs:length value="3"/><xs:maxLength value="3"/>`), "length-minLength-maxLength"},
		"length in another step":           {lengths("five", `<xs:maxLength value="5"/>`), ""},
		"a longest below the length":       {lengths("five", `<xs:maxLength value="4"/>`), "length-minLength-maxLength"},

		"a decimal, restricted to a list":   {within("xs:decimal", `<xs:list itemType="xs:int"/>`), "derivation-ok-restriction.5.2.1"},
		"a decimal, restricted to a union":  {within("xs:decimal", `<xs:union memberTypes="xs:int xs:long"/>`), "derivation-ok-restriction.5.2.1"},
		"a decimal, restricted to a string": {within("xs:decimal", `<xs:restriction base="xs:token"/>`), "derivation-ok-restriction.5.2.1"},
		"a decimal, restricted":             {within("xs:decimal", `<xs:restriction base="xs:int"/>`), ""},
		"any simple type, a list":           {within("xs:anySimpleType", `<xs:list itemType="xs:int"/>`), ""},
		"a list, restricted to its items":   {within("xs:NMTOKENS", `<xs:restriction base="xs:NMTOKEN"/>`), "derivation-ok-restriction.5.2.1"},

		"for version 1.1 alone": {`<xs:complexType name="t" xmlns:vc="` + vcURI + `"><xs:attribute name="a"/><xs:assert test="@a" vc:minVersion="1.1"/></xs:complexType>`, ""},
		"for version 1.0":       {`<xs:complexType name="t" xmlns:vc="` + vcURI + `"><xs:wrong vc:minVersion="1.0" vc:maxVersion="1.1"/></xs:complexType>`, "s4s-elt-must-match"},
		"before version 1.0":    {`<xs:wrong xmlns:vc="` + vcURI + `" vc:maxVersion="1.0"/>`, ""},
		"with a type of 1.1":    {`<xs:element name="a" type="xs:error" xmlns:vc="` + vcURI + `" vc:typeAvailable="xs:int xs:error"/>`, ""},
		"without a type of 1.1": {`<xs:element name="a" type="xs:error" xmlns:vc="` + vcURI + `" vc:typeUnavailable="xs:int xs:error"/>`, "src-resolve"},
		"with a facet of 1.1":   {`<xs:wrong xmlns:vc="` + vcURI + `" vc:facetAvailable="xs:explicitTimezone"/><xs:wrong xmlns:vc="` + vcURI + `" vc:facetUnavailable="xs:length"/>`, ""},

		"links":                {`<xs:complexType name="t"><xs:attribute ref="xl:href" use="required"/><xs:attribute ref="xl:type" fixed="simple"/></xs:complexType>`, ""},
		"links that are none":  {`<xs:complexType name="t"><xs:attribute ref="xl:type" fixed="other"/></xs:complexType>`, "a-props-correct.2"},
		"links by another way": {`<xs:complexType name="t"><xs:attribute ref="xl:other"/></xs:complexType>`, "src-resolve"},
	} {
		body := c.body
		if strings.Contains(body, "xl:") {
			body = `<xs:import namespace="` + xlinkURI + `" schemaLocation="http://www.w3.org/XML/2008/06/xlink.xsd"/>` + strings.ReplaceAll(body, "<xs:complexType", `<xs:complexType xmlns:xl="`+xlinkURI+`"`)
		}
		rule, detail := ruleOf(t, map[string]string{"s.xsd": schemaOf(body)})
		switch {
		case c.rule == "xml" && (rule == "s4s-elt-character" || rule == "s4s-elt-invalid"):
		case rule != c.rule:
			t.Errorf("%s: %s (%s), want %s", name, rule, detail, c.rule)
		}
	}
}

// A schema document may declare XML 1.1; it is read as 1.0.
func TestSchemaOfXML11(t *testing.T) {
	t.Parallel()
	if rule, detail := ruleOf(t, map[string]string{"s.xsd": `<?xml version="1.1"?>` + schemaOf(`<xs:element name="Dĳkstra"/>`)}); rule != "" {
		t.Error(rule, detail)
	}
}

// Fields are sets of nodes (XSD1 3.11.4): a node that several paths reach is one.
func TestFields(t *testing.T) {
	t.Parallel()
	s := func(kind, field string) string {
		return schemaOf(`<xs:element name="e"><xs:complexType><xs:sequence>` +
			`<xs:element name="s" maxOccurs="9" nillable="true"><xs:complexType><xs:sequence><xs:element name="b" type="xs:int" minOccurs="0" maxOccurs="2" nillable="true"/><xs:element name="c" minOccurs="0" nillable="true"/></xs:sequence>` +
			`<xs:attribute name="a" type="xs:int"/><xs:attribute name="d" type="xs:int"/></xs:complexType></xs:element></xs:sequence></xs:complexType>` +
			`<xs:` + kind + ` name="u"><xs:selector xpath="q:s" xmlns:q="urn:t"/><xs:field xpath="` + field + `" xmlns:q="urn:t"/></xs:` + kind + `></xs:element>`)
	}
	doc := func(in string) string {
		return `<e xmlns="urn:t" xmlns:xsi="` + xsiURI + `">` + in + `</e>`
	}
	for name, c := range map[string]struct {
		kind, field, doc string
		rule             Rule
	}{
		"an attribute on two paths":      {"unique", "@a|@a", `<s a="1"/><s a="2"/>`, ""},
		"the same value on two paths":    {"unique", "@a|./@a", `<s a="1"/><s a="1"/>`, KeyDuplicate},
		"all attributes, of which one":   {"key", "@*|@a", `<s a="1"/><s d="2"/>`, ""},
		"all attributes, of which two":   {"unique", "@*", `<s a="1" d="2"/>`, FieldAmbiguous},
		"two attributes":                 {"unique", "@a|@d", `<s a="1" d="1"/>`, FieldAmbiguous},
		"xsi:nil is an attribute":        {"key", "@*", `<s a="1" xsi:nil="true"/>`, FieldAmbiguous},
		"an element on two paths":        {"unique", "q:b|./q:b", `<s><b>1</b></s><s><b>2</b></s>`, ""},
		"two elements":                   {"key", "q:b|./q:b", `<s><b>1</b><b>2</b></s>`, FieldAmbiguous},
		"a complex element on two paths": {"unique", "q:c|./q:c", `<s><c/></s>`, FieldNotSimple},
		"a nil element":                  {"unique", "q:b", `<s><b xsi:nil="true"/></s><s><b xsi:nil="true"/></s>`, ""},
		"a nil element of complex type":  {"unique", "q:c", `<s><c xsi:nil="true"/></s>`, FieldNotSimple},
		"nil, and simple by its type":    {"unique", "q:c", `<s><c xsi:nil="true" xsi:type="xs:string" xmlns:xs="` + xsdURI + `"/></s>`, ""},
	} {
		schema, err := Compile(mem(map[string]string{"s.xsd": s(c.kind, c.field)}), "s.xsd")
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got, err := judge(t, schema, []byte(doc(c.doc)))
		if err != nil || c.rule == "" && len(got) > 0 || c.rule != "" && (len(got) != 1 || got[0].Rule != c.rule) {
			t.Errorf("%s: %v %+v, want %q", name, err, got, c.rule)
		}
	}
}
