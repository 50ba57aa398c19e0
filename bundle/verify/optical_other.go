//go:build !linux

package verify

// isOptical would report whether a folder lies on a disc. Here that is not
// known; Options.Workers decides.
func isOptical(string) bool { return false }
