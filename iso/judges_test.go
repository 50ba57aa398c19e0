package iso

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"csuis-offline/internal/testtool"

	"github.com/diskfs/go-diskfs"
	"github.com/diskfs/go-diskfs/disk"
	"github.com/diskfs/go-diskfs/filesystem"
	diskiso "github.com/diskfs/go-diskfs/filesystem/iso9660"
	"github.com/kdomanski/iso9660"
)

// judged are the images that other programs judge: few files, none, records that
// exactly fill a directory's sector, and many.
func judged() map[string]contents {
	full := contents{}
	for i := range 45 {
		full[fmt.Sprintf("N%03d.XM6", i)] = noise(uint64(i), 100+i)
	}
	return map[string]contents{"few": fewFiles(), "none": {}, "full": full, "many": manyFiles(300)}
}

func write(t *testing.T, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "image.iso")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// sameFiles holds a folder against what should be in it.
func sameFiles(t *testing.T, dir string, c contents) {
	t.Helper()
	names, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(names) != len(c) {
		t.Errorf("%d files, want %d", len(names), len(c))
	}
	for name, want := range c {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes, want %d: %v", name, len(got), len(want), err)
		}
	}
}

func TestXorrisoReadsOurImages(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "xorriso")
	for name, c := range judged() {
		path, out := write(t, image(t, c, testOptions)), filepath.Join(t.TempDir(), "out")
		listed, all, err := testtool.Try(t, "xorriso", "-abort_on", "WARNING", "-indev", path, "-find", "/", "-type", "f")
		if err != nil || regexp.MustCompile(`(?i)warning|sorry|failure|mishap`).Match(all) {
			t.Errorf("%s: %v\n%s", name, err, all)
		}
		// Only standard output: messages come in between on the other stream.
		if n := bytes.Count(append([]byte("\n"), listed...), []byte("\n'/")); n != len(c) {
			t.Errorf("%s: %d files listed, want %d\n%s", name, n, len(c), all)
		}
		if !bytes.Contains(all, []byte("'"+testOptions.VolumeID+"'")) {
			t.Errorf("%s: no volume identifier\n%s", name, all)
		}
		testtool.Run(t, "xorriso", "-abort_on", "WARNING", "-osirrox", "on", "-indev", path, "-extract", "/", out)
		sameFiles(t, out, c)
		_, all, err = testtool.Try(t, "xorriso", "-indev", path, "-check_media", "use=indev", "what=disc", "--")
		if err != nil || bytes.Contains(all, []byte("- unreadable")) {
			t.Errorf("%s: check_media: %v\n%s", name, err, all)
		}
		allow(t, out)
	}
}

// allow makes extracted folders, which may be read-only, removable.
func allow(t *testing.T, dir string) {
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
}

func Test7zReadsOurImages(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "7z")
	for name, c := range judged() {
		path, out := write(t, image(t, c, testOptions)), filepath.Join(t.TempDir(), "out")
		for _, args := range [][]string{{"t", path}, {"l", path}, {"x", "-o" + out, path}} {
			_, all, err := testtool.Try(t, "7z", args...)
			if err != nil || regexp.MustCompile(`(?i)warning|error`).Match(all) {
				t.Errorf("%s: 7z %s: %v\n%s", name, args[0], err, all)
			}
		}
		if len(c) > 0 {
			sameFiles(t, out, c)
		}
	}
}

func TestIsoinfoReadsOurImages(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "isoinfo")
	c := fewFiles()
	img := image(t, c, testOptions)
	path := write(t, img)
	_, all, err := testtool.Try(t, "isoinfo", "-d", "-i", path)
	if err != nil {
		t.Fatalf("%v\n%s", err, all)
	}
	for _, line := range []string{
		"CD-ROM is in ISO 9660 format", "Volume id: " + testOptions.VolumeID, "Volume set id: " + testOptions.VolumeID,
		"Publisher id: " + testOptions.Publisher, "Data preparer id: " + testOptions.Preparer, "Application id: " + testOptions.Application,
		"Volume set size is: 1", "Volume set sequence number is: 1", "Logical block size is: 2048",
		fmt.Sprintf("Volume size is: %d", len(img)/SectorSize), "Joliet with UCS level 3 found", "NO Rock Ridge present",
	} {
		if !bytes.Contains(all, []byte(line+"\n")) {
			t.Errorf("isoinfo -d does not say %q:\n%s", line, all)
		}
	}
	for _, tree := range []struct {
		args    []string
		version string
	}{{[]string{"-l"}, ";1"}, {[]string{"-J", "-l"}, ""}} {
		_, all, err := testtool.Try(t, "isoinfo", append(tree.args, "-i", path)...)
		if err != nil {
			t.Fatalf("%v\n%s", err, all)
		}
		for name, b := range c {
			// The date is in UTC: 13:45:56 at +01:00.
			line := regexp.MustCompile(fmt.Sprintf(` %d Nov 22 2026 .* 00\]  %s *\n`, len(b), regexp.QuoteMeta(name+tree.version)))
			if !line.Match(all) {
				t.Errorf("isoinfo %v does not list %s:\n%s", tree.args, name, all)
			}
		}
		for name, b := range c {
			arg := append(slices.Clone(tree.args[:len(tree.args)-1]), "-x", "/"+name+tree.version, "-i", path)
			if got := testtool.Run(t, "isoinfo", arg...); !bytes.Equal(got, b) {
				t.Errorf("isoinfo %v: %d bytes, want %d", arg, len(got), len(b))
			}
		}
	}
}

// TestMount mounts an image where the machine lets us: Linux, as root.
func TestMount(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" || os.Getuid() != 0 {
		t.Skip("mounting takes root on Linux")
	}
	c := manyFiles(300)
	path := write(t, image(t, c, testOptions))
	dir := t.TempDir()
	if _, all, err := testtool.Try(t, "mount", "-o", "loop,ro", "-t", "iso9660", path, dir); err != nil {
		t.Skipf("the machine does not mount: %s", all)
	}
	defer testtool.Run(t, "umount", dir)
	sameFiles(t, dir, c)
}

// folder makes a folder of files for a program that makes images.
func folder(t *testing.T, c contents) string {
	t.Helper()
	dir := t.TempDir()
	for name, b := range c {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// deep has folders, lower-case names, and a directory of several sectors.
func deep() contents {
	c := manyFiles(60)
	c["SUB/NESTED.XM6"] = noise(1, 3000)
	c["SUB/DEEPER/EMPTY.SHA"] = nil
	c["OTHER/lower.txt"] = noise(2, 10)
	c["README"] = noise(3, 10)
	return c
}

// TestForeignImages holds Lint and Open to the images of the two programs that
// everybody's discs come from: no error, and every file read back.
func TestForeignImages(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "genisoimage", "xorriso")
	c := deep()
	dir := folder(t, c)
	warnings := map[string]bool{}
	for _, args := range [][]string{
		{"genisoimage", "-quiet", "-iso-level", "2", "-J", "-V", "CSUIS_1"},
		{"genisoimage", "-quiet", "-iso-level", "2", "-J", "-R", "-V", "CSUIS_1"},
		{"genisoimage", "-quiet", "-iso-level", "2", "-V", "CSUIS_1"},
		{"xorriso", "-as", "mkisofs", "-quiet", "-iso-level", "2", "-J", "-V", "CSUIS_1"},
		{"xorriso", "-as", "mkisofs", "-quiet", "-iso-level", "2", "-J", "-R", "-V", "CSUIS_1"},
		{"xorriso", "-as", "mkisofs", "-quiet", "-iso-level", "2", "--norock", "-V", "CSUIS_1"},
	} {
		path := filepath.Join(t.TempDir(), "image.iso")
		testtool.Run(t, args[0], append(args[1:], "-o", path, dir)...)
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range lint(t, bytes.NewReader(b), int64(len(b))) {
			if v.Severity != sevWarning {
				t.Errorf("%q: %+v", args, v)
			}
			warnings[v.Rule] = true
		}
		im, err := Open(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Errorf("%q: %v", args, err)
			continue
		}
		if im.VolumeID() != "CSUIS_1" || len(im.Files()) != len(c) || len(im.Refused()) > 0 {
			t.Errorf("%q: volume %q, %d files, %v refused", args, im.VolumeID(), len(im.Files()), im.Refused())
		}
		for name, want := range c {
			if got, err := readFile(im, strings.ToUpper(name)); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%q: %s: %d bytes, want %d: %v", args, name, len(got), len(want), err)
			}
		}
	}
	if want := map[string]bool{ruleJolietMissing: true, ruleJolietParent: true}; len(warnings) != len(want) || !warnings[ruleJolietMissing] || !warnings[ruleJolietParent] {
		t.Errorf("warnings %v, want %v", warnings, want)
	}
}

func readFile(im *Image, name string) ([]byte, error) {
	r, err := im.OpenFile(name)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// TestLintFindsFaultWithKdomanski judges an image that the library writes of
// names that a disc of ours has. doc/facts.md 8 lists its faults.
func TestLintFindsFaultWithKdomanski(t *testing.T) {
	t.Parallel()
	w, err := iso9660.NewWriter()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Cleanup()
	for name, b := range fewFiles() {
		if err := w.AddFile(bytes.NewReader(b), name); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := w.WriteTo(&b, "CSUIS_1"); err != nil {
		t.Fatal(err)
	}
	got := ruleSet(lint(t, bytes.NewReader(b.Bytes()), int64(b.Len())))
	for _, rule := range []string{ruleRelaxedID, rulePathSize, ruleFilePadding, ruleDateLater, ruleEndPadding, ruleJolietMissing} {
		if !slices.Contains(got, rule) {
			t.Errorf("%s is not found, only %v", rule, got)
		}
	}
	t.Logf("rules broken: %v", got)
}

// TestLintFindsFaultWithDiskfs does the same with go-diskfs.
func TestLintFindsFaultWithDiskfs(t *testing.T) {
	t.Parallel()
	b := diskfsImage(t, fewFiles())
	vs := lint(t, bytes.NewReader(b), int64(len(b)))
	got := ruleSet(vs)
	for _, rule := range []string{ruleDirSize, ruleIdentifierPad} {
		if !slices.Contains(got, rule) {
			t.Errorf("%s is not found, only %v", rule, got)
		}
	}
	t.Logf("rules broken: %v", got)
}

func diskfsImage(t *testing.T, c contents) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "image.iso")
	d, err := diskfs.Create(path, 10<<20, diskfs.SectorSizeDefault)
	if err != nil {
		t.Fatal(err)
	}
	d.LogicalBlocksize = SectorSize
	fs, err := d.CreateFilesystem(disk.FilesystemSpec{FSType: filesystem.TypeISO9660, VolumeLabel: "CSUIS_1"})
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range c {
		f, err := fs.OpenFile(name, os.O_CREATE|os.O_RDWR)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(b); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := fs.(*diskiso.FileSystem).Finalize(diskiso.FinalizeOptions{VolumeIdentifier: "CSUIS_1"}); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestOurImageIsLikeGenisoimages compares the files' places: both pack the
// same files into the same number of sectors, but for the path tables, of which
// genisoimage gives each two sectors and one more for its version.
func TestOurImageIsLikeGenisoimages(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "genisoimage")
	c := manyFiles(100)
	dir := folder(t, c)
	path := filepath.Join(t.TempDir(), "image.iso")
	testtool.Run(t, "genisoimage", "-quiet", "-iso-level", "2", "-J", "-V", "CSUIS_1", "-o", path, dir)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	o := testOptions
	o.Time = time.Now()
	ours := int64(len(image(t, c, o)))
	if more := (info.Size() - ours) / SectorSize; more != 5 {
		t.Errorf("genisoimage's image has %d sectors more, want 5", more)
	}
}
