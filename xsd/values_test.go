package xsd

import (
	"encoding/xml"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"csuis-offline/internal/testtool"
)

var builtinNames = strings.Fields("string normalizedString token language Name NCName NMTOKEN NMTOKENS boolean decimal integer nonPositiveInteger negativeInteger long int short byte nonNegativeInteger unsignedLong unsignedInt unsignedShort unsignedByte positiveInteger float double duration dateTime time date gYearMonth gYear gMonthDay gDay gMonth hexBinary base64Binary anyURI QName")

// TestValuesLikeXmllint judges many literals by every built-in type, each on a
// separate line of one document, and compares with xmllint.
func TestValuesLikeXmllint(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "xmllint")
	dir := t.TempDir()
	var schema strings.Builder
	schema.WriteString(`<xs:schema xmlns:xs="` + xsdURI + `"><xs:element name="r"><xs:complexType><xs:choice maxOccurs="unbounded">`)
	for _, n := range builtinNames {
		fmt.Fprintf(&schema, `<xs:element name="e%s" type="xs:%s"/>`, n, n)
	}
	schema.WriteString("</xs:choice></xs:complexType></xs:element></xs:schema>")
	if err := os.WriteFile(filepath.Join(dir, "v.xsd"), []byte(schema.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	s := compile(t, dir, "v.xsd")
	r := rand.New(rand.NewPCG(5, 5))
	lits := append([]string(nil), values...)
	n := 300
	if long() {
		n = 3000
	}
	for range n {
		lits = append(lits, tweak(r, values[r.IntN(len(values))]))
	}
	type pair struct{ typ, lit string }
	var files []string
	lines := map[string][]pair{}
	wrong := map[string]map[int]bool{}
	for i := 0; i < len(lits); i += 150 {
		var doc strings.Builder
		doc.WriteString("<r xmlns:xs=\"" + xsdURI + "\">\n")
		f := filepath.Join(dir, fmt.Sprintf("v%d.xml", i))
		for _, l := range lits[i:min(i+150, len(lits))] {
			l = strings.Trim(l, " \t\n") // entry 2 of testdata/disagreements.md
			for _, n := range builtinNames {
				fmt.Fprintf(&doc, "<e%s>", n)
				xml.EscapeText(&doc, []byte(l))
				fmt.Fprintf(&doc, "</e%s>\n", n)
				lines[f] = append(lines[f], pair{n, l})
			}
		}
		doc.WriteString("</r>")
		if err := os.WriteFile(f, []byte(doc.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := judge(t, s, []byte(doc.String()))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
		wrong[f] = map[int]bool{}
		for _, v := range got {
			wrong[f][v.Line] = true
		}
	}
	all, known := 0, 0
	for _, f := range files {
		_, ok, log := xmllint(t, filepath.Join(dir, "v.xsd"), []string{f})
		if !ok {
			t.Fatal(log)
		}
		theirs := map[int]bool{}
		for _, m := range lineOf.FindAllStringSubmatch(log, -1) {
			n, _ := strconv.Atoi(m[1])
			theirs[n] = true
		}
		for i, l := range lines[f] {
			all++
			ours := !wrong[f][i+2]
			switch {
			case ours == !theirs[i+2]:
			case valueDisagreement(l.typ, l.lit, ours):
				known++
			default:
				t.Errorf("%s %q: valid for us %v, for xmllint %v", l.typ, l.lit, ours, !theirs[i+2])
			}
		}
	}
	t.Logf("%d values, %d disagree for a known reason", all, known)
}
