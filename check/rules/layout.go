package rules

import "strings"

// namespaces is how the namespace of a statement begins (doc/facts.md 4,
// technical manual, chapter A).
const namespaces = "urn:cz:isvs:micr:schemas:"

// layout is what statements of one kind look like.
type layout struct {
	kind     string
	sections []*section
}

// section is a part of a statement whose rows have the same columns.
type section struct {
	name    string
	heads   []string // the first parts of its positions; none: all
	columns []column
	// cells maps the element of a column to its index. direct is the column of
	// values outside any column's element, -1 for none.
	cells  map[string]int
	direct int
	// elements maps an element of the form of 2009 to its position, words maps a
	// text that replaces a position to that position.
	elements, words map[string]string
}

type column struct {
	number string
	name   string
	key    string // the folded name, by which rules know it
}

func newSection(name string) *section {
	return &section{name: name, direct: -1, cells: map[string]int{}, elements: map[string]string{}, words: map[string]string{}}
}

// column finds a column by its folded name or its number; -1 if there is none.
func (s *section) column(spec string) int {
	for i, c := range s.columns {
		if c.number == spec || c.key == spec {
			return i
		}
	}
	return -1
}

func (s *section) columnNames() string {
	var names []string
	for _, c := range s.columns {
		names = append(names, c.name)
	}
	return strings.Join(names, ", ")
}

func (s *section) holds(position string) bool {
	if len(s.heads) == 0 {
		return true
	}
	head := headOf(position)
	for _, h := range s.heads {
		if h == head {
			return true
		}
	}
	return false
}

// sectionOf finds the section that holds a position; -1 if none does.
func (l *layout) sectionOf(position string) int {
	for i, s := range l.sections {
		if s.holds(position) {
			return i
		}
	}
	return -1
}

func (l *layout) sectionNamed(name string) int {
	for i, s := range l.sections {
		if s.name == name {
			return i
		}
	}
	return -1
}

func (l *layout) sectionNames() string {
	var names []string
	for _, s := range l.sections {
		names = append(names, s.name)
	}
	return strings.Join(names, ", ")
}

// fold removes capitals and Czech diacritics from the name of a keyword or a
// column, so that both can be typed on any keyboard.
func fold(s string) string { return folder.Replace(strings.ToLower(s)) }

var folder = strings.NewReplacer("á", "a", "č", "c", "ď", "d", "é", "e", "ě", "e", "í", "i", "ň", "n",
	"ó", "o", "ř", "r", "š", "s", "ť", "t", "ú", "u", "ů", "u", "ý", "y", "ž", "z")

// headSection finds the section that names the first part of a position; -1 if
// none does.
func (l *layout) headSection(head string) int {
	for i, s := range l.sections {
		for _, h := range s.heads {
			if h == head {
				return i
			}
		}
	}
	return -1
}
