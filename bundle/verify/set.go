package verify

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"csuis-offline/internal/iox"
	"csuis-offline/iso"
)

// maxFiles is the largest number of files in one folder that is accepted.
const maxFiles = 1 << 21

// fileSet is a set of files that lie together, in a folder or in the root of an
// image.
type fileSet struct {
	// label comes before a file's name in findings: "records/", "disc-1.iso:".
	label string
	files []setFile // by name as if in upper case, then by name
	// open opens a file of the set. Reading from it ends and never hangs.
	open func(name string) (io.ReadCloser, error)
	// image says that files of the same name cannot be distinguished, and that
	// the linter judges names.
	image bool
	// ours says that it is an image which carries the mark of this program.
	ours bool
}

// setFile is one entry. It is small, since there may be a million.
type setFile struct {
	name string // as found
	size int64  // of a regular file, in bytes
	kind fileKind
}

type fileKind uint8

const (
	kindRegular fileKind = iota
	kindFolder
	kindLink
	kindSpecial // a pipe, a socket, a device
	kindSeveral // a file of several extents, about which the linter has said so
)

func (k fileKind) String() string {
	return [...]string{"a file", "a folder", "a symbolic link, which is not followed", "a pipe, socket or device", "a file of several extents, which are not taken"}[k]
}

// newFolderSet lists a folder. Its set opens regular files only and follows no
// links.
func newFolderSet(root *os.Root, label string) (*fileSet, error) {
	dir, err := root.Open(".")
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	s := &fileSet{label: label}
	for {
		names, err := dir.Readdirnames(1024)
		for _, name := range names {
			s.files = append(s.files, folderFile(root, name))
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		if len(s.files) > maxFiles {
			return nil, fmt.Errorf("%s: more than %d files", root.Name(), maxFiles)
		}
	}
	s.open = func(name string) (io.ReadCloser, error) { return iox.OpenIn(root, name) }
	s.sort()
	return s, nil
}

func folderFile(root *os.Root, name string) setFile {
	f := setFile{name: name}
	info, err := root.Lstat(name)
	if err != nil {
		// Opening it will fail too and say why.
		return f
	}
	switch mode := info.Mode(); {
	case mode.IsRegular():
		f.size = info.Size()
	case mode.IsDir():
		f.kind = kindFolder
	case mode&fs.ModeSymlink != 0:
		f.kind = kindLink
	default:
		f.kind = kindSpecial
	}
	return f
}

func newImageSet(im *iso.Image, label string) *fileSet {
	files := im.Files()
	s := &fileSet{label: label, image: true, ours: im.Ours(), files: make([]setFile, len(files))}
	for i, f := range files {
		s.files[i] = setFile{name: f.Name, size: f.Size}
	}
	s.open = func(name string) (io.ReadCloser, error) {
		r, err := im.OpenFile(name)
		if err != nil {
			return nil, err
		}
		return io.NopCloser(r), nil
	}
	s.sort()
	return s
}

// sort brings the two files of a record together.
func (s *fileSet) sort() {
	slices.SortFunc(s.files, func(a, b setFile) int {
		return cmp.Or(compareFiles(a.name, b.name), cmp.Compare(a.name, b.name))
	})
}

// compareFiles compares names as if in upper case, the part before the last dot
// first.
func compareFiles(a, b string) int {
	stemA, extA := splitName(a)
	stemB, extB := splitName(b)
	return cmp.Or(compareUpper(stemA, stemB), compareUpper(extA, extB))
}

// find returns the first file of that name in upper or lower case.
func (s *fileSet) find(name string) (setFile, bool) {
	i, found := slices.BinarySearchFunc(s.files, name, func(f setFile, name string) int { return compareFiles(f.name, name) })
	if !found {
		return setFile{}, false
	}
	return s.files[i], true
}

// show is a file's name in findings.
func (s *fileSet) show(name string) string { return s.label + shown(name) }

// size is the sum of the sizes of all files.
func (s *fileSet) size() (n int64) {
	for i := range s.files {
		n += s.files[i].size
	}
	return n
}

// nested reports whether a file lies in a folder of an image.
func nested(name string) bool { return strings.Contains(name, "/") }

// fileCause is the text of a file's error without the file's name, which the
// finding has.
func fileCause(err error) string {
	var entry *iso.EntryError
	if errors.As(err, &entry) {
		return entry.Detail
	}
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}
