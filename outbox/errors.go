package outbox

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

var (
	// ErrNotFound: there is no such record, or package.
	ErrNotFound = errors.New("outbox: record not found")
	// ErrAmbiguous: several units have a record of this TransactionId.
	ErrAmbiguous = errors.New("outbox: records of several units have this TransactionId")
	// ErrClosed: the outbox is closed.
	ErrClosed = errors.New("outbox: the outbox is closed")
	// ErrBusy: another process kept the database locked for longer than Options.Patience.
	ErrBusy = errors.New("outbox: another process holds the database; try again in a moment")
	// ErrFull: the disk is full. What was being written is not there.
	ErrFull = errors.New("outbox: the disk is full")
	// ErrDamaged: the database is damaged, or is no database; always inside a *FileError.
	ErrDamaged = errors.New("outbox: the database is damaged (doc/outbox.md, When the database is damaged, says what to do)")
	// ErrMisplaced: a link, or something of another kind, lies where the outbox has
	// its own file or folder; always inside a *FileError.
	ErrMisplaced = errors.New("outbox: something else lies in this place, or a link; move it away")
	// ErrOlder: the database is older than the folder that it lies in; always inside
	// a *FileError. Nothing is stored or claimed from it: numbers would be given a
	// second time, and records be sent again.
	ErrOlder = errors.New("outbox: the database is older than the records beside it")
	// ErrForeign: the file is a database, but not of an outbox; always inside a *FileError.
	ErrForeign = errors.New("outbox: this is a database of another program")
	// ErrNewer: a newer version of the program made it; always inside a *FileError.
	ErrNewer = errors.New("outbox: a newer version of this program made this database; use that version")
	// ErrBytes: the sealed bytes of a record are missing or not what they were; always inside a *FileError.
	ErrBytes = errors.New("outbox: the sealed record is missing or damaged; withdraw it and add it again")
	// ErrNoBytes: the sealed bytes were removed on the user's word.
	ErrNoBytes = errors.New("outbox: the sealed bytes were removed")
	// ErrClaimDone: the claim already has its outcome.
	ErrClaimDone = errors.New("outbox: this claim already has its outcome")
	// ErrClaimLost: after this claim was given up as dead, the record was claimed anew.
	ErrClaimLost = errors.New("outbox: the record was claimed anew in the meantime")
)

// FileError names the file that something is wrong with.
type FileError struct {
	Path string
	Err  error
}

func (e *FileError) Error() string {
	return fmt.Sprintf("outbox: %s: %s", e.Path, strings.TrimPrefix(e.Err.Error(), "outbox: "))
}
func (e *FileError) Unwrap() error { return e.Err }

// MoveError: the table of moves does not allow this (doc/outbox.md, Moves), or
// Why says what else prevents it.
type MoveError struct {
	ID    int64
	From  State
	Cause Cause
	// Why is English; "" if the table is the only reason. Newer is the newer
	// version that prevents the move; 0 for none.
	Why   string
	Newer int64
}

func (e *MoveError) Error() string {
	s := fmt.Sprintf("outbox: record %d is %s: %q is not possible", e.ID, e.From, e.Cause)
	if e.Why != "" {
		s += ": " + e.Why
	}
	return s
}

// DuplicateError: the outbox already has this record. Nothing was added.
type DuplicateError struct {
	Existing Record
	// SameTransaction: it has the same TransactionId; otherwise it was sealed from
	// the same source. SameBytes: its sealed bytes are the very same.
	SameTransaction, SameBytes bool
}

func (e *DuplicateError) Error() string {
	what := "sealed from the same source"
	if e.SameTransaction {
		what = "with the same TransactionId"
	}
	return fmt.Sprintf("outbox: record %d, %s, is already here (%s)", e.Existing.ID, what, e.Existing.State)
}

// InvalidError: what the caller gave is not usable.
type InvalidError struct{ Field, Value, Why string }

func (e *InvalidError) Error() string {
	return fmt.Sprintf("outbox: %s %q: %s", e.Field, e.Value, e.Why)
}

// explain turns the errors of SQLite into those of this package.
func (o *Outbox) explain(err error) error {
	var s *sqlite.Error
	if !errors.As(err, &s) {
		return err
	}
	switch s.Code() & 0xff {
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY:
		// SQLite does not say why; the folder does.
		if why := o.probe(); why != nil {
			return fmt.Errorf("%w (%v)", why, s)
		}
		if s.Code() == sqlite3.SQLITE_READONLY { // the folder can be written to, the database cannot
			return &FileError{o.dbPath(), fmt.Errorf("%w (%v)", fs.ErrPermission, s)}
		}
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return fmt.Errorf("%w (%v)", ErrBusy, s)
	case sqlite3.SQLITE_FULL:
		return fmt.Errorf("%w: %s (%v)", ErrFull, o.dbPath(), s)
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return &FileError{o.dbPath(), fmt.Errorf("%w (%v)", ErrDamaged, s)}
	}
	return &FileError{o.dbPath(), err}
}
