package iso

import (
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// treeWalk reads one tree of directory records (ECMA-119 9.1).
type treeWalk struct {
	*treeReader
	kind TreeKind
	ucs2 bool
	tree *Tree
	// skip is how many bytes of a system use field Rock Ridge leaves to others;
	// in the plain tree it is -1 until the root's own record says it.
	skip    int
	rock    bool // there are entries of Rock Ridge
	seen    map[int64]struct{}
	entries int
}

// walkDir is a directory that is still to be read.
type walkDir struct {
	extent, size int64
	path         string // ends with a slash; the root's is ""
	depth        int
}

// walk reads all directories of the tree of a volume descriptor.
func (w *treeWalk) walk(descriptor []byte) error {
	if block, same := get16(descriptor[128:]); !same || block != SectorSize {
		return &errTree{w.tree.Sector, "the logical block size is not 2,048 bytes"}
	}
	root := record(descriptor[156:190])
	extent, same := root.extent()
	size, same2 := root.size()
	if root[0] != minRecord || !same || !same2 || !root.directory() {
		return &errTree{w.tree.Sector, "the root directory's record is damaged"}
	}
	w.seen = map[int64]struct{}{}
	queue := []walkDir{{extent, size, "", 1}}
	for len(queue) > 0 {
		more, err := w.directory(queue[0])
		if err != nil {
			return err
		}
		queue = append(queue[1:], more...)
	}
	return nil
}

// directory reads one directory and returns those in it.
func (w *treeWalk) directory(d walkDir) (dirs []walkDir, err error) {
	sectors := sectorsOf(d.size)
	if d.extent <= 0 || d.extent > w.sectors || sectors > w.sectors-d.extent {
		return nil, &errTree{d.extent, "a directory lies outside the image"}
	}
	sector := make([]byte, SectorSize)
	var chain *TreeFile // a file of several extents whose last record is still to come
	for n := d.extent; n < d.extent+sectors; n++ {
		if _, twice := w.seen[n]; twice {
			return nil, &errTree{n, "two directories share a sector, or one contains itself"}
		}
		if len(w.seen) >= maxDirectorySectors {
			return nil, &errTree{n, "the directories are too large"}
		}
		w.seen[n] = struct{}{}
		if err := w.read(sector, n); err != nil {
			return nil, err
		}
		var failed error
		end, proper := eachRecord(sector, func(_ int, r record) {
			if failed != nil {
				return
			}
			if w.entries++; w.entries > maxEntries {
				failed = &errTree{n, "there are too many files"}
				return
			}
			failed = w.one(&dirs, &chain, d, n, r)
		})
		if failed != nil {
			return nil, failed
		}
		if !proper {
			w.refuse(d.path, n, fmt.Sprintf("the records of this sector break off at byte %d", end))
		}
	}
	return dirs, nil
}

func (w *treeWalk) refuse(name string, n int64, detail string) {
	w.tree.Refused = append(w.tree.Refused, &EntryError{Name: shown(name), Sector: n, Detail: detail})
}

// one takes one directory record. The error is one of reading or of the whole tree.
func (w *treeWalk) one(dirs *[]walkDir, chain **TreeFile, d walkDir, n int64, r record) error {
	if r[32] == 0 || 33+int(r[32]) > len(r) {
		w.refuse(d.path, n, "a name does not fit into its record")
		return nil
	}
	if r.self() {
		if d.depth == 1 && r[33] == 0 {
			w.rootUse(r)
		}
		return nil
	}
	use, err := w.systemUse(r)
	if err != nil {
		return err
	}
	w.rock = w.rock || use.rock
	if use.skipped {
		return nil
	}
	name := w.name(r, use)
	path := d.path + name
	extent, same := r.extent()
	size, same2 := r.size()
	why := ""
	switch {
	case !goodPart(name) || len(path) > maxPath:
		why = "its name is not one of a file, or its path is too long"
	case !same || !same2:
		why = "the two byte orders of its place or size disagree"
	case r.attributes() != 0:
		why = "extended attributes are not read"
	case r[26] != 0 || r[27] != 0:
		why = "interleaved files are not read"
	case r.flags()&flagAssociated != 0:
		why = "associated files are not read"
	case use.why != "":
		why = use.why
	}
	if why != "" {
		w.refuse(path, n, why)
		return nil
	}
	if use.child > 0 || r.directory() {
		sub := walkDir{extent, size, path + "/", d.depth + 1}
		if use.child > 0 {
			if sub.extent, sub.size, err = w.relocated(use.child); err != nil {
				return err
			}
		}
		if sub.depth > maxDepth {
			return &errTree{n, "the directories lie too deep"}
		}
		*dirs = append(*dirs, sub)
		return nil
	}
	if c := *chain; c != nil && c.Name == path {
		// A further extent of the file before (ECMA-119 6.5.1).
		if r.flags()&flagMultiple == 0 {
			*chain = nil
		}
		return nil
	}
	w.tree.Files = append(w.tree.Files, TreeFile{
		Name: path, Size: size, Offset: extent * SectorSize,
		Hidden: r.flags()&flagHidden != 0, Several: r.flags()&flagMultiple != 0,
	})
	*chain = nil
	if r.flags()&flagMultiple != 0 {
		// Only the name is looked at later, so a copy does.
		f := w.tree.Files[len(w.tree.Files)-1]
		*chain = &f
	}
	return nil
}

// relocated returns the place of a directory that Rock Ridge shows elsewhere: its own
// record has its size.
func (w *treeWalk) relocated(extent int64) (place, size int64, err error) {
	b, ok, err := w.sector(extent)
	if err != nil {
		return 0, 0, err
	}
	if !ok || b[0] < minRecord || !record(b[:b[0]]).self() {
		return 0, 0, &errTree{extent, "a relocated directory is not there"}
	}
	size, _ = record(b[:b[0]]).size()
	return extent, size, nil
}

// name returns the name by which the tree shows a record.
func (w *treeWalk) name(r record, use systemUse) string {
	switch {
	case w.kind == TreeRockRidge && use.named:
		return use.name
	case w.ucs2:
		return utf16Name(r.id())
	}
	return string(r.id())
}

// utf16Name decodes big-endian UTF-16. What is no text becomes the replacement
// character, as it does for readers.
func utf16Name(b []byte) string {
	u := make([]uint16, len(b)/2)
	for i := range u {
		u[i] = uint16(b[2*i])<<8 | uint16(b[2*i+1])
	}
	return string(utf16.Decode(u))
}

// goodPart reports whether a name is one that can stand in a path.
func goodPart(name string) bool {
	return name != "" && name != "." && name != ".." && utf8.ValidString(name) &&
		!strings.ContainsAny(name, "/\\\x00\ufffd") && !strings.ContainsFunc(name, func(c rune) bool { return c < ' ' || c == 0x7f })
}
