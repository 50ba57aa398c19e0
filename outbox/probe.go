package outbox

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"csuis-offline/internal/iox"
)

const (
	// probeSize is more than what SQLite needs at least for its own files, in bytes.
	probeSize = 64 << 10
	// probeFiles is more than how many files SQLite opens at once.
	probeFiles = 12
)

// probe says why SQLite cannot work in the outbox's folder: ErrFull, or what the
// system says; nil if it can.
func (o *Outbox) probe() error {
	name := "." + token() + ".probe"
	path := filepath.Join(o.dir, name)
	err := iox.WriteNew(path, make([]byte, probeSize), privatePerm)
	for range probeFiles {
		if err != nil {
			break
		}
		f, ferr := iox.OpenIn(o.root, name)
		if err = ferr; err == nil {
			defer f.Close()
		}
	}
	_ = o.root.Remove(name)
	if err != nil {
		// The file of the probe says nothing to anybody.
		if p := (*fs.PathError)(nil); errors.As(err, &p) {
			p.Path = o.dir
		}
		return fmt.Errorf("outbox: %w", full(o.dir, err))
	}
	return nil
}
