package rules

import (
	"embed"
	"fmt"
	"io"
	"maps"
	"slices"
)

//go:embed builtin
var builtin embed.FS

// Set is a set of rules, with the map of the statements that they are about. A
// Set that is no longer added to may be used by several goroutines.
type Set struct {
	layouts []*layout
	kinds   map[string]*layout
	roots   map[string]*layout
	rules   []*rule
	ids     map[string]*rule
}

func newSet() *Set {
	return &Set{kinds: map[string]*layout{}, roots: map[string]*layout{}, ids: map[string]*rule{}}
}

// Builtin returns the rules of the manual's chapter J. The Set is the caller's own.
func Builtin() *Set {
	s := statements()
	f, err := builtin.Open("builtin/chapter-j.rules")
	if err == nil {
		defer f.Close()
		err = s.parse("chapter-j.rules", f)
	}
	if err != nil {
		panic(fmt.Sprintf("rules: the built-in rules do not parse: %v", err))
	}
	for _, r := range s.rules {
		r.builtin = true
	}
	return s
}

// statements returns a Set with the map of statements and without rules.
func statements() *Set {
	s := newSet()
	f, err := builtin.Open("builtin/statements.rules")
	if err == nil {
		defer f.Close()
		err = s.parse("statements.rules", f)
	}
	if err != nil {
		panic(fmt.Sprintf("rules: the built-in map of statements does not parse: %v", err))
	}
	return s
}

// Parse reads a file of rules (doc/rules.md) that may use and extend the
// built-in map of statements. name appears in errors and in Rule.File. The
// errors are *ParseError, ErrTooLarge and r's own, wrapped.
func Parse(name string, r io.Reader) (*Set, error) {
	s := statements()
	if err := s.parse(name, r); err != nil {
		return nil, err
	}
	return s, nil
}

// Add adds the rules of another Set after those of s, or in place of those that
// they replace, and what it knows of statements. After an error, a
// *DuplicateError or *ReplaceError, s is as it was before.
func (s *Set) Add(other *Set) error {
	for _, r := range other.rules {
		switch there := s.ids[r.id] != nil; {
		case r.replaces && !there:
			return &ReplaceError{Rule: r.id}
		case there && !r.replaces:
			return duplicate("the rule %s", r.id)
		}
	}
	if err := s.compatible(other); err != nil {
		return err
	}
	for _, l := range other.layouts {
		mine := s.kind(l.kind)
		for _, o := range l.sections {
			i := mine.sectionNamed(o.name)
			if i < 0 {
				i = len(mine.sections)
				mine.sections = append(mine.sections, newSection(o.name))
			}
			mine.sections[i].merge(o)
		}
	}
	for root, l := range other.roots {
		s.roots[root] = s.kinds[l.kind]
	}
	for _, r := range other.rules {
		if r.replaces {
			s.rules[slices.Index(s.rules, s.ids[r.id])] = r
		} else {
			s.rules = append(s.rules, r)
		}
		s.ids[r.id] = r
	}
	return nil
}

// compatible returns an error if two sets contradict each other about a
// statement.
func (s *Set) compatible(other *Set) error {
	for root, l := range other.roots {
		if m := s.roots[root]; m != nil && m.kind != l.kind {
			return duplicate("the root element %s", root)
		}
	}
	for _, l := range other.layouts {
		m := s.kinds[l.kind]
		if m == nil {
			continue
		}
		for _, o := range l.sections {
			i := m.sectionNamed(o.name)
			for _, head := range o.heads {
				if j := m.headSection(head); j >= 0 && j != i {
					return duplicate("the position %s in %s", head, l.kind)
				}
			}
			if i < 0 {
				continue
			}
			if pattern, name := m.sections[i].conflict(o); pattern != "" {
				return duplicate(pattern, name, l.kind+", "+o.name)
			}
		}
	}
	return nil
}

// conflict is the pattern of a DuplicateError and the name that goes into it.
func (s *section) conflict(o *section) (pattern, name string) {
	for _, c := range o.columns {
		for _, mine := range s.columns {
			if (mine.number == c.number) != (mine.key == c.key) {
				return "the column %s in %s", c.number + " " + c.name
			}
		}
	}
	for name, i := range o.cells {
		if j, ok := s.cells[name]; ok && s.columns[j].key != o.columns[i].key {
			return "the column's element %s in %s", name
		}
	}
	if s.direct >= 0 && o.direct >= 0 && s.columns[s.direct].key != o.columns[o.direct].key {
		return "the column of direct values (%s) in %s", s.columns[s.direct].name
	}
	for name, p := range o.elements {
		if q, ok := s.elements[name]; ok && p != q {
			return "the element %s in %s", name
		}
	}
	for word, p := range o.words {
		if q, ok := s.words[word]; ok && p != q {
			return "the row %s in %s", word
		}
	}
	return "", ""
}

// merge takes over what conflict has found not to contradict.
func (s *section) merge(o *section) {
	for _, head := range o.heads {
		if !slices.Contains(s.heads, head) {
			s.heads = append(s.heads, head)
		}
	}
	for _, c := range o.columns {
		if s.column(c.key) < 0 {
			s.columns = append(s.columns, c)
		}
	}
	for name, i := range o.cells {
		s.cells[name] = s.column(o.columns[i].key)
	}
	if o.direct >= 0 {
		s.direct = s.column(o.columns[o.direct].key)
	}
	maps.Copy(s.elements, o.elements)
	maps.Copy(s.words, o.words)
}

// kind finds or makes the layout of a kind of statement.
func (s *Set) kind(name string) *layout {
	l := s.kinds[name]
	if l == nil {
		l = &layout{kind: name}
		s.kinds[name] = l
		s.layouts = append(s.layouts, l)
	}
	return l
}

// Rule describes a rule of a Set.
type Rule struct {
	// ID is the statement's kind and the rule's number: "Rozvaha 12". Rules
	// between statements are called "Mezivykazove 11".
	ID string
	// Kinds are the statements that it is about.
	Kinds []string
	// Letters are the names that a rule between statements uses for them, one for
	// each of Kinds.
	Letters []string
	// Text is the formula with its clauses, as the file has it; "" if Empty.
	Text string
	// Note is what the file remarks on it: "Pro OSS, SPO".
	Note string
	// Empty marks a row that has no content in the source.
	Empty bool
	// Unspecified marks a rule whose source does not say what to compare with. It
	// is never run.
	Unspecified bool
	// Holds says for statements of which date it holds.
	Holds Condition
	// Builtin marks the built-in rules.
	Builtin bool
	// File and Line are where it is defined.
	File string
	Line int
}

// Rules lists the rules in their order.
func (s *Set) Rules() []Rule {
	var all []Rule
	for _, r := range s.rules {
		all = append(all, r.describe())
	}
	return all
}
