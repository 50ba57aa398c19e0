package envelope

import (
	"errors"
	"fmt"
)

// Errors that callers branch on. XML that is not well-formed is a
// *c14n.SyntaxError.
var (
	// ErrNoIdentifier says that the envelope's footer holds no integrity
	// identifier.
	ErrNoIdentifier = errors.New("envelope: the envelope has no integrity identifier")
	// ErrNotEnvelope says that the document is a bare record, but an envelope is
	// needed.
	ErrNotEnvelope = errors.New("envelope: the document is not an envelope")
	// ErrNoConfig says that a bare record was given without a configuration
	// from which to build an envelope.
	ErrNoConfig = errors.New("envelope: a bare record needs the unit and the person from the configuration")
)

// UnknownRootError says that no table of record types holds the root element of a
// bare record.
type UnknownRootError struct{ URI, Local string }

func (e *UnknownRootError) Error() string {
	return fmt.Sprintf("no record type is known for the root element {%s}%s", e.URI, e.Local)
}

// StructureError says that a document is not a proper envelope: a part is missing,
// occurs twice, is out of order or too long.
type StructureError struct {
	Line, Column int
	Problem      string // "missing", "doubled", "misplaced", "too-long", "malformed", "unknown"
	Part         string // the element concerned, "EnvelopeHeader"
	Value        string // the malformed value, or ""
}

func (e *StructureError) Error() string {
	s := fmt.Sprintf("%s is %s", e.Part, e.Problem)
	if e.Line > 0 {
		s = fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, s)
	}
	if e.Value != "" {
		s += fmt.Sprintf(": %q", e.Value)
	}
	return s
}

// IdentifierError says why an integrity identifier does not hold (doc/facts.md 2).
type IdentifierError struct {
	Line, Column int
	Reason       IdentifierReason
	Reference    string // the reference concerned, `URI=""`, or the element
	Algorithm    string // the algorithm concerned
	Wanted       string // the value that the identifier states, base64 for digests
	Found        string // the value computed from the document, or the offending one
}

// IdentifierReason says why an identifier does not hold.
type IdentifierReason string

// The reasons.
const (
	ReasonDigest    IdentifierReason = "digest"    // the document was changed: its digest differs
	ReasonSignature IdentifierReason = "signature" // SignedInfo was changed: the HMAC differs
	ReasonForbidden IdentifierReason = "forbidden" // an algorithm, transform, URI or length that must be refused
	ReasonMalformed IdentifierReason = "malformed" // the Signature element is malformed
	ReasonDoubled   IdentifierReason = "doubled"   // a second identifier
)

func (e *IdentifierError) Error() string {
	s := fmt.Sprintf("line %d, column %d: integrity identifier: %s", e.Line, e.Column, e.Reason)
	for _, part := range []struct{ name, value string }{
		{"reference", e.Reference}, {"algorithm", e.Algorithm}, {"wanted", e.Wanted}, {"found", e.Found},
	} {
		if part.value != "" {
			s += fmt.Sprintf(", %s %s", part.name, part.value)
		}
	}
	return s
}

// ConfigError says what the configuration lacks for an envelope.
type ConfigError struct {
	Key     string // "unit.ic"
	Problem string // "missing", "malformed"
	Value   string
}

func (e *ConfigError) Error() string {
	s := fmt.Sprintf("configuration: %s is %s", e.Key, e.Problem)
	if e.Value != "" {
		s += fmt.Sprintf(": %q", e.Value)
	}
	return s
}

// clip shortens a text from the document for an error.
func clip(s string) string {
	const most = 120
	n := 0
	for i := range s {
		if n == most {
			return s[:i] + "…"
		}
		n++
	}
	return s
}
