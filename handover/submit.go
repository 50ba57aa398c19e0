package handover

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"time"

	"csuis-offline/finding"
	"csuis-offline/internal/iox"
	"csuis-offline/online"
	"csuis-offline/outbox"
)

// send sends one record and stores what became of it. If it was accepted, the
// following one is claimed at the same time, so that both moves share a sync. An
// error is one of the outbox.
func (d *delivery) send(ctx, inner context.Context, claim *outbox.Claim) (following *outbox.Claim, err error) {
	if d.whyHalted() != "" {
		return nil, claim.Return() // it was claimed before another one showed what the channel is
	}
	sealed, err := claim.Open(inner)
	if err != nil {
		rec, ferr := d.finish(inner, claim, outbox.Unreadable(err))
		d.tell(rec, finding.Finding{Code: finding.SendUnreadable, Severity: finding.Error, Detail: err.Error()})
		d.note(func(res *Delivery) { res.Unreadable++ })
		return nil, ferr
	}
	out := d.client.Submit(inner, &iox.Reader{R: sealed, Counter: d.o.Progress}, claim.Record.Size)
	sealed.Close()
	if out.Retry == online.AfterNewPassword {
		if err := d.login.keep(d.box, claim.Record.Person); err != nil {
			d.stop(err)
		}
	}
	d.learn(claim, out)
	var claiming sync.WaitGroup
	var failed error
	if out.Verdict == online.Accepted {
		claiming.Go(func() { following, failed = d.takeDue(ctx, d.claim) })
	}
	rec, err := d.finish(inner, claim, outcomeOf(out))
	claiming.Wait()
	if err != nil && !errors.Is(err, outbox.ErrClaimLost) {
		if following != nil {
			err = errors.Join(err, following.Return())
			d.release(following)
		}
		return nil, err
	}
	d.account(rec, out)
	return following, failed
}

// alike is after how many records that one Fault refused a run ends in which none
// was taken: it is the address, or the form of all messages.
const alike = 3

// learn notes whether the channel works. What one record shows is true of all, and
// what becomes of a record can hardly be undone; so the run ends at the first
// answer that cannot be the service's, and where nobody knows of the record that
// tries whether the channel works, or a status without a Fault refused it.
func (d *delivery) learn(claim *outbox.Claim, out online.Outcome) {
	reason := reasonOf(out.Err)
	refused := out.Verdict == online.Refused && out.Retry == online.Never
	switch {
	case out.Foreign:
		d.halt(reason)
	case out.Verdict == online.Accepted:
		d.prove()
	case refused && out.Fault != nil && !d.proven():
		if d.refused(out.Fault.String()) >= alike {
			d.halt(reason)
		}
	case refused && out.Fault != nil:
	case out.Verdict == online.Unknown && errors.Is(out.Err, context.Canceled):
	case out.Verdict == online.Unknown, refused:
		// What was on its way beside others may have been lost alone.
		if d.tries(claim) {
			d.halt(reason)
		}
		d.doubt()
	case out.Retry == online.AfterNewPassword, early(out):
		d.doubt()
	}
}

// reasonOf is a short stable identifier of why an attempt failed.
func reasonOf(err error) string {
	var e *online.Error
	switch {
	case !errors.As(err, &e):
		return ""
	case e.Kind == online.KindHTTPStatus:
		return "http-" + strconv.Itoa(e.Status)
	case e.Kind == online.KindNotSOAP && e.Page:
		return "web-page"
	}
	return string(e.Kind)
}

// early reports that the channel as a whole does not work: not one byte left.
func early(out online.Outcome) bool {
	return out.Verdict == online.NotDelivered && out.Sent == 0
}

func (d *delivery) finish(ctx context.Context, claim *outbox.Claim, out outbox.Outcome) (outbox.Record, error) {
	return finish(ctx, d.o.Clock, func() (outbox.Record, error) { return claim.Finish(out) })
}

// maxFinishes is how often it is tried to store an outcome.
const maxFinishes = 6

// finish stores an outcome, and tries again if the database was locked for long
// or the disk full, because an outcome must not be lost. The context ends the
// wait.
func finish(ctx context.Context, clock Clock, store func() (outbox.Record, error)) (rec outbox.Record, err error) {
	for try := range maxFinishes {
		if try > 0 && clock.wait(ctx, time.Second<<(try-1)) != nil {
			break
		}
		if rec, err = store(); !errors.Is(err, outbox.ErrBusy) && !errors.Is(err, outbox.ErrFull) {
			break
		}
	}
	return rec, err
}

// outcomeOf converts what the client knows to the outbox's types.
func outcomeOf(out online.Outcome) outbox.Outcome {
	res := outbox.Outcome{After: out.After, HTTP: out.Status}
	retry, again := map[online.Retry]outbox.Retry{
		online.Later: outbox.RetryLater, online.AfterNewPassword: outbox.RetryAfterPassword, online.AfterSettings: outbox.RetryManual,
	}[out.Retry]
	switch {
	case out.Verdict == online.Accepted:
		res.Answer = outbox.AnswerAccepted
		return res
	case out.Verdict == online.Unknown:
		res.Answer = outbox.NoAnswer
	case again:
		res.Answer, res.Retry = outbox.AnswerNotDelivered, retry
	case out.Verdict == online.Refused:
		res.Answer = outbox.AnswerRefused
	default:
		res.Answer, res.Retry = outbox.AnswerNotDelivered, outbox.RetryManual
	}
	var e *online.Error
	if errors.As(out.Err, &e) {
		res.Reason, res.Detail = reasonOf(e), e.Error()
	}
	return res
}

// account reports and counts what became of a record.
func (d *delivery) account(rec outbox.Record, out online.Outcome) {
	f := finding.Finding{Detail: rec.Detail, Why: rec.Reason}
	if out.Fault != nil {
		f.Found = out.Fault.String()
	}
	switch rec.State {
	case outbox.Accepted, outbox.Processed:
		d.note(func(res *Delivery) { res.Accepted++ })
		return
	case outbox.Unknown:
		f.Code, f.Severity = finding.SendUnknown, finding.Error
		d.note(func(res *Delivery) { res.Unknown++ })
	case outbox.Refused:
		f.Code, f.Severity = finding.SendRefused, finding.Error
		d.note(func(res *Delivery) { res.Refused++ })
	case outbox.Waiting:
		f.Code, f.Severity = finding.SendNotDelivered, finding.Warning
		if rec.Hold == outbox.HoldPassword {
			f.Code, f.Severity = finding.SendPassword, finding.Error
			d.note(func(res *Delivery) { res.PasswordRefused = true })
		} else if early(out) {
			// The next record would fare no better.
			d.pause(rec.Due)
		}
	default:
		return // somebody else has decided it meanwhile; the outbox shows it
	}
	d.tell(rec, f)
}
