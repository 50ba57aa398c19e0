//go:build race

package testtool

const (
	// RaceEnabled says whether the race detector is built in.
	RaceEnabled = true
	// Slowdown is by how much the race detector may make work slower: tests
	// allow so much more time, or make so much less. Without it, it is 1.
	Slowdown = 16
)
