package pool

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"
)

func TestInOrderGivesResultsInTheOrderOfItems(t *testing.T) {
	t.Parallel()
	items := make([]int, 500)
	for i := range items {
		items[i] = i
	}
	var running, most atomic.Int32
	next := 0
	err := InOrder(context.Background(), 4, items, func(_ context.Context, i int) int {
		now := running.Add(1)
		for m := most.Load(); now > m && !most.CompareAndSwap(m, now); m = most.Load() {
		}
		time.Sleep(time.Duration(i%7) * 100 * time.Microsecond)
		running.Add(-1)
		return i
	}, func(i int) error {
		if i != next {
			t.Errorf("%d came where %d was due", i, next)
		}
		next++
		return nil
	})
	if err != nil || next != len(items) || most.Load() > 4 {
		t.Errorf("error %v, %d results, %d at once", err, next, most.Load())
	}
}

func TestInOrderEndsWithTheFirstError(t *testing.T) {
	t.Parallel()
	items := make([]int, 1000)
	bad := errors.New("bad")
	var started atomic.Int32
	taken := 0
	err := InOrder(context.Background(), 2, items, func(context.Context, int) int { started.Add(1); return 0 }, func(int) error {
		if taken++; taken == 3 {
			return bad
		}
		return nil
	})
	if !errors.Is(err, bad) || taken != 3 || started.Load() == 1000 {
		t.Errorf("error %v after %d results, %d started", err, taken, started.Load())
	}
}

func TestInOrderEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	err := InOrder(ctx, 2, make([]int, 1000), func(context.Context, int) int { return 0 }, func(int) error { cancel(); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// One item that takes long must not let all the others' results pile up.
func TestInOrderHoldsFewResults(t *testing.T) {
	t.Parallel()
	items := make([]int, 5000)
	for i := range items {
		items[i] = i
	}
	var done atomic.Int32
	slow := make(chan struct{})
	go func() {
		time.Sleep(100 * time.Millisecond)
		close(slow)
	}()
	var atFirst int32
	err := InOrder(context.Background(), 4, items, func(_ context.Context, i int) int {
		if i == 0 {
			<-slow
		}
		done.Add(1)
		return i
	}, func(i int) error {
		if i == 0 {
			atFirst = done.Load()
		}
		return nil
	})
	if err != nil || atFirst > maxAhead+8 {
		t.Errorf("error %v, %d results were ready before the first was taken", err, atFirst)
	}
}
