package handover

import (
	"context"
	"io"
	"maps"
	"slices"
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
	// grace is how long records on their way may take when the run is interrupted:
	// if they were cut off, nobody would know what became of them.
	grace = 20 * time.Second
)

// DeliverOptions say whose records Deliver sends, and for how long.
type DeliverOptions struct {
	// Person is the PersonId of the sender: a record is sealed with that person's
	// key, so nobody else can send it. "" means everybody's records.
	Person string
	// Patience is how long records that were not delivered are tried again; after
	// that, none is tried a second time. 0 tries each once.
	Patience time.Duration
	Tell     Tell
	Progress progress.Counter // of sealed bytes
	Clock    Clock

	// SamePassword tries a password again that the server refused before.
	SamePassword bool

	login *login // of the channel; nil is new to every record
}

// Delivery is what became of the records that one Deliver tried.
type Delivery struct {
	Accepted, Refused, Unknown int
	// Unreadable are records whose sealed bytes were missing or damaged.
	Unreadable int
	// PasswordRefused: the server refused the login.
	PasswordRefused bool
	// Stopped is why the run ended before its time, a kind of the online room or
	// "web-page", "http-STATUS": what the first record showed would have befallen all.
	// "" if it did not.
	Stopped string
	// Left says what waits, and for what, at the end.
	Left outbox.NothingDue
}

// Deliver sends what is due in the outbox, until nothing is or the patience is
// over. When the context ends, no further record is sent, and those on their way
// have some seconds to arrive. What waits for a new password goes on if the channel's
// login is another one than the one that was refused. After an answer that cannot
// be the service's nothing more is sent. Errors are those of the outbox, of the
// context and of the files; the outbox has what became of the records before.
func Deliver(ctx context.Context, box *outbox.Outbox, ch *Channel, o DeliverOptions) (Delivery, error) {
	o.login = &ch.login
	return deliver(ctx, box, ch.client, o)
}

// submitter is the part of online.Client that sending needs.
type submitter interface {
	Submit(ctx context.Context, sealed io.Reader, size int64) online.Outcome
}

// delivery is the work of the senders of one run.
type delivery struct {
	*schedule
	o      DeliverOptions
	login  *login
	box    *outbox.Outbox
	client submitter
	start  time.Time

	mu  sync.Mutex // guards res, and lets one finding out at a time
	res Delivery
}

func deliver(ctx context.Context, box *outbox.Outbox, client submitter, o DeliverOptions) (Delivery, error) {
	o.Progress = progress.Or(o.Progress)
	start := o.Clock.now()
	d := &delivery{schedule: newSchedule(o.Clock, start.Add(o.Patience)), o: o, login: o.login, box: box, client: client, start: start}
	if err := d.renewPassword(ctx); err != nil {
		return d.res, err
	}
	if err := d.measure(ctx); err != nil {
		return d.res, err
	}
	defer o.Progress.Done()
	// A record on its way is given time to arrive.
	inner, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() {
		if o.Clock.wait(inner, grace) == nil {
			cancel()
		}
	})()
	var all sync.WaitGroup
	for range senders {
		all.Go(func() { d.sendAll(ctx, inner) })
	}
	all.Wait()
	o.Progress.Done()
	if err := d.failure(); err != nil {
		return d.res, err
	}
	if err := ctx.Err(); err != nil {
		return d.res, err
	}
	return d.res, d.left(ctx)
}

// renewPassword lets records that wait for a new password go on if the channel's
// login is not the one that was refused to their person.
func (d *delivery) renewPassword(ctx context.Context) error {
	held := map[string]bool{}
	for r, err := range d.box.List(ctx, outbox.Filter{States: []outbox.State{outbox.Waiting}, Person: d.o.Person}) {
		if err != nil {
			return err
		}
		if r.Hold == outbox.HoldPassword {
			held[r.Person] = true
		}
	}
	for _, person := range slices.Sorted(maps.Keys(held)) {
		refused, err := d.login.refused(d.box, person)
		if err != nil {
			return err
		}
		if refused && !d.o.SamePassword {
			continue
		}
		if _, err := d.box.PasswordRenewed(ctx, person); err != nil {
			return err
		}
	}
	return nil
}

// measure sets up the progress over what is waiting now.
func (d *delivery) measure(ctx context.Context) error {
	var size int64
	for r, err := range d.box.List(ctx, outbox.Filter{States: []outbox.State{outbox.Prepared, outbox.Waiting}, Person: d.o.Person}) {
		if err != nil {
			return err
		}
		size += r.Size
	}
	d.o.Progress.SetMax(size)
	return nil
}

// sendAll sends one record after another. ctx ends it between two records, inner
// within one.
func (d *delivery) sendAll(ctx, inner context.Context) {
	for {
		claim, err := d.take(ctx, d.claim)
		if err != nil {
			d.stop(err)
		}
		if claim == nil {
			return
		}
		for claim != nil {
			following, err := d.send(ctx, inner, claim)
			if err != nil {
				d.stop(err)
			}
			d.release(claim)
			claim = following
		}
	}
}

func (d *delivery) claim(ctx context.Context) (*outbox.Claim, error) {
	n := outbox.NextOptions{Person: d.o.Person}
	if d.o.Clock.now().After(d.deadline) {
		// Where many fail, the first are due again before the last were tried: the run
		// would never end.
		n.NotTriedSince = d.start
	}
	return d.box.Next(ctx, n)
}

// note changes the result of the run under the lock.
func (d *delivery) note(change func(*Delivery)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	change(&d.res)
}

// tell passes on a finding about a record.
func (d *delivery) tell(rec outbox.Record, f finding.Finding) {
	f.File, f.Record = rec.Source, rec.Name
	d.mu.Lock()
	defer d.mu.Unlock()
	d.o.Tell.tell(f)
}

// left says what was not sent, and why.
func (d *delivery) left(ctx context.Context) error {
	none, err := d.box.Pending(ctx, outbox.NextOptions{Person: d.o.Person})
	if err != nil {
		return err
	}
	d.res.Left = *none
	if d.res.Stopped = d.whyHalted(); d.res.Stopped != "" && none.Later > 0 {
		d.o.Tell.tell(finding.Finding{Code: finding.SendStopped, Severity: finding.Error, Why: d.res.Stopped}.WithCount(none.Later))
	}
	if none.Blocked > 0 {
		d.o.Tell.tell(finding.Finding{Code: finding.SendBlocked, Severity: finding.Warning}.WithCount(none.Blocked))
	}
	return nil
}
