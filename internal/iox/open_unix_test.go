//go:build unix

package iox

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestOnlyRegularFilesOpen: a pipe in the place of a file once held the program
// up for ever.
func TestOnlyRegularFilesOpen(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.WriteFile(at("file"), []byte("content"), 0o600))
	must(os.Symlink("file", at("link")))
	must(os.Symlink("absent", at("dangling")))
	must(os.Symlink("/etc/hostname", at("outside")))
	must(os.Mkdir(at("folder"), 0o700))
	must(syscall.Mkfifo(at("pipe"), 0o600))
	// The path of a socket is bounded, and that of a test's folder may be too long.
	fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	must(err)
	defer syscall.Close(fd)
	bound := syscall.Bind(fd, &syscall.SockaddrUnix{Name: at("socket")}) == nil
	must(os.Symlink("/dev/zero", at("device")))
	root, err := os.OpenRoot(dir)
	must(err)
	defer root.Close()
	files := Folder(root)
	for name, want := range map[string]error{
		"file": nil, "link": nil, "dangling": fs.ErrNotExist, "absent": fs.ErrNotExist, "folder": syscall.EISDIR, "pipe": ErrNotRegular,
		"socket": ErrNotRegular, "device": ErrNotRegular,
	} {
		if name == "socket" && !bound {
			continue
		}
		f, err := Open(at(name))
		if !errors.Is(err, want) || want != nil && f != nil {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
		var p *fs.PathError
		if err != nil && (!errors.As(err, &p) || p.Path != at(name)) {
			t.Errorf("%s: %v does not name the file", name, err)
		}
		if f != nil {
			f.Close()
		}
		f, err = OpenIn(root, name)
		if name == "device" {
			want = err // it leads out of the folder
		}
		if !errors.Is(err, want) || (f == nil) != (err != nil) {
			t.Errorf("in its folder, %s: %v, want %v", name, err, want)
		}
		if f != nil {
			f.Close()
		}
		if name == "folder" {
			want = nil
		}
		g, err := files.Open(name)
		if name == "device" {
			want = err
		}
		if !errors.Is(err, want) || (g == nil) != (err != nil) {
			t.Errorf("of its file system, %s: %v, want %v", name, err, want)
		}
		if g != nil {
			g.Close()
		}
		if _, err := OpenMedium(at(name)); name != "folder" && name != "device" && !errors.Is(err, want) {
			t.Errorf("as a medium, %s: %v, want %v", name, err, want)
		}
	}
	if _, err := OpenIn(root, "outside"); err == nil {
		t.Error("a link out of the folder is followed")
	}
	for _, name := range []string{"file", "pipe"} {
		if _, err := OpenFolder(at(name)); !errors.Is(err, syscall.ENOTDIR) {
			t.Errorf("%s as a folder: %v", name, err)
		}
		if _, err := OpenRoot(at(name)); !errors.Is(err, syscall.ENOTDIR) {
			t.Errorf("%s as a root: %v", name, err)
		}
	}
	d, err := OpenFolder(at("folder"))
	must(err)
	d.Close()
	data, err := fs.ReadFile(files, "file")
	if err != nil || string(data) != "content" {
		t.Errorf("%q, %v", data, err)
	}
	if es, err := fs.ReadDir(files, "."); err != nil || len(es) < 7 {
		t.Errorf("%v, %v", es, err)
	}
}

// TestCreateWritesThroughNoLink: a new file is new, wherever a link points.
func TestCreateWritesThroughNoLink(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	target := filepath.Join(dir, "target")
	for _, name := range []string{"a", "b"} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Create(filepath.Join(dir, "a"), 0o600); !errors.Is(err, fs.ErrExist) {
		t.Error(err)
	}
	if err := WriteNew(filepath.Join(dir, "b"), []byte("x"), 0o600); !errors.Is(err, fs.ErrExist) {
		t.Error(err)
	}
	if _, err := os.Lstat(target); err == nil {
		t.Error("a file was made where the link points")
	}
	if err := WriteNew(target, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := Open(target)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got, _ := io.ReadAll(f); string(got) != "x" {
		t.Errorf("%q", got)
	}
}
