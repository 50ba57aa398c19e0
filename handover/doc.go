// Package handover is the engine of handing over records: it sends what waits in
// the outbox for as long as the caller has patience, brings the news from the
// inbox, finishes what an interrupted run left open, and falls back to a disc if
// the online channel does not work. It is the only room that knows both the
// online channel and the outbox.
//
// It knows neither a terminal nor a page. What people should know comes out as
// findings, one at a time, and how far the work is goes to a progress.Counter.
// An error that ends the work is one of the outbox, of the online channel or of
// the files, as these rooms made it.
package handover

import (
	"context"
	"time"

	"csuis-offline/finding"
)

// Tell receives findings as they arise, never two at a time.
type Tell func(finding.Finding)

func (t Tell) tell(fs ...finding.Finding) {
	if t == nil {
		return
	}
	for _, f := range fs {
		t(f)
	}
}

// Clock tells the time and waits. The zero value is the machine's clock.
type Clock struct {
	// Now is the time; nil is time.Now.
	Now func() time.Time
	// Timer fires once after a duration; stop gives it up. nil is time.NewTimer.
	Timer func(d time.Duration) (fired <-chan time.Time, stop func() bool)
}

func (c Clock) now() time.Time {
	if c.Now == nil {
		return time.Now()
	}
	return c.Now()
}

func (c Clock) timer(d time.Duration) (<-chan time.Time, func() bool) {
	if c.Timer == nil {
		t := time.NewTimer(d)
		return t.C, t.Stop
	}
	return c.Timer(d)
}

// wait returns when the duration is over, or with the context's error if that
// ends first.
func (c Clock) wait(ctx context.Context, d time.Duration) error {
	fired, stop := c.timer(d)
	defer stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-fired:
		return nil
	}
}
