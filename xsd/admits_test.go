package xsd

import "testing"

func TestAdmits(t *testing.T) {
	t.Parallel()
	s, err := Compile(mem(map[string]string{"s.xsd": schemaOf(`<xs:element name="e"><xs:complexType><xs:sequence><xs:element name="b" maxOccurs="9"><xs:complexType>` +
		`<xs:choice><xs:element ref="h"/><xs:element name="c" type="xs:int"/><xs:any namespace="urn:o"/></xs:choice></xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element>` +
		`<xs:element name="h"/><xs:element name="m" substitutionGroup="h"/>`)}), "s.xsd")
	if err != nil {
		t.Fatal(err)
	}
	e, b := [2]string{"urn:t", "e"}, [2]string{"urn:t", "b"}
	for _, c := range []struct {
		path [][2]string
		want bool
	}{
		{[][2]string{e}, true},
		{[][2]string{b}, false},
		{[][2]string{e, b}, true},
		{[][2]string{e, b, {"urn:t", "h"}}, true},
		{[][2]string{e, b, {"urn:t", "m"}}, true},
		{[][2]string{e, b, {"urn:t", "c"}}, true},
		{[][2]string{e, b, {"urn:t", "c"}, {"urn:t", "h"}}, false},
		{[][2]string{e, b, {"urn:o", "x"}}, true},
		{[][2]string{e, b, {"urn:o", "x"}, {"urn:o", "y"}}, true},
		{[][2]string{e, b, {"urn:p", "x"}}, false},
		{[][2]string{e, {"urn:t", "h"}}, false},
		{nil, false},
	} {
		if got := s.Admits(c.path...); got != c.want {
			t.Errorf("%v: %v", c.path, got)
		}
	}
	if !s.DeclaresIn("urn:t") || s.DeclaresIn("urn:o") {
		t.Error("DeclaresIn")
	}
}

// The attributes of the namespace xml are declared only where a schema imports
// them: a strict wildcard finds no others.
func TestAWildcardFindsNoXMLAttributeThatNobodyImports(t *testing.T) {
	t.Parallel()
	body := `<xs:element name="e"><xs:complexType><xs:anyAttribute/></xs:complexType></xs:element>`
	for name, c := range map[string]struct {
		schema string
		valid  bool
	}{
		"nobody":   {schemaOf(body), false},
		"imported": {schemaOf(`<xs:import namespace="` + xmlURI + `"/>` + body), true},
	} {
		s, err := Compile(mem(map[string]string{"s.xsd": c.schema}), "s.xsd")
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := judge(t, s, []byte(`<e xmlns="urn:t" xml:lang="cs"/>`)); (len(got) == 0) != c.valid {
			t.Errorf("%s: %v", name, got)
		}
	}
}
