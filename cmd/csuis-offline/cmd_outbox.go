package main

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"csuis-offline/handover"
	"csuis-offline/internal/catalogue"
	"csuis-offline/outbox"
	"csuis-offline/settings"
)

func newOutboxCommand(a *app) *cobra.Command {
	var states []string
	var unit string
	var cmd *cobra.Command
	cmd = a.command("outbox", cobra.ArbitraryArgs, func(ctx context.Context, args []string) error {
		if len(args) > 0 {
			return unknownCommandFault(args[0], cmd)
		}
		return runOutboxList(ctx, a, states, unit)
	}, exitOK, exitUsage, exitIO, exitInterrupted)
	cmd.Flags().StringSliceVar(&states, "state", nil, a.cat.Text("flag.state", nil))
	cmd.Flags().StringVar(&unit, "unit", "", a.cat.Text("flag.unit", nil))
	cmd.AddCommand(newOutboxShowCommand(a), newOutboxWatchCommand(a))
	cmd.AddCommand(newWordCommands(a)...)
	cmd.AddCommand(newOutboxPackagesCommand(a), newOutboxUndoCommand(a), newOutboxPruneCommand(a), newOutboxVerifyCommand(a), newOutboxCleanCommand(a))
	return cmd
}

// withOutbox runs something on the outbox of the configuration.
func (a *app) withOutbox(ctx context.Context, run func(*outbox.Outbox) error) error {
	c, err := a.loadConfig()
	if err != nil {
		return err
	}
	return a.withOpened(ctx, c, handover.OpenOutbox, run)
}

// opener is one of the ways to open an outbox.
type opener func(ctx context.Context, dir string, o outbox.Options) (*outbox.Outbox, error)

// listingOutbox is withOutbox for commands that change nothing: they also work
// where the outbox cannot be written to.
func (a *app) listingOutbox(ctx context.Context, run func(*outbox.Outbox) error) error {
	c, err := a.loadConfig()
	if err != nil {
		return err
	}
	return a.withOpened(ctx, c, handover.OpenToList, run)
}

func (a *app) withOpened(ctx context.Context, c *settings.Settings, open opener, run func(*outbox.Outbox) error) error {
	box, err := a.openOutboxBy(ctx, c, open)
	if err != nil {
		return err
	}
	defer box.Close()
	err = run(box)
	if own := (*fault)(nil); errors.As(err, &own) {
		return err // it already has its text
	}
	return outboxFault(box.Dir(), err)
}

func runOutboxList(ctx context.Context, a *app, states []string, unit string) error {
	filter := outbox.Filter{Unit: unit}
	for _, s := range states {
		state, err := stateNamed(s)
		if err != nil {
			return err
		}
		filter.States = append(filter.States, state)
	}
	return a.listingOutbox(ctx, func(box *outbox.Outbox) error {
		listed := 0
		for r, err := range box.List(ctx, filter) {
			if err != nil {
				return err
			}
			listed++
			a.printRecord(&r)
		}
		counts, err := box.Counts(ctx)
		if err != nil {
			return err
		}
		ch, err := box.Channel(ctx)
		if err != nil {
			return err
		}
		a.printOutboxSummary(box, listed, counts, ch)
		return nil
	})
}

// outboxResult is what outbox says in JSON at its end.
type outboxResult struct {
	Outbox string         `json:"outbox"`
	Listed int            `json:"listed"`
	States map[string]int `json:"states"` // of all records
	// ReadOnly: the outbox cannot be written to, and is shown as it was left.
	ReadOnly bool `json:"read_only,omitempty"`
	// Channel says how sending fails; absent while it works.
	Channel *failingChannel `json:"channel,omitempty"`
}

type failingChannel struct {
	FailingSince string         `json:"failing_since"`
	LastAnswer   string         `json:"last_answer,omitempty"`
	Attempts     int            `json:"attempts"`
	Records      int            `json:"records"`
	Reasons      map[string]int `json:"reasons"`
	Detail       string         `json:"detail,omitempty"` // of the last attempt
}

func (a *app) printOutboxSummary(box *outbox.Outbox, listed int, counts map[outbox.State]int, ch outbox.Channel) {
	res := outboxResult{Outbox: box.Dir(), Listed: listed, States: stateCounts(counts), ReadOnly: box.ReadOnly()}
	facts := []fact{{"outbox", box.Dir()}, a.stateFact(counts)}
	if box.ReadOnly() {
		facts = append(facts, fact{"read-only", a.cat.Text("phrase.read-only", nil)})
	}
	if !ch.FailingSince.IsZero() {
		res.Channel = &failingChannel{
			FailingSince: stamp(ch.FailingSince), LastAnswer: stamp(ch.LastAnswer), Attempts: ch.Attempts, Records: ch.Records,
			Reasons: ch.Reasons, Detail: ch.Last.Detail,
		}
		args := catalogue.Args{
			"since": a.cat.Value(ch.FailingSince.Local()), "attempts": ch.Attempts, "records": ch.Records, "cause": a.causeOf(ch.Last.Reason),
		}
		// Records that have got through another way meanwhile need no advice.
		toSend := counts[outbox.Prepared] + counts[outbox.Waiting]
		if toSend+counts[outbox.Unknown]+counts[outbox.OnDisc] > 0 {
			facts = append(facts, fact{"channel", a.cat.Text("phrase.channel", args)})
		}
		if toSend > 0 {
			facts = append(facts, fact{"what-next", a.cat.Next("phrase.channel", args)})
		}
	}
	all := 0
	for _, n := range counts {
		all += n
	}
	heading := a.cat.Text("summary.outbox", catalogue.Args{"count": all})
	if all == 0 {
		heading = a.cat.Text("summary.outbox-empty", nil)
	}
	a.printSummary("outbox", exitOK, nil, res, heading, facts...)
}

func (a *app) stateFact(counts map[outbox.State]int) fact { return fact{"states", a.stateText(counts)} }

// stateText are the numbers of records by state.
func (a *app) stateText(counts map[outbox.State]int) string {
	var parts []string
	for _, s := range outbox.States() {
		if n := counts[s]; n > 0 {
			parts = append(parts, a.cat.Text("outbox.state."+string(s), nil)+": "+a.cat.Value(n))
		}
	}
	return strings.Join(parts, "; ")
}

// stateNamed is the state with a name.
func stateNamed(name string) (outbox.State, error) {
	var names []string
	for _, s := range outbox.States() {
		if string(s) == name {
			return s, nil
		}
		names = append(names, string(s))
	}
	return "", badChoice("state", name, names)
}

// number reads the number of a record or a package.
func number(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 1 {
		return 0, usageFault("usage.bad-number", catalogue.Args{"value": s})
	}
	return n, nil
}
