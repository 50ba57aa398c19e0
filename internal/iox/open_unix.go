//go:build unix

package iox

import (
	"errors"

	"golang.org/x/sys/unix"
)

const (
	nonBlocking = unix.O_NONBLOCK
	noFollow    = unix.O_NOFOLLOW
)

// notOpened reports whether the system refuses to open what is no file: a
// socket, or a device that is not there.
func notOpened(err error) bool { return errors.Is(err, unix.ENXIO) || errors.Is(err, unix.ENODEV) }

// TooManyOpen reports whether an error is of the limit on open files.
func TooManyOpen(err error) bool { return errors.Is(err, unix.EMFILE) || errors.Is(err, unix.ENFILE) }
