//go:build unix

package verify

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"csuis-offline/bundle"
	"csuis-offline/checksum"
)

// TestHostileFolder: pipes, links, folders and files without an end must
// neither hang nor lead outside.
func TestHostileFolder(t *testing.T) {
	t.Parallel()
	outside := folder{t, t.TempDir()}
	outside.write("SECRET.XM6", []byte("secret"))
	f := folder{t, t.TempDir()}
	whole := discFiles(t)
	f.write("A.XM6", []byte(whole["A.XM6"]))
	f.write("A.SHA", []byte(whole["A.SHA"]))
	f.must(syscall.Mkfifo(f.path("PIPE.XM6"), 0o666))
	f.must(syscall.Mkfifo(f.path("PIPE.SHA"), 0o666))
	f.must(syscall.Mkfifo(f.path("PIPE.TXT"), 0o666))
	f.must(os.Symlink(outside.path("SECRET.XM6"), f.path("LINK.XM6")))
	f.must(os.Symlink("A.SHA", f.path("LINK.SHA")))
	f.must(os.Mkdir(f.path("DIR.XM6"), 0o777))
	f.write("DIR.SHA", []byte(whole["A.SHA"]))
	f.write("HUGE.XM6", []byte("x"))
	huge, err := os.Create(f.path("HUGE.SHA"))
	f.must(err)
	f.must(huge.Truncate(1 << 40))
	f.must(huge.Close())
	f.must(os.Mkdir(f.path(bundle.FormName), 0o777))
	f.write("bad\xff\x1b[2Jname.xm6", []byte(whole["B.XM6"]))
	link := "a symbolic link, which is not followed"
	wantLines(t, mustVerify(t, f.dir, nil).Findings,
		"error|file.unreadable|PIPE.XM6|PIPE|a pipe, socket or device",
		"error|file.unreadable|PIPE.SHA|PIPE|a pipe, socket or device",
		"warning|file.unexpected|PIPE.TXT||a pipe, socket or device",
		"error|file.unreadable|LINK.XM6|LINK|"+link,
		"error|file.unreadable|LINK.SHA|LINK|"+link,
		"error|file.unreadable|DIR.XM6|DIR|a folder",
		"error|sha.name|DIR.SHA|DIR",
		"error|file.unreadable|FORMULAR.PDF||a folder",
		"error|sha.malformed|HUGE.SHA|HUGE|the line is over 65536 bytes",
		`error|sha.missing|"bad\xff\x1b[2Jname.SHA"|"BAD\xff\x1b[2JNAME"`,
		`warning|file.name|"bad\xff\x1b[2Jname.xm6"|"BAD\xff\x1b[2JNAME"`,
	)
}

func TestHostilePackage(t *testing.T) {
	t.Parallel()
	f := folder{t, twoRecords(t)}
	outside := f.path("../outside")
	f.must(os.Rename(f.path("records"), outside))
	f.must(os.Symlink(outside, f.path("records")))
	f.remove("package.json", "FORMULAR.PDF", "disc-1.iso")
	for _, name := range []string{"package.json", "FORMULAR.PDF", "disc-1.iso"} {
		f.must(syscall.Mkfifo(f.path(name), 0o666))
	}
	special := "||a pipe, socket or device"
	wantLines(t, mustVerify(t, f.dir, nil).Findings,
		"error|file.unreadable|package.json"+special, "error|file.unreadable|FORMULAR.PDF"+special, "error|file.unreadable|disc-1.iso"+special,
		"error|file.unreadable|records||a symbolic link, which is not followed",
	)
}

func TestUnreadableRecordIsNamed(t *testing.T) {
	t.Parallel()
	if os.Geteuid() == 0 {
		t.Skip("root reads everything")
	}
	f := folder{t, twoRecords(t)}
	f.must(os.Chmod(f.path("records/A.XM6"), 0))
	wantLines(t, mustVerify(t, f.dir, nil).Findings, "error|file.unreadable|records/A.XM6|A|permission denied")
}

// TestDoubledNameInAnImage: two directory records of the same name, which only
// a hostile image has.
func TestDoubledNameInAnImage(t *testing.T) {
	t.Parallel()
	files := discFiles(t)
	delete(files, bundle.FormName)
	addRecord2(files, "C", files["A.XM6"]+"x")
	f := folder{t, filepath.Dir(writeImageOf(t, testVolume, files))}
	f.edit("x.iso", "C.XM6;1", "B.XM6;1")
	f.edit("x.iso", "\x00C\x00.\x00X\x00M\x006", "\x00B\x00.\x00X\x00M\x006")
	r := mustVerify(t, f.path("x.iso"), nil)
	var doubled bool
	for _, g := range r.Findings {
		doubled = doubled || g.Code == "file.doubled" && g.Record == "B" && g.File == "x.iso:B.XM6"
	}
	if !doubled || r.PackageSHA256 == (checksum.Sum{}) {
		t.Errorf("report %s", mustJSON(t, r))
	}
}
