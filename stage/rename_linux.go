package stage

import (
	"os"

	"golang.org/x/sys/unix"
)

// renameNew renames only if nothing exists at to.
func renameNew(from, to string) error {
	err := unix.Renameat2(unix.AT_FDCWD, from, unix.AT_FDCWD, to, unix.RENAME_NOREPLACE)
	switch {
	case err == nil:
		return nil
	case exclusiveMissing(err):
		return renameClaim(from, to)
	}
	return &os.LinkError{Op: "rename", Old: from, New: to, Err: err}
}
