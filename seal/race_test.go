//go:build race

package seal

// The race detector makes everything some ten times slower.
const slow = 16
