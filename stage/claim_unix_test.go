//go:build !windows

package stage

import "os"

// claimForTest is the rename of file systems without an exclusive one.
func claimForTest(from, to string, replace bool) error {
	if replace {
		return os.Rename(from, to)
	}
	return renameClaim(from, to)
}
