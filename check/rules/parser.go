package rules

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// parser reads one file of rules, line by line, into a Set.
type parser struct {
	set     *Set
	name    string
	line    int
	source  []rune // of the line
	ls      []lexeme
	pos     int
	depth   int
	members int // of all closed ranges

	kind     *layout // of the block; nil between statements
	section  *section
	operands []operand // of the block; nil before the first one
	prefix   string    // of the ids of its rules
	replaces bool      // the rule that is being read does
}

func (s *Set) parse(name string, r io.Reader) error {
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if len(data) > maxFile {
		return fmt.Errorf("%w: %s", ErrTooLarge, name)
	}
	p := &parser{set: s, name: name}
	text := strings.TrimPrefix(string(data), "\uFEFF")
	for text != "" {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		p.line++
		if err := p.parseLine(strings.TrimSuffix(line, "\r")); err != nil {
			return err
		}
	}
	return nil
}

func (p *parser) parseLine(line string) error {
	if !utf8.ValidString(line) {
		col := 1
		for _, r := range line {
			if r == utf8.RuneError {
				break
			}
			col++
		}
		return p.mistake(col, "bytes that are none", "text in UTF-8")
	}
	p.source = []rune(line)
	if len(p.source) > maxLine {
		return p.mistake(maxLine+1, "more", "at most %s characters in a line", strconv.Itoa(maxLine))
	}
	if i := slices.Index(p.source, '\r'); i >= 0 {
		// After a comment, all that follows would become part of it.
		return p.mistake(i+1, "CR alone", "LF or CR LF at the end of a line")
	}
	ls, col, wanted := split(line)
	if wanted != "" {
		return p.mistake(col, fmt.Sprintf("%q", string(p.source[col-1])), wanted)
	}
	p.ls, p.pos, p.depth = ls, 0, 0
	if p.peek().kind == endToken {
		return nil
	}
	if p.ls[1].is(":") {
		return p.rule()
	}
	first := p.next()
	if first.kind == wordToken {
		if f := directives[fold(first.text)]; f != nil {
			return f(p, first)
		}
	}
	return p.wrong(first, "výkaz, kořen, část, sloupec, řádek, prvek, mezi, místo or the number of a rule and a colon")
}

var directives = map[string]func(*parser, lexeme) error{
	"vykaz":   (*parser).statement,
	"koren":   (*parser).roots,
	"cast":    (*parser).part,
	"sloupec": (*parser).columnLine,
	"radek":   (*parser).word,
	"prvek":   (*parser).element,
	"mezi":    (*parser).between,
	"misto":   (*parser).replacement,
}

func (l lexeme) is(symbol string) bool { return l.kind == symbolToken && l.text == symbol }

// isKeyword compares without diacritics, capitals and the point of an abbreviation.
func (l lexeme) isKeyword(words ...string) bool {
	if l.kind != wordToken {
		return false
	}
	text := fold(strings.TrimSuffix(l.text, "."))
	for _, w := range words {
		// A position in capitals is never a keyword.
		if text == w && l.text[0] >= 'a' {
			return true
		}
	}
	return false
}

func (p *parser) peek() lexeme { return p.ls[p.pos] }

func (p *parser) next() lexeme {
	l := p.ls[p.pos]
	if l.kind != endToken {
		p.pos++
	}
	return l
}

func (p *parser) accept(symbol string) bool {
	if p.peek().is(symbol) {
		p.pos++
		return true
	}
	return false
}

func (p *parser) acceptKeyword(words ...string) bool {
	if p.peek().isKeyword(words...) {
		p.pos++
		return true
	}
	return false
}

func (p *parser) expect(symbol string) error {
	if l := p.next(); !l.is(symbol) {
		return p.wrong(l, "%s", `"`+symbol+`"`)
	}
	return nil
}

func (p *parser) end() error {
	if l := p.peek(); l.kind != endToken {
		return p.wrong(l, "the end of the line")
	}
	return nil
}

// wrong says that something else was wanted in the place of l. The pattern has
// %s for each of args.
func (p *parser) wrong(l lexeme, pattern string, args ...string) error {
	return p.mistake(l.column, l.String(), pattern, args...)
}

func (p *parser) mistake(column int, found, pattern string, args ...string) error {
	return &ParseError{p.name, p.line, column, filled(pattern, args), found, pattern, args}
}

// identifier reads a name of at most maxPosition bytes.
func (p *parser) identifier(wanted string) (string, lexeme, error) {
	l := p.next()
	if l.kind != wordToken || len(l.text) > maxPosition {
		return "", l, p.wrong(l, wanted)
	}
	return l.text, l, nil
}

func (p *parser) position() (string, lexeme, error) {
	l := p.next()
	if l.kind == wordToken {
		if pos, ok := parsePosition(l.text); ok {
			return pos, l, nil
		}
	}
	return "", l, p.wrong(l, "a position like A.I.1")
}

func (p *parser) tooMany(what string) error {
	return fmt.Errorf("%w: %s:%d: %s", ErrTooLarge, p.name, p.line, what)
}
