//go:build unix

package outbox

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"csuis-offline/internal/iox"
	"csuis-offline/internal/testtool"
)

// within ends a test that would hang.
func within(t *testing.T, what string, run func(context.Context) error) error {
	t.Helper()
	done := make(chan error, 1)
	ctx, cancel := context.WithTimeout(t.Context(), testtool.Slowdown*time.Minute)
	defer cancel()
	go func() { done <- run(ctx) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		t.Fatalf("%s hangs", what)
		return nil
	}
}

// TestFileInThePlaceOfAFolderIsNamed: storing a record once tried for ever to make
// the folder.
func TestFileInThePlaceOfAFolderIsNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.version()
	outside := t.TempDir()
	for name, put := range map[string]func(string) error{
		"a file":                    func(p string) error { return os.WriteFile(p, nil, 0o600) },
		"a link to a folder":        func(p string) error { return os.Symlink(outside, p) },
		"a link that leads nowhere": func(p string) error { return os.Symlink("absent", p) },
	} {
		path := filepath.Join(w.Dir(), sealedName, "zz")
		if err := put(path); err != nil {
			t.Fatal(err)
		}
		err := within(t, name, func(ctx context.Context) error { return w.makeFolder(ctx, path) })
		var f *FileError
		if !errors.Is(err, ErrMisplaced) || !errors.As(err, &f) || f.Path != path {
			t.Errorf("%s: %v", name, err)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
}

// TestAddBesideMisplacedFoldersEnds: whichever folder a record would go into.
func TestAddBesideMisplacedFoldersEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 256 {
		if err := os.WriteFile(filepath.Join(w.Dir(), sealedName, token0(i)), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	err := within(t, "storing", func(ctx context.Context) error {
		return second(w.Add(ctx, meta(1), strings.NewReader("x"), AddOptions{}))
	})
	if !errors.Is(err, ErrMisplaced) {
		t.Errorf("%v", err)
	}
}

func token0(i int) string {
	const digits = "0123456789abcdef"
	return string([]byte{digits[i/16], digits[i%16]})
}

// TestPipeBesideTheDatabaseHoldsNobodyUp: SQLite opens the files that it expects
// beside the database, and waits at a pipe for its other end.
func TestPipeBesideTheDatabaseHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	whole := used(t)
	for _, name := range []string{"-journal", "-wal", "-shm", ""} {
		dir := copyOf(t, whole)
		path := filepath.Join(dir, dbName+name)
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			t.Skip(err)
		}
		err := within(t, name, func(ctx context.Context) error {
			o, err := Open(ctx, dir, Options{})
			if err == nil {
				err = errors.Join(errors.New("it opens"), o.Close())
			}
			return err
		})
		if !errors.Is(err, iox.ErrNotRegular) && !errors.Is(err, ErrMisplaced) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestFoldersOfUsersAreNoLinks: what the inbox and the logins keep was written
// where a link led.
func TestFoldersOfUsersAreNoLinks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	outside := t.TempDir()
	at, err := w.Folder(MessagesFolder, "service")
	if err != nil || at != filepath.Join(w.Dir(), MessagesFolder, "service") {
		t.Fatal(at, err)
	}
	if err := os.Symlink(outside, filepath.Join(w.Dir(), MessagesFolder, "other")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(w.Dir(), LoginsFolder)); err != nil {
		t.Fatal(err)
	}
	for _, names := range [][]string{{MessagesFolder, "other"}, {LoginsFolder}, {LoginsFolder, "x"}} {
		if _, err := w.Folder(names...); !errors.Is(err, ErrMisplaced) {
			t.Errorf("%q: %v", names, err)
		}
	}
	if es, err := os.ReadDir(outside); err != nil || len(es) != 0 {
		t.Errorf("%v, %v", es, err)
	}
}
