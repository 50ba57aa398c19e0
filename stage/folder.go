package stage

import "fmt"

// Folder is an output folder in the making.
type Folder struct {
	t    *target
	done bool
}

// CreateFolder starts an output folder at path. The caller makes its files
// under Path and closes them, then calls Commit; `defer d.Abort()` covers
// every other way out. The errors are those of CreateFile; Options.Force does
// not apply.
func CreateFolder(path string, o Options) (*Folder, error) {
	t, err := begin(path, o, true)
	if err != nil {
		return nil, err
	}
	perm := o.Perm
	if perm == 0 {
		perm = 0o777
	}
	if err := t.ops.Mkdir(t.partial, perm); err != nil {
		return nil, t.notMade(err)
	}
	return &Folder{t: t}, nil
}

// Path is the staging folder, where the caller makes the files.
func (d *Folder) Path() string { return d.t.partial }

// Commit syncs all files and folders below Path and renames the folder to its
// place. It never replaces anything: it returns ErrExists if something appeared
// there in the meantime. An error leaves nothing behind.
func (d *Folder) Commit() error {
	if d.done {
		return ErrClosed
	}
	defer d.Abort()
	if err := d.t.ops.SyncTree(d.t.partial); err != nil {
		return fmt.Errorf("stage: sync: %w", err)
	}
	return d.t.place()
}

// Abort removes everything staged. After Commit, or a second time, it does
// nothing. Nobody may write below Path afterwards.
func (d *Folder) Abort() {
	if d.done {
		return
	}
	d.done = true
	d.t.cleanup()
}
