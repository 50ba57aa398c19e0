package verify

import (
	"os"
	"slices"
	"strings"
)

// Bounds of the search for records one folder down: how many folders are looked
// into, how many names of each, and how many folders are named.
const (
	maxInside      = 1_000
	maxInsideNames = 10_000
	maxInsideShown = 10
)

// holdsRecords reports whether a record, or a part of one, lies in the set itself.
func (s *fileSet) holdsRecords() bool {
	return slices.ContainsFunc(s.files, func(f setFile) bool { return !nested(f.name) && s.isRecord(&f) })
}

// isRecord reports whether the last part of a file's name is that of a record.
func (s *fileSet) isRecord(f *setFile) bool {
	_, ext := splitName(f.name)
	return isRecordExt(ext) && !s.isLitter(f, nil)
}

// recordsIn names the folders of a set without records in which records lie.
func recordsIn(root *os.Root, s *fileSet) []string {
	if s.holdsRecords() {
		return nil
	}
	var names []string
	looked := 0
	for i := range s.files {
		f := &s.files[i]
		if f.kind != kindFolder || s.isLitter(f, nil) {
			continue
		}
		if looked++; looked > maxInside || len(names) == maxInsideShown {
			break
		}
		if folderHoldsRecords(root, f.name) {
			names = append(names, shown(f.name))
		}
	}
	return names
}

func folderHoldsRecords(root *os.Root, name string) bool {
	dir, err := root.Open(name)
	if err != nil {
		return false // it is no reason to judge less
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(maxInsideNames)
	below := &fileSet{}
	return slices.ContainsFunc(names, func(n string) bool { return below.isRecord(&setFile{name: n}) })
}

// recordsBelow names the folders of an image in which records lie, if none lies in
// its root.
func (s *fileSet) recordsBelow() []string {
	if s.holdsRecords() {
		return nil
	}
	var names []string
	for i := range s.files {
		f := &s.files[i]
		if !nested(f.name) || !s.isRecord(f) {
			continue
		}
		folder := shown(f.name[:strings.LastIndexByte(f.name, '/')])
		if !slices.Contains(names, folder) && len(names) < maxInsideShown {
			names = append(names, folder)
		}
	}
	return names
}
