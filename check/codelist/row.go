package codelist

import (
	"fmt"
	"slices"
	"strings"
)

// A stored row is a line of fields with a tab between them; the first is its
// sort:
//
//	U ic from to state kind name             a unit
//	P ic person from to state role           a person of a unit
//	Q person ic                              the units of a person
//	S statement kind from to every name      a statement of a kind of unit
//	C code from to name                      a code of SKP or the accounts
//
// from and to are YYYYMMDD, 00000000 and 99991231 where open; state is A, N or
// -; a missing value is empty.
var columns = map[byte]int{'U': 7, 'P': 7, 'Q': 3, 'S': 7, 'C': 5}

// sorts are the sorts of rows that a list holds.
var sorts = map[Kind]string{Units: "PQU", Statements: "S", SKP: "C", Accounts: "C"}

// record gives access to the values of one record and gathers what is wrong
// with it.
type record struct {
	fields  *fields
	values  []value
	line    int
	problem *Problem
}

func (r *record) fail(field, format string, args ...any) {
	if r.problem == nil {
		r.problem = &Problem{Line: r.line, Field: field, Detail: fmt.Sprintf(format, args...)}
	}
}

// get returns a field that may occur only once; the same value twice counts as
// one.
func (r *record) get(field string) string {
	found := ""
	for _, v := range r.values {
		if v.field != field {
			continue
		}
		s := r.ours(field, v.text)
		if found != "" && s != found {
			r.fail(field, "stands twice: %q and %q", shorten([]byte(found)), shorten([]byte(s)))
		}
		found = s
	}
	return found
}

// ours returns a value in its stored form.
func (r *record) ours(field, text string) string {
	if n := r.fields.pad[field]; n > 0 {
		text = padded(text, n)
	}
	if table, ok := r.fields.values[field]; ok {
		if s, ok := table[foldValue(text)]; ok {
			return s
		}
	}
	if c := closed[field]; c != nil && !slices.Contains(c, text) {
		r.fail(field, "%q is none of the known values", shorten([]byte(text)))
	}
	return text
}

func (r *record) span(fromField, toField string) (string, string) {
	from, to := r.date(fromField, begin), r.date(toField, never)
	if from > to {
		r.fail(toField, "lies before %s", fromField)
	}
	return fmt.Sprintf("%08d", from), fmt.Sprintf("%08d", to)
}

func (r *record) date(field string, open day) day {
	s := r.get(field)
	if s == "" {
		return open
	}
	d, ok := parseDay(s)
	if !ok {
		r.fail(field, "%q is no date", shorten([]byte(s)))
	}
	if d == 0 {
		return open
	}
	return d
}

func (r *record) state(field string) string {
	switch r.get(field) {
	case "active":
		return "A"
	case "inactive":
		return "N"
	}
	return "-"
}

// emit stores the record of an element that has its key, with the persons
// inside it.
func (d *reader) emit(f *frame) error {
	s := &d.out.summary
	if s.Records+s.Refused >= MaxRecords {
		return fmt.Errorf("%w: over %d records", ErrTooLarge, MaxRecords)
	}
	r := &record{fields: d.fields, values: f.values, line: f.line}
	var rows []string
	switch d.out.kind {
	case Units:
		rows = r.unit(f.persons)
	case Statements:
		rows = r.statement()
	default:
		rows = r.code()
	}
	if f.broken != nil {
		r.problem = f.broken
	}
	if r.problem != nil {
		s.Refused++
		d.note(*r.problem)
		return nil
	}
	s.Records++
	for _, row := range rows {
		if d.out.size += int64(len(row)) + 1; d.out.size > MaxBody {
			return fmt.Errorf("%w: over %d bytes of rows", ErrTooLarge, MaxBody)
		}
		d.out.rows = append(d.out.rows, row)
	}
	return nil
}

func line(fields ...string) string { return strings.Join(fields, "\t") }

func (r *record) unit(inside []person) []string {
	ic := r.get("ic")
	from, to := r.span("from", "to")
	rows := []string{line("U", ic, from, to, r.state("state"), r.get("unit_kind"), r.get("name"))}
	rows = append(rows, r.person(ic)...)
	for _, v := range r.values {
		if v.field == "zo" || v.field == "nzo" {
			id := v.text
			if n := r.fields.pad["person"]; n > 0 {
				id = padded(id, n)
			}
			rows = append(rows, line("P", ic, id, from, to, "-", strings.ToUpper(v.field)), line("Q", id, ic))
		}
	}
	for _, p := range inside {
		in := &record{fields: r.fields, values: p.values, line: p.line, problem: p.broken}
		rows = append(rows, in.person(ic)...)
		if in.problem != nil && r.problem == nil {
			r.problem = in.problem
		}
	}
	return rows
}

// person is the row of the person that the record names, if it does. If the
// person's own fields are missing, those of the record count.
func (r *record) person(ic string) []string {
	id := r.get("person")
	if id == "" {
		return nil
	}
	fromField, toField := "from", "to"
	if has(r.values, "person_from") || has(r.values, "person_to") {
		fromField, toField = "person_from", "person_to"
	}
	stateField := "state"
	if has(r.values, "person_state") {
		stateField = "person_state"
	}
	from, to := r.span(fromField, toField)
	return []string{line("P", ic, id, from, to, r.state(stateField), r.get("role")), line("Q", id, ic)}
}

func (r *record) statement() []string {
	from, to := r.span("from", "to")
	return []string{line("S", statementCode(r.get("statement")), r.get("unit_kind"), from, to, r.get("every"), r.get("name"))}
}

func (r *record) code() []string {
	from, to := r.span("from", "to")
	return []string{line("C", r.get("code"), from, to, r.get("name"))}
}
