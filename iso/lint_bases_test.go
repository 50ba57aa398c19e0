package iso

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"testing"
)

const (
	pvd = sectorPVD * SectorSize
	svd = sectorSVD * SectorSize
)

// unmarked takes the mark of our writer away, so that the rules of ECMA-119
// are judged alone.
func unmarked(b []byte) []byte {
	clear(b[pvd+883 : pvd+1395])
	clear(b[svd+883 : svd+1395])
	return b
}

// primaryRecord finds the directory record of a file in the primary tree of an
// image whose root directories have the sizes that the descriptors say.
func primaryRecord(b []byte, name string) record { return findRecord(b, pvd, []byte(name)) }

func jolietRecord(b []byte, name string) record {
	id := make([]byte, 2*len(name))
	putPaddedUCS2(id, name)
	return findRecord(b, svd, id)
}

func findRecord(b []byte, descriptor int, prefix []byte) (found record) {
	root := record(b[descriptor+156:][:minRecord])
	from, _ := root.extent()
	size, _ := root.size()
	for n := from; n < from+size/SectorSize; n++ {
		eachRecord(b[n*SectorSize:][:SectorSize], func(_ int, r record) {
			if found == nil && bytes.HasPrefix(r.id(), prefix) {
				found = r
			}
		})
	}
	if found == nil {
		panic(fmt.Sprintf("no record of %q", prefix))
	}
	return found
}

// both applies a change to the record of a file in both trees.
func both(name string, change func(r record)) func([]byte) []byte {
	return func(b []byte) []byte {
		change(primaryRecord(b, name))
		change(jolietRecord(b, name))
		return b
	}
}

// set is a change of single bytes.
func set(offset int, value byte) func([]byte) []byte {
	return func(b []byte) []byte { b[offset] = value; return b }
}

// testDir is a directory of a nested image; the root is not among them.
type testDir struct {
	name   string
	parent int // index, -1 is the root
}

// nested is an image with directories, which our writer does not make: in the
// root FILE.XM6, and the directories given, level by level. Each directory is
// one sector, of the primary tree and of the Joliet tree.
func nested(t testing.TB, dirs []testDir) []byte {
	c := contents{"FILE.XM6": noise(1, 100)}
	for i := range dirs {
		c[fmt.Sprintf("D%02d.D", i)] = make([]byte, SectorSize)
		c[fmt.Sprintf("J%02d.D", i)] = make([]byte, SectorSize)
	}
	b := image(t, c, testOptions)
	file, _ := primaryRecord(b, "FILE").extent()
	place := map[bool][]int64{}
	for i := range dirs {
		p, _ := primaryRecord(b, fmt.Sprintf("D%02d", i)).extent()
		j, _ := primaryRecord(b, fmt.Sprintf("J%02d", i)).extent()
		place[false], place[true] = append(place[false], p), append(place[true], j)
	}
	for _, joliet := range []bool{false, true} {
		descriptor, tables := pvd, sectorPathL
		if joliet {
			descriptor, tables = svd, sectorJolietL
		}
		root, _ := record(b[descriptor+156:]).extent()
		putBoth32(b[descriptor+156+10:], SectorSize)
		at := func(i int) int64 {
			if i >= 0 {
				return place[joliet][i]
			}
			return root
		}
		dirEntry := func(i int, id string, ucs2 bool) recordFields {
			return recordFields{extent: at(i), size: SectorSize, flags: flagDirectory, id: id, ucs2: ucs2}
		}
		for i := -1; i < len(dirs); i++ {
			up := -1
			if i >= 0 {
				up = dirs[i].parent
			}
			s := appendRecord(nil, dirEntry(i, "\x00", false), testTime)
			s = appendRecord(s, dirEntry(up, "\x01", false), testTime)
			for k, d := range dirs {
				if d.parent == i {
					s = appendRecord(s, dirEntry(k, d.name, joliet), testTime)
				}
			}
			if i == -1 {
				id := "FILE.XM6;1"
				if joliet {
					id = "FILE.XM6"
				}
				s = appendRecord(s, recordFields{extent: file, size: 100, id: id, ucs2: joliet}, testTime)
			}
			clear(b[at(i)*SectorSize:][:SectorSize])
			copy(b[at(i)*SectorSize:], s)
		}
		for k, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			p := testPathTable(order, at, dirs, joliet)
			copy(b[(tables+k)*SectorSize:], p)
			putBoth32(b[descriptor+132:], uint32(len(p)))
		}
	}
	return unmarked(b)
}

func testPathTable(order binary.AppendByteOrder, at func(int) int64, dirs []testDir, joliet bool) []byte {
	p := []byte{1, 0}
	p = order.AppendUint32(p, uint32(at(-1)))
	p = order.AppendUint16(p, 1)
	p = append(p, 0, 0)
	for i, d := range dirs {
		id := []byte(d.name)
		if joliet {
			id = make([]byte, 2*len(d.name))
			putPaddedUCS2(id, d.name)
		}
		p = append(p, byte(len(id)), 0)
		p = order.AppendUint32(p, uint32(at(i)))
		p = order.AppendUint16(p, uint16(d.parent+2))
		p = append(p, id...)
		if len(id)%2 == 1 {
			p = append(p, 0)
		}
	}
	return p
}

// twoDirs are the directories of most nested images.
var twoDirs = []testDir{{"AA", -1}, {"BB", -1}}

// chain is n directories, each in the one before.
func chain(n int) []testDir {
	var ds []testDir
	for i := range n {
		ds = append(ds, testDir{"D", i - 1})
	}
	return ds
}
