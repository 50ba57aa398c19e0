//go:build !windows

package stage

import (
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

func syncFile(path string) error { return syncOpen(path, os.O_RDONLY) }

func syncDir(path string) error {
	err := syncOpen(path, os.O_RDONLY)
	// Some network and user-space file systems cannot sync a folder.
	if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOTSUP) {
		return nil
	}
	return err
}

// renameClaim is the rename for file systems that cannot rename exclusively. It
// links a file to its place, which fails if something is there; on file systems
// without hard links (FAT), it first claims the place with an empty file. For a
// folder it claims the place with an empty folder, which rename may replace.
func renameClaim(from, to string) error {
	info, err := os.Lstat(from)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		err := os.Link(from, to)
		switch {
		case err == nil:
			return os.Remove(from)
		case errors.Is(err, fs.ErrExist):
			return err
		}
		f, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, info.Mode().Perm())
		if err != nil {
			return err
		}
		_ = f.Close()
		if err := os.Rename(from, to); err != nil {
			_ = os.Remove(to)
			return err
		}
		return nil
	}
	if err := os.Mkdir(to, 0o700); err != nil {
		return err
	}
	// os.Rename refuses an existing folder; the system call replaces an empty one.
	if err := unix.Rename(from, to); err != nil {
		_ = os.Remove(to)
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: err}
	}
	return nil
}

// exclusiveMissing reports whether err says that the kernel or the file system
// does not know exclusive renames.
func exclusiveMissing(err error) bool {
	return errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSYS) || errors.Is(err, unix.ENOTSUP)
}
