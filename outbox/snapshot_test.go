package outbox

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// TestOutboxOnReadOnlyMediumIsListed: also one that was copied while a program
// had it open, with a write-ahead log.
func TestOutboxOnReadOnlyMediumIsListed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	mixed(w)
	open := copyOf(t, w.Dir())
	want, err := w.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Join(open, dbName+"-wal")); err != nil || info.Size() == 0 {
		t.Fatalf("the test has no log: %v", err)
	}
	for name, dir := range map[string]string{"open": open, "closed": copyOf(t, w.Dir())} {
		before := names(t, dir)
		o, err := Snapshot(t.Context(), dir, Options{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		n := 0
		for r, err := range o.List(t.Context(), Filter{}) {
			if err != nil {
				t.Fatal(err)
			}
			n++
			f, err := o.Bytes(t.Context(), r.ID)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if _, err := io.Copy(io.Discard, f); err != nil {
				t.Error(err)
			}
			f.Close()
			if es, err := o.Log(t.Context(), r.ID); err != nil || len(es) == 0 {
				t.Errorf("%v, %v", es, err)
			}
			for what, err := range map[string]error{
				"withdrawn": second(o.Withdraw(t.Context(), r.ID, "")), "added": second(o.Create(t.Context())), "claimed": second(o.Next(t.Context(), NextOptions{})),
				"cleaned": second(o.Clean(t.Context())),
			} {
				if !errors.Is(err, ErrReadOnly) {
					t.Errorf("%s: %v", what, err)
				}
			}
		}
		if n != 5 {
			t.Errorf("%s: %d records", name, n)
		}
		got, err := o.Counts(t.Context())
		if err != nil || name == "open" && got[Sending] != want[Sending] || got[Accepted] != want[Accepted] {
			t.Errorf("%s: %v, %v", name, got, err)
		}
		if _, err := o.Packages(t.Context()); err != nil {
			t.Error(err)
		}
		if _, err := o.Channel(t.Context()); err != nil {
			t.Error(err)
		}
		if err := o.Close(); err != nil {
			t.Error(err)
		}
		if after := names(t, dir); after != before {
			t.Errorf("%s: %s, before %s", name, after, before)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// names are the files of a folder with their sizes.
func names(t *testing.T, dir string) (all string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		all += path + info.ModTime().String() + " "
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// FuzzSnapshot: neither the database nor its log comes from a friend.
func FuzzSnapshot(f *testing.F) {
	dir := f.TempDir()
	o, err := Open(f.Context(), dir, Options{})
	if err != nil {
		f.Fatal(err)
	}
	fill(f, o, 1)
	db, err := os.ReadFile(filepath.Join(dir, dbName))
	if err != nil {
		f.Fatal(err)
	}
	wal, err := os.ReadFile(filepath.Join(dir, dbName+"-wal"))
	if err != nil {
		f.Fatal(err)
	}
	if err := o.Close(); err != nil {
		f.Fatal(err)
	}
	f.Add(db, wal)
	f.Add(db, []byte{})
	f.Add([]byte("SQLite format 3\x00"), wal[:40])
	f.Fuzz(func(t *testing.T, db, wal []byte) {
		all, err := merged(db, wal)
		if err == nil && (len(all) > len(db)+len(wal) || all[18] != 1) {
			t.Errorf("%d bytes of %d and %d", len(all), len(db), len(wal))
		}
	})
}
