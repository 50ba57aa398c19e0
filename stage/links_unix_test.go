//go:build unix

package stage

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestNoLinkIsFollowedToALock: a link in the place of the lock once made a file
// where it points.
func TestNoLinkIsFollowedToALock(t *testing.T) {
	t.Parallel()
	dir, outside := t.TempDir(), t.TempDir()
	target := filepath.Join(outside, "made")
	if err := os.Symlink(target, filepath.Join(dir, ".out.csuis-lock")); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(dir, ".pipe.csuis-lock"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"out", "pipe"} {
		if err := writeFile(filepath.Join(dir, name), "x", Options{}); !errors.Is(err, ErrInTheWay) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := Sweep(dir); err != nil {
		t.Error(err)
	}
	if _, err := os.Lstat(target); err == nil {
		t.Error("a file was made where the link points")
	}
	// One to a file that is there is no lock either.
	put(t, target, "theirs")
	if err := writeFile(filepath.Join(dir, "out"), "x", Options{}); !errors.Is(err, ErrInTheWay) {
		t.Error(err)
	}
	content(t, target, "theirs")
	holds(t, dir, ".out.csuis-lock", ".pipe.csuis-lock")
}

// TestNoLinkIsFollowedToAStagingFile: the same of the output so far.
func TestNoLinkIsFollowedToAStagingFile(t *testing.T) {
	t.Parallel()
	dir, target := t.TempDir(), filepath.Join(t.TempDir(), "made")
	if err := os.Symlink(target, filepath.Join(dir, ".out.csuis-partial")); err != nil {
		t.Fatal(err)
	}
	if err := writeFile(filepath.Join(dir, "out"), "x", Options{}); !errors.Is(err, ErrInTheWay) {
		t.Error(err)
	}
	if _, err := os.Lstat(target); err == nil {
		t.Error("a file was made where the link points")
	}
	holds(t, dir, ".out.csuis-partial")
}
