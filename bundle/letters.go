package bundle

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"csuis-offline/batch"
	"csuis-offline/envelope"
	"csuis-offline/finding"
	"csuis-offline/form"
)

// letterFinding is the finding that the form cannot show a text as it is, or none.
// Path names what holds the text: an element of a header, a setting, or what the
// user states.
func letterFinding(file, record, path, text string) []finding.Finding {
	letter, at := form.MissingLetter(text)
	if letter == "" {
		return nil
	}
	return []finding.Finding{{
		Code: finding.PackLetter, Severity: finding.Error, File: file, Record: record, Path: path,
		Column: at, Found: shownLetter(letter), Detail: around(text, at),
	}}
}

// shownLetter names a letter by itself and by its number, since it may be invisible
// or look like another.
func shownLetter(letter string) string {
	if !utf8.ValidString(letter) {
		return fmt.Sprintf("0x% X", letter)
	}
	var codes []string
	for _, r := range letter {
		codes = append(codes, fmt.Sprintf("U+%04X", r))
	}
	return letter + " (" + strings.Join(codes, " ") + ")"
}

// around is the part of a text around character at.
func around(text string, at int) string {
	const most = 40
	all := []rune(strings.ToValidUTF8(text, "\uFFFD"))
	from, to := max(0, at-1-most), min(len(all), at+most)
	if from >= to {
		return ""
	}
	part := string(all[from:to])
	if from > 0 {
		part = "…" + part
	}
	if to < len(all) {
		part += "…"
	}
	return part
}

// judgeOwnLetters judges the texts of the form that are known before a record is
// sealed: what the user states and how the inputs are called.
func judgeOwnLetters(in *batch.Inputs, o *Options) []finding.Finding {
	var fs []finding.Finding
	fs = append(fs, letterFinding("", "", "reason", o.Reason)...)
	fs = append(fs, letterFinding("", "", "place", o.Place)...)
	for i := range in.Files {
		f := &in.Files[i]
		for _, found := range letterFinding(f.Shown(), "", "", f.RawName()) {
			found.Code = finding.PackLetterName
			fs = append(fs, found)
		}
	}
	if c := o.Batch.Envelope; c != nil {
		fs = append(fs, partyLetters(&envelope.Party{Name: c.Unit.Name, Person: c.Person}, nil)...)
	}
	return fs
}

// judgeLetters judges what the records' headers bring to the form.
func judgeLetters(sealed *batch.Sealed) []finding.Finding {
	fs := partyLetters(&sealed.Sender, sealed.Origins)
	for i := range sealed.Records {
		r := &sealed.Records[i]
		info := recordInfo(r)
		for _, t := range []struct{ path, text string }{
			{"RecordType", kindText(&info)}, {"DatumVykaz", info.StatementDate},
		} {
			fs = append(fs, letterFinding(r.Input.Shown(), r.Name, t.path, t.text)...)
		}
	}
	return fs
}

// partyLetters judges the data of the unit and the person. Those without an origin
// are the settings'.
func partyLetters(p *envelope.Party, origins []batch.Origin) []finding.Finding {
	var fs []finding.Finding
	judge := func(element, setting, text string) {
		path, file := setting, ""
		for _, o := range origins {
			if o.Element == element && o.File != "" {
				path, file = element, o.File
			}
		}
		fs = append(fs, letterFinding(file, "", path, text)...)
	}
	judge("SubjectName", "unit.name", p.Name)
	judge("PersonName", "person.name", p.Person.Name)
	judge("PersonId", "person.id", p.Person.ID)
	judge("Email", "person.email", p.Person.Email)
	for _, phone := range p.Person.Phones {
		judge("PhoneNumber", "person.phones", phone)
	}
	return fs
}
