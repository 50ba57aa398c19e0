package outbox

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"csuis-offline/stage"
)

// Finished lists the states whose sealed bytes are needed no more, as far as
// the outbox is concerned.
func Finished() []State { return []State{Processed, Refused, Superseded, Withdrawn} }

// RemoveBytes removes the sealed bytes of finished records that came to their
// state before a time; their rows and logs stay. states are some of Finished;
// none means all of them. Nothing else removes them. RemoveBytes returns how
// many records that were, and how many bytes.
func (o *Outbox) RemoveBytes(ctx context.Context, before time.Time, states ...State) (records int, size int64, err error) {
	if len(states) == 0 {
		states = Finished()
	}
	for _, s := range states {
		if !slices.Contains(Finished(), s) {
			return 0, 0, &InvalidError{"state", string(s), "its sealed bytes may still be needed"}
		}
	}
	for r, err := range o.List(ctx, Filter{States: states}) {
		if err != nil {
			return records, size, err
		}
		if !r.BytesRemoved.IsZero() || !r.Since.Before(before) {
			continue
		}
		removed, err := o.removeBytes(ctx, r.ID, before)
		if err != nil {
			return records, size, err
		}
		if removed {
			records, size = records+1, size+r.Size
		}
	}
	return records, size, nil
}

func (o *Outbox) removeBytes(ctx context.Context, id int64, before time.Time) (bool, error) {
	var file string
	err := o.change(ctx, func(t *txn) error {
		r, err := t.get(id)
		if err != nil || !slices.Contains(Finished(), r.State) || !r.BytesRemoved.IsZero() || !r.Since.Before(before) {
			return err
		}
		file = r.file
		if err := t.exec("UPDATE record SET bytes_removed = ? WHERE id = ?", stamp(t.now), id); err != nil {
			return err
		}
		return t.note(&r, CauseBytesRemoved, note{})
	})
	if err != nil || file == "" {
		return false, err
	}
	// If a crash leaves a file here, Clean removes it as an orphan.
	if err := o.root.Remove(inFolder(file)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return true, fmt.Errorf("outbox: %w", err)
	}
	return true, nil
}

// Problem is something that Check found.
type Problem struct {
	Record int64 // 0 where it is about the database
	Err    error // a *FileError
}

// Check reads the whole database and all sealed bytes that it knows of, and
// lists what is wrong. The error is of Check itself.
func (o *Outbox) Check(ctx context.Context) ([]Problem, error) {
	var all []Problem
	rows, err := o.read.QueryContext(ctx, "SELECT * FROM pragma_integrity_check UNION ALL SELECT 'foreign key: ' || \"table\" FROM pragma_foreign_key_check")
	if err != nil {
		return nil, o.explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, o.explain(err)
		}
		if s != "ok" {
			all = append(all, Problem{Err: &FileError{o.dbPath(), fmt.Errorf("%w: %s", ErrDamaged, s)}})
		}
	}
	if err := rows.Err(); err != nil {
		return nil, o.explain(err)
	}
	for r, err := range o.List(ctx, Filter{}) {
		if err != nil {
			return all, err
		}
		f, err := o.open(ctx, &r)
		switch {
		case err == nil:
			_ = f.Close()
		case errors.Is(err, ErrNoBytes):
		case ctx.Err() != nil:
			return all, ctx.Err()
		default:
			all = append(all, Problem{r.ID, err})
		}
	}
	return all, nil
}

// Clean removes what killed runs left in the folder: files of records that
// were not stored, and locks. Where a record is being stored just now, it does
// nothing. It says how many files it removed.
func (o *Outbox) Clean(ctx context.Context) (int, error) {
	lock := newLock(filepath.Join(o.dir, addingLock))
	ok, err := lock.TryLock()
	defer lock.Close()
	if err != nil || !ok {
		return 0, err
	}
	n := 0
	err = filepath.WalkDir(filepath.Join(o.dir, sealedName), func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case d.IsDir():
			return stage.Sweep(path)
		case !strings.HasSuffix(path, ".xm6") || stage.IsStaging(d.Name()):
			return nil
		}
		var known bool
		name := filepath.ToSlash(filepath.Join(filepath.Base(filepath.Dir(path)), d.Name()))
		err = o.read.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM record WHERE file = ? AND bytes_removed = '')", name).Scan(&known)
		if err != nil || known {
			return o.explain(err)
		}
		n++
		return os.Remove(path)
	})
	return n, err
}
