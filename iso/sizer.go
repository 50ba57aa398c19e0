package iso

import (
	"cmp"
	"slices"
)

// Sizer counts the sectors of an image while files are added, to split files
// over discs. As long as files are added in name order, its Sectors are exactly
// those of the Layout that Plan makes of the same files. After a file out of order
// they are an upper bound, at most some 3 % of the directories too high; Exact
// says which. A Sizer does not check names and sizes, as Plan does.
//
// A Sizer is a small value. To find out whether a file still fits, add it to a
// copy.
type Sizer struct {
	fixed     []File // not yet placed, in name order; never written to
	last      string
	unordered bool
	root, jol directoryPacker
	bytes     [2]int64 // total length of the records, primary and Joliet
	longest   [2]int
	data      int64
	begun     bool
}

// NewSizer returns a Sizer of an image that holds the fixed files, those on every
// disc of a set, in any order. They do not disturb the order of the files added.
// The zero Sizer has no fixed files.
func NewSizer(fixed ...File) *Sizer {
	s := &Sizer{fixed: slices.Clone(fixed)}
	slices.SortFunc(s.fixed, func(a, b File) int { return cmp.Compare(a.Name, b.Name) })
	return s
}

// Add counts a file. It takes constant time and no memory.
func (s *Sizer) Add(f File) {
	for len(s.fixed) > 0 && s.fixed[0].Name <= f.Name {
		s.addInOrder(s.fixed[0])
		s.fixed = s.fixed[1:]
	}
	s.addInOrder(f)
}

func (s *Sizer) addInOrder(f File) {
	s.begin()
	if f.Name < s.last {
		s.unordered = true
	}
	s.last = f.Name
	p, j := recordLength(f.Name), jolietLength(f.Name)
	s.root.add(p)
	s.jol.add(j)
	s.bytes[0] += int64(p)
	s.bytes[1] += int64(j)
	s.longest[0] = max(s.longest[0], p)
	s.longest[1] = max(s.longest[1], j)
	s.data += sectorsOf(f.Size)
}

func (s *Sizer) begin() {
	if s.begun {
		return
	}
	s.begun = true
	s.root, s.jol = newDirectoryPacker(), newDirectoryPacker()
	s.bytes = [2]int64{2 * minRecord, 2 * minRecord}
	s.longest = [2]int{minRecord, minRecord}
}

// Exact reports whether Sectors is exact, since the files came in name order.
func (s *Sizer) Exact() bool { return !s.unordered }

// Sectors returns the number of sectors of an image of the fixed files and those
// added so far, including its padding.
func (s *Sizer) Sectors() int64 {
	t := *s
	t.begin()
	for _, f := range t.fixed {
		t.addInOrder(f)
	}
	dirs := t.root.sectors() + t.jol.sectors()
	if t.unordered {
		dirs = bound(t.bytes[0], t.longest[0]) + bound(t.bytes[1], t.longest[1])
	}
	return sectorRoot + dirs + t.data + padSectors
}

// bound returns the largest number of sectors that records with a total length of
// bytes fill in any order. Lengths are even, so a sector into which a record did
// not fit has at most longest-2 bytes left, and the last sector holds a record.
func bound(bytes int64, longest int) int64 {
	return 1 + (bytes-minRecord)/int64(SectorSize-longest+2)
}
