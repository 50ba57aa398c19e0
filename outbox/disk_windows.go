package outbox

import (
	"errors"
	"syscall"
)

// diskFull reports whether an error is of a disk that is full:
// ERROR_DISK_FULL, ERROR_HANDLE_DISK_FULL.
func diskFull(err error) bool {
	return errors.Is(err, syscall.Errno(112)) || errors.Is(err, syscall.Errno(39))
}

// readOnlyFS reports whether an error is of a medium that cannot be written to:
// ERROR_WRITE_PROTECT.
func readOnlyFS(err error) bool { return errors.Is(err, syscall.Errno(19)) }
