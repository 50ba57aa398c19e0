package madeup

import (
	"bytes"
	"slices"
	"time"
)

// Flawed is a record with one thing wrong in it. The file's name says which.
type Flawed struct {
	Record
	// Code is that of the finding which the checks make of it.
	Code string
	// Warning: the finding is a warning, not an error.
	Warning bool
	// Rule is the content rule that fails, "" where another check finds it.
	Rule string
}

// FlawedStatements are statements of one 31.12., each with one mistake, in the
// form since 2010. The one without a Code is right; another disagrees with it.
func FlawedStatements(date time.Time) []Flawed {
	f := flawer{date}
	income, balance, cash, equity, fund := "VykazZiskuAztrat", "Rozvaha", "PenezniToky", "ZmenyVlastnihoKapitalu", "FondPrivatizace"
	all := []Flawed{
		f.gap("01-rozvaha-chybi-polozka-A.II.3.xml", balance),
		f.rule("02-vykaz-zisku-nesouhlasi-soucet-A.I.xml", income, "VykazZiskuAztrat 3", edited(Edit{income, "A.I.4", 3, 90_000})),
		f.rule("03-rozvaha-aktiva-nejsou-rovna-pasivum.xml", balance, "Rozvaha 1", edited(Edit{balance, "PASIVA", 1, 10_000_000_000})),
		f.rule("04-rozvaha-zaporna-polozka-B.II.11.xml", balance, "Rozvaha 23", edited(Edit{balance, "B.II.11", 4, -2_000_000_000}, Edit{balance, "B.II.1", 4, 2_000_000_000})),
		f.rule("05-rozvaha-B.I.1-neni-na-konci-roku-nula.xml", balance, "Rozvaha 36", edited(Edit{balance, "B.I.1", 1, 50_000}, Edit{balance, "B.I.1", 3, 50_000}, Edit{balance, "B.I.2", 1, -50_000}, Edit{balance, "B.I.2", 3, -50_000})),
		f.rule("06-penezni-toky-nesouhlasi-soucet-F.xml", cash, "PenezniToky 7", edited(Edit{cash, "F", 1, 5_000})),
		f.rule("07-zmeny-kapitalu-nesouhlasi-radek-C.xml", equity, "ZmenyVlastnihoKapitalu 2", edited(Edit{equity, "C", 4, 10_000})),
		f.rule("08-fond-privatizace-nesouhlasi-rozdil.xml", fund, "FondPrivatizace 3", edited(Edit{fund, "H.III", 1, -2_500})),
	}
	all = append(all, f.across("09-rozvaha-jiny-vysledek-nez-v-09b.xml", "09b-vykaz-zisku-k-rozvaze-09.xml")...)
	return append(all,
		f.text("10-penezni-toky-carka-misto-tecky.xml", cash, "xsd.value-type", "A.I.1.", ".", ",", 1),
		f.text("11-rozvaha-preklep-ve-jmenu-prvku.xml", balance, "xsd.element-unexpected", "A.III.2.", "ObdobiBezneNetto", "ObdobiBezneNeto", 2),
		f.cut("12-fond-privatizace-soubor-neni-cely.xml", fund, "xml.truncated"),
		f.stranger("13-penezni-toky-neznama-jednotka.xml", cash, "check.unit"),
		f.person("14-penezni-toky-cizi-osoba.xml", cash, "check.person"),
		f.early("15-rozvaha-obdobi-jeste-neskoncilo.xml", balance, "check.not-over"),
	)
}

type flawer struct{ date time.Time }

// change makes a statement wrong.
type change func(*Statement)

func edited(edits ...Edit) change { return func(s *Statement) { s.Apply(edits...) } }

func (f flawer) statement(kind string) *Statement {
	all := Statements(1, f.date)
	return all[slices.IndexFunc(all, func(s *Statement) bool { return s.Kind == kind })]
}

func (f flawer) rule(file, kind, rule string, change change) Flawed {
	s := f.statement(kind)
	change(s)
	return Flawed{Record: Record{file, s.bare()}, Code: "check.rule-failed", Rule: rule}
}

// gap takes a position out that had a number in one column only, so that one sum
// alone tells.
func (f flawer) gap(file, kind string) Flawed {
	const missing = "A.II.3"
	s := f.statement(kind)
	kept := s.row("A.II.1").cents
	for i, c := range s.row(missing).cents {
		kept[i] += c
	}
	kept[3] -= 125_000
	s.Remove(missing)
	return Flawed{Record: Record{file, s.bare()}, Code: "check.rule-failed-gap", Rule: "Rozvaha 4"}
}

// across makes two statements that do not agree, of the school: beside the others
// of the unit there would be several of one kind and date.
func (f flawer) across(file, beside string) []Flawed {
	balance, income := f.statement("Rozvaha"), f.statement("VykazZiskuAztrat")
	balance.IC, income.IC = SchoolIC, SchoolIC
	for _, p := range []string{"C.III.1", "C.III", "C", "PASIVA"} {
		balance.Apply(Edit{balance.Kind, p, 1, 730_000})
	}
	return []Flawed{
		{Record: Record{file, balance.enveloped(PersonID)}, Code: "check.rule-failed", Rule: "Mezivykazove 1"},
		{Record: Record{beside, income.enveloped(PersonID)}},
	}
}

// text changes the XML of one row, so that it no longer fits its schema.
func (f flawer) text(file, kind, code, position, old, with string, times int) Flawed {
	data := f.statement(kind).bare()
	at := bytes.Index(data, []byte("<PolozkaCislo>"+position+"</PolozkaCislo>\n"))
	at += bytes.IndexByte(data[at:], '\n')
	row := bytes.Replace(data[at:], []byte(old), []byte(with), times)
	return Flawed{Record: Record{file, slices.Concat(data[:at], row)}, Code: code}
}

// cut ends a file in the middle of a row.
func (f flawer) cut(file, kind, code string) Flawed {
	data := f.statement(kind).bare()
	return Flawed{Record: Record{file, data[:bytes.LastIndex(data, []byte("</Radek>"))]}, Code: code}
}

func (f flawer) stranger(file, kind, code string) Flawed {
	s := f.statement(kind)
	s.IC = StrangeIC
	return Flawed{Record: Record{file, s.bare()}, Code: code}
}

func (f flawer) person(file, kind, code string) Flawed {
	return Flawed{Record: Record{file, f.statement(kind).enveloped(StrangeID)}, Code: code}
}

func (f flawer) early(file, kind, code string) Flawed {
	f.date = f.date.AddDate(1, 0, 0)
	return Flawed{Record: Record{file, f.statement(kind).bare()}, Code: code, Warning: true}
}
