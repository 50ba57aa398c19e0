package verify

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"csuis-offline/bundle"
	"csuis-offline/finding"
	"csuis-offline/internal/packtest"
	"csuis-offline/internal/testtool"
)

// longDisc is a package's disc of names that do not fit into eight and three
// characters, as a folder.
func longDisc(t testing.TB) folder {
	t.Helper()
	f := folder{t, pack(t, bigDisc, map[string]string{"vzz.xml": packtest.Enveloped(1), "rozvaha_brezna.xml": packtest.Enveloped(2), "rozvaha_unora.xml": packtest.Enveloped(3)}).Dir}
	f.must(os.CopyFS(f.path("disc"), os.DirFS(f.path("records"))))
	f.write("disc/FORMULAR.PDF", f.read(bundle.FormName))
	return folder{t, f.path("disc")}
}

// burnt makes an image of a folder with a program and returns its path.
func burnt(t testing.TB, dir string, args ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.iso")
	testtool.Run(t, args[0], append(args[1:], "-o", path, dir)...)
	return path
}

// unpackedCase is an image of the shared cases.
func unpackedCase(t *testing.T, elem ...string) string {
	t.Helper()
	in, err := os.Open(testtool.Shared(t, append([]string{"cases"}, elem...)...))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	z, err := gzip.NewReader(in)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "x.iso")
	if err := os.WriteFile(path, b, 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// errorLines are the findings of error severity.
func errorLines(fs []finding.Finding) (out []string) {
	for _, line := range lines(fs) {
		if strings.HasPrefix(line, "error|") {
			out = append(out, line)
		}
	}
	return out
}

// wantErrors holds the findings of error severity against those wanted.
func wantErrors(t *testing.T, what string, fs []finding.Finding, want ...string) {
	t.Helper()
	if got := errorLines(fs); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s: errors\n  %s\nwant\n  %s", what, strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// TestUDFTreeOfOtherNamesWasCalledWhole: 7-Zip and Windows show the UDF tree.
func TestUDFTreeOfOtherNamesWasCalledWhole(t *testing.T) {
	t.Parallel()
	r := mustVerify(t, unpackedCase(t, "udf-other-names", "udf.iso.gz"), nil)
	wantErrors(t, "udf-other-names", r.Findings, "error|tree.udf|x.iso:VZZ.XM6|VZZ|name")
	for _, f := range r.Findings {
		if f.Code == finding.TreeUDF && (f.Wanted != "VZZ.XM6" || f.Found != "JINY.XM") {
			t.Errorf("%+v", f)
		}
	}
}

// TestFileOfTwoExtentsWasCalledDamaged: the last extent was taken for the file.
func TestFileOfTwoExtentsWasCalledDamaged(t *testing.T) {
	t.Parallel()
	r := mustVerify(t, unpackedCase(t, "several-extents", "two-extents.iso.gz"), nil)
	wantErrors(t, "several-extents", r.Findings, "error|iso.several-extents|x.iso:VZZ.XM6|VZZ|sector 23: the file is of several extents")
}

// TestSharedDiscIsWhole: the good disc of the cases, as a folder.
func TestSharedDiscIsWhole(t *testing.T) {
	t.Parallel()
	r := mustVerify(t, testtool.Shared(t, "cases", "disc"), nil)
	wantErrors(t, "disc", r.Findings)
	if r.Records != 3 {
		t.Errorf("%d records", r.Records)
	}
}

// otherBurners are the ways in which other programs burn the same files.
var otherBurners = map[string][]string{
	"genisoimage, level 1, Joliet":            {"genisoimage", "-quiet", "-J"},
	"genisoimage, level 1, Rock Ridge":        {"genisoimage", "-quiet", "-R"},
	"genisoimage, level 1, UDF":               {"genisoimage", "-quiet", "-udf"},
	"genisoimage, level 1, all":               {"genisoimage", "-quiet", "-udf", "-R", "-J", "-joliet-long"},
	"genisoimage, level 2":                    {"genisoimage", "-quiet", "-iso-level", "2"},
	"genisoimage, level 3, no versions":       {"genisoimage", "-quiet", "-iso-level", "3", "-N", "-J"},
	"genisoimage, level 4":                    {"genisoimage", "-quiet", "-iso-level", "4", "-J", "-R"},
	"xorriso, level 1, Joliet":                {"xorriso", "-as", "mkisofs", "-quiet", "-iso-level", "1", "--norock", "-J"},
	"xorriso, level 1, Rock Ridge and Joliet": {"xorriso", "-as", "mkisofs", "-quiet", "-iso-level", "1", "-R", "-J"},
	"xorriso, level 3":                        {"xorriso", "-as", "mkisofs", "-quiet", "-iso-level", "3", "--norock"},
	"xorriso, level 4":                        {"xorriso", "-as", "mkisofs", "-quiet", "-iso-level", "4", "-J"},
	"xorriso, for a hybrid":                   {"xorriso", "-as", "mkisofs", "-quiet", "-iso-level", "3", "-J", "-partition_offset", "16"},
}

// TestGoodDiscOfAnotherBurnerWasCalledBad: the records are found by the names that
// users see, and shortened ones are told once.
func TestGoodDiscOfAnotherBurnerWasCalledBad(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "genisoimage", "xorriso")
	f := longDisc(t)
	for name, args := range otherBurners {
		r := mustVerify(t, burnt(t, f.dir, args...), packtest.Key(t))
		wantErrors(t, name, r.Findings)
		if r.Records != 3 || r.Files != 7 || !r.Opened {
			t.Errorf("%s: %+v", name, r)
		}
		short, want := 0, 0
		for _, g := range r.Findings {
			if g.Code == finding.TreeShortNames && g.Count == 4 {
				short++
			}
		}
		if strings.Contains(name, "level 1") {
			want = 1
		}
		if short != want {
			t.Errorf("%s: shortened names are told %d times, want %d", name, short, want)
		}
	}
	f.write("BOOT.IMG", bytes.Repeat([]byte{7}, 4096))
	r := mustVerify(t, burnt(t, f.dir, "genisoimage", "-quiet", "-udf", "-R", "-J", "-b", "BOOT.IMG", "-c", "BOOT.CAT", "-no-emul-boot"), nil)
	wantErrors(t, "El Torito", r.Findings)
}

// ucs2 writes a text as Joliet does.
func ucs2(s string) (b []byte) {
	for i := range len(s) {
		b = append(b, 0, s[i])
	}
	return b
}

// TestTreeWithAnotherNameWasCalledWhole changes one tree alone.
func TestTreeWithAnotherNameWasCalledWhole(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "genisoimage")
	f := longDisc(t)
	path := burnt(t, f.dir, "genisoimage", "-quiet", "-iso-level", "2", "-R", "-J", "-V", "TEST")
	good, err := os.ReadFile(path)
	f.must(err)
	for _, tc := range []struct {
		name, old, new string
		want           string
	}{
		{"plain", "\x09VZZ.XM6;1", "\x09VZZ.XM5;1", "error|tree.plain|x.iso:VZZ.XM6|VZZ|name"},
		{"Rock Ridge", "NM\x0c\x01\x00VZZ.XM6", "NM\x0c\x01\x00VZZ.XM5", "error|tree.rock-ridge|x.iso:VZZ.XM6|VZZ|name"},
		{"Joliet", string(ucs2("VZZ.XM6")), string(ucs2("VZZ.XM5")), "error|tree.joliet|x.iso:VZZ.XM6|VZZ|name"},
	} {
		if n := strings.Count(string(good), tc.old); n != 1 {
			t.Fatalf("%s: the name stands %d times", tc.name, n)
		}
		f := folder{t, t.TempDir()}
		f.write("x.iso", []byte(strings.Replace(string(good), tc.old, tc.new, 1)))
		wantErrors(t, tc.name, mustVerify(t, f.path("x.iso"), nil).Findings, tc.want)
	}
	for _, tc := range []struct {
		what string
		args []string
		want []string
	}{
		{"hidden from Joliet", []string{"-J", "-R", "-hide-joliet", "VZZ.XM6"}, []string{"error|tree.joliet|x.iso:VZZ.XM6|VZZ|missing"}},
		{"hidden from the plain tree and Rock Ridge", []string{"-J", "-R", "-hide", "VZZ.XM6"}, []string{"error|tree.plain|x.iso:VZZ.XM6|VZZ|missing", "error|tree.rock-ridge|x.iso:VZZ.XM6|VZZ|missing"}},
		{"HFS", []string{"-hfs"}, []string{"error|tree.unjudged|x.iso||HFS"}},
	} {
		r := mustVerify(t, burnt(t, f.dir, append([]string{"genisoimage", "-quiet", "-iso-level", "2"}, tc.args...)...), nil)
		wantErrors(t, tc.what, r.Findings, tc.want...)
	}
}

// TestTreeWithOtherBytesWasCalledWhole points the record of one tree at other bytes
// of the same size, and then at the same bytes elsewhere.
func TestTreeWithOtherBytesWasCalledWhole(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "genisoimage")
	f := longDisc(t)
	path := burnt(t, f.dir, "genisoimage", "-quiet", "-iso-level", "2", "-J", "-V", "TEST")
	good, err := os.ReadFile(path)
	f.must(err)
	record := bytes.Index(good, ucs2("VZZ.XM6")) - 33
	content := f.read("VZZ.XM6")
	for _, tc := range []struct {
		what  string
		place func(b []byte) []byte
		want  []string
	}{
		{"other bytes", func([]byte) []byte { return bytes.Repeat([]byte{1}, len(content)) }, []string{"error|tree.joliet|x.iso:VZZ.XM6|VZZ|content"}},
		{"the same bytes", func([]byte) []byte { return content }, nil},
	} {
		b := bytes.Clone(good)
		at := len(b) - 100*2048 // in the padding
		copy(b[at:], tc.place(b))
		binary.LittleEndian.PutUint32(b[record+2:], uint32(at/2048))
		binary.BigEndian.PutUint32(b[record+6:], uint32(at/2048))
		g := folder{t, t.TempDir()}
		g.write("x.iso", b)
		wantErrors(t, tc.what, mustVerify(t, g.path("x.iso"), nil).Findings, tc.want...)
	}
}

// TestWhatStandsBehindTheVolume: our image has an exact length; behind others'
// images descriptors and anchors are an error.
func TestWhatStandsBehindTheVolume(t *testing.T) {
	t.Parallel()
	f := folder{t, twoRecords(t)}
	own := f.read("disc-1.iso")
	verify := func(b []byte) []finding.Finding {
		f.write("x.iso", b)
		return mustVerify(t, f.path("x.iso"), nil).Findings
	}
	noise := bytes.Repeat([]byte{1, 2, 3, 4}, 512)
	zeros := make([]byte, 40*2048)
	sectors := len(own) / 2048
	wantErrors(t, "zeros behind ours", verify(append(bytes.Clone(own), zeros...)))
	wantErrors(t, "noise behind ours", verify(append(bytes.Clone(own), noise...)),
		fmt.Sprintf("error|iso.own-bytes|x.iso||sector %d: the image goes on behind its end, and not with zeros", sectors))
	wantErrors(t, "noise behind zeros behind ours", verify(append(append(bytes.Clone(own), zeros...), noise...)),
		fmt.Sprintf("error|iso.own-bytes|x.iso||sector %d: the image goes on behind its end, and not with zeros", sectors+40))

	testtool.Need(t, "genisoimage")
	d := longDisc(t)
	foreign := d.read(burntIn(t, d, "genisoimage", "-quiet", "-iso-level", "2", "-J"))
	sectors = len(foreign) / 2048
	wantErrors(t, "zeros", verify(append(bytes.Clone(foreign), zeros...)))
	wantErrors(t, "noise", verify(append(bytes.Clone(foreign), noise...)))
	descriptor := foreign[16*2048 : 17*2048]
	wantErrors(t, "a descriptor", verify(append(bytes.Clone(foreign), descriptor...)), fmt.Sprintf("error|tree.session|x.iso||sector %d: a volume descriptor", sectors))
	udf := d.read(burntIn(t, d, "genisoimage", "-quiet", "-iso-level", "2", "-udf"))
	wantErrors(t, "zeros behind UDF", verify(append(bytes.Clone(udf), zeros...)))
	got := errorLines(verify(append(bytes.Clone(foreign), udf[256*2048:257*2048]...)))
	if len(got) == 0 || got[0] != fmt.Sprintf("error|tree.session|x.iso||sector %d: a UDF anchor", sectors) {
		t.Errorf("an anchor: %q", got)
	}
}

// burntIn makes an image of a folder beside it and returns its name there.
func burntIn(t *testing.T, f folder, args ...string) string {
	t.Helper()
	b, err := os.ReadFile(burnt(t, f.dir, args...))
	f.must(err)
	f.write("../burnt.iso", b)
	return "../burnt.iso"
}

// TestSecondSessionWasCutOff: the first session lacks the form, or the second one
// has another record.
func TestSecondSessionWasCutOff(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "genisoimage", "xorriso")
	d := longDisc(t)
	first := burnt(t, d.dir, "genisoimage", "-quiet", "-iso-level", "2", "-R", "-J")
	a, err := os.ReadFile(first)
	d.must(err)
	next := fmt.Sprintf("0,%d", len(a)/2048)
	d.write("VZZ.XM6", append(d.read("VZZ.XM6"), 0))
	b, err := os.ReadFile(burnt(t, d.dir, "genisoimage", "-quiet", "-iso-level", "2", "-R", "-J", "-C", next, "-M", first))
	d.must(err)
	f := folder{t, t.TempDir()}
	f.write("x.iso", append(a, b...))
	wantErrors(t, "another record", mustVerify(t, f.path("x.iso"), nil).Findings,
		"error|tree.other-session|x.iso:VZZ.XM6|VZZ|content", fmt.Sprintf("error|tree.session|x.iso||sector %d: a volume descriptor", len(a)/2048+16))

	// xorriso describes the last state at the beginning.
	d = longDisc(t)
	grown := filepath.Join(t.TempDir(), "x.iso")
	form := filepath.Join(t.TempDir(), bundle.FormName)
	d.must(os.Rename(d.path(bundle.FormName), form))
	testtool.Run(t, "xorriso", "-dev", "stdio:"+grown, "-map", d.dir, "/", "-commit")
	testtool.Run(t, "xorriso", "-dev", "stdio:"+grown, "-map", form, "/"+bundle.FormName, "-commit")
	wantErrors(t, "a session added by xorriso", mustVerify(t, grown, nil).Findings)
}

// TestSessionsOfADrive: a drive is mounted by its last session.
func TestSessionsOfADrive(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "genisoimage")
	d := longDisc(t)
	form := d.read(bundle.FormName)
	d.remove(bundle.FormName)
	first := burnt(t, d.dir, "genisoimage", "-quiet", "-iso-level", "2", "-R", "-J")
	a, err := os.ReadFile(first)
	d.must(err)
	a = append(a, make([]byte, 20_000*2048)...) // further than the search goes
	d.write(bundle.FormName, form)
	start := int64(len(a) / 2048)
	b, err := os.ReadFile(burnt(t, d.dir, "genisoimage", "-quiet", "-iso-level", "2", "-R", "-J", "-C", fmt.Sprintf("0,%d", start), "-M", first))
	d.must(err)
	disc := append(a, b...)
	volume, err := volumeSize(bytes.NewReader(disc), int64(len(disc)))
	d.must(err)
	for _, tc := range []struct {
		what   string
		starts []int64
		form   bool
	}{{"the table tells", []int64{start}, true}, {"nothing tells", nil, false}} {
		v := &verifier{report: &Report{}, drive: &drive{size: int64(len(disc)), starts: tc.starts}}
		set, _, err := v.openImage(context.Background(), bytes.NewReader(disc), volume, "sr0")
		d.must(err)
		if _, found := set.find(bundle.FormName); found != tc.form {
			t.Errorf("%s: the form is there: %v", tc.what, found)
		}
		wantErrors(t, tc.what, v.report.Findings)
		if told := v.has(finding.TreeSession, "sr0"); told != tc.form {
			t.Errorf("%s: the session is told: %v", tc.what, told)
		}
	}
}

// TestAnchorInsideAFileOfOurImage: the bytes of a file are no part of the plan, and a
// reader that looks for an anchor alone would find one there.
func TestAnchorInsideAFileOfOurImage(t *testing.T) {
	t.Parallel()
	files := discFiles(t)
	addRecord2(files, "C", strings.Repeat("\xFF", 300*2048)) // no text in base64
	delete(files, bundle.FormName)
	f := folder{t, filepath.Dir(writeImageOf(t, testVolume, files))}
	wantErrors(t, "without an anchor", mustVerify(t, f.path("x.iso"), nil).Findings)
	b := f.read("x.iso")
	anchor := b[256*2048:][:512]
	clear(anchor)
	anchor[0], anchor[2] = 2, 2
	binary.LittleEndian.PutUint16(anchor[10:], 496)
	binary.LittleEndian.PutUint32(anchor[12:], 256)
	retag(anchor)
	f.write("x.iso", b)
	var told bool
	for _, line := range errorLines(mustVerify(t, f.path("x.iso"), nil).Findings) {
		told = told || line == "error|tree.unjudged|x.iso||UDF"
	}
	if !told {
		t.Error("the UDF tree is not told")
	}
}

// TestRawSectors reads the .bin file of a program that copies discs.
func TestRawSectors(t *testing.T) {
	t.Parallel()
	f := folder{t, twoRecords(t)}
	var out []byte
	for b := f.read("disc-1.iso"); len(b) > 0; b = b[2048:] {
		out = append(out, "\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00\x00\x02\x00\x01"...)
		out = append(append(out, b[:2048]...), make([]byte, 288)...)
	}
	f.write("x.bin", out)
	wantLines(t, mustVerify(t, f.path("x.bin"), packtest.Key(t)).Findings, "info|image.raw|x.bin||2352")
	out[16*2352+40]++ // a byte of the volume descriptor
	f.write("x.bin", out)
	if r := mustVerify(t, f.path("x.bin"), nil); !finding.Failed(r.Findings) {
		t.Error("a changed image of raw sectors is whole")
	}
}

// TestNamesWithAVersion: a program copied ";1" along.
func TestNamesWithAVersion(t *testing.T) {
	t.Parallel()
	files := discFiles(t)
	versioned := map[string]string{}
	for name, data := range files {
		versioned[name+";1"] = data
	}
	r := mustVerify(t, packtest.Write(t, versioned), packtest.Key(t))
	wantLines(t, r.Findings, "info|file.version|A.SHA;1")
	if r.Records != 2 {
		t.Errorf("%d records", r.Records)
	}
	versioned["A.XM6"] = files["A.XM6"]
	wantLines(t, mustVerify(t, packtest.Write(t, versioned), packtest.Key(t)).Findings, "info|file.version|A.SHA;1", "error|file.unexpected|A.XM6;1")
}

func TestShortenedNames(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		short, long string
		want        bool
	}{
		{"ROZVAHA_.XM6", "ROZVAHA_BREZNA_2026.XM6", true},
		{"ROZVA000.XM6", "ROZVAHA_UNORA_2026.XM6", true},
		{"ROZVAH~1.XM6", "ROZVAHA_UNORA_2026.XM6", true},
		{"_CETN_.XM6", "ÚČETNÍ.XM6", false}, // burners write one "_" a character
		{"__ETN_.XM6", "ÚČETNÍ.XM6", true},
		{"__VZZ.XM6", "._VZZ.XM6", true},
		{"SUBFOLD0/A.XM6", "SUBFOLDER/A.XM6", true},
		{"VZZ1.XM6", "VZZ2.XM6", false},
		{"VZZ.XM6", "VZZ_JINY.XM6", false},
		{"VZZ_JINE.XM6", "VZZ_JINE_A_DALSI.XM6", true},
		{"ROZVAHA_2.XM6", "ROZVAHA_1.XM6", false},
		{"JINY.XM6", "VZZ.XM6", false},
		{"ROZVAHA_.SHA", "ROZVAHA_BREZNA_2026.XM6", false},
		{"ROZVAHA_BREZNA_2026.XM6", "ROZVAHA.XM6", false},
	} {
		if got := isShortening(tc.short, tc.long); got != tc.want {
			t.Errorf("%s of %s: %v", tc.short, tc.long, got)
		}
	}
}
