package outbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"csuis-offline/stage"
)

// ProblemKind is what a Problem is about.
type ProblemKind string

// The kinds of problems.
const (
	ProblemDatabase ProblemKind = "database" // it is damaged
	ProblemSchema   ProblemKind = "schema"   // it has not the tables, indexes and triggers that it must have
	ProblemOlder    ProblemKind = "older"    // it is older than the folder that it lies in
	ProblemMissing  ProblemKind = "missing"  // rows that were never deleted by this program are not there
	ProblemState    ProblemKind = "state"    // a record's state is not what its log says
	ProblemPackage  ProblemKind = "package"  // the row of a package cannot have come from this program
	ProblemBytes    ProblemKind = "bytes"    // sealed bytes are missing or damaged
)

// Problem is something that Check found.
type Problem struct {
	Kind   ProblemKind
	Record int64 // 0 where it is about the database
	Err    error // a *FileError
}

// Check reads the whole database and all sealed bytes that it knows of, and
// lists what is wrong. It changes nothing. The error is of Check itself.
func (o *Outbox) Check(ctx context.Context) ([]Problem, error) {
	var all []Problem
	for _, check := range []func(context.Context) ([]Problem, error){o.checkPages, o.checkSchema, o.checkAge, o.checkGaps, o.checkStates, o.checkMoves, o.checkPackages, o.checkBytes} {
		found, err := check(ctx)
		all = append(all, found...)
		if err != nil {
			return all, err
		}
		if len(found) > 0 && found[0].Kind == ProblemDatabase {
			break // what else would be found there says nothing
		}
	}
	return all, nil
}

func (o *Outbox) problem(kind ProblemKind, id int64, format string, args ...any) Problem {
	return Problem{kind, id, &FileError{o.dbPath(), fmt.Errorf("%w: "+format, append([]any{ErrDamaged}, args...)...)}}
}

func (o *Outbox) checkPages(ctx context.Context) (all []Problem, err error) {
	err = o.texts(ctx, func(s []string) {
		if s[0] != "ok" {
			all = append(all, o.problem(ProblemDatabase, 0, "%s", s[0]))
		}
	}, 1, "SELECT * FROM pragma_integrity_check UNION ALL SELECT 'foreign key: ' || \"table\" FROM pragma_foreign_key_check")
	if errors.Is(err, ErrDamaged) {
		return append(all, Problem{ProblemDatabase, 0, err}), nil
	}
	return all, err
}

// schemaQuery lists what a database consists of. SQLite's own indexes have no
// text, and its statistics no meaning here.
const schemaQuery = `SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_schema WHERE name NOT LIKE 'sqlite\_stat%' ESCAPE '\' ORDER BY type, name`

// checkSchema compares what the database consists of with what this program
// makes: without a trigger the log can be rewritten, and one that was added does
// what nobody asked for.
func (o *Outbox) checkSchema(ctx context.Context) (all []Problem, err error) {
	wanted, err := wantedSchema(ctx)
	if err != nil {
		return nil, err
	}
	found := map[string]string{}
	err = o.texts(ctx, func(s []string) { found[s[0]+" "+s[1]] = s[2] + "\n" + s[3] }, 4, schemaQuery)
	if err != nil {
		return nil, err
	}
	for name, text := range wanted {
		switch have, ok := found[name]; {
		case !ok:
			all = append(all, o.problem(ProblemSchema, 0, "the %s is missing", name))
		case have != text:
			all = append(all, o.problem(ProblemSchema, 0, "the %s is another one", name))
		}
	}
	for name := range found {
		if _, ok := wanted[name]; !ok {
			all = append(all, o.problem(ProblemSchema, 0, "the %s does not belong there", short(name, 80)))
		}
	}
	slices.SortFunc(all, func(a, b Problem) int { return strings.Compare(a.Err.Error(), b.Err.Error()) })
	return all, nil
}

// wantedSchema makes an empty database of this version and lists its schema.
func wantedSchema(ctx context.Context) (map[string]string, error) {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return nil, err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	for v := 1; v <= schemaVersion; v++ {
		if err := migrate(ctx, conn, v); err != nil {
			return nil, err
		}
	}
	all := map[string]string{}
	err = texts(ctx, conn, func(s []string) { all[s[0]+" "+s[1]] = s[2] + "\n" + s[3] }, 4, schemaQuery)
	return all, err
}

// checkAge compares the records with the number of the last one that was stored
// here, which is kept beside the database: where an older database was put back,
// sealed records lie here that it does not know.
func (o *Outbox) checkAge(ctx context.Context) ([]Problem, error) {
	last, err := o.lastStored()
	if err != nil {
		return nil, err
	}
	if o.ReadOnly() {
		// What others stored since the snapshot was taken makes it no older.
		last = min(last, o.seen)
	}
	var known int64
	if err := o.read.QueryRowContext(ctx, "SELECT coalesce(max(id), 0) FROM record").Scan(&known); err != nil {
		return nil, o.explain(err)
	}
	if known >= last {
		return nil, nil
	}
	return []Problem{{ProblemOlder, 0, o.older(known, last)}}, nil
}

// checkGaps looks for numbers that have no row. No row is ever deleted, and a
// number is given together with its row, so they go from 1 to the last one that
// SQLite remembers, without a gap.
func (o *Outbox) checkGaps(ctx context.Context) (all []Problem, err error) {
	for _, table := range []string{"record", "log", "package"} {
		var n, last, given int64
		err := o.read.QueryRowContext(ctx, "SELECT count(*), coalesce(max(id), 0), coalesce((SELECT max(seq) FROM sqlite_sequence WHERE name = '"+
			table+"'), 0) FROM "+table).Scan(&n, &last, &given)
		if err != nil {
			return all, o.explain(err)
		}
		switch {
		case n != last || given > last:
			all = append(all, o.problem(ProblemMissing, 0, "the table %s has %d rows, and %d were made", table, n, max(last, given)))
		case given < last:
			all = append(all, o.problem(ProblemMissing, 0, "the next row of the table %s would get number %d, and %d is taken", table, given+1, last))
		}
	}
	return all, nil
}

// checkStates compares each record's state with the last move in its log, and
// each move with the one before.
func (o *Outbox) checkStates(ctx context.Context) (all []Problem, err error) {
	type row struct {
		id          int64
		state, last string
	}
	var rows []row
	err = o.rows(ctx, func(r *sql.Rows) error {
		var x row
		err := r.Scan(&x.id, &x.state, &x.last)
		rows = append(rows, x)
		return err
	}, `SELECT r.id, r.state, coalesce((SELECT to_state FROM log WHERE record = r.id ORDER BY id DESC LIMIT 1), '')
		FROM record r WHERE r.state IS NOT (SELECT to_state FROM log WHERE record = r.id ORDER BY id DESC LIMIT 1) ORDER BY r.id`)
	if err != nil {
		return nil, err
	}
	for _, x := range rows {
		all = append(all, o.problem(ProblemState, x.id, "record %d is %q, and its log ends with %q", x.id, x.state, x.last))
	}
	rows = nil
	err = o.rows(ctx, func(r *sql.Rows) error {
		var x row
		err := r.Scan(&x.id, &x.state, &x.last)
		rows = append(rows, x)
		return err
	}, `SELECT record, from_state, before FROM (SELECT record, from_state, id,
		lag(to_state, 1, '') OVER (PARTITION BY record ORDER BY id) AS before FROM log) WHERE from_state <> before ORDER BY id`)
	if err != nil {
		return all, err
	}
	for _, x := range rows {
		all = append(all, o.problem(ProblemState, x.id, "the log of record %d goes from %q to a move from %q", x.id, x.last, x.state))
	}
	return all, nil
}

func (o *Outbox) checkBytes(ctx context.Context) (all []Problem, err error) {
	var after int64
	for {
		var ids []int64
		err := o.rows(ctx, func(r *sql.Rows) error {
			var id int64
			err := r.Scan(&id)
			ids = append(ids, id)
			return err
		}, "SELECT id FROM record WHERE id > ? ORDER BY id LIMIT ?", after, page)
		if err != nil {
			return all, err
		}
		for _, id := range ids {
			after = id
			f, err := o.Bytes(ctx, id)
			switch {
			case err == nil:
				_ = f.Close()
			case errors.Is(err, ErrNoBytes):
			case ctx.Err() != nil:
				return all, ctx.Err()
			case errors.Is(err, ErrDamaged): // the row says what cannot be
				all = append(all, Problem{ProblemState, id, err})
			default:
				all = append(all, Problem{ProblemBytes, id, err})
			}
		}
		if len(ids) < page {
			return all, nil
		}
	}
}

// rows calls see for each row of a query.
func (o *Outbox) rows(ctx context.Context, see func(*sql.Rows) error, query string, args ...any) error {
	rs, err := o.read.QueryContext(ctx, query, args...)
	if err != nil {
		return o.explain(err)
	}
	defer rs.Close()
	for rs.Next() {
		if err := see(rs); err != nil {
			return o.explain(err)
		}
	}
	return o.explain(rs.Err())
}

func (o *Outbox) texts(ctx context.Context, see func([]string), columns int, query string) error {
	return o.explain(texts(ctx, o.read, see, columns, query))
}

// texts calls see with the columns of each row of a query.
func texts(ctx context.Context, db interface {
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
}, see func([]string), columns int, query string) error {
	rs, err := db.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rs.Close()
	for rs.Next() {
		s, into := make([]string, columns), make([]any, columns)
		for i := range s {
			into[i] = &s[i]
		}
		if err := rs.Scan(into...); err != nil {
			return err
		}
		see(s)
	}
	return rs.Err()
}

// Leftovers lists the files in the folder of sealed records that no record needs,
// as paths inside of the outbox's folder: what killed runs left, and files of
// which the database knows nothing. The latter may be the only copies of sealed
// records, where an older database was put back.
func (o *Outbox) Leftovers(ctx context.Context) ([]string, error) {
	var all []string
	err := fs.WalkDir(o.root.FS(), sealedName, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case d.IsDir() && stage.IsStaging(d.Name()):
			return fs.SkipDir
		case d.IsDir():
			names, err := stage.Leftovers(filepath.Join(o.dir, filepath.FromSlash(name)))
			for _, n := range names {
				all = append(all, path.Join(name, n))
			}
			return err
		case stage.IsStaging(d.Name()):
			return nil
		}
		needed, err := o.needs(ctx, strings.TrimPrefix(name, sealedName+"/"))
		if err == nil && !needed {
			all = append(all, name)
		}
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	slices.Sort(all)
	return all, err
}

func (o *Outbox) needs(ctx context.Context, file string) (needed bool, err error) {
	err = o.read.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM record WHERE file = ? AND bytes_removed = '')", file).Scan(&needed)
	return needed, o.explain(err)
}

// ErrUnsound: Clean removes nothing, since Check finds something wrong.
var ErrUnsound = errors.New("outbox: something is wrong with the outbox, so nothing is removed")

// Clean removes the Leftovers that have the form of this package's own files, and
// returns the paths of what it removed. Where Check finds anything, it removes
// nothing (ErrUnsound), and where a record is being stored just now, ErrBusy.
func (o *Outbox) Clean(ctx context.Context) (removed []string, err error) {
	if o.w == nil {
		return nil, ErrReadOnly
	}
	lock := newLock(filepath.Join(o.dir, addingLock))
	ok, err := lock.TryLock()
	defer lock.Close()
	if err == nil && !ok {
		err = ErrBusy
	}
	if err != nil {
		return nil, err
	}
	problems, err := o.Check(ctx)
	if err != nil {
		return nil, err
	}
	if len(problems) > 0 {
		return nil, errors.Join(ErrUnsound, problems[0].Err)
	}
	all, err := o.Leftovers(ctx)
	if err != nil {
		return nil, err
	}
	for _, name := range all {
		if err := ctx.Err(); err != nil {
			return removed, err
		}
		switch base := path.Base(name); {
		case stage.IsStaging(base):
			// Swept below, with its lock.
		case isFile(strings.TrimPrefix(name, sealedName+"/")):
			if err := o.root.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
				return removed, fmt.Errorf("outbox: %w", err)
			}
			removed = append(removed, name)
			continue
		default:
			continue // nothing of this package's
		}
		if _, err := o.root.Lstat(name); errors.Is(err, os.ErrNotExist) {
			removed = append(removed, name)
			continue
		}
		if err := stage.Sweep(filepath.Join(o.dir, filepath.FromSlash(path.Dir(name)))); err != nil {
			return removed, err
		}
		if _, err := o.root.Lstat(name); errors.Is(err, os.ErrNotExist) {
			removed = append(removed, name)
		}
	}
	return removed, nil
}
