package outbox

import (
	"fmt"
	"path/filepath"

	"csuis-offline/internal/iox"
)

// probeSize is more than what SQLite needs at least for its own files, in bytes.
const probeSize = 64 << 10

// probe says why nothing can be written in the outbox's folder: ErrFull, or what
// the system says; nil if it can.
func (o *Outbox) probe() error {
	name := "." + token() + ".probe"
	path := filepath.Join(o.dir, name)
	err := iox.WriteNew(path, make([]byte, probeSize), privatePerm)
	_ = o.root.Remove(name)
	if err != nil {
		return fmt.Errorf("outbox: %w", full(path, err))
	}
	return nil
}
