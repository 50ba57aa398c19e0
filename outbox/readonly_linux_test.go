package outbox

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestReadOnlyOutboxIsNamedAsSuch: the error once named a file of a random name
// that nobody had ever seen.
func TestReadOnlyOutboxIsNamedAsSuch(t *testing.T) {
	t.Parallel()
	whole, dir := used(t), t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=8388608"); err != nil {
		t.Skipf("nothing can be mounted here: %v", err)
	}
	t.Cleanup(func() { unix.Unmount(dir, unix.MNT_DETACH) })
	box := filepath.Join(dir, "box")
	if err := os.CopyFS(box, os.DirFS(whole)); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mount("", dir, "", unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
		t.Skipf("nothing can be made read-only here: %v", err)
	}
	o, err := Open(t.Context(), box, Options{})
	if err == nil {
		o.Close()
	}
	if err == nil || !Unwritable(err) || strings.Contains(err.Error(), "probe") || !strings.Contains(err.Error(), box) {
		t.Errorf("%v", err)
	}
}
