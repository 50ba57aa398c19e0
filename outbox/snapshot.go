package outbox

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"

	"modernc.org/sqlite"

	"csuis-offline/internal/iox"
)

// maxSnapshot bounds the database of a Snapshot, in bytes: it is held in memory.
const maxSnapshot = 512 << 20

// ErrReadOnly: the outbox was opened with Snapshot, so it can only be read.
var ErrReadOnly = errors.New("outbox: the outbox is open for reading only")

// ErrTooLarge: the database does not fit into memory, so there is no Snapshot;
// always inside a *FileError.
var ErrTooLarge = errors.New("outbox: the database is too large to be read into memory")

// Snapshot opens the outbox in the folder dir as it stands now, without writing
// anything: for one on a medium or a disk that cannot be written to, or that must
// not change. Methods that change it return ErrReadOnly. Errors are those of
// Open, and fs.ErrNotExist where there is no outbox.
func Snapshot(ctx context.Context, dir string, o Options) (*Outbox, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("outbox: %w", err)
	}
	ob := &Outbox{dir: dir, o: o.complete()}
	if ob.root, err = iox.OpenRoot(dir); err != nil {
		return nil, fmt.Errorf("outbox: %w", err)
	}
	if err := ob.load(ctx); err != nil {
		return nil, errors.Join(ob.explain(err), ob.Close())
	}
	return ob, nil
}

// load reads the database into memory.
func (o *Outbox) load(ctx context.Context) error {
	var err error
	if o.seen, err = o.lastStored(); err != nil {
		return err
	}
	db, wal, err := o.stable(ctx)
	if err != nil {
		return err
	}
	var all []byte
	if len(db) > 0 {
		if all, err = merged(db, wal); err != nil {
			return &FileError{o.dbPath(), fmt.Errorf("%w: %w", ErrDamaged, err)}
		}
	}
	c, err := sqlite.NewConnector(":memory:?_pragma=trusted_schema(0)&_pragma=cell_size_check(1)")
	if err != nil {
		return err
	}
	o.read = sql.OpenDB(c)
	// Another connection would see another memory.
	o.read.SetMaxOpenConns(1)
	conn, err := o.read.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if len(db) > 0 {
		err = deserialize(conn, all)
	}
	if err != nil {
		return err
	}
	version, err := known(ctx, conn, o.dbPath())
	if err != nil {
		return err
	}
	if version == 0 {
		if err := o.empty(); err != nil {
			return err
		}
	}
	for v := version + 1; v <= schemaVersion; v++ {
		if err := migrate(ctx, conn, v); err != nil {
			return err
		}
	}
	_, err = conn.ExecContext(ctx, "PRAGMA query_only = 1")
	return err
}

// deserialize puts a database into a connection's memory.
func deserialize(conn *sql.Conn, all []byte) error {
	return conn.Raw(func(c any) error {
		d, ok := c.(interface{ Deserialize([]byte) error })
		if !ok {
			return errors.New("outbox: this SQLite reads no database from memory")
		}
		return d.Deserialize(all)
	})
}

// stable reads the two files until they are the same twice in a row: another
// process may be writing.
func (o *Outbox) stable(ctx context.Context) (db, wal []byte, err error) {
	for try := 0; ; try++ {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		db2, err := o.content(dbName)
		if err != nil {
			return nil, nil, err
		}
		wal2, err := o.content(dbName + "-wal")
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, nil, err
		}
		if try > 0 && bytes.Equal(db, db2) && bytes.Equal(wal, wal2) {
			return db, wal, nil
		}
		if try > 20 {
			return nil, nil, ErrBusy
		}
		db, wal = db2, wal2
	}
}

func (o *Outbox) content(name string) ([]byte, error) {
	f, err := iox.OpenIn(o.root, name)
	if err != nil {
		if p := (*fs.PathError)(nil); errors.As(err, &p) {
			p.Path = filepath.Join(o.dir, name)
		}
		return nil, fmt.Errorf("outbox: %w", err)
	}
	defer f.Close()
	return io.ReadAll(iox.Limit(f, maxSnapshot, &FileError{filepath.Join(o.dir, name), ErrTooLarge}))
}

// Unwritable reports whether an error of Open says that the folder cannot be
// written to, so that a Snapshot of it can still be read.
func Unwritable(err error) bool {
	return errors.Is(err, ErrFull) || errors.Is(err, fs.ErrPermission) || readOnlyFS(err)
}

// ReadOnly reports whether the outbox is a Snapshot.
func (o *Outbox) ReadOnly() bool { return o.w == nil }
