package stage

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/gofrs/flock"
)

const (
	// lockPatience is how long an output waits for its lock, since another
	// process may hold it just to sweep the folder. No context ends the wait: the
	// bound is shorter than what a person notices after Ctrl+C.
	lockPatience = 300 * time.Millisecond
	lockPause    = 10 * time.Millisecond
)

type lock struct{ f *flock.Flock }

// acquire takes the lock at path, or returns ErrBusy when another process holds
// it for longer than patience.
func acquire(path string, patience time.Duration) (*lock, error) {
	for end := time.Now().Add(patience); ; time.Sleep(lockPause) {
		l, err := tryAcquire(path)
		if !errors.Is(err, ErrBusy) || time.Now().After(end) {
			return l, err
		}
	}
}

func tryAcquire(path string) (*lock, error) {
	f := flock.New(path)
	ok, err := f.TryLock()
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	if !ok {
		return nil, ErrBusy
	}
	// Between opening and locking, the former holder may have removed the
	// file. Then this lock is on a file that nobody else can find.
	held, err := f.Stat()
	if err == nil {
		var there os.FileInfo
		if there, err = os.Lstat(path); err == nil && os.SameFile(held, there) {
			return &lock{f}, nil
		}
	}
	_ = f.Close()
	return nil, ErrBusy
}

func (l *lock) release() { Unlock(l.f) }

// Unlock frees a lock and removes its file. Where the system allows it, Unlock
// removes the file first, so that it never removes a file that another process
// has locked in the meantime.
func Unlock(f *flock.Flock) {
	if runtime.GOOS == "windows" {
		// Windows does not remove an open file. If another process opens it in
		// between, the removal fails, and that process keeps the lock file.
		_ = f.Close()
		_ = os.Remove(f.Path())
		return
	}
	_ = os.Remove(f.Path())
	_ = f.Close()
}

// Sweep removes from the folder dir what killed processes left there: staging
// files, staging folders and lock files. It does not touch what a living
// process holds. It tries every removal and returns the errors joined.
func Sweep(dir string) error {
	entries, err := readStaged(dir)
	if err != nil {
		return fmt.Errorf("stage: sweep: %w", err)
	}
	var errs []error
	for token := range entries {
		l, err := tryAcquire(filepath.Join(dir, lockName(token)))
		if errors.Is(err, ErrBusy) {
			continue
		}
		if err == nil {
			err = os.RemoveAll(filepath.Join(dir, partialName(token)))
			l.release()
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("stage: sweep: %w", err))
		}
	}
	return errors.Join(errs...)
}

func readStaged(dir string) (map[string]bool, error) {
	d, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	found := map[string]bool{}
	for {
		names, err := d.Readdirnames(1024)
		for _, n := range names {
			if t, ok := staged(n); ok {
				found[t] = true
			}
		}
		if err != nil || len(names) == 0 {
			return found, nil
		}
	}
}
