package rules

import (
	"errors"
	"fmt"
	"strings"
)

// Limits of a file of rules.
const (
	maxFile     = 1 << 20 // bytes
	maxLine     = 2000    // characters
	maxRules    = 5000
	maxMembers  = 100_000 // positions named by all closed ranges together
	maxNesting  = 32      // nested parentheses
	maxSections = 16      // parts of a statement, columns of a part
	maxKinds    = 100
)

// ErrTooLarge is the error of a file of rules that is longer than 1 MiB, or holds
// more rules, ranges or kinds of statements than are accepted.
var ErrTooLarge = errors.New("rules: file of rules too large")

// ErrTooManyPositions is what Extractor.Token returns from a statement with more
// positions than are kept (4096). Its rules are not run.
var ErrTooManyPositions = errors.New("rules: too many positions in a statement")

// ErrTooManyStatements is what Extractor.Token returns for a record with more
// statements than are kept (8).
var ErrTooManyStatements = errors.New("rules: too many statements in a record")

// ParseError is a mistake in a file of rules: where it is, what would be right
// there and what is there instead.
type ParseError struct {
	Name          string // of the file, as given to Parse
	Line, Column  int    // 1-based; Column in characters
	Wanted, Found string

	// Pattern is Wanted with %s for each of Args, which are names from the file.
	// Translations of Wanted are looked up by it.
	Pattern string
	Args    []string
}

// Error names file, line and column, and what was expected.
func (e *ParseError) Error() string {
	return fmt.Sprintf("%s:%d:%d: expected %s, found %s", e.Name, e.Line, e.Column, e.Wanted, e.Found)
}

// DuplicateError is the error of Set.Add if both sets have something under one
// name: a rule, or an element that would hold two positions.
type DuplicateError struct {
	What string
	// Pattern is What with %s for each of Args.
	Pattern string
	Args    []string
}

func duplicate(pattern string, args ...string) *DuplicateError {
	return &DuplicateError{filled(pattern, args), pattern, args}
}

// filled replaces each %s by one of args.
func filled(pattern string, args []string) string {
	parts := strings.Split(pattern, "%s")
	var b strings.Builder
	for i, part := range parts {
		b.WriteString(part)
		if i < len(parts)-1 && i < len(args) {
			b.WriteString(args[i])
		}
	}
	return b.String()
}

// ReplaceError is the error of Set.Add for a rule that replaces one ("místo") that
// is not there.
type ReplaceError struct{ Rule string }

// Error names the rule.
func (e *ReplaceError) Error() string { return "there is no rule " + e.Rule + " to replace" }

// Error says what is there twice.
func (e *DuplicateError) Error() string { return e.What + " is defined twice" }
