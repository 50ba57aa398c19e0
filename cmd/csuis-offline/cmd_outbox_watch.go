package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"csuis-offline/finding"
	"csuis-offline/internal/catalogue"
	"csuis-offline/online"
	"csuis-offline/outbox"
)

type watchOptions struct {
	updateOptions
	every, patience time.Duration
}

func newOutboxWatchCommand(a *app) *cobra.Command {
	var o watchOptions
	cmd := &cobra.Command{
		Use:   "watch",
		Short: a.cat.Text("help.watch.short", nil),
		Args:  atMost(a, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runOutboxWatch(cmd.Context(), a, o)
		},
	}
	o.key.register(a, cmd)
	o.online.registerInbox(a, cmd.Flags())
	cmd.Flags().DurationVar(&o.every, "every", 5*time.Minute, a.cat.Text("flag.every", nil))
	cmd.Flags().DurationVar(&o.patience, "for", 0, a.cat.Text("flag.watch-for", nil))
	documented(cmd, exitOK, exitFindings, exitUsage, exitIO, exitKey, exitUnknown, exitInterrupted)
	return cmd
}

// minEvery is the shortest pause between two questions: the service is everybody's.
const minEvery = time.Second

func runOutboxWatch(ctx context.Context, a *app, o watchOptions) error {
	if o.every < minEvery {
		return usageFault("usage.bad-value", catalogue.Args{"flag": "--every", "value": o.every.String(), "command": program + " outbox watch"})
	}
	k, done, err := a.openCourier(ctx, o.updateOptions)
	if err != nil {
		return err
	}
	defer done()
	w := &watcher{courier: k}
	deadline := a.now().Add(o.patience)
	for {
		failure := k.round(ctx, false)
		if failure != nil && !passing(failure) {
			return failure
		}
		w.reached(failure)
		counts, err := k.box.Counts(ctx)
		if err != nil {
			return outboxFault(k.box.Dir(), err)
		}
		pause := o.every
		if o.patience > 0 {
			pause = min(pause, deadline.Sub(a.now()))
		}
		switch {
		case expected(counts) == 0 && failure == nil:
			return k.outcome(ctx, "outbox watch", nil)
		case pause <= 0 && failure != nil:
			return failure
		case pause <= 0 && counts[outbox.Unknown] > 0:
			return k.outcome(ctx, "outbox watch", errUnknown)
		case pause <= 0:
			return k.outcome(ctx, "outbox watch", nil)
		}
		w.progress(counts)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

// watcher remembers what was told already.
type watcher struct {
	*courier
	failing online.Kind // how the last question failed; "" where it did not
	shown   string      // the last line of progress
}

// passing reports whether a failure may pass by itself. A refused password does
// not: asked again and again, it would lock the account.
func passing(err error) bool {
	var e *online.Error
	return errors.As(err, &e) && e.Retry == online.Later
}

// reached tells once that the inbox cannot be asked.
func (w *watcher) reached(failure error) {
	var e *online.Error
	if !errors.As(failure, &e) {
		w.failing = ""
		return
	}
	if e.Kind != w.failing {
		w.failing = e.Kind
		w.tell([]finding.Finding{{Code: finding.InboxNotReached, Severity: finding.Warning, Why: string(e.Kind), Detail: e.Error()}})
	}
}

// expected is how many records a message may still come about.
func expected(counts map[outbox.State]int) int {
	return counts[outbox.Sending] + counts[outbox.Unknown] + counts[outbox.Accepted] + counts[outbox.OnDisc]
}

// watchedLine is a line of progress in JSON.
type watchedLine struct {
	Type     string         `json:"type"`
	Expected int            `json:"expected"`
	States   map[string]int `json:"states"`
	Message  string         `json:"message"`
}

// progress says what is still waited for, when that has changed.
func (w *watcher) progress(counts map[outbox.State]int) {
	a := w.a
	states, _ := a.stateFacts(counts)[0].value.(string)
	if states == w.shown {
		return
	}
	w.shown = states
	text := a.cat.Text("phrase.watched", catalogue.Args{"count": expected(counts), "states": states})
	switch {
	case a.json:
		a.printJSON(watchedLine{"waiting", expected(counts), stateCounts(counts), text})
	case !a.quiet:
		fmt.Fprintf(a.out, "%s  %s\n", a.cat.Value(a.now().Local()), text)
	}
}
