//go:build !unix

package iox

import (
	"errors"
	"syscall"
)

// Windows has no pipes among its files, and links there only with special
// rights.
const (
	nonBlocking = 0
	noFollow    = 0
)

func notOpened(error) bool { return false }

// TooManyOpen reports whether an error is of the limit on open files:
// ERROR_TOO_MANY_OPEN_FILES.
func TooManyOpen(err error) bool { return errors.Is(err, syscall.Errno(4)) }
