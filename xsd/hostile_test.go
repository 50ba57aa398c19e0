package xsd

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"csuis-offline/internal/testtool"
)

func mem(files map[string]string) fs.FS {
	m := fstest.MapFS{}
	for k, v := range files {
		m[k] = &fstest.MapFile{Data: []byte(v)}
	}
	return m
}

func schemaOf(body string) string {
	return `<xs:schema xmlns:xs="` + xsdURI + `" xmlns="urn:t" targetNamespace="urn:t" elementFormDefault="qualified">` + body + `</xs:schema>`
}

func repeat(n int, f func(i int) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(f(i))
	}
	return b.String()
}

// TestHostileSchemas compiles what is made to exhaust a validator: each ends in
// an error, or compiles, within a second.
func TestHostileSchemas(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ body, rule string }{
		"groups that double": {repeat(40, func(i int) string {
			return fmt.Sprintf(`<xs:group name="g%d"><xs:sequence><xs:group ref="g%d"/><xs:group ref="g%d"/></xs:sequence></xs:group>`, i+1, i, i)
		}) + `<xs:group name="g0"><xs:sequence><xs:element name="a"/></xs:sequence></xs:group><xs:complexType name="t"><xs:group ref="g40"/></xs:complexType>`, "limit"},
		"group in itself":           {`<xs:group name="g"><xs:sequence><xs:group ref="g"/></xs:sequence></xs:group>`, "mg-props-correct.2"},
		"type from itself":          {`<xs:complexType name="a"><xs:complexContent><xs:extension base="b"/></xs:complexContent></xs:complexType><xs:complexType name="b"><xs:complexContent><xs:extension base="a"/></xs:complexContent></xs:complexType>`, "ct-props-correct.3"},
		"simple type from itself":   {`<xs:simpleType name="a"><xs:restriction base="a"/></xs:simpleType>`, "st-props-correct.2"},
		"union of itself":           {`<xs:simpleType name="a"><xs:union memberTypes="a xs:int"/></xs:simpleType>`, "st-props-correct.2"},
		"list of itself":            {`<xs:simpleType name="a"><xs:list itemType="a"/></xs:simpleType>`, "st-props-correct.2"},
		"substitution in a circle":  {`<xs:element name="a" substitutionGroup="b"/><xs:element name="b" substitutionGroup="a"/>`, "e-props-correct.6"},
		"attribute group in itself": {`<xs:attributeGroup name="a"><xs:attributeGroup ref="a"/></xs:attributeGroup>`, "src-attribute_group.3"},
		"unions that double": {repeat(60, func(i int) string {
			return fmt.Sprintf(`<xs:simpleType name="u%d"><xs:union memberTypes="u%d u%d"/></xs:simpleType>`, i+1, i, i)
		}) + `<xs:simpleType name="u0"><xs:restriction base="xs:int"/></xs:simpleType>`, "limit"},
		"a long chain of types": {repeat(5000, func(i int) string {
			return fmt.Sprintf(`<xs:simpleType name="c%d"><xs:restriction base="c%d"/></xs:simpleType>`, i+1, i)
		}) + `<xs:simpleType name="c0"><xs:restriction base="xs:int"/></xs:simpleType>`, "limit"},
		"counts of counts":      {`<xs:complexType name="t"><xs:sequence minOccurs="1000" maxOccurs="100000"><xs:sequence minOccurs="2" maxOccurs="99999"><xs:element name="a" minOccurs="2" maxOccurs="9999"/><xs:element name="b" minOccurs="0"/></xs:sequence><xs:element name="c" minOccurs="0"/></xs:sequence></xs:complexType>`, "limit"},
		"a huge count":          {`<xs:complexType name="t"><xs:sequence><xs:element name="a" minOccurs="99999999999999999999999" maxOccurs="99999999999999999999999999"/></xs:sequence></xs:complexType>`, ""},
		"large counts":          {`<xs:complexType name="t"><xs:sequence maxOccurs="10000"><xs:element name="a" maxOccurs="10000"/><xs:element name="b" minOccurs="5" maxOccurs="100000"/></xs:sequence></xs:complexType>`, ""},
		"a choice of thousands": {`<xs:complexType name="t"><xs:choice maxOccurs="unbounded">` + repeat(6000, func(i int) string { return fmt.Sprintf(`<xs:element name="e%d" type="xs:int"/>`, i) }) + `</xs:choice></xs:complexType>`, ""},
		"an optional thousand":  {`<xs:complexType name="t"><xs:sequence maxOccurs="unbounded">` + repeat(6000, func(i int) string { return fmt.Sprintf(`<xs:element name="e%d" type="xs:int" minOccurs="0"/>`, i) }) + `</xs:sequence></xs:complexType>`, ""},
		"deep groups":           {`<xs:complexType name="t">` + strings.Repeat(`<xs:sequence minOccurs="0" maxOccurs="unbounded">`, 200) + `<xs:element name="a"/>` + strings.Repeat("</xs:sequence>", 200) + `</xs:complexType>`, ""},
		"too deep":              {strings.Repeat(`<xs:annotation>`, 300), "xml"},
		"wildcards":             {`<xs:complexType name="t"><xs:sequence>` + repeat(3000, func(i int) string { return fmt.Sprintf(`<xs:any namespace="urn:%d" minOccurs="0"/>`, i) }) + `</xs:sequence></xs:complexType>`, "limit"},
		"a large enumeration":   {`<xs:simpleType name="e"><xs:restriction base="xs:token">` + repeat(50000, func(i int) string { return fmt.Sprintf(`<xs:enumeration value="v%d"/>`, i) }) + `</xs:restriction></xs:simpleType>`, ""},
		"many patterns": {repeat(8000, func(i int) string {
			return fmt.Sprintf(`<xs:simpleType name="p%d"><xs:restriction base="xs:token"><xs:pattern value="\p{L}\w{%d}"/></xs:restriction></xs:simpleType>`, i, i)
		}), "limit"},
		"a large head": {`<xs:element name="h" type="xs:int"/>` + repeat(3000, func(i int) string { return fmt.Sprintf(`<xs:element name="m%d" substitutionGroup="h"/>`, i) }) +
			repeat(3000, func(i int) string {
				return fmt.Sprintf(`<xs:complexType name="t%d"><xs:sequence><xs:element ref="h"/></xs:sequence></xs:complexType>`, i)
			}), "limit"},
		"attributes that double": {repeat(30, func(i int) string {
			return fmt.Sprintf(`<xs:attributeGroup name="g%d"><xs:attributeGroup ref="g%d"/><xs:attributeGroup ref="g%d"/></xs:attributeGroup>`, i+1, i, i)
		}) + `<xs:attributeGroup name="g0"/>`, ""},
		"a doctype": {"", "xml"},
		"redefine":  {`<xs:redefine schemaLocation="s.xsd"/>`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			src := schemaOf(c.body)
			switch name {
			case "a doctype":
				src = `<!DOCTYPE x [<!ENTITY a "b">]>` + src
			case "redefine":
				src = `<xs:schema xmlns:xs="` + xsdURI + `">` + c.body + `</xs:schema>`
			}
			start := time.Now()
			_, err := Compile(mem(map[string]string{"s.xsd": src}), "s.xsd")
			// They take a fifth of a second on a quiet machine.
			if d := time.Since(start); d > 10*testtool.Slowdown*time.Second {
				t.Errorf("%v", d)
			}
			var e *SchemaError
			errors.As(err, &e)
			if c.rule == "" && err != nil || c.rule != "" && (e == nil || e.Rule != c.rule) {
				t.Errorf("got %.300v, want %q", err, c.rule)
			}
		})
	}
}

func TestImportCycle(t *testing.T) {
	t.Parallel()
	s, err := Compile(mem(map[string]string{
		"a.xsd":     schemaOf(`<xs:include schemaLocation="sub/b.xsd"/><xs:element name="a" type="tb"/>`),
		"sub/b.xsd": schemaOf(`<xs:include schemaLocation="../a.xsd"/><xs:include schemaLocation="./../sub/b.xsd"/><xs:simpleType name="tb"><xs:restriction base="xs:int"/></xs:simpleType>`),
	}), "a.xsd")
	if err != nil {
		t.Fatal(err)
	}
	if !s.Has("urn:t", "a") || s.Has("urn:t", "b") {
		t.Error("Has")
	}
}

func TestLocationsStayInside(t *testing.T) {
	t.Parallel()
	for _, loc := range []string{"../x.xsd", "/etc/passwd", "http://example.com/x.xsd", "file:///x.xsd", "//host/x.xsd", "sub/../../x.xsd"} {
		var e *SchemaError
		for _, how := range []string{"include", "redefine"} {
			in := `<xs:` + how + ` schemaLocation="` + loc + `"/>`
			if _, err := Compile(mem(map[string]string{"s.xsd": schemaOf(in), "x.xsd": schemaOf("<wrong")}), "s.xsd"); err != nil {
				t.Errorf("%s %s: %v", how, loc, err)
			}
			_, err := Compile(mem(map[string]string{"s.xsd": schemaOf(in + `<xs:element name="a" type="t"/>`)}), "s.xsd")
			if !errors.As(err, &e) || e.Rule != "src-resolve" || e.Line != 1 || e.File != "s.xsd" || !strings.Contains(e.Detail, loc) {
				t.Errorf("%s %s: %v", how, loc, err)
			}
		}
		// What leads nowhere is an error only when something is wanted from there.
		ok := schemaOf(`<xs:import namespace="urn:x" schemaLocation="` + loc + `"/>`)
		if _, err := Compile(mem(map[string]string{"s.xsd": ok}), "s.xsd"); err != nil {
			t.Errorf("%s: %v", loc, err)
		}
		used := strings.Replace(ok, "</xs:schema>", `<xs:element name="a" xmlns:x="urn:x" type="x:t"/></xs:schema>`, 1)
		_, err := Compile(mem(map[string]string{"s.xsd": used}), "s.xsd")
		if !errors.As(err, &e) || e.Rule != "src-resolve" || !strings.Contains(e.Detail, loc) {
			t.Errorf("%s: %v", loc, err)
		}
	}
}

func TestRootFile(t *testing.T) {
	t.Parallel()
	fsys := mem(map[string]string{"s.xsd": schemaOf(""), "x.xml": "<x/>", "bad.xsd": "<xs:schema", "w.wsdl": `<definitions xmlns="` + wsdlURI + `"/>`})
	for name, rule := range map[string]string{"none.xsd": "file", "../s.xsd": "file", "x.xml": "s4s-elt-schema-ns", "bad.xsd": "xml", "w.wsdl": "s4s-elt-schema-ns"} {
		_, err := Compile(fsys, name)
		var e *SchemaError
		if !errors.As(err, &e) || e.Rule != rule {
			t.Errorf("%s: %v", name, err)
		}
	}
}
