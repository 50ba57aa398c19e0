//go:build !linux

package verify

// isOptical would report whether a folder lies on a disc, as on Linux. How other
// systems say so is not known here, so Options.Workers decides how many records
// are read at once.
func isOptical(string) bool { return false }
