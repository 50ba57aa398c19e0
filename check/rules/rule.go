package rules

import (
	"strings"

	"csuis-offline/finding"
)

// rule is one parsed rule.
type rule struct {
	id   string // "Rozvaha 12"
	file string
	line int
	text string // the formula and its clauses as written
	note string

	builtin bool // not the user's

	operands []operand // the statements that it is about; one in a rule within a statement
	across   bool

	empty       bool // a row without content
	left, right *node
	relation    string // "=", ">=", "<=", ">", "<"
	tolerance   *decimal
	percent     bool

	// What it is applied to, in turn: columns (folded names, or those of the first
	// position's part), rows, or both.
	columns []string
	rows    []string
	every   bool   // every row ...
	part    string // ... of this part; "" for all

	when when

	// replaces: it replaces the rule of the same id in the set that it is added to.
	replaces bool
}

// operand is a statement that a rule is about.
type operand struct{ alias, kind string }

// when is the condition on the statement's date. Zero fields do not matter.
type when struct {
	day, month, year int
	from, to         finding.Day
}

func (w when) set() bool { return w != when{} }

type op uint8

const (
	opNumber  op = iota
	opValue      // a position
	opRange      // A.I.1 až A.I.5, A.I.1 až n
	opColumn     // sl. netto: a column of the row that is judged
	opCurrent    // hodnota: the row and column that are judged
	opUnknown    // neurčeno: the manual does not say
	opSum        // the sum of args, of which those with minus are subtracted
	opOr         // the first of its two args that is there
)

type node struct {
	op     op
	number decimal

	operand  int    // index in rule.operands
	position string // of opValue; first of opRange
	parent   string // of opRange
	from, to int    // of opRange; to is -1 for "n"
	roman    bool

	// column is the folded name of the column written with it, which applies to
	// everything inside; "" means the column of the node around it.
	column string

	args  []*node
	minus []bool

	at lexeme // its place, for errors of meaning
}

func (n *node) each(f func(*node)) {
	f(n)
	for _, a := range n.args {
		a.each(f)
	}
}

// letters says what the letters of a rule between statements mean.
func (r *rule) letters() string {
	if !r.across {
		return ""
	}
	var all []string
	for _, o := range r.operands {
		all = append(all, o.alias+" = "+o.kind)
	}
	return strings.Join(all, ", ")
}
