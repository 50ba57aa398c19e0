package outbox

import (
	"errors"
	"io"
	"testing"
	"time"
)

func TestRecordIsSentAndAccepted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, b := w.other(), w.other()
	c := w.claim(a.ID)
	f, err := c.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	sent, err := io.ReadAll(f)
	if err != nil || string(sent) != bytesOf(1) {
		t.Errorf("%q, %v", sent, err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	d := w.claim(b.ID)
	if n := w.nothing(); n.Sending != 2 || !n.At.IsZero() {
		t.Errorf("%+v", n)
	}
	if r := w.finish(c, Outcome{Answer: AnswerAccepted}); r.State != Accepted || r.Attempts != 1 {
		t.Errorf("%+v", r)
	}
	if _, err := c.Finish(Outcome{}); !errors.Is(err, ErrClaimDone) {
		t.Errorf("a second outcome: %v", err)
	}
	if r := w.finish(d, Outcome{Answer: AnswerRefused, Reason: "fault", HTTP: 500, Detail: "no"}); r.State != Refused || r.Reason != "fault" || r.HTTP != 500 {
		t.Errorf("%+v", r)
	}
	if got := w.causes(a.ID); got != "added claimed answer-accepted" {
		t.Error(got)
	}
	if got := w.causes(b.ID); got != "added claimed answer-refused" {
		t.Error(got)
	}
}

func TestRetriesBackOff(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.version()
	// Random gives 1 here, so that each wait is the whole of it.
	for i, want := range []time.Duration{5, 10, 20, 40, 80, 160, 300, 300} {
		want *= time.Second
		c := w.claim(r.ID)
		if c.Record.TransactionID != r.TransactionID || c.Record.Sum != r.Sum {
			t.Fatalf("another record is sent: %+v", c.Record)
		}
		got := w.finish(c, Outcome{Answer: AnswerNotDelivered, Reason: "dial"})
		if got.State != Waiting || got.Failures != i+1 || got.Due.Sub(w.clock.now()) != want {
			t.Fatalf("failure %d: %s, due in %v, wanted %v", i+1, got.State, got.Due.Sub(w.clock.now()), want)
		}
		n := w.nothing()
		if n.Later != 1 || !n.At.Equal(got.Due) {
			t.Fatalf("%+v", n)
		}
		w.clock.add(want - time.Millisecond)
		w.nothing()
		w.clock.add(time.Millisecond)
	}
	w.finish(w.claim(r.ID), Outcome{Answer: AnswerAccepted})
	w.clock.add(24 * time.Hour)
	if n := w.nothing(); *n != (NothingDue{}) {
		t.Errorf("%+v", n)
	}
}

func TestBackoffIsBetweenHalfAndWhole(t *testing.T) {
	t.Parallel()
	b := Backoff{First: time.Second, Max: time.Minute}.complete()
	for _, tc := range []struct {
		failures int
		random   float64
		want     time.Duration
	}{
		{0, 0, 500 * time.Millisecond}, {1, 0, 500 * time.Millisecond}, {1, 0.5, 750 * time.Millisecond},
		{3, 0, 2 * time.Second}, {1000, 0, 30 * time.Second}, {1 << 40, 7, time.Minute}, {1, -1, 500 * time.Millisecond},
	} {
		if got := b.delay(tc.failures, tc.random); got != tc.want {
			t.Errorf("%d failures, random %v: %v, wanted %v", tc.failures, tc.random, got, tc.want)
		}
	}
}

func TestServerMayAskToWaitUpToAnHour(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, b := w.other(), w.other()
	for _, tc := range []struct {
		r           Record
		after, want time.Duration
	}{{a, 10 * time.Minute, 10 * time.Minute}, {b, 1000 * time.Hour, time.Hour}} {
		got := w.finish(w.claim(tc.r.ID), Outcome{Answer: AnswerNotDelivered, After: tc.after, HTTP: 503})
		if d := got.Due.Sub(w.clock.now()); d != tc.want {
			t.Errorf("asked for %v: %v", tc.after, d)
		}
	}
}

func TestUnknownIsNeverSentAgainByItself(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.bring(Unknown)
	for range 5 {
		w.clock.add(1000 * time.Hour)
		w.nothing()
	}
	if got := w.is(r.ID, Unknown); got.Reason != "timeout" {
		t.Errorf("%+v", got)
	}
}

func TestUserResolvesUnknown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, b := w.other(), w.other()
	w.finish(w.claim(a.ID), Outcome{})
	w.finish(w.claim(b.ID), Outcome{})
	if r, err := w.MarkDelivered(t.Context(), a.ID, "potvrzeno telefonem"); err != nil || r.State != Accepted {
		t.Errorf("%+v, %v", r, err)
	}
	if r, err := w.MarkNotDelivered(t.Context(), b.ID, ""); err != nil || r.State != Waiting {
		t.Errorf("%+v, %v", r, err)
	}
	w.finish(w.claim(b.ID), Outcome{Answer: AnswerAccepted})
	es, err := w.Log(t.Context(), a.ID)
	if err != nil || es[len(es)-1].Detail != "potvrzeno telefonem" {
		t.Errorf("%+v, %v", es, err)
	}
	var m *MoveError
	if _, err := w.MarkDelivered(t.Context(), b.ID, ""); !errors.As(err, &m) || m.From != Accepted || m.Cause != CauseSaidDelivered {
		t.Errorf("%v", err)
	}
}

// TestRefusedPasswordHoldsBackThePerson: one 401 is enough; to try the same
// password with every record would lock the account.
func TestRefusedPasswordHoldsBackThePerson(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, b := w.other(), w.other()
	w.next++
	m := meta(w.next)
	m.Person, m.Type = "9999000002", "777"
	c, err := w.Add(t.Context(), m, &reader{n: 10}, AddOptions{})
	if err != nil {
		t.Fatal(err)
	}
	w.finish(w.claim(a.ID), Outcome{Answer: AnswerNotDelivered, Retry: RetryAfterPassword, HTTP: 401})
	w.finish(w.claim(c.ID), Outcome{Answer: AnswerAccepted})
	w.clock.add(time.Hour)
	if n := w.nothing(); n.Password != 2 {
		t.Errorf("%+v", n)
	}
	if n, err := w.PasswordRenewed(t.Context(), "9999000002"); n != 0 || err != nil {
		t.Errorf("the other person's password let %d go, %v", n, err)
	}
	w.nothing()
	if n, err := w.PasswordRenewed(t.Context(), m.Person[:9]+"1"); n != 1 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	w.finish(w.claim(b.ID), Outcome{Answer: AnswerAccepted})
	w.finish(w.claim(a.ID), Outcome{Answer: AnswerAccepted})
}

func TestHopelessRetryWaitsForTheUser(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.version()
	w.finish(w.claim(r.ID), Outcome{Answer: AnswerNotDelivered, Retry: RetryManual, Reason: "certificate"})
	w.clock.add(1000 * time.Hour)
	if n := w.nothing(); n.User != 1 || !n.At.IsZero() {
		t.Errorf("%+v", n)
	}
	if _, err := w.SendNow(t.Context(), r.ID); err != nil {
		t.Fatal(err)
	}
	w.finish(w.claim(r.ID), Outcome{Answer: AnswerAccepted})
	if _, err := w.SendNow(t.Context(), r.ID); err == nil {
		t.Error("an accepted record can be sent now")
	}
}

func TestReturnedClaimLeavesNoTrace(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.version()
	c := w.claim(r.ID)
	if err := c.Return(); err != nil {
		t.Fatal(err)
	}
	if got := w.is(r.ID, Prepared); got.Attempts != 0 {
		t.Errorf("%+v", got)
	}
	if _, err := c.Finish(Outcome{Answer: AnswerAccepted}); !errors.Is(err, ErrClaimDone) {
		t.Errorf("%v", err)
	}
	w.finish(w.claim(r.ID), Outcome{Answer: AnswerNotDelivered})
	w.clock.add(time.Minute)
	if err := w.claim(r.ID).Return(); err != nil {
		t.Fatal(err)
	}
	if got := w.is(r.ID, Waiting); got.Attempts != 1 || !got.Due.Equal(w.clock.now()) {
		t.Errorf("%+v", got)
	}
}

func TestExpiredLeaseIsUnknownAndALateAnswerStillCounts(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		answer Outcome
		want   State
	}{
		{"accepted", Outcome{Answer: AnswerAccepted}, Accepted},
		{"refused", Outcome{Answer: AnswerRefused}, Refused},
		{"not delivered", Outcome{Answer: AnswerNotDelivered}, Waiting},
		{"no answer", Outcome{}, Unknown},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			r := w.version()
			c := w.claim(r.ID)
			w.clock.add(2*time.Hour + time.Second)
			w.nothing()
			w.is(r.ID, Unknown)
			if got := w.finish(c, tc.answer); got.State != tc.want {
				t.Errorf("%s", got.State)
			}
			w.is(r.ID, tc.want)
			w.causes(r.ID)
		})
	}
}

func TestAnswerAfterANewClaimIsLost(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.version()
	c := w.claim(r.ID)
	w.clock.add(3 * time.Hour)
	w.nothing()
	if _, err := w.MarkNotDelivered(t.Context(), r.ID, ""); err != nil {
		t.Fatal(err)
	}
	w.claim(r.ID)
	if _, err := c.Finish(Outcome{Answer: AnswerNotDelivered}); !errors.Is(err, ErrClaimLost) {
		t.Errorf("%v", err)
	}
	w.is(r.ID, Sending)
}

func TestStatusBeforeTheAnswer(t *testing.T) {
	t.Parallel()
	for _, answer := range []Answer{NoAnswer, AnswerAccepted, AnswerRefused, AnswerNotDelivered} {
		w := newWorld(t)
		r := w.version()
		c := w.claim(r.ID)
		w.status(r, StatusProcessed)
		if got := w.finish(c, Outcome{Answer: answer}); got.State != Processed {
			t.Errorf("answer %d: %s", answer, got.State)
		}
		if got := w.causes(r.ID); got != "added claimed status-processed late-answer" {
			t.Error(got)
		}
	}
}

func TestWrongClockDoesNotHoldRecordsBackForYears(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.clock.add(10 * 365 * 24 * time.Hour)
	r := w.version()
	w.clock.add(-10 * 365 * 24 * time.Hour)
	w.finish(w.claim(r.ID), Outcome{Answer: AnswerAccepted})
}

func TestCloseMakesOpenClaimsUnknown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.version()
	c := w.claim(r.ID)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Finish(Outcome{Answer: AnswerAccepted}); !errors.Is(err, ErrClosed) {
		t.Errorf("%v", err)
	}
	if _, err := w.Next(t.Context(), NextOptions{}); !errors.Is(err, ErrClosed) {
		t.Errorf("%v", err)
	}
	again := &world{Outbox: open(t, w.Dir(), w.clock), t: t, clock: w.clock}
	again.is(r.ID, Unknown)
	if got := again.causes(r.ID); got != "added claimed sender-died" {
		t.Error(got)
	}
}

// reader gives n bytes.
type reader struct{ n int }

func (r *reader) Read(p []byte) (int, error) {
	if r.n == 0 {
		return 0, io.EOF
	}
	k := min(len(p), r.n)
	for i := range p[:k] {
		p[i] = byte(r.n)
	}
	r.n -= k
	return k, nil
}
