//go:build race

package rules_test

// raceEnabled tells whether the race detector is built in: it has nothing to add to
// sums.
const raceEnabled = true
