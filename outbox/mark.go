package outbox

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"csuis-offline/internal/iox"
)

// storedName is a file with the number of the last record that was stored. It
// lies beside the database, so that an older database that is put back is
// noticed.
const storedName = "stored"

// lastStored is that number; 0 if nothing was stored since outboxes have it.
func (o *Outbox) lastStored() (int64, error) {
	f, err := iox.OpenIn(o.root, storedName)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("outbox: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, 32))
	if err != nil {
		return 0, fmt.Errorf("outbox: %w", err)
	}
	// A power cut may leave an empty file: then nothing is known.
	n, _ := strconv.ParseInt(strings.TrimSpace(string(data)), 10, 64)
	return n, nil
}

// noteStored notes the number of a record that was stored. It is called with the
// turn to write, after the record is safe, and is not synced: a number that is
// too low is only worth less. For the same reason its errors do not count.
func (o *Outbox) noteStored(id int64) {
	if last, err := o.lastStored(); err != nil || last >= id {
		return
	}
	f, err := o.root.OpenFile(storedName, iox.LockFlags&^os.O_RDONLY|os.O_WRONLY, privatePerm)
	if err != nil {
		return
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
		_, _ = f.WriteAt([]byte(fmt.Sprintf("%-20d\n", id)), 0)
	}
}

// notOlder refuses to go on with a database that was put back: once others had
// taken the numbers of the records that it does not know, nothing would show that
// these were ever here. It is called with the turn to write.
func (t *txn) notOlder() error {
	if t.stored > 0 {
		return nil // this transaction has found out already
	}
	last, err := t.o.lastStored()
	if err != nil {
		return err
	}
	var known int64
	if err := t.row("SELECT coalesce(max(id), 0) FROM record", nil, &known); err != nil {
		return err
	}
	if known < last {
		return t.o.older(known, last)
	}
	return nil
}

func (o *Outbox) older(known, last int64) error {
	return &FileError{o.dbPath(), fmt.Errorf("%w: it ends with record %d, and record %d was stored here", ErrOlder, known, last)}
}
