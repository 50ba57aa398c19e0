package outbox

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"
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
