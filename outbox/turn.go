package outbox

import (
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
		return flock.New(filepath.Join(dir, name), flock.SetPermissions(privatePerm))
	}
	return &turns{at(turnstileLock), at(writeLock), patience}
}

// begin waits for the turn, and returns ErrBusy if it does not come.
func (t *turns) begin() error {
	end := time.Now().Add(t.patience)
	if err := wait(t.turnstile, end); err != nil {
		return err
	}
	if err := errors.Join(wait(t.write, end), t.turnstile.Unlock()); err != nil {
		t.end()
		return err
	}
	return nil
}

func (t *turns) end() { _ = t.write.Unlock() }

func wait(f *flock.Flock, end time.Time) error {
	for {
		ok, err := f.TryLock()
		switch {
		case ok:
			return nil
		case err != nil:
			return &FileError{f.Path(), err}
		case time.Now().After(end):
			return ErrBusy
		}
		time.Sleep(turnPause)
	}
}
