package handover

import (
	"context"
	"errors"
	"time"

	"csuis-offline/finding"
	"csuis-offline/online"
	"csuis-offline/outbox"
)

// WatchOptions say how long and how often Watch asks.
type WatchOptions struct {
	// Every is the pause between two questions. Everybody shares the service, so a
	// caller should make it at least a second.
	Every time.Duration
	// Patience is how long Watch asks before it gives up; 0 means for ever.
	Patience time.Duration
	// Waiting, if it is not nil, receives after each question how many records are
	// in which state, as long as some are expected to change.
	Waiting func(states map[outbox.State]int)
}

// Expected is how many records a message may still come about.
func Expected(states map[outbox.State]int) int {
	return states[outbox.Sending] + states[outbox.Unknown] + states[outbox.Accepted] + states[outbox.OnDisc]
}

// Watch asks the inbox again and again, until a message has come about every
// record that was handed over, or the patience is over. It returns how many
// records are in which state then. An error is one of Update: a failure of the
// channel that may pass becomes a finding, and only one at the very end is
// returned.
func (k *Courier) Watch(ctx context.Context, o WatchOptions) (map[outbox.State]int, error) {
	deadline := k.o.Clock.now().Add(o.Patience)
	for {
		failure := k.Update(ctx, false)
		if failure != nil && !passing(failure) {
			return nil, failure
		}
		k.reached(failure)
		states, err := k.box.Counts(ctx)
		if err != nil {
			return nil, err
		}
		pause := o.Every
		if o.Patience > 0 {
			pause = min(pause, deadline.Sub(k.o.Clock.now()))
		}
		if Expected(states) == 0 && failure == nil || pause <= 0 {
			return states, failure
		}
		if o.Waiting != nil {
			o.Waiting(states)
		}
		if err := k.o.Clock.wait(ctx, pause); err != nil {
			return nil, err
		}
	}
}

// passing reports whether a failure may pass by itself. A refused password does
// not: asked again and again, it would lock the account.
func passing(err error) bool {
	var e *online.Error
	return errors.As(err, &e) && e.Retry == online.Later
}

// reached reports, once, that the inbox cannot be asked.
func (k *Courier) reached(failure error) {
	var e *online.Error
	if !errors.As(failure, &e) {
		k.failing = ""
		return
	}
	if e.Kind != k.failing {
		k.failing = e.Kind
		k.o.Tell.tell(finding.Finding{Code: finding.InboxNotReached, Severity: finding.Warning, Why: string(e.Kind), Detail: e.Error()})
	}
}
