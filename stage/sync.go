package stage

import (
	"io/fs"
	"os"
	"path/filepath"
)

// syncEachLimit is the number of files up to which syncTree syncs each file by
// itself. Beyond it, one sync of the whole file system, on systems that offer
// it, is faster than waiting for the disk once per file.
const syncEachLimit = 32

func syncTree(root string) error {
	var dirs, files []string
	many := false
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir():
			dirs = append(dirs, path)
		case e.Type().IsRegular() && !many:
			files = append(files, path)
			if hasSyncAll && len(files) > syncEachLimit {
				many, files = true, nil
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if many {
		if err := syncAll(root); err != nil {
			return err
		}
	}
	for _, f := range files {
		if err := syncFile(f); err != nil {
			return err
		}
	}
	for i := len(dirs) - 1; i >= 0; i-- {
		if err := syncDir(dirs[i]); err != nil {
			return err
		}
	}
	return nil
}

func syncOpen(path string, flag int) error {
	f, err := os.OpenFile(path, flag, 0)
	if err != nil {
		return err
	}
	err = f.Sync()
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}
