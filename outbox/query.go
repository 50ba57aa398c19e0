package outbox

import (
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	"csuis-offline/checksum"
)

// Filter narrows down what List returns. The zero value selects everything.
type Filter struct {
	States             []State
	Unit, Person, Type string
	From, To           string // of the statement's date, YYYY-MM-DD, both included
	Package            int64
	SupersededBy       int64
	// Source is the digest of the file that records were sealed from, as text.
	Source string
	// After skips records up to this ID; Limit is the most that come, 0 for all.
	After int64
	Limit int

	sum string
}

func (f *Filter) where() (string, []any) {
	conds, args := []string{"id > ?"}, []any{f.After}
	add := func(use bool, cond string, arg ...any) {
		if use {
			conds, args = append(conds, cond), append(args, arg...)
		}
	}
	states := make([]any, len(f.States))
	for i, s := range f.States {
		states[i] = string(s)
	}
	add(len(states) > 0, "state IN (?"+strings.Repeat(", ?", max(len(states)-1, 0))+")", states...)
	add(f.Unit != "", "unit = ?", f.Unit)
	add(f.Person != "", "person = ?", f.Person)
	add(f.Type != "", "type = ?", f.Type)
	add(f.From != "", "date >= ?", f.From)
	add(f.To != "", "date <> '' AND date <= ?", f.To)
	add(f.Package != 0, "package = ?", f.Package)
	add(f.SupersededBy != 0, "superseded_by = ?", f.SupersededBy)
	add(f.sum != "", "sha256 = ?", f.sum)
	add(f.Source != "", "source_sha256 = ?", strings.ToLower(f.Source))
	return strings.Join(conds, " AND "), args
}

// page is how many records List reads at once. Between pages no transaction is
// open, so a slow reader holds nobody up.
const page = 500

// List returns records in the order in which they were added. It stops at the
// first error.
func (o *Outbox) List(ctx context.Context, f Filter) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		left := f.Limit
		for {
			n := page
			if f.Limit > 0 {
				n = min(n, left)
			}
			rs, err := o.page(ctx, f, n)
			if err != nil {
				yield(Record{}, err)
				return
			}
			for _, r := range rs {
				if !yield(r, nil) {
					return
				}
				f.After = r.ID
			}
			if left -= len(rs); len(rs) < page || f.Limit > 0 && left <= 0 {
				return
			}
		}
	}
}

func (o *Outbox) page(ctx context.Context, f Filter, n int) ([]Record, error) {
	where, args := f.where()
	rows, err := o.read.QueryContext(ctx, "SELECT "+queriedColumns+" FROM record r WHERE "+where+" ORDER BY id LIMIT ?", append(args, n)...)
	if err != nil {
		return nil, o.explain(err)
	}
	defer rows.Close()
	var all []Record
	for rows.Next() {
		r, err := o.found(scanQueried(rows))
		if err != nil {
			return nil, o.explain(err)
		}
		all = append(all, r)
	}
	return all, o.explain(rows.Err())
}

// Get returns one record.
func (o *Outbox) Get(ctx context.Context, id int64) (Record, error) {
	r, err := o.found(scanQueried(o.read.QueryRowContext(ctx, "SELECT "+queriedColumns+" FROM record r WHERE id = ?", id)))
	return r, o.explain(err)
}

// ByTransaction returns the record with a TransactionId; unit "" means any.
// Errors: ErrNotFound, ErrAmbiguous.
func (o *Outbox) ByTransaction(ctx context.Context, unit, id string) (Record, error) {
	rows, err := o.read.QueryContext(ctx, "SELECT "+recordColumns+" FROM record WHERE transaction_id = ? AND (? = '' OR unit = ?) LIMIT 2",
		id, unit, unit)
	if err != nil {
		return Record{}, o.explain(err)
	}
	defer rows.Close()
	r, n := Record{}, 0
	for ; rows.Next(); n++ {
		if r, err = o.found(scanRecord(rows)); err != nil {
			return Record{}, o.explain(err)
		}
	}
	switch err := rows.Err(); {
	case err != nil:
		return Record{}, o.explain(err)
	case n == 0:
		return Record{}, ErrNotFound
	case n > 1:
		return Record{}, ErrAmbiguous
	}
	return r, nil
}

// BySum returns the record whose sealed bytes have this digest. Errors:
// ErrNotFound; ErrAmbiguous, if several units have the same bytes.
func (o *Outbox) BySum(ctx context.Context, sum checksum.Sum) (Record, error) {
	rows, err := o.page(ctx, Filter{sum: sum.String()}, 2)
	switch {
	case err != nil:
		return Record{}, err
	case len(rows) == 0:
		return Record{}, ErrNotFound
	case len(rows) > 1:
		return Record{}, ErrAmbiguous
	}
	return rows[0], nil
}

// Entry is one line of a record's log.
type Entry struct {
	ID       int64
	Time     time.Time
	From, To State // the same in a note that moves nothing
	Cause    Cause
	// Reason, HTTP and Detail are as in Outcome, or of a status message: its
	// code and its text. Detail may also be the user's words.
	Reason string
	HTTP   int
	Detail string
	// MessageID is that of the status message; Package the package. "" and 0 for none.
	MessageID string
	Package   int64
}

// Log returns the log of one record from its beginning.
func (o *Outbox) Log(ctx context.Context, id int64) ([]Entry, error) {
	if _, err := o.Get(ctx, id); err != nil {
		return nil, err
	}
	rows, err := o.read.QueryContext(ctx, `SELECT id, at, from_state, to_state, cause, reason, http, detail, message_id,
		coalesce(package, 0) FROM log WHERE record = ? ORDER BY id`, id)
	if err != nil {
		return nil, o.explain(err)
	}
	defer rows.Close()
	var all []Entry
	for rows.Next() {
		var e Entry
		var at string
		if err = rows.Scan(&e.ID, &at, &e.From, &e.To, &e.Cause, &e.Reason, &e.HTTP, &e.Detail, &e.MessageID, &e.Package); err == nil {
			e.Time, err = parseStamp(at)
		}
		if err != nil {
			return nil, o.explain(err)
		}
		all = append(all, e)
	}
	return all, o.explain(rows.Err())
}

// Counts says how many records are in each state; states without records are
// left out.
func (o *Outbox) Counts(ctx context.Context) (map[State]int, error) {
	counts := map[State]int{}
	err := o.each(ctx, func(s string, n int) { counts[State(s)] = n }, "SELECT state, count(*) FROM record GROUP BY state")
	return counts, err
}

func (o *Outbox) each(ctx context.Context, see func(string, int), query string, args ...any) error {
	rows, err := o.read.QueryContext(ctx, query, args...)
	if err != nil {
		return o.explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		var n int
		if err := rows.Scan(&s, &n); err != nil {
			return o.explain(err)
		}
		see(s, n)
	}
	return o.explain(rows.Err())
}

// Channel says how the online channel has been doing.
type Channel struct {
	// LastAnswer is when a server last took or refused a record, so the channel
	// worked then. The zero Time means never.
	LastAnswer time.Time
	// FailingSince is the first failed attempt after that; the zero Time means that
	// none failed.
	FailingSince time.Time
	// Attempts is how many attempts failed since, on how many Records, and
	// Reasons how often for which Outcome.Reason.
	Attempts, Records int
	Reasons           map[string]int
	// Last is the log's entry of the last failed attempt.
	Last Entry
}

// Channel says since when the online channel has failed, on what, and why: the
// reason for handing over on a disc.
func (o *Outbox) Channel(ctx context.Context) (Channel, error) {
	c := Channel{Reasons: map[string]int{}}
	const answers, failures = "cause IN ('answer-accepted', 'answer-refused')", "cause IN ('not-delivered', 'no-answer')"
	var lastID int64
	var last, since string
	var newest int64
	err := o.read.QueryRowContext(ctx, "SELECT coalesce(max(id), 0), coalesce((SELECT at FROM log WHERE id = (SELECT max(id) FROM log WHERE "+
		answers+")), '') FROM log WHERE "+answers).Scan(&lastID, &last)
	if err == nil {
		err = o.read.QueryRowContext(ctx, "SELECT coalesce(min(at), ''), count(*), count(DISTINCT record), coalesce(max(id), 0) FROM log WHERE "+
			failures+" AND id > ?", lastID).Scan(&since, &c.Attempts, &c.Records, &newest)
	}
	if err == nil {
		c.LastAnswer, err = parseStamp(last)
	}
	if err == nil {
		c.FailingSince, err = parseStamp(since)
	}
	if err != nil || c.Attempts == 0 {
		return c, o.explain(err)
	}
	err = o.each(ctx, func(s string, n int) { c.Reasons[s] = n },
		"SELECT reason, count(*) FROM log WHERE "+failures+" AND id > ? AND id <= ? GROUP BY reason", lastID, newest)
	if err != nil {
		return c, err
	}
	var record int64
	if err := o.read.QueryRowContext(ctx, "SELECT record FROM log WHERE id = ?", newest).Scan(&record); err != nil {
		return c, o.explain(err)
	}
	entries, err := o.Log(ctx, record)
	if i := slices.IndexFunc(entries, func(e Entry) bool { return e.ID == newest }); i >= 0 {
		c.Last = entries[i]
	}
	return c, err
}
