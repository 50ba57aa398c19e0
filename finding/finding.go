// Package finding holds the one form in which everything that judges (verify,
// check, the image linter) reports what it found. A list of findings is data:
// what prints it as text for people or as JSON for programs is elsewhere.
package finding

import (
	"cmp"
	"slices"
)

// Severity says how much a finding weighs. Only Error changes the exit code.
type Severity string

// The severities, from heaviest to lightest.
const (
	Error   Severity = "error"   // what was judged is not acceptable
	Warning Severity = "warning" // it is acceptable, but somebody should look
	Info    Severity = "info"    // it is worth knowing, and needs no action
)

// Finding is one fact about one place. Fields that do not apply are empty.
// The JSON names are stable.
type Finding struct {
	Code     Code     `json:"code"`
	Severity Severity `json:"severity"`
	// File is the file concerned, as the user knows it: relative to what was
	// given, or "IMAGE:NAME" for a file inside an image.
	File string `json:"file,omitempty"`
	// Record is the NAME of the record concerned, without an extension.
	Record string `json:"record,omitempty"`
	// Line and Column are 1-based; 0 means that the finding has no place.
	Line   int `json:"line,omitempty"`
	Column int `json:"column,omitempty"`
	// Clause names the rule of a standard: "ECMA-119 8.4.7".
	Clause string `json:"clause,omitempty"`
	Wanted string `json:"wanted,omitempty"`
	Found  string `json:"found,omitempty"`
	// Answer is the code with which CSÚIS would answer (technical manual, chapter C).
	Answer string `json:"answer,omitempty"`
	// Path leads to the element concerned, by local names.
	Path string `json:"path,omitempty"`
	// Rule, Position and Part are a content rule, the position of the statement
	// that it is about, and the column. Difference is by how much the two sides
	// differ; Missing are positions that are not there; Why is the reason of
	// what could not be judged.
	Rule       string `json:"rule,omitempty"`
	Position   string `json:"position,omitempty"`
	Part       string `json:"part,omitempty"`
	Difference string `json:"difference,omitempty"`
	Missing    string `json:"missing,omitempty"`
	Why        string `json:"why,omitempty"`
	// Detail is what the message says beyond the code: a name, an algorithm,
	// the text of an underlying error. English, never a secret.
	Detail string `json:"detail,omitempty"`
	// RecordID is the record's number in the outbox, and MessageID the
	// identifier of a message in the inbox.
	RecordID  int64  `json:"record_id,omitempty"`
	MessageID string `json:"message_id,omitempty"`

	// Values are those of the texts above that are numbers or states, for
	// printers that put them into words.
	Values `json:"-"`
}

// Sort orders findings for reading: by record, file, line and column; those
// without a record come first. It keeps the order of equals.
func Sort(fs []Finding) {
	slices.SortStableFunc(fs, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(a.Record, b.Record),
			cmp.Compare(a.File, b.File),
			cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Column, b.Column),
		)
	})
}

// Failed reports whether any finding is of error severity.
func Failed(fs []Finding) bool {
	return slices.ContainsFunc(fs, func(f Finding) bool { return f.Severity == Error })
}
