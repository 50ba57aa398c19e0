package rules

// Status is the outcome of a rule.
type Status string

// The outcomes of a rule.
const (
	Passed Status = "passed"  // everything was compared and agreed
	Failed Status = "failed"  // it does not hold
	NotRun Status = "not-run" // it could not be run: Why says the reason
	Empty  Status = "empty"   // the source has a row without content
	NotDue Status = "not-due" // it holds on other dates only
)

// The reasons of NotRun. They are stable.
const (
	MissingPosition = "missing-position" // a position that the rule names is not in the statement
	MissingValue    = "missing-value"    // the position is there without a number in the column
	MissingColumn   = "missing-column"   // no position has a number in the column
	UnmappedElement = "unmapped-element" // the statement has elements whose position is not known
	DoubledPosition = "doubled-position" // the position or its number is there twice
	NotANumber      = "not-a-number"     // the text is no decimal number
	OtherStatement  = "other-statement"  // a statement that the rule compares with is not given
	TwoStatements   = "two-statements"   // several of one kind are given for the unit and date
	NoUnitOrDate    = "no-unit-or-date"  // the header does not say whose statement of which day it is
	NoDate          = "no-date"          // the rule holds on certain dates and the statement has none
	NotSpecified    = "not-specified"    // the source does not say what to compare with
	TooLarge        = "too-large"        // more positions or statements than are kept
)

// Reasons lists the reasons of NotRun.
func Reasons() []string {
	return []string{MissingPosition, MissingValue, MissingColumn, UnmappedElement, DoubledPosition, NotANumber,
		OtherStatement, TwoStatements, NoUnitOrDate, NoDate, NotSpecified, TooLarge}
}

// Result is the outcome of one rule in one statement, or in several of one unit
// and date. Each failure is a separate result. What passed is one result for
// each rule, what could not be run is one for each reason.
type Result struct {
	// Rule is the ID of the Rule.
	Rule   string
	Status Status
	// Statement, File and Record are those of the statement on the rule's left side.
	Statement, File, Record string
	// Others are the files of the other statements that were compared.
	Others []string
	// Line is that of the judged number, or of its row or statement if there is no
	// number; 0 if there is no place.
	Line int
	// Position is the judged one, the first that the rule names: "A.II". Column is
	// its column by name. If one result covers several columns, they are joined by
	// ", "; if it covers all columns of the rule, Column is "".
	Position, Column string
	// Left and Right are the two sides of the comparison, Difference is Left less
	// Right, Allowed is how much of it is tolerated. They are decimal numbers with
	// a point in Failed; also in NotRun if something but not all could be added up,
	// with missing numbers counted as nothing.
	Left, Right, Difference, Allowed string
	// Why is the reason of NotRun.
	Why string
	// Missing are the positions (or kinds of statements, with OtherStatement) that
	// Why is about. In Failed it names the gaps in a sum "1 až n": A.II.3 if A.II.2
	// and A.II.4 are there. It has at most 20.
	Missing []string
	// Text is the formula. Letters says what its letters mean, "R = Rozvaha", in a
	// rule between statements.
	Text, Letters string
}

const maxMissing = 20
