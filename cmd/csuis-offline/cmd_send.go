package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"csuis-offline/batch"
	"csuis-offline/check"
	"csuis-offline/finding"
	"csuis-offline/internal/catalogue"
	"csuis-offline/internal/pool"
	"csuis-offline/outbox"
	"csuis-offline/settings"
	"csuis-offline/stage"
)

// sealingFolder is the folder inside the outbox's where records are sealed
// before all of them are known to be good.
const sealingFolder = "sealing"

type sendOptions struct {
	inputs              []string
	keep, withoutChecks bool
	again, rename       bool
	patience            time.Duration
	profile, module     string
	check               checkOptions
	key                 keyOptions
	online              onlineOptions
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
	States     map[string]int `json:"states"` // of all records in the outbox
	// Checks are those that the records passed that were added.
	Checks *check.Passed `json:"checks,omitempty"`
}

func newSendCommand(a *app) *cobra.Command {
	var o sendOptions
	cmd := &cobra.Command{
		Use:   "send",
		Short: a.cat.Text("help.send.short", nil),
		Args:  cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			a.ran = cmd
			o.inputs = args
			return runSend(cmd.Context(), a, o)
		},
	}
	o.key.register(a, cmd)
	f := cmd.Flags()
	o.online.register(a, f)
	f.DurationVar(&o.patience, "for", 0, a.cat.Text("flag.for", nil))
	f.BoolVar(&o.keep, "later", false, a.cat.Text("flag.later", nil))
	f.BoolVar(&o.again, "again", false, a.cat.Text("flag.again", nil))
	f.BoolVar(&o.rename, "rename", false, a.cat.Text("flag.rename", nil))
	f.StringVar(&o.profile, "profile", "", a.cat.Text("flag.profile", nil))
	f.StringVar(&o.module, "module", "", a.cat.Text("flag.module", nil))
	f.BoolVar(&o.withoutChecks, "without-checks", false, a.cat.Text("flag.without-checks", nil))
	o.check.register(a, f)
	documented(cmd, exitOK, exitFindings, exitUsage, exitIO, exitKey, exitUnknown, exitInterrupted)
	return cmd
}

// sending is one run of send.
type sending struct {
	a   *app
	o   sendOptions
	c   *settings.Settings
	box *outbox.Outbox

	mu     sync.Mutex // guards what follows
	told   tally
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
	s := &sending{a: a, o: o, c: c, box: box, res: sendResult{Outbox: box.Dir()}}
	if len(o.inputs) > 0 {
		done, err := s.prepare(ctx)
		if err != nil || !done {
			return err
		}
	}
	if !o.keep {
		if err := s.deliver(ctx); err != nil {
			return err
		}
	}
	return s.outcome(ctx)
}

// prepare judges and seals the inputs, and puts them into the outbox. ready is
// false where one of them failed: then none was put there.
func (s *sending) prepare(ctx context.Context) (ready bool, err error) {
	a, o := s.a, s.o
	bo := batch.Options{InputSums: true, Envelope: s.c.Envelope(o.module), Rename: o.rename, Rand: a.rand, Workers: a.workers}
	if bo.Profile, err = s.c.Profile(o.profile); err != nil {
		return false, err
	}
	if bo.Time, err = a.timestamp(""); err != nil {
		return false, err
	}
	var notes []finding.Finding
	if !o.withoutChecks {
		checker, more, done, err := a.checker(o.check, s.c, bo.Time)
		if err != nil {
			return false, err
		}
		defer done()
		bo.Checker, notes = checker, more
	}
	if bo.Key, err = a.readKey(ctx, o.key, s.c); err != nil {
		return false, err
	}
	defer bo.Key.Wipe()
	bo.Progress = a.meter()
	defer bo.Progress.Done()
	folder, err := stage.CreateFolder(ownFolder(s.box, sealingFolder), stage.Options{})
	if err != nil {
		return false, err
	}
	defer folder.Abort()
	sealed, fs, err := batch.Seal(ctx, batch.Collect(o.inputs), folder.Path(), bo)
	if err != nil {
		return false, moduleFault(o.module, err)
	}
	bo.Progress.Done()
	s.print(append(notes, fs...))
	if sealed == nil {
		failure := packFailure(fs)
		exit, _, _ := classify(failure)
		failed, _ := count(fs)
		a.printCounted("send", exit, s.told, s.res, a.cat.Text("summary.send-failed", catalogue.Args{"errors": failed}))
		return false, failure
	}
	s.res.Checks = &sealed.Checks
	return true, s.add(ctx, folder.Path(), sealed.Records)
}

// ownFolder is a folder inside the outbox's for this process alone; it is never
// committed, and what a killed run leaves of it the next one sweeps.
func ownFolder(box *outbox.Outbox, name string) string {
	return filepath.Join(box.Dir(), name+"-"+strconv.Itoa(os.Getpid()))
}

// adders is how many records are put into the outbox at once: their syncs and
// transactions are shared.
const adders = 16

// add puts sealed records into the outbox. Each is there as soon as it is added:
// whatever comes after, none of them is lost.
func (s *sending) add(ctx context.Context, dir string, sealed []batch.Record) error {
	return pool.InOrder(ctx, adders, sealed, func(ctx context.Context, r batch.Record) error {
		return s.addOne(ctx, dir, r)
	}, func(err error) error { return err })
}

func (s *sending) addOne(ctx context.Context, dir string, r batch.Record) error {
	f, err := os.Open(filepath.Join(dir, r.Name+".XM6"))
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = s.box.Add(ctx, outbox.Meta{
		TransactionID: r.Info.TransactionID, Unit: r.Info.Sender.IC, Person: r.Info.Sender.Person.ID, Type: r.Info.RecordType, Date: dateOnly(r.Info.StatementDate),
		Name: r.Name, Source: r.Input.FileName(), SourceSum: r.InputSum,
	}, f, outbox.AddOptions{Sum: r.Sum, Size: r.Size, Again: s.o.again})
	var double *outbox.DuplicateError
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case errors.As(err, &double) && double.SameTransaction && !double.SameBytes && double.Existing.SourceSum != r.InputSum:
		s.res.Duplicates++
		s.causes.refused = true
		s.print([]finding.Finding{{
			Code: finding.SendTransaction, Severity: finding.Error, File: r.Input.Path, Record: r.Name, Found: r.Info.TransactionID, Detail: strconv.FormatInt(double.Existing.ID, 10),
		}})
		return nil
	case errors.As(err, &double):
		s.res.Duplicates++
		s.print([]finding.Finding{{
			Code: finding.SendDuplicate, Severity: finding.Warning, File: r.Input.Path, Record: r.Name, Detail: strconv.FormatInt(double.Existing.ID, 10),
			Why: string(double.Existing.State), Found: sameTransaction(double, r),
		}})
		return nil
	case err != nil:
		return outboxFault(s.box.Dir(), err)
	}
	s.res.Added++
	return nil
}

// sameTransaction is the TransactionId where it is what makes the record a double:
// that of an envelope stays, however often it is sent.
func sameTransaction(double *outbox.DuplicateError, r batch.Record) string {
	if double.SameTransaction {
		return r.Info.TransactionID
	}
	return ""
}

// dateOnly is a date as the outbox wants it, or "".
func dateOnly(s string) string {
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		return ""
	}
	return s
}

// print writes findings as they come. Where several goroutines work, s.mu is held.
func (s *sending) print(fs []finding.Finding) {
	s.told.add(fs)
	s.a.printFindings(fs, func(f finding.Finding) string {
		if f.Code == finding.SendDuplicate && f.Found != "" {
			return "send-more.transaction"
		}
		return ""
	})
}

// outcome prints the summary.
func (s *sending) outcome(ctx context.Context) error {
	a := s.a
	counts, err := s.box.Counts(ctx)
	if err != nil {
		return outboxFault(s.box.Dir(), err)
	}
	s.res.States = map[string]int{}
	for state, n := range counts {
		s.res.States[string(state)] = n
	}
	s.res.Waiting = counts[outbox.Waiting] + counts[outbox.Prepared]
	err = s.causes.err()
	exit, _, _ := classify(err)
	heading := "summary.send"
	switch {
	case s.o.keep:
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
		fact{"unknown", nonZero(s.res.Unknown)}, fact{"waiting", nonZero(s.res.Waiting)}, a.tallyFact(s.told), fact{"what-next", s.next(counts[outbox.Unknown])})
	a.printCounted("send", exit, s.told, s.res, a.cat.Text(heading, catalogue.Args{"accepted": s.res.Accepted, "waiting": s.res.Waiting}), facts...)
	return err
}

// next is what to do about what was not sent, or "": also where this run tried
// none of it and so told of no cause. unknown is the number of such records in the outbox.
func (s *sending) next(unknown int) string {
	text := s.a.cat.Text
	switch c := s.causes; {
	case c.unknown || unknown > 0 && c.err() == nil && !s.o.keep:
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

// The ways in which send ends short of its aim.
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
