package rules

import (
	"slices"
	"strings"
)

// Across applies the rules between statements, to those that share unit and
// date, in whatever form either is written. If only some of the statements that
// a rule compares are there, it is NotRun; if none is, it has no result. nil
// statements are passed over.
func (s *Set) Across(statements []*Statement) []Result {
	groups := map[meeting][]*Statement{}
	var order []meeting
	var all []Result
	for _, st := range statements {
		if st == nil {
			continue
		}
		k := st.meeting()
		if k.ic == "" || k.date == "" {
			all = append(all, s.homeless(st)...)
			continue
		}
		if groups[k] == nil {
			order = append(order, k)
		}
		groups[k] = append(groups[k], st)
	}
	for _, k := range order {
		f := families{}
		for _, r := range s.rules {
			if r.across {
				all = append(all, r.between(groups[k], f)...)
			}
		}
	}
	return all
}

func (st *Statement) meeting() meeting { return meeting{unit(st.IC), st.Date} }

// unit is the number of a unit without white space inside and with the zeros
// that make it eight digits (doc/facts.md 3): programs drop both, and no other
// unit can be meant. The schema reports that it is written wrongly.
func unit(ic string) string {
	const digits = 8
	ic = strings.Join(strings.Fields(ic), "")
	if ic == "" || len(ic) >= digits || strings.Trim(ic, "0123456789") != "" {
		return ic
	}
	return strings.Repeat("0", digits-len(ic)) + ic
}

// homeless are the results of a statement that does not say whose it is.
func (s *Set) homeless(st *Statement) []Result {
	var all []Result
	for _, r := range s.rules {
		if i := r.operandOf(st.Kind); r.across && i >= 0 {
			j := judge{rule: r, sts: make([]*Statement, len(r.operands))}
			j.sts[i] = st
			if r.empty {
				all = append(all, j.base(Empty))
			} else {
				all = append(all, j.because(NoUnitOrDate)...)
			}
		}
	}
	return all
}

func (r *rule) operandOf(kind string) int {
	return slices.IndexFunc(r.operands, func(o operand) bool { return o.kind == kind })
}

func (r *rule) between(group []*Statement, f families) []Result {
	j := judge{rule: r, sts: make([]*Statement, len(r.operands)), families: f}
	var twice, missing []string
	for _, st := range group {
		i := r.operandOf(st.Kind)
		switch {
		case i < 0:
		case j.sts[i] != nil:
			twice = addName(twice, st.Kind)
		default:
			j.sts[i] = st
		}
	}
	there := 0
	for i, st := range j.sts {
		if st != nil {
			there++
		} else {
			missing = append(missing, r.operands[i].kind)
		}
	}
	switch {
	case there == 0:
		return nil
	case r.empty:
		return []Result{j.base(Empty)}
	case missing != nil:
		return j.because(OtherStatement, missing...)
	case twice != nil:
		return j.because(TwoStatements, twice...)
	}
	return j.results()
}

// slim returns a copy of a statement with only what Across needs of it, nil if
// it needs nothing.
func (s *Set) slim(st *Statement) *Statement {
	if st == nil {
		return nil
	}
	named, parents, needed := map[string]bool{}, map[string]bool{}, false
	for _, r := range s.rules {
		if !r.across || r.operandOf(st.Kind) < 0 {
			continue
		}
		needed = true
		if r.empty {
			continue
		}
		note := func(n *node) {
			if (n.op != opValue && n.op != opRange) || r.operands[n.operand].kind != st.Kind {
				return
			}
			named[n.position] = true
			if n.op == opRange {
				parents[n.parent] = true
			}
		}
		r.left.each(note)
		r.right.each(note)
	}
	if !needed {
		return nil
	}
	slim := *st
	slim.rows, slim.index = nil, map[string]*row{}
	for _, r := range st.rows {
		if parent, _ := splitPosition(r.key); named[r.key] || parents[parent] {
			slim.rows = append(slim.rows, r)
			slim.index[r.key] = r
		}
	}
	return &slim
}
