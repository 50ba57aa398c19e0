package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"csuis-offline/handover"
	"csuis-offline/internal/catalogue"
	"csuis-offline/outbox"
)

type watchOptions struct {
	updateOptions
	every, patience time.Duration
}

func newOutboxWatchCommand(a *app) *cobra.Command {
	var o watchOptions
	cmd := a.command("watch", atMost(a, 0), func(ctx context.Context, _ []string) error {
		return runOutboxWatch(ctx, a, o)
	}, exitOK, exitFindings, exitUsage, exitIO, exitKey, exitUnknown, exitInterrupted)
	o.key.register(a, cmd)
	o.online.registerInbox(a, cmd.Flags())
	cmd.Flags().DurationVar(&o.every, "every", 5*time.Minute, a.cat.Text("flag.every", nil))
	cmd.Flags().DurationVar(&o.patience, "for", 0, a.cat.Text("flag.watch-for", nil))
	return cmd
}

// minEvery is the shortest pause between two questions, since everybody shares
// the service.
const minEvery = time.Second

func runOutboxWatch(ctx context.Context, a *app, o watchOptions) error {
	if o.every < minEvery {
		return usageFault("usage.bad-value", catalogue.Args{"flag": "--every", "value": o.every.String(), "command": program + " outbox watch"})
	}
	k, err := a.openCourier(ctx, o.updateOptions)
	if err != nil {
		return err
	}
	defer k.close()
	shown := ""
	states, err := k.Watch(ctx, handover.WatchOptions{Every: o.every, Patience: o.patience, Waiting: func(states map[outbox.State]int) {
		if now := a.stateText(states); now != shown {
			shown = now
			a.printWatched(states)
		}
	}})
	if err != nil {
		return channelFault(k.box.Dir(), err)
	}
	var cause error
	if states[outbox.Unknown] > 0 {
		cause = errUnknown
	}
	return k.outcome(ctx, "outbox watch", cause)
}

// watchedLine is a line of progress in JSON.
type watchedLine struct {
	Type     string         `json:"type"`
	Expected int            `json:"expected"`
	States   map[string]int `json:"states"`
	Message  string         `json:"message"`
}

// printWatched says what is still waited for.
func (a *app) printWatched(states map[outbox.State]int) {
	expected := handover.Expected(states)
	text := a.cat.Text("phrase.watched", catalogue.Args{"count": expected, "states": a.stateText(states)})
	switch {
	case a.json:
		a.printJSON(watchedLine{"waiting", expected, stateCounts(states), text})
	case !a.quiet:
		fmt.Fprintf(a.out, "%s  %s\n", a.cat.Value(a.now().Local()), text)
	}
}
