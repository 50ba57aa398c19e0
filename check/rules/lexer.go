package rules

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

type tokenKind uint8

const (
	endToken    tokenKind = iota
	wordToken             // a keyword, a name or a position
	numberToken           // 2, 0.5, 31.12., 1.1.2010
	stringToken           // "…" without its quotes
	symbolToken
)

type lexeme struct {
	kind   tokenKind
	text   string
	column int
}

// String is the form in which an error shows what was found.
func (l lexeme) String() string {
	switch l.kind {
	case endToken:
		return "the end of the line"
	case stringToken:
		return `the text "` + l.text + `"`
	}
	return `"` + l.text + `"`
}

// split splits a line; if it cannot, it returns the column of the mistake and
// what should be there.
func split(line string) (ls []lexeme, column int, wanted string) {
	col := 1
	for line != "" {
		r, size := utf8.DecodeRuneInString(line)
		if unicode.IsSpace(r) {
			line, col = line[size:], col+1
			continue
		}
		if r == '#' {
			break
		}
		l := lexeme{column: col}
		switch {
		case r == '"':
			end := strings.IndexByte(line[1:], '"')
			if end < 0 {
				return nil, col, `a second " on the line`
			}
			l.kind, l.text, size = stringToken, line[1:end+1], end+2
		case unicode.IsLetter(r):
			size = length(line, func(r rune) bool { return unicode.IsLetter(r) || isDigit(r) || r == '.' || r == '_' })
			l.kind, l.text = wordToken, line[:size]
		case isDigit(r):
			size = length(line, func(r rune) bool { return isDigit(r) || r == '.' })
			l.kind, l.text = numberToken, line[:size]
		case strings.ContainsRune("+-=<>≥≤±%()[],;:/", r):
			if (r == '<' || r == '>') && strings.HasPrefix(line[1:], "=") {
				size = 2
			}
			l.kind, l.text = symbolToken, line[:size]
		default:
			return nil, col, "a name, a number or a sign of the language"
		}
		ls = append(ls, l)
		col += utf8.RuneCountInString(line[:size])
		line = line[size:]
	}
	return append(ls, lexeme{kind: endToken, column: col}), 0, ""
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func length(s string, in func(rune) bool) int {
	if i := strings.IndexFunc(s, func(r rune) bool { return !in(r) }); i >= 0 {
		return i
	}
	return len(s)
}
