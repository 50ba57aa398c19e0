package outbox

import (
	"context"
	"errors"
	"time"
)

// StatusKind is what a status message says of a record.
type StatusKind int

// The kinds. Any status message that refers to a record proves that it was delivered.
const (
	StatusReceived  StatusKind = iota // it arrived; processing is not over, or the message is not understood
	StatusProcessed                   // the processing ended well
	StatusRefused                     // the processing ended with an error code (technical manual, chapter C)
)

// Status is a status message, as far as it matters here (technical manual, chapter C).
type Status struct {
	// TransactionID is that of the record it refers to (RefIdPrenosu, or
	// ReferenceTransactionId of its header).
	TransactionID string
	// Unit is the IČ of the unit that it is addressed to; "" if not known.
	Unit string
	Kind StatusKind
	// MessageID is its ZpravaId in the inbox; "" if not known.
	MessageID string
	// Code, Name and Text are StavId, StavNazev and StavPopis.
	Code, Name, Text string
	// Time is when CSÚIS made it; the zero Time where not known.
	Time time.Time
	// Void reports whether a refusal with this code means that what it is about
	// counts as not delivered (technical manual, chapter D); nil means that none
	// does. Such a refusal is of one copy of the record and says nothing of
	// another one.
	Void func(code string) bool
}

// Resolution is what a status message did.
type Resolution struct {
	Record Record // as it is now
	Before State
	Moved  bool
	// Repeated: this very message was here before, and nothing was done.
	Repeated bool
	// Doubled: of two copies of the record one was processed and the other
	// refused. The one that was processed counts.
	Doubled bool
	// Newer are newer versions of the statement that were handed over, or may have
	// been, when it was learned only now that this one was delivered: if this one
	// came in later, it overwrote them (technical manual, chapter D). The user
	// should look which version is valid.
	Newer []int64
}

func (k StatusKind) move() (Cause, State) {
	switch k {
	case StatusProcessed:
		return CauseStatusProcessed, Processed
	case StatusRefused:
		return CauseStatusRefused, Refused
	}
	return CauseStatusReceived, Accepted
}

// ResolveByStatus matches a status message with the record that it refers to,
// whatever that record's state: on a disc, unknown, even never sent as far as
// is known here. Messages may come twice and in any order: a final one is not
// undone by one that is not, and of two final ones the later made counts, but
// for a refusal of what counts as not delivered (Status.Void): it undoes no
// processing, whichever came or was made first.
// Errors: ErrNotFound where no record has the TransactionId (another client
// sent it); ErrAmbiguous.
func (o *Outbox) ResolveByStatus(ctx context.Context, s Status) (Resolution, error) {
	var res Resolution
	err := o.change(ctx, func(t *txn) error {
		r, err := t.byTransaction(s.Unit, s.TransactionID)
		if err != nil {
			return err
		}
		res = Resolution{Before: r.State}
		defer func() { res.Record = r }()
		if res.Repeated, err = t.seen(&r, &s); err != nil || res.Repeated {
			return err
		}
		cause, to := s.Kind.move()
		res.Doubled = doubled(&r, &s)
		n := note{reason: s.Code, detail: s.line(), messageID: s.MessageID}
		if !moves(&r, &s, to) {
			if r.State == to && !s.Time.Before(r.StatusAt) {
				err = t.setStatus(&r, &s)
			}
			return errors.Join(err, t.note(&r, cause, n))
		}
		if res.Newer, err = t.overtaken(&r); err != nil {
			return err
		}
		if err := t.move(&r, cause, to, n); err != nil {
			return err
		}
		res.Moved = true
		return t.setStatus(&r, &s)
	})
	if err != nil {
		return Resolution{}, err
	}
	return res, nil
}

// moves reports whether the message says more than is known.
func moves(r *Record, s *Status, to State) bool {
	if r.State == to {
		return false
	}
	final := !r.StatusAt.IsZero() && (r.State == Processed || r.State == Refused)
	switch {
	case doubled(r, s):
		return to == Processed
	case final && s.Kind == StatusReceived, r.State == Processed && s.Kind == StatusReceived:
		return false
	case final && !s.Time.IsZero() && s.Time.Before(r.StatusAt):
		return false
	}
	return true
}

// doubled reports whether a processing meets the refusal of another copy.
func doubled(r *Record, s *Status) bool {
	switch {
	case s.Void == nil || r.StatusAt.IsZero():
		return false
	case r.State == Processed && s.Kind == StatusRefused:
		return s.Void(s.Code)
	}
	return r.State == Refused && s.Kind == StatusProcessed && s.Void(r.StatusCode)
}

// seen reports whether this very message is in the record's log.
func (t *txn) seen(r *Record, s *Status) (bool, error) {
	cause, _ := s.Kind.move()
	var n int
	var err error
	if s.MessageID != "" {
		err = t.row("SELECT count(*) FROM log WHERE record = ? AND message_id = ?", []any{r.ID, short(s.MessageID, maxField)}, &n)
	} else {
		err = t.row("SELECT count(*) FROM log WHERE record = ? AND message_id = '' AND cause = ? AND reason = ? AND detail = ?",
			[]any{r.ID, string(cause), short(s.Code, maxField), short(s.line(), maxDetail)}, &n)
	}
	return n > 0, err
}

// line is the message in one line for the log, its time included.
func (s *Status) line() string {
	line := s.Name
	if s.Text != "" && s.Text != s.Name {
		if line != "" {
			line += ": "
		}
		line += s.Text
	}
	if !s.Time.IsZero() {
		line = stamp(s.Time) + " " + line
	}
	return line
}

func (t *txn) setStatus(r *Record, s *Status) error {
	at := s.Time
	if at.IsZero() {
		at = t.now
	}
	r.StatusCode, r.StatusName, r.StatusText, r.StatusAt = short(s.Code, maxField), short(s.Name, maxField), short(s.Text, maxDetail), at
	return t.exec("UPDATE record SET status_code = ?, status_name = ?, status_text = ?, status_at = ? WHERE id = ?",
		r.StatusCode, r.StatusName, r.StatusText, stamp(at), r.ID)
}

// overtaken lists newer versions that this record may have overwritten, where
// it was not known until now that it was delivered.
func (t *txn) overtaken(r *Record) ([]int64, error) {
	switch r.State {
	case Sending, Accepted, Processed, Refused:
		return nil, nil
	}
	if !r.statement() {
		return nil, nil
	}
	return column[int64](t, `SELECT id FROM record WHERE unit = ? AND type = ? AND date = ? AND id > ?
		AND state IN ('sending', 'unknown', 'accepted', 'processed', 'on-disc') ORDER BY id`, r.Unit, r.Type, r.Date, r.ID)
}

// byTransaction finds a record by its TransactionId; unit may be "".
func (t *txn) byTransaction(unit, id string) (Record, error) {
	ids, err := column[int64](t, "SELECT id FROM record WHERE transaction_id = ? AND (? = '' OR unit = ?) LIMIT 2", id, unit, unit)
	switch {
	case err != nil:
		return Record{}, err
	case len(ids) == 0:
		return Record{}, ErrNotFound
	case len(ids) > 1:
		return Record{}, ErrAmbiguous
	}
	r, err := t.get(ids[0])
	if errors.Is(err, ErrNotFound) {
		err = &FileError{t.o.dbPath(), ErrDamaged}
	}
	return r, err
}
