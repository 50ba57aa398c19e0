package tomlfile

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// Problem is what keeps a file from being read.
type Problem string

// The problems.
const (
	TooLarge     Problem = "too-large"     // more bytes than are read
	Encoding     Problem = "encoding"      // no UTF-8
	Nesting      Problem = "nesting"       // tables or lists deeper than MaxDepth
	TooMany      Problem = "too-many"      // more than MaxKeys keys, sections and values of lists
	Syntax       Problem = "syntax"        // no TOML; Err says more
	SectionTwice Problem = "section-twice" // a section, or a key of its name, stands before; First is its line
	KeyTwice     Problem = "key-twice"     // a key stands before; First is its line
)

// Error is a mistake because of which a file cannot be read.
type Error struct {
	Problem Problem
	// Line and Column, in characters, are 1-based; both are 0 of a file that is
	// too large.
	Line, Column int
	// Section is the name of the section at hand, Key that of the setting in it.
	// Both may be empty.
	Section, Key []string
	// Begins is the line on which the setting at hand begins; 0 where it is
	// unknown.
	Begins int
	// Text is the line at fault, without the space around it.
	Text  string
	First int   // the line of the first of two
	Err   error // what the parser says; nil of all but Syntax
}

// Error says the place, the problem and what the parser says.
func (e *Error) Error() string {
	s := fmt.Sprintf("tomlfile: line %d, column %d: %s", e.Line, e.Column, e.Problem)
	if e.First > 0 {
		s += fmt.Sprintf(" (first on line %d)", e.First)
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap returns what the parser says.
func (e *Error) Unwrap() error { return e.Err }

// tooDeep is how the parser begins to say that lists and tables are nested
// deeper than it follows.
const tooDeep = "arrays and inline tables are nested"

// syntax places an error of the parser.
func (b *builder) syntax(err error) error {
	if err == nil {
		return nil
	}
	out := &Error{Problem: Syntax, Section: b.header, Err: errors.New(err.Error())}
	at := b.done
	var parse *unstable.ParserError
	if errors.As(err, &parse) {
		at = int(b.p.Range(parse.Highlight).Offset)
		if strings.HasPrefix(parse.Message, tooDeep) {
			out.Problem, out.Err = Nesting, nil
		}
	}
	b.fault(at, out)
	out.Text = b.lineText(out.Line)
	if begins := b.nextExpression(); begins <= at {
		out.Begins, _ = b.place(begins)
		out.Key = b.keyAt(begins)
	}
	return out
}

// nextExpression is where the first expression begins that is not whole.
func (b *builder) nextExpression() int {
	at := b.done
	if at > 0 {
		at = b.endOfLine(at)
	}
	for at < len(b.data) {
		switch b.data[at] {
		case ' ', '\t', '\r', '\n':
			at++
		case '#':
			at = b.endOfLine(at)
		default:
			return at
		}
	}
	return at
}

// keyAt reads the key at an offset; nil where there is none.
func (b *builder) keyAt(at int) []string {
	line := b.data[at:b.endOfLine(at)]
	key, _, found := bytes.Cut(line, []byte("="))
	if !found {
		return nil
	}
	var p unstable.Parser
	p.Reset(append(bytes.Clone(key), "=0"...))
	if !p.NextExpression() || p.Expression().Kind != unstable.KeyValue {
		return nil
	}
	return textsOf(names(p.Expression()))
}

// checkOther refuses dates and numbers that are written as none: the parser
// only tells where they end.
func checkOther(raw string) error {
	var v struct{ V any }
	return toml.Unmarshal([]byte("V = "+raw), &v)
}
