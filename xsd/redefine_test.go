package xsd

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"csuis-offline/internal/testtool"
)

// redefinable is what the schemas of TestRedefine redefine.
const redefinable = `<xs:simpleType name="s"><xs:restriction base="xs:string"><xs:maxLength value="5"/></xs:restriction></xs:simpleType>
<xs:complexType name="c"><xs:sequence><xs:element name="a" type="s"/></xs:sequence></xs:complexType>
<xs:group name="g"><xs:sequence><xs:element name="x" type="s" minOccurs="0"/></xs:sequence></xs:group>
<xs:attributeGroup name="ag"><xs:attribute name="p" type="s"/></xs:attributeGroup>
<xs:complexType name="h"><xs:group ref="g"/><xs:attributeGroup ref="ag"/></xs:complexType>`

// A redefinition takes the place of what it redefines everywhere, in the schema
// that holds the original as well (XSD1 4.2.2).
func TestRedefine(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "xmllint")
	roots := `<xs:element name="s" type="s"/><xs:element name="c" type="c"/><xs:element name="h" type="h"/>`
	docs := []string{
		`<s xmlns="urn:t">abc</s>`, `<s xmlns="urn:t">abcd</s>`, `<s xmlns="urn:t">abcdef</s>`,
		`<c xmlns="urn:t"><a>abc</a></c>`, `<c xmlns="urn:t"><a>abcd</a></c>`, `<c xmlns="urn:t"><a>abc</a><b>1</b></c>`,
		`<h xmlns="urn:t"/>`, `<h xmlns="urn:t" p="abc"/>`, `<h xmlns="urn:t" p="abcd" q="1"/>`, `<h xmlns="urn:t" q="x"/>`,
		`<h xmlns="urn:t"><x>abc</x></h>`, `<h xmlns="urn:t"><x>abc</x><y/></h>`, `<h xmlns="urn:t"><y/></h>`,
	}
	for name, body := range map[string]string{
		"nothing":                       ``,
		"a simple type":                 `<xs:simpleType name="s"><xs:restriction base="s"><xs:maxLength value="3"/></xs:restriction></xs:simpleType>`,
		"an extension":                  `<xs:complexType name="c"><xs:complexContent><xs:extension base="c"><xs:sequence><xs:element name="b" type="xs:int"/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>`,
		"a restriction":                 `<xs:complexType name="c"><xs:complexContent><xs:restriction base="c"><xs:sequence><xs:element name="a" type="s" fixed="abc"/></xs:sequence></xs:restriction></xs:complexContent></xs:complexType>`,
		"a group that holds itself":     `<xs:group name="g"><xs:sequence><xs:group ref="g"/><xs:element name="y" minOccurs="1"/></xs:sequence></xs:group>`,
		"a group that restricts":        `<xs:group name="g"><xs:sequence><xs:element name="x" type="s" minOccurs="1"/></xs:sequence></xs:group>`,
		"attributes that hold the old":  `<xs:attributeGroup name="ag"><xs:attributeGroup ref="ag"/><xs:attribute name="q" type="xs:int"/></xs:attributeGroup>`,
		"attributes that restrict":      `<xs:attributeGroup name="ag"><xs:attribute name="p" type="s" use="required"/></xs:attributeGroup>`,
		"a simple type, then its users": `<xs:simpleType name="s"><xs:restriction base="s"><xs:length value="3"/></xs:restriction></xs:simpleType><xs:attributeGroup name="ag"><xs:attribute name="p" type="s"/></xs:attributeGroup>`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for file, text := range map[string]string{
				"old.xsd": schemaOf(redefinable),
				"s.xsd":   strings.Replace(schemaOf(`<xs:redefine schemaLocation="old.xsd">`+body+`</xs:redefine>`+roots), "<xs:schema", `<xs:schema`, 1),
			} {
				if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			s := compile(t, dir, "s.xsd")
			var files []string
			for i, d := range docs {
				f := filepath.Join(dir, itoa(int64(i))+".xml")
				if err := os.WriteFile(f, []byte(d), 0o600); err != nil {
					t.Fatal(err)
				}
				files = append(files, f)
			}
			theirs, ok, log := xmllint(t, filepath.Join(dir, "s.xsd"), files)
			if !ok {
				t.Fatal(log)
			}
			for i, d := range docs {
				got, err := judge(t, s, []byte(d))
				if ours := err == nil && len(got) == 0; ours != theirs[files[i]] {
					t.Errorf("%s: valid for us %v, for xmllint %v: %v %s", d, ours, theirs[files[i]], err, show(got))
				}
			}
		})
	}
}

// A redefinition that is none is refused (XSD1 src-redefine).
func TestARedefinitionThatIsNone(t *testing.T) {
	t.Parallel()
	simple := func(name, base string) string {
		return `<xs:simpleType name="` + name + `"><xs:restriction base="` + base + `"/></xs:simpleType>`
	}
	for name, c := range map[string]struct{ body, rule string }{
		"of another type":            {simple("s", "xs:string"), "src-redefine.5"},
		"of no type":                 {simple("none", "none"), "src-resolve"},
		"twice":                      {simple("s", "s") + simple("s", "s"), "sch-props-correct.2"},
		"a list":                     {`<xs:simpleType name="s"><xs:list itemType="s"/></xs:simpleType>`, "src-redefine.5"},
		"without derivation":         {`<xs:complexType name="c"/>`, "src-redefine.5"},
		"of another kind":            {`<xs:complexType name="s"><xs:simpleContent><xs:extension base="s"/></xs:simpleContent></xs:complexType>`, "src-redefine.5"},
		"simple instead":             {`<xs:simpleType name="c"><xs:restriction base="c"/></xs:simpleType>`, "src-redefine.5"},
		"wider than before":          {`<xs:simpleType name="s"><xs:restriction base="s"><xs:maxLength value="6"/></xs:restriction></xs:simpleType>`, "maxLength-valid-restriction"},
		"a group twice in itself":    {`<xs:group name="g"><xs:sequence><xs:group ref="g"/><xs:group ref="g"/></xs:sequence></xs:group>`, "src-redefine.6.1.1"},
		"a group in itself, often":   {`<xs:group name="g"><xs:sequence><xs:group ref="g" maxOccurs="unbounded"/></xs:sequence></xs:group>`, "src-redefine.6.1.2"},
		"a group of something else":  {`<xs:group name="g"><xs:sequence><xs:element name="y"/></xs:sequence></xs:group>`, "src-redefine.6.2.2"},
		"no group":                   {`<xs:group name="none"><xs:sequence/></xs:group>`, "src-resolve"},
		"attributes twice in it":     {`<xs:attributeGroup name="ag"><xs:attributeGroup ref="ag"/><xs:attributeGroup ref="ag"/></xs:attributeGroup>`, "src-redefine.7.1"},
		"another attribute":          {`<xs:attributeGroup name="ag"><xs:attribute name="q"/></xs:attributeGroup>`, "derivation-ok-restriction.2.2"},
		"no attribute group":         {`<xs:attributeGroup name="none"/>`, "src-resolve"},
		"an element":                 {`<xs:element name="e"/>`, "s4s-elt-must-match"},
		"a type without a name":      {`<xs:simpleType><xs:restriction base="s"/></xs:simpleType>`, "s4s-att-must-appear"},
		"a needed attribute missing": {`<xs:attributeGroup name="need"/>`, "src-redefine.7.2.2"},
	} {
		rule, detail := ruleOf(t, map[string]string{
			"s.xsd":   schemaOf(`<xs:redefine schemaLocation="old.xsd">` + c.body + `</xs:redefine>`),
			"old.xsd": schemaOf(redefinable + `<xs:attributeGroup name="need"><xs:attribute name="p" use="required"/></xs:attributeGroup>`),
		})
		if rule != c.rule {
			t.Errorf("%s: %s (%s), want %s", name, rule, detail, c.rule)
		}
	}
}

// Redefinitions of redefinitions build on one another; a schema that redefines
// itself, or two that redefine each other, do not compile.
func TestRedefinitionsInARow(t *testing.T) {
	t.Parallel()
	re := func(file, length string) string {
		return schemaOf(`<xs:redefine schemaLocation="` + file + `"><xs:simpleType name="s"><xs:restriction base="s"><xs:maxLength value="` + length + `"/></xs:restriction></xs:simpleType></xs:redefine><xs:element name="e` + length + `" type="s"/>`)
	}
	// The innermost has no namespace of its own.
	chameleon := strings.Replace(schemaOf(`<xs:simpleType name="s"><xs:restriction base="xs:string"><xs:maxLength value="9"/></xs:restriction></xs:simpleType>`), ` targetNamespace="urn:t"`, "", 1)
	s, err := Compile(mem(map[string]string{"s.xsd": re("b.xsd", "3"), "b.xsd": re("c.xsd", "6"), "c.xsd": chameleon}), "s.xsd")
	if err != nil {
		t.Fatal(err)
	}
	for doc, ok := range map[string]bool{
		`<e3 xmlns="urn:t">abc</e3>`: true, `<e3 xmlns="urn:t">abcd</e3>`: false, `<e6 xmlns="urn:t">abc</e6>`: true, `<e6 xmlns="urn:t">abcd</e6>`: false,
	} {
		if got, err := judge(t, s, []byte(doc)); err != nil || ok != (len(got) == 0) {
			t.Errorf("%s: %v %v", doc, err, got)
		}
	}
	for name, files := range map[string]map[string]string{
		"itself":     {"s.xsd": re("s.xsd", "3")},
		"each other": {"s.xsd": re("b.xsd", "3"), "b.xsd": re("s.xsd", "6")},
		"its own":    {"s.xsd": strings.Replace(re("b.xsd", "3"), "</xs:schema>", `<xs:simpleType name="s"><xs:restriction base="xs:string"/></xs:simpleType></xs:schema>`, 1), "b.xsd": schemaOf("")},
	} {
		if rule, _ := ruleOf(t, files); rule == "" {
			t.Errorf("%s compiles", name)
		}
	}
}
