package rules

import (
	"fmt"

	"csuis-offline/finding"
)

// Condition says for statements of which date (DatumVykaz) a rule holds. An
// empty field does not matter, and a rule with only empty fields always holds.
type Condition struct {
	// Day is "31.12." in any year, or "1.1.2010" in one.
	Day string
	// From and To are both included.
	From, To finding.Day
}

// condition describes a when.
func (w when) condition() Condition {
	c := Condition{From: w.from, To: w.to}
	if w.day != 0 {
		c.Day = fmt.Sprintf("%d.%d.", w.day, w.month)
	}
	if w.year != 0 {
		c.Day += fmt.Sprint(w.year)
	}
	return c
}

// describe returns what a reader of a list of rules needs to know of one.
func (r *rule) describe() Rule {
	d := Rule{
		ID: r.id, Text: r.text, Note: r.note, Empty: r.empty, File: r.file, Line: r.line,
		Builtin: r.builtin, Holds: r.when.condition(),
	}
	for _, o := range r.operands {
		d.Kinds = append(d.Kinds, o.kind)
		if r.across {
			d.Letters = append(d.Letters, o.alias)
		}
	}
	if !r.empty {
		unspecified := func(n *node) { d.Unspecified = d.Unspecified || n.op == opUnknown }
		r.left.each(unspecified)
		r.right.each(unspecified)
	}
	return d
}
