package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"sync"
	"time"

	"csuis-offline/finding"
	"csuis-offline/online"
	"csuis-offline/outbox"
	"csuis-offline/progress"
)

const (
	// senders is how many records travel at once.
	senders = 16
	// grace is how long records on their way may take when the user interrupts:
	// whoever cuts them off does not know what became of them.
	grace = 20 * time.Second
	// look is how often a sender that waits looks whether something became due.
	look = time.Second
	// probe is how often the senders look whether the first record came through.
	probe = 10 * time.Millisecond
)

// delivery is the work of the senders of one run.
type delivery struct {
	*sending
	client   *online.Client
	person   string
	deadline time.Time
	counter  progress.Counter

	mu      sync.Mutex
	busy    int       // senders with a record in hand
	proved  bool      // the server took or refused a record: the channel and the login work
	probing bool      // a sender tries whether they do
	pause   time.Time // nothing is tried before: the channel as a whole does not work
	stopped error
}

// deliver sends what is due until nothing is, or until the patience is over.
func (s *sending) deliver(ctx context.Context) error {
	client, l, err := s.a.onlineClient(ctx, s.o.online, s.c, submitService, nil)
	if err != nil {
		return err
	}
	defer client.Close()
	defer l.wipe()
	d := &delivery{sending: s, client: client, person: s.c.Person.ID, deadline: s.a.now().Add(s.o.patience)}
	if err := d.renewed(ctx, l); err != nil {
		return err
	}
	if err := d.measure(ctx); err != nil {
		return err
	}
	defer d.counter.Done()
	// A record on its way is given time to arrive.
	inner, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() {
		select {
		case <-time.After(grace):
			cancel()
		case <-inner.Done():
		}
	})()
	var all sync.WaitGroup
	for range senders {
		all.Go(func() { d.sender(ctx, inner) })
	}
	all.Wait()
	d.counter.Done()
	if d.stopped != nil {
		return outboxFault(s.box.Dir(), d.stopped)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return d.left(ctx)
}

// renewed lets what waits for a new password go on where there is one: it was
// typed just now, or its file is newer than the refusal.
func (d *delivery) renewed(ctx context.Context, l *login) error {
	fresh := l.typed
	if !fresh {
		info, err := os.Stat(l.file)
		if err != nil {
			return err
		}
		for r, err := range d.box.List(ctx, outbox.Filter{States: []outbox.State{outbox.Waiting}, Person: d.person}) {
			if err != nil {
				return outboxFault(d.box.Dir(), err)
			}
			if r.Hold == outbox.HoldPassword && info.ModTime().After(r.Since) {
				fresh = true
				break
			}
		}
	}
	if !fresh {
		return nil
	}
	_, err := d.box.PasswordRenewed(ctx, d.person)
	return outboxFaultOrNil(d.box.Dir(), err)
}

func outboxFaultOrNil(dir string, err error) error {
	if err == nil {
		return nil
	}
	return outboxFault(dir, err)
}

// measure sets up the progress over what is waiting now.
func (d *delivery) measure(ctx context.Context) error {
	var size int64
	for r, err := range d.box.List(ctx, outbox.Filter{States: []outbox.State{outbox.Prepared, outbox.Waiting}, Person: d.person}) {
		if err != nil {
			return outboxFault(d.box.Dir(), err)
		}
		size += r.Size
	}
	d.counter = d.a.meter()
	d.counter.SetMax(size)
	return nil
}

// sender sends one record after another. ctx ends it between two records, inner
// within one.
func (d *delivery) sender(ctx, inner context.Context) {
	for {
		claim, wait, err := d.next(ctx)
		switch {
		case err != nil:
			d.stop(err)
			return
		case claim != nil:
			for claim != nil {
				if claim, err = d.send(ctx, inner, claim); err != nil {
					d.stop(err)
				}
				d.release()
			}
		case wait <= 0:
			return
		default:
			select {
			case <-ctx.Done():
				return
			case <-time.After(min(wait, look)):
			}
		}
	}
}

func (d *delivery) stop(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.stopped == nil {
		d.stopped = err
	}
}

func (d *delivery) release() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.busy--
	d.probing = false
}

// next claims a record. Where there is none now, it says how long to wait before
// looking again; 0 means that this run is over.
func (d *delivery) next(ctx context.Context) (*outbox.Claim, time.Duration, error) {
	now := d.a.now()
	d.mu.Lock()
	if d.stopped != nil || ctx.Err() != nil {
		d.mu.Unlock()
		return nil, 0, nil
	}
	if pause := d.pause.Sub(now); pause > 0 {
		late := d.pause.After(d.deadline)
		d.mu.Unlock()
		if late {
			return nil, 0, nil
		}
		return nil, pause, nil
	}
	if !d.proved {
		// One record at a time: sixteen wrong passwords at once could lock the
		// account, and where no answer comes, sixteen would be unknown.
		if d.probing {
			d.mu.Unlock()
			return nil, probe, nil
		}
		d.probing = true
	}
	d.mu.Unlock()
	claim, err := d.box.Next(ctx, outbox.NextOptions{Person: d.person})
	d.mu.Lock()
	defer d.mu.Unlock()
	if err == nil {
		d.busy++
		return claim, 0, nil
	}
	d.probing = false
	var none *outbox.NothingDue
	switch {
	case ctx.Err() != nil:
		return nil, 0, nil
	case errors.Is(err, outbox.ErrBusy):
		return nil, look, nil
	case !errors.As(err, &none):
		return nil, 0, err
	case !none.At.IsZero() && !none.At.After(d.deadline):
		return nil, max(none.At.Sub(now), time.Millisecond), nil
	case d.busy > 0 && now.Before(d.deadline):
		// What another sender has in hand may come back to be tried again.
		return nil, look, nil
	}
	return nil, 0, nil
}

// send sends one record and stores what became of it. Where it was accepted, the
// following one is claimed at the same time: both moves share a sync. An error is
// one of the outbox.
func (d *delivery) send(ctx, inner context.Context, claim *outbox.Claim) (following *outbox.Claim, err error) {
	sealed, err := claim.Open(inner)
	if err != nil {
		rec, ferr := finish(claim, outbox.Unreadable(err))
		d.tell(rec, finding.Finding{Code: finding.SendUnreadable, Severity: finding.Error, Detail: err.Error()})
		d.note(func(c *sendCauses) { c.refused = true })
		return nil, ferr
	}
	out := d.client.Submit(inner, counted{sealed, d.counter}, claim.Record.Size)
	sealed.Close()
	d.learn(out)
	var claiming sync.WaitGroup
	var failed error
	if out.Verdict == online.Accepted {
		claiming.Go(func() { following, _, failed = d.next(ctx) })
	}
	rec, err := finish(claim, outcomeOf(out))
	claiming.Wait()
	if err != nil && !errors.Is(err, outbox.ErrClaimLost) {
		if following != nil {
			err = errors.Join(err, following.Return())
			d.release()
		}
		return nil, err
	}
	d.account(rec, out)
	return following, failed
}

// learn notes whether the channel works.
func (d *delivery) learn(out online.Outcome) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case out.Verdict == online.Accepted, out.Verdict == online.Refused && out.Retry == online.Never:
		d.proved = true
	case out.Retry == online.AfterNewPassword, early(out):
		d.proved = false
	}
}

// finish stores an outcome, and tries again where the database was locked for
// long or the disk full: an outcome must not be lost.
func finish(claim *outbox.Claim, out outbox.Outcome) (outbox.Record, error) {
	for try := 0; ; try++ {
		rec, err := claim.Finish(out)
		if try == 5 || !errors.Is(err, outbox.ErrBusy) && !errors.Is(err, outbox.ErrFull) {
			return rec, err
		}
		time.Sleep(time.Second << try)
	}
}

// outcomeOf puts what the client knows into the outbox's words.
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
		res.Reason = string(e.Kind)
		if e.Kind == online.KindHTTPStatus {
			res.Reason = "http-" + strconv.Itoa(e.Status)
		}
		res.Detail = e.Error()
	}
	return res
}

// account tells and counts what became of a record.
func (d *delivery) account(rec outbox.Record, out online.Outcome) {
	f := finding.Finding{Detail: rec.Detail, Why: rec.Reason}
	if out.Fault != nil {
		f.Found = out.Fault.String()
	}
	switch rec.State {
	case outbox.Accepted, outbox.Processed:
		d.note(func(*sendCauses) { d.res.Accepted++ })
		return
	case outbox.Unknown:
		f.Code, f.Severity = finding.SendUnknown, finding.Error
		d.note(func(c *sendCauses) { c.unknown = true; d.res.Unknown++ })
	case outbox.Refused:
		f.Code, f.Severity = finding.SendRefused, finding.Error
		d.note(func(c *sendCauses) { c.refused = true; d.res.Refused++ })
	case outbox.Waiting:
		f.Code, f.Severity = finding.SendNotDelivered, finding.Warning
		if rec.Hold == outbox.HoldPassword {
			f.Code, f.Severity = finding.SendPassword, finding.Error
			d.note(func(c *sendCauses) { c.password = true })
		} else if early(out) {
			// The next record would fare no better.
			d.hold(rec)
		}
	default:
		return // decided by somebody else meanwhile; the outbox tells
	}
	d.tell(rec, f)
}

// early reports that the channel as a whole does not work: not one byte left.
func early(out online.Outcome) bool {
	return out.Verdict == online.NotDelivered && out.Sent == 0
}

// hold lets all senders wait until the record that failed is due again.
func (d *delivery) hold(rec outbox.Record) {
	d.mu.Lock()
	defer d.mu.Unlock()
	until := rec.Due
	if until.IsZero() {
		until = d.deadline.Add(time.Second) // it waits for the user, and so would the others
	}
	if until.After(d.pause) {
		d.pause = until
	}
}

// note changes what the end of the run needs to know.
func (d *delivery) note(change func(*sendCauses)) {
	d.sending.mu.Lock()
	defer d.sending.mu.Unlock()
	change(&d.causes)
}

// tell prints a finding about a record.
func (d *delivery) tell(rec outbox.Record, f finding.Finding) {
	f.File, f.Record = rec.Source, rec.Name
	d.sending.mu.Lock()
	defer d.sending.mu.Unlock()
	d.counter.Done()
	d.print([]finding.Finding{f})
}

// left says what was not sent, and why.
func (d *delivery) left(ctx context.Context) error {
	none, err := d.box.Pending(ctx, outbox.NextOptions{Person: d.person})
	if err != nil {
		return outboxFault(d.box.Dir(), err)
	}
	if none.Blocked > 0 {
		d.print([]finding.Finding{{Code: finding.SendBlocked, Severity: finding.Warning, Found: fmt.Sprint(none.Blocked)}})
	}
	if none.Password > 0 {
		d.causes.password = true
	}
	if none.Later+none.User+none.Blocked > 0 {
		d.causes.channel = true
	}
	return nil
}
