// Package codelist reads the code lists that CSÚIS publishes (technical manual,
// chapter E: units and persons, statements, SKP, the chart of accounts), keeps
// them in a folder of the user's, and answers the questions of the checks.
//
// The schemas of the lists are not published to us. The reader therefore takes
// any flat list: a root, records, fields as attributes or child elements, in
// any namespace. Which name means which field is data (fields.toml), assumed,
// and a user can replace each name. doc/codelists.md says how, and specifies
// the folder.
//
// An answer is yes, no or unknown. Missing knowledge never makes a no: a list
// that was not imported, is not valid on the day, or was read with gaps answers
// unknown.
//
// A time.Time given to this package means its calendar day in its own location.
package codelist

import (
	"errors"

	"csuis-offline/finding"
)

// Kind is one of the published lists, by the name of its schema (technical
// manual, chapter E).
type Kind string

// The lists.
const (
	Units      Kind = "cus0001" // units and responsible persons
	Statements Kind = "cus0002" // which statements a kind of unit hands over
	SKP        Kind = "cus0014" // the standard classification of production
	Accounts   Kind = "cus0017" // the chart of accounts
)

// Kinds lists the lists.
func Kinds() []Kind { return []Kind{Units, Statements, SKP, Accounts} }

func (k Kind) known() bool { return k == Units || k == Statements || k == SKP || k == Accounts }

// Limits of what Import and Open accept. The lists in use hold some 20,000
// units and twice as many persons.
const (
	MaxSource   = 1 << 30   // bytes of a published file
	MaxRecords  = 1_000_000 // records of one list
	MaxBody     = 192 << 20 // bytes of a stored list
	MaxField    = 4096      // bytes of one field
	MaxValues   = 1000      // values of one record, and persons of one unit
	MaxVersions = 10_000    // stored versions of one list
	MaxProblems = 100       // problems that a Summary names
)

var (
	// ErrKind says that the file does not show which list it is.
	ErrKind = errors.New("codelist: unknown code list")
	// ErrFields says that no record was understood, or more were refused than
	// understood: the names of the fields differ. The Summary says which.
	ErrFields = errors.New("codelist: field names not recognised")
	// ErrTooLarge says that a limit of this package was reached.
	ErrTooLarge = errors.New("codelist: too large")
	// ErrMapping says that a file of field names cannot be used.
	ErrMapping = errors.New("codelist: invalid file of field names")
	// ErrStore says that a stored list is damaged or was not made by this package.
	ErrStore = errors.New("codelist: damaged stored list")
)

// Summary is the result of an import.
type Summary struct {
	Kind    Kind
	Version string // the stored version's name
	// Already: this very list was stored before, and nothing was written.
	Already bool
	// From and To are the validity that the list states for itself, both in it; 0
	// is an open end.
	From, To finding.Day

	Records    int // records understood
	Duplicates int // rows that said the same as another and are stored once
	Refused    int // records not understood, and not stored
	// Problems are those of the refused records, at most MaxProblems.
	Problems []Problem
	// Unmapped are the names of fields that the mapping does not have, sorted, at
	// most MaxProblems.
	Unmapped []string
}

// Problem is why a record was refused.
type Problem struct {
	Line   int // of the record's start, 1-based
	Field  string
	Detail string // English; quotes at most a short piece of the file
}
