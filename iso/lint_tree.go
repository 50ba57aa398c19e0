package iso

import (
	"bytes"
	"fmt"
	"time"
)

// dirNode is a directory of a tree.
type dirNode struct {
	extent, size int64
	parent       int // index; the root's is the root
	id           string
	path         string // ends with a slash; the root's is ""
	depth        int    // the root's is 1
	record       int64  // the sector of its record
}

func (d dirNode) sectors() int64 { return (d.size + SectorSize - 1) / SectorSize }

// fileNode is a file of a tree. It is small, since there may be a million.
type fileNode struct {
	path         string // without a version
	extent, size uint32
	record       uint32 // the sector of its directory record
	date         [7]byte
}

// treeWalker reads and checks one tree.
type treeWalker struct {
	*linter
	v       *volume
	seen    map[int64]struct{} // sectors of the directories read
	entries int
}

// walkTrees reads the directories of both trees, level by level, which is the order
// of the path table.
func (l *linter) walkTrees() error {
	for _, v := range []*volume{l.primary, l.joliet} {
		if v == nil || !v.readable || l.primary == nil {
			continue
		}
		w := &treeWalker{linter: l, v: v, seen: map[int64]struct{}{}}
		root := record(v.b[156:190])
		if root[0] != minRecord || !root.self() || root[33] != 0 || !root.directory() {
			l.report(ruleRootRecord, v.sector, "", "", fmt.Sprintf("% x", []byte(root)), "the record of the %s root directory is malformed", v.treeName())
		}
		extent, same := root.extent()
		size, same2 := root.size()
		if _, same3 := get16(root[28:]); !same || !same2 || !same3 {
			l.report(ruleRecordEndian, v.sector, "", "", fmt.Sprintf("% x", []byte(root)), "the byte orders of the root directory's record disagree")
		}
		v.dirs = []dirNode{{extent: extent, size: size, depth: 1, id: "\x00", record: v.sector}}
		for i := 0; i < len(v.dirs); i++ {
			if err := w.checkDirectory(i); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkDirectory checks one directory and keeps what it lists.
func (w *treeWalker) checkDirectory(i int) error {
	d := w.v.dirs[i]
	if d.size == 0 || d.size%SectorSize != 0 {
		w.report(ruleDirSize, d.record, d.path, "a multiple of 2048", fmt.Sprint(d.size), "the %s directory is no whole number of sectors", w.v.treeName())
	}
	if d.extent < w.afterDescriptors || d.extent+d.sectors() > w.space {
		w.v.readable = false
		w.report(ruleDirExtent, d.record, d.path, "", "", "the %s directory at sector %d with %d bytes is outside the volume", w.v.treeName(), d.extent, d.size)
		return nil
	}
	c := &directoryCursor{treeWalker: w, dir: i}
	if i == 0 {
		// The record of a usual name has some 50 to 80 bytes.
		w.v.files = make([]fileNode, 0, min(d.size/64, maxEntries/4))
	}
	sector := make([]byte, SectorSize)
	for n := d.extent; n < d.extent+d.sectors(); n++ {
		if _, twice := w.seen[n]; twice {
			w.v.readable = false
			w.report(ruleDirLoop, n, d.path, "", "", "the sector belongs to two directories, or a directory contains itself")
			return nil
		}
		if len(w.seen) >= maxDirectorySectors || w.entries > maxEntries {
			if w.v.readable {
				w.report(ruleTooLarge, n, d.path, "", "", "the rest of the %s tree is not read", w.v.treeName())
			}
			w.v.readable = false
			return nil
		}
		w.seen[n] = struct{}{}
		whole, err := w.read(sector, n)
		if err != nil {
			return err
		}
		if !whole {
			w.v.readable = false
			c.index = max(c.index, 2)
			continue
		}
		end, proper := eachRecord(sector, func(_ int, r record) { c.checkRecord(n, r) })
		switch {
		case !proper && sector[end] >= minRecord:
			w.report(ruleRecordCrossing, n, d.path, "", "", "the record at byte %d crosses the end of the sector", end)
		case !proper:
			w.report(ruleRecordLength, n, d.path, "at least 34", fmt.Sprint(sector[end]), "the record at byte %d is too short", end)
		case !isZero(sector[end:]):
			w.report(ruleDirFill, n, d.path, "", "", "the sector is not zero after byte %d", end)
		}
	}
	if c.index < 2 {
		w.report(ruleDotRecords, d.extent, d.path, "", "", "the directory does not begin with its own record and its parent's")
	}
	return nil
}

// directoryCursor is the position in a directory that is being read.
type directoryCursor struct {
	*treeWalker
	dir   int
	index int    // the number of the record
	more  bool   // another extent of the file before is to come
	last  []byte // the identifier of the record before
	name  string // the name in that identifier
}

func (c *directoryCursor) checkRecord(n int64, r record) {
	d := c.v.dirs[c.dir]
	index := c.index
	c.index++
	if c.entries++; c.entries > maxEntries {
		return
	}
	if r[32] == 0 || 33+int(r[32]) > len(r) || len(r)%2 != 0 {
		c.report(ruleRecordLength, n, d.path, "", fmt.Sprint(len(r)), "the record of %d bytes is odd or does not hold its identifier", len(r))
		return
	}
	name := c.v.name(r.id())
	path := d.path + name
	if r.self() {
		path = d.path
	}
	c.checkFields(n, path, r)
	if r.self() || index < 2 {
		c.checkDotRecord(n, index, r)
		if r.self() {
			return
		}
	}
	if c.more && bytes.Equal(c.last, r.id()) {
		c.more = r.flags()&flagMultiple != 0
		return
	}
	if c.more = r.flags()&flagMultiple != 0; c.more && (!c.v.joliet || c.count[ruleExtents] == 0) {
		c.report(ruleExtents, n, path, "", "", "the file is of several extents")
	}
	c.checkIdentifier(n, path, r)
	c.checkOrder(n, path, name, r)
	c.last, c.name = append(c.last[:0], r.id()...), name

	extent, _ := r.extent()
	size, _ := r.size()
	if !r.directory() {
		f := fileNode{path: path, extent: uint32(extent), size: uint32(size), record: uint32(n)}
		copy(f.date[:], r.date())
		c.v.files = append(c.v.files, f)
		return
	}
	sub := dirNode{extent: extent, size: size, parent: c.dir, id: string(r.id()), path: path + "/", depth: d.depth + 1, record: n}
	if sub.depth > 8 || !c.v.joliet && len(path) > 255 {
		c.report(ruleDirDepth, n, path, "", "", "the directory is at level %d, its path has %d characters", sub.depth, len(path))
	}
	if sub.depth > maxDepth || len(path) > maxPath {
		c.v.readable = false
		return
	}
	c.v.dirs = append(c.v.dirs, sub)
}

// checkFields checks the fields of any directory record (ECMA-119 9.1).
func (c *directoryCursor) checkFields(n int64, path string, r record) {
	if id := int(r[32]); id%2 == 0 && r[33+id] != 0 {
		c.report(ruleRecordPadding, n, path, "0", fmt.Sprint(r[33+id]), "the byte after the identifier is not zero")
	}
	_, same := r.extent()
	c.checkByteOrders(same, n, path, "place", r[2:10])
	_, same = r.size()
	c.checkByteOrders(same, n, path, "size", r[10:18])
	volume, same := get16(r[28:])
	c.checkByteOrders(same, n, path, "volume sequence number", r[28:32])
	if volume != 1 {
		c.report(ruleRecordVolume, n, path, "1", fmt.Sprint(volume), "the file is on another volume")
	}
	if r.attributes() != 0 {
		c.report(ruleAttributes, n, path, "0", fmt.Sprint(r.attributes()), "extended attributes precede the data")
	}
	if r[26] != 0 || r[27] != 0 {
		c.report(ruleInterleave, n, path, "0, 0", fmt.Sprintf("%d, %d", r[26], r[27]), "the file is interleaved")
	}
	if f := r.flags() &^ (flagHidden | flagDirectory | flagMultiple); f != 0 {
		c.report(ruleFlags, n, path, "", fmt.Sprintf("%#02x", r.flags()), "the file is associated, of a record format or protected, or a reserved flag is set")
	}
	if r.flags()&flagHidden != 0 {
		c.report(ruleHidden, n, path, "", "", "the file is hidden")
	}
	switch t, state := shortDate(r.date()); {
	case state == dateBad:
		c.report(ruleRecordDate, n, path, "", fmt.Sprintf("% x", r.date()), "the date is not one")
	case state == dateNone:
		c.report(ruleDateMissing, n, path, "", "", "the file has no date")
	case !c.created.IsZero() && t.After(c.created.Add(24*time.Hour)):
		c.report(ruleDateLater, n, path, "at most "+c.created.Format(time.DateTime), t.Format(time.DateTime), "the file is dated after the volume")
	}
}

func (c *directoryCursor) checkByteOrders(same bool, n int64, path, what string, raw []byte) {
	if !same {
		c.report(ruleRecordEndian, n, path, "", fmt.Sprintf("% x", raw), "the byte orders of the %s disagree", what)
	}
}

// checkDotRecord checks the first two records of a directory (ECMA-119 6.8.2.2).
func (c *directoryCursor) checkDotRecord(n int64, index int, r record) {
	d := c.v.dirs[c.dir]
	if index == 1 {
		d = c.v.dirs[d.parent]
	}
	extent, _ := r.extent()
	size, _ := r.size()
	path := c.v.dirs[c.dir].path
	switch {
	case index > 1 || !r.self() || int(r[33]) != index:
		c.report(ruleDotRecords, n, path, "", "", "record %d is not where it belongs", index+1)
	case !r.directory() || extent != d.extent || size != d.size:
		rule := ruleDotRecords
		if self := c.v.dirs[c.dir]; c.v.joliet && index == 1 && extent == self.extent && size == self.size {
			rule = ruleJolietParent
		}
		c.report(rule, n, path, fmt.Sprintf("sector %d, %d bytes", d.extent, d.size),
			fmt.Sprintf("sector %d, %d bytes", extent, size), "record %d does not agree with the directory it stands for", index+1)
	}
	if root := c.v.b[156:190]; c.dir == 0 && index == 0 && !bytes.Equal(root[1:], r[1:minRecord]) {
		rule := ruleRootRecord
		if bytes.Equal(root[1:18], r[1:18]) && bytes.Equal(root[25:], r[25:minRecord]) {
			rule = ruleRootDate
		}
		c.report(rule, c.v.sector, "", fmt.Sprintf("% x", []byte(r[1:minRecord])), fmt.Sprintf("% x", root[1:]),
			"the record in the descriptor is not the %s root directory's own one", c.v.treeName())
	}
}
