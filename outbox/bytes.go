package outbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"csuis-offline/checksum"
	"csuis-offline/internal/iox"
)

// Bytes verifies the digest of a record's sealed bytes, then opens them. Errors:
// ErrNotFound, ErrNoBytes, *FileError with ErrBytes.
func (o *Outbox) Bytes(ctx context.Context, id int64) (io.ReadCloser, error) {
	r, err := o.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	return o.open(ctx, &r)
}

func (o *Outbox) open(ctx context.Context, r *Record) (io.ReadCloser, error) {
	if !r.BytesRemoved.IsZero() {
		return nil, ErrNoBytes
	}
	path := o.path(r.file)
	f, err := iox.OpenIn(o.root, inFolder(r.file))
	if err != nil {
		if p := (*fs.PathError)(nil); errors.As(err, &p) {
			p.Path = path
		}
		if errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("%w (%v)", ErrBytes, fs.ErrNotExist)
		}
		return nil, &FileError{path, err}
	}
	sum, n, err := checksum.Of(iox.WithContext(ctx, f))
	if err == nil && (sum != r.Sum || n != r.Size) {
		err = fmt.Errorf("%w: %w", ErrBytes, &checksum.MismatchError{Wanted: r.Sum, Found: sum, WantedSize: r.Size, FoundSize: n})
	}
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		_ = f.Close()
		return nil, &FileError{path, err}
	}
	return f, nil
}

// full marks an error of a full disk.
func full(path string, err error) error {
	if diskFull(err) {
		return fmt.Errorf("%w: %s (%w)", ErrFull, path, err)
	}
	return err
}
