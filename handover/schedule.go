package handover

import (
	"context"
	"errors"
	"sync"
	"time"

	"csuis-offline/outbox"
)

// pollInterval is how often a sender that waits looks whether another process has
// changed the outbox.
const pollInterval = time.Second

// schedule decides when a sender takes the next record.
//
// A sender without a record needs the turn to claim one, so that one sender at a
// time waits for what becomes due, and not all of them. Until the channel is
// proven to work, the turn stays with the record that tries it: sixteen wrong
// passwords at once could lock the account, and where no answer comes, sixteen
// records would be unknown.
type schedule struct {
	clock    Clock
	deadline time.Time     // nothing is waited for beyond it
	turn     chan struct{} // has one element, except while a sender holds the turn
	wake     chan struct{} // an element ends the wait of the sender that holds the turn

	mu            sync.Mutex
	busy          int           // records in the hands of senders
	channelProven bool          // the server took or refused a record: the channel and the login work
	probe         *outbox.Claim // the record that tries whether they do, and keeps the turn; nil for none
	pausedUntil   time.Time     // nothing is tried before, as the channel as a whole does not work
	over          bool          // nothing is left that could be sent in this run
	halted        string        // why nothing more is sent in this run, as the channel is not what it should be; "" for not
	refusals      int           // records in a row that were refused by one Fault, none having been taken in this run
	refusal       string        // that Fault
	err           error         // what stopped the run
}

// claimer claims the record that is due the longest, as outbox.Next does.
type claimer func(context.Context) (*outbox.Claim, error)

func newSchedule(clock Clock, deadline time.Time) *schedule {
	s := &schedule{clock: clock, deadline: deadline, turn: make(chan struct{}, 1), wake: make(chan struct{}, 1)}
	s.turn <- struct{}{}
	return s
}

// take waits until it has claimed a record; nil says that the run is over. A
// release follows each claim. Errors are those of claim.
func (s *schedule) take(ctx context.Context, claim claimer) (*outbox.Claim, error) {
	select {
	case <-s.turn:
	case <-ctx.Done():
		return nil, nil
	}
	for {
		c, wait, err := s.look(ctx, claim)
		switch {
		case c != nil:
			return c, nil
		case err != nil, wait <= 0:
			s.turn <- struct{}{}
			return nil, err
		}
		s.await(ctx, wait)
	}
}

// await returns after a while, when it is woken, or when the context ends.
func (s *schedule) await(ctx context.Context, d time.Duration) {
	fired, stop := s.clock.timer(d)
	defer stop()
	select {
	case <-s.wake:
	case <-fired:
	case <-ctx.Done():
	}
}

// look claims a record for the sender that holds the turn, and passes the turn
// on. If there is none, it says how long to wait for one; 0 means that the run
// is over.
func (s *schedule) look(ctx context.Context, claim claimer) (*outbox.Claim, time.Duration, error) {
	select {
	case <-s.wake: // the change behind it is visible from here on
	default:
	}
	now := s.clock.now()
	pause, ends := s.paused(ctx, now)
	if ends || pause > 0 {
		return nil, pause, nil
	}
	c, err := claim(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil {
		s.busy++
		if s.channelProven {
			s.turn <- struct{}{}
		} else {
			s.probe = c
		}
		return c, 0, nil
	}
	var none *outbox.NothingDue
	switch {
	case ctx.Err() != nil:
		return nil, 0, nil
	case errors.Is(err, outbox.ErrBusy):
		return nil, pollInterval, nil
	case !errors.As(err, &none):
		return nil, 0, err
	case !none.At.IsZero() && !none.At.After(s.deadline):
		return nil, min(max(none.At.Sub(now), time.Millisecond), pollInterval), nil
	case s.busy > 0 && now.Before(s.deadline):
		// What another sender has in hand may come back to be tried again, of which
		// its release tells. Of what another process adds or lets go on only the
		// database tells.
		return nil, pollInterval, nil
	}
	s.over = s.busy == 0
	return nil, 0, nil
}

// paused says how long nothing is to be claimed, or that the run ends.
func (s *schedule) paused(ctx context.Context, now time.Time) (pause time.Duration, ends bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	pause = s.pausedUntil.Sub(now)
	if s.over || s.halted != "" || s.err != nil || ctx.Err() != nil || pause > 0 && s.pausedUntil.After(s.deadline) {
		return 0, true
	}
	return max(pause, 0), false
}

// takeDue claims a record for a sender that still has one in hand; nil if none
// is due.
func (s *schedule) takeDue(ctx context.Context, claim claimer) (*outbox.Claim, error) {
	pause, ends := s.paused(ctx, s.clock.now())
	if ends || pause > 0 {
		return nil, nil
	}
	c, err := claim(ctx)
	var none *outbox.NothingDue
	switch {
	case err == nil:
		s.mu.Lock()
		defer s.mu.Unlock()
		s.busy++
		return c, nil
	case ctx.Err() != nil, errors.Is(err, outbox.ErrBusy), errors.As(err, &none):
		return nil, nil
	}
	return nil, err
}

// release says that a sender no longer has in hand what it claimed.
func (s *schedule) release(c *outbox.Claim) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.busy--
	if s.probe == c {
		s.handOn()
	}
	s.signal()
}

// handOn ends the probing; s.mu is held.
func (s *schedule) handOn() {
	if s.probe != nil {
		s.probe = nil
		s.turn <- struct{}{}
	}
}

// signal wakes the sender that waits with the turn; s.mu is held.
func (s *schedule) signal() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// prove notes that the channel works: from here on many records travel at once.
func (s *schedule) prove() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.channelProven = true
	s.refusals = 0
	s.handOn()
}

// proven reports whether the channel is known to work now.
func (s *schedule) proven() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.channelProven
}

// tries reports whether a record is the one that tries whether the channel works.
func (s *schedule) tries(c *outbox.Claim) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.probe == c
}

// halt lets nothing more be sent in this run; the first reason counts.
func (s *schedule) halt(reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.halted == "" {
		s.halted = reason
	}
	s.signal()
}

// whyHalted is the reason of halt, "" for none.
func (s *schedule) whyHalted() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.halted
}

// refused counts records that one Fault refused before any was taken.
func (s *schedule) refused(fault string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if fault != s.refusal {
		s.refusal, s.refusals = fault, 0
	}
	s.refusals++
	return s.refusals
}

// doubt notes that whether the channel works has to be tried anew, by one record.
func (s *schedule) doubt() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.channelProven = false
}

// pause lets nothing be claimed until a time. The zero Time ends the run,
// because what it would wait for does not come by itself.
func (s *schedule) pause(until time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if until.IsZero() {
		until = s.deadline.Add(time.Second)
	}
	if until.After(s.pausedUntil) {
		s.pausedUntil = until
	}
}

// stop ends the run because of an error; the first one counts.
func (s *schedule) stop(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.err = err
	}
	s.signal()
}

// failure is what stopped the run; nil if nothing did.
func (s *schedule) failure() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}
