package main

import (
	"os"
	"runtime/debug"
)

// The program streams, so it keeps little and makes much garbage: a collection
// is worth while only once some has come together. Where a package has very
// many records, the limit brings the collector back before that becomes much.
const (
	collectAfter = 400       // percent of what is alive
	memoryLimit  = 160 << 20 // bytes
)

// tuneMemory sets the collector, unless the user's environment does.
func tuneMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collectAfter)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
}
