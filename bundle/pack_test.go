package bundle

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"csuis-offline/checksum"
	"csuis-offline/crypto"
	"csuis-offline/envelope"
	"csuis-offline/finding"
	"csuis-offline/internal/fixture"
	"csuis-offline/internal/testtool"
	"csuis-offline/iso"
	"csuis-offline/seal"
)

var testTime = time.Date(2026, time.November, 22, 9, 30, 0, 0, time.UTC)

func testKey(t testing.TB) *crypto.Key {
	t.Helper()
	key, err := crypto.NewKey(bytes.Repeat([]byte{0x5a}, crypto.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func testConfig() *envelope.Config {
	return &envelope.Config{
		Unit:   envelope.Unit{IC: fixture.UnitIC, Name: fixture.UnitName},
		Person: envelope.Person{ID: fixture.PersonID, Name: fixture.PersonName, Email: fixture.PersonEmail, Phones: []string{fixture.PersonPhone}},
	}
}

func testOptions(t testing.TB) PackOptions {
	t.Helper()
	media, _ := iso.MediaByName("cd")
	return PackOptions{
		Out: filepath.Join(t.TempDir(), "out"), Key: testKey(t), Envelope: testConfig(), Media: media,
		Reason: fixture.Reason, Place: fixture.Place, Time: testTime, Generator: "csuis-offline test",
	}
}

// writeFiles puts files into a new folder and returns it.
func writeFiles(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, data := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(data), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func demoFiles() map[string]string {
	files := map[string]string{}
	for _, r := range fixture.Records(1) {
		files[r.File] = string(r.Data)
	}
	return files
}

func mustPack(t testing.TB, o PackOptions, inputs ...string) (*Package, []finding.Finding) {
	t.Helper()
	pkg, fs, err := Pack(context.Background(), inputs, o)
	if err != nil || pkg == nil {
		t.Fatalf("no package: %v, findings %+v", err, fs)
	}
	return pkg, fs
}

// enveloped is a made-up envelope, changed by pairs of old and new text.
func enveloped(seed uint64, changes ...string) string {
	var b bytes.Buffer
	fixture.Envelope(&b, rand.New(rand.NewPCG(seed, seed)), 3)
	return strings.NewReplacer(changes...).Replace(b.String())
}

func TestPackageFolderIsWhatTheDesignSays(t *testing.T) {
	t.Parallel()
	o := testOptions(t)
	pkg, fs := mustPack(t, o, writeFiles(t, demoFiles()))
	if len(fs) != 1 || fs[0].Code != finding.InputConverted {
		t.Errorf("findings %+v, want one input.converted", fs)
	}
	if want := filepath.Join(o.Out, "CSUIS_09999990_20261122_01"); pkg.Dir != want {
		t.Errorf("made %s, want %s", pkg.Dir, want)
	}
	want := []string{
		"FORMULAR.PDF", "disc-1.iso", "package.json", "records",
		"records/FIN_2_12_M.SHA", "records/FIN_2_12_M.XM6",
		"records/PRILOHA_K_ZAVERCE_2026_09.SHA", "records/PRILOHA_K_ZAVERCE_2026_09.XM6",
		"records/ROZVAHA_2026_09.SHA", "records/ROZVAHA_2026_09.XM6",
		"records/VYKAZ_ZISKU_A_ZTRATY_2026.SHA", "records/VYKAZ_ZISKU_A_ZTRATY_2026.XM6",
	}
	if got := tree(t, pkg.Dir); !slices.Equal(got, want) {
		t.Errorf("the package holds\n%v, want\n%v", got, want)
	}
	if left := tree(t, o.Out); slices.ContainsFunc(left, func(p string) bool { return strings.Contains(p, "csuis-") && strings.HasPrefix(p, ".") }) {
		t.Errorf("staging was left: %v", left)
	}
	m := pkg.Manifest
	kinds := map[string]string{"FIN_2_12_M": "051", "ROZVAHA_2026_09": "001"}
	for _, r := range m.Records {
		if k := kinds[r.Name]; k != "" && r.RecordType != k {
			t.Errorf("%s is of type %s, want %s", r.Name, r.RecordType, k)
		}
		if r.StatementDate != "2026-09-30" || r.SubjectIC != fixture.UnitIC || r.Disc != 1 {
			t.Errorf("%s: %+v", r.Name, r)
		}
	}
}

func tree(t testing.TB, root string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(root, func(path string, _ os.DirEntry, err error) error {
		if rel, _ := filepath.Rel(root, path); rel != "." {
			names = append(names, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return names
}

// Each case changes the inputs in one way that must be refused, or told.
func TestPackFindings(t *testing.T) {
	t.Parallel()
	good := enveloped(1)
	for _, tt := range []struct {
		name  string
		files map[string]string
		set   func(*PackOptions)
		want  []string // code and file of every finding
		made  bool
	}{
		{"nothing to pack", map[string]string{"readme.txt": "x"}, nil,
			[]string{"pack.no-input .", "pack.skipped readme.txt"}, false},
		{"empty file", map[string]string{"a.xml": "", "b.xml": good}, nil,
			[]string{"pack.empty a.xml"}, false},
		{"name in Cyrillic", map[string]string{"отчёт.xml": good}, nil,
			[]string{"pack.name отчёт.xml"}, false},
		{"name in Cyrillic, renamed", map[string]string{"отчёт.xml": good}, func(o *PackOptions) { o.Rename = true },
			[]string{"pack.renamed отчёт.xml"}, true},
		{"name too long", map[string]string{strings.Repeat("dlouhy", 6) + ".xml": good}, nil,
			[]string{"pack.long-name " + strings.Repeat("dlouhy", 6) + ".xml"}, false},
		{"two inputs share a name", map[string]string{"a/r.xml": good, "b/R.xml": strings.ReplaceAll(enveloped(2), "2026-09-30", "2026-08-31")}, nil,
			[]string{"pack.collision b/R.xml"}, false},
		{"two inputs share a name, numbered", map[string]string{"a/r.xml": good, "b/R.xml": enveloped(2)}, func(o *PackOptions) { o.Rename = true },
			[]string{"pack.double-statement b/R.xml", "pack.renamed b/R.xml"}, true},
		{"other unit", map[string]string{"a.xml": good, "b.xml": enveloped(2, "<iissp:IC>09999990</iissp:IC>", "<iissp:IC>00075370</iissp:IC>", "SubjektICO>09999990", "SubjektICO>00075370")}, nil,
			[]string{"pack.unit-differs b.xml"}, false},
		{"other person", map[string]string{"a.xml": good, "b.xml": enveloped(2, fixture.PersonID, "42", "2026-09-30", "2026-08-31")}, nil,
			[]string{"pack.person-differs b.xml"}, false},
		{"one TransactionId twice", map[string]string{"a.xml": good, "b.xml": strings.ReplaceAll(good, "2026-09-30", "2026-08-31")}, nil,
			[]string{"pack.double-transaction b.xml"}, true},
		{"one statement twice", map[string]string{"a.xml": good, "b.xml": enveloped(2)}, nil,
			[]string{"pack.double-statement b.xml"}, true},
		{"record of another unit", map[string]string{"a.xml": enveloped(1, "SubjektICO>09999990", "SubjektICO>00075370")}, nil,
			[]string{"header.other-unit a.xml"}, true},
		{"wrong check digit", map[string]string{"a.xml": strings.ReplaceAll(good, "09999990", "09999991")}, nil,
			[]string{"header.check-digit a.xml"}, true},
		{"date not understood", map[string]string{"a.xml": strings.ReplaceAll(good, "2026-09-30", "konec září")}, nil,
			[]string{"header.date a.xml"}, true},
		{"not XML", map[string]string{"a.xml": good, "b.xml": "%PDF-1.4"}, nil,
			[]string{"xml.text-outside-root b.xml"}, false},
		{"every bad record is named", map[string]string{"a.xml": "<a>", "b.xml": good, "c.xml": "<!DOCTYPE a><a/>"}, nil,
			[]string{"xml.truncated a.xml", "xml.doctype c.xml"}, false},
		{"bare record without configuration", map[string]string{"a.xml": `<Rozvaha xmlns="urn:cz:isvs:micr:schemas:Rozvaha:v1"/>`, "b.xml": good}, func(o *PackOptions) { o.Envelope = nil },
			[]string{"envelope.no-config a.xml"}, false},
		{"unknown root", map[string]string{"a.xml": "<neco/>"}, nil,
			[]string{"envelope.unknown-root a.xml"}, false},
		{"header without a person", map[string]string{"a.xml": enveloped(1, "<iissp:PersonId>"+fixture.PersonID+"</iissp:PersonId>", "")}, nil,
			[]string{"envelope.missing a.xml"}, false},
		{"header without a unit", map[string]string{"a.xml": enveloped(1, "<iissp:IC>09999990</iissp:IC>", "")}, nil,
			[]string{"envelope.missing a.xml"}, false},
		{"record larger than the disc", map[string]string{"a.xml": good + strings.Repeat(" ", 1<<20)}, func(o *PackOptions) { o.Media.Sectors = 400 },
			[]string{"pack.too-large a.xml"}, false},
		{"names spelled otherwise", map[string]string{"a.xml": good, "b.xml": enveloped(2, fixture.UnitName, "Obec Jiná", fixture.PersonName, "Jan Jiný", "2026-09-30", "2026-08-31")}, nil,
			[]string{"pack.name-differs b.xml", "pack.name-differs b.xml"}, true},
		{"two senders", map[string]string{"a.xml": enveloped(1, "</msg:Sender>", "</msg:Sender><msg:Sender/>")}, nil,
			[]string{"envelope.doubled a.xml"}, false},
		{"two identifiers of the transfer", map[string]string{"a.xml": enveloped(1, "<iissp:TransactionId>", "<iissp:TransactionId>AA</iissp:TransactionId><iissp:TransactionId>")}, nil,
			[]string{"envelope.doubled a.xml"}, false},
		{"recipient is somebody else", map[string]string{"a.xml": enveloped(1, "<iissp:IC>00006947", "<iissp:IC>00006947", "<iissp:Module>CSUIS", "<iissp:Module>RISRE")}, nil,
			[]string{"header.recipient a.xml"}, true},
		{"type of record is no number", map[string]string{"a.xml": enveloped(1, "RecordType>051", "RecordType>FIN")}, nil,
			[]string{"header.record-type a.xml"}, true},
		{"header too long for the form", map[string]string{"a.xml": enveloped(1, fixture.UnitName, strings.Repeat("ž", 1001)), "b.xml": enveloped(2, "2026-09-30", strings.Repeat("9", 300))}, nil,
			[]string{"header.date b.xml", "pack.text-too-long a.xml", "pack.text-too-long b.xml"}, false},
		{"root name too long for the form", map[string]string{"a.xml": enveloped(1, "Fin_2_12_m", "F"+strings.Repeat("i", 400))}, nil,
			[]string{"pack.text-too-long a.xml"}, false},
		{"hidden files of other systems", map[string]string{"a.xml": good, "._a.xml": "litter", ".skryto/b.xml": good}, nil,
			[]string{"pack.skipped ._a.xml", "pack.skipped .skryto"}, true},
		{"checksum without its record", map[string]string{"a.xml": good, "b.sha": "x"}, nil,
			[]string{"sha.orphan b.sha"}, true},
		{"folder with a package.json of another program", map[string]string{"a.xml": good, "js/package.json": "{}", "js/b.xml": enveloped(2, "2026-09-30", "2026-08-31")}, nil,
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
			dir := writeFiles(t, tt.files)
			pkg, fs, err := Pack(context.Background(), []string{dir}, o)
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
			if (pkg != nil) != tt.made {
				t.Errorf("package made: %v, want %v", pkg != nil, tt.made)
			}
			if left := tree(t, o.Out); !tt.made && len(left) > 0 {
				t.Errorf("a refused package left %v", left)
			}
		})
	}
}

func TestFinishedXM6IsTakenAsItIs(t *testing.T) {
	t.Parallel()
	o := testOptions(t)
	var sealed bytes.Buffer
	res, err := seal.Seal(context.Background(), &sealed, strings.NewReader(enveloped(1)), seal.Options{
		Key: o.Key, Now: testTime, Rand: rand.NewChaCha8([32]byte{1}),
	})
	if err != nil {
		t.Fatal(err)
	}
	text := base64Lines(sealed.Bytes())
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
			pkg, fs, err := Pack(context.Background(), []string{writeFiles(t, tt.files)}, o)
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
			disc, err := os.ReadFile(filepath.Join(pkg.Dir, "records", "Z.XM6"))
			if err != nil || !bytes.Equal(disc, sealed.Bytes()) {
				t.Errorf("the record on the disc is not the one given: %v", err)
			}
		})
	}
}

func base64Lines(b []byte) string {
	out := testBase64(b)
	var lines strings.Builder
	for len(out) > 76 {
		lines.WriteString(out[:76] + "\r\n")
		out = out[76:]
	}
	return lines.String() + out + "\r\n"
}

// Other programs must find on the disc what we put there.
func TestOthersReadThePackage(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "sha256sum", "7z", "xorriso", "isoinfo", "pdftotext", "qpdf", "sh")
	pkg, _ := mustPack(t, testOptions(t), writeFiles(t, demoFiles()))
	image := filepath.Join(pkg.Dir, "disc-1.iso")
	by7z, byXorriso := t.TempDir(), t.TempDir()
	testtool.Run(t, "7z", "x", "-y", "-o"+by7z, image)
	testtool.Run(t, "xorriso", "-osirrox", "on", "-indev", image, "-extract", "/", byXorriso)
	for _, dir := range []string{filepath.Join(pkg.Dir, "records"), by7z, byXorriso} {
		out := testtool.Run(t, "sh", "-c", `cd "$1" && cat *.SHA | sha256sum -c --strict`, "sh", dir)
		if n := strings.Count(string(out), ": OK"); n != 4 {
			t.Errorf("%s: %d of 4 records are OK\n%s", dir, n, out)
		}
		sum := testtool.Run(t, "sh", "-c", `cd "$1" && cat *.SHA | sha256sum`, "sh", dir)
		if !strings.HasPrefix(string(sum), pkg.Manifest.PackageSHA256.String()) {
			t.Errorf("%s: package digest %s, the manifest says %s", dir, sum, pkg.Manifest.PackageSHA256)
		}
	}
	form := filepath.Join(by7z, FormName)
	testtool.Run(t, "qpdf", "--check", form)
	text := string(testtool.Run(t, "pdftotext", "-layout", form, "-"))
	wants := []string{fixture.UnitIC, fixture.UnitName, fixture.PersonName, fixture.PersonID, fixture.PersonEmail, pkg.Manifest.PackageSHA256.String()}
	for _, r := range pkg.Manifest.Records {
		wants = append(wants, r.Name+".XM6", r.SHA256.String(), r.TransactionID)
	}
	for _, want := range wants {
		if !strings.Contains(text, want) {
			t.Errorf("the form does not show %q", want)
		}
	}
}

func TestOpensslOpensEveryRecord(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "openssl", "xmlsec1")
	pkg, _ := mustPack(t, testOptions(t), writeFiles(t, demoFiles()))
	hmac := filepath.Join(t.TempDir(), "hmac.key")
	if err := os.WriteFile(hmac, make([]byte, 32), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, r := range pkg.Manifest.Records {
		plain := testtool.Run(t, "openssl", "enc", "-d", "-aes-256-cbc", "-nopad", "-K", strings.Repeat("5a", 32), "-iv", strings.Repeat("0", 32),
			"-in", filepath.Join(pkg.Dir, "records", r.Name+".XM6"))
		end := bytes.LastIndex(plain, []byte("\r\n"))
		doc := plain[16:end]
		if int64(len(doc)) != r.XMLSize {
			t.Errorf("%s: %d bytes of XML, the manifest says %d", r.Name, len(doc), r.XMLSize)
		}
		file := filepath.Join(t.TempDir(), r.Name+".xml")
		if err := os.WriteFile(file, doc, 0o600); err != nil {
			t.Fatal(err)
		}
		testtool.Run(t, "xmlsec1", "--verify", "--hmackey", hmac, file)
	}
}

func TestSameRecordsFormAndTimeGiveTheSameImage(t *testing.T) {
	t.Parallel()
	dir := writeFiles(t, demoFiles())
	first, _ := mustPack(t, testOptions(t), dir)
	records := filepath.Join(first.Dir, "records")
	var sums []checksum.Sum
	for range 2 {
		again, _ := mustPack(t, testOptions(t), records)
		sums = append(sums, again.Manifest.Images[0].SHA256, again.Manifest.Form.SHA256)
	}
	if sums[0] != sums[2] || sums[1] != sums[3] {
		t.Errorf("two packings of the same sealed records differ: %v", sums)
	}
}

// A set of discs: every record whole on one disc, every disc within its medium,
// the form of the whole set on each.
func TestSetOfDiscs(t *testing.T) {
	t.Parallel()
	files := map[string]string{}
	for i := range 30 {
		var b bytes.Buffer
		fixture.EnvelopedBalanceSheet(&b, rand.New(rand.NewPCG(uint64(i), 9)), 200+i)
		files["rozvaha_"+itoa(int64(100+i))+".xml"] = strings.ReplaceAll(b.String(), "2026-09-30", "2026-09-"+itoa(int64(i%20+10)))
	}
	o := testOptions(t)
	o.Media = iso.Media{Name: "cd", Sectors: 600}
	pkg, fs := mustPack(t, o, writeFiles(t, files))
	if finding.Failed(fs) {
		t.Fatalf("findings %+v", fs)
	}
	m := pkg.Manifest
	if len(m.Images) < 3 {
		t.Fatalf("%d discs, want at least 3", len(m.Images))
	}
	last, count := 1, 0
	for _, r := range m.Records {
		if r.Disc < last || r.Disc > last+1 {
			t.Errorf("%s is on disc %d after disc %d", r.Name, r.Disc, last)
		}
		last = r.Disc
	}
	for i, im := range m.Images {
		count += im.Records
		if im.Size > o.Media.Sectors*iso.SectorSize {
			t.Errorf("%s takes %d bytes, more than the medium", im.File, im.Size)
		}
		if want := m.Package + "_" + itoa(int64(i+1)) + "_" + itoa(int64(len(m.Images))); im.VolumeID != want {
			t.Errorf("%s is called %s, want %s", im.File, im.VolumeID, want)
		}
	}
	if count != len(m.Records) {
		t.Errorf("%d records on the discs of %d", count, len(m.Records))
	}
	for _, target := range append([]string{"."}, imageNames(m)...) {
		report, err := Verify(context.Background(), filepath.Join(pkg.Dir, target), VerifyOptions{Key: o.Key})
		if err != nil || finding.Failed(report.Findings) {
			t.Errorf("%s: %v, %+v", target, err, report)
		}
	}
}

func TestFileNameThatIsNotUTF8(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "v\xfdkaz.xml") // windows-1250
	if err := os.WriteFile(path, []byte(enveloped(1)), 0o666); err != nil {
		t.Skip("the file system takes UTF-8 names only")
	}
	o := testOptions(t)
	o.Rename = true
	pkg, _ := mustPack(t, o, dir)
	if got := pkg.Manifest.Records[0].Original; got != "v\uFFFDkaz.xml" {
		t.Errorf("original name %q", got)
	}
}

func TestSecondPackageOfTheDayGetsTheNextNumber(t *testing.T) {
	t.Parallel()
	o := testOptions(t)
	dir := writeFiles(t, map[string]string{"a.xml": enveloped(1)})
	mustPack(t, o, dir)
	pkg, _ := mustPack(t, o, dir)
	if !strings.HasSuffix(pkg.Dir, "_02") {
		t.Errorf("the second package is %s", pkg.Dir)
	}
	// A folder that holds packages is no source of records.
	_, fs := mustPack(t, o, dir, o.Out)
	if n := len(fs); n != 2 || fs[0].Code != finding.PackSkippedPackage {
		t.Errorf("findings %+v, want two packages skipped", fs)
	}
}

func TestCancelledPackLeavesNothing(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	o := testOptions(t)
	pkg, _, err := Pack(ctx, []string{writeFiles(t, demoFiles())}, o)
	if pkg != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("package %v, error %v", pkg, err)
	}
	if left := tree(t, o.Out); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}
