// Package attachment looks at the files that are attached to the records of
// types 012 to 016 and finds those of a kind that is not allowed (technical
// manual, chapter C, ERRATT). It recognises the kind by a file's content and
// ignores names.
//
// The schemas of these records and the decree's list of kinds (annex 2) are not
// published to us. So the list is data that a user can replace (kinds.toml, all
// of it assumed), and a Scanner finds a file if the list names its element, if
// the element's xsi:type is base64Binary, or if the text of an element plainly
// is base64 (options of the data). The last is a guess, and a finding about it
// says so.
//
// A Scanner is fed the tokens of a record and keeps some 300 KiB, whatever the
// record's size.
package attachment

import (
	"errors"

	"csuis-offline/c14n"
)

// Rule is what a finding is about.
type Rule string

// The rules.
const (
	NotAllowed   Rule = "not-allowed"  // a kind that the list does not hold
	Unrecognized Rule = "unrecognized" // a kind that is not known here
	NotBase64    Rule = "not-base64"   // the element should hold a file, its text is no base64
	EmptyFile    Rule = "empty"        // a file of no bytes
	Truncated    Rule = "truncated"    // a file whose end is missing; its kind is allowed
)

// Rules lists every rule.
func Rules() []Rule { return []Rule{NotAllowed, Unrecognized, NotBase64, EmptyFile, Truncated} }

// Finding is one attachment that is not as it should be.
type Finding struct {
	Rule    Rule
	Kind    Kind   // Empty or Unknown if the content shows no kind
	Number  int    // the attachment's place among those of the record, from 1
	Element string // local name of the element that holds it
	// Line and Column are those of its start tag, 1-based.
	Line, Column int
	Size         int64 // of the decoded file, in bytes; for NotBase64, of the part that was read
	Guessed      bool  // the element was found by its text alone
}

// MaxFindings is the most findings that a Scanner keeps.
const MaxFindings = 1000

// ErrTokens says that the tokens are not those of a document.
var ErrTokens = errors.New("attachment: end tag without a start tag")

// Scanner finds the attachments of one record. It is not safe for use by
// several goroutines at once.
type Scanner struct {
	list     *List
	depth    int
	count    int
	findings []Finding
	dropped  int

	element   []byte // the innermost element's name
	open      bool   // it may still turn out to hold a file
	named     bool   // it is known to
	line, col int
	decoder   decoder
}

// NewScanner returns a Scanner that accepts the kinds of a list.
func NewScanner(allowed *List) *Scanner {
	return &Scanner{list: allowed, decoder: newDecoder()}
}

// Token takes the next token of the record, or of the whole document around
// it. Its error is ErrTokens.
func (s *Scanner) Token(t *c14n.Token) error {
	switch t.Kind {
	case c14n.Start:
		s.depth++
		s.start(t)
	case c14n.Text:
		s.text(t.Text)
	case c14n.End:
		if s.depth == 0 {
			return ErrTokens
		}
		s.depth--
		if s.open {
			s.end()
		}
		s.open = false
	}
	return nil
}

// Attachments returns the number of files found so far.
func (s *Scanner) Attachments() int { return s.count }

// Findings returns what was found so far, in the order of the record, at most
// MaxFindings. The slice is the caller's own.
func (s *Scanner) Findings() []Finding { return append([]Finding(nil), s.findings...) }

// Dropped returns the number of findings beyond MaxFindings.
func (s *Scanner) Dropped() int { return s.dropped }

const (
	xsi = "http://www.w3.org/2001/XMLSchema-instance"
	xsd = "base64Binary"
)

func (s *Scanner) start(t *c14n.Token) {
	s.open = !s.list.ignored[t.URI]
	if !s.open {
		return
	}
	s.element = append(s.element[:0], t.Local...)
	s.line, s.col = t.Line, t.Column
	s.named = s.list.elements[string(t.Local)] || saysBase64(t.Attrs)
	s.decoder.reset()
}

// saysBase64 reports an xsi:type of xs:base64Binary, whatever its prefix.
func saysBase64(attrs []c14n.Attr) bool {
	for i := range attrs {
		a := &attrs[i]
		if a.URI == xsi && string(a.Local) == "type" {
			v := a.Value
			return len(v) >= len(xsd) && string(v[len(v)-len(xsd):]) == xsd && (len(v) == len(xsd) || v[len(v)-len(xsd)-1] == ':')
		}
	}
	return false
}

func (s *Scanner) text(p []byte) {
	if !s.open || s.decoder.bad {
		return
	}
	s.decoder.write(p)
	if !s.named && (s.decoder.bad || s.decoder.ragged) {
		s.open = false
	}
}

// end judges the element that ends and had no element inside.
func (s *Scanner) end() {
	d := &s.decoder
	if !s.named && !(s.list.shortest > 0 && d.chars >= s.list.shortest && d.mixed()) {
		return
	}
	d.flush()
	s.count++
	if d.bad || !d.whole() {
		s.report(NotBase64, Unknown)
		return
	}
	kind, truncated := d.detector.kind()
	switch {
	case kind == Empty:
		s.report(EmptyFile, kind)
	case kind == Unknown:
		s.report(Unrecognized, kind)
	case !s.list.kinds[kind]:
		s.report(NotAllowed, kind)
	case truncated:
		s.report(Truncated, kind)
	}
}

func (s *Scanner) report(r Rule, k Kind) {
	if len(s.findings) >= MaxFindings {
		s.dropped++
		return
	}
	s.findings = append(s.findings, Finding{
		Rule: r, Kind: k, Number: s.count, Element: shorten(s.element), Line: s.line, Column: s.col,
		Size: s.decoder.detector.size, Guessed: !s.named,
	})
}

// shorten bounds a name that goes into a finding.
func shorten(name []byte) string {
	const most = 200
	r := []rune(string(name[:min(len(name), 4*most)]))
	return string(r[:min(len(r), most)])
}
