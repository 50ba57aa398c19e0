//go:build !race

package main

// raceEnabled tells whether the race detector is built in.
const raceEnabled = false
