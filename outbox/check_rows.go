package outbox

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
)

// otherRoot matches whole paths of the systems that the outbox may have been
// copied from.
var otherRoot = regexp.MustCompile(`^(/|[A-Za-z]:[\\/]|\\\\)`)

// logged reports whether the log can hold such a line: a move of the table, or a
// note.
func logged(m Move) bool {
	if m.From != m.To {
		return permits(m)
	}
	switch m.Cause {
	case CauseLateAnswer, CauseSendNow, CausePasswordRenewed, CauseNewerMayPass, CauseBytesRemoved,
		CauseStatusReceived, CauseStatusProcessed, CauseStatusRefused:
		return slices.Contains(States(), m.From)
	}
	return false
}

// checkMoves looks for lines of the log that are neither a move of the table nor
// a note.
func (o *Outbox) checkMoves(ctx context.Context) (all []Problem, err error) {
	var wrong []Move
	err = o.rows(ctx, func(r *sql.Rows) error {
		var m Move
		err := r.Scan(&m.From, &m.Cause, &m.To)
		if err == nil && !logged(m) {
			wrong = append(wrong, m)
		}
		return err
	}, "SELECT DISTINCT from_state, cause, to_state FROM log ORDER BY 1, 2, 3")
	if err != nil {
		return nil, err
	}
	for _, m := range wrong {
		err := o.rows(ctx, func(r *sql.Rows) error {
			var id int64
			err := r.Scan(&id)
			if err == nil {
				all = append(all, o.problem(ProblemState, id, "the log of record %d has %q from %q to %q, which cannot be", id,
					short(string(m.Cause), 80), short(string(m.From), 80), short(string(m.To), 80)))
			}
			return err
		}, "SELECT DISTINCT record FROM log WHERE from_state = ? AND cause = ? AND to_state = ? ORDER BY record", string(m.From), string(m.Cause), string(m.To))
		if err != nil {
			return all, err
		}
	}
	return all, nil
}

// checkPackages compares the rows of packages with what this package writes.
func (o *Outbox) checkPackages(ctx context.Context) (all []Problem, err error) {
	err = o.rows(ctx, func(r *sql.Rows) error {
		var id int64
		var state PackageState
		var created, name, path, owner string
		if err := r.Scan(&id, &state, &created, &name, &path, &owner); err != nil {
			return err
		}
		what := ""
		switch _, terr := parseStamp(created); {
		case terr != nil || created == "":
			what = fmt.Sprintf("its time %q is none", short(created, 80))
		case owner != "" && !tokenForm.MatchString(owner) || (owner != "") != (state == Building):
			what = fmt.Sprintf("its owner %q is none of a package that is %s", short(owner, 80), state)
		case (name == "") != (path == ""), state == Made && name == "":
			what = fmt.Sprintf("it has the name %q and the path %q", short(name, 80), short(path, 80))
		case path != "" && !filepath.IsAbs(path) && !otherRoot.MatchString(path):
			what = fmt.Sprintf("its path %q is no whole one", short(path, 80))
		}
		if what != "" {
			all = append(all, o.problem(ProblemPackage, 0, "package %d: %s", id, what))
		}
		return nil
	}, "SELECT id, state, created, name, path, owner FROM package ORDER BY id")
	return all, err
}
