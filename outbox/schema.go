package outbox

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"modernc.org/sqlite"

	"csuis-offline/internal/iox"
)

// schemas holds one file a version: N.sql leads from version N-1 to N. A file
// that was released is never changed.
//
//go:embed schema/*.sql
var schemas embed.FS

const (
	// schemaVersion stands in the database's user_version.
	schemaVersion = 1
	// applicationID marks the database as an outbox: "CSUo".
	applicationID = 0x4353556f
	readers       = 4
)

// connect opens the database, makes or migrates it, and starts the writer.
func (o *Outbox) connect(ctx context.Context) error {
	path := o.dbPath()
	// SQLite gives its own files the rights of this one.
	if err := makeFile(path); err != nil {
		return fmt.Errorf("outbox: %w", notLocked(path, err))
	}
	for _, name := range []string{path + "-wal", path + "-shm", path + "-journal"} {
		if info, err := os.Lstat(name); err == nil {
			if err := iox.IsRegular(name, info); err != nil {
				return fmt.Errorf("outbox: %w", err)
			}
		}
	}
	db, err := o.openDB(false)
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	conn, err := db.Conn(ctx)
	if err != nil {
		return errors.Join(err, db.Close())
	}
	if err := prepare(ctx, conn, o); err != nil {
		return errors.Join(err, conn.Close(), db.Close())
	}
	o.w = startWriter(o, db, conn)
	o.read, err = o.openDB(true)
	if err == nil {
		o.read.SetMaxOpenConns(readers)
	}
	return err
}

// makeFile makes an empty file where none is. A link in its place is not
// followed: SQLite would make a file where it points.
func makeFile(path string) error {
	info, err := os.Lstat(path)
	if err == nil {
		return iox.IsRegular(path, info)
	}
	f, err := iox.Create(path, privatePerm)
	if errors.Is(err, fs.ErrExist) {
		return nil // another process was faster; SQLite locks between them
	}
	if err != nil {
		return err
	}
	return f.Close()
}

func (o *Outbox) openDB(readOnly bool) (*sql.DB, error) {
	pragmas := []string{
		"busy_timeout(" + strconv.FormatInt(o.o.Patience.Milliseconds(), 10) + ")",
		"synchronous(FULL)", "foreign_keys(1)", "trusted_schema(0)", "cell_size_check(1)",
		// On macOS a plain fsync leaves data in the drive; elsewhere these do nothing.
		"fullfsync(1)", "checkpoint_fullfsync(1)",
	}
	if readOnly {
		pragmas = append(pragmas, "query_only(1)")
	}
	path := filepath.ToSlash(o.dbPath())
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/... of Windows
	}
	u := url.URL{Scheme: "file", Path: path, RawQuery: url.Values{"_pragma": pragmas}.Encode()}
	c, err := sqlite.NewConnector(u.String())
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(c), nil
}

// known checks that a database is an outbox of a version that this program knows;
// version 0 is an empty database.
func known(ctx context.Context, conn *sql.Conn, path string) (version int, err error) {
	var app, tables int
	for _, q := range []struct {
		into *int
		sql  string
	}{
		{&app, "PRAGMA application_id"}, {&version, "PRAGMA user_version"}, {&tables, "SELECT count(*) FROM sqlite_schema"},
	} {
		if err := conn.QueryRowContext(ctx, q.sql).Scan(q.into); err != nil {
			return 0, err
		}
	}
	switch {
	case app != applicationID && (app != 0 || version != 0 || tables != 0):
		return 0, &FileError{path, ErrForeign}
	case version > schemaVersion:
		return 0, &FileError{path, fmt.Errorf("%w (it has version %d, this program knows %d)", ErrNewer, version, schemaVersion)}
	case app == applicationID && version == 0:
		return 0, &FileError{path, ErrDamaged}
	}
	return version, nil
}

// empty is ErrDamaged where sealed records lie beside a database that knows none:
// a new one would forget what was sent.
func (o *Outbox) empty() error {
	es, err := os.ReadDir(filepath.Join(o.dir, sealedName))
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("outbox: %w", err)
	case len(es) > 0:
		return &FileError{o.dbPath(), fmt.Errorf("%w: it is missing or empty, but sealed records lie beside it", ErrDamaged)}
	}
	return nil
}

// prepare checks that the database is an outbox, switches it to WAL mode, and
// migrates it to this version.
func prepare(ctx context.Context, conn *sql.Conn, o *Outbox) error {
	path := o.dbPath()
	version, err := known(ctx, conn, path)
	if err != nil {
		return err
	}
	if version == 0 {
		if err := o.empty(); err != nil {
			return err
		}
	}
	var mode string
	if err := conn.QueryRowContext(ctx, "PRAGMA journal_mode = WAL").Scan(&mode); err != nil {
		return err
	}
	if mode != "wal" {
		return &FileError{path, fmt.Errorf("the database cannot use write-ahead logging here (journal mode %s)", mode)}
	}
	for v := version + 1; v <= schemaVersion; v++ {
		if err := migrate(ctx, conn, v); err != nil {
			return fmt.Errorf("outbox: %s: migrating to version %d: %w", path, v, err)
		}
	}
	return nil
}

// migrate makes version v from the one before, whole or not at all.
func migrate(ctx context.Context, conn *sql.Conn, v int) error {
	text, err := fs.ReadFile(schemas, fmt.Sprintf("schema/%d.sql", v))
	if err != nil {
		return err
	}
	steps := []string{
		"BEGIN IMMEDIATE", string(text), fmt.Sprintf("PRAGMA application_id = %d", applicationID),
		fmt.Sprintf("PRAGMA user_version = %d", v), "COMMIT",
	}
	for _, s := range steps {
		if _, err := conn.ExecContext(ctx, s); err != nil {
			_, _ = conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
			return err
		}
	}
	return nil
}
