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

	"csuis-offline/batch"
	"csuis-offline/checksum"
	"csuis-offline/finding"
	"csuis-offline/form"
	"csuis-offline/internal/fixture"
	"csuis-offline/internal/packtest"
	"csuis-offline/internal/testtool"
	"csuis-offline/iso"
)

func testOptions(t testing.TB) Options {
	t.Helper()
	media, _ := iso.MediaByName("cd")
	return Options{
		Batch: batch.Options{Key: packtest.Key(t), Envelope: packtest.Config(), Time: packtest.Time},
		Out:   filepath.Join(t.TempDir(), "out"), Media: media, Reason: fixture.Reason, Place: fixture.Place, Generator: "csuis-offline test",
	}
}

func mustPack(t testing.TB, o Options, inputs ...string) (*Package, []finding.Finding) {
	t.Helper()
	pkg, fs, err := Pack(context.Background(), batch.Collect(inputs), o)
	if err != nil || pkg == nil {
		t.Fatalf("no package: %v, findings %+v", err, fs)
	}
	return pkg, fs
}

func TestPackageFolderIsWhatTheDesignSays(t *testing.T) {
	t.Parallel()
	o := testOptions(t)
	pkg, fs := mustPack(t, o, packtest.Write(t, packtest.Demo()))
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
	if got := packtest.Tree(t, pkg.Dir); !slices.Equal(got, want) {
		t.Errorf("the package holds\n%v, want\n%v", got, want)
	}
	if left := packtest.Tree(t, o.Out); slices.ContainsFunc(left, func(p string) bool { return strings.Contains(p, "csuis-") && strings.HasPrefix(p, ".") }) {
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

// Other programs must find on the disc what we put there.
func TestOthersReadThePackage(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "sha256sum", "7z", "xorriso", "isoinfo", "pdftotext", "qpdf", "sh")
	pkg, _ := mustPack(t, testOptions(t), packtest.Write(t, packtest.Demo()))
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
	pkg, _ := mustPack(t, testOptions(t), packtest.Write(t, packtest.Demo()))
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
	dir := packtest.Write(t, packtest.Demo())
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
	pkg, fs := mustPack(t, o, packtest.Write(t, files))
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
}

func TestSecondPackageOfTheDayGetsTheNextNumber(t *testing.T) {
	t.Parallel()
	o := testOptions(t)
	dir := packtest.Write(t, map[string]string{"a.xml": packtest.Enveloped(1)})
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
	pkg, _, err := Pack(ctx, batch.Collect([]string{packtest.Write(t, packtest.Demo())}), o)
	if pkg != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("package %v, error %v", pkg, err)
	}
	if left := packtest.Tree(t, o.Out); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

// What batch lets through has to fit into the form and the manifest whole.
func TestTextsThatBatchTakesFitTheForm(t *testing.T) {
	t.Parallel()
	if batch.MaxField > form.MaxField || batch.MaxCell > form.MaxCell || 4*batch.MaxField > maxText {
		t.Error("batch takes texts that the form or the manifest refuses")
	}
	longest := iso.File{Name: strings.Repeat("X", batch.MaxName) + ".XM6", Size: 1}
	if _, err := iso.Plan([]iso.File{longest}, iso.Options{VolumeID: "X", Time: packtest.Time}); err != nil {
		t.Errorf("a NAME of the greatest length does not fit on a disc: %v", err)
	}
}
