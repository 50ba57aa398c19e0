package xsd

import (
	"slices"
	"testing"
)

// TestFixedAttributesWereComparedTooEarly restricts a type whose attribute is
// declared globally with a fixed value, written the same way and another way.
func TestFixedAttributesWereComparedTooEarly(t *testing.T) {
	t.Parallel()
	const global = `<xs:attribute name="a" type="xs:int" fixed="1"/>`
	base := `<xs:complexType name="B"><xs:attribute ref="a"/></xs:complexType>`
	derived := func(v string) string {
		return `<xs:complexType name="D"><xs:complexContent><xs:restriction base="B"><xs:attribute ref="a" fixed="` + v + `"/></xs:restriction></xs:complexContent></xs:complexType>`
	}
	for _, v := range []string{"1", "01"} {
		if _, err := Compile(mem(map[string]string{"s.xsd": schemaOf(global + base + derived(v))}), "s.xsd"); err != nil {
			t.Error(err)
		}
	}
	refused(t, map[string]string{"s.xsd": schemaOf(global + base + derived("2"))}, "au-props-correct.2")
	refused(t, map[string]string{"s.xsd": schemaOf(global + `<xs:complexType name="B"><xs:attribute ref="a" fixed="2"/></xs:complexType>`)}, "au-props-correct.2")
}

// TestNotationWithoutEnumerationPassed uses NOTATION where only a type that lists notations may stand.
func TestNotationWithoutEnumerationPassed(t *testing.T) {
	t.Parallel()
	const n = `<xs:notation name="n" public="x"/><xs:simpleType name="N"><xs:restriction base="xs:NOTATION"/></xs:simpleType>`
	for _, use := range []string{
		`<xs:element name="r" type="xs:NOTATION"/>`, `<xs:element name="r" type="N"/>`, `<xs:attribute name="a" type="N"/>`,
		`<xs:element name="r"><xs:simpleType><xs:list itemType="N"/></xs:simpleType></xs:element>`,
		`<xs:element name="r"><xs:complexType><xs:attribute name="a" type="xs:NOTATION"/></xs:complexType></xs:element>`,
	} {
		refused(t, map[string]string{"s.xsd": schemaOf(n + use)}, "enumeration-required-notation")
	}
	// A document can still name the type itself: then the notation must be declared.
	s, err := Compile(mem(map[string]string{"s.xsd": schemaOf(n + `<xs:element name="r"/>`)}), "s.xsd")
	if err != nil {
		t.Fatal(err)
	}
	for v, want := range map[string][]Rule{"n": nil, "zz": {ValueType}} {
		got, err := judge(t, s, []byte(`<r xmlns="urn:t" xmlns:i="`+xsiURI+`" i:type="N">`+v+`</r>`))
		var rules []Rule
		for _, x := range got {
			rules = append(rules, x.Rule)
		}
		if err != nil || !slices.Equal(rules, want) {
			t.Errorf("%s: %v%s", v, err, show(got))
		}
	}
}

// TestUnionInsideOfAUnionStoodForIt names by xsi:type a member of a union, a
// union inside of it, and a member of that.
func TestUnionInsideOfAUnionStoodForIt(t *testing.T) {
	t.Parallel()
	s, err := Compile(mem(map[string]string{"s.xsd": schemaOf(`<xs:simpleType name="in"><xs:union memberTypes="xs:double xs:date"/></xs:simpleType>
		<xs:simpleType name="out"><xs:union memberTypes="xs:boolean in"/></xs:simpleType><xs:element name="r" type="out"/>`)}), "s.xsd")
	if err != nil {
		t.Fatal(err)
	}
	for typ, want := range map[string]int{"xs:boolean": 0, "xs:double": 0, "out": 0, "in": 1, "xs:decimal": 1} {
		got, err := judge(t, s, []byte(`<r xmlns="urn:t" xmlns:xs="`+xsdURI+`" xmlns:i="`+xsiURI+`" i:type="`+typ+`">1</r>`))
		if err != nil || len(got) != want {
			t.Errorf("%s: %v%s", typ, err, show(got))
		}
	}
}

// TestMemberOfAUnionPassedABlock names a member type where the element blocks restriction (XSD1 3.14.6, 2.1).
func TestMemberOfAUnionPassedABlock(t *testing.T) {
	t.Parallel()
	s, err := Compile(mem(map[string]string{"s.xsd": schemaOf(`<xs:simpleType name="u"><xs:union memberTypes="xs:double xs:date"/></xs:simpleType><xs:element name="r" type="u" block="restriction"/>`)}), "s.xsd")
	if err != nil {
		t.Fatal(err)
	}
	got, err := judge(t, s, []byte(`<r xmlns="urn:t" xmlns:xs="`+xsdURI+`" xmlns:i="`+xsiURI+`" i:type="xs:double">1</r>`))
	if err != nil || len(got) != 1 || got[0].Rule != TypeNotDerived {
		t.Errorf("%v%s", err, show(got))
	}
}

// TestAllExtendedMixedContent extends mixed content, which is a sequence even where it has no elements.
func TestAllExtendedMixedContent(t *testing.T) {
	t.Parallel()
	refused(t, map[string]string{"s.xsd": schemaOf(`<xs:complexType name="B" mixed="true"/><xs:complexType name="D"><xs:complexContent mixed="true">
		<xs:extension base="B"><xs:all><xs:element name="a"/></xs:all></xs:extension></xs:complexContent></xs:complexType>`)}, "cos-all-limited.1.2")
	refused(t, map[string]string{"s.xsd": schemaOf(`<xs:complexType name="B" mixed="true"><xs:all><xs:element name="a"/></xs:all></xs:complexType><xs:complexType name="D">
		<xs:complexContent mixed="true"><xs:extension base="B"/></xs:complexContent></xs:complexType>`)}, "cos-all-limited.1.2")
}

// TestKeyOfAnAttributeWasShownInBinary names a duplicate key as it is written.
func TestKeyOfAnAttributeWasShownInBinary(t *testing.T) {
	t.Parallel()
	s, err := Compile(mem(map[string]string{"s.xsd": schemaOf(`<xs:element name="r"><xs:complexType><xs:sequence><xs:element name="a" maxOccurs="9"><xs:complexType>
		<xs:attribute name="d" type="xs:date" default="2020-01-02"/></xs:complexType></xs:element></xs:sequence></xs:complexType>
		<xs:key name="k"><xs:selector xpath="*"/><xs:field xpath="@d"/></xs:key></xs:element>`)}), "s.xsd")
	if err != nil {
		t.Fatal(err)
	}
	got, err := judge(t, s, []byte(`<r xmlns="urn:t"><a d="2020-01-01"/><a d="2020-01-01"/><a/><a/></r>`))
	if err != nil || len(got) != 2 || got[0].Found != "2020-01-01" || got[1].Found != "2020-01-02" {
		t.Error(err, show(got))
	}
}
