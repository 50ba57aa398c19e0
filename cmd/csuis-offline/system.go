package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"

	"csuis-offline/internal/catalogue"
	"csuis-offline/internal/iox"
	"csuis-offline/stage"
)

// maxShownPath is how much of a path too long for the system is shown, in
// characters.
const maxShownPath = 60

// systemFault finds the text for what the operating system said, and adds to
// its arguments what the text names.
func systemFault(err error, args catalogue.Args) (string, catalogue.Args) {
	op, path := failedPath(err)
	folder, writing := writtenFolder(op, path)
	if writing {
		args["folder"] = folder
	}
	switch {
	case isSystem(err, syscall.ENOSPC, 112, 39), isSystem(err, syscall.EDQUOT): // ERROR_DISK_FULL, ERROR_HANDLE_DISK_FULL
		return "error.disk-full", args
	case iox.TooManyOpen(err):
		return "error.open-files", args
	case path == "":
		return "error.other", args
	case errors.Is(err, iox.ErrNotRegular):
		return "error.no-file", args
	case errors.Is(err, stage.ErrInTheWay):
		return "error.in-the-way", args
	case isSystem(err, syscall.ENOTDIR, 267), errors.Is(err, fs.ErrNotExist): // ERROR_DIRECTORY
		// Windows does not say that a file is in the place of a folder.
		if file, ok := fileAmong(path); ok {
			args["file"] = file
			return "error.not-folder", args
		}
		if writing && op == "open" {
			// The folder was there when the output was begun; /proc takes no files.
			return "error.not-writable", args
		}
		return "error.not-found", args
	case isSystem(err, syscall.ENAMETOOLONG, 206): // ERROR_FILENAME_EXCED_RANGE
		args["file"] = clipped(path)
		return "error.long-name", args
	case writing && isSystem(err, syscall.EROFS, 19): // ERROR_WRITE_PROTECT
		return "error.read-only", args
	case writing && errors.Is(err, fs.ErrPermission):
		return "error.not-writable", args
	case errors.Is(err, fs.ErrPermission):
		return "error.permission", args
	case errors.Is(err, syscall.EISDIR): // of Windows too, where Go defines it
		return "error.is-folder", args
	case errors.Is(err, fs.ErrInvalid), runtime.GOOS == "windows" && errors.Is(err, syscall.Errno(123)): // ERROR_INVALID_NAME
		return "error.bad-name", args
	case isSystem(err, syscall.EIO, 23, 1117): // ERROR_CRC, ERROR_IO_DEVICE
		return "error.device", args
	}
	return "error.other", args
}

// isSystem compares with the error number of Unix or, there, of Windows.
func isSystem(err error, unix syscall.Errno, windows ...syscall.Errno) bool {
	if runtime.GOOS != "windows" {
		return errors.Is(err, unix)
	}
	return slices.ContainsFunc(windows, func(n syscall.Errno) bool { return errors.Is(err, n) })
}

// failedPath is what failed and at what; "" where the error does not say.
func failedPath(err error) (op, path string) {
	var (
		p *fs.PathError
		l *os.LinkError
	)
	switch {
	case errors.As(err, &p):
		return p.Op, p.Path
	case errors.As(err, &l):
		return l.Op, l.New
	}
	return "", ""
}

// writtenFolder is the folder that an output was to be made in. Texts never name
// what is staged there.
func writtenFolder(op, path string) (folder string, ok bool) {
	for at := path; ; {
		up := filepath.Dir(at)
		if stage.IsStaging(filepath.Base(at)) {
			folder, ok = up, true
		}
		if up == at {
			break
		}
		at = up
	}
	if !ok && slices.Contains([]string{"mkdir", "create", "replace", "rename", "renameat", "renameat2", "link"}, op) {
		folder, ok = filepath.Dir(path), true
	}
	if abs, err := filepath.Abs(folder); ok && folder == "." && err == nil {
		folder = abs
	}
	return folder, ok
}

// fileAmong finds a file among the folders of a path, itself included.
func fileAmong(path string) (string, bool) {
	for at := path; at != ""; at = filepath.Dir(at) {
		if info, err := os.Stat(at); err == nil {
			return at, !info.IsDir()
		}
		if at == filepath.Dir(at) {
			break
		}
	}
	return "", false
}

func clipped(s string) string {
	if r := []rune(s); len(r) > maxShownPath {
		return string(r[:maxShownPath]) + "…"
	}
	return s
}
