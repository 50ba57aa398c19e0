package outbox

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

// clock is a time that tests move.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// world is an outbox with a clock.
type world struct {
	*Outbox
	t     *testing.T
	clock *clock
	next  int
}

func open(t *testing.T, dir string, c *clock) *Outbox {
	t.Helper()
	o, err := Open(t.Context(), dir, Options{Clock: c.now, Random: func() float64 { return 1 }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := o.Close(); err != nil {
			t.Error(err)
		}
	})
	return o
}

func newWorld(t *testing.T) *world {
	t.Helper()
	c := newClock()
	return &world{Outbox: open(t, t.TempDir(), c), t: t, clock: c}
}

const unit = "09999990"

func meta(n int) Meta {
	return Meta{TransactionID: fmt.Sprintf("%032X", n), Unit: unit, Person: "9999000001", Type: "001",
		Date: "2026-09-30", Name: fmt.Sprintf("ROZVAHA_%d", n), Source: fmt.Sprintf("zaznamy/Rozvaha č. %d.xml", n)}
}

func bytesOf(n int) string { return fmt.Sprintf("sealed %d %s", n, strings.Repeat("x", n%100)) }

// version adds another version of the one statement.
func (w *world) version() Record {
	w.t.Helper()
	w.next++
	r, err := w.Add(w.t.Context(), meta(w.next), strings.NewReader(bytesOf(w.next)), AddOptions{})
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// other adds a record of a statement of its own.
func (w *world) other() Record {
	w.t.Helper()
	w.next++
	m := meta(w.next)
	m.Type = fmt.Sprintf("%03d", 100+w.next)
	r, err := w.Add(w.t.Context(), m, strings.NewReader(bytesOf(w.next)), AddOptions{})
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// claim claims the next record, which must be the wanted one.
func (w *world) claim(id int64) *Claim {
	w.t.Helper()
	c, err := w.Next(w.t.Context(), NextOptions{})
	if err != nil {
		w.t.Fatal(err)
	}
	if c.Record.ID != id {
		w.t.Fatalf("claimed %d, wanted %d", c.Record.ID, id)
	}
	return c
}

// nothing sees to it that there is nothing to claim.
func (w *world) nothing() *NothingDue {
	w.t.Helper()
	c, err := w.Next(w.t.Context(), NextOptions{})
	var n *NothingDue
	if !errors.As(err, &n) {
		w.t.Fatalf("claimed %+v, error %v", c, err)
	}
	return n
}

func (w *world) finish(c *Claim, o Outcome) Record {
	w.t.Helper()
	r, err := c.Finish(o)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// is sees to it that a record is in a state, also after reading it anew.
func (w *world) is(id int64, s State) Record {
	w.t.Helper()
	r, err := w.Get(w.t.Context(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	if r.State != s {
		w.t.Fatalf("record %d is %s, wanted %s", id, r.State, s)
	}
	return r
}

// bring takes a new version of the statement into a state, on the way that is
// usual; what was there before must not stand in its way.
func (w *world) bring(s State) Record {
	w.t.Helper()
	ctx := w.t.Context()
	r := w.version()
	switch s {
	case Prepared:
	case Sending:
		w.claim(r.ID)
	case Waiting:
		w.finish(w.claim(r.ID), Outcome{Answer: AnswerNotDelivered, Reason: "dial"})
	case Unknown:
		w.finish(w.claim(r.ID), Outcome{Reason: "timeout"})
	case Accepted:
		w.finish(w.claim(r.ID), Outcome{Answer: AnswerAccepted})
	case Processed:
		w.finish(w.claim(r.ID), Outcome{Answer: AnswerAccepted})
		w.status(r, StatusProcessed)
	case Refused:
		w.finish(w.claim(r.ID), Outcome{Answer: AnswerRefused, Reason: "fault"})
	case OnDisc:
		if _, err := w.StartPackage(ctx, PackageOptions{Unit: unit, IDs: []int64{r.ID}}); err != nil {
			w.t.Fatal(err)
		}
	case Superseded:
		n := w.version()
		if _, err := w.Withdraw(ctx, n.ID, ""); err != nil {
			w.t.Fatal(err)
		}
	case Withdrawn:
		if _, err := w.Withdraw(ctx, r.ID, ""); err != nil {
			w.t.Fatal(err)
		}
	}
	return w.is(r.ID, s)
}

func (w *world) status(r Record, k StatusKind) Resolution {
	w.t.Helper()
	w.clock.add(time.Minute)
	res, err := w.ResolveByStatus(w.t.Context(), Status{TransactionID: strings.ToLower(r.TransactionID), Kind: k,
		Code: "X", MessageID: fmt.Sprint(w.clock.now().UnixNano()), Time: w.clock.now()})
	if err != nil {
		w.t.Fatal(err)
	}
	return res
}

// causes are those of a record's log, in order.
func (w *world) causes(id int64) string {
	w.t.Helper()
	es, err := w.Log(w.t.Context(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	var s []string
	state := State("")
	for _, e := range es {
		if e.From != state && e.From != e.To {
			w.t.Errorf("record %d: the log goes from %s, but was at %s", id, e.From, state)
		}
		if e.From != e.To && !permits(Move{e.From, e.Cause, e.To}) {
			w.t.Errorf("record %d: %s -> %s by %s is not in the table", id, e.From, e.To, e.Cause)
		}
		if e.Time.IsZero() {
			w.t.Errorf("record %d: an entry without a time", id)
		}
		state = e.To
		s = append(s, string(e.Cause))
	}
	if r := w.is(id, state); r.State != state {
		w.t.Errorf("record %d is %s, its log says %s", id, r.State, state)
	}
	return strings.Join(s, " ")
}

// fill adds n records, each of a statement of its own, without their bytes.
func fill(tb testing.TB, o *Outbox, n int) {
	tb.Helper()
	err := o.change(tb.Context(), func(t *txn) error {
		for i := range n {
			m := meta(i + 1)
			m.Type = fmt.Sprint(i)
			r := Record{Meta: m, Size: 1, file: fmt.Sprintf("00/%032x.xm6", i)}
			if err := t.add(&r, false); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
}
