package outbox

import (
	"errors"
	"strings"
	"testing"
	"time"

	"csuis-offline/checksum"
)

// TestStatusResolvesEveryState: a status message proves the delivery, whatever
// was known before.
func TestStatusResolvesEveryState(t *testing.T) {
	t.Parallel()
	for _, from := range States() {
		for _, tc := range []struct {
			kind StatusKind
			want State
		}{{StatusReceived, Accepted}, {StatusProcessed, Processed}, {StatusRefused, Refused}} {
			w := newWorld(t)
			r := w.bring(from)
			want := tc.want
			if tc.kind == StatusReceived && from == Processed {
				want = Processed
			}
			res := w.status(r, tc.kind)
			if res.Before != from || res.Record.State != want || res.Moved != (from != want) || res.Repeated {
				t.Errorf("%s, status %d: %+v", from, tc.kind, res)
			}
			got := w.is(r.ID, want)
			if got != res.Record {
				t.Errorf("%s, status %d: stored\n%+v\nreported\n%+v", from, tc.kind, got, res.Record)
			}
			if from != Processed && got.StatusCode != "X" {
				t.Errorf("%s, status %d: the status is not kept: %+v", from, tc.kind, got)
			}
			w.causes(r.ID)
		}
	}
}

func TestStatusTwiceIsDoneOnce(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"4711", ""} {
		w := newWorld(t)
		r := w.bring(Unknown)
		s := Status{TransactionID: r.TransactionID, Kind: StatusProcessed, MessageID: id, Code: "OK", Time: w.clock.now()}
		for i := range 3 {
			w.clock.add(time.Hour)
			res, err := w.ResolveByStatus(t.Context(), s)
			if err != nil || res.Moved != (i == 0) || res.Repeated != (i > 0) || res.Record.State != Processed {
				t.Errorf("%d: %+v, %v", i, res, err)
			}
		}
		if got := w.causes(r.ID); got != "added claimed no-answer status-processed" {
			t.Error(got)
		}
	}
}

func TestStatusMessagesComeInAnyOrder(t *testing.T) {
	t.Parallel()
	t0 := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	received := Status{Kind: StatusReceived, MessageID: "1", Time: t0}
	processed := Status{Kind: StatusProcessed, MessageID: "2", Time: t0.Add(time.Hour)}
	refused := Status{Kind: StatusRefused, MessageID: "3", Time: t0.Add(2 * time.Hour), Code: "ERRBWI"}
	untimed := Status{Kind: StatusRefused, MessageID: "4"}
	for _, tc := range []struct {
		name string
		msgs []Status
		want State
	}{
		{"in order", []Status{received, processed}, Processed},
		{"final first", []Status{processed, received}, Processed},
		{"refused, then received late", []Status{refused, received}, Refused},
		{"a later refusal", []Status{received, processed, refused}, Refused},
		{"a later refusal comes first", []Status{refused, processed, received}, Refused},
		{"without times the last to come", []Status{processed, untimed}, Refused},
	} {
		w := newWorld(t)
		r := w.bring(Accepted)
		for _, s := range tc.msgs {
			s.TransactionID = r.TransactionID
			if _, err := w.ResolveByStatus(t.Context(), s); err != nil {
				t.Fatal(err)
			}
		}
		w.is(r.ID, tc.want)
		es, err := w.Log(t.Context(), r.ID)
		if err != nil || len(es) != 3+len(tc.msgs) {
			t.Errorf("%s: %d entries, %v", tc.name, len(es), err)
		}
	}
}

func TestStatusOfAnotherClientIsNotOurs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.version()
	for _, s := range []Status{{TransactionID: "FFFF"}, {TransactionID: ""}, {TransactionID: r.TransactionID, Unit: "00006947"}} {
		if _, err := w.ResolveByStatus(t.Context(), s); !errors.Is(err, ErrNotFound) {
			t.Errorf("%+v: %v", s, err)
		}
	}
	w.is(r.ID, Prepared)
}

func TestRefusedByStatusIsNotRenewed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.bring(Refused)
	if _, err := w.Renew(t.Context(), r.ID, ""); err != nil {
		t.Errorf("refused by the answer alone: %v", err)
	}
	w.finish(w.claim(r.ID), Outcome{Answer: AnswerAccepted})
	w.status(r, StatusRefused)
	var m *MoveError
	if _, err := w.Renew(t.Context(), r.ID, ""); !errors.As(err, &m) || m.Why == "" {
		t.Errorf("refused by a status message: %v", err)
	}
}

// TestTheFirstCopyStands: a record that was processed stays so when a second
// copy of it is refused because it is one, in whatever order the messages come.
func TestTheFirstCopyStands(t *testing.T) {
	t.Parallel()
	t0 := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	void := func(code string) bool { return code == "ERRSYN" }
	processed := Status{Kind: StatusProcessed, MessageID: "1", Time: t0, Code: "OK", Void: void}
	copied := Status{Kind: StatusRefused, MessageID: "2", Time: t0.Add(time.Hour), Code: "ERRSYN", Void: void}
	content := Status{Kind: StatusRefused, MessageID: "3", Time: t0.Add(time.Hour), Code: "ERRBWI", Void: void}
	for _, tc := range []struct {
		name    string
		msgs    []Status
		want    State
		doubled int
	}{
		{"refused later", []Status{processed, copied}, Processed, 1},
		{"the refusal comes first", []Status{copied, processed}, Processed, 1},
		{"refused for its content", []Status{processed, content}, Refused, 0},
		{"refused alone", []Status{copied}, Refused, 0},
	} {
		w := newWorld(t)
		r := w.bring(Accepted)
		n := 0
		for _, s := range tc.msgs {
			s.TransactionID = r.TransactionID
			res, err := w.ResolveByStatus(t.Context(), s)
			if err != nil {
				t.Fatal(err)
			}
			if res.Doubled {
				n++
			}
		}
		got := w.is(r.ID, tc.want)
		if n != tc.doubled {
			t.Errorf("%s: told %d times", tc.name, n)
		}
		if tc.doubled > 0 && got.StatusCode != "OK" {
			t.Errorf("%s: the record has the status %s", tc.name, got.StatusCode)
		}
		w.causes(r.ID)
	}
}

func TestRecordIsFoundByItsBytes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.other()
	r := w.other()
	if got, err := w.BySum(t.Context(), r.Sum); err != nil || got.ID != r.ID {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := w.BySum(t.Context(), checksum.Sum{1}); !errors.Is(err, ErrNotFound) {
		t.Errorf("%+v, %v", got, err)
	}
	m := meta(99)
	m.Unit = "08888882"
	if _, err := w.Add(t.Context(), m, strings.NewReader(bytesOf(2)), AddOptions{}); err != nil {
		t.Fatal(err)
	}
	if got, err := w.BySum(t.Context(), r.Sum); !errors.Is(err, ErrAmbiguous) {
		t.Errorf("%+v, %v", got, err)
	}
}
