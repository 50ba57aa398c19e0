package handover

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"csuis-offline/outbox"
)

// line is a line of records for a schedule: which are there to claim, and what it
// says where none is.
type line struct {
	mu      sync.Mutex
	records int
	none    error
	asked   int
}

func (l *line) claim(context.Context) (*outbox.Claim, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked++
	if l.records == 0 {
		return nil, l.none
	}
	l.records--
	return &outbox.Claim{}, nil
}

// times is how often a record was asked for.
func (l *line) times() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.asked
}

func (l *line) set(records int, none error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.records, l.none = records, none
}

// taken is what take gave a sender, and when.
type taken struct {
	claim *outbox.Claim
	err   error
	after time.Duration
}

// senderOf takes one record in a goroutine of its own.
func senderOf(ctx context.Context, s *schedule, l *line) <-chan taken {
	got := make(chan taken, 1)
	began := time.Now()
	go func() {
		c, err := s.take(ctx, l.claim)
		got <- taken{c, err, time.Since(began)}
	}()
	return got
}

// waits reports whether a sender still waits when nothing moves any more.
func waits(got <-chan taken) bool {
	synctest.Wait()
	return len(got) == 0
}

// nothing says that nothing is due, or not before a while.
func nothing(d time.Duration) func() error {
	return func() error {
		if d == 0 {
			return &outbox.NothingDue{}
		}
		return &outbox.NothingDue{At: time.Now().Add(d)}
	}
}

func fails(err error) func() error { return func() error { return err } }

func TestOneRecordTriesTheChannel(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		then func(*schedule, *outbox.Claim)
		goes bool
	}{
		"proved":                    {func(s *schedule, _ *outbox.Claim) { s.prove() }, true},
		"released":                  {func(s *schedule, c *outbox.Claim) { s.release(c) }, true},
		"another one is released":   {func(s *schedule, _ *outbox.Claim) { s.busy++; s.release(&outbox.Claim{}) }, false},
		"doubted":                   {func(s *schedule, _ *outbox.Claim) { s.doubt() }, false},
		"stopped":                   {func(s *schedule, c *outbox.Claim) { s.stop(errors.New("bad")); s.release(c) }, true},
		"paused beyond the end":     {func(s *schedule, c *outbox.Claim) { s.pause(time.Time{}); s.release(c) }, true},
		"paused to before the end":  {func(s *schedule, c *outbox.Claim) { s.pause(time.Now().Add(time.Minute)); s.release(c) }, false},
		"proved and then released":  {func(s *schedule, c *outbox.Claim) { s.prove(); s.release(c) }, true},
		"doubted and then released": {func(s *schedule, c *outbox.Claim) { s.doubt(); s.release(c) }, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				s := newSchedule(Clock{}, time.Now().Add(time.Hour))
				l := &line{records: 2}
				first := <-senderOf(ctx, s, l)
				second := senderOf(ctx, s, l)
				if first.claim == nil || !waits(second) {
					t.Fatalf("%+v, and the second does not wait", first)
				}
				tc.then(s, first.claim)
				if waits(second) == tc.goes {
					t.Errorf("the second goes: %v, wanted %v", !tc.goes, tc.goes)
				}
				cancel()
				<-second
			})
		})
	}
}

func TestProvenChannelLetsAllGo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSchedule(Clock{}, time.Now())
		s.prove()
		l := &line{records: senders}
		for i := range senders {
			if got := <-senderOf(t.Context(), s, l); got.claim == nil {
				t.Fatalf("sender %d: %+v", i, got)
			}
		}
		if s.busy != senders {
			t.Errorf("%d are busy", s.busy)
		}
	})
}

func TestWaitingEndsWhenSomethingIsDue(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		none  func() error  // what the line says first
		later time.Duration // when a record is there
		then  func(*schedule)
		after time.Duration // when it is taken
	}{
		"its time comes":                 {nothing(300 * time.Millisecond), 0, nil, 300 * time.Millisecond},
		"another process brings one":     {nothing(time.Minute), 2500 * time.Millisecond, nil, 3 * time.Second},
		"the database was locked":        {fails(outbox.ErrBusy), 0, nil, pollInterval},
		"one comes back":                 {nothing(time.Minute), 400 * time.Millisecond, func(s *schedule) { s.release(nil) }, 400 * time.Millisecond},
		"one comes back, none was due":   {nothing(0), 400 * time.Millisecond, func(s *schedule) { s.release(nil) }, 400 * time.Millisecond},
		"none was due, another waits on": {nothing(0), 700 * time.Millisecond, nil, pollInterval},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSchedule(Clock{}, time.Now().Add(time.Hour))
				s.prove()
				s.busy = 2
				l := &line{none: tc.none()}
				got := senderOf(t.Context(), s, l)
				if !waits(got) {
					t.Fatal("it does not wait")
				}
				time.Sleep(tc.later)
				l.set(1, nil)
				if tc.then != nil {
					tc.then(s)
				}
				if g := <-got; g.claim == nil || g.after != tc.after {
					t.Errorf("%+v, wanted after %v", g, tc.after)
				}
			})
		})
	}
}

func TestRunIsOver(t *testing.T) {
	t.Parallel()
	bad := errors.New("the outbox is broken")
	for name, tc := range map[string]struct {
		none  func() error
		busy  int
		late  bool // the patience is over
		err   error
		after time.Duration
	}{
		"nothing is due":                        {none: nothing(0)},
		"what waits is due after the patience":  {none: nothing(2 * time.Hour)},
		"others are busy, the patience is over": {none: nothing(0), busy: 1, late: true},
		"an error":                              {none: fails(bad), err: bad},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSchedule(Clock{}, time.Now().Add(time.Hour))
				if tc.late {
					s.deadline = time.Now()
				}
				s.busy = tc.busy
				l := &line{none: tc.none()}
				for range senders {
					if g := <-senderOf(t.Context(), s, l); g.claim != nil || g.err != tc.err || g.after != 0 {
						t.Errorf("%+v", g)
					}
				}
				if tc.busy == 0 && tc.err == nil && l.times() != 1 {
					t.Errorf("asked %d times although it was over", l.times())
				}
			})
		})
	}
}

// TestOneSenderLooksForAll: who waits must not load the database by the dozen.
func TestOneSenderLooksForAll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		s := newSchedule(Clock{}, time.Now().Add(time.Hour))
		s.prove()
		l := &line{none: nothing(10 * time.Minute)()}
		var all []<-chan taken
		for range senders {
			all = append(all, senderOf(ctx, s, l))
		}
		time.Sleep(10*time.Second - time.Millisecond)
		if n := l.times(); n != 10 {
			t.Errorf("asked %d times in ten seconds", n)
		}
		cancel()
		for _, got := range all {
			if g := <-got; g.claim != nil || g.err != nil {
				t.Errorf("%+v", g)
			}
		}
	})
}

func TestPauseHoldsAllBackAndEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSchedule(Clock{}, time.Now().Add(time.Hour))
		l := &line{records: 2}
		first := <-senderOf(t.Context(), s, l)
		s.pause(time.Now().Add(time.Minute))
		s.pause(time.Now().Add(time.Second)) // the longer one counts
		s.doubt()
		s.release(first.claim)
		if c, err := s.takeDue(t.Context(), l.claim); c != nil || err != nil {
			t.Errorf("claimed in the pause: %v, %v", c, err)
		}
		if g := <-senderOf(t.Context(), s, l); g.claim == nil || g.after != time.Minute {
			t.Errorf("%+v", g)
		}
	})
}

func TestFollowingRecordIsTakenOnlyIfItIsDue(t *testing.T) {
	t.Parallel()
	bad := errors.New("the outbox is broken")
	s := newSchedule(Clock{}, time.Now().Add(time.Hour))
	for _, tc := range []struct {
		l   *line
		got bool
		err error
	}{
		{&line{records: 1}, true, nil}, {&line{none: &outbox.NothingDue{}}, false, nil}, {&line{none: outbox.ErrBusy}, false, nil}, {&line{none: bad}, false, bad},
	} {
		c, err := s.takeDue(t.Context(), tc.l.claim)
		if (c != nil) != tc.got || !errors.Is(err, tc.err) {
			t.Errorf("%v, %v", c, err)
		}
	}
	if s.busy != 1 {
		t.Errorf("%d are busy", s.busy)
	}
	s.stop(bad)
	s.stop(errors.New("later"))
	if c, _ := s.takeDue(t.Context(), (&line{records: 1}).claim); c != nil || s.failure() != bad {
		t.Error("taken after the stop, or the first error is forgotten")
	}
}
