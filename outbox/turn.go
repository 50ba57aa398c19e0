package outbox

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// turnPause is how often a process that waits for its turn looks for it.
const turnPause = time.Millisecond

// turns lets processes write by turns. SQLite's own lock keeps them apart, but a
// process that waits for it sleeps, and one that writes without a pause would
// take it again and again. Here, the process that waits for the write lock holds
// the turnstile, so the last writer cannot pass.
type turns struct {
	turnstile, write *flock.Flock
	patience         time.Duration
}

func newTurns(dir string, patience time.Duration) *turns {
	at := func(name string) *flock.Flock {
		return newLock(filepath.Join(dir, name))
	}
	return &turns{at(turnstileLock), at(writeLock), patience}
}

// begin waits for the turn. Errors: ErrBusy if it does not come, and the
// context's.
func (t *turns) begin(ctx context.Context) error {
	limited, cancel := context.WithTimeout(ctx, t.patience)
	defer cancel()
	if err := wait(ctx, limited, t.turnstile); err != nil {
		return err
	}
	if err := errors.Join(wait(ctx, limited, t.write), t.turnstile.Unlock()); err != nil {
		t.end()
		return err
	}
	return nil
}

func (t *turns) end() { _ = t.write.Unlock() }

// wait takes a lock. limited is ctx with an end to the patience.
func wait(ctx, limited context.Context, f *flock.Flock) error {
	ok, err := f.TryLockContext(limited, turnPause)
	switch {
	case ok:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, context.DeadlineExceeded):
		return ErrBusy
	}
	return &FileError{f.Path(), notLocked(f.Path(), err)}
}
