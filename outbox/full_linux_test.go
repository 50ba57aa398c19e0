package outbox

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// TestFullDiskStillLists: opening a database needs room of its own, which SQLite
// misses with an error that does not say so.
func TestFullDiskStillLists(t *testing.T) {
	t.Parallel()
	for _, records := range []int{0, 3} {
		w := newWorld(t)
		for range records {
			w.version()
		}
		crashed := copyOf(t, w.Dir()) // with a write-ahead log
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		for name, from := range map[string]string{"closed": w.Dir(), "crashed": crashed} {
			dir := t.TempDir()
			if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=2097152"); err != nil {
				t.Skipf("a small disk cannot be mounted here: %v", err)
			}
			t.Cleanup(func() { unix.Unmount(dir, unix.MNT_DETACH) })
			box := filepath.Join(dir, "box")
			if err := os.CopyFS(box, os.DirFS(from)); err != nil {
				t.Fatal(err)
			}
			fillUp(t, filepath.Join(dir, "fill"))
			// The index of a log that is there needs no more room.
			if ob, err := Open(t.Context(), box, Options{}); err == nil && name == "crashed" {
				_ = ob.Close()
			} else if !errors.Is(err, ErrFull) || !Unwritable(err) {
				t.Errorf("%s: %v", name, err)
			}
			o, err := Snapshot(t.Context(), box, Options{})
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if got := len((&world{Outbox: o, t: t}).list(Filter{})); got != records {
				t.Errorf("%s: %d records, wanted %d", name, got, records)
			}
			if err := o.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// fillUp writes until nothing more fits.
func fillUp(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for size := 1 << 16; size > 0; size /= 2 {
		for err = nil; err == nil; {
			_, err = f.Write(make([]byte, size))
		}
	}
	if !errors.Is(err, unix.ENOSPC) {
		t.Fatal(err)
	}
}
