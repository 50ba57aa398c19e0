package outbox

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"csuis-offline/stage"
)

const lockPause = 10 * time.Millisecond

// owner is this process (more exactly, this open outbox) as the holder of
// claims: a file that it keeps locked. The operating system frees the lock when
// the process ends in whatever way, so whoever can lock the file knows that
// its claims are dead (doc/outbox.md, Leases).
type owner struct {
	token string
	f     *flock.Flock
}

func (o *Outbox) ownerPath(token string) string {
	return filepath.Join(o.dir, ownersName, token+".lock")
}

// own returns this outbox's owner, and makes it when it is first needed.
func (o *Outbox) own() (*owner, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return nil, ErrClosed
	}
	if o.owner != nil {
		return o.owner, nil
	}
	if o.w == nil {
		return nil, ErrReadOnly
	}
	tok := token()
	path := o.ownerPath(tok)
	// Nobody else knows the name, and others look only at owners in the database,
	// so the lock is free.
	f := newLock(path)
	if ok, err := f.TryLock(); err != nil || !ok {
		_ = f.Close()
		return nil, fmt.Errorf("outbox: lock %s: %w", path, errors.Join(full(path, err), fs.ErrPermission))
	}
	o.owner = &owner{tok, f}
	return o.owner, nil
}

func (w *owner) release() { stage.Unlock(w.f) }

// dead reports whether an owner's process has ended; then it also removes what
// the owner left, unless the outbox is open for reading only.
func (o *Outbox) dead(tok string) bool {
	if !tokenForm.MatchString(tok) {
		// No file of an owner is called so.
		return false
	}
	path := o.ownerPath(tok)
	f := existingLock(path)
	ok, err := f.TryLock()
	if errors.Is(err, fs.ErrNotExist) {
		return true
	}
	if err != nil || !ok {
		// If the lock cannot be tried, the end of the lease decides.
		_ = f.Close()
		return false
	}
	if o.w == nil {
		_ = f.Close()
	} else {
		stage.Unlock(f)
	}
	return true
}

// reap settles what dead processes left: claims become Unknown, and packages
// without a name, which were certainly not made, are undone.
func (t *txn) reap() error {
	me := ""
	t.o.mu.Lock()
	if t.o.owner != nil {
		me = t.o.owner.token
	}
	t.o.mu.Unlock()
	owners, err := column[string](t, `SELECT DISTINCT owner FROM record WHERE state = 'sending' AND owner <> ?
		UNION SELECT owner FROM package WHERE state = 'building' AND name = '' AND owner <> ?`, me, me)
	if err != nil {
		return err
	}
	for _, tok := range owners {
		if t.o.dead(tok) {
			if err := t.bury(tok); err != nil {
				return err
			}
		}
	}
	expired, err := column[int64](t, "SELECT id FROM record WHERE state = 'sending' AND lease_until < ?", stamp(t.now))
	if err != nil {
		return err
	}
	return t.lost(expired, CauseLeaseExpired)
}

// bury ends the claims of an owner.
func (t *txn) bury(tok string) error {
	ids, err := column[int64](t, "SELECT id FROM record WHERE state = 'sending' AND owner = ?", tok)
	if err != nil {
		return err
	}
	if err := t.lost(ids, CauseSenderDied); err != nil {
		return err
	}
	packages, err := column[int64](t, "SELECT id FROM package WHERE state = 'building' AND name = '' AND owner = ?", tok)
	if err != nil {
		return err
	}
	for _, id := range packages {
		if err := t.undoPackage(id); err != nil {
			return err
		}
	}
	return nil
}

func (t *txn) lost(ids []int64, cause Cause) error {
	for _, id := range ids {
		r, err := t.get(id)
		if err != nil {
			return err
		}
		if err := t.move(&r, cause, Unknown, note{}); err != nil {
			return err
		}
		if err := t.exec("UPDATE record SET reason = ?, http = 0, detail = '' WHERE id = ?", string(cause), id); err != nil {
			return err
		}
	}
	return nil
}

// lockFile waits for the lock on a file that is not removed afterwards.
func lockFile(ctx context.Context, path string, patience time.Duration) (*flock.Flock, error) {
	f := newLock(path)
	wait, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	ok, err := f.TryLockContext(wait, lockPause)
	if err == nil && ok {
		return f, nil
	}
	_ = f.Close()
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, context.DeadlineExceeded):
		return nil, ErrBusy
	}
	return nil, fmt.Errorf("outbox: lock %s: %w", path, notLocked(path, err))
}
