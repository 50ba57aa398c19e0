//go:build race

package iso

// raceEnabled makes the tests that try everything try a part.
const raceEnabled = true
