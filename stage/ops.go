package stage

import (
	"io"
	"io/fs"
	"os"

	"csuis-offline/internal/iox"
)

// Handle is an open output file.
type Handle interface {
	io.Writer
	Sync() error
	Close() error
}

// Ops are the file operations that an output depends on. A test replaces them
// to make each one fail. A nil field means the real operation.
type Ops struct {
	// Create makes a new file and fails if the path exists.
	Create func(path string, perm fs.FileMode) (Handle, error)
	// Mkdir makes a new folder and fails if the path exists.
	Mkdir func(path string, perm fs.FileMode) error
	// Rename renames from to to. Without replace it fails with fs.ErrExist if
	// anything exists at to, even if it appeared only a moment ago.
	Rename func(from, to string, replace bool) error
	// SyncDir fsyncs a folder so that its entries survive a crash.
	SyncDir func(path string) error
	// SyncTree fsyncs a folder and everything below it.
	SyncTree func(path string) error
}

// complete returns o with the real operation in place of each nil.
func (o *Ops) complete() Ops {
	full := Ops{Create: create, Mkdir: os.Mkdir, Rename: rename, SyncDir: syncDir, SyncTree: syncTree}
	if o == nil {
		return full
	}
	if o.Create != nil {
		full.Create = o.Create
	}
	if o.Mkdir != nil {
		full.Mkdir = o.Mkdir
	}
	if o.Rename != nil {
		full.Rename = o.Rename
	}
	if o.SyncDir != nil {
		full.SyncDir = o.SyncDir
	}
	if o.SyncTree != nil {
		full.SyncTree = o.SyncTree
	}
	return full
}

func create(path string, perm fs.FileMode) (Handle, error) {
	return iox.Create(path, perm)
}

func rename(from, to string, replace bool) error {
	if replace {
		return os.Rename(from, to)
	}
	return renameNew(from, to)
}
