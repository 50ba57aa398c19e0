package online_test

import (
	"io"
	"log"
	"testing"
)

// quiet swallows what a server says of connections that break on purpose.
func quiet(testing.TB) *log.Logger { return log.New(io.Discard, "", 0) }
