package stage

import (
	"os"

	"golang.org/x/sys/unix"
)

// renameNew renames only if nothing exists at to.
func renameNew(from, to string) error {
	err := unix.RenamexNp(from, to, unix.RENAME_EXCL)
	switch {
	case err == nil:
		return nil
	case exclusiveMissing(err):
		return renameClaim(from, to)
	}
	return &os.LinkError{Op: "rename", Old: from, New: to, Err: err}
}
