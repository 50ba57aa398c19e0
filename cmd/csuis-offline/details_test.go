package main

import (
	"bytes"
	"crypto/rand"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"csuis-offline/bundle/verify"
	"csuis-offline/finding"
	"csuis-offline/internal/catalogue"
)

// printed is what people read of a finding, with single plain spaces.
func printed(t *testing.T, f finding.Finding) string {
	t.Helper()
	var out bytes.Buffer
	a := testApp(t, catalogue.Czech)
	a.out = &out
	a.printFindings([]finding.Finding{f}, nil)
	return strings.Join(strings.Fields(out.String()), " ")
}

func TestDetailsHaveTheirNames(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		f    finding.Finding
		want string
	}{
		{finding.Finding{Code: finding.PackTooLarge, Detail: "cd"}.WithSizes(681676800, 681676801), "očekáváno 681 676 800 B zjištěno 681 676 801 B druh disku cd"},
		{finding.Finding{Code: finding.ManifestMismatch, Detail: "size"}.WithSizes(1024, 1025), "1 024 B"},
		{finding.Finding{Code: finding.PackUnitDiffers, Wanted: "1", Found: "2", Detail: "a.xml"}, "druhý soubor a.xml"},
		{finding.Finding{Code: finding.PackDoubleStatement, Found: "2", Detail: "a.xml"}, "druhý soubor a.xml"},
		{finding.Finding{Code: finding.PackNameDiffers, Detail: "a.xml"}, "druhý soubor a.xml"},
		{finding.Finding{Code: finding.PackCollision, Found: "a.xml"}, "druhý soubor a.xml"},
		{finding.Finding{Code: finding.RecordElsewhere}.WithDisc(2, 2), "ověřováno disk 2 z 2"},
		{finding.Finding{Code: finding.ShaMalformed, File: "A.SHA", Line: 2}, "A.SHA, řádek 2 ["},
		{finding.Finding{Code: finding.XML("syntax"), File: "a.xml", Line: 2, Column: 3}, "a.xml, řádek 2, sloupec 3 ["},
	} {
		got := printed(t, tc.f)
		if !strings.Contains(got, tc.want) {
			t.Errorf("%s: %q does not say %q", tc.f.Code, got, tc.want)
		}
		if tc.f.Code != finding.ManifestMismatch && strings.Contains(got, "anglicky") {
			t.Errorf("%s: a value is called English: %q", tc.f.Code, got)
		}
	}
}

// TestWhatTheTextSaysIsNotSaidTwice: a detail that stands in the sentence has
// no row of its own.
func TestWhatTheTextSaysIsNotSaidTwice(t *testing.T) {
	t.Parallel()
	got := printed(t, finding.Finding{Code: finding.PackTextTooLong, Detail: "SubjectName"})
	if strings.Count(got, "SubjectName") != 1 {
		t.Error(got)
	}
}

func TestVerifySaysWhichDisc(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		rep  verify.Report
		want string
	}{
		{verify.Report{Kind: verify.KindPackage, Discs: 2}, "2 disky, celá sada"},
		{verify.Report{Kind: verify.KindPackage, Discs: 12}, "12 disků, celá sada"},
		{verify.Report{Kind: verify.KindImage, Discs: 2, Disc: 2}, "disk 2 z 2"},
		{verify.Report{Kind: verify.KindFolder, Discs: 3}, "ze sady, která má 3 disky"},
	} {
		var out bytes.Buffer
		a := testApp(t, catalogue.Czech)
		a.out = &out
		if err := a.verifyOutcome(&tc.rep, nil); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), tc.want) {
			t.Errorf("%q does not say %q", out.String(), tc.want)
		}
	}
}

// TestLostOutputClaimsNoFilesUnlessTheyWereMade: verify once said that its
// files were made whole.
func TestLostOutputClaimsNoFilesUnlessTheyWereMade(t *testing.T) {
	t.Parallel()
	demo := filepath.Join(t.TempDir(), "demo")
	for _, tc := range []struct {
		args []string
		made bool
	}{
		{[]string{"version"}, false},
		{[]string{"pack", "--help"}, false},
		{[]string{"demo", demo}, true},
		{[]string{"verify", filepath.Join(demo, demoOut, "CSUIS_09999990_20261231_01")}, false},
	} {
		var stderr bytes.Buffer
		a := testApp(t, catalogue.Czech)
		a.out, a.err = brokenPipe{}, &stderr
		a.rand = rand.Reader
		a.now = func() time.Time { return time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC) }
		if code := a.run(t.Context(), tc.args); code != exitIO {
			t.Errorf("%v: exit code %d", tc.args, code)
		}
		if got := stderr.String(); !strings.Contains(got, "Výpis nelze zapsat") || strings.Contains(got, "Soubory samy") != tc.made {
			t.Errorf("%v: %s", tc.args, got)
		}
	}
}
