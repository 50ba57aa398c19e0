package verify

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"csuis-offline/bundle"
	"csuis-offline/checksum"
	"csuis-offline/crypto"
	"csuis-offline/finding"
	"csuis-offline/internal/packtest"
	"csuis-offline/internal/testtool"
	"csuis-offline/iso"
)

// writeImageOf makes an image of files given by name.
func writeImageOf(t testing.TB, volume string, files map[string]string) string {
	t.Helper()
	var list []iso.File
	for name, data := range files {
		list = append(list, iso.File{Name: name, Size: int64(len(data))})
	}
	layout, err := iso.Plan(list, iso.Options{VolumeID: volume, Time: packtest.Time})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	err = layout.Write(context.Background(), &b, func(name string) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(files[name])), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "x.iso")
	if err := os.WriteFile(path, b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// discFiles returns the files of a disc with two records.
func discFiles(t testing.TB) map[string]string {
	t.Helper()
	f := folder{t, twoRecords(t)}
	files := map[string]string{bundle.FormName: string(f.read(bundle.FormName))}
	for _, name := range []string{"A.XM6", "A.SHA", "B.XM6", "B.SHA"} {
		files[name] = string(f.read("records/" + name))
	}
	return files
}

const testVolume = "CSUIS_09999990_20261122_01_1_1"

// TestOneChangeOnADisc changes one thing on a disc, once in an image and once
// in a folder, as a mounted disc is.
func TestOneChangeOnADisc(t *testing.T) {
	t.Parallel()
	whole := discFiles(t)
	const digest = "error|package.digest|*FORMULAR.PDF"
	for name, c := range map[string]struct {
		change func(map[string]string)
		want   []string
		folder []string // where it differs from want
	}{
		"nothing":         {func(m map[string]string) {}, nil, nil},
		"record missing":  {func(m map[string]string) { delete(m, "A.XM6") }, []string{"error|record.missing|*A.XM6|A"}, nil},
		"record flipped":  {func(m map[string]string) { m["A.XM6"] = flipped(m["A.XM6"]) }, []string{"error|sha.mismatch|*A.XM6|A"}, nil},
		"record empty":    {func(m map[string]string) { m["A.XM6"] = "" }, []string{"error|file.empty|*A.XM6|A"}, nil},
		"sha missing":     {func(m map[string]string) { delete(m, "A.SHA") }, []string{"error|sha.missing|*A.SHA|A"}, nil},
		"both missing":    {func(m map[string]string) { delete(m, "A.SHA"); delete(m, "A.XM6") }, []string{"error|record.missing|*A.XM6|A", digest}, nil},
		"sha empty":       {func(m map[string]string) { m["A.SHA"] = "" }, []string{"error|file.empty|*A.SHA|A"}, nil},
		"sha wrong":       {func(m map[string]string) { m["A.SHA"] = strings.Repeat("0", 64) + "  A.XM6\n" }, []string{"error|sha.wrong|*A.SHA|A", digest}, nil},
		"sha form":        {func(m map[string]string) { m["A.SHA"] = "\ufeff" + m["A.SHA"] }, []string{"error|sha.form|*A.SHA|A", digest}, nil},
		"unlisted":        {func(m map[string]string) { addRecord2(m, "C", "x") }, []string{"error|form.unlisted|*C.XM6|C", "error|container.damaged|*C.XM6|C|the sealed record is damaged or the key is wrong: 1 bytes, too short", digest}, nil},
		"replaced":        {func(m map[string]string) { addRecord2(m, "A", m["A.XM6"]+strings.Repeat("\x00", 16)) }, []string{"error|form.mismatch|*A.XM6|A|sha256", digest}, nil},
		"unexpected file": {func(m map[string]string) { m["README.TXT"] = "x" }, []string{"error|file.unexpected|*README.TXT"}, nil},
		"no form":         {func(m map[string]string) { delete(m, bundle.FormName) }, []string{"warning|form.missing|*FORMULAR.PDF"}, []string{"info|form.missing|*FORMULAR.PDF"}},
		"no records": {func(m map[string]string) { clear(m); m["X.TXT"] = "x" },
			[]string{"error|verify.nothing", "warning|file.unexpected|*X.TXT", "warning|form.missing|*FORMULAR.PDF"},
			[]string{"error|verify.nothing", "warning|file.unexpected|*X.TXT", "info|form.missing|*FORMULAR.PDF"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := map[string]string{}
			for k, v := range whole {
				files[k] = v
			}
			c.change(files)
			image := writeImageOf(t, testVolume, files)
			dir := packtest.Write(t, files)
			inFolder := c.folder
			if inFolder == nil {
				inFolder = c.want
			}
			check := func(target, label string, kind Kind, want []string) {
				t.Helper()
				r := mustVerify(t, target, packtest.Key(t))
				var labelled []string
				for _, w := range want {
					labelled = append(labelled, strings.Replace(w, "|*", "|"+label, 1))
				}
				var got []finding.Finding
				for _, f := range r.Findings {
					if f.Code == finding.ContainerDamaged {
						f.Detail = "the sealed record is damaged or the key is wrong: 1 bytes, too short"
					}
					got = append(got, f)
				}
				wantLines(t, got, labelled...)
				if r.Kind != kind {
					t.Errorf("%s is %s", target, r.Kind)
				}
			}
			check(image, "x.iso:", KindImage, c.want)
			check(dir, "", KindFolder, inFolder)
		})
	}
}

func flipped(s string) string {
	b := []byte(s)
	b[len(b)/2] ^= 1
	return string(b)
}

// addRecord2 puts a record with a fitting checksum among files.
func addRecord2(files map[string]string, name, data string) {
	sum, _, _ := checksum.Of(strings.NewReader(data))
	files[name+".XM6"] = data
	files[name+".SHA"] = string(checksum.Line(name+".XM6", sum))
}

func TestImageOfThePackageAlone(t *testing.T) {
	t.Parallel()
	dir := twoRecords(t)
	for _, key := range []*crypto.Key{nil, packtest.Key(t)} {
		r := mustVerify(t, filepath.Join(dir, "disc-1.iso"), key)
		wantLines(t, r.Findings)
		if r.Records != 2 || r.Files != 5 || r.Disc != 1 || r.Discs != 1 || r.UnitIC != "09999990" || r.PackageSHA256 == (checksum.Sum{}) {
			t.Errorf("report %+v", r)
		}
	}
}

func TestDiscsOfASet(t *testing.T) {
	t.Parallel()
	dir, m := setOfDiscs(t)
	f := folder{t, dir}
	wantLines(t, mustVerify(t, dir, packtest.Key(t)).Findings)
	discs := len(m.Images)
	for i := range m.Images {
		im := &m.Images[i]
		elsewhere := "info|record.elsewhere|||" + itoa(int64(im.Disc)) + " / " + itoa(int64(discs))
		r := mustVerify(t, f.path(im.File), nil)
		wantLines(t, r.Findings, elsewhere)
		if r.Disc != im.Disc || r.Discs != discs || r.Records != im.Records || r.PackageSHA256 != m.PackageSHA256 {
			t.Errorf("%s: report %+v", im.File, r)
		}
		// Mounted, the volume identifier is not seen.
		mounted := folder{t, t.TempDir()}
		mounted.write(bundle.FormName, f.read(bundle.FormName))
		var last string
		for _, rec := range m.Records {
			if rec.Disc == im.Disc {
				last = rec.Name
				for _, ext := range []string{".XM6", ".SHA"} {
					mounted.write(rec.Name+ext, f.read("records/"+rec.Name+ext))
				}
			}
		}
		r = mustVerify(t, mounted.dir, nil)
		wantLines(t, r.Findings, elsewhere)
		if r.Disc != im.Disc || r.PackageSHA256 != m.PackageSHA256 {
			t.Errorf("mounted disc %d: report %+v", im.Disc, r)
		}
		if im.Records > 1 {
			mounted.remove(last+".XM6", last+".SHA")
			wantLines(t, mustVerify(t, mounted.dir, nil).Findings, elsewhere, "error|record.missing|"+last+".XM6|"+last)
		}
	}
	// A record that lies on another disc than the manifest says.
	f.manifest(func(m *bundle.Manifest) {
		last := &m.Records[len(m.Records)-1]
		m.Images[last.Disc-1].Records--
		last.Disc--
		m.Images[last.Disc-1].Records++
	})
	last := m.Records[len(m.Records)-1]
	wantLines(t, mustVerify(t, dir, nil).Findings,
		"error|form.mismatch|FORMULAR.PDF|"+last.Name+"|disc",
		"error|image.content|"+m.Images[last.Disc-1].File+":"+last.Name+".XM6|"+last.Name+"|disc",
		"error|record.missing|"+m.Images[last.Disc-2].File+":"+last.Name+".XM6|"+last.Name)
}

func TestDiscUnderAnotherVolumeIdentifier(t *testing.T) {
	t.Parallel()
	image := writeImageOf(t, "OTHER", discFiles(t))
	wantLines(t, mustVerify(t, image, nil).Findings, "error|form.mismatch|x.iso:FORMULAR.PDF||volume_id")
}

func TestLowerCaseNamesOfAMountedDisc(t *testing.T) {
	t.Parallel()
	files := map[string]string{}
	for name, data := range discFiles(t) {
		files[strings.ToLower(name)] = data
	}
	r := mustVerify(t, packtest.Write(t, files), packtest.Key(t))
	wantLines(t, r.Findings)
	if r.PackageSHA256 == (checksum.Sum{}) || r.Package != "CSUIS_09999990_20261122_01" {
		t.Errorf("report %+v", r)
	}
}

func TestFolderOfSomebodyElse(t *testing.T) {
	t.Parallel()
	whole := discFiles(t)
	sum := strings.ToUpper(whole["A.SHA"][:64])
	r := mustVerify(t, packtest.Write(t, map[string]string{
		"a.xm6":           whole["A.XM6"],
		"a.sha":           sum + " *a.xm6\r\n",
		"Výkaz 2026.xm6":  whole["B.XM6"],
		"Výkaz 2026.sha":  whole["B.SHA"][:64] + "\n",
		"orphan.sha":      whole["B.SHA"],
		"third.xm6":       flipped(whole["A.XM6"]),
		"third.sha":       "SHA256 (third.xm6) = " + whole["A.SHA"][:64] + "\n",
		"FORMULAR.PDF":    "%PDF-1.4\n%%EOF\n",
		"notes.txt":       "x",
		"sub/other.xm6":   "x",
		"line\nbreak.txt": "x",
	}), nil)
	wantLines(t, r.Findings,
		"info|sha.form|a.sha|A",
		"info|sha.form|Výkaz 2026.sha|VýKAZ 2026",
		"warning|file.name|Výkaz 2026.xm6|VýKAZ 2026",
		"error|sha.orphan|orphan.sha|ORPHAN",
		"error|sha.mismatch|third.xm6|THIRD", "info|sha.form|third.sha|THIRD",
		"warning|form.foreign|FORMULAR.PDF",
		"warning|file.unexpected|notes.txt",
		`warning|file.unexpected|"line\nbreak.txt"`,
		"warning|file.unexpected|sub||a folder",
	)
}

func TestWrongKey(t *testing.T) {
	t.Parallel()
	dir := twoRecords(t)
	other, err := crypto.NewKey(make([]byte, crypto.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	for _, target := range []string{dir, filepath.Join(dir, "disc-1.iso"), filepath.Join(dir, "records")} {
		r := mustVerify(t, target, other)
		var got []string
		for _, f := range r.Findings {
			if f.Severity == finding.Error {
				got = append(got, string(f.Code)+" "+f.Record)
			}
		}
		if !r.WrongKey || strings.Join(got, ",") != "container.key A,container.key B" {
			t.Errorf("%s: wrong key %v, findings %q", target, r.WrongKey, got)
		}
		// What is there was called not intact because the key was another's.
		if r.Intact != Yes {
			t.Errorf("%s: intact %q with a wrong key", target, r.Intact)
		}
	}
	// One damaged record does not make the key wrong.
	f := folder{t, dir}
	f.write("records/A.XM6", bytes.Repeat([]byte{7}, 320))
	if r := mustVerify(t, dir, packtest.Key(t)); r.WrongKey {
		t.Error("the key is called wrong where one record is damaged")
	}
	if r := mustVerify(t, dir, other); !r.WrongKey {
		t.Error("the key is not called wrong where one record is damaged")
	}
}

func TestWhatOpeningADamagedRecordShows(t *testing.T) {
	t.Parallel()
	files := discFiles(t)
	delete(files, bundle.FormName)
	files["A.SHA"] = strings.Repeat("0", 64) + "  A.XM6\n"
	files["B.XM6"] = files["B.XM6"][1:]
	want := map[string]string{"A": "it opens, and its integrity identifier is valid", "B": "opening it shows container.damaged"}
	for _, g := range mustVerify(t, packtest.Write(t, files), packtest.Key(t)).Findings {
		if g.Severity == finding.Error && (g.Code != finding.ShaMismatch || g.Detail != want[g.Record]) {
			t.Errorf("finding %+v", g)
		}
	}
}

func TestTargetsThatCannotBeJudged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := Target(context.Background(), filepath.Join(dir, "none"), Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no target: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	pkg := twoRecords(t)
	for _, target := range []string{pkg, filepath.Join(pkg, "disc-1.iso"), filepath.Join(pkg, "records")} {
		if r, err := Target(ctx, target, Options{}); r != nil || !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %v, %v", r, err)
		}
	}
	if _, err := os.Stat("/dev/null"); err == nil {
		if _, err := Target(context.Background(), "/dev/null", Options{}); !errors.Is(err, ErrTarget) {
			t.Errorf("/dev/null: %v", err)
		}
	}
	garbage := folder{t, dir}
	garbage.write("x.iso", bytes.Repeat([]byte("x"), 100_000))
	garbage.write("empty.iso", nil)
	r := mustVerify(t, garbage.path("x.iso"), nil)
	if got := strings.Join(lines(r.Findings), "\n"); got != "error|verify.no-image|x.iso" {
		t.Errorf("findings %s", got)
	}
	wantLines(t, mustVerify(t, garbage.path("empty.iso"), nil).Findings, "error|file.empty|empty.iso")
}

// count is a progress.Counter.
type count struct{ max, n atomic.Int64 }

func (c *count) SetMax(n int64) { c.max.Store(n) }
func (c *count) Add(n int64)    { c.n.Add(n) }
func (c *count) Done()          {}

func TestProgressReachesItsEnd(t *testing.T) {
	t.Parallel()
	dir := twoRecords(t)
	for _, target := range []string{dir, filepath.Join(dir, "disc-1.iso"), filepath.Join(dir, "records")} {
		for _, key := range []*crypto.Key{nil, packtest.Key(t)} {
			var c count
			if _, err := Target(context.Background(), target, Options{Key: key, Progress: &c}); err != nil {
				t.Fatal(err)
			}
			// The structure of an image, its padding above all, is not a file.
			slack := int64(0)
			if target == dir {
				slack = 200 * iso.SectorSize
			}
			if max, n := c.max.Load(), c.n.Load(); n > max || n < max-slack || max == 0 {
				t.Errorf("%s: %d of %d bytes", target, n, max)
			}
		}
	}
}

func TestVerifyWritesNothing(t *testing.T) {
	t.Parallel()
	dir := twoRecords(t)
	before := fingerprint(t, dir)
	mustVerify(t, dir, packtest.Key(t))
	mustVerify(t, filepath.Join(dir, "records"), nil)
	mustVerify(t, filepath.Join(dir, "disc-1.iso"), nil)
	if after := fingerprint(t, dir); after != before {
		t.Errorf("before\n%s\nafter\n%s", before, after)
	}
}

// fingerprint lists a tree with sizes, times of change and digests.
func fingerprint(t testing.TB, dir string) string {
	t.Helper()
	var out strings.Builder
	err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err != nil {
			return err
		}
		out.WriteString(path + " " + info.ModTime().String())
		if info.Mode().IsRegular() {
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			sum, _, _ := checksum.Of(bytes.NewReader(b))
			out.WriteString(" " + sum.String())
		}
		out.WriteString("\n")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestImagesOfOtherPrograms: what genisoimage and xorriso write of the same
// files is judged file by file all the same.
func TestImagesOfOtherPrograms(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "genisoimage", "xorriso")
	dir := packtest.Write(t, discFiles(t))
	out := t.TempDir()
	for name, args := range map[string][]string{
		"genisoimage": {"-quiet", "-iso-level", "2", "-J", "-V", testVolume, "-o", filepath.Join(out, "genisoimage.iso"), dir},
		"xorriso":     {"-as", "mkisofs", "-quiet", "-iso-level", "2", "-J", "-V", testVolume, "-o", filepath.Join(out, "xorriso.iso"), dir},
	} {
		testtool.Run(t, name, args...)
		r := mustVerify(t, filepath.Join(out, name+".iso"), packtest.Key(t))
		if finding.Failed(r.Findings) || r.Records != 2 || r.Disc != 1 {
			t.Errorf("%s: %+v", name, r)
		}
	}
}
