package codelist

import (
	"context"
	"fmt"
	"io"
	"slices"

	"csuis-offline/c14n"
	"csuis-offline/internal/iox"
)

// content is what was read of a published file.
type content struct {
	kind     Kind
	from, to day
	rows     []string // not yet sorted
	size     int64    // bytes of the rows
	summary  Summary
}

// frame is an open element.
type frame struct {
	name   name
	line   int
	leaf   bool // no element inside so far
	text   []byte
	long   bool
	values []value
	broken *Problem // the first thing wrong with its own values
	held   int      // bytes of values and persons
	// persons are inside, and their unit is not known yet.
	persons []person
	// orphans are the elements inside that have fields but no key, and are in no
	// record so far; problems name some of them.
	orphans  int
	problems []Problem
}

// name is an element's or attribute's local name, as written and folded.
type name struct{ written, folded string }

// value is one field of a frame, as it is written but for white space.
type value struct{ field, text string }

// person is a person whose unit is not known yet.
type person struct {
	values []value
	line   int
	broken *Problem
}

// reader turns tokens into rows.
type reader struct {
	mapping  *Mapping
	fields   *fields
	out      *content
	stack    []frame
	held     int // bytes of all frames
	names    map[string]name
	unmapped map[string]bool
	most     int64 // bytes of the file
}

const (
	// checkEvery is how many tokens are read between two looks at the context.
	checkEvery = 1024
	// maxHeld bounds the values of all open elements, in bytes.
	maxHeld = 16 << 20
	// maxNames bounds how many names are remembered.
	maxNames = 10_000
)

func newReader(kind Kind, m *Mapping) *reader {
	return &reader{
		mapping: m, out: &content{kind: kind, from: begin, to: never},
		names: map[string]name{}, unmapped: map[string]bool{}, most: MaxSource,
	}
}

// read reads a published list. kind is "" if the file itself must show it. The
// content is never nil.
func read(ctx context.Context, r io.Reader, kind Kind, m *Mapping) (*content, error) {
	d := newReader(kind, m)
	err := d.read(ctx, r)
	s := &d.out.summary
	s.Kind, s.From, s.To = d.out.kind, d.out.from.known(), d.out.to.known()
	for n := range d.unmapped {
		s.Unmapped = append(s.Unmapped, n)
	}
	slices.Sort(s.Unmapped)
	return d.out, err
}

func (d *reader) read(ctx context.Context, r io.Reader) error {
	tokens := c14n.NewScanner(iox.Limit(r, d.most, fmt.Errorf("%w: over %d bytes", ErrTooLarge, d.most)))
	for n := 0; ; n++ {
		if n%checkEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		t, err := tokens.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		switch t.Kind {
		case c14n.Start:
			err = d.start(t)
		case c14n.Text:
			d.text(t.Text)
		case c14n.End:
			err = d.end()
		}
		if err != nil {
			return err
		}
		if d.held > maxHeld {
			return fmt.Errorf("%w: over %d bytes in one record", ErrTooLarge, maxHeld)
		}
	}
}

func (d *reader) start(t *c14n.Token) error {
	if len(d.stack) == 0 {
		if err := d.root(t); err != nil {
			return err
		}
	} else {
		d.top().leaf = false
		d.top().text = nil
	}
	d.stack = append(d.stack, frame{name: d.name(t.Local), line: t.Line, leaf: true})
	for i := range t.Attrs {
		a := &t.Attrs[i]
		if a.NS || a.URI == xsi || string(a.Prefix) == "xml" {
			continue
		}
		d.assign(d.top(), d.name(a.Local), a.Value, t.Line)
	}
	return nil
}

const xsi = "http://www.w3.org/2001/XMLSchema-instance"

func (d *reader) root(t *c14n.Token) error {
	if d.out.kind == "" {
		places := []string{t.URI}
		for i := range t.Attrs {
			if a := &t.Attrs[i]; a.URI == xsi && (string(a.Local) == "schemaLocation" || string(a.Local) == "noNamespaceSchemaLocation") {
				places = append(places, string(a.Value))
			}
		}
		k, ok := d.mapping.detect(string(t.Local), places)
		if !ok {
			return fmt.Errorf("%w: its root is %q", ErrKind, shorten(t.Local))
		}
		d.out.kind = k
	}
	d.fields = d.mapping.lists[d.out.kind]
	return nil
}

func (d *reader) top() *frame { return &d.stack[len(d.stack)-1] }

func (d *reader) name(local []byte) name {
	if n, ok := d.names[string(local)]; ok {
		return n
	}
	// A name that was cut means no field.
	n := name{written: shorten(local)}
	if n.folded = foldName(n.written); len(n.written) < len(local) {
		n.folded = ""
	}
	if len(d.names) < maxNames {
		d.names[string(local)] = n
	}
	return n
}

func (d *reader) text(p []byte) {
	if len(d.stack) == 0 {
		return
	}
	f := d.top()
	if !f.leaf || f.long {
		return
	}
	// White space around and within does not count for MaxField; a value beyond
	// this bound is too long in any case.
	if len(f.text)+len(p) > 4*MaxField {
		f.long, f.text = true, nil
		return
	}
	f.text = append(f.text, p...)
}

// assign gives a frame the field that a name means inside it.
func (d *reader) assign(f *frame, n name, written []byte, at int) {
	field := d.fields.field(f.name.folded, n.folded)
	if field == "" {
		if len(d.unmapped) < MaxProblems && !d.unmapped[n.written] {
			d.unmapped[n.written] = true
		}
		return
	}
	text, ok := "", len(written) <= 4*MaxField
	if ok {
		text, ok = tidy(written)
	}
	switch {
	case !ok || len(text) > MaxField:
		f.fail(at, field, "is longer than a field can be, or holds a control character")
	case text == "":
	case len(f.values) >= MaxValues:
		f.fail(at, field, "is one value more than a record can have")
	default:
		f.values = append(f.values, value{field, text})
		d.hold(f, len(text)+cost)
	}
}

// cost is roughly what a value takes besides its text, in bytes.
const cost = 64

func (d *reader) hold(f *frame, n int) {
	f.held += n
	d.held += n
}

func (f *frame) fail(line int, field, detail string) {
	if f.broken == nil {
		f.broken = &Problem{Line: line, Field: field, Detail: detail}
	}
}

// end closes an element: it is a field of the element around it, a record, the
// list's header, or only holds others.
func (d *reader) end() error {
	f := d.stack[len(d.stack)-1]
	d.stack = d.stack[:len(d.stack)-1]
	d.held -= f.held
	if len(d.stack) == 0 {
		d.header(&f)
		d.refuseOrphans(&f)
		return nil
	}
	parent := d.top()
	switch {
	case !f.leaf:
	case f.long:
		d.assign(parent, f.name, make([]byte, 4*MaxField+1), f.line)
	case len(f.text) > 0:
		d.assign(parent, f.name, f.text, f.line)
	}
	if len(d.stack) == 1 && d.fields.header[f.name.folded] {
		d.header(&f)
		return nil
	}
	if has(f.values, keys[d.out.kind]) {
		return d.emit(&f)
	}
	d.pass(&f, parent)
	return nil
}

// keys are the fields without which there is no record.
var keys = map[Kind]string{Units: "ic", Statements: "statement", SKP: "code", Accounts: "code"}

func has(values []value, field string) bool {
	return slices.ContainsFunc(values, func(v value) bool { return v.field == field })
}

// pass moves the contents of an element without a key to the element around it,
// as the record to which they belong may be further out, and its key may come
// later.
func (d *reader) pass(f, parent *frame) {
	switch {
	case has(f.values, "person"):
		// An element named after a role states that role.
		if role := d.fields.field(parent.name.folded, f.name.folded); (role == "zo" || role == "nzo") && !has(f.values, "role") {
			f.values = append(f.values, value{"role", map[string]string{"zo": "ZO", "nzo": "NZO"}[role]})
		}
		f.persons = append(f.persons, person{f.values, f.line, f.broken})
	case slices.ContainsFunc(personal, func(field string) bool { return has(f.values, field) }):
		// Unlike an address or a contact, this is no part of a unit's record.
		d.out.summary.Refused++
		d.note(Problem{f.line, "person", "is missing"})
	case f.broken != nil:
		f.orphan(*f.broken)
	case len(f.values) > 0:
		f.orphan(Problem{Line: f.line, Field: keys[d.out.kind], Detail: "is missing"})
	}
	if room := MaxValues - len(parent.persons); len(f.persons) > room {
		for range f.persons[room:] {
			parent.orphan(Problem{Line: f.line, Field: "person", Detail: "is one person more than a record can have"})
		}
		f.persons = f.persons[:room]
		parent.fail(f.line, "person", "is one person more than a record can have")
	}
	parent.persons = append(parent.persons, f.persons...)
	if len(f.persons) > 0 {
		d.hold(parent, f.held+cost)
	}
	parent.orphans += f.orphans
	parent.problems = append(parent.problems, f.problems[:min(len(f.problems), MaxProblems-len(parent.problems))]...)
}

// personal are the fields that only a person has.
var personal = []string{"role", "person_from", "person_to", "person_state"}

func (f *frame) orphan(p Problem) {
	f.orphans++
	if len(f.problems) < MaxProblems {
		f.problems = append(f.problems, p)
	}
}

// header reads the list's own validity.
func (d *reader) header(f *frame) {
	for _, v := range f.values {
		var to *day
		switch v.field {
		case "list_from", "from":
			to = &d.out.from
		case "list_to", "to":
			to = &d.out.to
		default:
			continue
		}
		if n, ok := parseDay(v.text); !ok {
			d.note(Problem{f.line, v.field, fmt.Sprintf("%q is no date; the list's own validity is taken as open", shorten([]byte(v.text)))})
		} else if n != 0 {
			*to = n
		}
	}
	if d.out.from > d.out.to {
		d.note(Problem{f.line, "list_to", "lies before list_from; the list's own validity is taken as open"})
		d.out.from, d.out.to = begin, never
	}
}

func (d *reader) note(p Problem) {
	if s := &d.out.summary; len(s.Problems) < MaxProblems {
		s.Problems = append(s.Problems, p)
	}
}

// refuseOrphans counts what belongs to no record of the whole file.
func (d *reader) refuseOrphans(f *frame) {
	d.out.summary.Refused += f.orphans + len(f.persons)
	for _, p := range f.persons {
		d.note(Problem{p.line, "ic", "is missing for this person"})
	}
	for _, p := range f.problems {
		d.note(p)
	}
}

// shorten bounds a piece of the file that goes into a message or a name.
func shorten(b []byte) string {
	const most = 200
	if len(b) <= most {
		return string(b)
	}
	r := []rune(string(b[:min(len(b), 4*most)]))
	return string(r[:min(len(r), most)])
}
