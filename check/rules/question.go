package rules

import "slices"

// question is one comparison: a rule in one column, one row, or once for all.
type question struct {
	judge *judge
	row   *row

	// The first number that was asked for, which is the judged one.
	begun            bool
	position, column string
	line             int

	why     string   // the first reason why it cannot be answered
	missing []string // the positions that the reason is about
	gaps    []string // what sums "1 až n" leave out
	counted bool     // some number was found
}

// begin notes the judged number.
func (q *question) begin(st *Statement, r *row, section, column int, position string) {
	if q.begun {
		return
	}
	q.begun, q.position, q.line = true, position, st.Line
	if column >= 0 {
		q.column = st.layout.sections[section].columns[column].name
	}
	if r != nil {
		q.line = r.line
		if column >= 0 && column < len(r.cells) && r.cells[column].line != 0 {
			q.line = r.cells[column].line
		}
	}
}

func (q *question) problem(why string, position string) {
	if q.why == "" {
		q.why = why
	}
	q.missing = addName(q.missing, position)
}

func addName(names []string, name string) []string {
	if name == "" || len(names) >= maxMissing || slices.Contains(names, name) {
		return names
	}
	return append(names, name)
}

// value is the value of a node; a missing number counts as nothing.
func (q *question) value(n *node, column string) decimal {
	if n.column != "" && n.op != opColumn {
		column = n.column
	}
	switch n.op {
	case opNumber:
		return n.number
	case opUnknown:
		q.problem(NotSpecified, "")
	case opSum:
		var sum decimal
		for i, a := range n.args {
			v := q.value(a, column)
			if n.minus[i] {
				v = v.negated()
			}
			sum = sum.plus(v)
		}
		return sum
	case opOr:
		return q.either(n, column)
	case opColumn, opCurrent:
		if n.op == opColumn {
			column = n.column
		}
		return q.cell(q.judge.sts[0], q.row, q.row.section, q.row.position, column)
	case opValue:
		return q.at(n, n.position, column)
	case opRange:
		if n.to < 0 {
			return q.members(n, column)
		}
		var sum decimal
		for i := n.from; i <= n.to; i++ {
			sum = sum.plus(q.at(n, n.parent+"."+numbered(i, n.roman), column))
		}
		return sum
	}
	return decimal{}
}

// either is the first of two values that is there.
func (q *question) either(n *node, column string) decimal {
	first := question{judge: q.judge, row: q.row}
	v := first.value(n.args[0], column)
	switch first.why {
	case MissingPosition, MissingValue, MissingColumn:
		return q.value(n.args[1], column)
	}
	if !q.begun {
		q.begun, q.position, q.column, q.line = first.begun, first.position, first.column, first.line
	}
	if q.why == "" {
		q.why = first.why
	}
	for _, m := range first.missing {
		q.missing = addName(q.missing, m)
	}
	for _, g := range first.gaps {
		q.gaps = addName(q.gaps, g)
	}
	q.counted = q.counted || first.counted
	return v
}

// at is the number in a position.
func (q *question) at(n *node, position, column string) decimal {
	st := q.judge.sts[n.operand]
	r := st.index[position]
	section := 0
	if r != nil {
		section = r.section
	} else {
		section = max(0, st.layout.sectionOf(position))
	}
	return q.cell(st, r, section, position, column)
}

// cell is the number in a row; r is nil, or has no cells, if it is missing.
func (q *question) cell(st *Statement, r *row, section int, position, column string) decimal {
	if len(st.layout.sections) == 0 {
		q.problem(MissingPosition, position)
		return decimal{}
	}
	i := st.layout.sections[section].column(column)
	q.begin(st, r, section, i, position)
	switch {
	case r == nil || r.cells == nil:
		why := MissingPosition
		if st.unmapped[section] {
			why = UnmappedElement
		}
		q.problem(why, position)
		return decimal{}
	case r.doubled:
		q.problem(DoubledPosition, position)
		return decimal{}
	case i < 0:
		q.problem(MissingColumn, position)
		return decimal{}
	}
	return q.take(st, r, i, position)
}

// take is the number in a cell.
func (q *question) take(st *Statement, r *row, column int, position string) decimal {
	switch c := &r.cells[column]; {
	case c.state == filledIn:
		q.counted = true
		return c.value
	case c.state == malformed:
		q.problem(NotANumber, position)
	case c.state == doubled:
		q.problem(DoubledPosition, position)
	case st.filled[r.section][column]:
		q.problem(MissingValue, position)
	default:
		q.problem(MissingColumn, position)
	}
	return decimal{}
}

// members is the sum of all subpositions that are there, from the first on.
func (q *question) members(n *node, column string) decimal {
	st := q.judge.sts[n.operand]
	var sum decimal
	section := max(0, st.layout.sectionOf(n.position))
	if len(st.layout.sections) > 0 && st.unmapped[section] {
		// Any of them could be a subposition.
		q.begin(st, nil, section, st.layout.sections[section].column(column), n.position)
		q.problem(UnmappedElement, n.parent)
		return sum
	}
	next, found := n.from, false
	for _, c := range q.judge.families.of(st, n.parent, n.roman) {
		if c.n < n.from {
			continue
		}
		for ; next < c.n && len(q.gaps) < maxMissing; next++ {
			q.gaps = addName(q.gaps, n.parent+"."+numbered(next, n.roman))
		}
		next = c.n + 1
		i := st.layout.sections[c.row.section].column(column)
		if i >= 0 && !c.row.doubled && c.row.cells[i].state == absent {
			q.gaps = addName(q.gaps, c.row.position)
			continue
		}
		found = true
		sum = sum.plus(q.cell(st, c.row, c.row.section, c.row.position, column))
	}
	if !found {
		q.at(n, n.position, column) // says what is missing
	}
	return sum
}
