package rules

import (
	"bytes"
	"strings"
	"time"

	"csuis-offline/c14n"
)

// The elements that all statements share (technical manual, chapter A, doc/facts.md 4).
const (
	headerElement   = "VykazHlavicka"
	unitElement     = "SubjektICO"
	dateElement     = "DatumVykaz"
	rowElement      = "Radek"
	positionElement = "PolozkaCislo"
)

// Extractor finds the statements in the tokens of one record, bare or in its
// envelope, in the form of 2009 (an element for each position) and in the form
// since 2010 (rows with the position as text). What it keeps is bounded by the
// number of positions, not by the record's size.
type Extractor struct {
	set  *Set
	all  []*Statement
	st   *Statement // the one that is being read
	root int        // depth of its root

	in      place
	section int
	column  int

	// A row since 2010 is put together until it ends.
	rowLine  int
	position []byte
	named    int // how many positions the row has
	values   []rowValue

	// The text of one element that is being taken.
	taking  int // its depth; 0 for none
	taken   []byte
	tooLong bool // or it has a child element: there is no value in either case
	line    int
	name    []byte // its name, in the form of 2009

	dates, units int
}

type place uint8

const (
	outside  place = iota // of everything that matters
	inHeader              // VykazHlavicka
	inPart                // Aktiva
	inColumn              // Aktiva/ObdobiBezneBrutto: the form of 2009
	inRow                 // Aktiva/Radek: the form since 2010
)

type rowValue struct {
	column, line int
	text         []byte
	tooLong      bool
}

// NewExtractor returns an Extractor that knows the statements of the built-in map.
func NewExtractor() *Extractor { return statements().NewExtractor() }

// NewExtractor returns an Extractor that knows the statements of the Set's map.
func (s *Set) NewExtractor() *Extractor { return &Extractor{set: s} }

// Statement returns the first statement of the record, nil if it has none that
// the map knows. It is complete after the record's last token.
func (x *Extractor) Statement() *Statement {
	if len(x.all) == 0 {
		return nil
	}
	return x.all[0]
}

// Statements returns all statements of the record. A record should have one.
func (x *Extractor) Statements() []*Statement { return x.all }

// Token takes the next token of the record. After an error, ErrTooManyPositions
// or ErrTooManyStatements, it may still be called: it leaves out what is too
// much, and the rules of that statement are not run.
func (x *Extractor) Token(t *c14n.Token) error {
	switch t.Kind {
	case c14n.Start:
		return x.start(t)
	case c14n.Text:
		if x.taking != 0 && t.Depth == x.taking {
			x.take(t.Text)
		}
	case c14n.End:
		if x.st != nil {
			return x.end(t)
		}
	}
	return nil
}

func (x *Extractor) take(text []byte) {
	if len(x.taken) == 0 {
		text = bytes.TrimLeft(text, " \t\r\n")
	}
	room := maxText - len(x.taken)
	if len(text) > room {
		// White space after the value may have any length.
		x.tooLong = x.tooLong || len(bytes.TrimRight(text[room:], " \t\r\n")) > 0
		text = text[:room]
	}
	x.taken = append(x.taken, text...)
}

func (x *Extractor) start(t *c14n.Token) error {
	if x.st == nil {
		return x.find(t)
	}
	if x.taking != 0 {
		x.inside()
		return nil
	}
	switch t.Depth - x.root {
	case 1:
		x.in = outside
		if string(t.Local) == headerElement {
			x.in = inHeader
			return nil
		}
		for i, s := range x.st.layout.sections {
			if string(t.Local) == s.name {
				x.in, x.section = inPart, i
			}
		}
	case 2:
		x.second(t)
	case 3:
		x.third(t)
	}
	return nil
}

// inside notes that the element whose text is being taken has a child, so its
// text is no number. In the form of 2009 it may be a position that is nested in
// a group, so the part has elements whose position is not known.
func (x *Extractor) inside() {
	x.tooLong = true
	if x.in == inColumn || x.in == inPart {
		x.st.unmapped[x.section] = true
	}
}

// find looks for the root of a statement.
func (x *Extractor) find(t *c14n.Token) error {
	l := x.set.roots[string(t.Local)]
	if l == nil || t.URI != "" && !strings.HasPrefix(t.URI, namespaces) {
		return nil
	}
	if len(x.all) == maxStatements {
		for _, st := range x.all {
			st.incomplete = true
		}
		return ErrTooManyStatements
	}
	x.st, x.root = newStatement(l, t.Line), t.Depth
	x.in, x.units, x.dates = outside, 0, 0
	x.all = append(x.all, x.st)
	return nil
}

func (x *Extractor) second(t *c14n.Token) {
	switch x.in {
	case inHeader:
		if l := string(t.Local); l == unitElement || l == dateElement {
			x.begin(t)
		}
	case inPart:
		s := x.st.layout.sections[x.section]
		if string(t.Local) == rowElement {
			x.in = inRow
			x.rowLine, x.named, x.position, x.values = t.Line, 0, x.position[:0], x.values[:0]
		} else if c, ok := s.cells[string(t.Local)]; ok {
			x.in, x.column = inColumn, c
		} else if s.direct >= 0 {
			x.column = s.direct
			x.begin(t)
		}
	}
}

func (x *Extractor) third(t *c14n.Token) {
	switch x.in {
	case inColumn:
		x.begin(t)
	case inRow:
		if string(t.Local) == positionElement {
			x.begin(t)
		} else if c, ok := x.st.layout.sections[x.section].cells[string(t.Local)]; ok {
			x.column = c
			x.begin(t)
		}
	}
}

// begin takes the text of an element from here on.
func (x *Extractor) begin(t *c14n.Token) {
	x.taking, x.line, x.tooLong = t.Depth, t.Line, false
	x.taken = x.taken[:0]
	x.name = append(x.name[:0], t.Local[:min(len(t.Local), maxPosition+1)]...)
}

func (x *Extractor) end(t *c14n.Token) error {
	if t.Depth == x.taking {
		x.taking = 0
		return x.value(t, bytes.TrimRight(x.taken, " \t\r\n"))
	}
	switch t.Depth - x.root {
	case 0:
		x.st = nil
	case 1:
		x.in = outside
	case 2:
		was := x.in
		if was == inRow || was == inColumn {
			x.in = inPart
		}
		if was == inRow {
			return x.endRow()
		}
	}
	return nil
}

// value takes the whole text of an element.
func (x *Extractor) value(t *c14n.Token, text []byte) error {
	switch x.in {
	case inHeader:
		x.header(string(t.Local), string(text))
	case inRow:
		if string(t.Local) == positionElement {
			x.named++
			x.position = append(x.position[:0], text...)
			if x.tooLong {
				x.named = 2
			}
		} else if len(text) > 0 {
			x.rowValue(text)
		}
	case inColumn, inPart:
		if len(text) > 0 {
			return x.element(text)
		}
	}
	return nil
}

func (x *Extractor) header(name, text string) {
	st := x.st
	if name == unitElement {
		if x.units++; x.units == 1 && !x.tooLong {
			st.IC = text
		} else if st.IC != text {
			st.IC = ""
		}
		return
	}
	d := ""
	if day, ok := ParseDay(text); ok && !x.tooLong {
		d = day.Format(time.DateOnly)
	}
	if x.dates++; x.dates == 1 {
		st.Date = d
	} else if st.Date != d {
		st.Date = ""
	}
}

// ParseDay reads the forms of a date seen in records (doc/facts.md 3): DDMMYYYY,
// and ISO with or without a time and a zone. The day is taken as it is written;
// ok is false if it is none.
func ParseDay(s string) (day time.Time, ok bool) {
	for _, form := range []string{time.DateOnly, "02012006", "2006-01-02Z07:00", "2006-01-02T15:04:05", "2006-01-02T15:04:05Z07:00"} {
		// YYYYMMDD would pass for DDMMYYYY, with a year of long ago.
		if t, err := time.Parse(form, s); err == nil && t.Year() >= 1900 {
			y, m, d := t.Date()
			return time.Date(y, m, d, 0, 0, 0, 0, time.UTC), true
		}
	}
	return time.Time{}, false
}

func (x *Extractor) rowValue(text []byte) {
	// A row has few values, so further ones are duplicates.
	if len(x.values) >= 2*maxSections {
		return
	}
	if len(x.values) < cap(x.values) {
		x.values = x.values[:len(x.values)+1]
	} else {
		x.values = append(x.values, rowValue{})
	}
	v := &x.values[len(x.values)-1]
	v.column, v.line, v.tooLong = x.column, x.line, x.tooLong
	v.text = append(v.text[:0], text...)
}

// endRow keeps a row of the form since 2010.
func (x *Extractor) endRow() error {
	if x.named != 1 || len(x.position) == 0 {
		return nil // no rule can name a row without a position
	}
	s := x.st.layout.sections[x.section]
	words := rowWord(string(x.position))
	position, ok := s.words[words]
	if !ok {
		position, ok = parsePosition(string(x.position))
	}
	key := position
	if !ok {
		position, key = string(x.position), s.name+"/"+words
	} else if !s.holds(position) {
		key = s.name + "/" + position
	}
	known := x.st.index[key] != nil
	r := x.st.row(key, position, x.section, x.rowLine)
	if r == nil {
		return ErrTooManyPositions
	}
	if known {
		r.doubled = true
		return nil
	}
	for _, v := range x.values {
		if v.tooLong {
			v.text = nil
		}
		x.st.set(r, v.column, v.text, v.line)
	}
	return nil
}

// element keeps a value of the form of 2009.
func (x *Extractor) element(text []byte) error {
	s := x.st.layout.sections[x.section]
	key, ok := s.elements[string(x.name)]
	position := key
	if !ok {
		x.st.unmapped[x.section] = true
		if len(x.name) > maxPosition {
			return nil
		}
		position = string(x.name)
		key = s.name + "/" + position
	}
	r := x.st.row(key, position, x.section, x.line)
	if r == nil {
		return ErrTooManyPositions
	}
	if x.tooLong {
		text = nil
	}
	x.st.set(r, x.column, text, x.line)
	return nil
}
