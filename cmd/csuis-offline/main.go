// Command csuis-offline seals accounting records, builds the package of a
// hand-over on disc, and verifies packages, images and discs. This folder is
// the only one that knows a terminal: flags in, one call out, findings printed.
package main

import (
	"context"
	"crypto/rand"
	"io"
	"log"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"
)

func main() {
	tuneMemory()
	code, _ := start()
	os.Exit(code)
}

// stopSignals are those that end the work in good order. A closed terminal is
// among them, unless the program was started to outlive it (nohup).
func stopSignals() []os.Signal {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		signals = append(signals, syscall.SIGHUP)
	}
	return signals
}

// start runs the program on its own arguments. Tests change the app first.
func start(changes ...func(*app)) (int, *app) {
	// The first signal asks the work to stop and clean up; a second one ends the
	// program at once, whatever it is doing.
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, stopSignals()...)
	ctx, stop := signal.NotifyContext(context.Background(), stopSignals()...)
	defer stop()
	patient := make(chan struct{})
	context.AfterFunc(ctx, func() {
		<-signals // the first one, unless the work is done, which ends the program
		end(signals, patient)
	})
	// net/http logs what a server sends unasked, which could be anything.
	log.SetOutput(io.Discard)
	a := &app{
		in: os.Stdin, out: os.Stdout, err: os.Stderr,
		now: time.Now, rand: rand.Reader, getenv: os.Getenv, identity: identify(release), patient: patient,
	}
	for _, change := range changes {
		change(a)
	}
	return a.run(ctx, os.Args[1:]), a
}

// grace is how long the work may take to stop. Whatever is cut off after that is
// as after a kill: the old state or the new one is there.
const grace = 10 * time.Second

// end ends the program at the next signal, or when the work does not stop: it may
// wait for a terminal or a disk. Work that is patient may take as long as it needs.
func end(signals <-chan os.Signal, patient <-chan struct{}) {
	select {
	case <-signals:
	case <-time.After(grace):
		select {
		case <-patient:
			<-signals
		default:
		}
	}
	os.Exit(exitInterrupted)
}

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
