package outbox

import (
	"context"
	"fmt"
)

// MarkDelivered takes the user's word that a record in Unknown, or on a disc,
// was received. Notes of these methods are the user's own words for the log.
func (o *Outbox) MarkDelivered(ctx context.Context, id int64, words string) (Record, error) {
	return o.onWord(ctx, id, func(t *txn, r *Record) error {
		return t.move(r, CauseSaidDelivered, Accepted, note{detail: words})
	})
}

// MarkNotDelivered takes the user's word that a record in Unknown was not
// received. It will be sent again, or becomes Superseded if there is a newer
// version.
func (o *Outbox) MarkNotDelivered(ctx context.Context, id int64, words string) (Record, error) {
	return o.onWord(ctx, id, func(t *txn, r *Record) error {
		if err := t.backInLine(r, CauseSaidNotDelivered, Waiting, note{detail: words}); err != nil || r.State != Waiting {
			return err
		}
		return t.wait(r, t.now, HoldNone)
	})
}

// Withdraw takes a record that was not delivered out of the line. Older
// versions that it superseded stay so; Renew brings one back.
func (o *Outbox) Withdraw(ctx context.Context, id int64, words string) (Record, error) {
	return o.onWord(ctx, id, func(t *txn, r *Record) error {
		return t.move(r, CauseWithdrawn, Withdrawn, note{detail: words})
	})
}

// Renew puts a record back in line, with the same bytes: one that was withdrawn,
// superseded by a version that was later withdrawn or refused, or refused only
// by the server's answer. One that a status message refused must be sealed
// again, with a new TransactionId.
func (o *Outbox) Renew(ctx context.Context, id int64, words string) (Record, error) {
	return o.onWord(ctx, id, func(t *txn, r *Record) error {
		refuse := func(why string, newer int64) error {
			return &MoveError{ID: id, From: r.State, Cause: CauseRenewed, Why: why, Newer: newer}
		}
		if !r.BytesRemoved.IsZero() {
			return refuse("its sealed bytes were removed", 0)
		}
		if !r.StatusAt.IsZero() {
			return refuse("a status message shows that it was delivered; seal it anew", 0)
		}
		newer, err := t.newer(r, false)
		if err != nil {
			return err
		}
		if newer != 0 {
			return refuse(fmt.Sprintf("record %d is a newer version of the statement", newer), newer)
		}
		if err := t.move(r, CauseRenewed, Prepared, note{detail: words}); err != nil {
			return err
		}
		r.Failures, r.SupersededBy, r.Package = 0, 0, 0
		if err := t.exec("UPDATE record SET failures = 0, superseded_by = NULL, package = NULL, before_disc = '' WHERE id = ?", id); err != nil {
			return err
		}
		return t.supersedeOlder(r)
	})
}

// SendNow makes a record in Waiting due at once, whatever it waits for. If a
// person's password was refused, all records of that person still wait.
func (o *Outbox) SendNow(ctx context.Context, id int64) (Record, error) {
	return o.onWord(ctx, id, func(t *txn, r *Record) error {
		if r.State != Waiting || r.Hold == HoldPassword {
			return &MoveError{ID: id, From: r.State, Cause: CauseSendNow, Why: "it does not wait, or it waits for a password"}
		}
		if err := t.wait(r, t.now, HoldNone); err != nil {
			return err
		}
		return t.note(r, CauseSendNow, note{})
	})
}

// LetNewerPass lets newer versions of the statement be sent although it is not
// known whether this one, in Unknown or on a disc, arrives later and overwrites
// them. The record itself stays what it is.
func (o *Outbox) LetNewerPass(ctx context.Context, id int64, words string) (Record, error) {
	return o.onWord(ctx, id, func(t *txn, r *Record) error {
		if r.State != Unknown && r.State != OnDisc {
			return &MoveError{ID: id, From: r.State, Cause: CauseNewerMayPass}
		}
		r.NewerMayPass = true
		if err := t.exec("UPDATE record SET newer_may_pass = 1 WHERE id = ?", id); err != nil {
			return err
		}
		return t.note(r, CauseNewerMayPass, note{detail: words})
	})
}

// PasswordRenewed releases the records that wait for a new password of a person
// ("": of every person), and returns how many they are.
func (o *Outbox) PasswordRenewed(ctx context.Context, person string) (int, error) {
	n := 0
	err := o.change(ctx, func(t *txn) error {
		ids, err := column[int64](t, "SELECT id FROM record WHERE hold = 'password' AND (? = '' OR person = ?) ORDER BY id", person, person)
		if err != nil {
			return err
		}
		for _, id := range ids {
			r, err := t.get(id)
			if err != nil {
				return err
			}
			if err := t.wait(&r, t.now, HoldNone); err != nil {
				return err
			}
			if err := t.note(&r, CausePasswordRenewed, note{}); err != nil {
				return err
			}
		}
		n = len(ids)
		return nil
	})
	return n, err
}

func (o *Outbox) onWord(ctx context.Context, id int64, run func(*txn, *Record) error) (Record, error) {
	var r Record
	err := o.change(ctx, func(t *txn) error {
		var err error
		if r, err = t.get(id); err != nil {
			return err
		}
		return run(t, &r)
	})
	if err != nil {
		return Record{}, err
	}
	return r, nil
}
