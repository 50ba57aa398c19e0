package main

import (
	"context"

	"github.com/spf13/cobra"

	"csuis-offline/handover"
	"csuis-offline/internal/catalogue"
	"csuis-offline/outbox"
)

type updateOptions struct {
	all    bool
	key    keyOptions
	online onlineOptions
}

func newInboxUpdateCommand(a *app) *cobra.Command {
	var o updateOptions
	cmd := a.command("update", atMost(a, 0), func(ctx context.Context, _ []string) error {
		return runInboxUpdate(ctx, a, o)
	}, exitOK, exitFindings, exitUsage, exitIO, exitKey, exitInterrupted)
	o.key.register(a, cmd)
	o.online.registerInbox(a, cmd.Flags())
	cmd.Flags().BoolVar(&o.all, "all", false, a.cat.Text("flag.all-messages", nil))
	return cmd
}

// courierResult is what inbox update and outbox watch say in JSON.
type courierResult struct {
	Folder     string         `json:"folder"`
	Listed     int            `json:"listed"`
	New        int            `json:"new"`
	Statuses   int            `json:"statuses"`
	Processed  int            `json:"processed"`
	Refused    int            `json:"refused"`
	Foreign    int            `json:"foreign"`
	Others     int            `json:"others"`
	NotFetched int            `json:"not_fetched"`
	States     map[string]int `json:"states"` // of all records in the outbox
}

func runInboxUpdate(ctx context.Context, a *app, o updateOptions) error {
	k, err := a.openCourier(ctx, o)
	if err != nil {
		return err
	}
	defer k.close()
	if err := k.Update(ctx, o.all); err != nil {
		return channelFault(k.box.Dir(), err)
	}
	return k.outcome(ctx, "inbox update", nil)
}

// courier is a courier whose findings are printed.
type courier struct {
	*handover.Courier
	teller
	box   *outbox.Outbox
	close func()
}

// openCourier opens what a courier works with; the caller calls close.
func (a *app) openCourier(ctx context.Context, o updateOptions) (*courier, error) {
	c, err := a.loadConfig()
	if err != nil {
		return nil, err
	}
	ch, done, err := a.openInbox(ctx, o.online, o.key, c)
	if err != nil {
		return nil, err
	}
	box, err := a.openOutbox(ctx, c)
	if err != nil {
		done()
		return nil, err
	}
	k := &courier{teller: teller{a: a}, box: box, close: func() { box.Close(); done() }}
	k.Courier, err = handover.NewCourier(box, ch, handover.NewsOptions{
		Address: or(o.online.inbox, c.Online.Inbox), Processed: c.Online.Processed, Tell: k.one, Clock: a.clock(),
	})
	if err != nil {
		k.close()
		return nil, err
	}
	return k, nil
}

// outcome prints the summary of what the courier brought; cause is an error that
// the command ends with for another reason.
func (k *courier) outcome(ctx context.Context, command string, cause error) error {
	a, n := k.a, k.News()
	counts, err := k.box.Counts(ctx)
	if err != nil {
		return outboxFault(k.box.Dir(), err)
	}
	if k.tally.errors > 0 {
		cause = errFindings
	}
	exit, _, _ := classify(cause)
	heading := a.cat.Text("summary.update", catalogue.Args{"new": n.New, "listed": n.Listed})
	if n.New == 0 {
		heading = a.cat.Text("summary.update-nothing", nil)
	}
	res := courierResult{n.Folder, n.Listed, n.New, n.Statuses, n.Processed, n.Refused, n.Foreign, n.Others, n.NotFetched, stateCounts(counts)}
	a.printCounted(command, exit, k.tally, res, heading,
		fact{"processed", nonZero(n.Processed)}, fact{"refused-records", nonZero(n.Refused)}, fact{"foreign", nonZero(n.Foreign)},
		fact{"others", nonZero(n.Others)}, fact{"not-fetched", nonZero(n.NotFetched)}, fact{"messages-folder", n.Folder}, a.stateFact(counts))
	return cause
}

// stateCounts are the numbers of records by state, for JSON.
func stateCounts(counts map[outbox.State]int) map[string]int {
	all := map[string]int{}
	for s, n := range counts {
		all[string(s)] = n
	}
	return all
}
