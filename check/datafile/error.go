package datafile

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"csuis-offline/internal/tomlfile"
)

// Problem is what is wrong with a file. Problems are stable: the message
// catalogue has a text for each.
type Problem string

// The problems that files of any kind can have, with what Found and Wanted of an
// Error say. The rooms that read the files add their own.
const (
	TooLarge   Problem = "too-large"   // wanted: the most bytes
	Encoding   Problem = "encoding"    // not UTF-8
	Nesting    Problem = "nesting"     // tables are nested too deeply
	Syntax     Problem = "syntax"      // no TOML; Err says more
	UnknownKey Problem = "unknown-key" // found: the key; wanted: those known
	WrongType  Problem = "wrong-type"  // found, wanted: one of Types
	Format     Problem = "format"      // wanted: the format
	Missing    Problem = "missing"     // a required key is missing
	Choice     Problem = "choice"      // wanted: the allowed values
	Digits     Problem = "digits"      // wanted: three digits
	Range      Problem = "range"       // wanted: the least and the most, "1..31"
	TooMany    Problem = "too-many"    // wanted: the most entries
)

// Problems lists the problems that files of any kind can have.
func Problems() []Problem {
	return []Problem{
		TooLarge, Encoding, Nesting, Syntax, UnknownKey, WrongType, Format, Missing, Choice, Digits, Range, TooMany,
	}
}

// Types lists the types of values.
func Types() []string {
	var all []string
	for _, k := range tomlfile.Kinds() {
		all = append(all, string(k))
	}
	return all
}

// Error is a mistake in a file of data.
type Error struct {
	Problem Problem
	// Line is 1-based; 0 for a file that is too large.
	Line int
	// Key is the setting concerned, with its sections: "term.due_days". It is empty
	// if the mistake is about none.
	Key           string
	Found, Wanted string
	Err           error // what the TOML library says; nil for all but Syntax
	kind          error
}

// Error describes the mistake in English with all that e holds.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%v: line %d: %s", e.kind, e.Line, e.Problem)
	for _, p := range []struct{ name, value string }{{"at", e.Key}, {"found", e.Found}, {"wanted", e.Wanted}} {
		if p.value != "" {
			fmt.Fprintf(&b, ", %s %q", p.name, p.value)
		}
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	return b.String()
}

// Unwrap returns the kind of file that Decode was asked for, and Err.
func (e *Error) Unwrap() []error {
	if e.Err == nil {
		return []error{e.kind}
	}
	return []error{e.kind, e.Err}
}

// maxQuote is the most of a file that an Error quotes, in bytes.
const maxQuote = 120

// clip bounds what is quoted of a file.
func clip(s string) string {
	if len(s) <= maxQuote {
		return s
	}
	n := maxQuote
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}
