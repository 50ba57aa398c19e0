package stage

import (
	"os"

	"golang.org/x/sys/unix"
)

const hasSyncAll = true

// syncAll flushes the file system that holds dir. Since Linux 5.8, syncfs also
// reports the write errors of any of its files.
func syncAll(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := unix.Syncfs(int(f.Fd())); err != nil {
		return &os.PathError{Op: "syncfs", Path: dir, Err: err}
	}
	return nil
}
