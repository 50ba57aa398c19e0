package main

import (
	"os"
	"runtime/debug"
)

// The program streams, so it keeps little and makes much garbage: a collection
// is worth its time only once much has gathered. If a package has very many
// records, the limit starts the collector before that takes too much memory.
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
