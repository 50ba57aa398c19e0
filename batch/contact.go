package batch

import (
	"slices"
	"strings"

	"csuis-offline/envelope"
	"csuis-offline/finding"
)

// contact is a value that the form prints of the unit or the person.
type contact struct {
	element string // that holds it in a header
	unit    bool   // of the unit, and not of the person
	code    finding.Code
	value   func(*envelope.Party) []string
}

var contacts = []contact{
	{"SubjectName", true, finding.PackNameDiffers, func(p *envelope.Party) []string { return known(p.Name) }},
	{"PersonName", false, finding.PackNameDiffers, func(p *envelope.Party) []string { return known(p.Person.Name) }},
	{"Email", false, finding.PackContactDiffers, func(p *envelope.Party) []string { return known(p.Person.Email) }},
	{"PhoneNumber", false, finding.PackContactDiffers, func(p *envelope.Party) []string { return p.Person.Phones }},
}

func known(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// Origin says where a value of [Sealed].Sender comes from: File is an input as
// findings name it, and "" stands for Options.Envelope.
type Origin struct{ Element, File string }

// sender is who hands over: the unit and the person that the first record's header
// names, and what is known of them. The configuration speaks before the headers
// where it is about the same unit and person, since it is what the user says now.
func (s *sealing) sender() (p envelope.Party, from []Origin) {
	first := slices.Index(s.ok, true)
	if first < 0 {
		return p, nil
	}
	p.IC, p.Person.ID = s.records[first].Info.Sender.IC, s.records[first].Info.Sender.Person.ID
	from = []Origin{{"PersonId", s.inputs[first].Shown()}}
	if c := s.o.Envelope; c != nil {
		from = complete(&p, &envelope.Party{IC: c.Unit.IC, Name: c.Unit.Name, Person: c.Person}, "", from)
	}
	for i := range s.records {
		if s.ok[i] {
			from = complete(&p, &s.records[i].Info.Sender, s.inputs[i].Shown(), from)
		}
	}
	return p, from
}

// complete fills in the values that are still empty from a source about the same
// unit and person, and notes which it gave.
func complete(to, from *envelope.Party, file string, origins []Origin) []Origin {
	for _, c := range contacts {
		if len(c.value(to)) > 0 || len(c.value(from)) == 0 || !c.same(to, from) {
			continue
		}
		switch c.element {
		case "SubjectName":
			to.Name = from.Name
		case "PersonName":
			to.Person.Name = from.Person.Name
		case "Email":
			to.Person.Email = from.Person.Email
		default:
			to.Person.Phones = from.Person.Phones
		}
		origins = append(origins, Origin{c.element, file})
	}
	return origins
}

// same reports whether both are about the unit or the person of this value.
func (c contact) same(a, b *envelope.Party) bool {
	if c.unit {
		return a.IC == b.IC
	}
	return a.Person.ID == b.Person.ID
}

// differing tells of each record what its header says otherwise than the form will.
// Contact data are compared for a hand-over on discs alone, which has a form.
func (s *sealing) differing(p *envelope.Party, origins []Origin) []finding.Finding {
	var fs []finding.Finding
	for i := range s.records {
		if !s.ok[i] {
			continue
		}
		from := &s.records[i].Info.Sender
		for _, c := range contacts {
			wanted, found := c.value(p), c.value(from)
			if len(wanted) == 0 || len(found) == 0 || !c.same(p, from) || slices.Equal(wanted, found) ||
				c.code == finding.PackContactDiffers && !s.o.OneUnit {
				continue
			}
			f := finding.Finding{
				Code: c.code, Severity: finding.Warning, File: s.inputs[i].Shown(), Record: s.records[i].Name,
				Wanted: strings.Join(wanted, ", "), Found: strings.Join(found, ", "), Path: c.element,
			}
			for _, o := range origins {
				if o.Element == c.element {
					f.Detail = o.File
				}
			}
			fs = append(fs, f)
		}
	}
	return fs
}
