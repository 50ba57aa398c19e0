package outbox

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestBytesAreRemovedOnlyOfFinishedRecords(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var done, open []Record
	for _, s := range []State{Processed, Refused, Withdrawn, Accepted, Prepared} {
		r := w.bring(s)
		if slices.Contains(Finished(), s) {
			done = append(done, r)
		} else {
			open = append(open, r)
		}
	}
	cutoff := w.clock.now()
	if n, _, err := w.RemoveBytes(t.Context(), cutoff.Add(-24*time.Hour)); n != 0 || err != nil {
		t.Errorf("young records: %d, %v", n, err)
	}
	var inv *InvalidError
	if _, _, err := w.RemoveBytes(t.Context(), cutoff, Accepted); !errors.As(err, &inv) {
		t.Errorf("%v", err)
	}
	w.clock.add(time.Hour)
	n, size, err := w.RemoveBytes(t.Context(), w.clock.now())
	var want int64
	for _, r := range done {
		want += r.Size
	}
	if n != len(done) || size != want || err != nil {
		t.Errorf("%d records, %d bytes, %v", n, size, err)
	}
	for _, r := range done {
		if _, err := w.Bytes(t.Context(), r.ID); !errors.Is(err, ErrNoBytes) {
			t.Errorf("%v", err)
		}
		if got := w.is(r.ID, r.State); got.BytesRemoved.IsZero() {
			t.Errorf("%+v", got)
		}
	}
	for _, r := range open {
		f, err := w.Bytes(t.Context(), r.ID)
		if err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
	if got := len(sealedFiles(t, w.Outbox)); got != len(open) {
		t.Errorf("%d files", got)
	}
	if ps, err := w.Check(t.Context()); err != nil || len(ps) != 0 {
		t.Errorf("%+v, %v", ps, err)
	}
	if _, err := w.Renew(t.Context(), done[2].ID, ""); err == nil {
		t.Error("renewed without bytes")
	}
}

func TestListFilters(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	rs := mixed(w)
	w.next++
	m := meta(w.next)
	m.Unit, m.Person, m.Date = "00006947", "1", "2026-12-31"
	m.SourceSum[0] = 0xAB
	x, err := w.Add(t.Context(), m, &reader{n: 9}, AddOptions{})
	if err != nil {
		t.Fatal(err)
	}
	all := []int64{1, 2, 3, 4, 5, 6}
	for _, tc := range []struct {
		f    Filter
		want []int64
	}{
		{Filter{}, all},
		{Filter{States: []State{Prepared}}, []int64{rs[Prepared].ID, x.ID}},
		{Filter{States: []State{Waiting, Unknown}}, []int64{rs[Unknown].ID, rs[Waiting].ID}},
		{Filter{Unit: "00006947"}, []int64{x.ID}},
		{Filter{Person: "1"}, []int64{x.ID}},
		{Filter{Type: rs[Sending].Type}, []int64{rs[Sending].ID}},
		{Filter{From: "2026-10-01"}, []int64{x.ID}},
		{Filter{To: "2026-09-30"}, all[:5]},
		{Filter{Source: strings.ToUpper(m.SourceSum.String())}, []int64{x.ID}},
		{Filter{After: 4}, all[4:]},
		{Filter{Limit: 2}, all[:2]},
		{Filter{After: 1, Limit: 2}, all[1:3]},
		{Filter{Package: 1}, nil},
	} {
		if got := w.list(tc.f); !slices.Equal(got, tc.want) {
			t.Errorf("%+v: %v, wanted %v", tc.f, got, tc.want)
		}
	}
	n, err := w.Counts(t.Context())
	if want := map[State]int{Prepared: 2, Sending: 1, Waiting: 1, Unknown: 1, Accepted: 1}; err != nil || !maps.Equal(n, want) {
		t.Errorf("%v, %v", n, err)
	}
	if _, err := w.Get(t.Context(), 99); !errors.Is(err, ErrNotFound) {
		t.Errorf("%v", err)
	}
	if _, err := w.Log(t.Context(), 99); !errors.Is(err, ErrNotFound) {
		t.Errorf("%v", err)
	}
}

func TestLogAndRecordsCannotBeRewritten(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.version()
	for _, q := range []string{"UPDATE log SET cause = 'x'", "DELETE FROM log", "DELETE FROM record"} {
		if err := w.change(t.Context(), func(tx *txn) error { return tx.exec(q) }); err == nil {
			t.Errorf("%s is possible", q)
		}
	}
	w.causes(r.ID)
}

func TestStrangersTextsAreBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.version()
	long := strings.Repeat("ž", 100_000) + "\x00\xff"
	w.finish(w.claim(r.ID), Outcome{Reason: long, Detail: long})
	if _, err := w.ResolveByStatus(t.Context(), Status{TransactionID: r.TransactionID, Code: long, Name: long, Text: long, MessageID: long}); err != nil {
		t.Fatal(err)
	}
	got := w.is(r.ID, Accepted)
	if len(got.Detail) > 2010 || len(got.StatusText) > 2010 || len(got.StatusCode) > 1010 {
		t.Errorf("%d, %d, %d bytes", len(got.Detail), len(got.StatusText), len(got.StatusCode))
	}
	es, err := w.Log(t.Context(), r.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range es {
		if len(e.Detail) > 2010 || len(e.Reason) > 1010 || len(e.MessageID) > 1010 {
			t.Errorf("%d, %d, %d bytes", len(e.Detail), len(e.Reason), len(e.MessageID))
		}
	}
}
