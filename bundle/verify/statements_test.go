package verify

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"csuis-offline/bundle"
	"csuis-offline/checksum"
	"csuis-offline/crypto"
	"csuis-offline/finding"
	"csuis-offline/internal/packtest"
)

// said is the three statements in short, and the lists behind the second.
func said(r *Report) string {
	return strings.Join([]string{string(r.Intact), string(r.Complete), strings.Join(r.CompleteBy, "+"), string(r.AsOnPaper)}, " ")
}

// TestNoStatementGoesBeyondWhatWasJudged changes one thing and holds what is said
// of it.
func TestNoStatementGoesBeyondWhatWasJudged(t *testing.T) {
	t.Parallel()
	pkg := twoRecords(t)
	whole := discFiles(t)
	for name, c := range map[string]struct {
		change func(folder)
		disc   string // what is said of the disc
		pkg    string // what is said of the package, with the same change in its records folder
	}{
		"nothing":              {func(f folder) {}, "yes yes form not-compared", "yes yes manifest+form not-compared"},
		"one record dropped":   {func(f folder) { f.remove("A.XM6", "A.SHA") }, "yes no form not-compared", "yes no manifest+form not-compared"},
		"its record dropped":   {func(f folder) { f.remove("A.XM6") }, "yes no form not-compared", "yes no manifest+form not-compared"},
		"its checksum dropped": {func(f folder) { f.remove("A.SHA") }, "no no form not-compared", "no no manifest+form not-compared"},
		"one record flipped":   {func(f folder) { f.flip("A.XM6") }, "no yes form not-compared", "no yes manifest+form not-compared"},
		"one record added":     {func(f folder) { f.write("C.XM6", f.read("A.XM6")); f.write("C.SHA", f.read("A.SHA")) }, "no no form not-compared", "no no manifest+form not-compared"},
		"one file added":       {func(f folder) { f.write("NOTES.TXT", []byte("x")) }, "yes no form not-compared", "yes no manifest+form not-compared"},
		"the system's own":     {func(f folder) { f.write("Thumbs.db", []byte("x")) }, "yes yes form not-compared", "yes yes manifest+form not-compared"},
		"checksum in capitals": {func(f folder) { f.write("A.SHA", []byte(strings.ToUpper(string(f.read("A.SHA"))))) }, "no yes form not-compared", "no yes manifest+form not-compared"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := folder{t, packtest.Write(t, whole)}
			c.change(f)
			if got := said(mustVerify(t, f.dir, nil)); got != c.disc {
				t.Errorf("of the disc: %s, want %s", got, c.disc)
			}
			f = folder{t, copyTree(t, pkg)}
			c.change(folder{t, f.path("records")})
			if got := said(mustVerify(t, f.dir, nil)); got != c.pkg {
				t.Errorf("of the package: %s, want %s", got, c.pkg)
			}
		})
	}
}

// TestNobodyKnowsWhatIsMissingWithoutAList: what is left of a disc without its form
// is intact, and no more than that can be said.
func TestNobodyKnowsWhatIsMissingWithoutAList(t *testing.T) {
	t.Parallel()
	for name, form := range map[string]string{"no form": "", "a form of another program": "%PDF-1.4\n%%EOF\n"} {
		files := discFiles(t)
		delete(files, "A.XM6")
		delete(files, "A.SHA")
		delete(files, bundle.FormName)
		if form != "" {
			files[bundle.FormName] = form
		}
		for _, target := range []string{packtest.Write(t, files), writeImageOf(t, testVolume, files)} {
			r := mustVerify(t, target, packtest.Key(t))
			if got := said(r); got != "yes unknown  not-compared" || finding.Failed(r.Findings) {
				t.Errorf("%s, %s: %s, %+v", name, r.Kind, got, r.Findings)
			}
			if !hasCode(r.Findings, finding.VerifyNoList) {
				t.Errorf("%s, %s: no word of it: %+v", name, r.Kind, r.Findings)
			}
		}
	}
	r := mustVerify(t, packtest.Write(t, map[string]string{"X.TXT": "x"}), packtest.Key(t))
	if got := said(r); got != "unknown unknown  not-compared" || r.Opened {
		t.Errorf("of nothing: %s, opened %v", got, r.Opened)
	}
	// A package that lost both: its name and the folder are not a list.
	f := folder{t, twoRecords(t)}
	f.remove(bundle.ManifestName, bundle.FormName, "disc-1.iso")
	if got := said(mustVerify(t, f.dir, nil)); got != "yes no  not-compared" {
		t.Errorf("of a package without manifest and form: %s", got)
	}
}

func hasCode(fs []finding.Finding, code finding.Code) bool {
	return slices.ContainsFunc(fs, func(f finding.Finding) bool { return f.Code == code })
}

func expecting(t *testing.T, target string, e Expect) *Report {
	t.Helper()
	r, err := Target(context.Background(), target, Options{Expect: &e})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestPaperIsComparedWithTheDisc gives the package digest of the stamped form.
func TestPaperIsComparedWithTheDisc(t *testing.T) {
	t.Parallel()
	files := discFiles(t)
	right := mustVerify(t, packtest.Write(t, files), nil).PackageSHA256
	paper := Expect{SHA256: right, Package: "CSUIS_09999990_20261122_01"}
	other := Expect{SHA256: checksum.Sum{1}}
	for name, c := range map[string]struct {
		change func(folder)
		expect Expect
		want   string
		found  []string
	}{
		"as it was":                {func(folder) {}, paper, "yes yes form+paper yes", nil},
		"the digest alone":         {func(folder) {}, Expect{SHA256: right}, "yes yes form+paper yes", nil},
		"another paper":            {func(folder) {}, other, "yes yes form no", []string{"error|package.paper"}},
		"another package's name":   {func(folder) {}, Expect{SHA256: right, Package: "CSUIS_09999990_20261122_02"}, "yes yes form+paper no", []string{"error|package.paper|||package"}},
		"no form":                  {func(f folder) { f.remove(bundle.FormName) }, paper, "yes yes paper yes", []string{"info|form.missing|FORMULAR.PDF"}},
		"no form, one dropped":     {func(f folder) { f.remove(bundle.FormName, "A.XM6", "A.SHA") }, paper, "yes unknown  no", []string{"info|form.missing|FORMULAR.PDF", "error|package.paper"}},
		"no form, only one file":   {func(f folder) { f.remove(bundle.FormName, "A.XM6") }, paper, "yes no paper no", []string{"info|form.missing|FORMULAR.PDF", "error|sha.orphan|A.SHA|A"}},
		"no form, one flipped":     {func(f folder) { f.remove(bundle.FormName); f.flip("A.XM6") }, paper, "no yes paper no", []string{"info|form.missing|FORMULAR.PDF", "error|sha.mismatch|A.XM6|A"}},
		"no digest to be computed": {func(f folder) { f.remove(bundle.FormName, "A.SHA") }, paper, "no no  no", []string{"info|form.missing|FORMULAR.PDF", "error|sha.missing|A.SHA|A", "error|package.paper"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := folder{t, packtest.Write(t, files)}
			c.change(f)
			r := expecting(t, f.dir, c.expect)
			if got := said(r); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
			wantLines(t, r.Findings, c.found...)
		})
	}
	dir, m := setOfDiscs(t)
	for _, target := range []string{dir, filepath.Join(dir, "disc-1.iso")} {
		if r := expecting(t, target, Expect{SHA256: m.PackageSHA256, Package: m.Package}); r.AsOnPaper != Yes || r.Complete != Yes {
			t.Errorf("%s: %s", target, said(r))
		}
	}
}

// TestOpenedCountsOnlyWhatTheKeyOpened: "opened" stands neither over nothing nor
// over a record that could not be opened.
func TestOpenedCountsOnlyWhatTheKeyOpened(t *testing.T) {
	t.Parallel()
	dir := twoRecords(t)
	other, err := crypto.NewKey(make([]byte, crypto.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		key    *crypto.Key
		change func(folder)
		opened int
		all    bool
	}{
		"no key":      {nil, func(folder) {}, 0, false},
		"the key":     {packtest.Key(t), func(folder) {}, 2, true},
		"another key": {other, func(folder) {}, 0, false},
		"no records":  {packtest.Key(t), func(f folder) { f.must(os.RemoveAll(f.path("records"))) }, 0, false},
		"one damaged": {packtest.Key(t), func(f folder) { f.flip("records/A.XM6") }, 1, false},
		"one that is none": {packtest.Key(t), func(f folder) {
			f.write("records/A.XM6", []byte("no record"))
			f.write("records/A.SHA", checksum.Line("A.XM6", f.sum("records/A.XM6")))
		}, 1, false},
	} {
		f := folder{t, copyTree(t, dir)}
		c.change(f)
		if r := mustVerify(t, f.dir, c.key); r.Opened != c.all || r.OpenedRecords != c.opened {
			t.Errorf("%s: opened %v, %d", name, r.Opened, r.OpenedRecords)
		}
	}
}

func TestStatementsStandApartInJSON(t *testing.T) {
	t.Parallel()
	b, err := json.Marshal(expecting(t, packtest.Write(t, discFiles(t)), Expect{SHA256: checksum.Sum{1}}))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"intact":"yes"`, `"complete":"yes"`, `"complete_by":["form"]`, `"as_on_paper":"no"`, `"expected_sha256":"01`} {
		if !strings.Contains(string(b), want) {
			t.Errorf("%s lacks %s", b, want)
		}
	}
}
