package xsd

import "fmt"

// SchemaError says why a schema does not compile. Rule is the clause of the
// Recommendation that it breaks ("cos-nonambig", "src-resolve"), or "limit" for
// a schema that exceeds a limit of this package, "unsupported" for a construct
// that it does not support, "xml" for a document that is not well-formed, and
// "file" for a missing file. Line and Column are 1-based, or 0 if no place is
// known.
type SchemaError struct {
	File         string
	Line, Column int
	Rule         string
	Detail       string // English, one line
	Other        string // the file with the first of two components of one name (sch-props-correct.2), if that is not File
	Err          error  // the cause, or nil
}

func (e *SchemaError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("xsd: %s: %s: %s", e.File, e.Rule, e.Detail)
	}
	return fmt.Sprintf("xsd: %s:%d:%d: %s: %s", e.File, e.Line, e.Column, e.Rule, e.Detail)
}

func (e *SchemaError) Unwrap() error { return e.Err }

// LimitError says that a document holds more identifiers or keys than a
// Validator keeps in memory, or takes more work to match with the patterns of
// its schema than a Validator spends. The rest of the document was not validated.
type LimitError struct {
	Line, Column int
	Detail       string // English, one line
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("xsd: line %d, column %d: %s", e.Line, e.Column, e.Detail)
}

// bail is the panic value by which the compiler leaves its recursion: fail throws
// it and guard recovers it, so that no caller of this package sees it.
type bail struct{ err *SchemaError }

func fail(n *node, rule, format string, args ...any) {
	e := &SchemaError{Rule: rule, Detail: fmt.Sprintf(format, args...)}
	if n != nil {
		e.File, e.Line, e.Column = n.doc.file, n.line, n.col
	}
	panic(bail{e})
}
