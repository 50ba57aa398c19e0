//go:build !linux && !darwin && !windows

package stage

// renameNew renames only when nothing stands at to.
func renameNew(from, to string) error { return renameClaim(from, to) }
