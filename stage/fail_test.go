package stage

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

var errFull = errors.New("no space left on device")

// failing lets one operation of a handle fail.
type failing struct {
	Handle
	op string
}

func (f failing) Write(p []byte) (int, error) {
	if f.op == "write" {
		n, _ := f.Handle.Write(p[:len(p)/2])
		return n, errFull
	}
	return f.Handle.Write(p)
}

func (f failing) Sync() error {
	if f.op == "sync" {
		return errFull
	}
	return f.Handle.Sync()
}

func (f failing) Close() error {
	err := f.Handle.Close()
	if f.op == "close" {
		return errFull
	}
	return err
}

// opsFailing are the real operations but for one.
func opsFailing(op string) *Ops {
	o := &Ops{Create: func(path string, perm fs.FileMode) (Handle, error) {
		if op == "create" {
			return nil, errFull
		}
		h, err := create(path, perm)
		return failing{h, op}, err
	}}
	switch op {
	case "mkdir":
		o.Mkdir = func(string, fs.FileMode) error { return errFull }
	case "rename":
		o.Rename = func(string, string, bool) error { return errFull }
	case "syncdir":
		o.SyncDir = func(string) error { return errFull }
	case "synctree":
		o.SyncTree = func(string) error { return errFull }
	}
	return o
}

func TestFailuresLeaveNothing(t *testing.T) {
	t.Parallel()
	for _, op := range []string{"create", "write", "sync", "close", "rename", "syncdir"} {
		t.Run("file "+op, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			err := writeFile(filepath.Join(dir, "out"), "new text", Options{Ops: opsFailing(op)})
			if !errors.Is(err, errFull) {
				t.Errorf("got %v", err)
			}
			holds(t, dir)
			if err := writeFile(filepath.Join(dir, "out"), "x", Options{}); err != nil {
				t.Errorf("the next run: %v", err)
			}
		})
		t.Run("forced file "+op, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			path := filepath.Join(dir, "out")
			put(t, path, "old")
			err := writeFile(path, "new text", Options{Force: true, Ops: opsFailing(op)})
			if !errors.Is(err, errFull) {
				t.Errorf("got %v", err)
			}
			holds(t, dir, "out")
			want := "old"
			if op == "syncdir" {
				want = "new text" // renamed already: whole, and reported
			}
			content(t, path, want)
		})
	}
	for _, op := range []string{"mkdir", "synctree", "rename", "syncdir"} {
		t.Run("folder "+op, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			err := writeFolder(filepath.Join(dir, "out"), Options{Ops: opsFailing(op)})
			if !errors.Is(err, errFull) {
				t.Errorf("got %v", err)
			}
			holds(t, dir)
		})
	}
}

func TestCommitAfterIgnoredWriteErrorFails(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f, err := CreateFile(filepath.Join(dir, "out"), Options{Ops: opsFailing("write")})
	if err != nil {
		t.Fatal(err)
	}
	f.Write([]byte("lost"))
	if err := f.Commit(); !errors.Is(err, errFull) {
		t.Errorf("Commit: %v", err)
	}
	holds(t, dir)
}

func TestUnwritableFolder(t *testing.T) {
	t.Parallel()
	if os.Geteuid() <= 0 {
		t.Skip("rights do not bind this user")
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	if err := writeFile(filepath.Join(dir, "out"), "x", Options{}); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("got %v", err)
	}
	holds(t, dir)
}
