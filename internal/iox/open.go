package iox

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// ErrNotRegular says that what was to be read is no regular file but a pipe, a
// device or a socket. It comes wrapped in an *fs.PathError.
var ErrNotRegular = errors.New("iox: not a regular file")

// Open opens a regular file for reading, through links. Anything else is an
// error at once (ErrNotRegular; syscall.EISDIR of a folder), also a pipe, at
// which os.Open would wait for the other end.
func Open(path string) (*os.File, error) {
	return only(path, IsRegular)(os.OpenFile(path, os.O_RDONLY|nonBlocking, 0))
}

// OpenIn is Open for a name inside a folder. A link that leads out of the folder
// is refused.
func OpenIn(root *os.Root, name string) (*os.File, error) {
	return only(name, IsRegular)(root.OpenFile(name, os.O_RDONLY|nonBlocking, 0))
}

// OpenMedium is Open that takes a block device as well.
func OpenMedium(path string) (*os.File, error) {
	flag := nonBlocking
	if info, err := os.Stat(path); err == nil && isDrive(info) {
		// Opened without waiting, a drive is open even where there is no disc in it.
		flag = 0
	}
	return only(path, func(path string, info fs.FileInfo) error {
		if isDrive(info) {
			return nil
		}
		return IsRegular(path, info)
	})(os.OpenFile(path, os.O_RDONLY|flag, 0))
}

func isDrive(info fs.FileInfo) bool {
	return info.Mode()&fs.ModeDevice != 0 && info.Mode()&fs.ModeCharDevice == 0
}

// OpenRoot is os.OpenRoot that does not wait at a pipe.
func OpenRoot(path string) (*os.Root, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, &fs.PathError{Op: "open", Path: path, Err: syscall.ENOTDIR}
	}
	return os.OpenRoot(path)
}

// OpenFolder opens a folder to list it.
func OpenFolder(path string) (*os.File, error) {
	return only(path, func(path string, info fs.FileInfo) error {
		if info.IsDir() {
			return nil
		}
		return &fs.PathError{Op: "open", Path: path, Err: syscall.ENOTDIR}
	})(os.OpenFile(path, os.O_RDONLY|nonBlocking, 0))
}

// Create makes a new file. It fails with fs.ErrExist where anything is in its
// place, and so never writes through a link.
func Create(path string, perm fs.FileMode) (*os.File, error) {
	return os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL|noFollow, perm)
}

// WriteNew is Create, and writes the whole content.
func WriteNew(path string, data []byte, perm fs.FileMode) error {
	f, err := Create(path, perm)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}

// LockFlags are the flags with which a lock file is opened: it is made where it
// is missing, no link is followed to it, and a pipe in its place does not wait.
const LockFlags = os.O_RDONLY | os.O_CREATE | noFollow | nonBlocking

// IsRegular is the error that Open has for what is at a path; nil for a regular
// file.
func IsRegular(path string, info fs.FileInfo) error {
	switch {
	case info.Mode().IsRegular():
		return nil
	case info.IsDir():
		return &fs.PathError{Op: "open", Path: path, Err: syscall.EISDIR}
	}
	return &fs.PathError{Op: "open", Path: path, Err: ErrNotRegular}
}

// only closes a file that judge refuses. The file is judged when it is open:
// before that, another could take its place.
func only(path string, judge func(string, fs.FileInfo) error) func(*os.File, error) (*os.File, error) {
	return func(f *os.File, err error) (*os.File, error) {
		if notOpened(err) {
			err = &fs.PathError{Op: "open", Path: path, Err: ErrNotRegular}
		}
		if err != nil {
			return nil, err
		}
		info, err := f.Stat()
		if err == nil {
			err = judge(path, info)
		}
		if err != nil {
			_ = f.Close()
			return nil, err
		}
		return f, nil
	}
}

// Folder is the file system of a folder, without what Open refuses in it.
func Folder(root *os.Root) fs.FS { return folder{root} }

type folder struct{ root *os.Root }

// Open implements fs.FS.
func (d folder) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	f, err := only(name, func(path string, info fs.FileInfo) error {
		if info.IsDir() {
			return nil
		}
		return IsRegular(path, info)
	})(d.root.OpenFile(name, os.O_RDONLY|nonBlocking, 0))
	if err != nil {
		return nil, err
	}
	return f, nil
}
