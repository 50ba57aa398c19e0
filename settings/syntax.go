package settings

import (
	"errors"
	"regexp"
	"strings"

	"csuis-offline/internal/tomlfile"
)

var (
	closedText = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|'[^']*'`)
	bareKey    = regexp.MustCompile(`^[\w-]+$`)
)

// unread says what is wrong with a file that is no TOML. The parser's words are
// English and for programmers, so the common mistakes are recognised from the
// line.
func unread(err error) *Error {
	var wrong *tomlfile.Error
	if !errors.As(err, &wrong) {
		return &Error{Problem: Syntax, Line: 1, Err: err}
	}
	e := &Error{Problem: Syntax, Line: wrong.Line, Section: strings.Join(wrong.Section, "."), Err: err}
	switch wrong.Problem {
	case tomlfile.TooLarge:
		e.Problem, e.Err = TooLarge, nil
	case tomlfile.Encoding:
		e.Problem, e.Err = Encoding, nil
	case tomlfile.SectionTwice:
		e.Problem, e.First = SectionTwice, wrong.First
	case tomlfile.KeyTwice:
		e.Problem, e.First, e.Name = KeyTwice, wrong.First, strings.Join(wrong.Key, ".")
	case tomlfile.Syntax:
		e.judge(wrong)
	}
	return e
}

// judge recognises the common mistakes from the line at which the parser
// stopped.
func (e *Error) judge(wrong *tomlfile.Error) {
	line := wrong.Text
	name, value, assigned := strings.Cut(line, "=")
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	e.Name = name
	quotes := strings.ContainsAny(closedText.ReplaceAllString(line, ""), "„“”‟«»‚‘’")
	switch {
	case quotes:
		e.Problem = Quotes
	case len(wrong.Key) > 0 && wrong.Key[len(wrong.Key)-1] == "phones":
		e.Problem, e.Name, e.Line = WantList, "phones", max(wrong.Begins, 1)
	case strings.HasPrefix(line, "["), line == "":
	case !assigned:
		e.Problem, e.Name = NoEquals, strings.TrimRight(strings.Fields(line)[0], ":")
	case strings.HasPrefix(value, `"`) && strings.Contains(value, `\`):
		e.Problem = Backslash
	case !bareKey.MatchString(name) && !closedText.MatchString(name):
		e.Problem = BadKey
	case !strings.ContainsAny(value[:min(1, len(value))], `"'[{`) || value == "":
		e.Problem = WantText
	case strings.Count(closedText.ReplaceAllString(value, ""), value[:1]) == 1 && value[0] != '[' && value[0] != '{':
		e.Problem = Unclosed
	}
}
