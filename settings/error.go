package settings

import (
	"fmt"
	"strings"
)

// Problem is what is wrong with the file. Problems are stable: the message
// catalogue has a text for each.
type Problem string

// The problems. Each has Path and, where it is known, Line.
const (
	Unreadable     Problem = "unreadable"      // Err says why
	TooLarge       Problem = "too-large"       // more than MaxSize
	Encoding       Problem = "encoding"        // no UTF-8
	Syntax         Problem = "syntax"          // another breach of TOML; Err says more
	Quotes         Problem = "quotes"          // typographic quotation marks
	Backslash      Problem = "backslash"       // a backslash in double quotation marks, as of a path of Windows
	SectionTwice   Problem = "section-twice"   // First is the other line
	KeyTwice       Problem = "key-twice"       // First is the other line
	NoEquals       Problem = "no-equals"       // a line without an equals sign
	BadKey         Problem = "bad-key"         // a name that needs quotation marks
	Unclosed       Problem = "unclosed"        // quotation marks that are not closed
	WantText       Problem = "want-text"       // no text where one must be
	WantList       Problem = "want-list"       // no list of texts where one must be
	WantSection    Problem = "want-section"    // a setting where a section must be
	UnknownSection Problem = "unknown-section" // Choices are all sections, or Nearest the one meant
	OutsideSection Problem = "outside-section" // an unknown setting in no section; Choices are all sections
	WrongSection   Problem = "wrong-section"   // Choices are those that have such a setting
	UnknownKey     Problem = "unknown-key"     // Choices are those of its section, or Nearest the one meant
	BadChoice      Problem = "bad-choice"      // Choices are what Value may be
	RecordType     Problem = "record-type"     // Value has not three digits
)

// Problems lists every problem.
func Problems() []Problem {
	return []Problem{
		Unreadable, TooLarge, Encoding, Syntax, Quotes, Backslash, SectionTwice, KeyTwice, NoEquals, BadKey, Unclosed, WantText,
		WantList, WantSection, UnknownSection, OutsideSection, WrongSection, UnknownKey, BadChoice, RecordType,
	}
}

// Error is a mistake in the file.
type Error struct {
	Problem       Problem
	Path          string
	Line          int    // 1-based; 0 where the mistake has none
	Section, Name string // the setting, as far as it is known
	Value         string
	Choices       []string
	Nearest       string // of Choices, what was probably meant
	First         int    // the line of the first of two
	Err           error
}

// Error describes the mistake in English with all that e holds.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "settings: %s", e.Path)
	if e.Line > 0 {
		fmt.Fprintf(&b, ": line %d", e.Line)
	}
	fmt.Fprintf(&b, ": %s", e.Problem)
	for _, p := range []struct{ name, value string }{{"section", e.Section}, {"name", e.Name}, {"value", e.Value}, {"choices", strings.Join(e.Choices, ", ")}} {
		if p.value != "" {
			fmt.Fprintf(&b, ", %s %q", p.name, p.value)
		}
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	return b.String()
}

// Unwrap returns what the system or the parser says.
func (e *Error) Unwrap() error { return e.Err }

// ChoiceError says that a value is none of the allowed ones.
type ChoiceError struct {
	Name, Value string // of the flag and the setting alike
	Choices     []string
}

// Error says the value and the choices.
func (e *ChoiceError) Error() string {
	return fmt.Sprintf("settings: %s cannot be %q, only %s", e.Name, e.Value, strings.Join(e.Choices, ", "))
}
