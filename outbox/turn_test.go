package outbox

import (
	"context"
	"errors"
	"testing"
	"time"

	"csuis-offline/internal/testtool"
)

// TestAContextEndsTheWaitForAnotherWriter: another process writes for longer than
// anybody wants to wait. Neither the change nor Close waits out the patience, and
// a change that did not begin changes nothing later.
func TestAContextEndsTheWaitForAnotherWriter(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.other()
	other := newTurns(w.Dir(), time.Minute)
	if err := other.begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	began := time.Now()
	if _, err := w.Next(ctx, NextOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("Next: %v", err)
	}
	w.is(r.ID, Prepared)
	if err := w.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	if took := time.Since(began); took > 10*testtool.Slowdown*time.Second {
		t.Errorf("the end took %v", took)
	}
	other.end()
	again := open(t, w.Dir(), newClock())
	if got, err := again.Get(t.Context(), r.ID); err != nil || got.State != Prepared {
		t.Errorf("%v, %v", got.State, err)
	}
}

// TestABusyOutboxSaysSo: the patience ends the wait where no context does.
func TestABusyOutboxSaysSo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, second := newTurns(dir, time.Minute), newTurns(dir, 20*time.Millisecond)
	if err := first.begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := second.begin(t.Context()); !errors.Is(err, ErrBusy) {
		t.Errorf("%v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := second.begin(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	first.end()
	if err := second.begin(t.Context()); err != nil {
		t.Errorf("%v", err)
	}
	second.end()
}
