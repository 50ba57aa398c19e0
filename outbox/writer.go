package outbox

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// maxBatch is how many changes one transaction carries at most.
	maxBatch = 64
	// company is how long a change waits for others to share its sync, if the last
	// one had some. It is shorter than a sync.
	company = time.Millisecond
)

// writer is the one connection that changes the database. Changes that several
// goroutines want at the same time share a transaction, and so one sync: each
// has its own savepoint, and fails alone.
type writer struct {
	o     *Outbox
	db    *sql.DB
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
	turns *turns

	mu     sync.RWMutex // guards closed against a send on jobs
	closed bool
	jobs   chan *job
	ended  chan struct{}
}

type job struct {
	ctx   context.Context
	run   func(*txn) error
	done  chan error
	begun atomic.Bool // whoever sets it decides whether the change runs
}

// txn is what a change sees.
type txn struct {
	o   *Outbox
	w   *writer
	ctx context.Context
	now time.Time
	// stored is the number of the last record that was added.
	stored int64
}

func startWriter(o *Outbox, db *sql.DB, conn *sql.Conn) *writer {
	w := &writer{o: o, db: db, conn: conn, stmts: map[string]*sql.Stmt{}, turns: newTurns(o.dir, o.o.Patience), jobs: make(chan *job, maxBatch), ended: make(chan struct{})}
	go w.loop()
	return w
}

// change carries out a change whole or not at all. A context that has ended
// keeps it from beginning; once it has begun, change returns when its fate is known.
func (o *Outbox) change(ctx context.Context, run func(*txn) error) error {
	o.mu.Lock()
	closed := o.closed
	o.mu.Unlock()
	switch {
	case closed:
		return ErrClosed
	case o.w == nil:
		return ErrReadOnly
	}
	return o.submit(ctx, run)
}

func (o *Outbox) submit(ctx context.Context, run func(*txn) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w := o.w
	j := &job{ctx: ctx, run: run, done: make(chan error, 1)}
	w.mu.RLock()
	if w.closed {
		w.mu.RUnlock()
		return ErrClosed
	}
	select {
	case w.jobs <- j:
		w.mu.RUnlock()
	case <-ctx.Done():
		w.mu.RUnlock()
		return ctx.Err()
	}
	select {
	case err := <-j.done:
		return o.explain(err)
	case <-ctx.Done():
	}
	if j.begun.CompareAndSwap(false, true) {
		return ctx.Err()
	}
	return o.explain(<-j.done)
}

func (w *writer) close() error {
	w.mu.Lock()
	if w.closed {
		w.mu.Unlock()
		return nil
	}
	w.closed = true
	close(w.jobs)
	w.mu.Unlock()
	<-w.ended
	var errs []error
	for _, s := range w.stmts {
		errs = append(errs, s.Close())
	}
	return errors.Join(append(errs, w.conn.Close(), w.db.Close())...)
}

func (w *writer) loop() {
	defer close(w.ended)
	last := 1
	for j := range w.jobs {
		batch := w.gather(j, last)
		w.commit(batch)
		last = len(batch)
	}
}

// gather adds the other changes that are wanted at the same time. A change that
// comes alone, as the last one did, does not wait.
func (w *writer) gather(first *job, last int) []*job {
	batch := []*job{first}
	var over <-chan time.Time
	for len(batch) < maxBatch {
		select {
		case more, ok := <-w.jobs:
			if !ok {
				return batch
			}
			batch = append(batch, more)
			continue
		default:
		}
		if last == 1 {
			return batch
		}
		if over == nil {
			over = time.After(company)
		}
		select {
		case more, ok := <-w.jobs:
			if !ok {
				return batch
			}
			batch = append(batch, more)
		case <-over:
			return batch
		}
	}
	return batch
}

// commit runs a batch in one transaction. When the transaction as a whole
// fails, so does every change in it.
func (w *writer) commit(batch []*job) {
	ctx := context.Background()
	t := &txn{o: w.o, w: w, ctx: ctx}
	results := make([]error, len(batch))
	answer := func(err error) {
		for i, j := range batch {
			if err != nil {
				results[i] = err
			}
			j.done <- results[i]
		}
	}
	if err := w.turn(batch); err != nil {
		answer(err)
		return
	}
	defer w.turns.end()
	fail := func(err error) {
		_, _ = w.conn.ExecContext(ctx, "ROLLBACK")
		answer(err)
	}
	if err := t.exec("BEGIN IMMEDIATE"); err != nil {
		fail(err)
		return
	}
	for i, j := range batch {
		if !j.begun.CompareAndSwap(false, true) {
			continue // nobody waits for it any more
		}
		if err := t.exec("SAVEPOINT change"); err != nil {
			fail(err)
			return
		}
		t.now = w.o.now()
		end := "RELEASE change"
		if results[i] = j.run(t); results[i] != nil {
			end = "ROLLBACK TO change"
		}
		if err := t.exec(end); err != nil {
			// The transaction is gone, as it is on a full disk.
			fail(errors.Join(results[i], err))
			return
		}
	}
	if err := t.exec("COMMIT"); err != nil {
		fail(err)
		return
	}
	if t.stored > 0 {
		w.o.noteStored(t.stored)
	}
	answer(nil)
}

// turn waits for the turn to write a batch, for as long as anybody waits for one
// of its changes: what does not begin does not hold up the end of the program.
func (w *writer) turn(batch []*job) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var waiting atomic.Int64
	waiting.Store(int64(len(batch)))
	for _, j := range batch {
		defer context.AfterFunc(j.ctx, func() {
			if waiting.Add(-1) == 0 {
				cancel()
			}
		})()
	}
	return w.turns.begin(ctx)
}

func (t *txn) stmt(query string) (*sql.Stmt, error) {
	if s, ok := t.w.stmts[query]; ok {
		return s, nil
	}
	s, err := t.w.conn.PrepareContext(t.ctx, query)
	if err == nil {
		t.w.stmts[query] = s
	}
	return s, err
}

func (t *txn) exec(query string, args ...any) error {
	s, err := t.stmt(query)
	if err != nil {
		return err
	}
	_, err = s.ExecContext(t.ctx, args...)
	return err
}

func (t *txn) query(query string, args ...any) (*sql.Rows, error) {
	s, err := t.stmt(query)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(t.ctx, args...)
}

// row reads one row; ErrNotFound if there is none.
func (t *txn) row(query string, args []any, into ...any) error {
	s, err := t.stmt(query)
	if err != nil {
		return err
	}
	err = s.QueryRowContext(t.ctx, args...).Scan(into...)
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	return err
}

// column reads the first column of all rows.
func column[T any](t *txn, query string, args ...any) ([]T, error) {
	rows, err := t.query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		var v T
		if err := rows.Scan(&v); err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Err()
}
