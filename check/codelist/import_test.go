package codelist_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"csuis-offline/c14n"
	"csuis-offline/check/codelist"
	"csuis-offline/internal/testtool"
	"csuis-offline/stage"
)

var update = flag.Bool("update", false, "write the golden files anew")

func stored(t testing.TB, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*", "*"))
	must(t, err)
	return files
}

// TestStoredForm compares with golden files that doc/codelists.md explains.
func TestStoredForm(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"units-nested", "units-flat", "statements", "skp", "accounts"} {
		dir := t.TempDir()
		s := imported(t, dir, filepath.Join("lists", name+".xml"), codelist.Options{})
		files := stored(t, dir)
		if len(files) != 1 || files[0] != filepath.Join(dir, string(s.Kind), s.Version+".list") {
			t.Fatalf("%s: %q, %+v", name, files, s)
		}
		got, err := os.ReadFile(files[0])
		must(t, err)
		golden := filepath.Join("testdata", "golden", name+".list")
		if *update {
			must(t, os.WriteFile(golden, got, 0o644))
		}
		want, err := os.ReadFile(golden)
		must(t, err)
		if !bytes.Equal(got, want) {
			t.Errorf("%s: got\n%s", name, got)
		}
	}
}

// TestOtherProgramsReadTheStoredForm: sort, sha256sum and the shell see what
// the specification says.
func TestOtherProgramsReadTheStoredForm(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "sort", "sha256sum", "sh")
	files, err := filepath.Glob(filepath.Join("testdata", "golden", "*.list"))
	if err != nil || len(files) != 5 {
		t.Fatalf("%q, %v", files, err)
	}
	for _, f := range files {
		out := testtool.Run(t, "sh", "-c", `set -e; f=$1
			tail -n +8 "$f" | LC_ALL=C sort -c -u
			test "$(sed -n 6p "$f")" = "body $(tail -n +8 "$f" | wc -c | tr -d ' ') $(tail -n +8 "$f" | sha256sum | cut -c1-64)"
			test -z "$(sed -n 7p "$f")"; echo fine`, "sh", f)
		if string(out) != "fine\n" {
			t.Errorf("%s: %s", f, out)
		}
	}
}

func TestSummary(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := imported(t, dir, "lists/units-flat.xml", codelist.Options{})
	// Of the two equal rows the unit's is there four times with the others', the
	// person's twice.
	if s.Kind != codelist.Units || s.From != 20100101 || s.To != 0 || s.Records != 4 || s.Duplicates != 3 || s.Refused != 0 || len(s.Unmapped) != 0 {
		t.Errorf("got %+v", s)
	}
	s = imported(t, dir, "lists/accounts.xml", codelist.Options{})
	if s.Kind != codelist.Accounts || s.Records != 2 || !slices.Equal(s.Unmapped, []string{"Cislo"}) {
		t.Errorf("got %+v", s)
	}
	s = imported(t, dir, "lists/units-nested.xml", codelist.Options{})
	if s.Records != 4 || s.Refused != 0 || len(s.Problems) != 0 || s.From != 20100101 || s.To != 0 {
		t.Errorf("got %+v", s)
	}
}

func TestRefusedFiles(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]error{
		"no-root": codelist.ErrKind, "no-fields": codelist.ErrFields, "mostly-bad": codelist.ErrFields, "empty": codelist.ErrFields,
		"two-roots": nil, "doctype": nil, "truncated": nil,
	} {
		dir := filepath.Join(t.TempDir(), "lists")
		f, err := os.Open(filepath.Join("testdata", "refused", name+".xml"))
		must(t, err)
		defer f.Close()
		s, err := codelist.Import(context.Background(), dir, f, "", codelist.Options{})
		var syntax *c14n.SyntaxError
		if want != nil && !errors.Is(err, want) || want == nil && !errors.As(err, &syntax) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := os.Stat(dir); err == nil {
			t.Errorf("%s: something was written", name)
		}
		if name == "no-fields" && !slices.Equal(s.Unmapped, []string{"kodik", "pojmenovani"}) {
			t.Errorf("%s: %+v", name, s)
		}
		if name == "mostly-bad" && (len(s.Problems) != 2 || s.Problems[1].Detail != `"2010-02-30" is no date`) {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

func TestRefusedRecords(t *testing.T) {
	t.Parallel()
	const good = `<r IC="1"/><r IC="2"/><r IC="3"/><r IC="4"/>`
	for name, c := range map[string]struct{ record, field, detail string }{
		"no key":                     {`<r Nazev="a"/>`, "ic", "missing"},
		"person without a unit":      {`<r PersonId="1"/>`, "ic", "missing"},
		"nested person without unit": {`<w><r><p PersonId="1"/></r></w>`, "ic", "missing for this person"},
		"person without an id":       {`<r IC="9"><p><Role>ZO</Role></p></r>`, "person", "missing"},
		"unknown role":               {`<r IC="9" PersonId="1" Role="boss"/>`, "role", `"boss"`},
		"unknown role inside":        {`<r IC="9"><p PersonId="1" Role="boss"/></r>`, "role", `"boss"`},
		"unknown state":              {`<r IC="9" Stav="7"/>`, "state", `"7"`},
		"end before begin":           {`<r IC="9" PlatnostOd="2010-01-02" PlatnostDo="2010-01-01"/>`, "to", "before"},
		"two different names":        {`<r IC="9" Nazev="a"><Nazev>b</Nazev></r>`, "name", "twice"},
		"two keys":                   {`<r IC="9"><IC>8</IC></r>`, "ic", "twice"},
		"long field":                 {`<r><IC>9</IC><Nazev>` + strings.Repeat("ž", codelist.MaxField) + `</Nazev></r>`, "name", "longer"},
		"very long field":            {`<r><IC>9</IC><Nazev>` + strings.Repeat("ž", 100*codelist.MaxField) + `</Nazev></r>`, "name", "longer"},
		"long attribute":             {`<r IC="9" Nazev="` + strings.Repeat("z", 5*codelist.MaxField) + `"/>`, "name", "longer"},
		"control character":          {`<r IC="9" Nazev="a&#x7F;"/>`, "name", "control"},
		"many values":                {`<r IC="9">` + strings.Repeat("<ZO>1</ZO>", codelist.MaxValues) + `</r>`, "zo", "more than"},
		"many persons":               {`<r IC="9">` + strings.Repeat("<p PersonId=\"1\"/>", codelist.MaxValues+1) + `</r>`, "person", "more than"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := importText(t, t.TempDir(), "<cus0001>\n"+good+"\n"+c.record+"</cus0001>")
			if s.Refused < 1 || len(s.Problems) < 1 {
				t.Fatalf("got %+v", s)
			}
			p := s.Problems[0]
			if p.Line != 3 || p.Field != c.field || !strings.Contains(p.Detail, c.detail) {
				t.Errorf("got %+v", p)
			}
		})
	}
	s := importText(t, t.TempDir(), "<cus0001>"+strings.Repeat(`<r IC="1"/><r IC="2" Stav="7"/>`, 3*codelist.MaxProblems)+"</cus0001>")
	if s.Refused != 3*codelist.MaxProblems || len(s.Problems) != codelist.MaxProblems {
		t.Errorf("%d refused, %d problems", s.Refused, len(s.Problems))
	}
}

func TestSameValueTwiceIsNoContradiction(t *testing.T) {
	t.Parallel()
	s := importText(t, t.TempDir(), `<cus0001><r IC="9" Nazev="a b"><Nazev> a  b </Nazev></r></cus0001>`)
	if s.Records != 1 || s.Refused != 0 {
		t.Errorf("got %+v", s)
	}
}

func TestTheListsOwnValidityThatCannotBe(t *testing.T) {
	t.Parallel()
	for _, attrs := range []string{`PlatnostOd="kdysi"`, `PlatnostOd="2010-01-02" PlatnostDo="2010-01-01"`} {
		s := importText(t, t.TempDir(), `<cus0014 `+attrs+`><r Kod="1"/></cus0014>`)
		if s.From != 0 || s.To != 0 || len(s.Problems) != 1 || !strings.Contains(s.Problems[0].Detail, "open") {
			t.Errorf("%s: got %+v", attrs, s)
		}
	}
}

func TestValuesOfOneRecordAreBounded(t *testing.T) {
	t.Parallel()
	doc := io.MultiReader(strings.NewReader("<cus0001>"), testtool.Repeated("<r>"+strings.Repeat("<ZO>"+strings.Repeat("z", codelist.MaxField)+"</ZO>", 900), 200))
	dir := filepath.Join(t.TempDir(), "lists")
	if _, err := codelist.Import(context.Background(), dir, doc, "", codelist.Options{}); !errors.Is(err, codelist.ErrTooLarge) {
		t.Errorf("got %v", err)
	}
}

func TestErrorsFromOutside(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	dir := filepath.Join(t.TempDir(), "lists")
	if _, err := codelist.Import(ctx, dir, strings.NewReader(`<cus0014><r Kod="1"/></cus0014>`), "", codelist.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	broken := errors.New("broken")
	if _, err := codelist.Import(context.Background(), dir, iotest.ErrReader(broken), "", codelist.Options{}); !errors.Is(err, broken) {
		t.Errorf("reader: %v", err)
	}
	if _, err := codelist.Import(context.Background(), dir, strings.NewReader(""), "cus9999", codelist.Options{}); !errors.Is(err, codelist.ErrKind) {
		t.Errorf("kind: %v", err)
	}
	o := codelist.Options{Stage: stage.Options{Ops: &stage.Ops{Rename: func(_, _ string, _ bool) error { return broken }}}}
	if _, err := codelist.Import(context.Background(), dir, strings.NewReader(`<cus0014><r Kod="1"/></cus0014>`), "", o); !errors.Is(err, broken) {
		t.Errorf("rename: %v", err)
	}
	if f := stored(t, dir); len(f) != 0 {
		t.Errorf("left %q", f)
	}
}

func TestKindGivenByTheCaller(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := codelist.Import(context.Background(), dir, strings.NewReader(`<x><r Kod="1"/></x>`), codelist.Accounts, codelist.Options{})
	must(t, err)
	if s.Kind != codelist.Accounts || s.Version[:7] != "000001-" {
		t.Errorf("got %+v", s)
	}
}

func TestDamagedStore(t *testing.T) {
	t.Parallel()
	good, err := os.ReadFile(filepath.Join("testdata", "golden", "skp.list"))
	must(t, err)
	head, body, _ := strings.Cut(string(good), "\n\n")
	reseal := func(body string) string {
		sum := sha256.Sum256([]byte(body))
		lines := strings.Split(head, "\n")
		lines[len(lines)-1] = fmt.Sprintf("body %d %s", len(body), hex.EncodeToString(sum[:]))
		return strings.Join(lines, "\n") + "\n\n" + body
	}
	row := strings.SplitAfter(body, "\n")
	at := func(name, data string, early bool) {
		t.Helper()
		dir := t.TempDir()
		must(t, os.MkdirAll(filepath.Join(dir, "cus0014"), 0o700))
		must(t, os.WriteFile(filepath.Join(dir, "cus0014", "000001-0123456789abcdef.list"), []byte(data), 0o600))
		l, err := codelist.Open(dir)
		if early {
			if !errors.Is(err, codelist.ErrStore) || l == nil {
				t.Errorf("%s: Open: %v", name, err)
			}
			return
		}
		must(t, err)
		a := l.Code(codelist.SKP, "01.1", day(t, "2010-01-01"))
		if a.Verdict != codelist.Unknown || a.Reason != codelist.Unreadable || a.Detail == "" {
			t.Errorf("%s: got %s", name, show(a))
		}
	}
	at("empty", "", true)
	at("cut header", string(good[:50]), true)
	at("other format", strings.Replace(string(good), "/1", "/2", 1), true)
	at("other list", strings.Replace(string(good), "cus0014", "cus0017", 1), true)
	at("no list", strings.Replace(string(good), "cus0014", "cus0099", 1), true)
	at("spaces in the header", strings.Replace(string(good), "records ", "records  ", 1), true)
	at("an impossible day in the header", strings.Replace(string(good), "99991231\nrec", "20100231\nrec", 1), true)
	at("no records", strings.Replace(string(good), "records 5", "records 0", 1), true)
	at("cut body", string(good[:len(good)-1]), false)
	at("more behind the body", string(good)+"\n", false)
	at("flipped bit", strings.Replace(string(good), "Jin", "Jan", 1), false)
	at("rows out of order", reseal(row[1]+row[0]), false)
	at("a row twice", reseal(row[0]+row[0]), false)
	at("a row of another list", reseal("U\t1\t00000000\t99991231\t-\t\t\n"), false)
	at("a row too short", reseal("C\t1\t00000000\t99991231\n"), false)
	at("an impossible day", reseal("C\t1\t00000000\t20100231\t\n"), false)
	at("no day", reseal("C\t1\t-0000001\t20100228\t\n"), false)
	at("end before begin", reseal("C\t1\t20100301\t20100228\t\n"), false)
	at("no end of line", reseal("C\t1\t00000000\t20100228\t"), false)
	at("an empty row", reseal("\nC\t1\t00000000\t20100228\t\n"), false)
}

// TestOneDamagedVersionLeavesTheOthers: and what does not belong there is not
// looked at.
func TestOneDamagedVersionLeavesTheOthers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	importText(t, dir, `<cus0014><r Kod="1"/></cus0014>`)
	folder := filepath.Join(dir, "cus0014")
	must(t, os.WriteFile(filepath.Join(folder, "000002-0123456789abcdef.list"), []byte("rubbish"), 0o600))
	must(t, os.WriteFile(filepath.Join(folder, "notes.txt"), []byte("rubbish"), 0o600))
	must(t, os.WriteFile(filepath.Join(folder, "2-0123456789abcdef.list"), []byte("rubbish"), 0o600))
	must(t, os.MkdirAll(filepath.Join(folder, "000003-0123456789abcdef.list"), 0o700))
	l, err := codelist.Open(dir)
	if !errors.Is(err, codelist.ErrStore) || strings.Count(err.Error(), "\n") != 0 {
		t.Errorf("got %v", err)
	}
	if got := show(l.Code(codelist.SKP, "1", day(t, "2010-01-01"))); got != "yes .." {
		t.Errorf("got %s", got)
	}
}

func TestMappingOfTheUsers(t *testing.T) {
	t.Parallel()
	f, err := os.Open(filepath.Join("testdata", "mapping.toml"))
	must(t, err)
	defer f.Close()
	m, err := codelist.DefaultMapping().Override(f)
	must(t, err)
	dir := t.TempDir()
	s := imported(t, dir, "mapped.xml", codelist.Options{Mapping: m})
	if s.Kind != codelist.Units || s.Records != 2 || s.Refused != 0 || s.To != 20121231 {
		t.Fatalf("got %+v", s)
	}
	l := open(t, dir)
	on := day(t, "2010-05-05")
	if got := show(l.Person("0000000042", "00000019", on)); got != "yes 2010-01-01.. NZO" {
		t.Errorf("got %s", got)
	}
	if got := show(l.Unit("00000027", on)); got != "no inactive .." {
		t.Errorf("got %s", got)
	}
	if got := strings.Join(l.UnitKinds("00000019", on), ","); got != "USC" {
		t.Errorf("got %s", got)
	}
	if again, err := codelist.DefaultMapping().Override(bytes.NewReader(codelist.BuiltInMapping())); err != nil || again == nil {
		t.Errorf("BuiltInMapping: %v", err)
	}
}

func TestMappingRefuses(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("testdata", "mapping-bad", "*.toml"))
	if err != nil || len(files) < 12 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, path := range files {
		data, err := os.ReadFile(path)
		must(t, err)
		if m, err := codelist.DefaultMapping().Override(bytes.NewReader(data)); !errors.Is(err, codelist.ErrMapping) || m != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}
