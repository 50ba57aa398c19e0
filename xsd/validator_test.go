package xsd

import (
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"csuis-offline/c14n"
)

// TestViolations checks what a message is made from.
func TestViolations(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("testdata/instances/statement/ok01.xml")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		schema, from, to string
		want             []Violation
	}{
		{"statement", "<ObdobiBezneNetto>-15.50</ObdobiBezneNetto>", "", []Violation{{Line: 6, Column: 132, Path: "/Rozvaha/Aktiva/Radek[2]", Rule: ElementMissing, Clause: "cvc-complex-type.2.4.a",
			Element: "Radek", Type: "radekAktiv", Found: "ObdobiMinule", Wanted: []string{"ObdobiBezneNetto"}}}},
		{"statement", "<ObdobiMinule>7</ObdobiMinule>", "", []Violation{{Line: 6, Column: 175, Path: "/Rozvaha/Aktiva/Radek[2]", Rule: ElementMissing, Clause: "cvc-complex-type.2.4.b",
			Element: "Radek", Type: "radekAktiv", Wanted: []string{"ObdobiMinule"}}}},
		{"statement", "<ObdobiMinule>7</ObdobiMinule>", "<ObdobiMinule>7</ObdobiMinule><Extra><a/></Extra>", []Violation{{Line: 6, Column: 205, Path: "/Rozvaha/Aktiva/Radek[2]/Extra", Rule: ElementUnexpected, Clause: "cvc-complex-type.2.4.d",
			Element: "Extra", Found: "Extra"}}},
		{"statement", "-15.5<", "-15.555<", []Violation{{Line: 6, Column: 46, Path: "/Rozvaha/Aktiva/Radek[2]/ObdobiBezneBrutto", Rule: FractionDigits, Clause: "cvc-fractionDigits-valid",
			Element: "ObdobiBezneBrutto", Type: "castka", Found: "-15.555", Wanted: []string{"2"}}}},
		{"statement", "2025-12-31", "31.12.2025", []Violation{{Line: 3, Column: 51, Path: "/Rozvaha/VykazHlavicka/DatumVykaz", Rule: ValueType, Clause: "cvc-datatype-valid.1.2.1",
			Element: "DatumVykaz", Type: "date", Found: "31.12.2025", Wanted: []string{"date"}}}},
		{"statement", "00006947", "6947", []Violation{{Line: 3, Column: 18, Path: "/Rozvaha/VykazHlavicka/SubjektICO", Rule: Pattern, Clause: "cvc-pattern-valid",
			Element: "SubjektICO", Type: "ico", Found: "6947", Wanted: []string{`\d{8}`}}}},
		{"statement", `Rozvaha xmlns="urn:t"`, `Rozvaha xmlns="urn:t" verze="1"`, []Violation{{Line: 2, Column: 1, Path: "/Rozvaha", Rule: AttributeUnexpected, Clause: "cvc-complex-type.3.2.1",
			Element: "Rozvaha", Attribute: "verze", Found: "1"}}},
		{"statement", "<Aktiva>", "<Aktiva>neco", []Violation{{Line: 4, Column: 11, Path: "/Rozvaha/Aktiva", Rule: TextUnexpected, Clause: "cvc-complex-type.2.3", Element: "Aktiva", Found: "neco"}}},
		{"sequence", "", "", []Violation{{Line: 2, Column: 1, Path: "/Rozvaha", Rule: ElementUndeclared, Clause: "cvc-elt.1", Element: "Rozvaha", Found: "Rozvaha"}}},
	} {
		s := compile(t, "testdata/schemas", c.schema+".xsd")
		got, err := judge(t, s, []byte(strings.Replace(string(doc), c.from, c.to, 1)))
		if err != nil {
			t.Fatal(err)
		}
		for i := range got {
			if got[i].Type == "anyType" {
				got[i].Type = "" // of an anonymous type
			}
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s → %s:%s\nwant%s", c.from, c.to, show(got), show(c.want))
		}
	}
}

// TestAllViolations checks that one mistake does not hide the next.
func TestAllViolations(t *testing.T) {
	t.Parallel()
	s := compile(t, "testdata/schemas", "statement.xsd")
	got, err := judge(t, s, []byte(`<Rozvaha xmlns="urn:t"><VykazHlavicka><SubjektICO>x</SubjektICO></VykazHlavicka><Aktiva><Radek><ObdobiBezneBrutto>a</ObdobiBezneBrutto></Radek><Navic/></Aktiva></Rozvaha>`))
	if err != nil {
		t.Fatal(err)
	}
	var rules []Rule
	for _, v := range got {
		rules = append(rules, v.Rule)
	}
	if want := []Rule{Pattern, ElementMissing, ElementMissing, ValueType, ElementMissing, ElementUnexpected}; !slices.Equal(rules, want) {
		t.Errorf("got %v", rules)
	}
}

func TestEnumerationListsItsValues(t *testing.T) {
	t.Parallel()
	s := compile(t, "testdata/schemas", "facetsString.xsd")
	got, _ := judge(t, s, []byte(`<r xmlns="urn:t"><e>X</e></r>`))
	if len(got) != 1 || got[0].Rule != Enumeration || !slices.Equal(got[0].Wanted, []string{"A", "Bé", "C D"}) || got[0].Found != "X" {
		t.Error(show(got))
	}
}

// TestRecordInEnvelope validates an element inside of another document: the
// prefix of a QName value is declared outside of it.
func TestRecordInEnvelope(t *testing.T) {
	t.Parallel()
	s := compile(t, "testdata/schemas", "xsiType.xsd")
	doc := `<e:env xmlns:e="urn:e" xmlns="urn:t" xmlns:x="` + xsdURI + `" xmlns:i="` + xsiURI + `"><e:head/><r><i i:type="x:byte">100</i><i i:type="small">%s</i></r><e:foot/></e:env>`
	for val, want := range map[string]int{"5": 0, "50": 1} {
		sc := c14n.NewScanner(strings.NewReader(fmt.Sprintf(doc, val)))
		n := 0
		var v *Validator
		for {
			tok, err := sc.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if tok.Kind == c14n.Start && string(tok.Local) == "r" && s.Has(tok.URI, "r") {
				v = s.Validator(func(x Violation) {
					n++
					if x.Path != "/r/i[2]" {
						t.Error(x)
					}
				})
				if err := v.Within(sc.Scope()); err != nil {
					t.Fatal(err)
				}
			}
			if v != nil {
				if err := v.Token(tok); err != nil {
					t.Fatal(err)
				}
				if tok.Kind == c14n.End && tok.Depth == 2 {
					if err := v.Close(); err != nil {
						t.Fatal(err)
					}
					v = nil
				}
			}
		}
		if n != want {
			t.Errorf("%s: %d violations", val, n)
		}
	}
}

// TestLongValues judges values that are longer than what a Validator holds.
func TestLongValues(t *testing.T) {
	t.Parallel()
	s, err := Compile(mem(map[string]string{"s.xsd": schemaOf(`<xs:element name="r"><xs:complexType><xs:choice>
		<xs:element name="b" type="xs:base64Binary"/><xs:element name="h" type="xs:hexBinary"/><xs:element name="s" type="xs:string"/>
		<xs:element name="m"><xs:simpleType><xs:restriction base="xs:base64Binary"><xs:maxLength value="3000000"/></xs:restriction></xs:simpleType></xs:element>
		<xs:element name="p"><xs:simpleType><xs:restriction base="xs:token"><xs:pattern value="(č |x)*"/><xs:maxLength value="4000000"/></xs:restriction></xs:simpleType></xs:element>
		<xs:element name="i" type="xs:integer"/></xs:choice></xs:complexType></xs:element>`)}), "s.xsd")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Repeat(strings.Repeat("QUJD", 19)+"\n", 50_000)
	for i, c := range []struct {
		name, value string
		want        []Rule
	}{
		{"b", lines, nil},
		{"b", lines + "A", []Rule{ValueType}},
		{"b", lines + "$", []Rule{ValueType}},
		{"m", base64.StdEncoding.EncodeToString(make([]byte, 3_000_000)), nil},
		{"m", base64.StdEncoding.EncodeToString(make([]byte, 3_000_001)), []Rule{MaxLength}},
		{"h", strings.Repeat("0aF", 1_000_000), nil},
		{"h", strings.Repeat("0aF", 1_000_001), []Rule{ValueType}},
		{"h", strings.Repeat("0aF", 1_000_000) + "xx", []Rule{ValueType}},
		{"s", strings.Repeat("žluťoučký kůň\n", 200_000), nil},
		{"p", " " + strings.Repeat("č \n ", 999_999) + "x ", nil},
		{"p", strings.Repeat("č x", 500_000) + "y", []Rule{Pattern}},
		{"p", strings.Repeat("x", 4_000_001), []Rule{MaxLength}},
		{"i", strings.Repeat("1", 1_000_000), nil},
		{"i", strings.Repeat("1", 1_100_000), []Rule{ValueTooLong}},
	} {
		got, err := judge(t, s, []byte(`<r xmlns="urn:t"><`+c.name+`>`+c.value+`</`+c.name+`></r>`))
		if err != nil {
			t.Fatal(err)
		}
		var rules []Rule
		for _, v := range got {
			rules = append(rules, v.Rule)
		}
		if !slices.Equal(rules, c.want) {
			t.Errorf("%d %s: %v", i, c.name, rules)
		}
	}
}

// TestManyKeys ends in a *LimitError instead of filling the memory.
func TestManyKeys(t *testing.T) {
	t.Parallel()
	s := compile(t, "testdata/schemas", "ids.xsd")
	var doc strings.Builder
	doc.WriteString(`<r xmlns="urn:t">`)
	for i := range 3000 {
		fmt.Fprintf(&doc, `<e id="i%d%s"/>`, i, strings.Repeat("x", 100_000))
	}
	_, err := judge(t, s, []byte(doc.String()+"</r>"))
	if _, ok := err.(*LimitError); !ok {
		t.Errorf("got %v", err)
	}
}

func TestRulesAreComplete(t *testing.T) {
	t.Parallel()
	src, err := os.ReadFile("violation.go")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[Rule]bool{}
	for _, r := range Rules() {
		if seen[r] || !strings.Contains(string(src), `= "`+string(r)+`"`) {
			t.Errorf("%s", r)
		}
		seen[r] = true
	}
	if n := strings.Count(string(src), " Rule = \""); n != len(seen) {
		t.Errorf("%d rules are declared, %d listed", n, len(seen))
	}
}

func TestWsdlSchemasCompileTogether(t *testing.T) {
	t.Parallel()
	s, err := Compile(mem(map[string]string{"w.wsdl": `<w:definitions xmlns:w="` + wsdlURI + `"><w:types>
		<xs:schema xmlns:xs="` + xsdURI + `" targetNamespace="urn:a" xmlns:b="urn:b"><xs:import namespace="urn:b"/><xs:element name="a" type="b:t"/></xs:schema>
		<xs:schema xmlns:xs="` + xsdURI + `" targetNamespace="urn:b"><xs:simpleType name="t"><xs:restriction base="xs:int"/></xs:simpleType></xs:schema></w:types></w:definitions>`}), "w.wsdl")
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := judge(t, s, []byte(`<a xmlns="urn:a">x</a>`)); len(got) != 1 {
		t.Error(show(got))
	}
}
