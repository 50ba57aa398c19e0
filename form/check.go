package form

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// cleaned returns a copy of the form whose texts can be printed as they are. The
// error says why the form cannot be printed.
func (f Form) cleaned() (Form, error) {
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
	take := func(field string, s *string, limit int) {
		if e := fits(field, *s, limit); e != nil && err == nil {
			err = refuse("%w", e)
		}
		*s = clean(*s)
	}
	take("package name", &f.Package, MaxCell)
	take("IC", &f.Unit.IC, MaxField)
	take("unit name", &f.Unit.Name, MaxField)
	take("person name", &f.Person.Name, MaxField)
	take("PersonId", &f.Person.ID, MaxField)
	take("e-mail", &f.Person.Email, MaxField)
	take("place", &f.Place, MaxField)
	take("kind of medium", &f.Medium.Kind, MaxField)
	take("generator", &f.Generator, MaxField)
	f.Person.Phones = append([]string(nil), f.Person.Phones...)
	for i := range f.Person.Phones {
		take("telephone", &f.Person.Phones[i], MaxField)
	}
	f.Medium.Volumes = append([]string(nil), f.Medium.Volumes...)
	for i := range f.Medium.Volumes {
		take("volume identifier", &f.Medium.Volumes[i], MaxVolume)
		if f.Medium.Volumes[i] == "" && err == nil {
			err = refuse("disc %d has no volume identifier", i+1)
		}
	}
	if e := fits("reason", f.Reason, MaxReason); e != nil && err == nil {
		err = refuse("%w", e)
	}
	return f, err
}

// row returns record i ready to print.
func (f *Form) row(i, disc int) (Row, error) {
	r := f.Row(i)
	if r.Name == "" || r.Size < 0 || r.Size >= maxSize {
		return r, refuse("record %d has no name or a size out of range: %d bytes", i+1, r.Size)
	}
	if r.Disc < disc || r.Disc > len(f.Medium.Volumes) {
		return r, refuse("record %d is on disc %d after disc %d of %d", i+1, r.Disc, disc, len(f.Medium.Volumes))
	}
	for _, c := range []struct {
		field string
		text  *string
		limit int
	}{
		{"file name", &r.Name, MaxCell},
		{"kind", &r.Kind, MaxCell},
		{"date", &r.Date, MaxCell},
		{"TransactionId", &r.TransactionID, MaxCell},
		{"original name", &r.Original, MaxField},
	} {
		if err := fits(c.field, *c.text, c.limit); err != nil {
			return r, refuse("record %d: %w", i+1, err)
		}
		*c.text = clean(*c.text)
	}
	if r.Original == r.Name {
		r.Original = ""
	}
	return r, nil
}

func fits(field, s string, limit int) error {
	if n := utf8.RuneCountInString(s); n > limit {
		return fmt.Errorf("the %s has %d characters, at most %d fit", field, n, limit)
	}
	return nil
}

// paragraphs splits a text at its line breaks and drops empty lines.
func paragraphs(s string) []string {
	var ps []string
	for p := range strings.SplitSeq(strings.ReplaceAll(s, "\r", "\n"), "\n") {
		if p = clean(p); p != "" {
			ps = append(ps, p)
		}
	}
	return ps
}
