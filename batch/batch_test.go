package batch

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"csuis-offline/checksum"
	"csuis-offline/finding"
	"csuis-offline/internal/fixture"
	"csuis-offline/internal/packtest"
	"csuis-offline/internal/testtool"
	"csuis-offline/seal"
)

func testOptions(t testing.TB) Options {
	t.Helper()
	return Options{Key: packtest.Key(t), Envelope: packtest.Config(), Time: packtest.Time, OneUnit: true}
}

// Each case changes the inputs in one way that must be refused, or told.
func TestFindings(t *testing.T) {
	t.Parallel()
	good := packtest.Enveloped(1)
	for _, tt := range []struct {
		name  string
		files map[string]string
		set   func(*Options)
		want  []string // code and file of every finding
		made  bool     // records
	}{
		{"nothing to pack", map[string]string{"readme.txt": "x"}, nil,
			[]string{"pack.no-input .", "pack.skipped readme.txt"}, false},
		{"empty file", map[string]string{"a.xml": "", "b.xml": good}, nil,
			[]string{"pack.empty a.xml"}, false},
		{"name in Cyrillic", map[string]string{"отчёт.xml": good}, nil,
			[]string{"pack.name отчёт.xml"}, false},
		{"name in Cyrillic, renamed", map[string]string{"отчёт.xml": good}, func(o *Options) { o.Rename = true },
			[]string{"pack.renamed отчёт.xml"}, true},
		{"name too long", map[string]string{strings.Repeat("dlouhy", 6) + ".xml": good}, nil,
			[]string{"pack.long-name " + strings.Repeat("dlouhy", 6) + ".xml"}, false},
		{"two inputs share a name", map[string]string{"a/r.xml": good, "b/R.xml": strings.ReplaceAll(packtest.Enveloped(2), "2026-09-30", "2026-08-31")}, nil,
			[]string{"pack.collision b/R.xml"}, false},
		{"two inputs share a name, numbered", map[string]string{"a/r.xml": good, "b/R.xml": packtest.Enveloped(2)}, func(o *Options) { o.Rename = true },
			[]string{"pack.double-statement b/R.xml", "pack.renamed b/R.xml"}, true},
		{"other unit", map[string]string{"a.xml": good, "b.xml": packtest.Enveloped(2, "<iissp:IC>09999990</iissp:IC>", "<iissp:IC>00075370</iissp:IC>", "SubjektICO>09999990", "SubjektICO>00075370")}, nil,
			[]string{"pack.unit-differs b.xml"}, false},
		{"other person", map[string]string{"a.xml": good, "b.xml": packtest.Enveloped(2, fixture.PersonID, "42", "2026-09-30", "2026-08-31")}, nil,
			[]string{"pack.person-differs b.xml"}, false},
		{"one TransactionId twice", map[string]string{"a.xml": good, "b.xml": strings.ReplaceAll(good, "2026-09-30", "2026-08-31")}, nil,
			[]string{"pack.double-transaction b.xml"}, true},
		{"one statement twice", map[string]string{"a.xml": good, "b.xml": packtest.Enveloped(2)}, nil,
			[]string{"pack.double-statement b.xml"}, true},
		{"record of another unit", map[string]string{"a.xml": packtest.Enveloped(1, "SubjektICO>09999990", "SubjektICO>00075370")}, nil,
			[]string{"header.other-unit a.xml"}, true},
		{"wrong check digit", map[string]string{"a.xml": strings.ReplaceAll(good, "09999990", "09999991")}, nil,
			[]string{"header.check-digit a.xml"}, true},
		{"date not understood", map[string]string{"a.xml": strings.ReplaceAll(good, "2026-09-30", "konec září")}, nil,
			[]string{"header.date a.xml"}, true},
		{"not XML", map[string]string{"a.xml": good, "b.xml": "%PDF-1.4"}, nil,
			[]string{"xml.text-outside-root b.xml"}, false},
		{"every bad record is named", map[string]string{"a.xml": "<a>", "b.xml": good, "c.xml": "<!DOCTYPE a><a/>"}, nil,
			[]string{"xml.truncated a.xml", "xml.doctype c.xml"}, false},
		{"bare record without configuration", map[string]string{"a.xml": `<Rozvaha xmlns="urn:cz:isvs:micr:schemas:Rozvaha:v1"/>`, "b.xml": good}, func(o *Options) { o.Envelope = nil },
			[]string{"envelope.no-config a.xml"}, false},
		{"unknown root", map[string]string{"a.xml": "<neco/>"}, nil,
			[]string{"envelope.unknown-root a.xml"}, false},
		{"header without a person", map[string]string{"a.xml": packtest.Enveloped(1, "<iissp:PersonId>"+fixture.PersonID+"</iissp:PersonId>", "")}, nil,
			[]string{"envelope.missing a.xml"}, false},
		{"header without a unit", map[string]string{"a.xml": packtest.Enveloped(1, "<iissp:IC>09999990</iissp:IC>", "")}, nil,
			[]string{"envelope.missing a.xml"}, false},
		{"record larger than the limit", map[string]string{"a.xml": good + strings.Repeat(" ", 1<<20)}, func(o *Options) { o.Limit = Limit{Size: 1 << 19, Of: "cd"} },
			[]string{"pack.too-large a.xml"}, false},
		{"units online", map[string]string{"a.xml": good, "b.xml": packtest.Enveloped(2, "<iissp:IC>09999990</iissp:IC>", "<iissp:IC>00075370</iissp:IC>", "SubjektICO>09999990", "SubjektICO>00075370")}, func(o *Options) { o.OneUnit = false },
			nil, true},
		{"names spelled otherwise", map[string]string{"a.xml": good, "b.xml": packtest.Enveloped(2, fixture.UnitName, "Obec Jiná", fixture.PersonName, "Jan Jiný", "2026-09-30", "2026-08-31")}, nil,
			[]string{"pack.name-differs b.xml", "pack.name-differs b.xml"}, true},
		{"two senders", map[string]string{"a.xml": packtest.Enveloped(1, "</msg:Sender>", "</msg:Sender><msg:Sender/>")}, nil,
			[]string{"envelope.doubled a.xml"}, false},
		{"two identifiers of the transfer", map[string]string{"a.xml": packtest.Enveloped(1, "<iissp:TransactionId>", "<iissp:TransactionId>AA</iissp:TransactionId><iissp:TransactionId>")}, nil,
			[]string{"envelope.doubled a.xml"}, false},
		{"recipient is somebody else", map[string]string{"a.xml": packtest.Enveloped(1, "<iissp:IC>00006947", "<iissp:IC>00006947", "<iissp:Module>CSUIS", "<iissp:Module>RISRE")}, nil,
			[]string{"header.recipient a.xml"}, true},
		{"type of record is no number", map[string]string{"a.xml": packtest.Enveloped(1, "RecordType>051", "RecordType>FIN")}, nil,
			[]string{"header.record-type a.xml"}, true},
		{"header too long for the form", map[string]string{"a.xml": packtest.Enveloped(1, fixture.UnitName, strings.Repeat("ž", 1001)), "b.xml": packtest.Enveloped(2, "2026-09-30", strings.Repeat("9", 300))}, nil,
			[]string{"header.date b.xml", "pack.text-too-long a.xml", "pack.text-too-long b.xml"}, false},
		{"root name too long for the form", map[string]string{"a.xml": packtest.Enveloped(1, "Fin_2_12_m", "F"+strings.Repeat("i", 400))}, nil,
			[]string{"pack.text-too-long a.xml"}, false},
		{"hidden files of other systems", map[string]string{"a.xml": good, "._a.xml": "litter", ".skryto/b.xml": good}, nil,
			[]string{"file.litter ._a.xml", "pack.skipped .skryto"}, true},
		{"sealed record under a name of litter", map[string]string{"a.xml": good, "._b.xm6": strings.Repeat("0123456\xFF", 8), "._c.xm6": strings.Repeat("0123456\xFF", 7)}, nil,
			[]string{"file.litter ._c.xm6", "pack.skipped ._b.xm6"}, true},
		{"what editors leave", map[string]string{"a.xml": good, "a.xml~": "x", "#a.xml#": "x", ".#a.xml": "x", ".~a.xml": "x", ".a.xml.swo": "x"}, nil,
			[]string{"file.litter #a.xml#"}, true},
		{"checksum without its record", map[string]string{"a.xml": good, "b.sha": "x"}, nil,
			[]string{"sha.orphan b.sha"}, true},
		{"folder with a package.json of another program", map[string]string{"a.xml": good, "js/package.json": "{}", "js/b.xml": packtest.Enveloped(2, "2026-09-30", "2026-08-31")}, nil,
			[]string{"pack.skipped js/package.json"}, true},
		{"sealed with another key", map[string]string{"a.xm6": strings.Repeat("\x00\xf7 no record ", 16)}, nil,
			[]string{"container.key a.xm6"}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := testOptions(t)
			if tt.set != nil {
				tt.set(&o)
			}
			dir := packtest.Write(t, tt.files)
			out := t.TempDir()
			sealed, fs, err := Seal(t.Context(), Collect([]string{dir}), out, o)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range fs {
				rel, _ := filepath.Rel(dir, f.File)
				got = append(got, string(f.Code)+" "+filepath.ToSlash(rel))
			}
			slices.Sort(got)
			slices.Sort(tt.want)
			if !slices.Equal(got, tt.want) {
				t.Errorf("findings\n%q, want\n%q\n%+v", got, tt.want, fs)
			}
			if (sealed != nil) != tt.made {
				t.Errorf("sealed: %v, want %v", sealed != nil, tt.made)
			}
			if sealed != nil && len(packtest.Tree(t, out)) != 2*len(sealed.Records) {
				t.Errorf("%d records sealed, and there are %v", len(sealed.Records), packtest.Tree(t, out))
			}
		})
	}
}

func TestFinishedXM6IsTakenAsItIs(t *testing.T) {
	t.Parallel()
	o := testOptions(t)
	var sealed bytes.Buffer
	res, err := seal.Seal(context.Background(), &sealed, strings.NewReader(packtest.Enveloped(1)), seal.Options{
		Key: o.Key, Now: packtest.Time, Rand: rand.NewChaCha8([32]byte{1}),
	})
	if err != nil {
		t.Fatal(err)
	}
	text := packtest.Base64(sealed.Bytes())
	other := checksum.Sum{1}
	for _, tt := range []struct {
		name  string
		files map[string]string
		want  []finding.Code
	}{
		{"raw", map[string]string{"z.xm6": sealed.String()}, nil},
		{"with its checksum", map[string]string{"z.xm6": sealed.String(), "z.sha": string(checksum.Line("z.xm6", res.Sum))}, nil},
		{"base64", map[string]string{"z.XM6": text}, []finding.Code{finding.PackDecoded}},
		{"wrong checksum", map[string]string{"z.xm6": sealed.String(), "z.sha": string(checksum.Line("z.xm6", other))}, []finding.Code{finding.ShaMismatch}},
		{"wrong checksum, name in another case", map[string]string{"z.xm6": sealed.String(), "z.Sha": string(checksum.Line("z.xm6", other))}, []finding.Code{finding.ShaMismatch}},
		{"checksum unreadable", map[string]string{"z.xm6": sealed.String(), "z.SHA": "?"}, []finding.Code{finding.ShaMalformed}},
		{"damaged", map[string]string{"z.xm6": sealed.String()[:sealed.Len()-16]}, []finding.Code{finding.ContainerDamaged}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := testOptions(t)
			o.Envelope = nil
			out := t.TempDir()
			_, fs, err := Seal(t.Context(), Collect([]string{packtest.Write(t, tt.files)}), out, o)
			if err != nil {
				t.Fatal(err)
			}
			var got []finding.Code
			for _, f := range fs {
				got = append(got, f.Code)
			}
			if !slices.Equal(got, tt.want) {
				t.Fatalf("findings %+v, want %v", fs, tt.want)
			}
			if finding.Failed(fs) {
				return
			}
			disc, err := os.ReadFile(filepath.Join(out, "Z.XM6"))
			if err != nil || !bytes.Equal(disc, sealed.Bytes()) {
				t.Errorf("the record sealed is not the one given: %v", err)
			}
		})
	}
}

func TestFileNameThatIsNotUTF8(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "v\xfdkaz.xml") // windows-1250
	if err := os.WriteFile(path, []byte(packtest.Enveloped(1)), 0o666); err != nil {
		t.Skip("the file system takes UTF-8 names only")
	}
	o := testOptions(t)
	o.Rename = true
	sealed, fs, err := Seal(t.Context(), Collect([]string{dir}), t.TempDir(), o)
	if err != nil || sealed == nil {
		t.Fatalf("%v, %+v", err, fs)
	}
	if got := sealed.Records[0].Input.FileName(); got != "v\uFFFDkaz.xml" {
		t.Errorf("original name %q", got)
	}
}

// A link to a folder named as an input was once dropped with its records.
func TestInputThatIsALinkToAFolder(t *testing.T) {
	t.Parallel()
	dir := packtest.Write(t, map[string]string{"in/a.xml": packtest.Enveloped(1), "in/sub/b.xml": packtest.Enveloped(2, "2026-09-30", "2026-08-31"), "other/c.xml": packtest.Enveloped(3)})
	link := filepath.Join(dir, "link")
	if err := os.Symlink(filepath.Join(dir, "in"), link); err != nil {
		t.Skip("no symbolic links here")
	}
	if err := os.Symlink(filepath.Join(dir, "other"), filepath.Join(dir, "in", "inner")); err != nil {
		t.Fatal(err)
	}
	in := Collect([]string{link})
	if n := len(in.Files); n != 2 {
		t.Errorf("%d inputs, want 2", n)
	}
	fs := in.Findings
	if len(fs) != 1 || fs[0].Code != finding.PackSkippedLink || fs[0].Severity != finding.Warning {
		t.Errorf("findings %+v, want one warning of the link inside", fs)
	}
}

// Numbering many inputs of one name once tried every number again for each.
func TestManyInputsOfOneNameAreNumberedQuickly(t *testing.T) {
	t.Parallel()
	inputs := make([]Input, 50_000)
	for i := range inputs {
		inputs[i] = Input{Path: fmt.Sprintf("%d/rozvaha.xml", i), Size: 1}
	}
	o := testOptions(t)
	o.Rename = true
	began := time.Now()
	b := Plan(t.Context(), Inputs{Files: inputs}, o)
	if took := time.Since(began); took > 20*testtool.Slowdown*time.Second {
		t.Errorf("took %v", took)
	}
	seen := map[string]bool{}
	for i := range b.inputs {
		if n := b.inputs[i].name; seen[n] || len(n) > MaxName {
			t.Fatalf("name %q", n)
		}
		seen[b.inputs[i].name] = true
	}
}
