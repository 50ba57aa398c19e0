package codelist_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"csuis-offline/check/codelist"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func day(t testing.TB, s string) time.Time {
	t.Helper()
	d, err := time.Parse(time.DateOnly, s)
	must(t, err)
	return d
}

func imported(t testing.TB, dir, path string, o codelist.Options) codelist.Summary {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", path))
	must(t, err)
	defer f.Close()
	s, err := codelist.Import(context.Background(), dir, f, "", o)
	must(t, err)
	return s
}

func importText(t testing.TB, dir, text string) codelist.Summary {
	t.Helper()
	s, err := codelist.Import(context.Background(), dir, strings.NewReader(text), "", codelist.Options{})
	must(t, err)
	return s
}

func open(t testing.TB, dir string) *codelist.Lists {
	t.Helper()
	l, err := codelist.Open(dir)
	must(t, err)
	return l
}

func with(t testing.TB, files ...string) *codelist.Lists {
	t.Helper()
	dir := t.TempDir()
	for _, f := range files {
		imported(t, dir, filepath.Join("lists", f), codelist.Options{})
	}
	return open(t, dir)
}

// show writes an answer short: verdict, reason, spans, role, others.
func show(a codelist.Answer) string {
	var p []string
	p = append(p, string(a.Verdict))
	if a.Reason != "" {
		p = append(p, string(a.Reason))
	}
	for _, s := range a.Spans {
		p = append(p, s.String())
	}
	if a.Role != "" {
		p = append(p, a.Role)
	}
	p = append(p, a.Others...)
	return strings.Join(p, " ")
}

func TestUnits(t *testing.T) {
	t.Parallel()
	l := with(t, "units-nested.xml")
	for _, c := range []struct{ ic, on, want string }{
		{"00000019", "2010-01-01", "yes 2010-01-01.."},
		{"00000019", "2999-12-31", "yes 2010-01-01.."},
		{"00000019", "9999-12-31", "yes 2010-01-01.."},
		{"00000019", "2009-12-31", "unknown no-version 2010-01-01.."},
		{"19", "2010-01-01", "no not-listed"},
		{"0000001", "2010-01-01", "no not-listed"},
		{"000000190", "2010-01-01", "no not-listed"},
		{"", "2010-01-01", "no not-listed"},
		{"00000019\t20100101", "2010-01-01", "no not-listed"},
		{"00000019\n", "2010-01-01", "no not-listed"},
		{"00000027", "2010-12-31", "yes 2010-01-01..2010-12-31"},
		{"00000027", "2011-01-01", "no not-valid 2010-01-01..2010-12-31 2012-01-01.."},
		{"00000027", "2012-01-01", "no inactive 2012-01-01.."},
		{"00000035", "2010-01-01", "yes .."},
	} {
		if got := show(l.Unit(c.ic, day(t, c.on))); got != c.want {
			t.Errorf("%q on %s: got %s, wanted %s", c.ic, c.on, got, c.want)
		}
	}
	for on, want := range map[string]string{"2010-05-05": "PO", "2011-05-05": "", "2012-05-05": "OSS", "2000-01-01": ""} {
		if got := strings.Join(l.UnitKinds("00000027", day(t, on)), ","); got != want {
			t.Errorf("kinds on %s: %s", on, got)
		}
	}
}

func TestPersons(t *testing.T) {
	t.Parallel()
	nested, flat := with(t, "units-nested.xml"), with(t, "units-flat.xml")
	for _, c := range []struct {
		l                    *codelist.Lists
		person, ic, on, want string
	}{
		{nested, "0010000010", "00000019", "2010-01-01", "yes 2010-01-01..2010-06-30 ZO"},
		{nested, "0010000010", "00000019", "2010-06-30", "yes 2010-01-01..2010-06-30 ZO"},
		{nested, "0010000010", "00000019", "2010-07-01", "no not-valid 2010-01-01..2010-06-30 2011-01-01.."},
		{nested, "0010000010", "00000019", "2011-01-01", "yes 2011-01-01.. NZO"},
		{nested, "0010000011", "00000019", "2030-01-01", "yes 2010-01-01.. NZO"},
		{nested, "0010000010", "00000027", "2010-01-01", "no other-unit 00000019"},
		{nested, "10000010", "00000019", "2010-01-01", "no not-listed"},
		{nested, "77", "00000035", "2010-01-01", "yes .. ZO"},
		{flat, "0010000010", "00000019", "2010-01-31", "no not-valid 2010-02-01..2010-03-31"},
		{flat, "0010000010", "00000019", "2010-03-31", "yes 2010-02-01..2010-03-31 ZO"},
		{flat, "0010000011", "00000019", "2010-03-31", "yes 2010-01-01.. NZO"},
		{flat, "0010000011", "00000027", "2010-03-31", "yes .. ZO"},
		{flat, "0010000012", "00000027", "2010-03-31", "yes .. NZO"},
		{flat, "0010000013", "00000027", "2010-03-31", "yes .. NZO"},
		{flat, "0010000011", "00000099", "2010-03-31", "no other-unit 00000019 00000027"},
	} {
		if got := show(c.l.Person(c.person, c.ic, day(t, c.on))); got != c.want {
			t.Errorf("%s of %s on %s: got %s, wanted %s", c.person, c.ic, c.on, got, c.want)
		}
	}
}

func TestExpectedStatements(t *testing.T) {
	t.Parallel()
	both, alone := with(t, "units-nested.xml", "statements.xml"), with(t, "statements.xml")
	for _, c := range []struct {
		l                       *codelist.Lists
		statement, ic, on, want string
	}{
		{both, "001", "00000019", "2010-03-31", "yes 2010-01-01.."},
		{both, "C001", "00000019", "2010-03-31", "yes 2010-01-01.."},
		{both, "001", "00000019", "2010-04-30", "no other-period quarterly"},
		{both, "001", "00000027", "2010-03-31", "unknown no-unit-kind OSS USC"}, // PO stands nowhere in the list
		{both, "003", "00000019", "2010-12-31", "no other-kind OSS"},
		{both, "003", "00000027", "2012-12-31", "yes .."},
		{both, "003", "00000027", "2012-06-30", "no other-period yearly"},
		{both, "051", "00000035", "2012-11-30", "yes 2010-01-01..2012-12-31"},
		{both, "051", "00000035", "2013-11-30", "no not-valid 2010-01-01..2012-12-31 2014-01-01.."},
		{both, "051", "00000035", "2014-11-30", "yes 2014-01-01.."},
		{both, "051", "00000035", "2014-11-29", "yes 2014-01-01.."}, // no frequency is stated
		{both, "012", "00000019", "2012-11-29", "yes .."},
		{both, "099", "00000019", "2010-03-31", "no not-listed"},
		{both, "1", "00000019", "2010-03-31", "no not-listed"},
		{alone, "001", "00000019", "2010-03-31", "unknown no-unit-kind OSS USC"},
		{alone, "051", "00000019", "2010-03-31", "yes 2010-01-01..2012-12-31"},
		{alone, "099", "00000019", "2010-03-31", "no not-listed"},
	} {
		if got := show(c.l.Expected(c.statement, c.ic, day(t, c.on))); got != c.want {
			t.Errorf("%s of %s for %s: got %s, wanted %s", c.statement, c.ic, c.on, got, c.want)
		}
	}
}

func TestCodes(t *testing.T) {
	t.Parallel()
	l := with(t, "skp.xml", "accounts.xml")
	for _, c := range []struct {
		k              codelist.Kind
		code, on, want string
	}{
		{codelist.SKP, "01.1", "2012-12-31", "yes 2010-01-01..2012-12-31"},
		{codelist.SKP, "01.1", "2013-01-01", "yes 2013-01-01.."},
		{codelist.SKP, "01.1", "2009-12-31", "no not-valid 2010-01-01..2012-12-31 2013-01-01.."},
		{codelist.SKP, "1.1", "2011-12-31", "yes ..2011-12-31"},
		{codelist.SKP, "1.1", "2012-01-01", "no not-valid ..2011-12-31"},
		{codelist.SKP, "01.11", "1990-01-01", "yes .."},
		{codelist.SKP, "01", "2012-12-31", "no not-listed"},
		{codelist.SKP, "01 1", "2012-12-31", "yes .."},
		{codelist.SKP, "021", "2012-12-31", "no not-listed"},
		{codelist.Accounts, "021", "2012-12-31", "yes .."},
		{codelist.Accounts, "022", "2012-12-31", "yes .."},
		{codelist.Accounts, "21", "2012-12-31", "no not-listed"},
		{codelist.Units, "00000019", "2012-12-31", "unknown no-list"},
		{"cus9999", "1", "2012-12-31", "unknown no-list"},
	} {
		if got := show(l.Code(c.k, c.code, day(t, c.on))); got != c.want {
			t.Errorf("%s %q on %s: got %s, wanted %s", c.k, c.code, c.on, got, c.want)
		}
	}
}

func TestNothingImportedIsUnknown(t *testing.T) {
	t.Parallel()
	l := open(t, filepath.Join(t.TempDir(), "missing"))
	on := day(t, "2010-03-31")
	for _, a := range []codelist.Answer{l.Unit("00000019", on), l.Person("1", "00000019", on), l.Expected("001", "00000019", on), l.Code(codelist.SKP, "1", on)} {
		if a.Verdict != codelist.Unknown || a.Reason != codelist.NoList {
			t.Errorf("got %s", show(a))
		}
	}
	if v := l.Versions(); len(v) != 0 {
		t.Errorf("%d versions", len(v))
	}
}

// TestGapsInAListAreNoDenial: the code asked for may be the one that could not
// be read.
func TestGapsInAListAreNoDenial(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := importText(t, dir, `<cus0014><r Kod="1" PlatnostDo="2010-12-31"/><r Kod="2"/><r Kod="3" PlatnostOd="kdysi"/></cus0014>`)
	if s.Records != 2 || s.Refused != 1 || len(s.Problems) != 1 || s.Problems[0].Line != 1 || s.Problems[0].Field != "from" {
		t.Errorf("got %+v", s)
	}
	l := open(t, dir)
	for code, want := range map[string]string{"2": "yes ..", "3": "unknown incomplete", "4": "unknown incomplete", "1": "unknown incomplete ..2010-12-31"} {
		if got := show(l.Code(codelist.SKP, code, day(t, "2011-01-01"))); got != want {
			t.Errorf("%s: got %s, wanted %s", code, got, want)
		}
	}
}

func TestVersionsSideBySide(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a := importText(t, dir, `<cus0014 PlatnostOd="2010-01-01" PlatnostDo="2011-12-31"><r Kod="1"/></cus0014>`)
	b := importText(t, dir, `<cus0014 PlatnostOd="2011-01-01"><r Kod="2"/></cus0014>`)
	again := importText(t, dir, `<cus0014 PlatnostOd="2010-01-01" PlatnostDo="2011-12-31"><r  Kod="1"></r></cus0014>`)
	c := importText(t, dir, `<cus0014 PlatnostOd="2011-01-01"><r Kod="3"/></cus0014>`)
	if a.Already || b.Already || c.Already || !again.Already || again.Version != a.Version {
		t.Errorf("got %+v, %+v, %+v", a, b, again)
	}
	l := open(t, dir)
	for on, want := range map[string]string{"2009-12-31": "", "2010-06-01": "1", "2010-12-31": "1", "2011-06-01": "3", "2020-01-01": "3"} {
		var valid []string
		for _, code := range []string{"1", "2", "3"} {
			if l.Code(codelist.SKP, code, day(t, on)).Verdict == codelist.Yes {
				valid = append(valid, code)
			}
		}
		if got := strings.Join(valid, ","); got != want {
			t.Errorf("on %s: got %s, wanted %s", on, got, want)
		}
	}
	if got := show(l.Code(codelist.SKP, "1", day(t, "2009-12-31"))); got != "unknown no-version 2010-01-01..2011-12-31 2011-01-01.." {
		t.Errorf("got %s", got)
	}
	v := l.Versions()
	names := []string{a.Version, b.Version, c.Version}
	if len(v) != 3 || !slices.EqualFunc(v, names, func(v codelist.Version, n string) bool { return v.Name == n }) || v[0].To != 20111231 || v[1].To != 0 {
		t.Errorf("got %+v", v)
	}
	if got := l.Code(codelist.SKP, "3", day(t, "2011-06-01")).Version; got != c.Version {
		t.Errorf("asked %s", got)
	}
}

// TestTheCallersDayCounts: shortly after midnight in Prague it is still the day
// before in UTC.
func TestTheCallersDayCounts(t *testing.T) {
	t.Parallel()
	l := with(t, "skp.xml")
	on := time.Date(2013, 1, 1, 0, 30, 0, 0, time.FixedZone("CET", 3600))
	if got := show(l.Code(codelist.SKP, "01.1", on)); got != "yes 2013-01-01.." {
		t.Errorf("got %s", got)
	}
}

func TestManyCodesAreEachFound(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("<cus0014>")
	var codes []string
	for i := range 3000 {
		code := strings.TrimLeft(strings.Map(func(r rune) rune { return r - '0' + 'a' }, time.Unix(int64(i)*7919, 0).UTC().Format("150405")), "a") + "x"
		codes = append(codes, code)
		b.WriteString(`<r Kod="` + code + `"/>`)
	}
	b.WriteString("</cus0014>")
	dir := t.TempDir()
	importText(t, dir, b.String())
	l := open(t, dir)
	on := day(t, "2010-01-01")
	for _, c := range codes {
		if l.Code(codelist.SKP, c, on).Verdict != codelist.Yes {
			t.Fatalf("%s was not found", c)
		}
		for _, other := range []string{c + "x", c[:len(c)-1], "a" + c} {
			if got := l.Code(codelist.SKP, other, on).Verdict == codelist.Yes; got != slices.Contains(codes, other) {
				t.Fatalf("%s: %v", other, got)
			}
		}
	}
}
