package bundle

import (
	"unicode/utf8"

	"csuis-offline/finding"
	"csuis-offline/form"
	"csuis-offline/seal"
)

// judgeTexts refuses a record whose header holds a text that the form or the
// manifest cannot carry whole; neither ever cuts one.
func judgeTexts(res *seal.Result) []finding.Finding {
	var fs []finding.Finding
	in := &res.Info
	judge := func(part, text string, most int) {
		if n := utf8.RuneCountInString(text); n > most {
			fs = append(fs, finding.Finding{
				Code: finding.PackTextTooLong, Severity: finding.Error, Detail: part, Wanted: itoa(int64(most)), Found: itoa(int64(n)),
			})
		}
	}
	// The form prints the type and the root in one cell.
	judge("RecordType", in.RecordType, 16)
	judge(in.Root[:min(len(in.Root), 40)], in.Root, form.MaxCell-17)
	for _, t := range []struct{ part, text string }{
		{"DatumVykaz", in.StatementDate}, {"SubjektICO", in.SubjectIC}, {"DateTimeCreated", in.Created},
	} {
		judge(t.part, t.text, form.MaxCell)
	}
	p := &in.Sender.Person
	for _, t := range []struct{ part, text string }{
		{"SubjectName", in.Sender.Name}, {"PersonName", p.Name}, {"Email", p.Email},
	} {
		judge(t.part, t.text, form.MaxField)
	}
	for _, phone := range p.Phones {
		judge("PhoneNumber", phone, form.MaxField)
	}
	return fs
}
