package stage

import (
	"bytes"
	"errors"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

func TestFullDiskLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=65536"); err != nil {
		t.Skipf("a small disk cannot be mounted here: %v", err)
	}
	t.Cleanup(func() { unix.Unmount(dir, unix.MNT_DETACH) })
	big := string(bytes.Repeat([]byte("x"), 1<<20))
	if err := writeFile(filepath.Join(dir, "out"), big, Options{}); !errors.Is(err, unix.ENOSPC) {
		t.Errorf("got %v", err)
	}
	holds(t, dir)
	if err := writeFile(filepath.Join(dir, "out"), "small", Options{}); err != nil {
		t.Errorf("the next run: %v", err)
	}
	holds(t, dir, "out")
}
