//go:build !linux

package bundle

// isOptical would report whether a folder lies on a disc. Here that is not
// known; VerifyOptions.Workers decides.
func isOptical(string) bool { return false }
