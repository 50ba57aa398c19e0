package envelope

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"csuis-offline/c14n"
	"csuis-offline/internal/testtool"
)

// TestBareRecords: the envelope around each is accepted by xmlsec1, is
// well-formed UTF-8, and holds the record's source as it was.
func TestBareRecords(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "xmllint")
	want := map[string]struct{ kind, ic, date string }{
		"rozvaha-2009":         {"001", "00075370", "2009-12-31"},
		"rozvaha-2024":         {"001", "00075371", "2024-03-31"},
		"rozvaha-crlf":         {"001", "00075371", "2024-03-31"},
		"fin-in-no-namespace":  {"051", "00075370", "2024-03-31"},
		"with-byte-order-mark": {"001", "", ""},
	}
	records := files(t, "testdata/records/*.xml")
	if len(records) != len(want) {
		t.Fatalf("%d files, %d expectations", len(records), len(want))
	}
	for profileName, p := range profilesByName {
		t.Run(profileName, func(t *testing.T) {
			t.Parallel()
			j := newJudge(t)
			var judged []string
			for name, doc := range records {
				out, res, err := complete(doc, options(p))
				if err != nil || !res.Built || res.Kept {
					t.Errorf("%s: %v, %+v", name, err, res)
					continue
				}
				w := want[name]
				if in := res.Info; in.RecordType != w.kind || in.SubjectIC != w.ic || in.StatementDate != w.date || in.Sender.IC != "00075370" {
					t.Errorf("%s: %+v", name, in)
				}
				source := bytes.TrimPrefix(doc, []byte("\uFEFF"))
				if bytes.HasPrefix(source, []byte("<?xml ")) {
					source = source[bytes.Index(source, []byte("?>"))+2:]
				}
				if !bytes.Contains(out, append(append([]byte("<cus:MessageBody>\n        "), source...), "\n      </cus:MessageBody>"...)) {
					t.Errorf("%s: the record is not as it was:\n%s", name, out)
				}
				mustKeep(t, name, out, p)
				judged = append(judged, j.file(t, name, out))
			}
			j.verify(t, judged...)
			testtool.Run(t, "xmllint", append([]string{"--noout"}, judged...)...)
		})
	}
}

var update = flag.Bool("update", false, "write the golden files anew")

// TestGolden: with a fixed clock and fixed randomness the envelope is fixed.
func TestGolden(t *testing.T) {
	t.Parallel()
	for name, p := range profilesByName {
		out := mustComplete(t, files(t, "testdata/records/rozvaha-2024.xml")["rozvaha-2024"], p)
		path := filepath.Join("testdata", "golden", name+".xml")
		if *update {
			write(t, path, out)
		}
		golden, err := os.ReadFile(path)
		if err != nil || !bytes.Equal(out, golden) {
			t.Errorf("%s: %v, got\n%s", name, err, out)
		}
	}
}

func TestRecordsInOtherEncodings(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "xmllint")
	j := newJudge(t)
	source := files(t, "testdata/records/rozvaha-2024.xml")["rozvaha-2024"]
	want := mustComplete(t, source, Binding)
	var judged []string
	for name, e := range encodings {
		b, err := e.encoding.NewEncoder().String(strings.Replace(string(source), "UTF-8", e.declared, 1))
		if err != nil {
			t.Fatal(err)
		}
		out, res, err := complete([]byte(e.bom+b), options(Binding))
		if err != nil || res.Info.Encoding != e.finds || !bytes.Equal(out, want) {
			t.Errorf("%s: %v, %+v", name, err, res)
		}
		judged = append(judged, j.file(t, name, out))
	}
	j.verify(t, judged...)
	testtool.Run(t, "xmllint", append([]string{"--noout"}, judged...)...)
}

// TestHeaderIsValid lets the published schema judge header and footer of what
// we build. It knows only bodies of its module, so one of its samples takes
// the body's place.
func TestHeaderIsValid(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "xmllint")
	dir := t.TempDir()
	schema := testtool.Shared(t, "schemas", "iissp", "iissp_messaging_risre.xsd")
	sample := testtool.Shared(t, "samples", "iissp", "Rozhrani_B_SP_EKIS_ROP", "Priklad_01_ROPData_pozadavek.xml")
	data, err := os.ReadFile(sample)
	if err != nil {
		t.Fatal(err)
	}
	inner := string(data[bytes.Index(data, []byte("<risre:ZpravaRisre>")):bytes.Index(data, []byte("</msg:EnvelopeBody>"))])
	inner = strings.Replace(inner, "<risre:ZpravaRisre", `<risre:ZpravaRisre xmlns:risre="urn:cz:mfcr:iissp:schemas:Risre:v1"`, 1)
	judgeBody := func(t *testing.T, name, body string, o Options) error {
		out, _, err := complete([]byte(inner), o)
		if err != nil {
			t.Fatal(err)
		}
		from := bytes.Index(out, []byte("<msg:EnvelopeBody>")) + len("<msg:EnvelopeBody>")
		to := bytes.Index(out, []byte("</msg:EnvelopeBody>"))
		file := filepath.Join(dir, name+".xml")
		write(t, file, append(append(bytes.Clone(out[:from]), body...), out[to:]...))
		_, all, err := testtool.Try(t, "xmllint", "--noout", "--schema", schema, file)
		if err != nil {
			t.Logf("%s: %s", name, all)
		}
		return err
	}
	for name, change := range map[string]func(*Config){
		"full":              func(*Config) {},
		"least":             func(c *Config) { c.Person = Person{ID: "1"} },
		"longest":           func(c *Config) { c.Person.ID, c.Person.UserName = strings.Repeat("ř", 15), strings.Repeat("ř", 12) },
		"phone-00":          func(c *Config) { c.Person.Phones = []string{"00420 337/900-900", "337900900", "+420337900900"} },
		"module-by-default": func(c *Config) { c.Module = "" },
	} {
		o := options(Binding)
		o.Config.Types = map[string]string{"{urn:cz:mfcr:iissp:schemas:Risre:v1}ZpravaRisre": "001"}
		o.Config.Module = "RISRE"
		change(o.Config)
		if err := judgeBody(t, name, inner, o); err != nil {
			t.Errorf("%s: the schema refuses the header", name)
		}
	}
	o := options(Binding)
	o.Config.Types = map[string]string{"ZpravaRisre": "001"}
	if judgeBody(t, "no-body", "", o) == nil {
		t.Error("the schema accepts an empty body: it judges nothing")
	}
}

// TestEveryKnownRoot: each root of the table gets its type, and each type has a
// name.
func TestEveryKnownRoot(t *testing.T) {
	t.Parallel()
	for root, kind := range rootTypes {
		_, res, err := complete([]byte("<"+root+" xmlns='urn:x'/>"), options(Binding))
		if err != nil || res.Info.RecordType != kind || res.Info.Root != root || KindName(kind) == "" {
			t.Errorf("%s: %v, %+v", root, err, res)
		}
	}
	if KindName("999") != "" {
		t.Error("a name for 999")
	}
}

func TestRecordTypes(t *testing.T) {
	t.Parallel()
	types := map[string]string{"Rozvaha": "023", "{urn:b}Rozvaha": "024", "Novy": "056", "Short": "1", "Letters": "C01", "Long": "0010"}
	for _, c := range []struct{ record, kind string }{
		{"<Rozvaha xmlns='urn:a'/>", "023"},
		{"<Rozvaha xmlns='urn:b'/>", "024"},
		{"<p:Rozvaha xmlns:p='urn:b'/>", "024"},
		{"<Rozvaha/>", "023"},
		{"<Novy/>", "056"},
		{"<RozvahaPO/>", "001"},
		{"<rozvaha/>", "unknown"},
		{"<Envelope/>", "foreign"},
		{"<Envelope xmlns='http://schemas.xmlsoap.org/soap/envelope/'/>", "foreign"},
		{"<Envelope xmlns='urn:cz:mfcr:iissp:schemas:Messaging:v2'/>", "foreign"},
		{"<Short/>", "malformed"},
		{"<Letters/>", "malformed"},
		{"<Long/>", "malformed"},
	} {
		o := options(Binding)
		o.Config.Types = types
		_, res, err := complete([]byte(c.record), o)
		var unknown *UnknownRootError
		var config *ConfigError
		var structure *StructureError
		switch {
		case c.kind == "foreign":
			// It once was put into another envelope where the table said so.
			if !errors.As(err, &structure) || structure.Problem != "unknown" {
				t.Errorf("%s: %v", c.record, err)
			}
		case c.kind == "unknown":
			if !errors.As(err, &unknown) || unknown.Local == "" {
				t.Errorf("%s: %v", c.record, err)
			}
		case c.kind == "malformed":
			if !errors.As(err, &config) || config.Problem != "malformed" || !strings.HasPrefix(config.Key, "records.") {
				t.Errorf("%s: %v", c.record, err)
			}
		case err != nil || res.Info.RecordType != c.kind:
			t.Errorf("%s: %v, %+v", c.record, err, res)
		}
	}
}

func TestConfig(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change  func(*Config)
		key     string
		problem string
	}{
		"no ic":               {func(c *Config) { c.Unit.IC = "" }, "unit.ic", "missing"},
		"short ic":            {func(c *Config) { c.Unit.IC = "7537" }, "unit.ic", "malformed"},
		"ic with a space":     {func(c *Config) { c.Unit.IC = "0007 5370" }, "unit.ic", "malformed"},
		"ic of letters":       {func(c *Config) { c.Unit.IC = "CZ075370" }, "unit.ic", "malformed"},
		"no unit":             {func(c *Config) { c.Unit.Name = " " }, "unit.name", "missing"},
		"unit of lines":       {func(c *Config) { c.Unit.Name = "Obec\nKůňov" }, "unit.name", "malformed"},
		"unit with a tab":     {func(c *Config) { c.Unit.Name = "Obec\tKůňov" }, "unit.name", "malformed"},
		"unit with a bell":    {func(c *Config) { c.Unit.Name = "Obec\a" }, "unit.name", "malformed"},
		"unit with C1":        {func(c *Config) { c.Unit.Name = "Obec\u0085" }, "unit.name", "malformed"},
		"unit with NUL":       {func(c *Config) { c.Unit.Name = "Obec\x00" }, "unit.name", "malformed"},
		"unit with FFFE":      {func(c *Config) { c.Unit.Name = "Obec\uFFFE" }, "unit.name", "malformed"},
		"unit in another set": {func(c *Config) { c.Unit.Name = "Obec K\xf9\xf2ov" }, "unit.name", "malformed"},
		"unit of a megabyte":  {func(c *Config) { c.Unit.Name = strings.Repeat("x", 1<<20) }, "unit.name", "malformed"},
		"no person":           {func(c *Config) { c.Person.ID = "" }, "person.id", "missing"},
		"long person":         {func(c *Config) { c.Person.ID = strings.Repeat("9", 16) }, "person.id", "malformed"},
		"person of controls":  {func(c *Config) { c.Person.ID = "\x1b[2J" }, "person.id", "malformed"},
		"name of controls":    {func(c *Config) { c.Person.Name = "\x1b[2J" }, "person.name", "malformed"},
		"long user":           {func(c *Config) { c.Person.UserName = strings.Repeat("x", 13) }, "person.user", "malformed"},
		"e-mail":              {func(c *Config) { c.Person.Email = "nobody" }, "person.email", "malformed"},
		"e-mail with a name":  {func(c *Config) { c.Person.Email = "Z <z@k.cz>" }, "person.email", "malformed"},
		"phone of words":      {func(c *Config) { c.Person.Phones = []string{"337900900", "none"} }, "person.phones", "malformed"},
		"short phone":         {func(c *Config) { c.Person.Phones = []string{"12"} }, "person.phones", "malformed"},
		"empty phone":         {func(c *Config) { c.Person.Phones = []string{""} }, "person.phones", "malformed"},
		"module":              {func(c *Config) { c.Module = "CSIUS" }, "seal.module", "malformed"},
	} {
		o := options(Binding)
		c.change(o.Config)
		_, _, err := complete([]byte("<Rozvaha/>"), o)
		var e *ConfigError
		if !errors.As(err, &e) || e.Key != c.key || e.Problem != c.problem || len(err.Error()) > 600 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, err := complete([]byte("<Rozvaha/>"), Options{}); !errors.Is(err, ErrNoConfig) {
		t.Errorf("without a configuration: %v", err)
	}
	// The record's own damage comes first.
	var syntax *c14n.SyntaxError
	for _, bad := range []string{"<Rozvaha>", "<unknown><</unknown>", "<!DOCTYPE Rozvaha><Rozvaha/>", "<Rozvaha/><Rozvaha/>"} {
		if _, _, err := complete([]byte(bad), Options{}); !errors.As(err, &syntax) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

// TestNamesThatNeedEscapes come back from the header as they were.
func TestNamesThatNeedEscapes(t *testing.T) {
	t.Parallel()
	j := newJudge(t)
	for i, name := range []string{`A & B <c> "d" 'e'`, "]]>", "&amp;", "  two  spaces  inside", "Příliš žluťoučký kůň úpěl ďábelské ódy", "😀", "\u00A0\uFFFD"} {
		o := options(Profile(i % 2))
		o.Config.Unit.Name, o.Config.Person.Name = name, name
		out, res, err := complete([]byte("<Rozvaha/>"), o)
		want := strings.Trim(name, " ")
		if err != nil || res.Info.Sender.Name != want || res.Info.Sender.Person.Name != want {
			t.Errorf("%q: %v, %+v", name, err, res)
			continue
		}
		j.verify(t, j.file(t, "escapes", out))
	}
}

func TestModule(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{"": "CSUIS", "CSÚIS": "CSÚIS", "RISRE": "RISRE"} {
		o := options(Binding)
		o.Config.Module = given
		if _, res, err := complete([]byte("<Rozvaha/>"), o); err != nil || res.Info.Recipient.Module != want {
			t.Errorf("%q: %v, %+v", given, err, res)
		}
	}
}

// TestDepth: the envelope adds four levels to the record's.
func TestDepth(t *testing.T) {
	t.Parallel()
	for depth, ok := range map[int]bool{252: true, 253: false} {
		doc := "<Rozvaha>" + strings.Repeat("<a>", depth-1) + strings.Repeat("</a>", depth-1) + "</Rozvaha>"
		out, _, err := complete([]byte(doc), options(Binding))
		var e *c14n.SyntaxError
		switch {
		case ok && err != nil:
			t.Errorf("%d: %v", depth, err)
		case ok:
			mustKeep(t, "depth", out, Binding)
		case !errors.As(err, &e) || e.Rule != c14n.TooDeep || e.Line != 1 || e.Column != len("<Rozvaha>")+251*len("<a>")+1:
			t.Errorf("%d: %v", depth, err)
		}
	}
}

func TestRandomnessAndClock(t *testing.T) {
	t.Parallel()
	o := options(Binding)
	o.Rand = bytes.NewReader(bytes.Repeat([]byte{0xAB}, 16))
	o.Now = time.Date(2026, 3, 29, 4, 30, 0, 0, time.FixedZone("CEST", 2*3600))
	_, res, err := complete([]byte("<Rozvaha/>"), o)
	if err != nil || res.Info.TransactionID != strings.Repeat("AB", 16) || res.Info.Created != "2026-03-29T02:30:00Z" {
		t.Errorf("%v, %+v", err, res)
	}
	if _, _, err = complete([]byte("<Rozvaha/>"), o); !errors.Is(err, io.EOF) {
		t.Errorf("randomness that has run out: %v", err)
	}
	o.Rand = nil
	_, one, err1 := complete([]byte("<Rozvaha/>"), o)
	_, two, err2 := complete([]byte("<Rozvaha/>"), o)
	if err1 != nil || err2 != nil || one.Info.TransactionID == two.Info.TransactionID {
		t.Errorf("two envelopes with one TransactionId: %v, %v", err1, err2)
	}
}

func TestCheckIC(t *testing.T) {
	t.Parallel()
	for ic, want := range map[string]ICState{
		"00006947": ICValid, "00075370": ICValid, "00020478": ICValid, "25596641": ICValid,
		"00000019": ICValid, // sum mod 11 is 2: 9
		"00000000": ICCheckDigit, "00006948": ICCheckDigit, "12345678": ICCheckDigit, "99999999": ICCheckDigit,
		"": ICMalformed, "6947": ICMalformed, "000069470": ICMalformed, "0000694a": ICMalformed,
		" 0006947": ICMalformed, "-0006947": ICMalformed, "０００": ICMalformed, "0000694/": ICMalformed, "0000694:": ICMalformed,
	} {
		if got := CheckIC(ic); got != want {
			t.Errorf("%q: %d, want %d", ic, got, want)
		}
	}
	// One digit in ten is right behind every seven others.
	for n := range 1000 {
		seven := []byte("0000000")
		for i, m := 6, n*9973%10000000; m > 0; i, m = i-1, m/10 {
			seven[i] = byte('0' + m%10)
		}
		right := 0
		for d := range 10 {
			if CheckIC(string(seven)+string(rune('0'+d))) == ICValid {
				right++
			}
		}
		if right != 1 {
			t.Errorf("%s: %d check digits are right", seven, right)
		}
	}
}

func TestIsoDate(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]string{
		"31122009": "2009-12-31", "29022024": "2024-02-29", "2009-12-31": "2009-12-31",
		"2009-12-31Z": "2009-12-31", "2009-12-31+01:00": "2009-12-31",
		"2009-12-31T00:00:00": "2009-12-31", "2009-12-31T23:30:00.5Z": "2009-12-31", "2009-12-31T23:30:00-05:00": "2009-12-31",
		// Not understood, and left as written.
		"": "", "31.12.2009": "31.12.2009", "20091231": "20091231", "29022023": "29022023", "2009-13-01": "2009-13-01",
		"2009-12-31-junk": "2009-12-31-junk", "2009-12-31T": "2009-12-31T", "3112009": "3112009", "0001-01-01": "0001-01-01",
	} {
		got := isoDate(written)
		if got != want {
			t.Errorf("%q: %q, want %q", written, got, want)
		}
		if understood := got != written || written == "2009-12-31" || written == "0001-01-01"; IsDate(got) != understood {
			t.Errorf("IsDate(%q) = %v", got, !understood)
		}
	}
}
