package stage

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"github.com/gofrs/flock"

	"csuis-offline/internal/iox"
)

const (
	// lockPatience is how long an output waits for its lock, since another
	// process may hold it just to sweep the folder. No context ends the wait: the
	// bound is shorter than what a person notices after Ctrl+C.
	lockPatience = 300 * time.Millisecond
	lockPause    = 10 * time.Millisecond
)

// mark is what a lock file of this package holds behind its first byte, which
// Windows lets nobody read while it is locked. Only what lies beside a marked
// lock is ever removed: a name alone proves nothing.
const mark = "csuis-offline: output in the making\n"

type lock struct{ f *flock.Flock }

// acquire takes the lock at path, or returns ErrBusy when another process holds
// it for longer than patience.
func acquire(path string, patience time.Duration) (*lock, error) {
	for end := time.Now().Add(patience); ; time.Sleep(lockPause) {
		l, err := tryAcquire(path, iox.LockFlags)
		if !errors.Is(err, ErrBusy) || time.Now().After(end) {
			return l, err
		}
	}
}

func tryAcquire(path string, flags int) (*lock, error) {
	foreign := &fs.PathError{Op: "lock", Path: path, Err: ErrInTheWay}
	if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
		return nil, foreign
	}
	f := flock.New(path, flock.SetFlag(flags))
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
			l := &lock{f}
			if held.Size() == 0 || l.marked() {
				return l, nil
			}
			_ = f.Close()
			return nil, foreign
		}
	}
	_ = f.Close()
	return nil, ErrBusy
}

// marked reports whether the lock file has the mark.
func (l *lock) marked() bool {
	f, err := iox.Open(l.f.Path())
	if err != nil {
		return false
	}
	defer f.Close()
	b := make([]byte, len(mark)+1)
	n, _ := f.ReadAt(b, 1)
	return string(b[:n]) == mark
}

// mark marks the lock file.
func (l *lock) mark() error {
	f, err := os.OpenFile(l.f.Path(), iox.LockFlags&^os.O_CREATE|os.O_RDWR, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteAt([]byte(mark), 1)
	return errors.Join(err, f.Close())
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
// files, staging folders and lock files. It does not touch what a living process
// holds, nor what only has such a name: without a marked lock file it is
// somebody's own. It tries every removal and returns the errors joined.
func Sweep(dir string) error {
	_, err := sweep(dir, true)
	return err
}

// Leftovers lists what Sweep would remove from the folder dir, by name.
func Leftovers(dir string) ([]string, error) { return sweep(dir, false) }

func sweep(dir string, remove bool) (found []string, err error) {
	entries, err := readStaged(dir)
	if err != nil {
		return nil, fmt.Errorf("stage: sweep: %w", err)
	}
	var errs []error
	for token := range entries {
		names, err := sweepOne(dir, token, remove)
		if err != nil && !errors.Is(err, ErrBusy) && !errors.Is(err, ErrInTheWay) && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, fmt.Errorf("stage: sweep: %w", err))
		}
		found = append(found, names...)
	}
	slices.Sort(found)
	return found, errors.Join(errs...)
}

func sweepOne(dir, token string, remove bool) (found []string, err error) {
	name := lockName(token)
	// A lock file that is not there is not made: what lies there is nobody's output.
	l, err := tryAcquire(filepath.Join(dir, name), iox.LockFlags&^os.O_CREATE)
	if err != nil {
		return nil, err
	}
	partial := filepath.Join(dir, partialName(token))
	_, err = os.Lstat(partial)
	there := err == nil
	if there && !l.marked() {
		_ = l.f.Close()
		return nil, nil
	}
	found = []string{name}
	if there {
		found = append(found, partialName(token))
	}
	if !remove {
		_ = l.f.Close()
		return found, nil
	}
	if err := os.RemoveAll(partial); err != nil {
		_ = l.f.Close()
		return found, err
	}
	l.release()
	return found, nil
}

func readStaged(dir string) (map[string]bool, error) {
	d, err := iox.OpenFolder(dir)
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
