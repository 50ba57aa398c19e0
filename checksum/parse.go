package checksum

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
)

// Limits of Parse and ParseOne, in bytes.
const (
	// MaxLine is the longest line read.
	MaxLine = 64 << 10
	// MaxSize is the limit of Parse, with room for more than 100,000 records.
	MaxSize = 64 << 20
	// MaxSizeOne is the limit of ParseOne.
	MaxSizeOne = 2 * MaxLine
)

// Entry is one line of a checksum file.
type Entry struct {
	Sum Sum
	// Name is the file's name without escapes; "" for a bare digest. It comes
	// from a stranger and may hold path separators and any byte except NUL.
	Name string
	Line int // 1-based
	// Form names the program or encoding of an entry that sha256sum -c does not
	// read: "UTF-16", "certutil", "UTF-16, Get-FileHash". "" for any other.
	Form string
}

// Rule names the rule that a checksum file breaks. The values are stable.
type Rule string

// The rules that FormatError names.
const (
	Syntax   Rule = "syntax"        // none of the forms that Parse knows
	Digest   Rule = "digest"        // no SHA-256 digest where one is expected
	Escape   Rule = "escape"        // an escape in a name that GNU coreutils does not write
	Encoding Rule = "encoding"      // neither UTF-8 nor UTF-16
	LongLine Rule = "line-too-long" // a line over MaxLine
	TooLarge Rule = "too-large"     // over MaxSize, MaxSizeOne or the caller's limit
	Empty    Rule = "empty"         // no entry at all
	Several  Rule = "several"       // more than the one entry that ParseOne expects
)

// Rules lists every rule.
func Rules() []Rule {
	return []Rule{Syntax, Digest, Escape, Encoding, LongLine, TooLarge, Empty, Several}
}

// FormatError says in which line a checksum file breaks which rule.
type FormatError struct {
	Line   int // 1-based
	Rule   Rule
	Detail string // English; never quotes the file
}

// Error names the line and what is wrong with it.
func (e *FormatError) Error() string {
	return fmt.Sprintf("checksum file, line %d: %s", e.Line, e.Detail)
}

// Parse parses a checksum file of at most MaxSize bytes. It accepts all forms in
// use, also mixed: GNU text and binary ("HEX  NAME", "HEX *NAME", a backslash
// before HEX if NAME is escaped), the reversed BSD form ("HEX NAME"), the BSD tag
// ("SHA256 (NAME) = HEX"), that of openssl ("SHA2-256(NAME)= HEX") and a bare
// digest; and what PowerShell's Get-FileHash and certutil of Windows print. Digits
// may be of either case, line ends LF or CRLF, the text UTF-8 or UTF-16 with a byte
// order mark or without; blank lines and comments that begin with #, ; or // are
// allowed. For any other file the
// error is a *FormatError; an error of r is wrapped.
func Parse(r io.Reader) ([]Entry, error) { return ParseLimit(r, MaxSize) }

// ParseLimit is Parse for a file of at most max bytes.
func ParseLimit(r io.Reader, max int64) ([]Entry, error) {
	p := newParser(r, max)
	var entries []Entry
	for {
		e, err := p.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		entries = append(entries, e)
	}
	if len(entries) == 0 {
		return nil, p.empty()
	}
	return entries, nil
}

// ParseOne is Parse for the checksum file of one record, which has exactly one
// entry and at most MaxSizeOne bytes. It stops at a second entry.
func ParseOne(r io.Reader) (Entry, error) {
	p := newParser(r, MaxSizeOne)
	one, err := p.next()
	if err == io.EOF {
		return Entry{}, p.empty()
	}
	if err != nil {
		return Entry{}, err
	}
	switch second, err := p.next(); err {
	case io.EOF:
		return one, nil
	case nil:
		return Entry{}, &FormatError{second.Line, Several, "a second entry where one is wanted"}
	default:
		return Entry{}, err
	}
}

// parser returns the entries one by one.
type parser struct {
	lines *bufio.Scanner
	left  *io.LimitedReader
	text  *decoder
	max   int64
	line  int
	tools tools
}

func newParser(r io.Reader, max int64) *parser {
	max = min(max, math.MaxInt64-1)
	left := &io.LimitedReader{R: r, N: max + 1} // one byte more tells too large from whole
	text := &decoder{src: left}
	lines := bufio.NewScanner(text)
	// The buffer is small at first, since there are many files of one line.
	lines.Buffer(make([]byte, 0, 256), MaxLine+2)
	return &parser{lines: lines, left: left, text: text, max: max}
}

func (p *parser) fail(rule Rule, format string, args ...any) error {
	return &FormatError{p.line, rule, fmt.Sprintf(format, args...)}
}

func (p *parser) empty() error {
	return &FormatError{1, Empty, "no checksum in the file"}
}

// next returns the next entry, io.EOF after the last.
func (p *parser) next() (Entry, error) {
	for p.lines.Scan() {
		p.line++
		text := p.lines.Bytes()
		if p.left.N == 0 {
			return Entry{}, p.tooLarge()
		}
		if len(text) > MaxLine {
			return Entry{}, p.tooLong()
		}
		if p.line == 1 {
			if p.text.utf32 {
				return Entry{}, p.fail(Encoding, "the file is UTF-32")
			}
			text = bytes.TrimPrefix(text, []byte("\xEF\xBB\xBF"))
		}
		if len(bytes.TrimLeft(text, " \t")) == 0 {
			if p.tools.hashed {
				return p.named(p.tools.end())
			}
			continue
		}
		if text[0] == '#' || text[0] == ';' || bytes.HasPrefix(text, []byte("//")) {
			continue
		}
		e, err := p.entry(text)
		if e != nil {
			return p.named(e)
		}
		if err != nil {
			return Entry{}, err
		}
	}
	if p.tools.open() {
		return Entry{}, p.fail(Syntax, "a digest is announced, and none follows")
	}
	if e := p.tools.end(); e != nil {
		return p.named(e)
	}
	p.line++
	switch err := p.lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return Entry{}, p.tooLong()
	case err != nil:
		return Entry{}, fmt.Errorf("checksum: reading line %d: %w", p.line, err)
	}
	return Entry{}, io.EOF
}

// entry reads the entry of one line; nil if the line holds none.
func (p *parser) entry(text []byte) (*Entry, error) {
	e, rule, detail := parseLine(text)
	if rule == "" && !p.tools.waits() {
		e.Line = p.line
		return &e, nil
	}
	other, itsRule, itsDetail := p.tools.line(text, p.line)
	switch {
	case itsRule == "":
		return other, nil
	case rule == "" && !p.tools.heading:
		e.Line = p.line
		return &e, nil
	case itsDetail != "":
		rule, detail = itsRule, itsDetail
	}
	return nil, p.fail(rule, "%s", detail)
}

// named completes an entry, whose name may come from a program's output.
func (p *parser) named(e *Entry) (Entry, error) {
	if strings.IndexByte(e.Name, 0) >= 0 {
		return Entry{}, p.fail(Syntax, "a NUL in the name")
	}
	if p.text.utf16 {
		e.Form = strings.TrimSuffix(formUTF16+", "+e.Form, ", ")
	}
	return *e, nil
}

func (p *parser) tooLarge() error { return p.fail(TooLarge, "the file is over %d bytes", p.max) }
func (p *parser) tooLong() error  { return p.fail(LongLine, "the line is over %d bytes", MaxLine) }
