package handover

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"csuis-offline/finding"
	"csuis-offline/online"
	"csuis-offline/outbox"
)

// server is a submitter that answers by a function.
type server struct {
	answer        func(context.Context) online.Outcome
	asked         atomic.Int32
	running, most atomic.Int32
}

func (s *server) Submit(ctx context.Context, sealed io.Reader, size int64) online.Outcome {
	s.asked.Add(1)
	now := s.running.Add(1)
	defer s.running.Add(-1)
	for m := s.most.Load(); now > m && !s.most.CompareAndSwap(m, now); m = s.most.Load() {
	}
	if n, err := io.Copy(io.Discard, sealed); err != nil || n != size {
		return online.Outcome{Verdict: online.NotDelivered, Retry: online.AfterSettings, Err: &online.Error{Kind: online.KindInput}}
	}
	return s.answer(ctx)
}

func accepted(context.Context) online.Outcome {
	return online.Outcome{Verdict: online.Accepted, Status: 200}
}

// filled is an outbox with so many records, each of a statement of its own. What
// fails is tried again after an hour.
func filled(t testing.TB, records int) *outbox.Outbox {
	t.Helper()
	return filledWith(t, records, time.Hour)
}

func filledWith(t testing.TB, records int, backoff time.Duration) *outbox.Outbox {
	t.Helper()
	box, err := OpenOutbox(t.Context(), t.TempDir(), outbox.Options{Backoff: outbox.Backoff{First: backoff, Max: backoff}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { box.Close() })
	for i := range records {
		m := outbox.Meta{TransactionID: fmt.Sprintf("A%d", i+1), Unit: "09999990", Person: "1", Type: fmt.Sprintf("%03d", i), Date: "2025-12-31", Name: fmt.Sprintf("R%d", i+1)}
		if _, err := box.Add(t.Context(), m, strings.NewReader(fmt.Sprint("sealed ", i)), outbox.AddOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	return box
}

// TestDeliver holds what is told, what is returned and what the outbox has to what
// the server does.
func TestDeliver(t *testing.T) {
	t.Parallel()
	failed := func(v online.Verdict, retry online.Retry, sent int64) func(context.Context) online.Outcome {
		return func(context.Context) online.Outcome {
			return online.Outcome{Verdict: v, Retry: retry, Sent: sent, Err: &online.Error{Kind: online.KindHTTPStatus, Status: 503}}
		}
	}
	fault := func(context.Context) online.Outcome {
		return online.Outcome{Verdict: online.Refused, Retry: online.Never, Sent: 9, Fault: &online.Fault{Code: "Client"}, Err: &online.Error{Kind: online.KindFault}}
	}
	page := func(v online.Verdict, retry online.Retry) func(context.Context) online.Outcome {
		return func(context.Context) online.Outcome {
			return online.Outcome{Verdict: v, Retry: retry, Sent: 9, Foreign: true, Err: &online.Error{Kind: online.KindNotSOAP, Page: true}}
		}
	}
	const n = 20
	for name, tc := range map[string]struct {
		answer   func(context.Context) online.Outcome
		patience time.Duration
		asked    int32 // 0: more than n
		told     map[finding.Code]int
		states   map[outbox.State]int
		want     Delivery
	}{
		"accepted": {
			answer: accepted, asked: n, told: map[finding.Code]int{}, states: map[outbox.State]int{outbox.Accepted: n}, want: Delivery{Accepted: n},
		},
		"all refused by one Fault": {
			answer: fault, asked: alike, told: map[finding.Code]int{finding.SendRefused: alike, finding.SendStopped: 1},
			states: map[outbox.State]int{outbox.Refused: alike, outbox.Prepared: n - alike},
			want:   Delivery{Refused: alike, Stopped: "fault", Left: outbox.NothingDue{Later: n - alike}},
		},
		"refused by a status alone": {
			answer: failed(online.Refused, online.Never, 9), asked: 1, told: map[finding.Code]int{finding.SendRefused: 1, finding.SendStopped: 1},
			states: map[outbox.State]int{outbox.Refused: 1, outbox.Prepared: n - 1},
			want:   Delivery{Refused: 1, Stopped: "http-503", Left: outbox.NothingDue{Later: n - 1}},
		},
		"no answer": {
			answer: failed(online.Unknown, online.Never, 9), patience: time.Minute, asked: 1, told: map[finding.Code]int{finding.SendUnknown: 1, finding.SendStopped: 1},
			states: map[outbox.State]int{outbox.Unknown: 1, outbox.Prepared: n - 1},
			want:   Delivery{Unknown: 1, Stopped: "http-503", Left: outbox.NothingDue{Later: n - 1}},
		},
		"a web page": {
			answer: page(online.Unknown, online.Never), patience: time.Minute, asked: 1, told: map[finding.Code]int{finding.SendUnknown: 1, finding.SendStopped: 1},
			states: map[outbox.State]int{outbox.Unknown: 1, outbox.Prepared: n - 1},
			want:   Delivery{Unknown: 1, Stopped: "web-page", Left: outbox.NothingDue{Later: n - 1}},
		},
		"a wrong address": {
			answer: page(online.Refused, online.AfterSettings), patience: time.Minute, asked: 1, told: map[finding.Code]int{finding.SendNotDelivered: 1, finding.SendStopped: 1},
			states: map[outbox.State]int{outbox.Waiting: 1, outbox.Prepared: n - 1},
			want:   Delivery{Stopped: "web-page", Left: outbox.NothingDue{User: 1, Later: n - 1}},
		},
		"no connection": {
			answer: failed(online.NotDelivered, online.Later, 0), asked: 1, told: map[finding.Code]int{finding.SendNotDelivered: 1},
			states: map[outbox.State]int{outbox.Waiting: 1, outbox.Prepared: n - 1}, want: Delivery{Left: outbox.NothingDue{Later: n}},
		},
		"wrong password": {
			answer: failed(online.Refused, online.AfterNewPassword, 9), patience: time.Minute, asked: 1, told: map[finding.Code]int{finding.SendPassword: 1},
			states: map[outbox.State]int{outbox.Waiting: 1, outbox.Prepared: n - 1}, want: Delivery{PasswordRefused: true, Left: outbox.NothingDue{Password: n}},
		},
		"wrong certificate": {
			answer: failed(online.NotDelivered, online.AfterSettings, 0), patience: time.Minute, asked: 1,
			told:   map[finding.Code]int{finding.SendNotDelivered: 1},
			states: map[outbox.State]int{outbox.Waiting: 1, outbox.Prepared: n - 1}, want: Delivery{Left: outbox.NothingDue{User: 1, Later: n - 1}},
		},
		"not delivered": {
			answer: failed(online.NotDelivered, online.Later, 9), asked: n,
			states: map[outbox.State]int{outbox.Waiting: n}, want: Delivery{Left: outbox.NothingDue{Later: n}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			box, told := filled(t, n), map[finding.Code]int{}
			s := &server{answer: tc.answer}
			got, err := deliver(t.Context(), box, s, DeliverOptions{
				Person: "1", Patience: tc.patience, Tell: func(f finding.Finding) { told[f.Code]++ },
			})
			got.Left.At = time.Time{}
			if err != nil || got != tc.want {
				t.Errorf("%+v, %v", got, err)
			}
			if asked := s.asked.Load(); asked != tc.asked && (tc.asked != 0 || asked <= n) {
				t.Errorf("asked %d times", asked)
			}
			if tc.told != nil && !maps.Equal(told, tc.told) {
				t.Errorf("told %v", told)
			}
			if states, err := box.Counts(t.Context()); err != nil || !maps.Equal(states, tc.states) {
				t.Errorf("%v, %v", states, err)
			}
		})
	}
}

func TestManyRecordsTravelAtOnceAfterTheFirst(t *testing.T) {
	t.Parallel()
	s := &server{}
	s.answer = func(ctx context.Context) online.Outcome {
		if s.asked.Load() == 1 {
			time.Sleep(50 * time.Millisecond)
			if n := s.asked.Load(); n > 1 {
				t.Errorf("%d travel before the channel is proven", n)
			}
		}
		time.Sleep(5 * time.Millisecond)
		return accepted(ctx)
	}
	if _, err := deliver(t.Context(), filled(t, 100), s, DeliverOptions{}); err != nil {
		t.Fatal(err)
	}
	if m := s.most.Load(); m < 2 || m > senders {
		t.Errorf("%d travelled at once", m)
	}
}

// TestInterruptedRunLetsRecordsArrive, and cuts them off after the grace.
func TestInterruptedRunLetsRecordsArrive(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]outbox.State{"within the grace": outbox.Accepted, "after the grace": outbox.Unknown} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			box := filled(t, 3)
			ctx, cancel := context.WithCancel(t.Context())
			clock := Clock{}
			if want == outbox.Unknown {
				clock.Timer = func(d time.Duration) (<-chan time.Time, func() bool) {
					if d == grace {
						d = 0
					}
					n := time.NewTimer(d)
					return n.C, n.Stop
				}
			}
			s := &server{answer: func(inner context.Context) online.Outcome {
				cancel()
				if want == outbox.Unknown {
					<-inner.Done()
					return online.Outcome{Verdict: online.Unknown, Retry: online.Never, Sent: 9}
				}
				return accepted(inner)
			}}
			if _, err := deliver(ctx, box, s, DeliverOptions{Clock: clock}); !errors.Is(err, context.Canceled) {
				t.Errorf("error %v", err)
			}
			if states, err := box.Counts(t.Context()); err != nil || states[want] != 1 || states[outbox.Prepared] != 2 {
				t.Errorf("%v, %v", states, err)
			}
		})
	}
}

func TestDamagedRecordIsToldAndTheOthersGo(t *testing.T) {
	t.Parallel()
	box, told := filled(t, 3), map[finding.Code]int{}
	files, err := filepath.Glob(filepath.Join(box.Dir(), "sealed", "*", "*.xm6"))
	if err != nil || len(files) != 3 {
		t.Fatal(files, err)
	}
	if err := os.Remove(files[0]); err != nil {
		t.Fatal(err)
	}
	got, err := deliver(t.Context(), box, &server{answer: accepted}, DeliverOptions{Tell: func(f finding.Finding) { told[f.Code]++ }})
	if err != nil || got.Unreadable != 1 || got.Accepted != 2 || told[finding.SendUnreadable] != 1 || got.Left.User != 1 {
		t.Errorf("%+v, %v, told %v", got, err, told)
	}
}

// TestOutcomeIsStoredWithPatience: a locked database or a full disk passes, and who
// gives up does not wait for it.
func TestOutcomeIsStoredWithPatience(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		fails  int // times
		with   error
		tries  int
		after  time.Duration
		cancel bool
	}{
		"at once":         {0, nil, 1, 0, false},
		"locked":          {3, outbox.ErrBusy, 4, 7 * time.Second, false},
		"full for good":   {99, outbox.ErrFull, 6, 31 * time.Second, false},
		"lost":            {99, outbox.ErrClaimLost, 1, 0, false},
		"given up at 1 s": {99, outbox.ErrBusy, 2, 1500 * time.Millisecond, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
				defer cancel()
				if tc.cancel {
					ctx, cancel = context.WithTimeout(ctx, tc.after)
					defer cancel()
				}
				began, tries := time.Now(), 0
				_, err := finish(ctx, Clock{}, func() (outbox.Record, error) {
					if tries++; tries <= tc.fails {
						return outbox.Record{}, tc.with
					}
					return outbox.Record{}, nil
				})
				if passed := time.Since(began); tries != tc.tries || passed != tc.after || (err == nil) != (tc.fails < tc.tries) {
					t.Errorf("%d tries, %v, error %v", tries, passed, err)
				}
			})
		})
	}
}

// TestARunEndsAfterItsPatience: what fails is due again at once, and is tried no
// second time after the patience is over.
func TestARunEndsAfterItsPatience(t *testing.T) {
	t.Parallel()
	const n = 30
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	box := filledWith(t, n, time.Nanosecond)
	s := &server{answer: func(context.Context) online.Outcome {
		return online.Outcome{Verdict: online.NotDelivered, Retry: online.Later, Sent: 9, Err: &online.Error{Kind: online.KindTimeout}}
	}}
	for _, patience := range []time.Duration{0, 20 * time.Millisecond} {
		s.asked.Store(0)
		if _, err := deliver(ctx, box, s, DeliverOptions{Patience: patience}); err != nil {
			t.Fatal(err)
		}
		if asked := s.asked.Load(); asked < n || patience == 0 && asked != n {
			t.Errorf("patience %v: %d attempts with %d records", patience, asked, n)
		}
	}
}
