package madeup

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"time"
)

// Other made-up units: a school that the unit founded, and one that no code list
// knows. The digits check.
const (
	SchoolIC   = "09999981"
	SchoolName = "Základní škola Kůňov nad Ďáblicí"
	StrangeIC  = "09999973"
	StrangeID  = "9999000999"
)

// unitNames are the names of made-up units that send envelopes.
var unitNames = map[string]string{UnitIC: UnitName, SchoolIC: SchoolName}

// UnitsList is a made-up list cus0001 of the units and persons that may hand over.
func UnitsList() []byte {
	return fmt.Appendf(nil, `<?xml version="1.0" encoding="UTF-8"?>
<!-- Smyšlený číselník k ukázce. Skutečný vydává CSÚIS. -->
<UcetniJednotky xmlns="urn:cz:example:cus0001">
  <UcetniJednotka>
    <IC>%s</IC><Nazev>%s</Nazev><PlatnostOd>2009-01-01</PlatnostOd><PlatnostDo>9999-12-31</PlatnostDo>
    <PersonId>%s</PersonId><Role>ZO</Role>
  </UcetniJednotka>
  <UcetniJednotka>
    <IC>%s</IC><Nazev>%s</Nazev><PlatnostOd>2009-01-01</PlatnostOd><PlatnostDo>9999-12-31</PlatnostDo>
    <PersonId>%s</PersonId><Role>ZO</Role>
  </UcetniJednotka>
</UcetniJednotky>
`, UnitIC, UnitName, PersonID, SchoolIC, SchoolName, PersonID)
}

// EndOf2009 is the day of the made-up statements in the form of 2009.
var EndOf2009 = time.Date(2009, time.December, 31, 0, 0, 0, 0, time.UTC)

// titles are what files with statements are called, in the order of Statements.
var titles = []string{"vykaz-zisku-a-ztraty", "rozvaha", "penezni-toky", "zmeny-vlastniho-kapitalu", "fond-privatizace"}

// recordTypes are theirs (manual ch. A).
var recordTypes = map[string]string{"VykazZiskuAztrat": "002", "Rozvaha": "001", "PenezniToky": "003", "ZmenyVlastnihoKapitalu": "003", "FondPrivatizace": "004"}

// GoodStatements are statements of one unit and date in which all is right, in
// the form since 2010. One of them is in an envelope.
func GoodStatements(date time.Time) []Record {
	var all []Record
	for i, s := range Statements(1, date) {
		data := s.bare()
		if s.Kind == "PenezniToky" {
			data = s.enveloped(PersonID)
		}
		all = append(all, Record{fmt.Sprintf("%s-%s.xml", titles[i], date.Format(time.DateOnly)), data})
	}
	return all
}

// GoodStatementsOf2009 are such statements in the form of 2009, of EndOf2009. The
// positions of their elements are those of MapOf2009.
func GoodStatementsOf2009() []Record {
	var all []Record
	for i, s := range Statements(1, EndOf2009) {
		var b bytes.Buffer
		s.WriteOf2009(&b, ElementOf2009)
		all = append(all, Record{fmt.Sprintf("%s-%s.xml", titles[i], EndOf2009.Format(time.DateOnly)), b.Bytes()})
	}
	return all
}

func (s *Statement) bare() []byte {
	var b bytes.Buffer
	s.Write(&b)
	return b.Bytes()
}

func (s *Statement) enveloped(personID string) []byte {
	var record, b bytes.Buffer
	s.write(&record)
	message{s.Date, s.IC, personID, recordTypes[s.Kind]}.write(&b, rand.New(rand.NewPCG(1, 4)), record.Bytes())
	return b.Bytes()
}
