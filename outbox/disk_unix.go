//go:build unix

package outbox

import (
	"errors"
	"syscall"
)

// diskFull reports whether an error is of a disk that is full, or of a user's
// share of it.
func diskFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

// readOnlyFS reports whether an error is of a medium that cannot be written to.
func readOnlyFS(err error) bool { return errors.Is(err, syscall.EROFS) }
