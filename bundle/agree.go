package bundle

import (
	"slices"

	"csuis-offline/envelope"
	"csuis-offline/finding"
)

// judgeTogether holds all records to the first good one: one package is one
// hand-over of one unit by one person, each transfer has an identifier of its
// own, and of one statement only the last version counts (manual ch. A and D).
// Online a person may hand over for several units at once.
func judgeTogether(inputs []input, records []built, anyUnit bool) []finding.Finding {
	var fs []finding.Finding
	first := slices.IndexFunc(records, func(r built) bool { return r.ok })
	if first < 0 {
		return nil
	}
	want := &records[first].sender
	transactions := make(map[string]int, len(records))
	statements := make(map[statement]int)
	for i := range records {
		r := &records[i]
		if !r.ok {
			continue
		}
		add := func(code finding.Code, s finding.Severity, wanted, found, detail string) {
			fs = append(fs, finding.Finding{
				Code: code, Severity: s, File: inputs[i].path, Record: r.info.Name, Wanted: wanted, Found: found, Detail: detail,
			})
		}
		sameUnit, samePerson := r.sender.IC == want.IC, r.sender.Person.ID == want.Person.ID
		if !sameUnit && !anyUnit {
			add(finding.PackUnitDiffers, finding.Error, want.IC, r.sender.IC, inputs[first].path)
		}
		if !samePerson {
			add(finding.PackPersonDiffers, finding.Error, want.Person.ID, r.sender.Person.ID, inputs[first].path)
		}
		if a, b := want.Name, r.sender.Name; sameUnit && otherwise(a, b) {
			add(finding.PackNameDiffers, finding.Warning, a, b, inputs[first].path)
		}
		if a, b := want.Person.Name, r.sender.Person.Name; samePerson && otherwise(a, b) {
			add(finding.PackNameDiffers, finding.Warning, a, b, inputs[first].path)
		}
		if j, twice := transactions[r.info.TransactionID]; twice {
			add(finding.PackDoubleTransaction, finding.Warning, "", r.info.TransactionID, inputs[j].path)
		} else {
			transactions[r.info.TransactionID] = i
		}
		if s := statementOf(&r.info); s.date != "" && s.kind != "" {
			if j, twice := statements[s]; twice {
				add(finding.PackDoubleStatement, finding.Warning, "", s.date, inputs[j].path)
			} else {
				statements[s] = i
			}
		}
	}
	return fs
}

// otherwise reports whether both names are known and differ.
func otherwise(a, b string) bool { return a != "" && b != "" && a != b }

// statement is what makes one statement replace an earlier one (manual ch. D).
type statement struct{ unit, kind, root, date string }

func statementOf(r *RecordInfo) statement {
	return statement{r.SubjectIC, r.RecordType, r.Root, r.StatementDate}
}

// sender says who hands over: as the records' headers say, the first that says
// it, and where none does, as the configuration says of the same unit and person.
func sender(records []built, cfg *envelope.Config) (unit Unit, person Person) {
	for i := range records {
		if r := &records[i]; r.ok {
			complete(&unit, &person, Unit{r.sender.IC, r.sender.Name}, r.sender.Person)
		}
	}
	if cfg != nil {
		complete(&unit, &person, Unit(cfg.Unit), cfg.Person)
	}
	return unit, person
}

// complete fills in what is not known yet from a source about the same unit and
// person.
func complete(unit *Unit, person *Person, u Unit, p envelope.Person) {
	fill(&unit.IC, u.IC)
	fill(&person.ID, p.ID)
	if unit.IC == u.IC {
		fill(&unit.Name, u.Name)
	}
	if person.ID == p.ID {
		fill(&person.Name, p.Name)
		fill(&person.Email, p.Email)
		if len(person.Phones) == 0 {
			person.Phones = p.Phones
		}
	}
}

func fill(dst *string, s string) {
	if *dst == "" {
		*dst = s
	}
}
