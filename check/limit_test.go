package check

import (
	"math/rand/v2"
	"strings"
	"testing"
	"testing/fstest"

	"csuis-offline/finding"
)

// TestARecordBeyondTheLimitPassed: a record that cannot be validated to its end
// has a finding of error severity.
func TestARecordBeyondTheLimitPassed(t *testing.T) {
	t.Parallel()
	schemas, err := OpenSchemas(fstest.MapFS{"r.xsd": {Data: []byte(`<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="r"><xs:simpleType>
		<xs:restriction base="xs:string"><xs:pattern value="(a|b)*a(a|b){3000}"/></xs:restriction></xs:simpleType></xs:element></xs:schema>`)}})
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 1))
	var doc strings.Builder
	doc.WriteString("<r>")
	for range 200_000 {
		doc.WriteByte("ab"[r.IntN(2)])
	}
	doc.WriteString("</r>")
	got := one(t, Options{Only: Schema, Schemas: schemas, On: day(t, "2026-06-01")}, []byte(doc.String()))
	n := 0
	for _, f := range got {
		if f.Code == finding.CheckSchemaLimit && f.Severity == finding.Error {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%+v", got)
	}
}
