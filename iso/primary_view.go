package iso

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// The bounds of what is read of an image, so that a hostile image costs no more
// time and memory than a large one.
const (
	maxDescriptors      = 64
	maxDirectorySectors = 1 << 17 // of all directories of a tree: 256 MiB
	maxEntries          = 1 << 20 // of a tree
	maxDepth            = 32      // levels of directories; ECMA-119 6.8.2.1 allows 8
	maxPath             = 1024    // bytes
)

// primaryView is what github.com/kdomanski/iso9660 sees of an image: the primary
// volume descriptor, a set terminator after it, and the sectors of the
// directories, each rewritten from the sound records. The library trusts what it
// reads: it panics on short records and on a directory without records, follows
// loops, computes with 32 bits, keeps slices of a buffer that it overwrites
// (system use fields, and with them Rock Ridge names, come out wrong in
// directories of more than one sector) and takes a read error for an empty
// directory. What a primaryView serves triggers none of this.
type primaryView struct {
	r       io.ReaderAt
	size    int64
	pvd     []byte
	ours    bool               // the descriptor has the mark of the writer
	seen    map[int64]struct{} // the sectors served
	entries int
	dir     string // path of the directory being read, ending with a slash
	refused []*EntryError
	// chain is the path of a file whose further extents are to come, or "".
	chain string
	err   error
}

// ReadAt serves the library one sector at a time.
func (v *primaryView) ReadAt(p []byte, offset int64) (int, error) {
	if v.err == nil {
		v.err = v.sector(p, offset)
	}
	if v.err != nil {
		return 0, v.err
	}
	return len(p), nil
}

func (v *primaryView) sector(p []byte, offset int64) error {
	if len(p) != SectorSize || offset < 0 || offset%SectorSize != 0 {
		return fmt.Errorf("a read of %d bytes at %d", len(p), offset)
	}
	n := offset / SectorSize
	if v.dir == "" {
		switch n {
		case sectorPVD:
			copy(p, v.pvd)
			return nil
		case sectorPVD + 1:
			terminator(p)
			return nil
		}
	}
	if _, twice := v.seen[n]; twice {
		return &FormatError{n, "two directories share a sector, or one contains itself"}
	}
	if len(v.seen) >= maxDirectorySectors {
		return &FormatError{n, "the directories are too large"}
	}
	v.seen[n] = struct{}{}
	if _, err := readPast(v.r, p, offset, true); err != nil {
		return err
	}
	return v.cleanSector(p, n)
}

// cleanSector replaces a directory's sector by one with only its sound records.
func (v *primaryView) cleanSector(p []byte, n int64) error {
	sound := make([]byte, 0, SectorSize)
	end, proper := eachRecord(p, func(_ int, r record) {
		if r.self() {
			return
		}
		if v.entries++; v.entries > maxEntries {
			return
		}
		path := v.dir + string(r.id())
		further := path == v.chain
		if v.chain = ""; r.flags()&flagMultiple != 0 {
			v.chain = path
		}
		if further {
			return // the file was refused with its first extent
		}
		if why := v.refusal(r); why != "" {
			v.refused = append(v.refused, &EntryError{Name: v.dir[1:] + printable(r.id()), Sector: n, Detail: why})
			return
		}
		extent, _ := r.extent()
		size, _ := r.size()
		sound = appendRecord(sound, recordFields{extent: extent, size: size, flags: r.flags() & flagDirectory, id: string(r.id())}, zeroTime)
	})
	if v.entries > maxEntries {
		return &FormatError{n, "there are too many files"}
	}
	if !proper {
		v.refused = append(v.refused, &EntryError{Name: v.dir[1:], Sector: n,
			Detail: fmt.Sprintf("the records of this sector break off at byte %d", end)})
	}
	clear(p)
	copy(p, sound)
	return nil
}

// refusal says why a record cannot be served, or returns "".
func (v *primaryView) refusal(r record) string {
	extent, same := r.extent()
	size, same2 := r.size()
	id := string(r.id())
	name, _, _ := strings.Cut(id, ";")
	name = strings.TrimSuffix(name, ".")
	switch {
	case !same || !same2:
		return "the two byte orders of its place or size disagree"
	case (33+int(r[32])+1)&^1 > len(r) || r[32] == 0:
		return "its name does not fit into its record"
	case name == "" || name == "." || name == ".." || strings.Contains(name, "..") ||
		strings.Count(id, ";") > 1 || strings.ContainsAny(id, "/\\") || !all(id, isPrintable):
		return "its name is not one of a file"
	case len(v.dir)+len(name) > maxPath:
		return "its path is too long"
	case r.attributes() != 0:
		return "extended attributes are not read"
	case r[26] != 0 || r[27] != 0:
		return "interleaved files are not read"
	case r.flags()&flagMultiple != 0:
		return "files of several extents are not read"
	case r.flags()&flagAssociated != 0:
		return "associated files are not read"
	case r.directory() && !v.canHold(extent, size):
		return "it is a directory outside the image, or too large"
	case r.directory() && strings.Count(v.dir, "/") > maxDepth:
		return "it lies too deep"
	}
	return ""
}

// canHold reports whether a directory of that size can be read at that sector. The
// library computes the offset of a directory with 32 bits.
func (v *primaryView) canHold(extent, size int64) bool {
	sectors := (size + SectorSize - 1) / SectorSize
	return extent > 0 && sectors <= maxDirectorySectors && (extent+sectors)*SectorSize <= min(v.size, 1<<32-1)
}

func isPrintable(c byte) bool { return c >= ' ' && c < 0x7f }

// printable returns a name in a form for messages.
func printable(b []byte) string {
	if !all(string(b), isPrintable) {
		return fmt.Sprintf("%q", b)
	}
	return string(b)
}

// newView finds the primary volume descriptor and rewrites it.
func newView(r io.ReaderAt, size int64) (*primaryView, error) {
	v := &primaryView{r: r, size: size, seen: map[int64]struct{}{}}
	b := make([]byte, SectorSize)
	for n := int64(sectorPVD); ; n++ {
		if n == sectorPVD+maxDescriptors || (n+1)*SectorSize > size {
			return nil, &FormatError{n, "there is no primary volume descriptor"}
		}
		whole, err := readPast(r, b, n*SectorSize, true)
		if err != nil {
			return nil, err
		}
		if !whole {
			continue
		}
		if string(b[1:6]) != standardID || b[0] == typeTerminator {
			return nil, &FormatError{n, "there is no primary volume descriptor"}
		}
		if b[0] == typePrimary {
			return v, v.primary(b, n)
		}
	}
}

func (v *primaryView) primary(b []byte, n int64) error {
	block, same := get16(b[128:])
	if !same || block != SectorSize {
		return &FormatError{n, "the logical block size is not 2,048 bytes"}
	}
	root := record(b[156:190])
	extent, same := root.extent()
	bytes, same2 := root.size()
	if root[0] != minRecord || !same || !same2 || !root.directory() || root.attributes() != 0 || !v.canHold(extent, bytes) {
		return &FormatError{n, "the root directory's record is damaged, or the directory lies outside the image"}
	}
	p := make([]byte, SectorSize)
	p[0], p[6] = typePrimary, 1
	copy(p[1:], standardID)
	putPadded(p[8:40], "")
	copy(p[40:72], b[40:72])
	putBoth16(p[120:], 1)
	putBoth16(p[124:], 1)
	putBoth16(p[128:], SectorSize)
	copy(p[156:], appendRecord(nil, recordFields{extent: extent, size: bytes, flags: flagDirectory, id: "\x00"}, zeroTime))
	putPadded(p[190:813], "")
	for i := 813; i < 881; i += 17 {
		putNoDate(p[i:])
	}
	p[881] = 1
	v.pvd, v.ours = p, strings.HasPrefix(string(b[883:]), writerMark)
	return nil
}

// readFull reads len(p) bytes. If there are fewer, the error is
// io.ErrUnexpectedEOF.
func readFull(r io.ReaderAt, p []byte, offset int64) error {
	n, err := r.ReadAt(p, offset)
	return fullRead(n, len(p), offset, err)
}

func fullRead(n, wanted int, offset int64, err error) error {
	switch {
	case n == wanted:
		return nil
	case err == nil || errors.Is(err, io.EOF):
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("reading sector %d: %w", offset/SectorSize, err)
}
