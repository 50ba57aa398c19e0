package outbox

import (
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// note is what the log says of a move.
type note struct {
	reason    string
	http      int
	detail    string
	messageID string
	pkg       int64
}

// maxDetail bounds the details that come from a server, in bytes.
const maxDetail = 2000

func damaged(id int64, err error) error { return fmt.Errorf("%w: record %d: %v", ErrDamaged, id, err) }

func (t *txn) get(id int64) (Record, error) {
	s, err := t.stmt("SELECT " + recordColumns + " FROM record WHERE id = ?")
	if err != nil {
		return Record{}, err
	}
	return t.o.found(scanRecord(s.QueryRowContext(t.ctx, id)))
}

// found turns what scanRecord says of one row into an error of this package.
func (o *Outbox) found(r Record, err error) (Record, error) {
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return Record{}, ErrNotFound
	case errors.Is(err, ErrDamaged):
		return Record{}, &FileError{o.dbPath(), err}
	}
	return r, err
}

// move brings a record into another state, if the table allows it, and logs it.
// Values that belong only to the old state are cleared; the caller sets those of
// the new one.
func (t *txn) move(r *Record, cause Cause, to State, n note) error {
	if !permits(Move{r.State, cause, to}) {
		return &MoveError{ID: r.ID, From: r.State, Cause: cause}
	}
	from := r.State
	r.State, r.Since = to, t.now
	r.Due, r.Hold, r.NewerMayPass = time.Time{}, HoldNone, false
	var due, lease any
	switch to {
	case Prepared:
		r.Due = t.now
		due = stamp(r.Due)
	case Waiting:
		// The record is held until the caller of move says when.
	case Sending:
		lease = stamp(t.now.Add(t.o.o.Lease))
	}
	if lease == nil {
		lease = ""
	}
	err := t.exec(`UPDATE record SET state = ?, since = ?, due = ?, hold = '', newer_may_pass = 0, lease_until = ? WHERE id = ?`,
		string(to), stamp(t.now), due, lease, r.ID)
	if err != nil {
		return err
	}
	return t.log(r.ID, from, to, cause, n)
}

// note logs something about a record that does not move it.
func (t *txn) note(r *Record, cause Cause, n note) error {
	return t.log(r.ID, r.State, r.State, cause, n)
}

func (t *txn) log(id int64, from, to State, cause Cause, n note) error {
	var pkg any
	if n.pkg != 0 {
		pkg = n.pkg
	}
	return t.exec(`INSERT INTO log (record, at, from_state, to_state, cause, reason, http, detail, message_id, package)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, id, stamp(t.now), string(from), string(to), string(cause),
		short(n.reason, maxField), n.http, short(n.detail, maxDetail), short(n.messageID, maxField), pkg)
}

// wait says when, or after what, a record in Waiting is tried again.
func (t *txn) wait(r *Record, due time.Time, hold Hold) error {
	r.Due, r.Hold = due, hold
	var d any
	if hold == HoldNone {
		d = stamp(due)
	} else {
		r.Due = time.Time{}
	}
	return t.exec("UPDATE record SET due = ?, hold = ? WHERE id = ?", d, string(hold), r.ID)
}

// newer finds the newest version of the same statement that counts: one that was
// not withdrawn, nor, unless refusedCounts, refused.
func (t *txn) newer(r *Record, refusedCounts bool) (int64, error) {
	if !r.statement() {
		return 0, nil
	}
	var id int64
	err := t.row(`SELECT id FROM record WHERE unit = ? AND type = ? AND date = ? AND id > ?
		AND state <> 'withdrawn' AND (? OR state <> 'refused') ORDER BY id DESC LIMIT 1`,
		[]any{r.Unit, r.Type, r.Date, r.ID, refusedCounts}, &id)
	if errors.Is(err, ErrNotFound) {
		return 0, nil
	}
	return id, err
}

// backInLine brings a record to where it can be sent again, or to Superseded
// where a newer version is there: sent later, the old one would overwrite the
// correction (technical manual, chapter D).
func (t *txn) backInLine(r *Record, cause Cause, to State, n note) error {
	id, err := t.newer(r, true)
	if err != nil {
		return err
	}
	if id == 0 {
		return t.move(r, cause, to, n)
	}
	if err := t.move(r, cause, Superseded, n); err != nil {
		return err
	}
	return t.setNewer(r, id)
}

func (t *txn) setNewer(r *Record, id int64) error {
	r.SupersededBy = id
	return t.exec("UPDATE record SET superseded_by = ? WHERE id = ?", id, r.ID)
}

// supersedeOlder takes older versions that were not delivered out of the line.
func (t *txn) supersedeOlder(r *Record) error {
	if !r.statement() {
		return nil
	}
	ids, err := column[int64](t, `SELECT id FROM record WHERE unit = ? AND type = ? AND date = ? AND id < ?
		AND state IN ('prepared', 'waiting') ORDER BY id`, r.Unit, r.Type, r.Date, r.ID)
	if err != nil {
		return err
	}
	for _, id := range ids {
		old, err := t.get(id)
		if err != nil {
			return err
		}
		if err := t.move(&old, CauseNewer, Superseded, note{}); err != nil {
			return err
		}
		if err := t.setNewer(&old, r.ID); err != nil {
			return err
		}
	}
	return nil
}
