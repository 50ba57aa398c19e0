package outbox

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"
)

// NextOptions narrow down what Next may claim. The zero value: everything.
type NextOptions struct {
	Person, Unit string
	// NotTriedSince leaves out what was tried since, and waits; the zero Time
	// leaves out nothing.
	NotTriedSince time.Time
}

// NothingDue is how Next says that there is nothing to claim now. The numbers
// are of records that NextOptions let through.
type NothingDue struct {
	// At is when the next record becomes due; the zero Time: none by itself.
	At time.Time
	// Later wait for their time, Password for PasswordRenewed (all of a person
	// whose password was refused, not only those tried), User for SendNow, Blocked
	// for an older version of their statement to be resolved; Sending are in the
	// hands of some sender.
	Later, Password, User, Blocked, Sending int
}

func (e *NothingDue) Error() string {
	return fmt.Sprintf("outbox: nothing is due: %d wait for their time, %d for a password, %d for the user, %d for an older version, %d are being sent",
		e.Later, e.Password, e.User, e.Blocked, e.Sending)
}

// Claim is one record in the hands of a sender, and of nobody else. It ends
// with Finish or Return.
type Claim struct {
	Record Record
	o      *Outbox
	before State

	mu   sync.Mutex
	done bool
}

// olderVersions selects the older versions of r's statement that may still be
// delivered after r: they are on the wire, on a disc, or nobody knows.
const olderVersions = `FROM record old WHERE r.type <> '' AND r.date <> '' AND old.unit = r.unit AND old.type = r.type
	AND old.date = r.date AND old.id < r.id AND old.newer_may_pass = 0 AND old.state IN ('sending', 'unknown', 'on-disc')`

// blocked is the condition that r has such an older version.
const blocked = `EXISTS (SELECT 1 ` + olderVersions + `)`

// refusedPassword is the condition that r's person needs a new password first.
const refusedPassword = `r.person IN (SELECT person FROM record WHERE hold = 'password')`

const wanted = `(? = '' OR r.person = ?) AND (? = '' OR r.unit = ?) AND (? = '' OR r.state <> 'waiting' OR r.since < ? OR r.since > ?)`

// args are those of wanted. A time that is still to come is of a clock that was
// ahead, and says nothing.
func (n NextOptions) args(now time.Time) []any {
	since := stamp(n.NotTriedSince)
	return []any{n.Person, n.Person, n.Unit, n.Unit, since, since, stamp(now.Add(time.Minute))}
}

// Next claims the record that is due the longest. Two calls, in one process or
// in two, never claim the same. Where there is nothing to claim, the error is a
// *NothingDue.
func (o *Outbox) Next(ctx context.Context, n NextOptions) (*Claim, error) {
	own, err := o.own()
	if err != nil {
		return nil, err
	}
	c := &Claim{o: o}
	var nothing *NothingDue
	err = o.change(ctx, func(t *txn) error {
		if err := t.notOlder(); err != nil {
			return err
		}
		if err := t.reap(); err != nil {
			return err
		}
		id, err := t.due(n)
		if err == nil && id == 0 {
			// Having nothing to claim is no failure: what was reaped is still committed.
			nothing, err = t.nothingDue(n)
		}
		if err != nil || nothing != nil {
			return err
		}
		r, err := t.get(id)
		if err != nil {
			return err
		}
		c.before = r.State
		if err := t.move(&r, CauseClaimed, Sending, note{}); err != nil {
			return err
		}
		r.Attempts++
		r.owner, r.token = own.token, token()
		c.Record = r
		return t.exec("UPDATE record SET attempts = ?, owner = ?, token = ? WHERE id = ?", r.Attempts, r.owner, r.token, id)
	})
	switch {
	case err != nil:
		return nil, err
	case nothing != nil:
		return nil, nothing
	}
	return c, nil
}

// due finds the record to claim; 0 for none.
func (t *txn) due(n NextOptions) (int64, error) {
	horizon := stamp(t.now.Add(t.o.o.Backoff.horizon()))
	for _, q := range []struct{ when, at string }{{"r.due <= ?", stamp(t.now)}, {"r.due > ?", horizon}} {
		var id int64
		err := t.row("SELECT r.id FROM record r INDEXED BY record_due WHERE r.due IS NOT NULL AND "+q.when+" AND "+wanted+
			" AND NOT ("+refusedPassword+") AND NOT ("+blocked+") ORDER BY r.due, r.id LIMIT 1",
			append([]any{q.at}, n.args(t.now)...), &id)
		if err == nil {
			return id, nil
		}
		if err = ignoreMissing(err); err != nil {
			return 0, err
		}
	}
	return 0, nil
}

// Pending says what waits, and for what, without claiming anything. What is due
// already counts as Later.
func (o *Outbox) Pending(ctx context.Context, n NextOptions) (*NothingDue, error) {
	var e *NothingDue
	err := o.change(ctx, func(t *txn) error {
		var err error
		e, err = t.nothingDue(n)
		return err
	})
	if err != nil {
		return nil, err
	}
	return e, nil
}

func (t *txn) nothingDue(n NextOptions) (*NothingDue, error) {
	e := &NothingDue{}
	var at string
	err := t.row(`SELECT count(*) FILTER (WHERE k = 'password'), count(*) FILTER (WHERE k = 'user'),
		count(*) FILTER (WHERE k = 'blocked'), count(*) FILTER (WHERE k = 'later'), coalesce(min(due) FILTER (WHERE k = 'later'), '')
		FROM (SELECT r.due AS due, CASE WHEN `+refusedPassword+` THEN 'password' WHEN r.hold = 'user' THEN 'user'
			WHEN `+blocked+` THEN 'blocked' ELSE 'later' END AS k
			FROM record r WHERE r.state IN ('prepared', 'waiting') AND `+wanted+`)`,
		n.args(t.now), &e.Password, &e.User, &e.Blocked, &e.Later, &at)
	if err != nil {
		return nil, err
	}
	if e.At, err = parseStamp(at); err != nil {
		return nil, err
	}
	return e, t.row("SELECT count(*) FROM record r WHERE r.state = 'sending' AND "+wanted, n.args(t.now), &e.Sending)
}

// Open verifies the digest of the sealed bytes, then opens them. If it fails,
// nothing was sent: the outcome is Unreadable(err).
func (c *Claim) Open(ctx context.Context) (io.ReadCloser, error) { return c.o.open(ctx, &c.Record) }

// end lets one call through.
func (c *Claim) end(run func() error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.done {
		return ErrClaimDone
	}
	err := run()
	c.done = err == nil
	return err
}

// Return gives the record back before its first byte was sent, as if it had not
// been claimed.
func (c *Claim) Return() error {
	return c.end(func() error {
		return c.o.submit(context.Background(), func(t *txn) error {
			r, err := t.claimed(c)
			if err != nil {
				return err
			}
			if err := t.backInLine(&r, CauseReturned, c.before, note{}); err != nil {
				return err
			}
			if r.State == Waiting {
				if err := t.wait(&r, t.now, HoldNone); err != nil {
					return err
				}
			}
			return t.exec("UPDATE record SET attempts = attempts - 1, token = '' WHERE id = ?", r.ID)
		})
	})
}

// claimed reads the record anew and sees to it that the claim still counts.
func (t *txn) claimed(c *Claim) (Record, error) {
	r, err := t.get(c.Record.ID)
	if err == nil && r.token != c.Record.token {
		err = ErrClaimLost
	}
	return r, err
}

// Finish stores what became of the attempt and returns the record as it is
// then. It knows no context: an outcome must not be lost because the program
// is asked to end. An outcome that comes after the claim was taken for dead
// still counts, unless the record's state was decided meanwhile: then it is
// only noted in the log. Errors: ErrClaimLost, ErrClaimDone, ErrBusy, ErrFull;
// after the last two Finish may be called again, and without it the record
// becomes Unknown.
func (c *Claim) Finish(out Outcome) (Record, error) {
	var r Record
	err := c.end(func() error {
		return c.o.submit(context.Background(), func(t *txn) error {
			var err error
			if r, err = t.claimed(c); err != nil {
				return err
			}
			return t.finish(&r, out)
		})
	})
	if err != nil {
		return Record{}, err
	}
	return r, nil
}

func (t *txn) finish(r *Record, out Outcome) error {
	cause := out.Answer.cause()
	n := note{reason: out.Reason, http: out.HTTP, detail: out.Detail}
	if cause == CauseNoAnswer && r.State != Sending || !allowed(r.State, cause) {
		n.detail = string(cause) + ": " + n.detail
		return t.note(r, CauseLateAnswer, n)
	}
	var err error
	switch out.Answer {
	case AnswerAccepted:
		r.Failures = 0
		err = t.move(r, cause, Accepted, n)
	case AnswerRefused:
		err = t.move(r, cause, Refused, n)
	case AnswerNotDelivered:
		r.Failures++
		if err = t.backInLine(r, cause, Waiting, n); err == nil && r.State == Waiting {
			due := t.now.Add(max(t.o.o.Backoff.delay(r.Failures, t.o.o.Random()), min(out.After, maxAfter)))
			err = t.wait(r, due, out.Retry.hold())
		}
	default:
		err = t.move(r, cause, Unknown, n)
	}
	if err != nil {
		return err
	}
	r.Reason, r.HTTP, r.Detail = short(out.Reason, maxField), out.HTTP, short(out.Detail, maxDetail)
	if out.Answer == AnswerAccepted {
		r.Reason, r.HTTP, r.Detail = "", 0, ""
	}
	return t.exec("UPDATE record SET failures = ?, reason = ?, http = ?, detail = ? WHERE id = ?",
		r.Failures, r.Reason, r.HTTP, r.Detail, r.ID)
}

func (r Retry) hold() Hold {
	switch r {
	case RetryAfterPassword:
		return HoldPassword
	case RetryManual:
		return HoldUser
	}
	return HoldNone
}
