// Package stage writes outputs so that nothing half-done is ever seen. A file
// or folder is made beside its place under a staging name, synced to the disc,
// and renamed when it is whole. An error, a full disc or a kill at any moment
// leaves the old state or the new one.
//
// While an output NAME is being made, two entries stand beside its place:
// `.NAME.csuis-partial`, the output so far, and `.NAME.csuis-lock`, a file that
// the process holds locked. The operating system frees the lock of a process
// that was killed, so what a dead run left is known by its free lock, and the
// next run in that folder removes it.
package stage

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

var (
	// ErrExists says that something stands where the output would go. It comes
	// wrapped in an *fs.PathError that names the path.
	ErrExists = errors.New("already exists")
	// ErrBusy says that another process is making the same output now.
	ErrBusy = errors.New("another run is writing this output now")
	// ErrNotRegular says that Force would replace something that is no
	// ordinary file: a folder, a device, a pipe.
	ErrNotRegular = errors.New("is no ordinary file and cannot be replaced")
	// ErrClosed says that the output was already committed or aborted.
	ErrClosed = errors.New("the output is already committed or aborted")
)

// Options say how an output is made. The zero value makes a new output with
// the usual rights and never replaces anything.
type Options struct {
	// Force lets a file replace an existing ordinary file. A symbolic link is
	// replaced itself, not what it points at. Folders are never replaced.
	Force bool
	// Perm is what the umask then narrows. 0 means 0666 for a file (or the
	// rights of the file that it replaces) and 0777 for a folder. Outputs
	// that hold a key ask for 0600.
	Perm fs.FileMode
	// Ops replaces the file operations; nil means the real ones.
	Ops *Ops
}

// target is a checked output path with its two siblings.
type target struct {
	path, dir   string
	partial     string
	lock        *lock
	existing    fs.FileInfo // what a Force would replace; nil = nothing there
	ops         Ops
	forced      bool
	cleanupDone bool
}

// begin checks the path, clears what killed runs left, and takes the lock.
func begin(path string, o Options, folder bool) (*target, error) {
	base := filepath.Base(path)
	if path == "" || base == "." || base == ".." || base == string(filepath.Separator) {
		return nil, &fs.PathError{Op: "create", Path: path, Err: fs.ErrInvalid}
	}
	path = filepath.Clean(path)
	t := &target{path: path, dir: filepath.Dir(path), ops: o.Ops.complete(), forced: o.Force && !folder}
	if err := t.look(); err != nil {
		return nil, err
	}
	if info, err := os.Stat(t.dir); err != nil {
		return nil, fmt.Errorf("stage: %w", err)
	} else if !info.IsDir() {
		return nil, &fs.PathError{Op: "create", Path: path, Err: errors.New("its parent is no folder")}
	}
	// What others left is swept on the way; failing at it must not stop new work.
	_ = Sweep(t.dir)
	tok := token(base)
	var err error
	t.partial = filepath.Join(t.dir, partialName(tok))
	t.lock, err = acquire(filepath.Join(t.dir, lockName(tok)), lockPatience)
	if err != nil {
		if errors.Is(err, ErrBusy) {
			return nil, &fs.PathError{Op: "create", Path: path, Err: ErrBusy}
		}
		return nil, fmt.Errorf("stage: lock: %w", err)
	}
	// Another run may have finished this output while the lock was waited for.
	if err := t.look(); err != nil {
		t.lock.release()
		return nil, err
	}
	if err := os.RemoveAll(t.partial); err != nil {
		t.lock.release()
		return nil, fmt.Errorf("stage: remove what a killed run left: %w", err)
	}
	return t, nil
}

// look notes what stands at the path, and refuses it unless it may be replaced.
func (t *target) look() error {
	t.existing = nil
	info, err := os.Lstat(t.path)
	switch {
	case err == nil && !t.forced:
		return &fs.PathError{Op: "create", Path: t.path, Err: ErrExists}
	case err == nil && !info.Mode().IsRegular() && info.Mode()&fs.ModeSymlink == 0:
		return &fs.PathError{Op: "replace", Path: t.path, Err: ErrNotRegular}
	case err == nil:
		t.existing = info
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("stage: %w", err)
	}
	return nil
}

// place moves the staged output to its path and makes that lasting.
func (t *target) place() error {
	if err := t.ops.Rename(t.partial, t.path, t.forced); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return &fs.PathError{Op: "create", Path: t.path, Err: ErrExists}
		}
		return fmt.Errorf("stage: %w", err)
	}
	if err := t.ops.SyncDir(t.dir); err != nil {
		// A new output that may not last is taken back. One that replaced
		// another is whole, and taking it back would leave neither.
		if t.existing == nil {
			_ = os.RemoveAll(t.path)
		}
		return fmt.Errorf("stage: sync %s: %w", t.dir, err)
	}
	return nil
}

// cleanup removes the staged output, if it is still there, and the lock.
func (t *target) cleanup() {
	if t.cleanupDone {
		return
	}
	t.cleanupDone = true
	_ = os.RemoveAll(t.partial)
	t.lock.release()
}

// SameFile says which of the inputs, if any, is the very file that out names,
// also through another spelling, a hard link or a symbolic link. A path that
// does not exist is the same as nothing.
func SameFile(out string, inputs ...string) (string, bool) {
	o, err := os.Stat(out)
	if err != nil {
		return "", false
	}
	for _, in := range inputs {
		if i, err := os.Stat(in); err == nil && os.SameFile(o, i) {
			return in, true
		}
	}
	return "", false
}
