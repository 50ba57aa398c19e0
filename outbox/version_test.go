package outbox

import (
	"errors"
	"slices"
	"testing"
	"time"
)

func TestNewerVersionSupersedesWhatWasNotDelivered(t *testing.T) {
	t.Parallel()
	for _, from := range []State{Prepared, Waiting} {
		w := newWorld(t)
		old := w.bring(from)
		stranger := w.other()
		now := w.version()
		if got := w.is(old.ID, Superseded); got.SupersededBy != now.ID || !got.Due.IsZero() {
			t.Errorf("%+v", got)
		}
		w.clock.add(time.Hour)
		w.claim(stranger.ID)
		w.claim(now.ID)
		w.nothing()
	}
}

// TestOldVersionInFlightBlocksTheNew: arriving after the new one, the old one
// would overwrite the correction.
func TestOldVersionInFlightBlocksTheNew(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		state State
		free  func(w *world, old Record) error
		want  State
	}{
		{"unknown, said delivered", Unknown, func(w *world, r Record) error { _, err := w.MarkDelivered(w.t.Context(), r.ID, ""); return err }, Accepted},
		{"unknown, said not delivered", Unknown, func(w *world, r Record) error { _, err := w.MarkNotDelivered(w.t.Context(), r.ID, ""); return err }, Superseded},
		{"unknown, status", Unknown, func(w *world, r Record) error { w.status(r, StatusReceived); return nil }, Accepted},
		{"unknown, may pass", Unknown, func(w *world, r Record) error { _, err := w.LetNewerPass(w.t.Context(), r.ID, ""); return err }, Unknown},
		{"on a disc, status", OnDisc, func(w *world, r Record) error { w.status(r, StatusProcessed); return nil }, Processed},
		{"on a disc, undone", OnDisc, func(w *world, r Record) error { return w.UndoPackage(w.t.Context(), r.Package) }, Superseded},
		{"on a disc, may pass", OnDisc, func(w *world, r Record) error { _, err := w.LetNewerPass(w.t.Context(), r.ID, ""); return err }, OnDisc},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			old := w.bring(tc.state)
			now := w.version()
			w.clock.add(100 * time.Hour)
			if n := w.nothing(); n.Blocked != 1 || !n.At.IsZero() {
				t.Fatalf("%+v", n)
			}
			if err := tc.free(w, old); err != nil {
				t.Fatal(err)
			}
			w.is(old.ID, tc.want)
			w.finish(w.claim(now.ID), Outcome{Answer: AnswerAccepted})
			w.causes(old.ID)
		})
	}
}

func TestOldVersionBeingSentBlocksTheNewAndIsNotRetried(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		end  func(*Claim) error
		want State
	}{
		{"not delivered", func(c *Claim) error { _, err := c.Finish(Outcome{Answer: AnswerNotDelivered}); return err }, Superseded},
		{"returned", (*Claim).Return, Superseded},
		{"accepted", func(c *Claim) error { _, err := c.Finish(Outcome{Answer: AnswerAccepted}); return err }, Accepted},
		{"refused", func(c *Claim) error { _, err := c.Finish(Outcome{Answer: AnswerRefused}); return err }, Refused},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			old := w.version()
			c := w.claim(old.ID)
			now := w.version()
			w.is(old.ID, Sending)
			if n := w.nothing(); n.Blocked != 1 || n.Sending != 1 {
				t.Fatalf("%+v", n)
			}
			var m *MoveError
			if _, err := w.LetNewerPass(t.Context(), old.ID, ""); !errors.As(err, &m) {
				t.Errorf("two versions on the wire: %v", err)
			}
			if err := tc.end(c); err != nil {
				t.Fatal(err)
			}
			w.is(old.ID, tc.want)
			w.claim(now.ID)
		})
	}
}

func TestLateProofOfAnOldVersionNamesTheNewer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	old := w.bring(Unknown)
	now := w.version()
	if _, err := w.LetNewerPass(t.Context(), old.ID, ""); err != nil {
		t.Fatal(err)
	}
	w.finish(w.claim(now.ID), Outcome{Answer: AnswerAccepted})
	if res := w.status(old, StatusProcessed); !slices.Equal(res.Newer, []int64{now.ID}) {
		t.Errorf("%+v", res)
	}
	if res := w.status(now, StatusProcessed); len(res.Newer) != 0 {
		t.Errorf("%+v", res)
	}
}

func TestRenewBringsBackAnOldVersionWhenTheNewCameToNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	old := w.version()
	now := w.version()
	var m *MoveError
	if _, err := w.Renew(t.Context(), old.ID, ""); !errors.As(err, &m) || m.Newer != now.ID {
		t.Errorf("%v", err)
	}
	if _, err := w.Withdraw(t.Context(), now.ID, "omyl"); err != nil {
		t.Fatal(err)
	}
	if r, err := w.Renew(t.Context(), old.ID, ""); err != nil || r.State != Prepared || r.SupersededBy != 0 {
		t.Errorf("%+v, %v", r, err)
	}
	// And back again: the newer one takes the old one out of the line.
	if _, err := w.Renew(t.Context(), now.ID, ""); err != nil {
		t.Fatal(err)
	}
	w.is(old.ID, Superseded)
	w.claim(now.ID)
	w.nothing()
}

func TestRecordsWithoutADateAreNoVersions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var ids []int64
	for i := range 3 {
		m := meta(i + 1)
		m.Date = ""
		r, err := w.Add(t.Context(), m, &reader{n: 5}, AddOptions{})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, r.ID)
	}
	w.finish(w.claim(ids[0]), Outcome{})
	w.claim(ids[1])
	w.claim(ids[2])
}
