package check

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"testing/iotest"
	"time"

	"csuis-offline/check/codelist"
	"csuis-offline/envelope"
	"csuis-offline/finding"
	"csuis-offline/internal/fixture"
	"csuis-offline/internal/testtool"
)

func day(t testing.TB, s string) time.Time {
	t.Helper()
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func builtinType(uri, local string) (string, bool) { return envelope.RecordTypeOf(nil, uri, local) }

// judged checks records in one Checker, and returns the findings of each and
// those between them.
func judged(t testing.TB, o Options, records ...[]byte) (each [][]finding.Finding, between []finding.Finding, s Summary) {
	t.Helper()
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		fs, err := c.Record(context.Background(), "r.xml", "", bytes.NewReader(r))
		if err != nil {
			t.Fatal(err)
		}
		each = append(each, fs)
	}
	for fs := range c.Finish() {
		between = append(between, fs...)
	}
	return each, between, c.Summary()
}

func one(t testing.TB, o Options, record []byte) []finding.Finding {
	t.Helper()
	each, _, _ := judged(t, o, record)
	return each[0]
}

// codes are those of the findings that are not mere information.
func codes(fs []finding.Finding) []string {
	var all []string
	for _, f := range fs {
		if f.Severity != finding.Info {
			all = append(all, string(f.Code))
		}
	}
	return all
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// headerMutants are changes of an envelope's header, most of which break it.
var headerMutants = []struct{ name, old, new string }{
	{"long TransactionId", "TransactionId>", "TransactionId>0123456789abcdef0123456789abcdef0"},
	{"renamed sender", ":Sender>", ":Odesilatel>"},
	{"no sender", "", ""},
	{"short IC", "IC>0", "IC>"},
	{"letter in IC", "IC>0", "IC>A"},
	{"foreign module", ":Module>", ":Modul>"},
	{"unknown module", "Module>", "Module>X"},
	{"bad moment", "DateTimeCreated>2", "DateTimeCreated>32."},
	{"attribute on a header", "EnvelopeHeader>", `EnvelopeHeader x="1">`},
	{"attribute on a value", "IC>", `IC x="1">`},
	{"renamed body", ":EnvelopeBody>", ":Body>"},
	{"text between", "EnvelopeHeader>", "EnvelopeHeader>text"},
	{"comment between", "EnvelopeHeader>", "EnvelopeHeader><!-- c -->"},
	{"empty person", "PersonId>", "PersonId><!---->"},
}

func TestEnvelopeAgreesWithXmllint(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "xmllint")
	docs := map[string][]byte{}
	dir := t.TempDir()
	put := func(name string, data []byte) {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		docs[path] = data
	}
	err := filepath.WalkDir(testtool.Shared(t, "samples", "iissp"), func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		put(filepath.Base(filepath.Dir(p))+"_"+d.Name(), read(t, p))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	// Only requests are sent by a unit, and one of them is changed.
	ours := read(t, filepath.Join("testdata", "envelope.xml"))
	put("envelope.xml", ours)
	for _, m := range headerMutants {
		count := 1
		if strings.HasPrefix(m.old, ":") {
			count = -1 // both tags
		}
		changed := bytes.Replace(ours, []byte(m.old), []byte(m.new), count)
		if m.old == "" {
			from, to := bytes.Index(ours, []byte("<msg:Sender>")), bytes.Index(ours, []byte("</msg:Sender>"))
			changed = slices.Concat(ours[:from], ours[to+len("</msg:Sender>"):])
		}
		if bytes.Equal(changed, ours) {
			t.Errorf("%s: nothing was changed", m.name)
		}
		put("mutant "+m.name+".xml", changed)
	}
	args := []string{"--nonet", "--noout", "--schema", "../envelope/schema/messaging.xsd"}
	for path := range docs {
		args = append(args, path)
	}
	_, all, _ := testtool.Try(t, "xmllint", args...)
	refused := 0
	for path, data := range docs {
		fs := one(t, Options{Only: Schema}, data)
		valid := len(codes(fs)) == 0
		if !valid {
			refused++
		}
		if theirs := bytes.Contains(all, []byte(path+" validates\n")); valid != theirs {
			t.Errorf("%s: valid %v, xmllint %v; %v", filepath.Base(path), valid, theirs, fs)
		}
		if strings.Contains(path, "iissp") && !valid {
			t.Errorf("%s: %v", filepath.Base(path), fs)
		}
	}
	if refused < 8 {
		t.Errorf("only %d envelopes were refused", refused)
	}
}

const schemaHead = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified"><xs:element name="R"><xs:complexType><xs:sequence>
<xs:element name="VykazHlavicka"><xs:complexType><xs:sequence><xs:element name="DatumVykaz" type="xs:string"/></xs:sequence></xs:complexType></xs:element>`

const schemaTail = `</xs:sequence></xs:complexType></xs:element></xs:schema>`

func schemaWith(element string) *fstest.MapFile {
	return &fstest.MapFile{Data: []byte(schemaHead + `<xs:element name="` + element + `" type="xs:int"/>` + schemaTail)}
}

func dated(date, rest string) []byte {
	return []byte("<R><VykazHlavicka><DatumVykaz>" + date + "</DatumVykaz></VykazHlavicka>" + rest + "</R>")
}

func TestTheSchemasOfTheRecordsDayAreTaken(t *testing.T) {
	t.Parallel()
	schemas, err := OpenSchemas(fstest.MapFS{
		"20250101_a/r.xsd":       schemaWith("A"),
		"2026-01-01 leden/r.xsd": schemaWith("B"),
		"old/r.xsd":              schemaWith("C"),
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name, date, rest string
		want             []string
	}{
		{"the older", "2025-12-31", "<A>1</A>", nil},
		{"the newer, from its first day", "2026-01-01", "<B>1</B>", nil},
		{"eight digits", "31122025", "<A>1</A>", nil},
		{"the older does not know it", "2025-12-31", "<B>1</B>", []string{"xsd.element-unexpected", "xsd.element-missing"}},
		{"before all", "2024-12-31", "<A>1</A>", []string{"check.schema-none"}},
		{"no date: the day of handing over", "", "<B>1</B>", nil},
		{"a wrong value", "2026-05-01", "<B>1,5</B>", []string{"xsd.value-type"}},
	} {
		if got := codes(one(t, Options{Only: Schema, Schemas: schemas, On: day(t, "2026-06-01")}, dated(tc.date, tc.rest))); !slices.Equal(got, tc.want) {
			t.Errorf("%s: %v, want %v", tc.name, got, tc.want)
		}
	}
}

// TestCopyOfASchemaIsNoSecondEdition: equal bytes under two names leave no doubt.
func TestCopyOfASchemaIsNoSecondEdition(t *testing.T) {
	t.Parallel()
	schemas, err := OpenSchemas(fstest.MapFS{"a.xsd": schemaWith("A"), "a - kopie.xsd": schemaWith("A"), "sub/a.xsd": schemaWith("A")})
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Only: Schema, Schemas: schemas, On: day(t, "2026-06-01")}
	if got := codes(one(t, o, dated("2026-05-01", "<A>1</A>"))); got != nil {
		t.Error(got)
	}
	if got := codes(one(t, o, dated("2026-05-01", "<A>1,5</A>"))); !slices.Equal(got, []string{"xsd.value-type"}) {
		t.Error(got)
	}
	if files := schemas.packages[0].files; len(files) != 1 || !slices.Equal(files[""], []string{"a.xsd"}) {
		t.Error(files)
	}
}

func TestOnePackageNeedsNoDay(t *testing.T) {
	t.Parallel()
	schemas, err := OpenSchemas(fstest.MapFS{"sub/r.XSD": schemaWith("A"), "readme.txt": {Data: []byte("x")}})
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Only: Schema, Schemas: schemas, On: day(t, "2026-06-01")}
	if got := codes(one(t, o, dated("1999-12-31", "<A>1</A>"))); got != nil {
		t.Error(got)
	}
	if got := codes(one(t, o, []byte("<Other/>"))); !slices.Equal(got, []string{"check.schema-root"}) {
		t.Error(got)
	}
	if got := codes(one(t, o, []byte("<Other xmlns='urn:o'/>"))); !slices.Equal(got, []string{"check.schema-none"}) {
		t.Error(got)
	}
	if _, err := OpenSchemas(fstest.MapFS{"readme.txt": {Data: []byte("x")}}); err != ErrNoSchemas {
		t.Error(err)
	}
	broken, err := OpenSchemas(fstest.MapFS{"r.xsd": {Data: []byte(schemaHead + `<xs:element ref="none"/>` + schemaTail)}})
	if err != nil {
		t.Fatal(err)
	}
	o.Schemas = broken
	if got := codes(one(t, o, dated("1999-12-31", ""))); !slices.Equal(got, []string{"check.schema-broken"}) {
		t.Error(got)
	}
}

// TestAnEnvelopesRecordIsValidated: the namespaces around a record hold in it.
func TestAnEnvelopesRecordIsValidated(t *testing.T) {
	t.Parallel()
	schemas, err := OpenSchemas(fstest.MapFS{"r.xsd": schemaWith("A")})
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Only: Schema, Schemas: schemas, On: day(t, "2026-06-01")}
	env := read(t, filepath.Join("testdata", "envelope.xml"))
	for rest, want := range map[string][]string{
		"<A>1</A>": nil,
		"<A>x</A>": {"xsd.value-type"},
		"<A xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:type='xs:byte'>1</A>":     nil,
		"<A xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:type='xs:string'>1</A>":   {"xsd.type-not-derived"},
		"<A xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:type='none:string'>1</A>": {"xsd.type-unknown"},
	} {
		doc := bytes.Replace(env, []byte("<R/>"), dated("2026-03-31", rest), 1)
		if got := codes(one(t, o, doc)); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", rest, got, want)
		}
	}
}

func TestReadingInPiecesChangesNothing(t *testing.T) {
	t.Parallel()
	o := Options{On: day(t, "2027-01-20"), Type: builtinType}
	var records [][]byte
	for _, s := range fixture.Statements(3, fixture.YearEnd) {
		var b bytes.Buffer
		s.Write(&b)
		records = append(records, b.Bytes())
	}
	records = append(records, read(t, filepath.Join("testdata", "envelope.xml")), []byte("<R><a></R>"))
	for i, r := range records {
		c, err := New(o)
		if err != nil {
			t.Fatal(err)
		}
		var all [][]finding.Finding
		for _, in := range []io.Reader{bytes.NewReader(r), iotest.OneByteReader(bytes.NewReader(r)), iotest.DataErrReader(bytes.NewReader(r))} {
			j, err := c.Judge(context.Background(), "r.xml", "", in)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, j.Findings)
		}
		if !reflect.DeepEqual(all[0], all[1]) || !reflect.DeepEqual(all[0], all[2]) {
			t.Errorf("record %d: %v\n%v\n%v", i, all[0], all[1], all[2])
		}
	}
}

func TestRulesWithinAndBetweenRecords(t *testing.T) {
	t.Parallel()
	write := func(date time.Time, edits ...fixture.Edit) (all [][]byte) {
		for _, s := range fixture.Statements(5, date) {
			s = s.Clone()
			s.Apply(edits...)
			var b bytes.Buffer
			s.Write(&b)
			all = append(all, b.Bytes())
		}
		return all
	}
	each, between, s := judged(t, Options{Only: Rules}, write(fixture.YearEnd)...)
	if len(codes(slices.Concat(each...)))+len(codes(between)) > 0 || s.RulesPassed < 50 || s.RulesFailed != 0 || s.Records != 5 {
		t.Errorf("%v %v %+v", codes(slices.Concat(each...)), codes(between), s)
	}
	within, across := 0, 0
	for _, rule := range fixture.BrokenRules() {
		date, edits, ok := fixture.Break(rule)
		if !ok {
			continue
		}
		each, between, s := judged(t, Options{Only: Rules}, write(date, edits...)...)
		var failed []finding.Finding
		for _, f := range append(slices.Concat(each...), between...) {
			if f.Severity == finding.Error {
				failed = append(failed, f)
			}
		}
		answer := errWithin
		if strings.HasPrefix(rule, "Mezivykazove") {
			answer = errAcross
			across++
		} else {
			within++
		}
		if len(failed) == 0 || s.RulesFailed != len(failed) {
			t.Errorf("%s: %v, %d failed", rule, failed, s.RulesFailed)
		}
		for _, f := range failed {
			if f.Rule != rule || f.Answer != answer || f.Line == 0 || f.Difference == "" || f.Position == "" || f.File != "r.xml" {
				t.Errorf("%s: %+v", rule, f)
			}
		}
	}
	if within < 20 || across < 1 {
		t.Errorf("%d rules within, %d between statements", within, across)
	}
}

func TestDeadlines(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, date, on string
		want           []string
	}{
		{"in time", "2026-12-31", "2027-01-04", nil},
		{"the last day of the period", "2026-12-31", "2026-12-31", []string{"check.not-over"}},
		{"half a year later", "2026-12-31", "2027-07-01", []string{"check.late"}},
		{"no end of a period", "2026-12-30", "2027-01-04", []string{"check.no-period"}},
		{"no date", "", "2027-01-04", nil},
	} {
		doc := bytes.ReplaceAll(dated(tc.date, ""), []byte("R>"), []byte("Rozvaha>"))
		fs := one(t, Options{Only: CodeLists, On: day(t, tc.on), Type: builtinType}, doc)
		if got := codes(fs); !slices.Equal(got, tc.want) {
			t.Errorf("%s: %v, want %v", tc.name, got, tc.want)
		}
		for _, f := range fs {
			if f.Answer != errUnexpected || f.Wanted == "" || f.Found == "" {
				t.Errorf("%s: %+v", tc.name, f)
			}
		}
	}
}

func TestCodeLists(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f, err := os.Open(filepath.Join("testdata", "units.xml"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if sum, err := codelist.Import(context.Background(), dir, f, "", codelist.Options{}); err != nil || sum.Refused > 0 {
		t.Fatal(sum, err)
	}
	lists, err := codelist.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	env := string(read(t, filepath.Join("testdata", "envelope.xml")))
	for _, tc := range []struct {
		name, old, new, date string
		want                 []string
	}{
		{"known", "", "", "2026-03-31", nil},
		{"unknown unit", "IC>09999990", "IC>00000001", "2026-03-31", []string{"check.unit ERRAUT not-listed", "check.person ERRREP other-unit"}},
		{"before the unit was there", "", "", "2009-12-31", []string{"check.unit ERRAUT not-valid"}},
		{"unknown person", "PersonId>9999000001", "PersonId>1", "2026-03-31", []string{"check.person ERRREP not-listed"}},
	} {
		doc := strings.Replace(env, tc.old, tc.new, 1)
		doc = strings.Replace(doc, "<R/>", string(dated(tc.date, "")), 1)
		doc = strings.Replace(doc, "RecordType>001", "RecordType>999", 1) // which has no due date
		var got []string
		for _, f := range one(t, Options{Only: CodeLists, Lists: lists, On: day(t, "2026-04-10")}, []byte(doc)) {
			if f.Severity != finding.Info {
				got = append(got, string(f.Code)+" "+f.Answer+" "+f.Why)
			}
		}
		slices.Sort(got)
		slices.Sort(tc.want)
		if !slices.Equal(got, tc.want) {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
}

// TestSyntaxErrorsAreTold: what is no XML is answered with ERRSYN.
func TestSyntaxErrorsAreTold(t *testing.T) {
	t.Parallel()
	for doc, code := range map[string]string{
		"<a><b></a>": "xml.mismatched-tag", "<a>": "xml.truncated", "": "xml.no-root", "<a>\x00</a>": "xml.bad-character",
	} {
		fs := one(t, Options{On: day(t, "2026-06-01")}, []byte(doc))
		if len(fs) != 1 || string(fs[0].Code) != code || fs[0].Answer != errSyntax || fs[0].File != "r.xml" {
			t.Errorf("%q: %+v", doc, fs)
		}
	}
}

// TestTheReadersErrorIsNoFinding: a disc that cannot be read says nothing of
// the record on it. A cancelled context ends the reading.
func TestTheReadersErrorIsNoFinding(t *testing.T) {
	t.Parallel()
	c, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	if fs, err := c.Record(context.Background(), "r.xml", "", iotest.ErrReader(io.ErrClosedPipe)); err == nil || fs != nil {
		t.Error(fs, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := c.Record(ctx, "r.xml", "", strings.NewReader("<a/>")); err != context.Canceled {
		t.Error(err)
	}
}

// TestManyViolationsAreCounted: a record of the wrong kind has one on each line.
func TestManyViolationsAreCounted(t *testing.T) {
	t.Parallel()
	schemas, err := OpenSchemas(fstest.MapFS{"r.xsd": {Data: []byte(schemaHead + `<xs:element name="A" type="xs:int" maxOccurs="unbounded"/>` + schemaTail)}})
	if err != nil {
		t.Fatal(err)
	}
	fs := one(t, Options{Only: Schema, Schemas: schemas, On: day(t, "2026-06-01")}, dated("2026-03-31", strings.Repeat("<A>x</A>\n", 1000)))
	if len(fs) != maxViolations+1 {
		t.Errorf("%d findings", len(fs))
	}
	for _, f := range fs {
		if f.Code == finding.CheckSchemaMore && f.Found != "800" {
			t.Errorf("%+v", f)
		}
	}
}

// TestTheFirstTokensAreKept: the date decides on the schema, and what comes before
// it is validated too.
func TestTheFirstTokensAreKept(t *testing.T) {
	t.Parallel()
	schemas, err := OpenSchemas(fstest.MapFS{"r.xsd": schemaWith("A")})
	if err != nil {
		t.Fatal(err)
	}
	doc := []byte(`<R bad="1"><!-- c --><VykazHlavicka worse="2"><DatumVykaz>2026-03-31</DatumVykaz></VykazHlavicka><A>1</A></R>`)
	fs := one(t, Options{Only: Schema, Schemas: schemas, On: day(t, "2026-06-01")}, doc)
	if got := codes(fs); !slices.Equal(got, []string{"xsd.attribute-unexpected", "xsd.attribute-unexpected"}) {
		t.Errorf("%+v", fs)
	}
}

// TestAnEnvelopeOfAnotherNamespaceDoesNotPass: it is neither an envelope of ours
// nor a record.
func TestAnEnvelopeOfAnotherNamespaceDoesNotPass(t *testing.T) {
	t.Parallel()
	env := read(t, filepath.Join("testdata", "envelope.xml"))
	doc := bytes.Replace(env, []byte("schemas:Messaging:v1"), []byte("schemas:Messaging:v9"), 1)
	for _, d := range [][]byte{doc, []byte("<Envelope/>")} {
		if got := codes(one(t, Options{On: day(t, "2026-06-01")}, d)); !slices.Equal(got, []string{"envelope.unknown"}) {
			t.Error(got)
		}
	}
	if got := codes(one(t, Options{On: day(t, "2026-06-01")}, env)); got != nil {
		t.Error(got)
	}
}

// TestStatementWithoutAUsableDateIsTold: its due date and more were not checked.
func TestStatementWithoutAUsableDateIsTold(t *testing.T) {
	t.Parallel()
	for date, want := range map[string][]string{
		"": {"check.no-date"}, "31. 12. 2026": {"check.no-date"}, "20261231": {"check.no-date"}, "2026-12-31": nil, "31122026": nil,
	} {
		doc := "<Rozvaha><VykazHlavicka><SubjektICO>09999990</SubjektICO><DatumVykaz>" + date + "</DatumVykaz></VykazHlavicka></Rozvaha>"
		if got := codes(one(t, Options{Only: CodeLists, On: day(t, "2027-01-04"), Type: builtinType}, []byte(doc))); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", date, got, want)
		}
	}
}

// TestNumberThatIsNoneIsAWarning: without the schema nobody else would tell of it.
func TestNumberThatIsNoneIsAWarning(t *testing.T) {
	t.Parallel()
	doc := "<Rozvaha><VykazHlavicka><SubjektICO>09999990</SubjektICO><DatumVykaz>2026-12-31</DatumVykaz></VykazHlavicka><Aktiva>" +
		"<Radek><PolozkaCislo>A.II.</PolozkaCislo><ObdobiBezneBrutto>1 250,00</ObdobiBezneBrutto></Radek>" +
		"<Radek><PolozkaCislo>A.II.1.</PolozkaCislo><ObdobiBezneBrutto>1250.00</ObdobiBezneBrutto></Radek></Aktiva></Rozvaha>"
	told := false
	for _, f := range one(t, Options{Only: Rules, On: day(t, "2027-01-04")}, []byte(doc)) {
		told = told || f.Code == finding.CheckRuleNotRun && f.Severity == finding.Warning && f.Why == "not-a-number"
	}
	if !told {
		t.Error("not told")
	}
}
