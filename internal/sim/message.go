package sim

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

	"csuis-offline/envelope"
)

// Record types of messages from CSÚIS (TypDatoveZpravyType, doc/facts.md 3).
const (
	kindStatus  = "101"
	kindRequest = "102"
	kindUrgency = "103" // bulk messages
)

// The names of CSÚIS as a sender: the module in the published schema's spelling,
// the person as in the published examples.
const (
	ministryName = "Ministerstvo financí ČR"
	ownPerson    = "KC"
)

// transactionID makes a fresh TransactionId.
func (s *Sim) transactionID() (string, error) {
	var id [16]byte
	s.mu.Lock()
	defer s.mu.Unlock() // Rand need not be safe for several goroutines
	if _, err := io.ReadFull(s.o.Rand, id[:]); err != nil {
		return "", fmt.Errorf("random TransactionId: %w", err)
	}
	return strings.ToUpper(hex.EncodeToString(id[:])), nil
}

// header is what an envelope from CSÚIS says of itself.
type header struct {
	id, ref  string
	now      time.Time
	unit     Unit   // the recipient
	personID string // "" for all persons of the unit
	body     func(w io.Writer) error
}

// wrap writes an envelope from CSÚIS with a valid integrity identifier. It has
// no XML declaration, so that it can be inside a SOAP body or by itself.
func wrap(ctx context.Context, w io.Writer, h header) error {
	r, pipe := io.Pipe()
	go func() { pipe.CloseWithError(h.write(pipe)) }()
	_, err := envelope.Complete(ctx, w, r, envelope.Options{Now: h.now})
	r.CloseWithError(err) // frees the writer if reading ended early
	return err
}

func (h *header) write(w io.Writer) error {
	b := &builder{w: w}
	b.raw(`<msg:Envelope xmlns:msg="` + envelope.MessagingNS + `" xmlns:iissp="` + envelope.CommonNS + `" xmlns:cus="` + envelope.CusNS + `">` + "\n")
	b.raw("  <msg:EnvelopeHeader>\n")
	b.leaf("    ", "iissp:TransactionId", h.id)
	if h.ref != "" {
		b.leaf("    ", "iissp:ReferenceTransactionId", h.ref)
	}
	b.leaf("    ", "msg:DateTimeCreated", stamp(h.now))
	b.raw("    <msg:Sender>\n")
	b.leaf("      ", "iissp:IC", envelope.MinistryIC)
	b.leaf("      ", "iissp:SubjectName", ministryName)
	b.leaf("      ", "iissp:Module", "CSUIS")
	b.raw("      <iissp:ResponsiblePerson>\n")
	b.leaf("        ", "iissp:PersonId", ownPerson)
	b.raw("      </iissp:ResponsiblePerson>\n    </msg:Sender>\n    <msg:Recipient>\n")
	b.leaf("      ", "iissp:IC", h.unit.IC)
	b.leaf("      ", "iissp:SubjectName", h.unit.Name)
	if h.personID != "" {
		b.raw("      <iissp:ResponsiblePerson>\n")
		b.leaf("        ", "iissp:PersonId", h.personID)
		b.raw("      </iissp:ResponsiblePerson>\n")
	}
	b.raw("    </msg:Recipient>\n  </msg:EnvelopeHeader>\n  <msg:EnvelopeBody>\n")
	if b.err == nil {
		b.err = h.body(w)
	}
	b.raw("  </msg:EnvelopeBody>\n  <msg:EnvelopeFooter>\n  </msg:EnvelopeFooter>\n</msg:Envelope>\n")
	return b.err
}

// builder writes XML and keeps the first error.
type builder struct {
	w   io.Writer
	err error
}

func (b *builder) raw(text string) {
	if b.err == nil {
		_, b.err = io.WriteString(b.w, text)
	}
}

func (b *builder) leaf(indent, name, value string) {
	b.raw(indent + "<" + name + ">")
	if b.err == nil {
		b.err = xml.EscapeText(b.w, []byte(value))
	}
	b.raw("</" + name + ">\n")
}

// stamp writes a time as xs:dateTime.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// status is what a status message says (technical manual, chapter C).
type status struct {
	ref     string // TransactionId that it is about, "" if it could not be read
	id      string // StavId
	name    string // StavNazev
	text    string // StavPopis
	details []detail
}

// detail is one line of DetailyZpracovani. Its severity is ERROR, WARNING or
// INFO, as the published schema has them.
type detail struct {
	at       time.Time
	severity string
	text     string
}

// statusEnvelope builds the envelope of a status message.
func (s *Sim) statusEnvelope(ctx context.Context, st *status, unit Unit, personID string, now time.Time) ([]byte, error) {
	id, err := s.transactionID()
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = wrap(ctx, &out, header{id: id, ref: st.ref, now: now, unit: unit, personID: personID, body: st.write})
	return out.Bytes(), err
}

func (st *status) write(w io.Writer) error {
	b := &builder{w: w}
	b.raw("    <msg:StavZpracovani>\n")
	b.leaf("      ", "msg:RefIdPrenosu", st.ref)
	b.leaf("      ", "msg:StavId", st.id)
	b.leaf("      ", "msg:StavNazev", st.name)
	b.leaf("      ", "msg:StavPopis", st.text)
	b.raw("      <msg:DetailyZpracovani>\n")
	for _, d := range st.details {
		b.raw("        <msg:Detail>\n")
		b.leaf("          ", "msg:DatumCas", stamp(d.at))
		b.leaf("          ", "msg:Zavaznost", d.severity)
		b.leaf("          ", "msg:Text", d.text)
		b.raw("        </msg:Detail>\n")
	}
	b.raw("      </msg:DetailyZpracovani>\n    </msg:StavZpracovani>\n")
	return b.err
}

// requestEnvelope builds a request for a record and returns its TransactionId.
// The root element is the manual's (ZadostZaznamUcetni.xsd), but its content is
// assumed.
func (s *Sim) requestEnvelope(ctx context.Context, unit Unit, recordType, date, text string, now time.Time) (string, []byte, error) {
	id, err := s.transactionID()
	if err != nil {
		return "", nil, err
	}
	var out bytes.Buffer
	err = wrap(ctx, &out, header{id: id, now: now, unit: unit, body: func(w io.Writer) error {
		b := &builder{w: w}
		b.raw("    <cus:Message>\n      <cus:MessageHeader>\n")
		b.leaf("        ", "cus:MessageId", id)
		b.leaf("        ", "cus:DateTimeCreated", stamp(now))
		b.leaf("        ", "cus:RecordType", kindRequest)
		b.raw("      </cus:MessageHeader>\n      <cus:MessageBody>\n")
		b.raw(`        <ZadostZaznamUcetni xmlns="urn:cz:isvs:micr:schemas:ZadostZaznamUcetni:v1">` + "\n")
		b.leaf("          ", "SubjektICO", unit.IC)
		b.leaf("          ", "TypDatoveZpravy", "C"+recordType)
		b.leaf("          ", "DatumVykaz", date)
		b.leaf("          ", "Popis", text)
		b.raw("        </ZadostZaznamUcetni>\n      </cus:MessageBody>\n    </cus:Message>\n")
		return b.err
	}})
	return id, out.Bytes(), err
}
