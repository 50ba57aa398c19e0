package check

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"csuis-offline/check/codelist"
	"csuis-offline/finding"
)

// imported stores lists of testdata and opens them.
func imported(t *testing.T, names ...string) *codelist.Lists {
	t.Helper()
	dir := t.TempDir()
	for _, name := range names {
		f, err := os.Open(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		if sum, err := codelist.Import(context.Background(), dir, f, "", codelist.Options{}); err != nil || sum.Refused > 0 {
			t.Fatal(sum, err)
		}
		f.Close()
	}
	lists, err := codelist.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return lists
}

func placesOf(t *testing.T, item string) *codelist.Places {
	t.Helper()
	p, err := codelist.ParsePlaces(strings.NewReader("format = \"csuis-code-places/1\"\n[[place]]\n" + item))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

const (
	head2012 = "<VykazHlavicka><DatumVykaz>2012-12-31</DatumVykaz></VykazHlavicka>"
	head2013 = "<VykazHlavicka><DatumVykaz>31032013</DatumVykaz></VykazHlavicka>"
)

// TestCodesOnTheRecordsDay: the statement's date decides, also where it stands
// behind the codes.
func TestCodesOnTheRecordsDay(t *testing.T) {
	t.Parallel()
	lists := imported(t, "accounts.xml")
	accounts := "list = \"cus0017\"\nnames = [\"Ucet\"]\n"
	for _, tc := range []struct{ name, record, places, want string }{
		{"valid", head2012 + "<Ucet>021</Ucet>", accounts, ""},
		{"a leading zero is missing", head2012 + "<Ucet>21</Ucet>", accounts, "error ERRBWL 21 not-listed "},
		{"valid until the day", head2012 + "<Ucet>311</Ucet>", accounts, ""},
		{"no longer", head2013 + "<Ucet>311</Ucet>", accounts, "error ERRBWL 311 not-valid 2010-01-01..2012-12-31, 2014-01-01.."},
		{"the date behind the code", "<Ucet>311</Ucet>" + head2013, accounts, "error ERRBWL 311 not-valid 2010-01-01..2012-12-31, 2014-01-01.."},
		{"valid for the second time", "<Ucet>311</Ucet>", accounts, ""}, // without a date the day of handing over decides
		{"each once", head2012 + "<Ucet>9</Ucet><Ucet>9</Ucet>", accounts, "error ERRBWL 9 not-listed "},
		{"the place is assumed", head2012 + "<Ucet>9</Ucet>", accounts + "assumed = true\n", "warning ERRBWL 9 not-listed "},
		{"built in", head2012 + "<SyntetickyUcet>9</SyntetickyUcet>", "", "warning ERRBWL 9 not-listed "},
		{"not the place", head2012 + "<Radek>9</Radek>", accounts, ""},
	} {
		o := Options{Only: CodeLists, Lists: lists, On: day(t, "2015-04-01")}
		if tc.places != "" {
			o.Places = placesOf(t, tc.places)
		}
		for _, enveloped := range []bool{false, true} {
			doc := "<R>" + tc.record + "</R>"
			if enveloped {
				doc = strings.Replace(string(read(t, filepath.Join("testdata", "envelope.xml"))), "<R/>", doc, 1)
			}
			var got []string
			for _, f := range one(t, o, []byte(doc)) {
				if f.Code != finding.CheckCode {
					continue
				}
				got = append(got, fmt.Sprintf("%s %s %s %s %s", f.Severity, f.Answer, f.Found, f.Why, f.Wanted))
				if f.Line == 0 || !strings.HasPrefix(f.Path, "/R/") || f.Detail != "cus0017" {
					t.Errorf("%s: %+v", tc.name, f)
				}
			}
			if text := strings.Join(got, "\n"); text != tc.want {
				t.Errorf("%s: %q, want %q", tc.name, text, tc.want)
			}
		}
	}
}

// TestManyWrongCodesAreCounted: a file of places that points to amounts finds
// one on every line.
func TestManyWrongCodesAreCounted(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range 500 {
		fmt.Fprintf(&b, "<Ucet>x%d</Ucet>", i)
	}
	o := Options{
		Only: CodeLists, Lists: imported(t, "accounts.xml"), On: day(t, "2015-04-01"), Type: func(string, string) (string, bool) { return "999", true },
		Places: placesOf(t, "list = \"cus0017\"\nnames = [\"Ucet\"]\n"),
	}
	fs := one(t, o, []byte("<R>"+b.String()+"</R>"))
	if len(fs) != maxCodeFindings+1 || !slices.ContainsFunc(fs, func(f finding.Finding) bool { return f.Code == finding.CheckCodesMore && f.Found == "400" }) {
		t.Errorf("%d findings", len(fs))
	}
}

// TestCodesWithoutTheirListAreTold: they did not pass. Where no list is there at
// all, the summary says so.
func TestCodesWithoutTheirListAreTold(t *testing.T) {
	t.Parallel()
	o := Options{
		Only: CodeLists, On: day(t, "2015-04-01"), Type: func(string, string) (string, bool) { return "999", true },
		Places: placesOf(t, "list = \"cus0014\"\nnames = [\"SKP\"]\n"),
	}
	doc := []byte("<R><SKP>1</SKP><SKP>2</SKP></R>")
	for _, tc := range []struct {
		lists []string
		want  int
	}{{nil, 0}, {[]string{"accounts.xml"}, 1}} {
		o.Lists = imported(t, tc.lists...)
		fs := one(t, o, doc)
		if len(fs) != tc.want {
			t.Errorf("%v: %+v", tc.lists, fs)
		}
		for _, f := range fs {
			if f.Code != finding.CheckCodesUnknown || f.Severity != finding.Info || f.Found != "cus0014" || f.Why != "no-list" {
				t.Errorf("%+v", f)
			}
		}
	}
}

// TestThePersonActsForTheRecordsUnit: CSÚIS asks it of the unit whose record it
// is (technical manual, chapter I), not only of the sender.
func TestThePersonActsForTheRecordsUnit(t *testing.T) {
	t.Parallel()
	record := "<R><VykazHlavicka><SubjektICO>00075370</SubjektICO><DatumVykaz>2026-03-31</DatumVykaz></VykazHlavicka></R>"
	doc := strings.Replace(string(read(t, filepath.Join("testdata", "envelope.xml"))), "<R/>", record, 1)
	var got []string
	for _, f := range one(t, Options{Only: CodeLists, Lists: imported(t, "units.xml"), On: day(t, "2026-04-10")}, []byte(doc)) {
		got = append(got, string(f.Code)+" "+f.Answer+" "+f.Why)
	}
	slices.Sort(got)
	if want := []string{"check.person ERRREP other-unit", "check.unit ERRAUT not-listed"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
