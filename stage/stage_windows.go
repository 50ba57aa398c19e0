package stage

import (
	"os"

	"golang.org/x/sys/windows"
)

// syncFile opens for writing, since FlushFileBuffers demands that right.
func syncFile(path string) error { return syncOpen(path, os.O_RDWR) }

// syncDir does nothing: Windows cannot sync a folder. Instead, the rename in
// renameNew is written through to the disk.
func syncDir(string) error { return nil }

// renameNew renames only if nothing exists at to, since MoveFileEx is called
// without MOVEFILE_REPLACE_EXISTING.
func renameNew(from, to string) error {
	f, err := windows.UTF16PtrFromString(from)
	if err == nil {
		var t *uint16
		if t, err = windows.UTF16PtrFromString(to); err == nil {
			err = windows.MoveFileEx(f, t, windows.MOVEFILE_WRITE_THROUGH)
		}
	}
	if err != nil {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: err}
	}
	return nil
}
