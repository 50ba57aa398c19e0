// Package stage writes outputs so that nobody ever sees one half-done. It makes
// a file or folder under a staging name in the same folder as the output, syncs
// it to disk, and renames it when it is whole. An error, a full disk or a kill
// at any moment leaves the old state or the new one.
//
// While an output NAME is being made, its folder holds two more entries:
// `.NAME.csuis-partial`, the output so far, and `.NAME.csuis-lock`, a file that
// the process keeps locked and in which a mark stands. The operating system frees
// the locks of a killed process, so a free lock with the mark tells what such a
// process left behind, and the next run in that folder removes it. Anything else
// of such a name is somebody's own and stays.
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
	ErrExists = errors.New("stage: output already exists")
	// ErrBusy says that another process is writing the same output.
	ErrBusy = errors.New("stage: another process is writing this output")
	// ErrNotRegular says that Force would replace something that is not a
	// regular file: a folder, a device, a pipe.
	ErrNotRegular = errors.New("stage: not a regular file, so it cannot be replaced")
	// ErrInTheWay says that something that this package did not make has the name
	// of its staging file or lock. It comes wrapped in an *fs.PathError that names
	// it, and is left as it is.
	ErrInTheWay = errors.New("stage: something else has this name")
	// ErrClosed says that the output was already committed or aborted.
	ErrClosed = errors.New("stage: output already committed or aborted")
)

// Options say how to make an output. The zero value makes a new output with the
// usual permissions and never replaces anything.
type Options struct {
	// Force lets a file replace an existing regular file. It replaces a
	// symbolic link itself, not what the link points at, and never a folder.
	Force bool
	// Perm holds the permissions before the umask. 0 means 0666 for a file (or
	// the permissions of the file that it replaces) and 0777 for a folder.
	// Outputs that hold a key ask for 0600.
	Perm fs.FileMode
	// Ops replaces the file operations; nil means the real ones.
	Ops *Ops
}

// target is a checked output path with its staging file and its lock.
type target struct {
	path, dir   string
	partial     string
	lock        *lock
	existing    fs.FileInfo // what Force would replace; nil for nothing
	ops         Ops
	forced      bool
	cleanupDone bool
}

// begin checks the path, removes what killed processes left, and takes the lock.
func begin(path string, o Options, folder bool) (*target, error) {
	base := filepath.Base(path)
	if path == "" || base == "." || base == ".." || base == string(filepath.Separator) {
		return nil, &fs.PathError{Op: "create", Path: path, Err: fs.ErrInvalid}
	}
	path = filepath.Clean(path)
	t := &target{path: path, dir: filepath.Dir(path), ops: o.Ops.complete(), forced: o.Force && !folder}
	if err := t.checkPath(); err != nil {
		return nil, err
	}
	if info, err := os.Stat(t.dir); err != nil {
		return nil, fmt.Errorf("stage: %w", err)
	} else if !info.IsDir() {
		return nil, &fs.PathError{Op: "create", Path: path, Err: errors.New("stage: the parent is not a folder")}
	}
	// A failure to sweep what other processes left must not stop new work.
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
	// Another process may have finished this output while this one waited for
	// the lock.
	if err := t.checkPath(); err != nil {
		t.lock.release()
		return nil, err
	}
	if err := t.clear(); err != nil {
		return nil, err
	}
	return t, nil
}

// clear removes what a killed process left of the same output, and marks the lock.
func (t *target) clear() error {
	_, err := os.Lstat(t.partial)
	if err == nil && !t.lock.marked() {
		t.lock.release()
		return &fs.PathError{Op: "create", Path: t.partial, Err: ErrInTheWay}
	}
	if err == nil {
		err = os.RemoveAll(t.partial)
	} else if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if err != nil {
		t.lock.release()
		return fmt.Errorf("stage: remove what a killed process left: %w", err)
	}
	if err := t.lock.mark(); err != nil {
		t.lock.release()
		return fmt.Errorf("stage: lock: %w", err)
	}
	return nil
}

// checkPath notes what exists at the path, and refuses it unless it may be
// replaced.
func (t *target) checkPath() error {
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

// place renames the staged output to its path and syncs the folder, so that the
// rename survives a crash.
func (t *target) place() error {
	if err := t.ops.Rename(t.partial, t.path, t.forced); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return &fs.PathError{Op: "create", Path: t.path, Err: ErrExists}
		}
		return fmt.Errorf("stage: %w", err)
	}
	if err := t.ops.SyncDir(t.dir); err != nil {
		// A new output that may not survive a crash is removed again. One that
		// replaced another stays: removing it would leave neither of the two.
		if t.existing == nil {
			_ = os.RemoveAll(t.path)
		}
		return fmt.Errorf("stage: sync %s: %w", t.dir, err)
	}
	return nil
}

// notMade gives up before anything is staged; err is why. What has taken the
// staging name meanwhile is not removed.
func (t *target) notMade(err error) error {
	if errors.Is(err, fs.ErrExist) {
		t.cleanupDone = true
		t.lock.release()
		return &fs.PathError{Op: "create", Path: t.partial, Err: ErrInTheWay}
	}
	t.cleanup()
	return fmt.Errorf("stage: %w", err)
}

// cleanup removes the staged output, if it is still there, and the lock.
func (t *target) cleanup() {
	if t.cleanupDone {
		return
	}
	t.cleanupDone = true
	if err := os.RemoveAll(t.partial); err != nil {
		// With its lock and mark beside it the next run knows it.
		_ = t.lock.f.Close()
		return
	}
	t.lock.release()
}

// SameFile returns the input, if any, that is the very file that out names, be
// it by another spelling, a hard link or a symbolic link. A path that does not
// exist matches nothing.
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
