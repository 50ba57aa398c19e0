package outbox

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// set writes a value into the closed outbox's database, as a stranger could.
func set(t *testing.T, dir, query string, args ...any) {
	t.Helper()
	o := &Outbox{dir: dir, o: Options{}.complete()}
	db, err := o.openDB(false)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), query, args...); err != nil {
		t.Fatal(err)
	}
}

// hostile are names that lead out of a folder, or to no file at all.
var hostile = []string{
	"../victim.xm6", "../../victim.xm6", "/victim.xm6", `..\victim.xm6`, `C:\victim.xm6`, "ab/../../victim.xm6", "victim\x00.xm6", "",
	".", "..", "CON", "nul.xm6", "ab/CON.xm6", "aux:stream", "ab/" + strings.Repeat("0", 32) + ".xm6", strings.Repeat("a", 5000),
}

func TestOnlyOwnNamesHaveTheForm(t *testing.T) {
	t.Parallel()
	for _, s := range hostile {
		if isFile(s) || isName(s) && s != "" || tokenForm.MatchString(s) {
			t.Errorf("%.40q: %v, %v", s, isFile(s), isName(s))
		}
	}
	if tok := token(); !tokenForm.MatchString(tok) || !isFile(tok[:2]+"/"+tok+".xm6") || !isName("ROZVAHA_2026_09") {
		t.Error("own names are refused")
	}
}

// TestStoredNamesLeadNowhereElse: names in the database once decided which files
// were removed and written, also outside of the outbox's folder.
func TestStoredNamesLeadNowhereElse(t *testing.T) {
	t.Parallel()
	for _, column := range []string{"file", "name", "owner"} {
		for _, value := range []string{hostile[0], hostile[1], hostile[2], "ab/" + strings.Repeat("0", 32) + ".xm6", "victim\x00.xm6"} {
			w := newWorld(t)
			r, err := w.Withdraw(t.Context(), w.version().ID, "")
			if err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			dir := w.Dir()
			victims := []string{filepath.Join(dir, "victim.xm6"), filepath.Join(filepath.Dir(dir), "victim.xm6"), filepath.Join(dir, "sealed", "victim.xm6")}
			for _, v := range victims {
				if err := os.WriteFile(v, []byte("x"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			set(t, dir, "UPDATE record SET "+column+" = ? WHERE id = ?", value, r.ID)
			o := open(t, dir, w.clock)
			if _, err := o.Get(t.Context(), r.ID); !errors.Is(err, ErrDamaged) {
				t.Errorf("%s %.40q is taken: %v", column, value, err)
			}
			w.clock.add(time.Hour)
			if n, _, err := o.RemoveBytes(t.Context(), w.clock.now()); n != 0 || !errors.Is(err, ErrDamaged) {
				t.Errorf("%s %.40q: %d records removed, %v", column, value, n, err)
			}
			if _, err := o.Bytes(t.Context(), r.ID); !errors.Is(err, ErrDamaged) {
				t.Errorf("%s %.40q: %v", column, value, err)
			}
			for _, v := range victims {
				if _, err := os.Stat(v); err != nil {
					t.Errorf("%s %.40q: %v", column, value, err)
				}
			}
		}
	}
}

// TestOwnersNameNoFileElsewhere: merely opening the outbox removes the locks of
// dead owners.
func TestOwnersNameNoFileElsewhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.claim(w.version().ID)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	victim := filepath.Join(w.Dir(), "victim.lock")
	if err := os.WriteFile(victim, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	set(t, w.Dir(), "UPDATE record SET state = 'sending', lease_until = '9999-01-01T00:00:00.000Z', owner = '../victim'")
	set(t, w.Dir(), "INSERT INTO package (state, created, owner) VALUES ('building', '2026-01-01T00:00:00.000Z', '../victim')")
	o := open(t, w.Dir(), w.clock)
	if _, err := o.Packages(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(victim); err != nil {
		t.Error(err)
	}
}

// TestLinksInTheOutboxLeadNowhere: neither is anything read, nor made, nor
// removed where a link inside of the folder leads.
func TestLinksInTheOutboxLeadNowhere(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("links need rights there")
	}
	w := newWorld(t)
	r := w.version()
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"sealed", "owners", "outbox.db", "open.lock", LoginsFolder, MessagesFolder} {
		dir, outside := copyOf(t, w.Dir()), t.TempDir()
		path := filepath.Join(dir, name)
		target := filepath.Join(outside, "target")
		if err := os.Rename(path, filepath.Join(outside, "moved")); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		if err := os.Symlink(target, path); err != nil {
			t.Fatal(err)
		}
		if o, err := Open(t.Context(), dir, Options{}); err == nil {
			t.Errorf("%s may be a link", name)
			o.Close()
		} else if !errors.Is(err, ErrMisplaced) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := os.Lstat(target); err == nil {
			t.Errorf("%s: made where the link points", name)
		}
	}
	dir, outside := copyOf(t, w.Dir()), t.TempDir()
	sub := filepath.Join(dir, "sealed", r.file[:2])
	if err := os.Rename(sub, filepath.Join(outside, "moved")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(outside, "moved"), sub); err != nil {
		t.Fatal(err)
	}
	o := open(t, dir, w.clock)
	if f, err := o.Bytes(t.Context(), r.ID); err == nil {
		f.Close()
		t.Error("a record is read from outside of the folder")
	}
	if _, err := o.Withdraw(t.Context(), r.ID, ""); err != nil {
		t.Fatal(err)
	}
	w.clock.add(time.Hour)
	_, _, _ = o.RemoveBytes(t.Context(), w.clock.now())
	if es, err := os.ReadDir(filepath.Join(outside, "moved")); err != nil || len(es) != 1 {
		t.Errorf("%v, %v", es, err)
	}
}

// TestAddRefusesNamesThatAreNone: what the outbox would not read back it does not
// take.
func TestAddRefusesNamesThatAreNone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, name := range append([]string{"rozvaha", "ŘÁDEK", strings.Repeat("A", 28)}, hostile...) {
		m := meta(1)
		m.Name = name
		var invalid *InvalidError
		if _, err := w.Add(t.Context(), m, strings.NewReader("x"), AddOptions{}); !errors.As(err, &invalid) || invalid.Field != "name" {
			t.Errorf("%.40q: %v", name, err)
		}
	}
}
