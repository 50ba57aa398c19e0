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

// zeroTime is the date of records whose date nobody reads.
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
	// Name is the path in the image, for people. It is quoted unless it is
	// printable ASCII.
	Name   string
	Sector int64 // the sector of the directory record; 0 if that is unknown
	Detail string
}

func (e *EntryError) Error() string { return fmt.Sprintf("iso: %q: %s", e.Name, e.Detail) }

// Image is an image opened for reading. It is safe for concurrent use if its
// io.ReaderAt is. It keeps the list of files, some 70 bytes for each, not their
// contents.
type Image struct {
	r        io.ReaderAt
	size     int64
	volumeID string
	ours     bool
	files    []imageFile // by name
	refused  []*EntryError
}

type imageFile struct {
	name         string
	offset, size int64
}

// Open reads the directories of an image of size bytes, whoever wrote it. It reads
// the primary ISO 9660 tree and ignores Rock Ridge and Joliet names: names are
// those of the primary tree, without a version.
//
// A single bad directory record does not hide the other files: [Image.Refused]
// returns the refused entries. For an image whose descriptors or directories
// cannot be followed the error is a *[FormatError]; an error of r is wrapped. Time
// and memory are bounded whatever the image holds (at most 2^20 files).
func Open(r io.ReaderAt, size int64) (im *Image, err error) {
	defer func() {
		// This is the last guard. No panic of the library is known to get here.
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
	im = &Image{r: r, size: size, ours: v.ours, volumeID: strings.Map(visible, strings.TrimRight(label, " \x00"))}
	if err := im.walk(v, root, "/"); err != nil {
		return nil, wrap(err)
	}
	slices.SortStableFunc(im.files, func(a, b imageFile) int { return cmp.Compare(a.name, b.name) })
	im.files = slices.Clip(im.files)
	im.refused = v.refused
	slices.SortStableFunc(im.refused, func(a, b *EntryError) int { return cmp.Compare(a.Sector, b.Sector) })
	return im, nil
}

// wrap adds the package's name to an error that lacks it.
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

// walk lists a directory. path ends with a slash.
func (im *Image) walk(v *primaryView, dir *iso9660.File, path string) error {
	v.dir = path
	// GetChildren expects two records that the view leaves out.
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
		im.files = append(im.files, imageFile{name, offset, size})
	}
	return nil
}

// VolumeID returns the volume identifier without its padding. Bytes that are not
// printable ASCII appear as "?".
func (im *Image) VolumeID() string { return im.volumeID }

// Ours reports whether the image carries the mark of [Layout.Write] in its primary
// volume descriptor.
func (im *Image) Ours() bool { return im.ours }

// Files returns the files in name order, nested ones with their path:
// "SUB/NAME.EXT". It includes a file that reaches past the image's end, which
// OpenFile refuses.
func (im *Image) Files() []File {
	fs := make([]File, len(im.files))
	for i, f := range im.files {
		fs[i] = File{f.name, f.size}
	}
	return fs
}

// Refused returns the entries that Files does not list, in the order of their
// sectors: names with a slash, a backslash or a control character, "..", records
// whose byte orders disagree, directories outside the image, and what this package
// does not read (interleaved files, files of several extents).
func (im *Image) Refused() []*EntryError { return im.refused }

// OpenFile returns the content of a file that Files lists, by its exact name. The
// reader returns exactly the file's size or an error. The errors are
// fs.ErrNotExist, and *[EntryError] for a file that reaches past the image's end
// and for a name that two files have.
func (im *Image) OpenFile(name string) (io.Reader, error) {
	i, found := slices.BinarySearchFunc(im.files, name, func(f imageFile, name string) int { return cmp.Compare(f.name, name) })
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

// section reads a file. It does not mistake an early end of the image for the end
// of the file.
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
