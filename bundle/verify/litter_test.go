package verify

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"csuis-offline/bundle"
	"csuis-offline/checksum"
	"csuis-offline/crypto"
	"csuis-offline/internal/packtest"
	"csuis-offline/internal/testtool"
)

// appleDouble is what macOS leaves beside a file: RFC 1740, appendix B.
const appleDouble = "\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X        \x00\x02"

// left is what systems leave beside records.
var left = map[string]string{
	"._A.XM6": appleDouble, "._A.SHA": appleDouble, "._B.XM6": appleDouble, "._" + bundle.FormName: appleDouble,
	".DS_Store": "x", ".Trash-1000/info/a.trashinfo": "x", "lost+found/x": "x", ".directory": "x", "@eaDir/A.XM6/x": "x",
	".fuse_hidden0001": "x", ".nfs0001": "x", ".~lock.A.XM6#": "x", ".TemporaryItems/x": "x", ".apdisk": "x",
	"FOUND.000/FILE0000.CHK": "x", "Thumbs.db": "x", "~$B.XM6": "x",
}

// TestLitterCountsAsNoRecord puts what systems leave beside the records of a disc:
// it must change neither their number nor the package digest.
func TestLitterCountsAsNoRecord(t *testing.T) {
	t.Parallel()
	files := discFiles(t)
	whole := mustVerify(t, packtest.Write(t, files), packtest.Key(t))
	maps.Copy(files, left)
	r := mustVerify(t, packtest.Write(t, files), packtest.Key(t))
	wantLines(t, r.Findings, "info|file.litter|.DS_Store||.DS_Store, .TemporaryItems, .Trash-1000, ...")
	if r.Findings[0].Count != len(left) {
		t.Errorf("%d files left, want %d", r.Findings[0].Count, len(left))
	}
	if r.Records != 2 || r.PackageSHA256 != whole.PackageSHA256 || r.PackageSHA256 == (checksum.Sum{}) {
		t.Errorf("report %+v, without litter %+v", r, whole)
	}
}

func TestLitterInAPackageCountsAsNoRecord(t *testing.T) {
	t.Parallel()
	f := folder{t, twoRecords(t)}
	for _, dir := range []string{"", "records/"} {
		f.write(dir+"._A.XM6", []byte(appleDouble))
		f.write(dir+"Thumbs.db", []byte("x"))
		f.write(dir+"@eaDir/x", []byte("x"))
	}
	r := mustVerify(t, f.dir, packtest.Key(t))
	wantLines(t, r.Findings, "info|file.litter|._A.XM6||._A.XM6, @eaDir, Thumbs.db", "info|file.litter|records/._A.XM6||._A.XM6, @eaDir, Thumbs.db")
	if r.Records != 2 {
		t.Errorf("report %+v", r)
	}
}

// TestLitterBurnedOnADisc: burning programs put what a system left on the disc,
// under names of their own making.
func TestLitterBurnedOnADisc(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "genisoimage")
	files := discFiles(t)
	whole := mustVerify(t, packtest.Write(t, files), nil)
	maps.Copy(files, left)
	dir := packtest.Write(t, files)
	for _, level := range []string{"1", "2", "3"} {
		image := filepath.Join(t.TempDir(), "x.iso")
		testtool.Run(t, "genisoimage", "-quiet", "-iso-level", level, "-V", testVolume, "-o", image, dir)
		r := mustVerify(t, image, nil)
		for _, line := range lines(r.Findings) {
			// The linter has its own say about the names of folders.
			if strings.HasPrefix(line, "error|") && !strings.HasPrefix(line, "error|iso.") {
				t.Errorf("level %s: %s", level, line)
			}
		}
		if r.Records != 2 || r.PackageSHA256 != whole.PackageSHA256 {
			t.Errorf("level %s: report %+v", level, r)
		}
	}
}

// TestRecordsOwnNameBeginsWithUnderscores: only AppleDouble files are passed over
// under such a name, and never one that the form lists.
func TestRecordsOwnNameBeginsWithUnderscores(t *testing.T) {
	t.Parallel()
	record := string(bytes.Repeat([]byte("0123456\xFF"), 8))
	files := map[string]string{}
	addRecord2(files, "VZZ", record)
	addRecord2(files, "__VZZ", record+record)
	if r := mustVerify(t, writeImageOf(t, testVolume, files), nil); r.Records != 2 {
		t.Errorf("%d records", r.Records)
	}
	for _, content := range []string{appleDouble, "a note of some system"} {
		files["__VZZ.XM6"], files["__VZZ.SHA"] = content, content
		if r := mustVerify(t, writeImageOf(t, testVolume, files), nil); r.Records != 1 {
			t.Errorf("%q: %d records", content, r.Records)
		}
	}
	f := folder{t, pack(t, bigDisc, map[string]string{"a.xml": packtest.Enveloped(1)}).Dir}
	files = map[string]string{bundle.FormName: string(f.read(bundle.FormName)), "A.SHA": string(f.read("records/A.SHA")), "A.XM6": string(f.read("records/A.XM6"))}
	files["__A.XM6"] = "x"
	files["__B.XM6"] = "x" // there is no B
	r := mustVerify(t, writeImageOf(t, testVolume, files), nil)
	wantLines(t, r.Findings, "info|file.litter|x.iso:__A.XM6", "error|form.unlisted|x.iso:__B.XM6|__B", "error|sha.missing|x.iso:__B.SHA|__B")
}

func TestDiscBesideWhatMacOSLeft(t *testing.T) {
	t.Parallel()
	dir := copyTree(t, testtool.Shared(t, "cases", "disc"))
	left, err := os.ReadFile(testtool.Shared(t, "cases", "appledouble", "appledouble.bin"))
	if err != nil {
		t.Fatal(err)
	}
	f := folder{t, dir}
	key, err := crypto.ReadKey(bytes.NewReader(folder{t, testtool.Shared(t, "cases")}.read("KLIC.DEC")), nil)
	if err != nil {
		t.Fatal(err)
	}
	whole := mustVerify(t, dir, key)
	wantLines(t, whole.Findings)
	for _, name := range []string{"VZZ.XM6", "VZZ.SHA", bundle.FormName} {
		f.write("._"+name, left)
	}
	r := mustVerify(t, dir, key)
	wantLines(t, r.Findings, "info|file.litter|._FORMULAR.PDF||._FORMULAR.PDF, ._VZZ.SHA, ._VZZ.XM6")
	if r.Records != 3 || r.PackageSHA256 != whole.PackageSHA256 {
		t.Errorf("report %+v", r)
	}
}

// TestRecordUnderANameOfLitterIsTold: a whole record must not leave the judgement
// because its name begins as a leftover's does.
func TestRecordUnderANameOfLitterIsTold(t *testing.T) {
	t.Parallel()
	sealed := strings.Repeat("0123456\xFF", 8)
	disc := discFiles(t)
	for _, name := range []string{"._EXTRA", "~$EXTRA", ".#EXTRA", ".~EXTRA"} {
		files := maps.Clone(disc)
		addRecord2(files, name, sealed)
		if r := mustVerify(t, packtest.Write(t, files), nil); r.Records != 3 {
			t.Errorf("%s: %d records: %v", name, r.Records, lines(r.Findings))
		}
		for _, content := range []string{appleDouble + strings.Repeat("\x00", 46), "a note of some program", ""} {
			files[name+".XM6"], files[name+".SHA"] = content, content
			if r := mustVerify(t, packtest.Write(t, files), nil); r.Records != 2 {
				t.Errorf("%s with %q: %d records", name, content, r.Records)
			}
		}
	}
	disc["._FORM.PDF"] = "%PDF-1.7"
	r := mustVerify(t, packtest.Write(t, disc), packtest.Key(t))
	wantLines(t, r.Findings, "error|file.unexpected|._FORM.PDF")
}
