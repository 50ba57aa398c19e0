package outbox

import (
	"database/sql"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// used makes a folder with a closed outbox that has seen some records.
func used(t *testing.T) string {
	t.Helper()
	w := newWorld(t)
	for range 6 {
		mixed(w)
		w.clock.add(time.Hour)
		for {
			c, err := w.Next(t.Context(), NextOptions{})
			if err != nil {
				break
			}
			w.finish(c, Outcome{Answer: AnswerAccepted, Detail: strings.Repeat("d", 1900)})
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return w.Dir()
}

// use opens an outbox and does some of everything.
func use(t *testing.T, dir string) error {
	t.Helper()
	ctx := t.Context()
	o, err := Open(ctx, dir, Options{})
	if err != nil {
		return err
	}
	ps, err := o.Check(ctx)
	for _, p := range ps {
		err = errors.Join(err, p.Err)
	}
	for _, e := range o.List(ctx, Filter{}) {
		err = errors.Join(err, e)
	}
	_, e1 := o.Counts(ctx)
	_, e2 := o.Channel(ctx)
	m := meta(0)
	m.TransactionID = token()
	r, e3 := o.Add(ctx, m, strings.NewReader("x"), AddOptions{})
	var e4 error
	if e3 == nil {
		_, e4 = o.Log(ctx, r.ID)
	}
	c, e5 := o.Next(ctx, NextOptions{})
	if e5 == nil {
		_, e5 = c.Finish(Outcome{Answer: AnswerAccepted})
	}
	var n *NothingDue
	if errors.As(e5, &n) {
		e5 = nil
	}
	return errors.Join(err, e1, e2, e3, e4, e5, o.Close())
}

func TestDamagedDatabaseIsAClearError(t *testing.T) {
	t.Parallel()
	whole := used(t)
	if err := use(t, whole); err != nil {
		t.Fatal(err)
	}
	db := filepath.Join(whole, dbName)
	content, err := os.ReadFile(db)
	if err != nil {
		t.Fatal(err)
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	harms := []struct {
		name string
		harm func() []byte
		want error
	}{
		{"empty", func() []byte { return nil }, ErrDamaged},
		{"no database", func() []byte { return []byte(strings.Repeat("no database ", 100)) }, ErrDamaged},
		{"cut in the header", func() []byte { return content[:50] }, ErrDamaged},
		{"cut in half", func() []byte { return content[:len(content)/2/4096*4096] }, ErrDamaged},
		{"a page of zeros", func() []byte { b := append([]byte{}, content...); clear(b[4096:8192]); return b }, ErrDamaged},
		{"zeros from the second page on", func() []byte { b := append([]byte{}, content...); clear(b[4096:]); return b }, ErrDamaged},
	}
	for _, tc := range harms {
		t.Run(tc.name, func(t *testing.T) {
			dir := copyOf(t, whole)
			if err := os.WriteFile(filepath.Join(dir, dbName), tc.harm(), 0o600); err != nil {
				t.Fatal(err)
			}
			err := use(t, dir)
			var f *FileError
			if !errors.Is(err, tc.want) || !errors.As(err, &f) || f.Path != filepath.Join(dir, dbName) {
				t.Errorf("%v", err)
			}
		})
	}
	// Whatever is flipped: an error that names a file of the outbox, or none.
	found := 0
	for range 40 {
		dir := copyOf(t, whole)
		b := append([]byte{}, content...)
		at := rnd.IntN(len(b))
		for i := range min(64, len(b)-at) {
			b[at+i] ^= byte(1 + rnd.IntN(255))
		}
		if err := os.WriteFile(filepath.Join(dir, dbName), b, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := use(t, dir); err != nil {
			found++
			if !strings.Contains(err.Error(), dir) {
				t.Errorf("at byte %d the error names no file: %v", at, err)
			}
		}
	}
	if found == 0 {
		t.Error("no damage was found")
	}
	t.Logf("found %d of 40", found)
}

func copyOf(t *testing.T, dir string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "outbox")
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return to
}

func TestMissingDatabaseBesideRecordsIsNotMadeAnew(t *testing.T) {
	t.Parallel()
	dir := used(t)
	if err := os.Remove(filepath.Join(dir, dbName)); err != nil {
		t.Fatal(err)
	}
	if err := use(t, dir); !errors.Is(err, ErrDamaged) {
		t.Errorf("%v", err)
	}
}

func TestForeignAndNewerDatabasesAreRefused(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		sql  string
		want error
	}{
		{"CREATE TABLE x (y)", ErrForeign},
		{"PRAGMA user_version = 3", ErrForeign},
		{"PRAGMA application_id = 77", ErrForeign},
		{"PRAGMA application_id = 1129534831; PRAGMA user_version = 2", ErrNewer},
		{"PRAGMA application_id = 1129534831", ErrDamaged},
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, dbName)
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(tc.sql); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		before, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		err = use(t, dir)
		var f *FileError
		if !errors.Is(err, tc.want) || !errors.As(err, &f) || f.Path != path {
			t.Errorf("%s: %v", tc.sql, err)
		}
		if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
			t.Errorf("%s: the file was changed, %v", tc.sql, err)
		}
	}
}

func TestFolderWithAnyName(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"s mezerou", "žluťoučký kůň", "a?b#c%20d&e=f", "it's \"quoted\""} {
		dir := filepath.Join(t.TempDir(), name, "outbox")
		if err := use(t, dir); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := os.Stat(filepath.Join(dir, dbName)); err != nil {
			t.Error(err)
		}
	}
}

func TestFolderIsPrivate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.version()
	err := filepath.WalkDir(w.Dir(), func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == w.Dir() { // the test's own
			return err
		}
		info, err := d.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestSeveralOpenANewOutboxAtOnce(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "outbox")
	errs := make(chan error)
	for range 8 {
		go func() {
			o, err := Open(t.Context(), dir, Options{})
			if err == nil {
				err = o.Close()
			}
			errs <- err
		}()
	}
	for range 8 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}
