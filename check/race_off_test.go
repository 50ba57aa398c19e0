//go:build !race

package check

// raceEnabled tells whether the race detector is built in.
const raceEnabled = false
