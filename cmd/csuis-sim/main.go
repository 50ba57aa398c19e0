// Command csuis-sim is a simulated CSÚIS to test and train with. It was written
// from the technical manual; it is not the ministry's system (README.md).
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() { os.Exit(start()) }

// start runs the program on its own arguments.
func start() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// The first signal ends the work in good order; a second one ends the program
	// at once.
	context.AfterFunc(ctx, stop)
	a := &app{out: os.Stdout, err: os.Stderr}
	return a.run(ctx, os.Args[1:])
}
