package stage

import "fmt"

// File is an output file in the making. It is not safe for use by several
// goroutines at once.
type File struct {
	t    *target
	h    Handle
	fail error // the first error; Commit returns it
	done bool
}

// CreateFile starts an output file at path. The caller writes to it, then
// calls Commit; `defer f.Abort()` covers every other way out. Its errors are
// ErrExists, ErrNotRegular and ErrBusy, wrapped in an *fs.PathError with the
// path, and those of the file system.
func CreateFile(path string, o Options) (*File, error) {
	t, err := begin(path, o, false)
	if err != nil {
		return nil, err
	}
	perm := o.Perm
	if perm == 0 {
		perm = 0o666
		if t.existing != nil && t.existing.Mode().IsRegular() {
			perm = t.existing.Mode().Perm()
		}
	}
	h, err := t.ops.Create(t.partial, perm)
	if err != nil {
		return nil, t.notMade(err)
	}
	return &File{t: t, h: h}, nil
}

// Write appends to the staged file. After an error the file can no longer be
// committed.
func (f *File) Write(p []byte) (int, error) {
	if f.done {
		return 0, ErrClosed
	}
	n, err := f.h.Write(p)
	if err != nil && f.fail == nil {
		f.fail = fmt.Errorf("stage: %w", err)
	}
	return n, err
}

// Commit syncs and closes the file and renames it to its path. An error leaves
// no staged file behind and keeps what was at the path, with one exception: if
// only the sync of the folder after the rename fails, the new file, whole, has
// replaced the old one.
func (f *File) Commit() error {
	if f.done {
		return ErrClosed
	}
	defer f.Abort()
	if f.fail != nil {
		return f.fail
	}
	if err := f.h.Sync(); err != nil {
		return fmt.Errorf("stage: %w", err)
	}
	h := f.h
	f.h = nil
	if err := h.Close(); err != nil {
		return fmt.Errorf("stage: %w", err)
	}
	return f.t.place()
}

// Abort removes everything staged. After Commit, or a second time, it does
// nothing.
func (f *File) Abort() {
	if f.done {
		return
	}
	f.done = true
	if f.h != nil {
		_ = f.h.Close()
	}
	f.t.cleanup()
}
