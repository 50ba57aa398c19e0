package outbox

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"path/filepath"

	"github.com/gofrs/flock"

	"csuis-offline/checksum"
	"csuis-offline/stage"
)

// Draft is a record being stored: the caller writes its sealed bytes, then
// calls Commit; `defer d.Abort()` covers every other way out. It is not safe
// for use by several goroutines at once.
type Draft struct {
	o    *Outbox
	f    *stage.File
	lock *flock.Flock
	file string
	h    hash.Hash
	n    int64
	done bool
}

// Create starts a record. Errors are those of the file system.
func (o *Outbox) Create(ctx context.Context) (*Draft, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if o.w == nil {
		return nil, ErrReadOnly
	}
	// While this lock is held, Clean takes no file for an orphan.
	lock := newLock(filepath.Join(o.dir, addingLock))
	if ok, err := lock.TryRLockContext(ctx, lockPause); err != nil || !ok {
		return nil, fmt.Errorf("outbox: lock: %w", errors.Join(notLocked(lock.Path(), err), lock.Close()))
	}
	name := token()
	d := &Draft{o: o, lock: lock, file: name[:2] + "/" + name + ".xm6", h: sha256.New()}
	path := o.path(d.file)
	err := o.makeFolder(ctx, filepath.Dir(path))
	if err == nil {
		d.f, err = stage.CreateFile(path, stage.Options{Perm: privatePerm})
	}
	if err != nil {
		d.Abort()
		return nil, fmt.Errorf("outbox: %w", full(path, err))
	}
	return d, nil
}

// Write appends sealed bytes.
func (d *Draft) Write(p []byte) (int, error) {
	if d.done {
		return 0, stage.ErrClosed
	}
	n, err := d.f.Write(p)
	d.h.Write(p[:n])
	d.n += int64(n)
	if err != nil {
		err = fmt.Errorf("outbox: %w", full(d.o.path(d.file), err))
	}
	return n, err
}

// AddOptions say what Commit checks.
type AddOptions struct {
	// Sum and Size are what the sealed bytes must have; zero values are not
	// checked.
	Sum  checksum.Sum
	Size int64
	// Again allows a second record from a source that is here already.
	Again bool
}

// Commit stores the record: its bytes are synced, then its row is. Older
// versions of the same statement that were not delivered become Superseded.
// Errors: *InvalidError, *checksum.MismatchError, *DuplicateError, ErrFull,
// ErrBusy, those of the file system. With an error nothing is stored.
func (d *Draft) Commit(ctx context.Context, m Meta, o AddOptions) (Record, error) {
	if d.done {
		return Record{}, stage.ErrClosed
	}
	defer d.Abort()
	if err := m.validate(); err != nil {
		return Record{}, err
	}
	sum := checksum.Sum(d.h.Sum(nil))
	if d.n == 0 {
		return Record{}, &InvalidError{"record", m.Name, "it has no bytes"}
	}
	if o.Sum != (checksum.Sum{}) && o.Sum != sum || o.Size > 0 && o.Size != d.n {
		return Record{}, fmt.Errorf("outbox: %w", &checksum.MismatchError{Wanted: o.Sum, Found: sum, WantedSize: o.Size, FoundSize: d.n})
	}
	path := d.o.path(d.file)
	if err := d.f.Commit(); err != nil {
		return Record{}, fmt.Errorf("outbox: %w", full(path, err))
	}
	r := Record{Meta: m, Size: d.n, Sum: sum, file: d.file}
	err := d.o.change(ctx, func(t *txn) error { return t.add(&r, o.Again) })
	if err != nil {
		_ = d.o.root.Remove(inFolder(d.file))
		return Record{}, err
	}
	return r, nil
}

// Abort gives the draft up. After Commit, or a second time, it does nothing.
func (d *Draft) Abort() {
	if d.done {
		return
	}
	d.done = true
	if d.f != nil {
		d.f.Abort()
	}
	_ = d.lock.Close()
}

// Add stores a record whose sealed bytes are ready. It is Create, Write and Commit.
func (o *Outbox) Add(ctx context.Context, m Meta, sealed io.Reader, ao AddOptions) (Record, error) {
	if err := m.validate(); err != nil {
		return Record{}, err
	}
	d, err := o.Create(ctx)
	if err != nil {
		return Record{}, err
	}
	defer d.Abort()
	if _, err := io.Copy(d, sealed); err != nil {
		return Record{}, err
	}
	return d.Commit(ctx, m, ao)
}

func (t *txn) add(r *Record, again bool) error {
	if err := t.notOlder(); err != nil {
		return err
	}
	if err := t.duplicate(r, again); err != nil {
		return err
	}
	r.State, r.Created, r.Since, r.Due = Prepared, t.now, t.now, t.now
	source := ""
	if r.SourceSum != (checksum.Sum{}) {
		source = r.SourceSum.String()
	}
	now := stamp(t.now)
	err := t.row(`INSERT INTO record (transaction_id, unit, person, type, date, name, source, source_sha256, file, size, sha256,
		created, state, since, due) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'prepared', ?, ?) RETURNING id`,
		[]any{r.TransactionID, r.Unit, r.Person, r.Type, r.Date, r.Name, r.Source, source, r.file, r.Size, r.Sum.String(), now, now, now},
		&r.ID)
	if err != nil {
		return err
	}
	if err := t.log(r.ID, "", Prepared, CauseAdded, note{detail: r.Source}); err != nil {
		return err
	}
	t.stored = max(t.stored, r.ID)
	return t.supersedeOlder(r)
}

// duplicate finds a record that r would be a second copy of.
func (t *txn) duplicate(r *Record, again bool) error {
	var id int64
	err := t.row("SELECT id FROM record WHERE unit = ? AND transaction_id = ?", []any{r.Unit, r.TransactionID}, &id)
	if err == nil {
		old, err := t.get(id)
		if err != nil {
			return err
		}
		return &DuplicateError{Existing: old, SameTransaction: true, SameBytes: bytes.Equal(old.Sum[:], r.Sum[:])}
	}
	if !errors.Is(err, ErrNotFound) || again || r.SourceSum == (checksum.Sum{}) {
		return ignoreMissing(err)
	}
	// What failed may be tried again; and returning to the content of an older
	// version after another one came in between makes a new version.
	ids, err := column[int64](t, `SELECT id FROM record r WHERE source_sha256 = ? AND unit = ? AND type = ? AND date = ?
		AND state NOT IN ('refused', 'superseded', 'withdrawn') AND NOT EXISTS (SELECT 1 FROM record n WHERE n.unit = r.unit
			AND n.type = r.type AND n.date = r.date AND n.id > r.id AND n.type <> '' AND n.date <> '' AND n.state <> 'withdrawn')
		ORDER BY id DESC LIMIT 1`, r.SourceSum.String(), r.Unit, r.Type, r.Date)
	if err != nil || len(ids) == 0 {
		return err
	}
	old, err := t.get(ids[0])
	if err != nil {
		return err
	}
	return &DuplicateError{Existing: old, SameBytes: old.Sum == r.Sum}
}

func ignoreMissing(err error) error {
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}
