// Package outbox keeps what was handed over online, where it stands, and what
// must not be sent again (technical manual, chapters C and D; doc/facts.md 5).
// A record is stored here, sealed, before its first byte leaves. It is one
// folder with an embedded database; doc/outbox.md is its specification.
//
// It knows nothing of XML or of the network: what is known of a record comes
// from the caller as Meta, and what a server said comes as an Outcome or a
// Status.
//
// All methods may be called from several goroutines and several processes at
// once. What changes the outbox is carried out whole or not at all; a context
// that ends while a change is being written does not undo it.
package outbox

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"time"

	"csuis-offline/internal/iox"
	"csuis-offline/stage"
)

// Names inside the outbox's folder.
const (
	dbName     = "outbox.db"
	sealedName = "sealed"
	ownersName = "owners"
	// The files of these locks stay when they are freed, unlike those that
	// stage.Unlock removes: they have fixed names and several processes wait for
	// them, or share them, and each must lock the same file.
	openLock      = "open.lock"
	turnstileLock = "turnstile.lock"
	writeLock     = "write.lock"
	addingLock    = "adding.lock"
	folderPerm    = 0o700
	privatePerm   = 0o600
)

// Folders inside the outbox's that its users keep files in (Folder).
const (
	LoginsFolder   = "logins"
	MessagesFolder = "messages"
)

// Options say how an outbox works. The zero value works.
type Options struct {
	// Clock says what time it is; nil means time.Now.
	Clock func() time.Time
	// Random gives numbers in [0, 1) for the jitter of retries; nil means
	// math/rand/v2. It may be called from several goroutines.
	Random func() float64
	// Backoff says when what was not delivered is tried again.
	Backoff Backoff
	// Lease is how long a claim may go without an outcome although its process
	// lives; 0 means 2 hours. A process that ends is noticed at once.
	Lease time.Duration
	// Patience is how long a change waits for another process that is writing;
	// 0 means 15 seconds.
	Patience time.Duration
}

// buryPatience is how long Close waits to store that its claims have no outcome.
const buryPatience = time.Second

// Outbox is an open outbox. Close it.
type Outbox struct {
	dir  string
	root *os.Root // dir: names from the database lead nowhere else
	o    Options
	read *sql.DB
	seen int64 // of a snapshot: the last record stored when it was taken
	w    *writer

	mu     sync.Mutex
	owner  *owner
	closed bool
}

// Open opens the outbox in the folder dir, and makes it if there is none.
// Records whose sender died become Unknown. Errors: *FileError with ErrDamaged,
// ErrForeign or ErrNewer; ErrBusy; those of the file system.
func Open(ctx context.Context, dir string, o Options) (*Outbox, error) {
	o = o.complete()
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("outbox: %w", err)
	}
	if err := os.MkdirAll(dir, folderPerm); err != nil {
		return nil, fmt.Errorf("outbox: %w", full(dir, err))
	}
	ob := &Outbox{dir: dir, o: o}
	if ob.root, err = iox.OpenRoot(dir); err != nil {
		return nil, fmt.Errorf("outbox: %w", err)
	}
	for _, d := range []string{sealedName, ownersName} {
		if err := ob.makeOwn(d); err != nil {
			return nil, errors.Join(err, ob.root.Close())
		}
	}
	for _, d := range []string{LoginsFolder, MessagesFolder} {
		if err := ob.ownFolder(d); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, errors.Join(err, ob.root.Close())
		}
	}
	// One process at a time makes, migrates and switches the database.
	l, err := lockFile(ctx, filepath.Join(dir, openLock), o.Patience)
	if err != nil {
		return nil, errors.Join(err, ob.root.Close())
	}
	defer l.Close()
	if err := ob.connect(ctx); err != nil {
		return nil, errors.Join(ob.explain(err), ob.Close())
	}
	if err := ob.change(ctx, func(t *txn) error { return t.reap() }); err != nil {
		return nil, errors.Join(err, ob.Close())
	}
	return ob, nil
}

func (o Options) complete() Options {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Random == nil {
		o.Random = mathrand.Float64
	}
	if o.Lease <= 0 {
		o.Lease = 2 * time.Hour
	}
	if o.Patience <= 0 {
		o.Patience = 15 * time.Second
	}
	o.Backoff = o.Backoff.complete()
	return o
}

// Close ends the use of the outbox. Claims of this outbox that have no outcome
// become Unknown. A second Close does nothing.
func (o *Outbox) Close() error {
	o.mu.Lock()
	if o.closed {
		o.mu.Unlock()
		return nil
	}
	o.closed = true
	own := o.owner
	o.mu.Unlock()
	var errs []error
	if own != nil {
		// Other processes would see the free lock; this is only sooner, and not worth
		// a long wait for a process that is writing.
		ctx, cancel := context.WithTimeout(context.Background(), buryPatience)
		defer cancel()
		err := o.submit(ctx, func(t *txn) error { return t.bury(own.token) })
		if !errors.Is(err, context.DeadlineExceeded) {
			errs = append(errs, err)
		}
	}
	if o.w != nil {
		errs = append(errs, o.explain(o.w.close()))
	}
	if o.read != nil {
		errs = append(errs, o.explain(o.read.Close()))
	}
	if own != nil {
		own.release()
	}
	errs = append(errs, o.root.Close())
	return errors.Join(errs...)
}

// makeOwn makes a folder inside the outbox's. A link in its place would lead what
// is stored, and what is removed, elsewhere.
func (o *Outbox) makeOwn(name string) error {
	if err := o.root.Mkdir(name, folderPerm); err != nil && !errors.Is(err, fs.ErrExist) {
		path := filepath.Join(o.dir, name)
		return fmt.Errorf("outbox: %w", full(path, &fs.PathError{Op: "mkdir", Path: path, Err: errors.Unwrap(err)}))
	}
	return o.ownFolder(name)
}

// ownFolder refuses what is no folder inside the outbox's.
func (o *Outbox) ownFolder(name string) error {
	info, err := o.root.Lstat(name)
	if err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	if !info.IsDir() {
		return &FileError{filepath.Join(o.dir, name), ErrMisplaced}
	}
	return nil
}

// Folder makes a folder inside the outbox's for its users' own files, where there
// is none, and returns its path. names lead to it, each inside the one before.
// Errors: *FileError with ErrMisplaced, ErrReadOnly, those of the file system.
func (o *Outbox) Folder(names ...string) (string, error) {
	if o.w == nil {
		return "", ErrReadOnly
	}
	name := ""
	for _, n := range names {
		name = filepath.Join(name, n)
		if err := o.makeOwn(name); err != nil {
			return "", err
		}
	}
	return filepath.Join(o.dir, name), nil
}

// Dir is the outbox's folder.
func (o *Outbox) Dir() string { return o.dir }

func (o *Outbox) dbPath() string { return filepath.Join(o.dir, dbName) }

// path is where a record's sealed bytes lie.
func (o *Outbox) path(file string) string {
	return filepath.Join(o.dir, sealedName, filepath.FromSlash(file))
}

// now is the time as it is stored.
func (o *Outbox) now() time.Time { return o.o.Clock().UTC().Truncate(time.Millisecond) }

const timeForm = "2006-01-02T15:04:05.000Z"

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(timeForm)
}

func parseStamp(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	return time.Parse(timeForm, s)
}

// token is a name that nobody else has.
func token() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// makeFolder makes a folder, if there is none, and fsyncs its parent so that it
// survives a crash. Another process that makes the same one is waited for.
func (o *Outbox) makeFolder(ctx context.Context, path string) error {
	end := time.Now().Add(o.o.Patience)
	for {
		info, err := os.Lstat(path)
		switch {
		case err == nil && info.IsDir():
			return nil
		case err == nil:
			return &FileError{path, ErrMisplaced}
		}
		f, err := stage.CreateFolder(path, stage.Options{Perm: folderPerm})
		if err == nil {
			err = f.Commit()
			f.Abort()
		}
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case !errors.Is(err, stage.ErrExists) && !errors.Is(err, fs.ErrExist) && !errors.Is(err, stage.ErrBusy), time.Now().After(end):
			return err
		}
		time.Sleep(turnPause)
	}
}
