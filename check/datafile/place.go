package datafile

import (
	"strings"

	"csuis-offline/internal/tomlfile"
)

// Place is the place of a setting: a section, of several sections of one name
// ([[term]]) the N-th from 0, and a key. With N below 0 the section is the only
// one; without a key the place is the section itself.
type Place struct {
	Table string
	N     int
	Key   string
}

// At is the place of a key in a section. Table has points between the names of
// nested sections.
func At(table string, n int, key string) Place { return Place{table, n, key} }

// String is the section and the key with a point between them.
func (p Place) String() string {
	if p.Table == "" || p.Key == "" {
		return p.Table + p.Key
	}
	return p.Table + "." + p.Key
}

// line is the line of a place, or of the closest section around it that is
// there. For a list it is that of the value found.
func (f *File) line(at Place, found string) int {
	n := f.doc.Root
	for name := range strings.SplitSeq(at.Table, ".") {
		next := n.Get(name)
		if next == nil {
			break
		}
		n = next
	}
	if many := n.Kind == tomlfile.Sections || n.Kind == tomlfile.List; many && at.N >= 0 && at.N < len(n.Items) {
		n = n.Items[at.N]
	}
	if v := n.Get(at.Key); v != nil {
		n = v
		for _, item := range v.Items {
			if found != "" && item.Text == found {
				n = item
				break
			}
		}
	}
	return f.doc.Line(n)
}
