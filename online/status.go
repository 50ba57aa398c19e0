package online

import (
	"io"
	"slices"
	"strings"
	"time"

	"csuis-offline/check/answer"
	"csuis-offline/envelope"
)

// StatusMessage says what became of a record (StavZpracovani, technical manual,
// chapter C). Texts are as written.
type StatusMessage struct {
	// Reference is the TransactionId of the record that it is about: RefIdPrenosu.
	Reference string
	// State is StavId: an error of the manual's list (Code), or another state,
	// whose identifiers nobody published.
	State string
	Name  string // StavNazev
	Text  string // StavPopis
	// Details are the reports of DetailyZpracovani, all of them, in their order.
	Details []Detail
	// Info is what the envelope says: Info.ReferenceID names the record too.
	Info envelope.Info
}

// Detail is one report that arose while the record was processed.
type Detail struct {
	Time     string // as written; At understands it
	Severity Severity
	// Component is the part of the system that reports ("AE_CHECKSUM"), if it says
	// so.
	Component string
	Text      string
	// Other holds what else the report says.
	Other []Field
}

// Severity is how much a Detail weighs; "" where the message does not say.
type Severity string

// The severities (published schema, SeverityType).
const (
	SeverityError   Severity = "error"
	SeverityWarning Severity = "warning"
	SeverityInfo    Severity = "info"
)

// Code is the entry of the manual's list for the state; false where the state is
// none of its errors.
func (s *StatusMessage) Code() (answer.Code, bool) { return answer.ByCode(s.State) }

// Worst is the heaviest severity among the details, "" where none has one.
func (s *StatusMessage) Worst() Severity {
	for _, sev := range []Severity{SeverityError, SeverityWarning, SeverityInfo} {
		if slices.ContainsFunc(s.Details, func(d Detail) bool { return d.Severity == sev }) {
			return sev
		}
	}
	return ""
}

// At is the time of the report; false where it is not understood. A time without
// a zone is taken as UTC.
func (d *Detail) At() (time.Time, bool) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05", time.DateOnly} {
		if t, err := time.Parse(layout, d.Time); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// detailNames are the names inside DetailyZpracovani, in lower case. They are
// assumed; the manual says that a report has a date with time, a severity and a
// text (technical manual, chapter C). A value with another name is recognised by
// its form.
var detailNames = map[string]func(*Detail) *string{
	"datumcas": detailTime, "cas": detailTime, "datum": detailTime, "casvzniku": detailTime, "datumvzniku": detailTime,
	"datetime": detailTime, "datetimecreated": detailTime, "timestamp": detailTime,
	"zavaznost": detailSeverity, "severity": detailSeverity,
	"komponenta": detailComponent, "component": detailComponent, "componentname": detailComponent,
	"text": detailText, "popis": detailText, "hlaseni": detailText, "zprava": detailText, "message": detailText,
}

func detailTime(d *Detail) *string      { return &d.Time }
func detailSeverity(d *Detail) *string  { return (*string)(&d.Severity) }
func detailComponent(d *Detail) *string { return &d.Component }
func detailText(d *Detail) *string      { return &d.Text }

// severities are the values of SeverityType, and the letters that SAP writes.
var severities = map[string]Severity{
	"ERROR": SeverityError, "WARNING": SeverityWarning, "INFO": SeverityInfo,
	"E": SeverityError, "A": SeverityError, "W": SeverityWarning, "I": SeverityInfo, "S": SeverityInfo,
	"CHYBA": SeverityError, "VAROVÁNÍ": SeverityWarning, "INFORMACE": SeverityInfo,
}

// maxStatus is the longest status message that is read, in bytes.
const maxStatus = 32 << 20

// ParseStatus reads the envelope of a status message, as Fetch wrote it, whole.
// The identifier is not verified again. Errors: *c14n.SyntaxError, those of r, and
// one without a type where it is no status message.
func ParseStatus(r io.Reader) (*StatusMessage, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxStatus+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxStatus {
		return nil, errTooLarge
	}
	n, err := readTree(strings.NewReader(string(data)), "Envelope", "EnvelopeBody", "StavZpracovani")
	if err != nil {
		return nil, err
	}
	if n == nil {
		return nil, shape("it is no status message: no StavZpracovani in it")
	}
	s := &StatusMessage{}
	for _, k := range n.kids {
		switch k.name {
		case "RefIdPrenosu":
			s.Reference = k.text
		case "StavId":
			s.State = k.text
		case "StavNazev":
			s.Name = k.text
		case "StavPopis":
			s.Text = k.text
		case "DetailyZpracovani":
			for _, fields := range k.groups(func(string) bool { return true }, maxNesting) {
				s.Details = append(s.Details, detail(fields))
			}
		}
	}
	if info, err := envelope.Peek(strings.NewReader(string(data))); err == nil {
		s.Info = *info
	}
	return s, nil
}

// detail makes a report of its values. Nothing is left out: what has no field in
// Detail goes to the text or to Other.
func detail(fields []Field) Detail {
	var d Detail
	for _, f := range fields {
		if f.Value == "" {
			continue
		}
		to := detailNames[strings.ToLower(f.Name)]
		if to == nil {
			to = d.looksLike(f.Value)
		}
		switch at := to(&d); {
		case *at == "":
			*at = f.Value
		case at == &d.Text:
			d.Text += "\n" + f.Value
		case at == &d.Time:
			d.Time += "T" + f.Value // the date and the time of day came apart
		default:
			d.Other = append(d.Other, f)
		}
	}
	if s, ok := severities[strings.ToUpper(string(d.Severity))]; ok {
		d.Severity = s
	} else if d.Severity != "" {
		d.Other = append(d.Other, Field{"Zavaznost", string(d.Severity)})
		d.Severity = ""
	}
	return d
}

// looksLike says where a value with an unknown name belongs, by its form.
func (d *Detail) looksLike(value string) func(*Detail) *string {
	if _, ok := severities[value]; ok && d.Severity == "" {
		return detailSeverity
	}
	if _, ok := (&Detail{Time: value}).At(); ok && d.Time == "" {
		return detailTime
	}
	return detailText
}
