package outbox

import (
	"os"

	"github.com/gofrs/flock"

	"csuis-offline/internal/iox"
)

// newLock is the lock on a file, which is made where it is missing. No link is
// followed to it.
func newLock(path string) *flock.Flock {
	return flock.New(path, flock.SetFlag(iox.LockFlags), flock.SetPermissions(privatePerm))
}

// existingLock is newLock that makes no file.
func existingLock(path string) *flock.Flock {
	return flock.New(path, flock.SetFlag(iox.LockFlags&^os.O_CREATE), flock.SetPermissions(privatePerm))
}

// notLocked is the error of a lock that cannot be taken; where a link or anything
// else that is no file has its name, it says so.
func notLocked(path string, err error) error {
	if info, lerr := os.Lstat(path); lerr == nil && !info.Mode().IsRegular() {
		return &FileError{path, ErrMisplaced}
	}
	return full(path, err)
}
