package iso

import (
	"encoding/binary"
	"fmt"
)

// maxPathTable is the greatest size in bytes of a path table that Lint reads.
const maxPathTable = 8 << 20

// pathRecord is a path table record (ECMA-119 9.4).
type pathRecord struct {
	id     string
	extent int64
	parent int // the number of the parent directory, from 1
}

// checkPathTables checks the path tables of both trees (ECMA-119 6.9).
func (l *linter) checkPathTables() error {
	for _, v := range []*volume{l.primary, l.joliet} {
		if v == nil || l.primary == nil || len(v.dirs) == 0 {
			continue
		}
		if err := l.checkPathTable(v); err != nil {
			return err
		}
	}
	return nil
}

// pathTablePlace says where a descriptor puts a path table, and in which byte
// order its numbers are.
type pathTablePlace struct {
	what     string
	sector   int64
	order    binary.ByteOrder
	optional bool
}

func (v *volume) pathTablePlaces() []pathTablePlace {
	le, be := binary.LittleEndian, binary.BigEndian
	return []pathTablePlace{
		{"L", int64(le.Uint32(v.b[140:])), le, false},
		{"M", int64(be.Uint32(v.b[148:])), be, false},
		{"optional L", int64(le.Uint32(v.b[144:])), le, true},
		{"optional M", int64(be.Uint32(v.b[152:])), be, true},
	}
}

func (l *linter) checkPathTable(v *volume) error {
	size, _ := get32(v.b[132:])
	if size < pathTableSize || size > maxPathTable {
		l.report(rulePathSize, v.sector, "", "", fmt.Sprint(size), "the %s path table has no usable size", v.treeName())
		return nil
	}
	var first []pathRecord
	for _, p := range v.pathTablePlaces() {
		if p.optional && p.sector == 0 {
			continue
		}
		if p.sector < l.afterDescriptors || p.sector+sectorsOf(size) > l.space {
			l.report(rulePathPlace, v.sector, "", "", fmt.Sprint(p.sector), "the %s path table %s is outside the volume", v.treeName(), p.what)
			continue
		}
		b := make([]byte, sectorsOf(size)*SectorSize)
		whole, err := l.read(b, p.sector)
		if err != nil {
			return err
		}
		if !whole {
			continue
		}
		records, ok := l.pathRecords(v, p, b[:size])
		if !isZero(b[size:]) {
			l.report(rulePathFill, p.sector, "", "", "", "the sector is not zero after the path table")
		}
		if !ok {
			continue
		}
		if first == nil {
			first = records
			l.checkPathOrder(v, p, records)
			l.comparePathTree(v, p, records)
			continue
		}
		if i, same := firstDifference(first, records); !same {
			l.report(rulePathCopies, p.sector, "", "", "", "the %s path table %s differs from the first one at record %d", v.treeName(), p.what, i+1)
		}
	}
	return nil
}

// pathRecords parses a path table. It stops at the first malformed record.
func (l *linter) pathRecords(v *volume, p pathTablePlace, b []byte) (records []pathRecord, ok bool) {
	for i := 0; i < len(b); {
		n := 0
		if i+8 < len(b) {
			n = int(b[i])
		}
		end := i + 8 + n + n%2
		if n == 0 || end > len(b) {
			l.report(rulePathRecord, p.sector+int64(i/SectorSize), "", "", "", "record %d of the %s path table %s has no identifier, or the table ends in it", len(records)+1, v.treeName(), p.what)
			return nil, false
		}
		if b[i+1] != 0 || n%2 == 1 && b[end-1] != 0 {
			l.report(rulePathRecord, p.sector+int64(i/SectorSize), "", "", "", "record %d of the %s path table %s has extended attributes or a filling byte that is not zero", len(records)+1, v.treeName(), p.what)
		}
		records = append(records, pathRecord{
			id: string(b[i+8 : i+8+n]), extent: int64(p.order.Uint32(b[i+2:])), parent: int(p.order.Uint16(b[i+6:])),
		})
		i = end
	}
	return records, true
}

// checkPathOrder checks the order of path table records (ECMA-119 6.9.1). They
// are in the order of level, so a parent comes before its children, and the parent
// numbers ascend.
func (l *linter) checkPathOrder(v *volume, p pathTablePlace, records []pathRecord) {
	for i, r := range records {
		wrong := r.parent < 1 || r.parent > max(i, 1) || i == 0 && r.parent != 1
		if i > 0 && !wrong {
			before := records[i-1]
			wrong = r.parent < before.parent || r.parent == before.parent && i > 1 && comparePadded([]byte(before.id), []byte(r.id)) > 0 && before.id > r.id
		}
		if wrong {
			l.report(rulePathOrder, p.sector, v.name([]byte(r.id)), "", fmt.Sprintf("parent %d", r.parent), "record %d of the %s path table is out of order", i+1, v.treeName())
		}
	}
}

// comparePathTree compares the path table with the directories that were read.
func (l *linter) comparePathTree(v *volume, p pathTablePlace, records []pathRecord) {
	if !v.readable {
		return
	}
	if len(records) != len(v.dirs) {
		l.report(rulePathTree, p.sector, "", fmt.Sprint(len(v.dirs)), fmt.Sprint(len(records)), "the %s path table has another number of directories than the tree", v.treeName())
	}
	byExtent := make(map[int64]dirNode, len(v.dirs))
	for _, d := range v.dirs {
		byExtent[d.extent] = d
	}
	for i, r := range records {
		d, known := byExtent[r.extent]
		parent := int64(-1)
		if r.parent >= 1 && r.parent <= len(records) {
			parent = records[r.parent-1].extent
		}
		if !known || d.id != r.id || v.dirs[d.parent].extent != parent {
			l.report(rulePathTree, p.sector, v.name([]byte(r.id)), "", fmt.Sprintf("sector %d, parent %d", r.extent, r.parent), "record %d of the %s path table is of no directory of the tree", i+1, v.treeName())
		}
	}
}

// firstDifference returns where two path tables differ.
func firstDifference(a, b []pathRecord) (int, bool) {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i, false
		}
	}
	return min(len(a), len(b)), len(a) == len(b)
}
