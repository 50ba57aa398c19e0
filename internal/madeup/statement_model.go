package madeup

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Statement is a made-up statement whose numbers agree with one another as the
// manual's chapter J demands.
type Statement struct {
	// Kind is the root element's name in the form since 2010: "Rozvaha".
	Kind string
	Date time.Time
	// IC is the unit's, UnitIC unless it is changed.
	IC string

	form *statementForm
	rows []*statementRow
}

// statementForm is how a kind of statement is written.
type statementForm struct {
	root2009 string // the root element in the form of 2009
	columns  map[string][]string
	direct   bool // in the form of 2009 the values stand directly in their part
}

type statementRow struct {
	section, position string
	cents             []int64
}

// Cell is one number of a Statement. Columns are counted from 1, as the manual does.
type Cell struct {
	Section, Position string
	Column            int
	Cents             int64
}

// Edit changes one number of a statement by so many hundredths.
type Edit struct {
	Kind, Position string
	Column         int
	Add            int64
}

// Statements makes up one statement of each kind that chapter J has rules for, of
// one unit and date: VykazZiskuAztrat, Rozvaha, PenezniToky, ZmenyVlastnihoKapitalu
// and FondPrivatizace. All rules hold in them and between them.
func Statements(seed uint64, date time.Time) []*Statement {
	m := newMaker(seed, date)
	income := m.income()
	balance := m.balance(income)
	return []*Statement{income, balance, m.cashFlow(), m.equity(income, balance), m.fund()}
}

// Clone copies a statement, so that it can be edited.
func (s *Statement) Clone() *Statement {
	c := *s
	c.rows = nil
	for _, r := range s.rows {
		c.rows = append(c.rows, &statementRow{r.section, r.position, slices.Clone(r.cents)})
	}
	return &c
}

// Cells lists the numbers in the order of the rows.
func (s *Statement) Cells() []Cell {
	var all []Cell
	for _, r := range s.rows {
		for i, c := range r.cents {
			all = append(all, Cell{r.section, r.position, i + 1, c})
		}
	}
	return all
}

// Apply makes those of the edits that are of this kind of statement. It panics
// where one names a position that is not there.
func (s *Statement) Apply(edits ...Edit) {
	for _, e := range edits {
		if e.Kind == s.Kind {
			s.row(e.Position).cents[e.Column-1] += e.Add
		}
	}
}

// Remove takes a position out.
func (s *Statement) Remove(position string) {
	s.rows = slices.DeleteFunc(s.rows, func(r *statementRow) bool { return r.position == position })
}

func (s *Statement) row(position string) *statementRow {
	for _, r := range s.rows {
		if r.position == position {
			return r
		}
	}
	panic("no position " + position + " in " + s.Kind)
}

func (s *Statement) add(section string, positions ...string) {
	for _, p := range positions {
		s.rows = append(s.rows, &statementRow{section, p, make([]int64, len(s.form.columns[section]))})
	}
}

// family adds a position and its subpositions, numbered from 1.
func (s *Statement) family(section, parent string, n int) {
	s.add(section, parent)
	for i := range n {
		s.add(section, fmt.Sprintf("%s.%d", parent, i+1))
	}
}

// children are the rows directly under a position.
func (s *Statement) children(parent string) []*statementRow {
	var all []*statementRow
	for _, r := range s.rows {
		if rest, ok := strings.CutPrefix(r.position, parent+"."); ok && !strings.Contains(rest, ".") {
			all = append(all, r)
		}
	}
	return all
}

// total sets a position to the sum of others, in all its columns.
func (s *Statement) total(position string, parts ...string) {
	sum := s.row(position)
	for i := range sum.cents {
		sum.cents[i] = 0
		for _, p := range parts {
			sum.cents[i] += s.row(p).cents[i]
		}
	}
}

// totalOfChildren sets positions to the sums of their subpositions.
func (s *Statement) totalOfChildren(positions ...string) {
	for _, p := range positions {
		var parts []string
		for _, c := range s.children(p) {
			parts = append(parts, c.position)
		}
		s.total(p, parts...)
	}
}

// sections are the parts in their order.
func (s *Statement) sections() []string {
	var all []string
	for _, r := range s.rows {
		if !slices.Contains(all, r.section) {
			all = append(all, r.section)
		}
	}
	return all
}

// Write writes the statement in the form since 2010: rows with their position as
// text (FACTS 4).
func (s *Statement) Write(w io.Writer) {
	declaration(w, "UTF-8")
	s.write(w)
}

// write is Write without the declaration, as the statement stands in an envelope.
func (s *Statement) write(w io.Writer) {
	s.begin(w, s.Kind)
	for _, section := range s.sections() {
		fmt.Fprintf(w, "  <%s>\n", section)
		for _, r := range s.rows {
			if r.section != section {
				continue
			}
			fmt.Fprintf(w, "    <Radek>\n      <PolozkaCislo>%s</PolozkaCislo>\n", printed(r.position))
			for i, c := range r.cents {
				name := s.form.columns[section][i]
				fmt.Fprintf(w, "      <%s>%s</%s>\n", name, amount(c), name)
			}
			fmt.Fprint(w, "    </Radek>\n")
		}
		fmt.Fprintf(w, "  </%s>\n", section)
	}
	fmt.Fprintf(w, "</%s>\n", s.Kind)
}

// printed is a position as the records print it: A.I.1. with a point at its end,
// and totals in words.
func printed(position string) string {
	if len(position) > 1 && !strings.Contains(position, ".") {
		return position + " CELKEM"
	}
	return position + "."
}

// WriteOf2009 writes the statement in the form of 2009: an element for each
// position, inside one for its column (manual ch. A). element gives the names of
// the elements, most of which nobody published; positions without one are left out.
func (s *Statement) WriteOf2009(w io.Writer, element func(position string) string) {
	declaration(w, "UTF-8")
	s.begin(w, s.form.root2009)
	for _, section := range s.sections() {
		fmt.Fprintf(w, "  <%s>\n", section)
		for i, column := range s.form.columns[section] {
			if !s.form.direct {
				fmt.Fprintf(w, "    <%s>\n", column)
			}
			for _, r := range s.rows {
				if name := element(r.position); r.section == section && name != "" {
					fmt.Fprintf(w, "      <stm:%s>%s</stm:%s>\n", name, amount(r.cents[i]), name)
				}
			}
			if !s.form.direct {
				fmt.Fprintf(w, "    </%s>\n", column)
			}
		}
		fmt.Fprintf(w, "  </%s>\n", section)
	}
	fmt.Fprintf(w, "</%s>\n", s.form.root2009)
}

func (s *Statement) begin(w io.Writer, root string) {
	fmt.Fprintf(w, "<%s xmlns=\"%s%s:v1\"%s>\n", root, isvs, root, shared)
	headerOf(w, s.IC, s.Date)
}
