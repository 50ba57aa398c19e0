package outbox

import (
	"errors"
	"io"
	"maps"
	"slices"
	"testing"
	"time"
)

func (w *world) start(po PackageOptions) Package {
	w.t.Helper()
	po.Unit = unit
	p, err := w.StartPackage(w.t.Context(), po)
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

func (w *world) list(f Filter) []int64 {
	w.t.Helper()
	var ids []int64
	for r, err := range w.List(w.t.Context(), f) {
		if err != nil {
			w.t.Fatal(err)
		}
		ids = append(ids, r.ID)
	}
	return ids
}

func (w *world) pack(id int64) Package {
	w.t.Helper()
	ps, err := w.Packages(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	i := slices.IndexFunc(ps, func(p Package) bool { return p.ID == id })
	if i < 0 {
		w.t.Fatalf("no package %d in %+v", id, ps)
	}
	return ps[i]
}

// mixed makes one record in each of the states that matter, each of a
// statement of its own.
func mixed(w *world) map[State]Record {
	m := map[State]Record{}
	for _, s := range []State{Accepted, Unknown, Waiting, Sending, Prepared} {
		r := w.other()
		switch s {
		case Accepted:
			w.finish(w.claim(r.ID), Outcome{Answer: AnswerAccepted})
		case Unknown:
			w.finish(w.claim(r.ID), Outcome{Reason: "timeout"})
		case Waiting:
			w.finish(w.claim(r.ID), Outcome{Answer: AnswerNotDelivered, Reason: "dial"})
		case Sending:
			w.claim(r.ID)
		}
		m[s] = r
	}
	return m
}

func TestPackageTakesExactlyWhatHasNotGotThrough(t *testing.T) {
	t.Parallel()
	for _, unknown := range []bool{false, true} {
		w := newWorld(t)
		rs := mixed(w)
		want := []int64{rs[Waiting].ID, rs[Prepared].ID}
		if unknown {
			want = append([]int64{rs[Unknown].ID}, want...)
		}
		p := w.start(PackageOptions{Unknown: unknown, Reason: "Výpadek"})
		if got := w.list(Filter{Package: p.ID}); !slices.Equal(got, want) || p.Records != len(want) {
			t.Errorf("unknown %v: %v, wanted %v; %+v", unknown, got, want, p)
		}
		for _, id := range want {
			w.is(id, OnDisc)
			f, err := w.Bytes(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(f)
			if err != nil || string(b) != bytesOf(int(id)) {
				t.Errorf("%q, %v", b, err)
			}
			if err := f.Close(); err != nil {
				t.Error(err)
			}
		}
		w.clock.add(time.Hour)
		w.nothing()
		if err := w.NamePackage(t.Context(), p.ID, "CSUIS_1", "/x/CSUIS_1"); err != nil {
			t.Fatal(err)
		}
		if err := w.FinishPackage(t.Context(), p.ID, "abc"); err != nil {
			t.Fatal(err)
		}
		got := w.pack(p.ID)
		if got.State != Made || got.Name != "CSUIS_1" || got.Path != "/x/CSUIS_1" || got.Digest != "abc" || got.Reason != "Výpadek" ||
			got.Records != len(want) || got.Open != len(want) || got.Interrupted {
			t.Errorf("%+v", got)
		}
		// The status comes much later, through the inbox.
		if res := w.status(rs[Waiting], StatusProcessed); res.Before != OnDisc || res.Record.Package != p.ID {
			t.Errorf("%+v", res)
		}
		if err := w.UndoPackage(t.Context(), p.ID); err != nil {
			t.Fatal(err)
		}
		w.is(rs[Waiting].ID, Processed)
		w.is(rs[Prepared].ID, Prepared)
		if unknown {
			w.is(rs[Unknown].ID, Unknown)
		}
		if got := w.pack(p.ID); got.State != Undone || got.Open != 0 || got.Records != len(want) {
			t.Errorf("%+v", got)
		}
		if err := w.UndoPackage(t.Context(), p.ID); !errors.Is(err, ErrPackageState) {
			t.Errorf("undone twice: %v", err)
		}
	}
}

func TestPackageWithARecordThatCannotGoTakesNone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	old := w.bring(Unknown)
	w.version() // blocked by the old one
	rs := mixed(w)
	for _, id := range []int64{rs[Accepted].ID, rs[Sending].ID, rs[Unknown].ID, old.ID} {
		var m *MoveError
		_, err := w.StartPackage(t.Context(), PackageOptions{Unit: unit, IDs: []int64{rs[Prepared].ID, id}, Unknown: id == old.ID})
		if !errors.As(err, &m) || m.ID != id || m.Cause != CauseDisc {
			t.Errorf("record %d: %v", id, err)
		}
		w.is(rs[Prepared].ID, Prepared)
	}
	if _, err := w.StartPackage(t.Context(), PackageOptions{Unit: unit, IDs: []int64{12345}}); !errors.Is(err, ErrNotFound) {
		t.Errorf("%v", err)
	}
	if _, err := w.StartPackage(t.Context(), PackageOptions{Unit: "00006947"}); !errors.Is(err, ErrNothingToPack) {
		t.Errorf("%v", err)
	}
	var inv *InvalidError
	if _, err := w.StartPackage(t.Context(), PackageOptions{}); !errors.As(err, &inv) {
		t.Errorf("%v", err)
	}
	if ps, err := w.Packages(t.Context()); err != nil || len(ps) != 0 {
		t.Errorf("%+v, %v", ps, err)
	}
}

func TestPackageTakesOnlyTheNewestVersion(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	old := w.bring(Unknown)
	now := w.version()
	p := w.start(PackageOptions{Unknown: true})
	if got := w.list(Filter{Package: p.ID}); !slices.Equal(got, []int64{now.ID}) {
		t.Errorf("%v", got)
	}
	w.is(old.ID, Unknown)
}

func TestLateAnswerForARecordOnADisc(t *testing.T) {
	t.Parallel()
	for _, answer := range []Answer{NoAnswer, AnswerAccepted, AnswerRefused, AnswerNotDelivered} {
		w := newWorld(t)
		r := w.version()
		c := w.claim(r.ID)
		w.clock.add(3 * time.Hour)
		w.nothing()
		w.start(PackageOptions{Unknown: true})
		want := OnDisc
		if answer == AnswerAccepted {
			want = Accepted // and Package tells that it is on a disc as well
		}
		if got := w.finish(c, Outcome{Answer: answer}); got.State != want || got.Package == 0 {
			t.Errorf("answer %d: %+v", answer, got)
		}
		w.causes(r.ID)
	}
}

func TestPackageNeedsANameBeforeItIsFinished(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.version()
	p := w.start(PackageOptions{})
	if err := w.FinishPackage(t.Context(), p.ID, ""); err == nil {
		t.Error("finished without a name")
	}
	if err := w.NamePackage(t.Context(), 99, "a", "b"); !errors.Is(err, ErrNotFound) {
		t.Errorf("%v", err)
	}
}

func TestChannelTellsSinceWhenItFails(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	channel := func() Channel {
		t.Helper()
		c, err := w.Channel(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	if c := channel(); !c.LastAnswer.IsZero() || !c.FailingSince.IsZero() || c.Attempts != 0 {
		t.Errorf("%+v", c)
	}
	a := w.other()
	w.finish(w.claim(a.ID), Outcome{Answer: AnswerNotDelivered, Reason: "dial"})
	w.clock.add(time.Minute)
	good := w.clock.now()
	c := w.claim(a.ID)
	w.finish(c, Outcome{Answer: AnswerAccepted})
	if c := channel(); !c.LastAnswer.Equal(good) || c.Attempts != 0 {
		t.Errorf("%+v", c)
	}
	w.clock.add(time.Minute)
	since := w.clock.now()
	b := w.other()
	w.finish(w.claim(b.ID), Outcome{Answer: AnswerNotDelivered, Reason: "http-503", HTTP: 503})
	d := w.other()
	w.clock.add(time.Second)
	w.finish(w.claim(d.ID), Outcome{Reason: "timeout"})
	w.clock.add(time.Hour)
	w.finish(w.claim(b.ID), Outcome{Answer: AnswerNotDelivered, Reason: "http-503", HTTP: 503, Detail: "Service Unavailable"})
	got := channel()
	if !got.LastAnswer.Equal(good) || !got.FailingSince.Equal(since) || got.Attempts != 3 || got.Records != 2 ||
		!maps.Equal(got.Reasons, map[string]int{"http-503": 2, "timeout": 1}) || got.Last.Detail != "Service Unavailable" ||
		got.Last.HTTP != 503 || !got.Last.Time.Equal(w.clock.now()) {
		t.Errorf("%+v", got)
	}
}
