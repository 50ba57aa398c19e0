//go:build !linux && !darwin && !windows

package stage

// renameNew renames only if nothing exists at to.
func renameNew(from, to string) error { return renameClaim(from, to) }
