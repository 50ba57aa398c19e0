package madeup

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"golang.org/x/text/encoding/charmap"
)

// The namespaces of statements since 2010 (FACTS 4).
const (
	isvs     = "urn:cz:isvs:micr:schemas:"
	shared   = ` xmlns:bus="` + isvs + `BusinessTypes:v2" xmlns:stm="` + isvs + `StatementTypes:v1"`
	balance  = isvs + "Rozvaha:v1"
	income   = isvs + "VykazZiskuAztrat:v1"
	notes    = isvs + "UcetniZaverkaPriloha:v1"
	fin212m  = isvs + "Fin_2_12_m:v1"
	messages = `xmlns:msg="urn:cz:mfcr:iissp:schemas:Messaging:v1" xmlns:iissp="urn:cz:mfcr:iissp:schemas:Common:v1" xmlns:cus="urn:cz:mfcr:iissp:schemas:Cus:v1"`
)

// BalanceSheet writes a Rozvaha with so many rows of assets; a row takes about
// 250 bytes.
func BalanceSheet(w io.Writer, rnd *rand.Rand, rows int) {
	declaration(w, "UTF-8")
	balanceSheet(w, rnd, rows)
}

func balanceSheet(w io.Writer, rnd *rand.Rand, rows int) {
	fmt.Fprintf(w, "<Rozvaha xmlns=\"%s\"%s>\n", balance, shared)
	header(w)
	fmt.Fprintln(w, "  <Aktiva>")
	for i := range rows {
		gross := rnd.Int64N(1e9)
		less := rnd.Int64N(gross/2 + 1)
		fmt.Fprintf(w, "    <Radek>\n      <PolozkaCislo>%s</PolozkaCislo>\n      <ObdobiBezneBrutto>%s</ObdobiBezneBrutto>\n      <ObdobiBezneKorekce>%s</ObdobiBezneKorekce>\n      <ObdobiBezneNetto>%s</ObdobiBezneNetto>\n      <ObdobiMinule>%s</ObdobiMinule>\n    </Radek>\n",
			position(i), amount(gross), amount(less), amount(gross-less), amount(rnd.Int64N(1e9)))
	}
	fmt.Fprint(w, "  </Aktiva>\n</Rozvaha>\n")
}

func position(i int) string {
	return fmt.Sprintf("%c.%s.%d.", 'A'+rune(i/40%4), []string{"I", "II", "III", "IV"}[i/10%4], i%10+1)
}

// IncomeStatement writes a VykazZiskuAztrat with so many rows. Its declaration
// says windows-1250; see toWindows1250.
func IncomeStatement(w io.Writer, rnd *rand.Rand, rows int) {
	declaration(w, "windows-1250")
	fmt.Fprintf(w, "<VykazZiskuAztrat xmlns=\"%s\"%s>\n", income, shared)
	header(w)
	fmt.Fprintf(w, "  <!-- sestavila: %s -->\n  <Naklady>\n", PersonName)
	for i := range rows {
		fmt.Fprintf(w, "    <Radek>\n      <PolozkaCislo>%s</PolozkaCislo>\n      <ObdobiBezneCinnostHlavni>%s</ObdobiBezneCinnostHlavni>\n      <ObdobiBezneCinnostHospodarska>%s</ObdobiBezneCinnostHospodarska>\n    </Radek>\n",
			position(i), amount(rnd.Int64N(1e8)), amount(rnd.Int64N(1e7)))
	}
	fmt.Fprint(w, "  </Naklady>\n</VykazZiskuAztrat>\n")
}

// Notes writes a Příloha with so many paragraphs of text.
func Notes(w io.Writer, rnd *rand.Rand, paragraphs int) {
	declaration(w, "UTF-8")
	fmt.Fprintf(w, "<UcetniZaverkaPriloha xmlns=\"%s\"%s>\n", notes, shared)
	header(w)
	for i := range paragraphs {
		fmt.Fprintf(w, "  <Text cislo=\"%d\">Příliš žluťoučký kůň úpěl ďábelské ódy, a to již po %d. v tomto období.</Text>\n", i+1, rnd.IntN(90)+1)
	}
	fmt.Fprint(w, "</UcetniZaverkaPriloha>\n")
}

// Envelope writes an envelope without an integrity identifier around an FIN
// 2-12 M with so many rows.
func Envelope(w io.Writer, rnd *rand.Rand, rows int) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "<Fin_2_12_m xmlns=\"%s\"%s>\n", fin212m, shared)
	header(&b)
	fmt.Fprintln(&b, "  <PrijmyRozpoctove>")
	for i := range rows {
		fmt.Fprintf(&b, "    <VykazRadek>\n      <Polozka>%d</Polozka>\n      <Vysledek>%s</Vysledek>\n    </VykazRadek>\n", 1111+i, amount(rnd.Int64N(1e8)))
	}
	fmt.Fprint(&b, "  </PrijmyRozpoctove>\n</Fin_2_12_m>\n")
	message{statementDate, UnitIC, PersonID, "051"}.write(w, rnd, b.Bytes())
}

// EnvelopedBalanceSheet writes an envelope without an integrity identifier
// around a BalanceSheet.
func EnvelopedBalanceSheet(w io.Writer, rnd *rand.Rand, rows int) {
	var b bytes.Buffer
	balanceSheet(&b, rnd, rows)
	message{statementDate, UnitIC, PersonID, "001"}.write(w, rnd, b.Bytes())
}

// message is what differs between the envelopes of made-up records.
type message struct {
	date                 time.Time // of the statement
	ic, personID, record string    // of the sender; record is the RecordType
}

// write writes an envelope without an integrity identifier (FACTS 3).
func (m message) write(w io.Writer, rnd *rand.Rand, record []byte) {
	id := fmt.Sprintf("%016X%016X", rnd.Uint64(), rnd.Uint64())
	created := HandOver(m.date).Format("2006-01-02T15:04:05Z")
	declaration(w, "UTF-8")
	fmt.Fprintf(w, "<msg:Envelope %s>\n  <msg:EnvelopeHeader>\n    <iissp:TransactionId>%s</iissp:TransactionId>\n    <msg:DateTimeCreated>%s</msg:DateTimeCreated>\n", messages, id, created)
	fmt.Fprintf(w, "    <msg:Sender>\n      <iissp:IC>%s</iissp:IC>\n      <iissp:SubjectName>%s</iissp:SubjectName>\n", m.ic, unitNames[m.ic])
	fmt.Fprintf(w, "      <iissp:ResponsiblePerson>\n        <iissp:PersonName>%s</iissp:PersonName>\n        <iissp:Email>%s</iissp:Email>\n        <iissp:PersonId>%s</iissp:PersonId>\n        <iissp:PhoneNumber>%s</iissp:PhoneNumber>\n      </iissp:ResponsiblePerson>\n    </msg:Sender>\n", PersonName, PersonEmail, m.personID, PersonPhone)
	fmt.Fprint(w, "    <msg:Recipient>\n      <iissp:IC>00006947</iissp:IC>\n      <iissp:SubjectName>Ministerstvo financí ČR</iissp:SubjectName>\n      <iissp:Module>CSUIS</iissp:Module>\n    </msg:Recipient>\n  </msg:EnvelopeHeader>\n")
	fmt.Fprintf(w, "  <msg:EnvelopeBody>\n    <cus:Message>\n      <cus:MessageHeader>\n        <cus:MessageId>%s</cus:MessageId>\n        <cus:DateTimeCreated>%s</cus:DateTimeCreated>\n        <cus:RecordType>%s</cus:RecordType>\n      </cus:MessageHeader>\n      <cus:MessageBody>\n", id, created, m.record)
	w.Write(record)
	fmt.Fprint(w, "      </cus:MessageBody>\n    </cus:Message>\n  </msg:EnvelopeBody>\n  <msg:EnvelopeFooter></msg:EnvelopeFooter>\n</msg:Envelope>\n")
}

// toWindows1250 encodes what the made-up records hold, all of which it has.
func toWindows1250(utf8 []byte) []byte {
	out, err := charmap.Windows1250.NewEncoder().Bytes(utf8)
	if err != nil {
		panic("a made-up record has a letter outside windows-1250: " + err.Error())
	}
	return out
}
