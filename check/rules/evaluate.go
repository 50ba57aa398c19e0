package rules

import (
	"slices"
	"strings"

	"csuis-offline/finding"
)

// Evaluate applies all rules of a Set: within each statement, and across those
// that share unit and date.
func Evaluate(set *Set, statements []*Statement) []Result {
	var all []Result
	for _, st := range statements {
		all = append(all, set.Within(st)...)
	}
	return append(all, set.Across(statements)...)
}

// Within applies the rules about one statement alone, in their order. A nil
// statement has no results.
func (s *Set) Within(st *Statement) []Result {
	if st == nil {
		return nil
	}
	var all []Result
	f := families{}
	for _, r := range s.rules {
		if !r.across && r.operands[0].kind == st.Kind {
			j := judge{rule: r, sts: []*Statement{st}, families: f}
			all = append(all, j.results()...)
		}
	}
	return all
}

// families are the children of the parents that were asked for, of one statement
// or of several.
type families map[family][]child

type family struct {
	st     *Statement
	parent string
	roman  bool
}

func (f families) of(st *Statement, parent string, roman bool) []child {
	k := family{st, parent, roman}
	c, ok := f[k]
	if !ok {
		c = st.children(parent, roman)
		f[k] = c
	}
	return c
}

// judge applies one rule to the statements of its operands.
type judge struct {
	rule     *rule
	sts      []*Statement
	families families

	failed  []Result
	notRun  []Result
	several []bool   // of each notRun: it stands for more than one comparison
	passed  []string // columns
	asked   int
}

// base is a result with what all results of the rule have. It is of the statement
// that the left side begins with.
func (j *judge) base(status Status) Result {
	r := Result{Rule: j.rule.id, Status: status, Text: j.rule.text, Letters: j.rule.letters()}
	main := 0
	if j.rule.left != nil {
		found := false
		j.rule.left.each(func(n *node) {
			if !found && (n.op == opValue || n.op == opRange) {
				main, found = n.operand, true
			}
		})
	}
	if j.sts[main] == nil {
		main = slices.IndexFunc(j.sts, func(st *Statement) bool { return st != nil })
	}
	for i, st := range j.sts {
		switch {
		case i == main:
			r.Statement, r.File, r.Record, r.Line = st.Kind, st.File, st.Record, st.Line
		case st != nil:
			r.Others = append(r.Others, st.File)
		}
	}
	return r
}

func (j *judge) because(why string, missing ...string) []Result {
	r := j.base(NotRun)
	r.Why, r.Missing = why, missing
	return []Result{r}
}

func (j *judge) results() []Result {
	r := j.rule
	if r.empty {
		return []Result{j.base(Empty)}
	}
	for _, st := range j.sts {
		if st.incomplete {
			return j.because(TooLarge)
		}
	}
	if r.when.set() {
		date := j.sts[0].Date
		if date == "" {
			return j.because(NoDate)
		}
		if !r.when.holds(date) {
			return []Result{j.base(NotDue)}
		}
	}
	columns := r.columns
	if columns == nil {
		columns = []string{""}
	}
	rows, perRow := j.rows()
	for _, row := range rows {
		for _, c := range columns {
			j.ask(row, c)
		}
	}
	if j.asked == 0 {
		return j.because(MissingPosition, j.rule.rows...)
	}
	return j.gathered(perRow)
}

// rows are those to which the rule applies; one nil for a rule without rows.
func (j *judge) rows() (rows []*row, perRow bool) {
	st := j.sts[0]
	if j.rule.every {
		for _, r := range st.rows {
			in := j.rule.part == "" || st.layout.sections[r.section].name == j.rule.part
			// A heading has no numbers to judge.
			if in && slices.ContainsFunc(r.cells, func(c cell) bool { return c.state != absent }) {
				rows = append(rows, r)
			}
		}
		return rows, true
	}
	if j.rule.rows == nil {
		return []*row{nil}, false
	}
	for _, p := range j.rule.rows {
		r := st.index[p]
		if r == nil {
			// The row is missing, so a row without cells takes its place, for which every
			// question fails.
			i := max(0, st.layout.sectionOf(p))
			r = &row{position: p, key: p, section: i, line: st.Line}
		}
		rows = append(rows, r)
	}
	return rows, true
}

// ask makes one comparison.
func (j *judge) ask(row *row, column string) {
	j.asked++
	q := question{judge: j, row: row}
	left := q.value(j.rule.left, column)
	right := q.value(j.rule.right, column)
	difference := left.minus(right)
	var allowed decimal
	if t := j.rule.tolerance; t != nil {
		allowed = *t
		if j.rule.percent {
			allowed = right.absolute().percent(*t)
		}
	}
	if q.why == "" && holds(j.rule.relation, difference, allowed) {
		j.passed = append(j.passed, q.column)
		return
	}
	r := j.base(Failed)
	r.Position, r.Column = q.position, q.column
	if q.line != 0 {
		r.Line = q.line
	}
	if q.counted || q.why == "" {
		r.Left, r.Right, r.Difference, r.Allowed = left.String(), right.String(), difference.String(), allowed.String()
	}
	if q.why == "" {
		r.Missing = q.gaps
		j.failed = append(j.failed, r)
		return
	}
	r.Status, r.Why, r.Missing = NotRun, q.why, q.missing
	j.unasked(r)
}

// unasked joins a NotRun result to that of the same reason.
func (j *judge) unasked(r Result) {
	i := slices.IndexFunc(j.notRun, func(o Result) bool { return o.Why == r.Why })
	if i < 0 {
		j.notRun, j.several = append(j.notRun, r), append(j.several, false)
		return
	}
	o := &j.notRun[i]
	j.several[i] = true
	o.Left, o.Right, o.Difference, o.Allowed = "", "", "", ""
	if !slices.Contains(strings.Split(o.Column, ", "), r.Column) {
		o.Column += ", " + r.Column
	}
	for _, m := range r.Missing {
		if len(o.Missing) < maxMissing && !slices.Contains(o.Missing, m) {
			o.Missing = append(o.Missing, m)
		}
	}
}

func (j *judge) gathered(perRow bool) []Result {
	all := j.failed
	all = append(all, j.notRun...)
	if len(j.notRun) == 1 && j.several[0] && len(j.failed) == 0 && len(j.passed) == 0 {
		all[0].Column = ""
	}
	switch {
	case len(all) == 0:
		all = append(all, j.base(Passed))
	case len(j.failed) == 0 && len(j.passed) > 0 && !perRow:
		r := j.base(Passed)
		r.Column = strings.Join(j.passed, ", ")
		all = append(all, r)
	}
	return all
}

func holds(relation string, difference, allowed decimal) bool {
	switch relation {
	case "=":
		return difference.absolute().compare(allowed) <= 0
	case ">=":
		return difference.plus(allowed).sign() >= 0
	case "<=":
		return difference.compare(allowed) <= 0
	case ">":
		return difference.plus(allowed).sign() > 0
	}
	return difference.compare(allowed) < 0
}

// holds reports whether the condition holds on a date, YYYY-MM-DD.
func (w when) holds(date string) bool {
	year, month, day := atoi(date[:4]), atoi(date[5:7]), atoi(date[8:])
	on := finding.Day(year*10000 + month*100 + day)
	if on < w.from || w.to != 0 && on > w.to {
		return false
	}
	return w.day == 0 || day == w.day && month == w.month && (w.year == 0 || year == w.year)
}
