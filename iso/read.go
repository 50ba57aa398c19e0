package iso

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/kdomanski/iso9660"
)

// zeroTime is a date for records whose date nobody reads.
var zeroTime = time.Date(minYear, 1, 1, 0, 0, 0, 0, time.UTC)

// FormatError says why an image cannot be read as ISO 9660.
type FormatError struct {
	Sector int64
	Detail string
}

func (e *FormatError) Error() string {
	return fmt.Sprintf("iso: sector %d: %s", e.Sector, e.Detail)
}

// EntryError says why one file or directory of an image cannot be read.
type EntryError struct {
	// Name is the path in the image, for people: what is not printable
	// ASCII is quoted.
	Name   string
	Sector int64 // of the directory record; 0 where that is not known
	Detail string
}

func (e *EntryError) Error() string { return fmt.Sprintf("iso: %q: %s", e.Name, e.Detail) }

// Image is an image opened for reading. It is safe for concurrent use when its
// io.ReaderAt is. It keeps its list of files, not their contents: some 70 bytes
// a file.
type Image struct {
	r        io.ReaderAt
	size     int64
	volumeID string
	files    []located // by name
	refused  []*EntryError
}

type located struct {
	name         string
	offset, size int64
}

// Open reads the directories of an image of size bytes: the primary ISO 9660
// tree, whoever wrote it. Rock Ridge and Joliet names are not looked at: the
// names are those of the primary tree, without version.
//
// A single bad directory record does not hide the other files: what is refused
// is told by [Image.Refused]. An image whose descriptors or directories cannot
// be followed is a *[FormatError]; an error of r comes back wrapped. Time and
// memory are bounded whatever the image holds (at most 2^20 files).
func Open(r io.ReaderAt, size int64) (im *Image, err error) {
	defer func() {
		// The last guard: no panic of the library is known that gets here.
		if p := recover(); p != nil {
			im, err = nil, &FormatError{sectorPVD, fmt.Sprintf("the directories cannot be read: %v", p)}
		}
	}()
	v, err := newView(r, size)
	if err != nil {
		return nil, wrap(err)
	}
	lib, err := iso9660.OpenImage(v)
	if err != nil {
		return nil, wrap(err)
	}
	root, err := lib.RootDir()
	if err != nil {
		return nil, wrap(err)
	}
	label, err := lib.Label()
	if err != nil {
		return nil, wrap(err)
	}
	im = &Image{r: r, size: size, volumeID: strings.Map(visible, strings.TrimRight(label, " \x00"))}
	if err := im.walk(v, root, "/"); err != nil {
		return nil, wrap(err)
	}
	slices.SortStableFunc(im.files, func(a, b located) int { return cmp.Compare(a.name, b.name) })
	im.files = slices.Clip(im.files)
	im.refused = v.refused
	slices.SortStableFunc(im.refused, func(a, b *EntryError) int { return cmp.Compare(a.Sector, b.Sector) })
	return im, nil
}

// wrap names the package in errors that do not do so themselves.
func wrap(err error) error {
	var f *FormatError
	if errors.As(err, &f) {
		return f
	}
	return fmt.Errorf("iso: %w", err)
}

func visible(c rune) rune {
	if c < ' ' || c >= 0x7f {
		return '?'
	}
	return c
}

// walk lists a directory; path ends with a slash.
func (im *Image) walk(v *view, dir *iso9660.File, path string) error {
	v.dir = path
	// GetChildren would count on two records that the view leaves out.
	children, err := dir.GetAllChildren()
	if err = cmp.Or(v.err, err); err != nil {
		return err
	}
	for _, c := range children {
		name := path[1:] + strings.TrimSuffix(c.Name(), ".")
		if c.IsDir() {
			if err := im.walk(v, c, path+c.Name()+"/"); err != nil {
				return err
			}
			continue
		}
		section, ok := c.Reader().(*io.SectionReader)
		if !ok {
			return &FormatError{sectorPVD, "the library gave no section of the image"}
		}
		_, offset, size := section.Outer()
		im.files = append(im.files, located{name, offset, size})
	}
	return nil
}

// VolumeID is the volume identifier without its padding. Bytes that are not
// printable ASCII appear as "?".
func (im *Image) VolumeID() string { return im.volumeID }

// Files lists the files in name order, nested ones with their path:
// "SUB/NAME.EXT". A file that reaches past the image's end is among them;
// OpenFile refuses it.
func (im *Image) Files() []File {
	fs := make([]File, len(im.files))
	for i, f := range im.files {
		fs[i] = File{f.name, f.size}
	}
	return fs
}

// Refused tells the entries that are not listed, in the order of their places:
// names with a slash, a backslash or a control character, "..", records whose
// byte orders disagree, directories outside the image, and what this package
// does not read (interleaved files, files of several extents).
func (im *Image) Refused() []*EntryError { return im.refused }

// OpenFile returns the content of a file that Files lists, by its exact name.
// The reader gives exactly the file's size or an error. Errors: fs.ErrNotExist;
// *[EntryError] for a file that reaches past the image's end and for a name that
// two files have.
func (im *Image) OpenFile(name string) (io.Reader, error) {
	i, found := slices.BinarySearchFunc(im.files, name, func(f located, name string) int { return cmp.Compare(f.name, name) })
	if !found {
		return nil, fmt.Errorf("iso: %q: %w", name, fs.ErrNotExist)
	}
	f := im.files[i]
	switch {
	case i+1 < len(im.files) && im.files[i+1].name == name:
		return nil, &EntryError{Name: name, Detail: "more than one file has this name"}
	case f.offset < 0 || f.offset > im.size || f.size > im.size-f.offset:
		return nil, &EntryError{Name: name, Detail: fmt.Sprintf("its %d bytes at sector %d reach past the image's end", f.size, f.offset/SectorSize)}
	}
	return &section{io.NewSectionReader(im.r, f.offset, f.size), f.size}, nil
}

// section reads a file and does not take the early end of the image for the
// file's.
type section struct {
	r    *io.SectionReader
	left int64
}

func (s *section) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	s.left -= int64(n)
	if err == io.EOF && s.left > 0 {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}
