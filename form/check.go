package form

import (
	"strings"
	"unicode/utf8"
)

// cleaned returns a copy of the form whose texts can be printed as they are. The
// error says why the form cannot be printed.
func (e *edition) cleaned(f Form) (Form, error) {
	switch {
	case f.Package == "":
		return f, refuse("the package has no name")
	case f.Date.IsZero():
		return f, refuse("the date is missing")
	case f.Count < 1 || f.Row == nil:
		return f, refuse("there are no records")
	case f.Count > MaxRecords:
		return f, refuse("%d records, at most %d fit", f.Count, MaxRecords)
	case len(f.Medium.Volumes) < 1 || len(f.Medium.Volumes) > MaxDiscs:
		return f, refuse("%d discs, wanted 1 to %d", len(f.Medium.Volumes), MaxDiscs)
	case len(f.Person.Phones) > maxPhones:
		return f, refuse("%d telephone numbers, at most %d fit", len(f.Person.Phones), maxPhones)
	}
	var err error
	take := func(field string, in face, s *string, limit int) {
		cleaned, problem := e.take(field, in, 0, *s, limit)
		if *s = cleaned; err == nil {
			err = problem
		}
	}
	take("package name", mono, &f.Package, MaxCell)
	take("IC", regular, &f.Unit.IC, MaxField)
	take("unit name", regular, &f.Unit.Name, MaxField)
	take("person name", regular, &f.Person.Name, MaxField)
	take("PersonId", regular, &f.Person.ID, MaxField)
	take("e-mail", regular, &f.Person.Email, MaxField)
	take("place", regular, &f.Place, MaxField)
	take("kind of medium", regular, &f.Medium.Kind, MaxField)
	take("generator", regular, &f.Generator, MaxField)
	f.Person.Phones = append([]string(nil), f.Person.Phones...)
	for i := range f.Person.Phones {
		take("telephone", regular, &f.Person.Phones[i], MaxField)
	}
	f.Medium.Volumes = append([]string(nil), f.Medium.Volumes...)
	for i := range f.Medium.Volumes {
		take("volume identifier", mono, &f.Medium.Volumes[i], MaxVolume)
		if f.Medium.Volumes[i] == "" && err == nil {
			err = refuse("disc %d has no volume identifier", i+1)
		}
	}
	if n := utf8.RuneCountInString(f.Reason); n > MaxReason && err == nil {
		err = refuse("the reason has %d characters, at most %d fit", n, MaxReason)
	}
	for _, p := range e.paragraphs(f.Reason) {
		if _, problem := e.take("reason", regular, 0, p, MaxReason); err == nil {
			err = problem
		}
	}
	return f, err
}

// take returns a text ready to print. The error says that it is too long or has a
// letter that the face lacks; record is the number of its row, 0 before the table.
func (e *edition) take(field string, in face, record int, s string, limit int) (string, error) {
	if n := utf8.RuneCountInString(s); n > limit {
		if record > 0 {
			return s, refuse("record %d: the %s has %d characters, at most %d fit", record, field, n, limit)
		}
		return s, refuse("the %s has %d characters, at most %d fit", field, n, limit)
	}
	s = e.clean(s)
	if letter, at := e.missing(in, s); e.strict && letter != "" {
		return s, &LetterError{Letter: letter, At: at, Field: field, Record: record, Text: s}
	}
	return s, nil
}

// ready returns record i ready to print.
func (l *layout) ready(i, disc int) (Row, error) {
	f := l.f
	r := f.Row(i)
	if r.Name == "" || r.Size < 0 || r.Size >= maxSize {
		return r, refuse("record %d has no name or a size out of range: %d bytes", i+1, r.Size)
	}
	if r.Disc < disc || r.Disc > len(f.Medium.Volumes) {
		return r, refuse("record %d is on disc %d after disc %d of %d", i+1, r.Disc, disc, len(f.Medium.Volumes))
	}
	for _, c := range []struct {
		field string
		in    face
		text  *string
		limit int
	}{
		{"file name", mono, &r.Name, MaxCell},
		{"kind", regular, &r.Kind, MaxCell},
		{"date", regular, &r.Date, MaxCell},
		{"TransactionId", mono, &r.TransactionID, MaxCell},
		{"original name", regular, &r.Original, MaxField},
	} {
		var err error
		if *c.text, err = l.take(c.field, c.in, i+1, *c.text, c.limit); err != nil {
			return r, err
		}
	}
	if r.Original == r.Name {
		r.Original = ""
	}
	return r, nil
}

// paragraphs splits a text at its line breaks and drops empty lines.
func (e *edition) paragraphs(s string) []string {
	var ps []string
	for p := range strings.SplitSeq(strings.ReplaceAll(s, "\r", "\n"), "\n") {
		if p = e.clean(p); p != "" {
			ps = append(ps, p)
		}
	}
	return ps
}
