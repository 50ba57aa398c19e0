// Package madeup makes up a unit, a person and records for the demo, the tests
// and the benchmarks. Nothing in it is anybody's: the names are invented and
// the numbers come from a seed.
package madeup

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"time"
)

// The made-up unit and its responsible person. The IČ has a right check digit.
const (
	UnitIC      = "09999990"
	UnitName    = "Obec Kůňov nad Ďáblicí"
	PersonID    = "9999000001"
	PersonName  = "Žofie Příliš-Žluťoučká"
	PersonEmail = "zofie.prilis@kunov.example"
	PersonPhone = "00420000000000"
	Place       = "Kůňov"
	Reason      = "Standardní přenosová cesta byla nedostupná: server neodpovídal od 9.00 hodin."
)

// statementDate is the day that the made-up records of Records are of.
var statementDate = time.Date(2026, time.September, 30, 0, 0, 0, 0, time.UTC)

// RecordsHandOver is a day on which the records of Records are neither early nor late.
var RecordsHandOver = HandOver(statementDate)

// HandOver is the day on which a made-up statement was drawn up and can be handed
// over, 12 days after the one that it is of.
func HandOver(statement time.Time) time.Time { return statement.AddDate(0, 0, 12) }

// Record is one made-up record in its file.
type Record struct {
	File string
	Data []byte
}

// Records makes the records of the demo: bare statements, one of them in
// windows-1250 as older programs write, and one already in an envelope.
func Records(seed uint64) []Record {
	rnd := rand.New(rand.NewPCG(seed, 1))
	var rs []Record
	for _, s := range []struct {
		file   string
		write  func(io.Writer, *rand.Rand, int)
		rows   int
		encode func([]byte) []byte
	}{
		{"Rozvaha 2026-09.xml", BalanceSheet, 120, nil},
		{"Výkaz zisku a ztráty 2026.xml", IncomeStatement, 60, toWindows1250},
		{"Příloha k závěrce 2026-09.xml", Notes, 40, nil},
	} {
		var b bytes.Buffer
		s.write(&b, rnd, s.rows)
		data := b.Bytes()
		if s.encode != nil {
			data = s.encode(data)
		}
		rs = append(rs, Record{s.file, data})
	}
	var b bytes.Buffer
	Envelope(&b, rnd, 80)
	return append(rs, Record{"fin-2-12-m.xml", b.Bytes()})
}

// declaration names the encoding of a bare record.
func declaration(w io.Writer, encoding string) {
	fmt.Fprintf(w, "<?xml version=\"1.0\" encoding=\"%s\"?>\n", encoding)
}

// header writes VykazHlavicka, which all statements share (manual ch. A).
func header(w io.Writer) { headerOf(w, UnitIC, statementDate) }

func headerOf(w io.Writer, ic string, date time.Time) {
	fmt.Fprintf(w, "  <VykazHlavicka>\n    <bus:SubjektICO>%s</bus:SubjektICO>\n    <stm:DatumSestaveni>%s</stm:DatumSestaveni>\n    <stm:DatumVykaz>%s</stm:DatumVykaz>\n  </VykazHlavicka>\n",
		ic, HandOver(date).Format(time.DateOnly), date.Format(time.DateOnly))
}

// amount is a number of crowns with hellers.
func amount(cents int64) string {
	sign := ""
	if cents < 0 {
		sign, cents = "-", -cents
	}
	return fmt.Sprintf("%s%d.%02d", sign, cents/100, cents%100)
}
