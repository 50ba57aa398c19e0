package outbox

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// PackageState is how far a package is.
type PackageState string

// The states of packages.
const (
	Building PackageState = "building" // its records are taken, but it is not whole yet
	Made     PackageState = "made"     // it is whole
	Undone   PackageState = "undone"   // it was not made, or not handed over
)

// Package is a package that records of the outbox went into.
type Package struct {
	ID      int64
	State   PackageState
	Created time.Time
	// Name and Path are the package's and its folder's, "" until NamePackage.
	Name, Path string
	// Reason is why the records went on a disc, for the form; Digest the package digest.
	Reason, Digest string
	// Records is how many are, or were, in it; Open is how many of them are still
	// OnDisc.
	Records, Open int
	// Interrupted: the process that was building it has ended. A package without a
	// name was not made, and is undone by itself; one with a name was made if its
	// folder is there: it appears whole or not at all.
	Interrupted bool
}

// PackageOptions say which records a package takes.
type PackageOptions struct {
	// Unit is required: a package is one unit's. Person "" means any.
	Unit, Person string
	// IDs are the records; nil means all that have not got through.
	IDs []int64
	// Unknown also takes records in Unknown, on the user's explicit word: one
	// that was delivered online is then handed over a second time.
	Unknown bool
	// Reason is why, for the form.
	Reason string
}

// ErrNothingToPack: no record fits PackageOptions.
var ErrNothingToPack = errors.New("outbox: no record is left to pack")

// StartPackage takes the records of a future package out of the online channel
// and moves them to OnDisc, all at once. The caller then reads their bytes as
// they are (List with Filter.Package, Bytes), calls NamePackage before the
// package appears in its place, and FinishPackage after that, or UndoPackage. Of
// the versions of one statement only the newest is taken; an older one in
// Unknown stays. Errors: *MoveError for one of IDs that cannot go,
// *InvalidError, ErrNothingToPack.
func (o *Outbox) StartPackage(ctx context.Context, po PackageOptions) (Package, error) {
	if !unitForm.MatchString(po.Unit) {
		return Package{}, &InvalidError{"unit", po.Unit, "an IČ has eight digits"}
	}
	own, err := o.own()
	if err != nil {
		return Package{}, err
	}
	p := Package{State: Building, Reason: short(po.Reason, maxDetail)}
	err = o.change(ctx, func(t *txn) error {
		if err := t.notOlder(); err != nil {
			return err
		}
		if err := t.reap(); err != nil {
			return err
		}
		ids, err := t.notThrough(po)
		if err != nil {
			return err
		}
		if len(ids) == 0 {
			return ErrNothingToPack
		}
		p.Created, p.Records, p.Open = t.now, len(ids), len(ids)
		err = t.row("INSERT INTO package (state, created, reason, owner) VALUES ('building', ?, ?, ?) RETURNING id",
			[]any{stamp(t.now), p.Reason, own.token}, &p.ID)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := t.toDisc(id, &po, p.ID); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return Package{}, err
	}
	return p, nil
}

// notThrough lists what a package takes.
func (t *txn) notThrough(po PackageOptions) ([]int64, error) {
	if po.IDs != nil {
		return po.IDs, nil
	}
	states := "'prepared', 'waiting'"
	if po.Unknown {
		states += ", 'unknown'"
	}
	return column[int64](t, `SELECT id FROM record r WHERE state IN (`+states+`) AND unit = ? AND (? = '' OR person = ?)
		AND NOT EXISTS (SELECT 1 FROM record n WHERE n.unit = r.unit AND n.type = r.type AND n.date = r.date AND n.id > r.id
			AND n.type <> '' AND n.date <> '' AND n.state <> 'withdrawn') ORDER BY id`, po.Unit, po.Person, po.Person)
}

func (t *txn) toDisc(id int64, po *PackageOptions, pkg int64) error {
	r, err := t.get(id)
	if err != nil {
		return fmt.Errorf("%w: record %d", err, id)
	}
	why := ""
	newer, err := t.newer(&r, true)
	switch {
	case err != nil:
		return err
	case r.Unit != po.Unit || po.Person != "" && r.Person != po.Person:
		why = "it is of another unit or person"
	case r.State == Unknown && !po.Unknown:
		why = "it may have been delivered; only the user can decide to hand it over again"
	case newer != 0:
		why = fmt.Sprintf("record %d is a newer version of the statement", newer)
	}
	if why != "" {
		return &MoveError{ID: id, From: r.State, Cause: CauseDisc, Why: why, Newer: newer}
	}
	before := r.State
	if err := t.move(&r, CauseDisc, OnDisc, note{pkg: pkg}); err != nil {
		return err
	}
	return t.exec("UPDATE record SET package = ?, before_disc = ? WHERE id = ?", pkg, string(before), id)
}

// NamePackage stores what the package is called and where its folder will
// appear. It comes before the folder is there: after a crash between the two
// the folder tells whether the package was made.
func (o *Outbox) NamePackage(ctx context.Context, id int64, name, path string) error {
	if name == "" || path == "" {
		return &InvalidError{"package", name, "a name and a path are needed"}
	}
	return o.onPackage(ctx, id, Building, func(t *txn) error {
		return t.exec("UPDATE package SET name = ?, path = ? WHERE id = ?", short(name, maxField), short(path, maxDetail), id)
	})
}

// FinishPackage says that the package is whole; digest is the package digest.
func (o *Outbox) FinishPackage(ctx context.Context, id int64, digest string) error {
	return o.onPackage(ctx, id, Building, func(t *txn) error {
		var name string
		if err := t.row("SELECT name FROM package WHERE id = ?", []any{id}, &name); err != nil {
			return err
		}
		if name == "" {
			return &InvalidError{"package", "", "it has no name yet"}
		}
		return t.exec("UPDATE package SET state = 'made', digest = ?, owner = '' WHERE id = ?", short(digest, maxField), id)
	})
}

// UndoPackage says that the package was not made, or not handed over: its
// records go back to where they came from, or to Superseded where a newer
// version is there. A record of which a status message said more stays.
func (o *Outbox) UndoPackage(ctx context.Context, id int64) error {
	return o.onPackage(ctx, id, "", func(t *txn) error { return t.undoPackage(id) })
}

func (t *txn) undoPackage(id int64) error {
	ids, err := column[int64](t, "SELECT id FROM record WHERE package = ? AND state = 'on-disc' ORDER BY id", id)
	if err != nil {
		return err
	}
	for _, i := range ids {
		r, err := t.get(i)
		if err != nil {
			return err
		}
		if err := t.offDisc(&r, id); err != nil {
			return err
		}
	}
	return t.exec("UPDATE package SET state = 'undone', owner = '' WHERE id = ?", id)
}

func (t *txn) offDisc(r *Record, pkg int64) error {
	n := note{pkg: pkg}
	var err error
	switch to := State(r.beforeDisc); to {
	case Unknown:
		err = t.move(r, CauseDiscUndone, to, n)
	default:
		err = t.backInLine(r, CauseDiscUndone, to, n)
	}
	if err == nil && r.State == Waiting {
		err = t.wait(r, t.now, HoldNone)
	}
	if err != nil {
		return err
	}
	return t.exec("UPDATE record SET package = NULL, before_disc = '' WHERE id = ?", r.ID)
}

// ErrPackageState: the package's state does not allow this.
var ErrPackageState = errors.New("outbox: the package is already finished or undone")

func (o *Outbox) onPackage(ctx context.Context, id int64, want PackageState, run func(*txn) error) error {
	return o.change(ctx, func(t *txn) error {
		var s PackageState
		if err := t.row("SELECT state FROM package WHERE id = ?", []any{id}, &s); err != nil {
			return err
		}
		if s == Undone || want != "" && s != want {
			return ErrPackageState
		}
		return run(t)
	})
}

// Packages lists all packages, the newest first.
func (o *Outbox) Packages(ctx context.Context) ([]Package, error) {
	rows, err := o.read.QueryContext(ctx, `SELECT id, state, created, name, path, reason, digest, owner,
		(SELECT count(DISTINCT record) FROM log WHERE log.package = package.id AND cause = 'put-on-disc'),
		(SELECT count(*) FROM record WHERE record.package = package.id AND record.state = 'on-disc')
		FROM package ORDER BY id DESC`)
	if err != nil {
		return nil, o.explain(err)
	}
	defer rows.Close()
	o.mu.Lock()
	me := o.owner
	o.mu.Unlock()
	var all []Package
	for rows.Next() {
		var p Package
		var created, by string
		err := rows.Scan(&p.ID, &p.State, &created, &p.Name, &p.Path, &p.Reason, &p.Digest, &by, &p.Records, &p.Open)
		if err == nil {
			p.Created, err = parseStamp(created)
		}
		if err != nil {
			return nil, o.explain(err)
		}
		p.Interrupted = p.State == Building && (me == nil || me.token != by) && o.dead(by)
		all = append(all, p)
	}
	return all, o.explain(rows.Err())
}
