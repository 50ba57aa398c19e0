package main

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"csuis-offline/batch"
	"csuis-offline/check"
	"csuis-offline/finding"
	"csuis-offline/handover"
	"csuis-offline/internal/catalogue"
	"csuis-offline/outbox"
	"csuis-offline/settings"
)

type sendOptions struct {
	inputs        []string
	queue, resend bool
	samePassword  bool
	patience      time.Duration
	batch         batchFlags
	online        onlineOptions
}

// sendResult is what send says in JSON.
type sendResult struct {
	Outbox     string         `json:"outbox"`
	Added      int            `json:"added"`
	Duplicates int            `json:"duplicates"`
	Accepted   int            `json:"accepted"`
	Refused    int            `json:"refused"`
	Waiting    int            `json:"waiting"` // not delivered, or not tried
	Unknown    int            `json:"unknown"`
	Stopped    string         `json:"stopped,omitempty"` // why the run ended early
	States     map[string]int `json:"states"`            // of all records in the outbox
	// Checks are those that the added records passed.
	Checks *check.Passed `json:"checks,omitempty"`
}

func newSendCommand(a *app) *cobra.Command {
	var o sendOptions
	cmd := a.command("send", cobra.ArbitraryArgs, func(ctx context.Context, args []string) error {
		o.inputs = args
		return runSend(ctx, a, o)
	}, exitOK, exitFindings, exitUsage, exitIO, exitKey, exitUnknown, exitInterrupted)
	o.batch.register(a, cmd)
	f := cmd.Flags()
	o.online.register(a, f)
	f.DurationVar(&o.patience, "for", 0, a.cat.Text("flag.for", nil))
	f.BoolVar(&o.queue, "queue", false, a.cat.Text("flag.queue", nil))
	f.BoolVar(&o.resend, "resend", false, a.cat.Text("flag.resend", nil))
	f.BoolVar(&o.samePassword, "same-password", false, a.cat.Text("flag.same-password", nil))
	oldName(f, "later", "queue")
	oldName(f, "again", "resend")
	return cmd
}

// sending is one run of send.
type sending struct {
	teller
	o      sendOptions
	c      *settings.Settings
	box    *outbox.Outbox
	res    sendResult
	causes sendCauses
}

// sendCauses are what decides on the exit code.
type sendCauses struct{ unknown, refused, channel, password bool }

func runSend(ctx context.Context, a *app, o sendOptions) error {
	c, err := a.loadConfig()
	if err != nil {
		return err
	}
	box, err := a.openOutbox(ctx, c)
	if err != nil {
		return err
	}
	defer box.Close()
	s := &sending{teller: teller{a: a, text: sendMore}, o: o, c: c, box: box, res: sendResult{Outbox: box.Dir()}}
	if len(o.inputs) > 0 {
		if ready, err := s.store(ctx); err != nil || !ready {
			return err
		}
	}
	if !o.queue {
		a.bePatient()
		if err := s.deliver(ctx); err != nil {
			return err
		}
	}
	return s.outcome(ctx)
}

// sendMore names the text of a duplicate that has the TransactionId of another
// record.
func sendMore(f finding.Finding) string {
	if f.Code == finding.SendDuplicate && f.Found != "" {
		return "send-more.transaction"
	}
	return ""
}

// store checks and seals the inputs, and puts them into the outbox. ready is
// false if one of them failed; then none was put there.
func (s *sending) store(ctx context.Context) (ready bool, err error) {
	a := s.a
	bo, notes, done, err := a.batchOptions(ctx, s.o.batch, s.c, "")
	if err != nil {
		return false, err
	}
	defer done()
	s.tell(notes...)
	in := batch.Collect(s.o.inputs)
	stored, err := handover.Store(ctx, s.box, in, handover.StoreOptions{
		Batch: bo, Again: s.o.resend, Tell: s.one,
	})
	if err != nil {
		return false, moduleFault(s.o.batch.module, outboxFault(s.box.Dir(), err))
	}
	if stored == nil {
		failure := packFailure(s.tally.kinds)
		exit, _, _ := classify(failure)
		a.printCounted("send", exit, s.tally, s.res, a.cat.Text("summary.send-failed", catalogue.Args{"errors": s.tally.errors}))
		return false, failure
	}
	s.res.Added, s.res.Duplicates, s.res.Checks = stored.Added, stored.Duplicates, &stored.Checks
	s.causes.refused = stored.Conflicts > 0
	return true, nil
}

// deliver sends what is due until nothing is, or until the patience is over.
func (s *sending) deliver(ctx context.Context) error {
	ch, err := s.a.openChannel(ctx, s.o.online, s.c, submitService, nil)
	if err != nil {
		return err
	}
	defer ch.Close()
	do := handover.DeliverOptions{Person: s.c.Person.ID, Patience: s.o.patience, SamePassword: s.o.samePassword, Clock: s.a.clock(), Progress: s.a.meter()}
	do.Tell = func(f finding.Finding) {
		do.Progress.Done() // its line and the text would run into one another
		s.tell(f)
	}
	d, err := handover.Deliver(ctx, s.box, ch, do)
	if err != nil {
		return outboxFault(s.box.Dir(), err)
	}
	s.res.Accepted, s.res.Refused, s.res.Unknown = d.Accepted, d.Refused, d.Unknown
	s.res.Stopped = d.Stopped
	c := &s.causes
	c.unknown, c.refused = d.Unknown > 0, c.refused || d.Refused+d.Unreadable > 0
	c.password = d.PasswordRefused || d.Left.Password > 0
	c.channel = d.Left.Later+d.Left.User+d.Left.Blocked > 0
	return nil
}

// outcome prints the summary.
func (s *sending) outcome(ctx context.Context) error {
	a := s.a
	counts, err := s.box.Counts(ctx)
	if err != nil {
		return outboxFault(s.box.Dir(), err)
	}
	s.res.States = stateCounts(counts)
	s.res.Waiting = counts[outbox.Waiting] + counts[outbox.Prepared]
	err = s.causes.err()
	exit, _, _ := classify(err)
	heading := "summary.send"
	switch {
	case s.o.queue:
		heading = "summary.send-later"
	case err != nil:
		heading = "summary.send-not-all"
	case s.res.Accepted == 0:
		heading = "summary.send-nothing"
	}
	facts := []fact{{"outbox", s.box.Dir()}, {"added", nonZero(s.res.Added)}, {"stored-before", nonZero(s.res.Duplicates)}}
	if s.res.Checks != nil {
		facts = append(facts, a.checksFact(s.res.Checks))
	}
	facts = append(facts, fact{"accepted", nonZero(s.res.Accepted)}, fact{"refused-online", nonZero(s.res.Refused)},
		fact{"unknown", nonZero(s.res.Unknown)}, fact{"waiting", nonZero(s.res.Waiting)}, a.tallyFact(s.tally), fact{"what-next", s.next(counts[outbox.Unknown])})
	a.printCounted("send", exit, s.tally, s.res, a.cat.Text(heading, catalogue.Args{"accepted": s.res.Accepted, "waiting": s.res.Waiting}), facts...)
	return err
}

// next is what to do about what was not sent, or "". It also covers records that
// this run did not try, and so reported no cause for. unknown is the number of
// such records in the outbox.
func (s *sending) next(unknown int) string {
	text := s.a.cat.Text
	switch c := s.causes; {
	case c.unknown || unknown > 0 && c.err() == nil && !s.o.queue:
		return text("phrase.send-next.unknown", catalogue.Args{"count": unknown})
	case c.refused:
		return text("phrase.send-next.refused", nil)
	case c.password:
		return text("phrase.send-next.password", nil)
	case c.channel:
		return text("phrase.send-next.channel", nil)
	}
	return ""
}

// The errors with which send ends if not every record was delivered.
var (
	errUnknown  = errors.New("it is not known whether a record was delivered")
	errChannel  = errors.New("records were not delivered")
	errPassword = errors.New("the password was refused")
)

// err is the gravest of the causes: what must not be repeated blindly comes first.
func (c sendCauses) err() error {
	switch {
	case c.unknown:
		return errUnknown
	case c.refused:
		return errFindings
	case c.password:
		return errPassword
	case c.channel:
		return errChannel
	}
	return nil
}
