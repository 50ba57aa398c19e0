package iso

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// span says what a range of sectors is used for.
type span struct {
	from, to uint32 // sectors, to is exclusive
	file     int32  // index in the primary tree, or -1
	what     int8   // index in spanNames if file is -1
}

var spanNames = [...]string{"the volume descriptors", "a path table", "a directory"}

// checkExtents checks the extents of the files of the primary tree (ECMA-119 6.4).
func (l *linter) checkExtents() error {
	if l.primary == nil {
		return nil
	}
	files := l.primary.files
	spans := make([]span, 0, len(files)+16)
	spans = append(spans, span{0, uint32(l.afterDescriptors), -1, 0})
	for _, v := range []*volume{l.primary, l.joliet} {
		if v != nil {
			spans = l.metaSpans(spans, v)
		}
	}
	for i, f := range files {
		from, sectors := int64(f.extent), sectorsOf(int64(f.size))
		if from+sectors > l.space || sectors > 0 && from < l.afterDescriptors {
			l.report(ruleFileExtent, int64(f.record), f.path, "", "", "its %d bytes at sector %d are outside the volume", f.size, f.extent)
			continue
		}
		if sectors > 0 {
			spans = append(spans, span{f.extent, uint32(from + sectors), int32(i), 0})
		}
	}
	slices.SortFunc(spans, func(a, b span) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to), cmp.Compare(a.file, b.file))
	})
	reach := 0 // index of the span that reaches furthest
	for i := 1; i < len(spans); i++ {
		a, b := spans[reach], spans[i]
		if b.from < a.to {
			l.reportOverlap(a, b)
		}
		if b.to > a.to {
			reach = i
		}
	}
	return l.checkFilePadding(spans)
}

// metaSpans appends the directories and path tables of a tree that lie inside
// the volume.
func (l *linter) metaSpans(spans []span, v *volume) []span {
	for _, d := range v.dirs {
		if to := d.extent + d.sectors(); d.extent >= l.afterDescriptors && to <= l.space {
			spans = append(spans, span{uint32(d.extent), uint32(to), -1, 2})
		}
	}
	size, _ := get32(v.b[132:])
	for _, p := range v.pathTablePlaces() {
		if to := p.sector + sectorsOf(size); p.sector >= l.afterDescriptors && to <= l.space {
			spans = append(spans, span{uint32(p.sector), uint32(to), -1, 1})
		}
	}
	return spans
}

func (l *linter) reportOverlap(a, b span) {
	if a.file < 0 && b.file < 0 {
		if a.what == 2 && b.what == 2 {
			return // directory-loop, or the trees share a directory
		}
		l.report(ruleOverlap, int64(b.from), "", "", "", "%s and %s overlap", spanNames[a.what], spanNames[b.what])
		return
	}
	if a.file < 0 {
		a, b = b, a
	}
	name := l.primary.files[a.file].path
	other := spanNames[b.what]
	if b.file >= 0 {
		other = fmt.Sprintf("%q", l.primary.files[b.file].path)
		if a.from == b.from && l.primary.files[a.file].size == l.primary.files[b.file].size {
			l.report(ruleShared, int64(a.from), name, "", "", "the file and %s are one place", other)
			return
		}
	}
	l.report(ruleOverlap, int64(max(a.from, b.from)), name, "", "", "the file and %s overlap", other)
}

// checkFilePadding checks the rest of the last sector of every file, in the order
// of the sectors.
func (l *linter) checkFilePadding(spans []span) error {
	b := make([]byte, SectorSize)
	for i, s := range spans {
		if s.file < 0 || i > 0 && spans[i-1].file >= 0 && spans[i-1].to == s.to {
			continue
		}
		f := l.primary.files[s.file]
		used := f.size % SectorSize
		if used == 0 {
			continue
		}
		if _, err := l.read(b, int64(s.to)-1); err != nil {
			return err
		}
		if !isZero(b[used:]) {
			l.report(ruleFilePadding, int64(s.to)-1, f.path, "", "", "the sector is not zero after the file's last byte")
		}
	}
	return nil
}

// compareTrees compares the Joliet tree with the primary one, file by file.
func (l *linter) compareTrees() error {
	if l.primary == nil || l.joliet == nil || !l.primary.readable || !l.joliet.readable {
		return nil
	}
	a, b := l.primary.files, l.joliet.files
	ia, ib := byName(a), byName(b)
	var restA, restB []int32
	for len(ia) > 0 || len(ib) > 0 {
		switch c := compareHeads(a, b, ia, ib); {
		case c < 0:
			restA, ia = append(restA, ia[0]), ia[1:]
		case c > 0:
			restB, ib = append(restB, ib[0]), ib[1:]
		default:
			l.comparePair(a[ia[0]], b[ib[0]])
			ia, ib = ia[1:], ib[1:]
		}
	}
	l.reportUnpaired(restA, restB)
	return nil
}

// compareHeads orders the first file of ia before or after the first of ib by
// their names; an index without a file comes last.
func compareHeads(a, b []fileNode, ia, ib []int32) int {
	switch {
	case len(ib) == 0:
		return -1
	case len(ia) == 0:
		return 1
	}
	return strings.Compare(strings.ToUpper(a[ia[0]].path), strings.ToUpper(b[ib[0]].path))
}

// byName returns the indexes of files in the order of their upper-case names.
func byName(files []fileNode) []int32 {
	index := make([]int32, len(files))
	for i := range index {
		index[i] = int32(i)
	}
	sortBy(files, index, func(a, b fileNode) int {
		return strings.Compare(strings.ToUpper(a.path), strings.ToUpper(b.path))
	})
	return index
}

func sortBy(files []fileNode, index []int32, order func(a, b fileNode) int) {
	slices.SortStableFunc(index, func(i, j int32) int { return order(files[i], files[j]) })
}

// comparePair compares the two records of one name.
func (l *linter) comparePair(p, j fileNode) {
	if p.size != j.size || p.size > 0 && p.extent != j.extent {
		l.report(ruleJolietFile, int64(j.record), p.path, fmt.Sprintf("sector %d, %d bytes", p.extent, p.size),
			fmt.Sprintf("sector %d, %d bytes", j.extent, j.size), "the Joliet record differs from the primary one in sector %d", p.record)
	}
	if p.date != j.date {
		l.report(ruleJolietDate, int64(j.record), p.path, fmt.Sprintf("% x", p.date), fmt.Sprintf("% x", j.date),
			"the Joliet record's date differs from that of the primary one in sector %d", p.record)
	}
}

// reportUnpaired reports the files whose name is in only one tree. The other tree
// has them under another name or not at all.
func (l *linter) reportUnpaired(ia, ib []int32) {
	a, b := l.primary.files, l.joliet.files
	bySize := func(x, y fileNode) int {
		return cmp.Or(cmp.Compare(x.size, y.size), cmp.Compare(x.extent, y.extent))
	}
	sortBy(a, ia, bySize)
	sortBy(b, ib, bySize)
	for len(ia) > 0 || len(ib) > 0 {
		c := 0
		switch {
		case len(ib) == 0:
			c = -1
		case len(ia) == 0:
			c = 1
		default:
			c = bySize(a[ia[0]], b[ib[0]])
			if a[ia[0]].size == 0 && b[ib[0]].size == 0 {
				c = 0
			}
		}
		switch {
		case c < 0:
			l.report(ruleJolietFile, int64(a[ia[0]].record), a[ia[0]].path, "", "", "the file is not in the Joliet tree")
			ia = ia[1:]
		case c > 0:
			l.report(ruleJolietFile, int64(b[ib[0]].record), b[ib[0]].path, "", "", "the file is in the Joliet tree only")
			ib = ib[1:]
		default:
			l.report(ruleJolietName, int64(b[ib[0]].record), a[ia[0]].path, a[ia[0]].path, b[ib[0]].path, "the name in the Joliet tree is another")
			l.comparePair(a[ia[0]], b[ib[0]])
			ia, ib = ia[1:], ib[1:]
		}
	}
}
