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
