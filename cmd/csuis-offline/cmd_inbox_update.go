package main

import (
	"context"

	"github.com/spf13/cobra"

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
	cmd := &cobra.Command{
		Use:   "update",
		Short: a.cat.Text("help.update.short", nil),
		Args:  atMost(a, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runInboxUpdate(cmd.Context(), a, o)
		},
	}
	o.key.register(a, cmd)
	o.online.registerInbox(a, cmd.Flags())
	cmd.Flags().BoolVar(&o.all, "all", false, a.cat.Text("flag.all-messages", nil))
	documented(cmd, exitOK, exitFindings, exitUsage, exitIO, exitKey, exitInterrupted)
	return cmd
}

func runInboxUpdate(ctx context.Context, a *app, o updateOptions) error {
	k, done, err := a.openCourier(ctx, o)
	if err != nil {
		return err
	}
	defer done()
	if err := k.round(ctx, o.all); err != nil {
		return err
	}
	return k.outcome(ctx, "inbox update", nil)
}

// openCourier opens what a courier works with; done closes it.
func (a *app) openCourier(ctx context.Context, o updateOptions) (k *courier, done func(), err error) {
	c, err := a.loadConfig()
	if err != nil {
		return nil, nil, err
	}
	key, err := a.optionalKey(ctx, o.key, c)
	if err != nil {
		return nil, nil, err
	}
	client, l, err := a.onlineClient(ctx, o.online, c, inboxService, key)
	if err != nil {
		key.Wipe()
		return nil, nil, err
	}
	free := func() {
		client.Close()
		l.wipe()
		key.Wipe()
	}
	box, err := a.openOutbox(ctx, c)
	if err != nil {
		free()
		return nil, nil, err
	}
	done = func() {
		box.Close()
		free()
	}
	if k, err = newCourier(a, c, box, client, or(o.online.inbox, c.Online.Inbox)); err != nil {
		done()
		return nil, nil, err
	}
	return k, done, nil
}

// outcome prints the summary of what the courier brought; cause is another
// reason not to end clean.
func (k *courier) outcome(ctx context.Context, command string, cause error) error {
	a := k.a
	counts, err := k.box.Counts(ctx)
	if err != nil {
		return outboxFault(k.box.Dir(), err)
	}
	k.res.States = stateCounts(counts)
	if k.told.errors > 0 {
		cause = errFindings
	}
	exit, _, _ := classify(cause)
	heading := a.cat.Text("summary.update", catalogue.Args{"new": k.res.New, "listed": k.res.Listed})
	if k.res.New == 0 {
		heading = a.cat.Text("summary.update-nothing", nil)
	}
	facts := []fact{
		{"processed", nonZero(k.res.Processed)}, {"refused-records", nonZero(k.res.Refused)}, {"foreign", nonZero(k.res.Foreign)},
		{"others", nonZero(k.res.Others)}, {"not-fetched", nonZero(k.res.NotFetched)}, {"messages-folder", k.dir},
	}
	a.printCounted(command, exit, k.told, k.res, heading, append(facts, a.stateFacts(counts)...)...)
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
