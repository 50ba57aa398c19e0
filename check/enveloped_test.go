package check

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"csuis-offline/finding"
	"csuis-offline/internal/testtool"
)

// mutants changes each element of a document outside of the body's content: its
// value, its attributes, its place. What they do to the body, the record's own
// schema has to say.
func mutants(doc string) []string {
	var out []string
	add := func(from, to int, with string) { out = append(out, doc[:from]+with+doc[to:]) }
	body := strings.Index(doc, "EnvelopeBody")
	foot := strings.LastIndex(doc, "EnvelopeBody")
	for _, m := range regexp.MustCompile(`<([\w.]+:)?([\w.]+)([^<>]*?)(/?)>`).FindAllStringSubmatchIndex(doc, -1) {
		if m[0] > body && m[0] < foot || m[0] == 0 {
			continue
		}
		start, end := m[0], m[1]
		name := doc[max(m[2], m[0]+1):m[5]]
		add(end-1-(m[9]-m[8]), end-1-(m[9]-m[8]), ` neco="1"`)
		add(end-1-(m[9]-m[8]), end-1-(m[9]-m[8]), ` xml:lang="cs"`)
		add(start, start, "<neco/>")
		add(start, start, "text")
		if m[8] < m[9] {
			add(start, end, "")
			continue
		}
		closing := "</" + name + ">"
		i := strings.Index(doc[end:], closing)
		if i < 0 {
			continue
		}
		inner, whole := end+i, end+i+len(closing)
		add(start, whole, "")
		add(whole, whole, doc[start:whole])
		add(end, inner, "")
		if strings.Contains(doc[end:inner], "<") {
			continue
		}
		for _, v := range []string{"x", "0", "12345678901", strings.Repeat("1", 41), "a@b", "č", "CSUIS", "+420 123", "2011-05-01T00:00:00"} {
			add(end, inner, v)
		}
		add(end, end, " ")
		add(inner, inner, "\n")
	}
	return out
}

// With the published schema in the folder, an envelope is judged as xmllint judges
// it by that schema.
func TestThePublishedEnvelopeIsJudgedAsByXmllint(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "xmllint")
	folder := testtool.Shared(t, "schemas", "iissp")
	schemas, err := OpenSchemas(os.DirFS(folder))
	if err != nil {
		t.Fatal(err)
	}
	docs := map[string][]byte{}
	dir := t.TempDir()
	n := 0
	err = filepath.WalkDir(testtool.Shared(t, "samples", "iissp"), func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		sample := string(read(t, p))
		// Some of everything that may stand in an envelope.
		full := strings.Replace(sample, "</msg:EnvelopeHeader>", "<msg:Authentication><msg:Identification>a</msg:Identification><msg:Password>b</msg:Password><msg:Method>c</msg:Method></msg:Authentication></msg:EnvelopeHeader>", 1)
		for i, doc := range append([]string{sample, full}, mutants(full)...) {
			if i > 1 && (i+n)%61 != 0 {
				continue // all samples are much alike
			}
			path := filepath.Join(dir, fmt.Sprintf("%d-%d.xml", n, i))
			docs[path] = []byte(doc)
			if err := os.WriteFile(path, []byte(doc), 0o600); err != nil {
				return err
			}
		}
		n++
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	args := []string{"--nonet", "--noout", "--schema", filepath.Join(folder, "iissp_messaging_risre.xsd")}
	for path := range docs {
		args = append(args, path)
	}
	_, all, _ := testtool.Try(t, "xmllint", args...)
	refused, judged := 0, 0
	for path, data := range docs {
		theirs := bytes.Contains(all, []byte(path+" validates\n"))
		if !theirs && !bytes.Contains(all, []byte(path+" fails to validate\n")) {
			continue // not well-formed
		}
		judged++
		var wrong []finding.Finding
		for _, f := range one(t, Options{Only: Schema, Schemas: schemas}, data) {
			if strings.HasPrefix(string(f.Code), "xsd.") || strings.HasPrefix(string(f.Code), "check.") {
				wrong = append(wrong, f)
			}
		}
		if valid := len(wrong) == 0; valid != theirs {
			_, said, _ := testtool.Try(t, "xmllint", "--nonet", "--noout", "--schema", args[3], path)
			if valid && bytes.Contains(said, []byte("is not a valid value of the atomic type")) {
				continue // white space around a value (xsd/testdata/disagreements.md, 2)
			}
			t.Errorf("%s: valid %v, xmllint %v: %v\n%s", filepath.Base(path), valid, theirs, wrong, said)
		}
		if !theirs {
			refused++
		}
	}
	if judged < 150 || refused < 50 {
		t.Errorf("%d documents, %d refused", judged, refused)
	}
}

// The published edition for RISRE does not admit a message of CSÚIS: it judges the
// header and the footer, the body is judged by its own schema, and that is said.
func TestAnEnvelopeOfAnotherEdition(t *testing.T) {
	t.Parallel()
	schemas, err := OpenSchemas(os.DirFS(testtool.Shared(t, "schemas", "iissp")))
	if err != nil {
		t.Fatal(err)
	}
	ours := string(read(t, filepath.Join("testdata", "envelope.xml")))
	footer := func(in string) [2]string {
		return [2]string{"</msg:EnvelopeBody>", "</msg:EnvelopeBody><msg:EnvelopeFooter>" + in + "</msg:EnvelopeFooter>"}
	}
	for name, c := range map[string]struct {
		change [2]string
		want   []string
	}{
		"as it is":             {[2]string{"", ""}, nil},
		"an attribute":         {[2]string{"<iissp:IC>", `<iissp:IC neco="1">`}, []string{"xsd.attribute-unexpected"}},
		"a long name of unit":  {[2]string{"<iissp:IC>09999990</iissp:IC>", "<iissp:SubjectId>12345678901</iissp:SubjectId>"}, []string{"xsd.max-length"}},
		"no header":            {[2]string{"iissp:SubjectName>Ministerstvo", "iissp:Neco>Ministerstvo"}, nil}, // not well-formed
		"an unknown type":      {[2]string{"<iissp:TransactionId>", `<iissp:TransactionId xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="iissp:MessageIdType">`}, nil},
		"a footer":             {footer(""), nil},
		"an unknown footer":    {footer("<neco/>"), []string{"xsd.element-unexpected"}},
		"an unknown process":   {footer("<msg:Processing><a/></msg:Processing>"), []string{"xsd.element-undeclared"}},
		"an empty signature":   {footer(`<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>`), []string{"xsd.element-missing"}},
		"two footers":          {[2]string{"</msg:EnvelopeBody>", "</msg:EnvelopeBody><msg:EnvelopeFooter/><msg:EnvelopeFooter/>"}, []string{"xsd.element-unexpected"}},
		"something behind":     {[2]string{"</msg:EnvelopeBody>", "</msg:EnvelopeBody><x/>"}, []string{"xsd.element-unexpected"}},
		"a wrong record type":  {[2]string{">001<", ">1<"}, []string{"check.type-unknown", "xsd.pattern"}},
		"no message header":    {[2]string{"cus:MessageId>", "cus:Neco>"}, []string{"xsd.element-missing", "xsd.element-unexpected"}},
		"the manual's module":  {[2]string{">CSUIS<", ">CSÚIS<"}, []string{"warning xsd.enumeration"}},
		"an unknown module":    {[2]string{">CSUIS<", ">CSUIX<"}, []string{"xsd.enumeration"}},
		"the module elsewhere": {[2]string{"<R/>", "<R xmlns='urn:x'><Module>CSÚIS</Module></R>"}, nil},
	} {
		doc := strings.ReplaceAll(ours, c.change[0], c.change[1])
		if c.change[0] == "" {
			doc = ours
		}
		if name == "no header" {
			continue
		}
		var got []string
		told := 0
		for _, f := range one(t, Options{Only: Schema, Schemas: schemas}, []byte(doc)) {
			switch code := string(f.Code); {
			case f.Code == finding.CheckEnvelopeEdition:
				told++
				if f.Severity != finding.Info || f.Found != "{urn:cz:mfcr:iissp:schemas:Cus:v1}Message" {
					t.Errorf("%s: %+v", name, f)
				}
			case f.Code == finding.CheckSchemaNone, f.Code == finding.CheckTypeNone:
			case f.Severity == finding.Warning:
				got = append(got, "warning "+code)
			default:
				got = append(got, code)
			}
		}
		slices.Sort(got)
		got = slices.Compact(got)
		if told != 1 || !slices.Equal(got, c.want) {
			t.Errorf("%s: told %d times, %v, want %v", name, told, got, c.want)
		}
	}
}

// ownEnvelope is a folder whose envelope takes anything that it declares.
func ownEnvelope(t *testing.T, process string, more ...string) *Schemas {
	t.Helper()
	const head = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified" targetNamespace="`
	files := fstest.MapFS{
		"m.xsd": {Data: []byte(head + `urn:cz:mfcr:iissp:schemas:Messaging:v1" xmlns="urn:cz:mfcr:iissp:schemas:Messaging:v1">
<xs:element name="Envelope"><xs:complexType><xs:sequence><xs:element ref="EnvelopeHeader"/><xs:element ref="EnvelopeBody"/><xs:element ref="EnvelopeFooter" minOccurs="0"/></xs:sequence></xs:complexType></xs:element>
<xs:element name="EnvelopeHeader"><xs:complexType><xs:attribute name="n" type="xs:ID"/></xs:complexType></xs:element>
<xs:element name="EnvelopeBody"><xs:complexType><xs:sequence><xs:any namespace="##other" processContents="` + process + `"/></xs:sequence></xs:complexType></xs:element>
<xs:element name="EnvelopeFooter"><xs:complexType><xs:attribute name="r" type="xs:IDREF"/></xs:complexType></xs:element></xs:schema>`)},
		"r.xsd": {Data: []byte(head + `urn:r"><xs:element name="R"><xs:complexType><xs:attribute name="i" type="xs:ID"/><xs:attribute name="n" type="xs:int"/></xs:complexType></xs:element></xs:schema>`)},
	}
	for _, m := range more {
		name, text, _ := strings.Cut(m, " ")
		files[name] = &fstest.MapFile{Data: []byte(strings.Replace(text, "<xs:schema", head[:len(head)-len(` targetNamespace="`)], 1))}
	}
	s, err := OpenSchemas(files)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func ownDocument(header, record, footer string) []byte {
	return []byte(`<msg:Envelope xmlns:msg="urn:cz:mfcr:iissp:schemas:Messaging:v1"><msg:EnvelopeHeader ` + header + `/><msg:EnvelopeBody>` + record + `</msg:EnvelopeBody><msg:EnvelopeFooter ` + footer + `/></msg:Envelope>`)
}

// An envelope that admits what its body holds is judged with it as one document,
// and its identifiers are those of one document.
func TestAnEnvelopeAndItsRecordAreOneDocument(t *testing.T) {
	t.Parallel()
	for _, process := range []string{"strict", "lax", "skip"} {
		s := ownEnvelope(t, process)
		for name, c := range map[string]struct {
			header, record, footer string
			want, skipped          []string
		}{
			"nothing wrong":           {`n="a"`, `<R xmlns="urn:r" i="b"/>`, `r="a"`, nil, nil},
			"one identifier twice":    {`n="a"`, `<R xmlns="urn:r" i="a"/>`, ``, []string{"xsd.id-duplicate"}, nil},
			"referred to from behind": {``, `<R xmlns="urn:r" i="a"/>`, `r="a"`, nil, []string{"xsd.idref-dangling"}},
			"referred to, not there":  {``, `<R xmlns="urn:r"/>`, `r="a"`, []string{"xsd.idref-dangling"}, []string{"xsd.idref-dangling"}},
			"a wrong record":          {``, `<R xmlns="urn:r" n="x"/>`, ``, []string{"xsd.value-type"}, []string{"xsd.value-type"}},
		} {
			want := c.want
			if process == "skip" {
				want = c.skipped
			}
			j, err := mustNew(t, Options{Only: Schema, Schemas: s}).Judge(t.Context(), "f", "r", bytes.NewReader(ownDocument(c.header, c.record, c.footer)))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range j.Findings {
				if f.Code != finding.CheckMessageUnknown {
					got = append(got, string(f.Code))
				}
			}
			if !slices.Equal(got, want) || j.count.Validated != 1 {
				t.Errorf("%s, %s: %v, want %v; validated %d", process, name, got, want, j.count.Validated)
			}
		}
	}
}

func mustNew(t *testing.T, o Options) *Checker {
	t.Helper()
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// However long the header is, the folder's schema judges it.
func TestALongHeaderDoesNotEvadeTheFoldersSchema(t *testing.T) {
	t.Parallel()
	s := ownEnvelope(t, "lax")
	doc := bytes.Replace(ownDocument("", `<R xmlns="urn:r" n="x"/>`, ""), []byte("<msg:EnvelopeHeader />"),
		[]byte("<msg:EnvelopeHeader>"+strings.Repeat("<x/>", 2*maxEarly)+"</msg:EnvelopeHeader>"), 1)
	got := codes(one(t, Options{Only: Schema, Schemas: s}, doc))
	if !slices.Contains(got, "xsd.element-content") && !slices.Contains(got, "xsd.element-unexpected") || !slices.Contains(got, "xsd.value-type") {
		t.Error(got)
	}
}

// A record of a namespace that the folder has, but with another root, passed with a
// warning, like one of which the folder knows nothing.
func TestAnUnknownRootOfAKnownNamespaceIsAnError(t *testing.T) {
	t.Parallel()
	s := ownEnvelope(t, "lax")
	for record, want := range map[string]string{
		`<R xmlns="urn:r"/>`:     "",
		`<Q xmlns="urn:r"/>`:     "error check.schema-root",
		`<Q xmlns="urn:other"/>`: "warning check.schema-none",
		`<Q/>`:                   "warning check.schema-none",
	} {
		for _, doc := range [][]byte{[]byte(record), ownDocument("", record, "")} {
			got := ""
			for _, f := range one(t, Options{Only: Schema, Schemas: s}, doc) {
				if f.Code == finding.CheckSchemaRoot || f.Code == finding.CheckSchemaNone {
					got = string(f.Severity) + " " + string(f.Code)
				}
			}
			if got != want && !(want == "warning check.schema-none" && got == "" && bytes.Contains(doc, []byte("Envelope"))) {
				t.Errorf("%s: %q, want %q", doc, got, want)
			}
		}
	}
}

// Two versions of a schema side by side made every record an error that named one
// component.
func TestTwoVersionsSideBySideAreNamed(t *testing.T) {
	t.Parallel()
	s := ownEnvelope(t, "lax", `r-v2.xsd <xs:schema targetNamespace="urn:r"><xs:element name="R"/></xs:schema>`)
	fs := one(t, Options{Only: Schema, Schemas: s}, []byte(`<R xmlns="urn:r" n="x"/>`))
	if len(fs) != 1 || fs[0].Code != finding.CheckSchemaTwice || fs[0].Severity != finding.Warning || fs[0].Wanted != "r-v2.xsd" || fs[0].Detail != "r.xsd" {
		t.Errorf("%+v", fs)
	}
	// What the two do not concern is judged.
	s = ownEnvelope(t, "lax", `q.xsd <xs:schema targetNamespace="urn:q"><xs:element name="Q"/></xs:schema>`, `q2.xsd <xs:schema targetNamespace="urn:q"><xs:element name="Q"/></xs:schema>`)
	if got := codes(one(t, Options{Only: Schema, Schemas: s}, []byte(`<R xmlns="urn:r" n="x"/>`))); !slices.Equal(got, []string{"xsd.value-type"}) {
		t.Error(got)
	}
}
