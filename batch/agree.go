package batch

import (
	"context"
	"errors"
	"io"
	"slices"
	"unicode/utf8"

	"csuis-offline/crypto"
	"csuis-offline/envelope"
	"csuis-offline/finding"
	"csuis-offline/internal/iox"
)

// The longest texts of a header, in characters, that form and manifest carry
// whole; neither ever cuts one. A record sent online may still have to follow
// on a disc, so the limits hold for both ways.
const (
	MaxField = 1_000 // a name, an address, a telephone
	MaxCell  = 255   // what stands in a cell of the form's table
	maxType  = 16    // the type, which shares its cell with the root's name
)

// agree compares all records with the first good one: a package is the hand-over
// of one unit by one person, no two transfers share an identifier, and only the
// last version of a statement counts (technical manual, chapters A and D).
// Online, a person may hand over for several units at once.
func (s *sealing) agree() []finding.Finding {
	var fs []finding.Finding
	first := slices.Index(s.ok, true)
	if first < 0 {
		return nil
	}
	want, other := &s.records[first].Info.Sender, s.inputs[first].Shown()
	transactions := make(map[string]int, len(s.records))
	statements := make(map[statement]int)
	for i := range s.records {
		if !s.ok[i] {
			continue
		}
		r := &s.records[i]
		from := &r.Info.Sender
		add := func(code finding.Code, s finding.Severity, wanted, found, other string) {
			fs = append(fs, finding.Finding{
				Code: code, Severity: s, File: r.Input.Shown(), Record: r.Name, Wanted: wanted, Found: found, Detail: other,
			})
		}
		sameUnit, samePerson := from.IC == want.IC, from.Person.ID == want.Person.ID
		if !sameUnit && s.o.OneUnit {
			add(finding.PackUnitDiffers, finding.Error, want.IC, from.IC, other)
		}
		if !samePerson {
			add(finding.PackPersonDiffers, finding.Error, want.Person.ID, from.Person.ID, other)
		}
		if j, twice := transactions[r.Info.TransactionID]; twice {
			add(finding.PackDoubleTransaction, finding.Warning, "", r.Info.TransactionID, s.inputs[j].Shown())
		} else {
			transactions[r.Info.TransactionID] = i
		}
		if st := statementOf(&r.Info); st.date != "" && st.kind != "" {
			if j, twice := statements[st]; twice {
				add(finding.PackDoubleStatement, finding.Warning, "", st.date, s.inputs[j].Shown())
			} else {
				statements[st] = i
			}
		}
	}
	return fs
}

// statement identifies a statement: a record with the same four values replaces
// an earlier one (technical manual, chapter D).
type statement struct{ unit, kind, root, date string }

func statementOf(r *envelope.Info) statement {
	return statement{r.SubjectIC, r.RecordType, r.Root, r.StatementDate}
}

// Unit is the IČ of the sender of the first input whose header can be read, or
// "".
func (b *Batch) Unit(ctx context.Context) string {
	for i := range b.inputs {
		if ctx.Err() != nil {
			return ""
		}
		if ic := b.peekUnit(&b.inputs[i]); envelope.CheckIC(ic) != envelope.ICMalformed {
			return ic
		}
	}
	return ""
}

func (b *Batch) peekUnit(in *Input) string {
	f, err := iox.Open(in.Path)
	if err != nil {
		return ""
	}
	defer f.Close()
	var r io.Reader = f
	if in.Sealed {
		r = crypto.NewReader(f, b.o.Key)
	}
	info, err := envelope.Peek(r)
	if errors.Is(err, envelope.ErrNotEnvelope) && b.o.Envelope != nil {
		return b.o.Envelope.Unit.IC
	}
	if err != nil {
		return ""
	}
	return info.Sender.IC
}

// judgeTexts refuses a record whose header holds a text that the form or the
// manifest cannot carry whole; neither ever cuts one.
func judgeTexts(in *envelope.Info) []finding.Finding {
	var fs []finding.Finding
	judge := func(part, text string, most int) {
		if n := utf8.RuneCountInString(text); n > most {
			fs = append(fs, finding.Finding{
				Code: finding.PackTextTooLong, Severity: finding.Error, Detail: part, Wanted: itoa(int64(most)), Found: itoa(int64(n)),
			})
		}
	}
	// The form prints the type and the root in one cell.
	judge("RecordType", in.RecordType, maxType)
	judge(in.Root[:min(len(in.Root), 40)], in.Root, MaxCell-maxType-1)
	for _, t := range []struct{ part, text string }{
		{"DatumVykaz", in.StatementDate}, {"SubjektICO", in.SubjectIC}, {"DateTimeCreated", in.Created},
	} {
		judge(t.part, t.text, MaxCell)
	}
	p := &in.Sender.Person
	for _, t := range []struct{ part, text string }{
		{"SubjectName", in.Sender.Name}, {"PersonName", p.Name}, {"Email", p.Email},
	} {
		judge(t.part, t.text, MaxField)
	}
	for _, phone := range p.Phones {
		judge("PhoneNumber", phone, MaxField)
	}
	return fs
}
