package outbox

import "testing"

// TestRecordsSayWhatTheyWaitFor: the versions of one statement, in the states of
// an older one, and a refused password.
func TestRecordsSayWhatTheyWaitFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.version()
	c := w.claim(first.ID)
	second := w.version()
	waits := func(when string, blockedBy int64, password bool) {
		t.Helper()
		r := w.is(second.ID, Prepared)
		if r.BlockedBy != blockedBy || r.NeedsPassword != password {
			t.Errorf("%s: blocked by %d, password %v", when, r.BlockedBy, r.NeedsPassword)
		}
		for l, err := range w.List(t.Context(), Filter{}) {
			if err != nil || l.ID == second.ID && (l.BlockedBy != blockedBy || l.NeedsPassword != password) {
				t.Errorf("%s: List says %+v, %v", when, l, err)
			}
			if l.ID == first.ID && (l.BlockedBy != 0 || l.NeedsPassword) {
				t.Errorf("%s: the older one waits: %+v", when, l)
			}
		}
	}
	waits("the older one is on the wire", first.ID, false)
	if n := w.nothing(); n.Blocked != 1 {
		t.Errorf("%+v", n)
	}
	w.finish(c, Outcome{Answer: NoAnswer})
	waits("nobody knows of the older one", first.ID, false)
	if _, err := w.LetNewerPass(t.Context(), first.ID, ""); err != nil {
		t.Fatal(err)
	}
	waits("it may pass", 0, false)
	other := w.other()
	w.finish(w.claim(second.ID), Outcome{Answer: AnswerNotDelivered, Retry: RetryAfterPassword})
	if r := w.is(other.ID, Prepared); !r.NeedsPassword {
		t.Error("the other record of the person does not wait for the password")
	}
	if r := w.is(second.ID, Waiting); !r.NeedsPassword || r.Hold != HoldPassword {
		t.Errorf("%+v", r)
	}
	if _, err := w.PasswordRenewed(t.Context(), other.Person); err != nil {
		t.Fatal(err)
	}
	if r := w.is(other.ID, Prepared); r.NeedsPassword {
		t.Error("it waits although the password is new")
	}
}

// TestWhatComesFirst orders the waits of a record that has several.
func TestWhatComesFirst(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		r    Record
		want Wait
	}{
		"sent":                         {Record{State: Accepted, BlockedBy: 1, NeedsPassword: true}, WaitNothing},
		"prepared":                     {Record{State: Prepared}, WaitTime},
		"waiting":                      {Record{State: Waiting}, WaitTime},
		"older version":                {Record{State: Prepared, BlockedBy: 1}, WaitOlder},
		"password of another record":   {Record{State: Prepared, BlockedBy: 1, NeedsPassword: true}, WaitPassword},
		"own password":                 {Record{State: Waiting, Hold: HoldPassword, BlockedBy: 1}, WaitPassword},
		"user":                         {Record{State: Waiting, Hold: HoldUser, BlockedBy: 1}, WaitUser},
		"user, and a refused password": {Record{State: Waiting, Hold: HoldUser, NeedsPassword: true}, WaitUser},
	} {
		if got := tc.r.WaitsFor(); got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}
