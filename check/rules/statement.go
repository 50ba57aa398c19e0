package rules

import (
	"slices"
	"strings"
)

// Limits of what is kept of a record.
const (
	maxPositions  = 4096
	maxStatements = 8
	maxText       = 96 // bytes of a number, a position, a header field
)

// Statement is what the rules need of one statement: its numbers with their lines.
type Statement struct {
	// File and Record are the caller's: they go into the results as they are.
	File, Record string
	// Kind is the kind of statement in the map, "Rozvaha".
	Kind string
	// IC is SubjektICO as written; "" if missing, or if the header says two.
	IC string
	// Date is DatumVykaz as YYYY-MM-DD; "" if missing, not understood or two.
	Date string
	// Line is that of the statement's root element.
	Line int

	layout *layout
	rows   []*row
	index  map[string]*row
	// filled and unmapped say for each part which columns have a number, and
	// whether it has elements whose position is not known.
	filled     [][]bool
	unmapped   []bool
	incomplete bool
}

// row is one position with a cell for each column of its part.
type row struct {
	position string // or the name of an element, or words that replace a position
	key      string // under which it is found; differs from position if that is none
	section  int
	line     int
	doubled  bool
	cells    []cell
}

type cellState uint8

const (
	absent cellState = iota
	filledIn
	malformed
	doubled
)

type cell struct {
	value decimal
	line  int
	state cellState
}

func newStatement(l *layout, line int) *Statement {
	st := &Statement{Kind: l.kind, Line: line, layout: l, index: map[string]*row{}, unmapped: make([]bool, len(l.sections))}
	for _, s := range l.sections {
		st.filled = append(st.filled, make([]bool, len(s.columns)))
	}
	return st
}

// row finds or makes the row of a key; nil if there are too many.
func (st *Statement) row(key, position string, section, line int) *row {
	if r := st.index[key]; r != nil {
		return r
	}
	if len(st.rows) == maxPositions {
		st.incomplete = true
		return nil
	}
	r := &row{position: position, key: key, section: section, line: line, cells: make([]cell, len(st.layout.sections[section].columns))}
	st.rows = append(st.rows, r)
	st.index[key] = r
	return r
}

// set stores the text of a cell.
func (st *Statement) set(r *row, column int, text []byte, line int) {
	c := &r.cells[column]
	if c.state != absent {
		c.state = doubled
		return
	}
	c.line = line
	st.filled[r.section][column] = true
	if d, ok := parseDecimal(text); ok {
		c.value, c.state = d, filledIn
	} else {
		c.state = malformed
	}
}

// Value returns the number in a position ("A.I.1") and a column ("netto"), as a
// decimal with a point, and its line. ok is false if there is none, if it is no
// number, or if it is there twice.
func (st *Statement) Value(position, column string) (value string, line int, ok bool) {
	r := st.index[position]
	if r == nil || r.doubled {
		return "", 0, false
	}
	i := st.layout.sections[r.section].column(fold(column))
	if i < 0 || r.cells[i].state != filledIn {
		return "", 0, false
	}
	return r.cells[i].value.String(), r.cells[i].line, true
}

// Positions lists the positions in the order of the record, as rules name them.
// An element whose position is not known is listed by its name.
func (st *Statement) Positions() []string {
	var all []string
	for _, r := range st.rows {
		all = append(all, r.position)
	}
	return all
}

// children are the rows directly under a parent that are numbered in one way, in
// the order of their numbers.
func (st *Statement) children(parent string, roman bool) []child {
	var all []child
	for _, r := range st.rows {
		if !strings.HasPrefix(r.key, parent) || len(r.key) <= len(parent)+1 || r.key[len(parent)] != '.' {
			continue
		}
		if n, rom, ok := ordinal(r.key[len(parent)+1:]); ok && rom == roman {
			all = append(all, child{n, r})
		}
	}
	slices.SortFunc(all, func(a, b child) int { return a.n - b.n })
	return all
}

type child struct {
	n   int
	row *row
}
