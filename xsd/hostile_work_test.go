package xsd

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"csuis-offline/internal/testtool"
)

// quickly runs what takes a fraction of a second and once took for ever.
func quickly(t *testing.T, f func()) {
	t.Helper()
	start := time.Now()
	f()
	if d := time.Since(start); d > 10*testtool.Slowdown*time.Second {
		t.Errorf("it takes %v", d)
	}
}

func refused(t *testing.T, files map[string]string, rule string) {
	t.Helper()
	_, err := Compile(mem(files), "s.xsd")
	var e *SchemaError
	if !errors.As(err, &e) || e.Rule != rule {
		t.Errorf("got %.200v, want %s", err, rule)
	}
}

// TestEmptinessOfSharedGroupsDoubledTheWork asks whether content can be empty
// that holds one group in two to the fortieth places.
func TestEmptinessOfSharedGroupsDoubledTheWork(t *testing.T) {
	t.Parallel()
	body := repeat(40, func(i int) string {
		return fmt.Sprintf(`<xs:group name="g%d"><xs:sequence><xs:group ref="g%d"/><xs:group ref="g%d"/></xs:sequence></xs:group>`, i+1, i, i)
	}) + `<xs:group name="g0"><xs:sequence><xs:element name="a" minOccurs="0"/></xs:sequence></xs:group>
		<xs:complexType name="t" mixed="true"><xs:group ref="g40"/></xs:complexType><xs:element name="e" type="t" default="x"/>`
	quickly(t, func() { refused(t, map[string]string{"s.xsd": schemaOf(body)}, "limit") })
}

// TestChameleonWasCopiedWithoutLimit includes one large document under many namespaces.
func TestChameleonWasCopiedWithoutLimit(t *testing.T) {
	t.Parallel()
	files := map[string]string{"c.xsd": `<xs:schema xmlns:xs="` + xsdURI + `">` + repeat(50_000, func(i int) string { return fmt.Sprintf(`<xs:element name="e%d"/>`, i) }) + `</xs:schema>`}
	files["s.xsd"] = schemaOf(repeat(300, func(i int) string {
		files[fmt.Sprintf("m%d.xsd", i)] = fmt.Sprintf(`<xs:schema xmlns:xs="%s" targetNamespace="urn:%d"><xs:include schemaLocation="c.xsd"/></xs:schema>`, xsdURI, i)
		return fmt.Sprintf(`<xs:import namespace="urn:%d" schemaLocation="m%d.xsd"/>`, i, i)
	}))
	quickly(t, func() { refused(t, files, "limit") })
}

// TestLongChainsFilledTheStack follows references that are as long as a schema can be.
func TestLongChainsFilledTheStack(t *testing.T) {
	t.Parallel()
	for name, c := range map[string][2]string{
		"types":            {`<xs:simpleType name="c%d"><xs:restriction base="c%d"/></xs:simpleType>`, `<xs:simpleType name="c0"><xs:restriction base="xs:int"/></xs:simpleType>`},
		"groups":           {`<xs:group name="c%d"><xs:sequence><xs:group ref="c%d"/></xs:sequence></xs:group>`, `<xs:group name="c0"><xs:sequence/></xs:group>`},
		"substitutions":    {`<xs:element name="c%d" substitutionGroup="c%d"/>`, `<xs:element name="c0"/>`},
		"attribute groups": {`<xs:attributeGroup name="c%d"><xs:attributeGroup ref="c%d"/></xs:attributeGroup>`, `<xs:attributeGroup name="c0"/>`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := repeat(60_000, func(i int) string { return fmt.Sprintf(c[0], i+1, i) }) + c[1]
			quickly(t, func() { refused(t, map[string]string{"s.xsd": schemaOf(body)}, "limit") })
		})
	}
}

// TestAmbiguousCountsTookTheSquareOfTheModel steps through a model whose place is a large set.
func TestAmbiguousCountsTookTheSquareOfTheModel(t *testing.T) {
	t.Parallel()
	s, err := Compile(mem(map[string]string{"s.xsd": schemaOf(`<xs:element name="r"><xs:complexType><xs:sequence><xs:element name="l" maxOccurs="unbounded"><xs:complexType>
		<xs:sequence minOccurs="2" maxOccurs="40"><xs:element name="a" minOccurs="0" maxOccurs="20"/><xs:element name="b" minOccurs="2" maxOccurs="20"/></xs:sequence>
		</xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element>`)}), "s.xsd")
	if err != nil {
		t.Fatal(err)
	}
	doc := func(n int) []byte {
		return []byte(`<r xmlns="urn:t">` + strings.Repeat("<l>"+strings.Repeat("<b/>", n)+"</l>", 5) + `</r>`)
	}
	quickly(t, func() {
		if got, err := judge(t, s, doc(780)); err != nil || len(got) > 0 {
			t.Error(err, show(got))
		}
		if got, err := judge(t, s, doc(801)); err != nil || len(got) != 5 {
			t.Error(err, show(got))
		}
	})
}

// TestWrongElementsLookedThroughTheWholeModel names what could stand at each of many places.
func TestWrongElementsLookedThroughTheWholeModel(t *testing.T) {
	t.Parallel()
	s, err := Compile(mem(map[string]string{"s.xsd": schemaOf(`<xs:element name="r"><xs:complexType><xs:sequence>` +
		repeat(15_000, func(i int) string { return fmt.Sprintf(`<xs:element name="e%d" minOccurs="0"/>`, i) }) + `</xs:sequence></xs:complexType></xs:element>`)}), "s.xsd")
	if err != nil {
		t.Fatal(err)
	}
	quickly(t, func() {
		got, err := judge(t, s, []byte(`<r xmlns="urn:t">`+strings.Repeat("<a/>", 20_000)+`</r>`))
		if err != nil || len(got) != 20_000 || len(got[0].Wanted) != maxWanted {
			t.Error(err, len(got))
		}
	})
}

// TestGrowingPatternHadNoEnd matches values that need a new set of states for
// nearly every character: the document is not judged, which is no pass.
func TestGrowingPatternHadNoEnd(t *testing.T) {
	t.Parallel()
	s, err := Compile(mem(map[string]string{"s.xsd": schemaOf(`<xs:element name="r"><xs:simpleType><xs:restriction base="xs:string"><xs:pattern value="(a|b)*a(a|b){3000}"/></xs:restriction></xs:simpleType></xs:element>`)}), "s.xsd")
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 1))
	var doc strings.Builder
	doc.WriteString(`<r xmlns="urn:t">`)
	for range 500_000 {
		doc.WriteByte("ab"[r.IntN(2)])
	}
	doc.WriteString(`</r>`)
	quickly(t, func() {
		got, err := judge(t, s, []byte(doc.String()))
		var limit *LimitError
		if !errors.As(err, &limit) || len(got) > 0 {
			t.Errorf("%v %s", err, show(got))
		}
	})
	if got, err := judge(t, s, []byte(`<r xmlns="urn:t">`+strings.Repeat("ba", 3000)+`</r>`)); err != nil || len(got) > 0 {
		t.Errorf("the next document: %v %s", err, show(got))
	}
}
