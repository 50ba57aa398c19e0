package outbox

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// kinds are the kinds of what Check finds.
func kinds(t *testing.T, o *Outbox) (all []string) {
	t.Helper()
	ps, err := o.Check(t.Context())
	if err != nil {
		t.Error(err)
	}
	for _, p := range ps {
		var f *FileError
		if !errors.As(p.Err, &f) {
			t.Errorf("%v names no file", p.Err)
		}
		all = append(all, string(p.Kind))
	}
	return all
}

// TestWhatWasDoneToTheDatabaseIsFound: a trigger less lets the log be rewritten,
// and a state can be set without a word in it.
func TestWhatWasDoneToTheDatabaseIsFound(t *testing.T) {
	t.Parallel()
	whole := used(t)
	for _, tc := range []struct {
		query string
		want  []string
	}{
		{"SELECT 1", nil},
		{"DROP TRIGGER log_is_not_changed", []string{"schema"}},
		{"CREATE TRIGGER more AFTER INSERT ON record BEGIN UPDATE record SET state = 'withdrawn', due = NULL; END", []string{"schema"}},
		{"CREATE TABLE more (x)", []string{"schema"}},
		{"DROP INDEX record_hold", []string{"schema"}},
		{"DROP INDEX record_hold; CREATE INDEX record_hold ON record (unit)", []string{"schema"}},
		{"UPDATE record SET state = 'processed' WHERE id = (SELECT min(id) FROM record WHERE state = 'accepted')", []string{"state"}},
		{"UPDATE record SET state = 'prepared', due = '2026-01-01T00:00:00.000Z' WHERE id = (SELECT min(id) FROM record WHERE state = 'accepted')", []string{"state"}},
		{"INSERT INTO log (record, at, from_state, to_state, cause) SELECT id, since, 'prepared', state, 'x' FROM record WHERE state = 'accepted' LIMIT 1", []string{"state"}},
		{"INSERT INTO log (record, at, from_state, to_state, cause) SELECT id, since, state, state, 'nonsense' FROM record LIMIT 1", []string{"state"}},
		{"INSERT INTO log (record, at, from_state, to_state, cause) SELECT id, since, state, state, 'added' FROM record LIMIT 1", []string{"state"}},
		{"INSERT INTO log (record, at, from_state, to_state, cause) SELECT id, since, 'accepted', 'withdrawn', 'withdrawn' FROM record WHERE state = 'accepted' LIMIT 1;" +
			"UPDATE record SET state = 'withdrawn' WHERE id = (SELECT record FROM log ORDER BY id DESC LIMIT 1)", []string{"state"}},
		{"INSERT INTO package (state, created, owner) VALUES ('building', '2026-01-01T00:00:00.000Z', '../x')", []string{"package"}},
		{"INSERT INTO package (state, created, owner) VALUES ('building', 'today', '')", []string{"package"}},
		{"INSERT INTO package (state, created, name, path) VALUES ('made', '2026-01-01T00:00:00.000Z', 'x', '../x')", []string{"package"}},
		{"INSERT INTO package (state, created, name, path) VALUES ('undone', '2026-01-01T00:00:00.000Z', 'x', '/x')", nil},
		{"UPDATE record SET file = '../' || file WHERE id = 1", []string{"state"}},
		{"UPDATE sqlite_sequence SET seq = 1000 WHERE name = 'record'", []string{"missing"}},
		{"UPDATE sqlite_sequence SET seq = 1 WHERE name = 'log'", []string{"missing"}},
		{"DELETE FROM sqlite_sequence", []string{"missing"}},
	} {
		dir := copyOf(t, whole)
		set(t, dir, tc.query)
		for name, opened := range map[string]func() (*Outbox, error){
			"open":     func() (*Outbox, error) { return Open(t.Context(), dir, Options{}) },
			"snapshot": func() (*Outbox, error) { return Snapshot(t.Context(), dir, Options{}) },
		} {
			o, err := opened()
			if err != nil {
				t.Fatalf("%s: %v", tc.query, err)
			}
			got := kinds(t, o)
			slices.Sort(got)
			if !slices.Equal(slices.Compact(got), tc.want) {
				t.Errorf("%s, %s: %q, wanted %q", name, tc.query, got, tc.want)
			}
			if err := o.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestTriggerThatIsGoneIsFound names the triggers that the test above relies on.
func TestTriggerThatIsGoneIsFound(t *testing.T) {
	t.Parallel()
	wanted, err := wantedSchema(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	triggers := 0
	for name := range wanted {
		if strings.HasPrefix(name, "trigger ") {
			triggers++
		}
	}
	if _, ok := wanted["trigger log_is_not_changed"]; !ok || triggers != 3 {
		t.Errorf("%d triggers", triggers)
	}
}

// TestOlderDatabaseLosesNoRecord: when an older database is put back, the only
// copies of the records stored since lie beside it. They were once removed.
func TestOlderDatabaseLosesNoRecord(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.version()
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	older, err := os.ReadFile(w.dbPath())
	if err != nil {
		t.Fatal(err)
	}
	o := open(t, w.Dir(), w.clock)
	later := (&world{Outbox: o, t: t, clock: w.clock, next: 10}).version()
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(w.dbPath(), older, 0o600); err != nil {
		t.Fatal(err)
	}
	o = open(t, w.Dir(), w.clock)
	if got := kinds(t, o); !slices.Equal(got, []string{"older"}) {
		t.Errorf("%q", got)
	}
	left, err := o.Leftovers(t.Context())
	if err != nil || !slices.Equal(left, []string{"sealed/" + later.file}) {
		t.Errorf("%q, %v", left, err)
	}
	if removed, err := o.Clean(t.Context()); !errors.Is(err, ErrUnsound) || removed != nil {
		t.Errorf("%q, %v", removed, err)
	}
	if _, err := os.Stat(o.path(later.file)); err != nil {
		t.Error(err)
	}
}

// TestOlderDatabaseCannotBeHidden: after an older database was put back, records
// stored into it took the numbers of those that it did not know. Then it counted
// as in order, and their sealed bytes, the only copies, were removed.
func TestOlderDatabaseCannotBeHidden(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 4 {
		w.other()
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	older, err := os.ReadFile(w.dbPath())
	if err != nil {
		t.Fatal(err)
	}
	w.Outbox = open(t, w.Dir(), w.clock)
	var later []Record
	for range 3 {
		later = append(later, w.other())
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(w.dbPath(), older, 0o600); err != nil {
		t.Fatal(err)
	}
	w.Outbox = open(t, w.Dir(), w.clock)
	before := len(sealedFiles(t, w.Outbox))
	for range 3 {
		w.next++
		m := meta(w.next)
		m.Type = "900"
		var f *FileError
		if _, err := w.Add(t.Context(), m, strings.NewReader("x"), AddOptions{}); !errors.Is(err, ErrOlder) || !errors.As(err, &f) || f.Path != w.dbPath() {
			t.Errorf("added: %v", err)
		}
	}
	if _, err := w.Next(t.Context(), NextOptions{}); !errors.Is(err, ErrOlder) {
		t.Errorf("claimed: %v", err)
	}
	if _, err := w.StartPackage(t.Context(), PackageOptions{Unit: unit}); !errors.Is(err, ErrOlder) {
		t.Errorf("packed: %v", err)
	}
	if got := kinds(t, w.Outbox); !slices.Equal(got, []string{"older"}) {
		t.Errorf("%q", got)
	}
	if removed, err := w.Clean(t.Context()); !errors.Is(err, ErrUnsound) || removed != nil {
		t.Errorf("%q, %v", removed, err)
	}
	for _, r := range later {
		if _, err := os.Stat(w.path(r.file)); err != nil {
			t.Error(err)
		}
	}
	if after := len(sealedFiles(t, w.Outbox)); after != before {
		t.Errorf("%d files, before %d", after, before)
	}
}

// TestRowThatIsGoneIsFound: a record that was taken out of the database left no
// trace, and its sealed bytes were removed as what no record needs.
func TestRowThatIsGoneIsFound(t *testing.T) {
	t.Parallel()
	for _, id := range []int{1, 3, 5} {
		w := newWorld(t)
		var files []string
		for range 5 {
			files = append(files, w.path(w.other().file))
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		db, err := (&Outbox{dir: w.Dir(), o: Options{}.complete()}).openDB(false)
		if err != nil {
			t.Fatal(err)
		}
		var triggers []string
		rows, err := db.Query("SELECT sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY name")
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var s string
			if err := rows.Scan(&s); err != nil {
				t.Fatal(err)
			}
			triggers = append(triggers, s)
		}
		if err := errors.Join(rows.Err(), rows.Close(), db.Close()); err != nil {
			t.Fatal(err)
		}
		// The stranger leaves the triggers as they were, and no row that refers to
		// the one that is gone.
		set(t, w.Dir(), fmt.Sprintf("DROP TRIGGER log_is_not_changed; DROP TRIGGER log_is_not_shortened; DROP TRIGGER record_is_not_deleted;"+
			"DELETE FROM log WHERE record = %d; DELETE FROM record WHERE id = %d;", id, id)+strings.Join(triggers, ";"))
		if err := os.Remove(filepath.Join(w.Dir(), storedName)); err != nil {
			t.Fatal(err)
		}
		o := open(t, w.Dir(), w.clock)
		if got := kinds(t, o); !slices.Equal(got, []string{"missing", "missing"}) {
			t.Errorf("record %d: %q", id, got)
		}
		if removed, err := o.Clean(t.Context()); !errors.Is(err, ErrUnsound) || removed != nil {
			t.Errorf("record %d: %q, %v", id, removed, err)
		}
		for _, f := range files {
			if _, err := os.Stat(f); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestSnapshotBesideAWriterIsNotOlder: what was stored after the snapshot was
// taken made it look like an older database.
func TestSnapshotBesideAWriterIsNotOlder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.other()
	o, err := Snapshot(t.Context(), w.Dir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	w.other()
	if got := kinds(t, o); got != nil {
		t.Errorf("%q", got)
	}
}

func TestCleanRemovesLeftoversOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.version()
	folder := filepath.Join(w.Dir(), "sealed", "ab")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	orphan := "ab" + strings.Repeat("0", 30) + ".xm6"
	for _, name := range []string{orphan, "mine.txt", "ab00.xm6", ".x.csuis-partial"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"sealed/ab/ab00.xm6", "sealed/ab/" + orphan, "sealed/ab/mine.txt"}
	if left, err := w.Leftovers(t.Context()); err != nil || !slices.Equal(left, want) {
		t.Errorf("%q, %v", left, err)
	}
	d, err := w.Create(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := w.Clean(t.Context()); got != nil || !errors.Is(err, ErrBusy) {
		t.Errorf("while a record is being stored: %q, %v", got, err)
	}
	d.Abort()
	if got, err := w.Clean(t.Context()); err != nil || !slices.Equal(got, want[1:2]) {
		t.Errorf("%q, %v", got, err)
	}
	for _, name := range []string{"mine.txt", "ab00.xm6", ".x.csuis-partial"} {
		if _, err := os.Stat(filepath.Join(folder, name)); err != nil {
			t.Error(err)
		}
	}
	f, err := w.Bytes(t.Context(), r.ID)
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
	if err := os.WriteFile(filepath.Join(folder, orphan), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := w.root.Remove(inFolder(r.file)); err != nil {
		t.Fatal(err)
	}
	if got, err := w.Clean(t.Context()); !errors.Is(err, ErrUnsound) || got != nil {
		t.Errorf("beside damage: %q, %v", got, err)
	}
}
