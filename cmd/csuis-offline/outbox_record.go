package main

import (
	"fmt"
	"strings"
	"time"

	"csuis-offline/envelope"
	"csuis-offline/internal/catalogue"
	"csuis-offline/outbox"
)

// listedRecord is a record of the outbox in JSON. Times are UTC.
type listedRecord struct {
	Type          string `json:"type"`
	ID            int64  `json:"id"`
	State         string `json:"state"`
	Since         string `json:"since"`
	Name          string `json:"name"`
	Source        string `json:"source,omitempty"`
	TransactionID string `json:"transaction_id"`
	Unit          string `json:"unit"`
	Person        string `json:"person,omitempty"`
	RecordType    string `json:"record_type,omitempty"`
	Date          string `json:"statement_date,omitempty"`
	Size          int64  `json:"size"`
	SHA256        string `json:"sha256"`
	Created       string `json:"created"`
	Attempts      int    `json:"attempts"`
	Failures      int    `json:"failures"` // in a row
	Due           string `json:"due,omitempty"`
	Hold          string `json:"hold,omitempty"` // password or user
	Reason        string `json:"reason,omitempty"`
	HTTP          int    `json:"http,omitempty"`
	Detail        string `json:"detail,omitempty"`
	BlockedBy     int64  `json:"blocked_by,omitempty"` // an older version of the statement
	NewerMayPass  bool   `json:"newer_may_pass,omitempty"`
	SupersededBy  int64  `json:"superseded_by,omitempty"`
	Package       int64  `json:"package,omitempty"`
	StatusCode    string `json:"status_code,omitempty"`
	StatusName    string `json:"status_name,omitempty"`
	StatusText    string `json:"status_text,omitempty"`
	StatusAt      string `json:"status_at,omitempty"`
	BytesRemoved  string `json:"bytes_removed,omitempty"`
	// Message and Next are for people.
	Message string `json:"message"`
	Next    string `json:"next,omitempty"`
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05Z")
}

// attention says why a record is in its state, and what to do, if anything.
func (a *app) attention(r *outbox.Record) (cause, next string) {
	switch r.State {
	case outbox.Prepared, outbox.Waiting:
		failed := ""
		if r.State == outbox.Waiting && r.Reason != "" {
			failed = a.causeOf(r.Reason)
		}
		switch wait := r.WaitsFor(); wait {
		case outbox.WaitPassword, outbox.WaitUser:
			id := "outbox.hold." + string(wait)
			return joined(failed, a.cat.Text(id, nil)), a.cat.Next(id, recordArgs(r))
		case outbox.WaitOlder:
			args := catalogue.Args{"older": fmt.Sprint(r.BlockedBy)}
			return joined(failed, a.cat.Text("outbox.blocked", args)), a.cat.Next("outbox.blocked", args)
		}
		if r.State == outbox.Prepared {
			return "", ""
		}
		if !r.Due.IsZero() && r.Due.After(a.now()) {
			failed = joined(failed, a.cat.Text("phrase.due", catalogue.Args{"at": a.cat.Value(r.Due.Local())}))
		}
		return failed, a.stateNext(r)
	case outbox.Unknown:
		if r.Reason != "" {
			cause = a.causeOf(r.Reason)
		}
		return cause, a.stateNext(r)
	case outbox.Refused:
		if r.StatusAt.IsZero() {
			return a.causeOf(r.Reason), a.stateNext(r)
		}
		cause, next = a.answerText(r.StatusCode)
		return r.StatusCode + ". " + cause, next
	case outbox.OnDisc:
		return a.cat.Text("phrase.in-package", catalogue.Args{"package": fmt.Sprint(r.Package)}), a.stateNext(r)
	case outbox.Superseded:
		return a.cat.Text("phrase.newer", catalogue.Args{"newer": fmt.Sprint(r.SupersededBy)}), ""
	}
	return "", ""
}

// stateNext is what to do with a record in its state, or "".
func (a *app) stateNext(r *outbox.Record) string {
	return a.cat.Next("outbox.state."+string(r.State), recordArgs(r))
}

// recordArgs are the numbers that the commands in a record's next step need.
func recordArgs(r *outbox.Record) catalogue.Args {
	return catalogue.Args{"number": fmt.Sprint(r.ID), "package": fmt.Sprint(r.Package)}
}

func joined(parts ...string) string {
	var all []string
	for _, p := range parts {
		if p != "" {
			all = append(all, p)
		}
	}
	return strings.Join(all, "; ")
}

func (a *app) recordLine(r *outbox.Record) listedRecord {
	sum := r.Sum.String()
	line := listedRecord{
		Type: "record", ID: r.ID, State: string(r.State), Since: stamp(r.Since), Name: r.Name, Source: r.Source, TransactionID: r.TransactionID,
		Unit: r.Unit, Person: r.Person, RecordType: r.Type, Date: r.Date, Size: r.Size, SHA256: sum, Created: stamp(r.Created),
		Attempts: r.Attempts, Failures: r.Failures, Due: stamp(r.Due), Hold: string(r.Hold), Reason: r.Reason, HTTP: r.HTTP, Detail: r.Detail,
		BlockedBy: r.BlockedBy, NewerMayPass: r.NewerMayPass, SupersededBy: r.SupersededBy, Package: r.Package,
		StatusCode: r.StatusCode, StatusName: r.StatusName, StatusText: r.StatusText, StatusAt: stamp(r.StatusAt), BytesRemoved: stamp(r.BytesRemoved),
	}
	cause, next := a.attention(r)
	line.Message, line.Next = joined(a.cat.Text("outbox.state."+string(r.State), nil), cause), next
	return line
}

// printRecord writes a record on a line, and below it why it is in its state and
// what to do.
func (a *app) printRecord(r *outbox.Record) {
	switch {
	case a.json:
		a.printJSON(a.recordLine(r))
		return
	case a.quiet:
		return
	}
	widest := 0
	for _, s := range outbox.States() {
		widest = max(widest, width(a.cat.Text("outbox.state."+string(s), nil)))
	}
	fmt.Fprintf(a.out, "%5d  %s  %s  %s  %s\n", r.ID, padded(a.cat.Text("outbox.state."+string(r.State), nil), widest),
		padded(catalogue.Visible(r.Name), 27), padded(a.which(r), 14), a.cat.Value(r.Since.Local()))
	cause, next := a.attention(r)
	if cause != "" {
		fmt.Fprintf(a.out, "       %s\n", catalogue.Visible(cause))
	}
	if next != "" {
		fmt.Fprintf(a.out, "       %s %s\n", a.cat.Text("label.next", nil), next)
	}
}

// which is a record's type and date in short form.
func (a *app) which(r *outbox.Record) string {
	return strings.TrimSpace(catalogue.Visible(r.Type) + " " + catalogue.Visible(r.Date))
}

func padded(s string, n int) string { return s + strings.Repeat(" ", max(0, n-width(s))) }

// recordFacts lists everything that is known of a record.
func (a *app) recordFacts(r *outbox.Record) []fact {
	cause, next := a.attention(r)
	if next == "" {
		next = a.stateNext(r)
	}
	kind := r.Type
	if name := envelope.KindName(r.Type); name != "" {
		kind += " " + name
	}
	at := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return a.cat.Value(t.Local())
	}
	status := strings.TrimSpace(r.StatusCode + " " + r.StatusName)
	return []fact{
		{"state", a.cat.Text("outbox.state."+string(r.State), nil)}, {"since", at(r.Since)}, {"cause", cause}, {"what-next", next},
		{"record", r.Name}, {"source", r.Source}, {"record-type", kind}, {"date", day(r.Date)}, {"unit", r.Unit}, {"person", r.Person},
		{"transaction", r.TransactionID}, {"sealed-size", catalogue.Bytes(r.Size)}, {"sum", r.Sum.String()}, {"stored", at(r.Created)},
		{"attempts", nonZero(r.Attempts)}, {"due", at(r.Due)}, {"last-failure", r.Detail}, {"message-state", status}, {"message-text", r.StatusText},
		{"status-at", at(r.StatusAt)}, {"package-number", nonZero(int(r.Package))}, {"bytes-removed", at(r.BytesRemoved)},
	}
}
