package envelope

import (
	"github.com/beevik/etree"

	"csuis-offline/c14n"
)

// Info is what an envelope says of itself. Fields that it lacks are empty.
type Info struct {
	TransactionID string // identifier of this transfer, 1 to 32 hexadecimal digits
	ReferenceID   string // TransactionId of the message that this one answers
	Created       string // DateTimeCreated as written
	Sender        Party
	Recipient     Party
	// RecordType is three digits, "001"; empty if the body holds no cus:Message, as
	// in messages of other modules.
	RecordType string
	// RootNS and Root name the record's root element.
	RootNS, Root string
	// SubjectIC is the unit whose records these are (SubjektICO), which need
	// not be the sender.
	SubjectIC string
	// StatementDate is DatumVykaz as YYYY-MM-DD if it could be understood, and as
	// written otherwise.
	StatementDate string
	// Profile is the profile of the integrity identifier.
	Profile Profile
	// Encoding is that of the document read, "UTF-8" if none of its bytes had to
	// change.
	Encoding string
	// Misread is a sample of a document that is UTF-8 and declares another encoding.
	Misread c14n.Misreading
}

// Party is the sender or the recipient of an envelope.
type Party struct {
	IC     string
	Name   string
	Module string
	Person Person
}

// Person is the responsible person (ZO/NZO).
type Person struct {
	ID       string // PersonId
	Name     string
	Email    string
	UserName string
	Phones   []string
}

func (in *Info) readHeader(e *etree.Element) {
	in.TransactionID = text(child(e, CommonNS, "TransactionId"))
	in.ReferenceID = text(child(e, CommonNS, "ReferenceTransactionId"))
	in.Created = text(child(e, MessagingNS, "DateTimeCreated"))
	in.Sender = readParty(child(e, MessagingNS, "Sender"))
	in.Recipient = readParty(child(e, MessagingNS, "Recipient"))
}

func readParty(e *etree.Element) Party {
	p := Party{
		IC:     text(child(e, CommonNS, "IC")),
		Name:   text(child(e, CommonNS, "SubjectName")),
		Module: text(child(e, CommonNS, "Module")),
	}
	person := child(e, CommonNS, "ResponsiblePerson")
	p.Person = Person{
		ID:       text(child(person, CommonNS, "PersonId")),
		Name:     text(child(person, CommonNS, "PersonName")),
		Email:    text(child(person, CommonNS, "Email")),
		UserName: text(child(person, CommonNS, "UserName")),
	}
	if person != nil {
		for _, c := range person.ChildElements() {
			if c.Tag == "PhoneNumber" && c.Space == CommonNS {
				p.Person.Phones = append(p.Person.Phones, text(c))
			}
		}
	}
	return p
}

// readStatement reads VykazHlavicka. Its children are in one of several
// namespaces, which differ between generations of schemas, so their local names
// decide.
func (in *Info) readStatement(e *etree.Element) {
	for _, c := range e.ChildElements() {
		switch c.Tag {
		case "SubjektICO":
			in.SubjectIC = text(c)
		case "DatumVykaz":
			in.StatementDate = isoDate(text(c))
		}
	}
}
