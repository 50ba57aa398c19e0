package main

import (
	"os"
	"time"

	"golang.org/x/term"

	"csuis-offline/internal/catalogue"
	"csuis-offline/internal/meter"
	"csuis-offline/progress"
)

const (
	meterDelay = time.Second // shorter work shows nothing
	meterPause = 200 * time.Millisecond
)

// meter shows progress on standard error if that is a terminal and the user did
// not choose --quiet.
func (a *app) meter() progress.Counter {
	f, ok := a.err.(*os.File)
	if !ok || a.quiet || !term.IsTerminal(int(f.Fd())) {
		return progress.None
	}
	return meter.Start(f, meterPause, a.meterLine)
}

// meterLine is the share, the bytes, the rate and the time left.
func (a *app) meterLine(passed time.Duration, done, most int64) string {
	if passed < meterDelay {
		return ""
	}
	rate := float64(done) / passed.Seconds()
	args := catalogue.Args{"done": catalogue.Bytes(done), "rate": catalogue.Bytes(rate)}
	if most <= 0 || done <= 0 {
		return a.cat.Text("progress.unknown", args)
	}
	done = min(done, most)
	args["percent"] = int(done * 100 / most)
	args["max"] = catalogue.Bytes(most)
	args["left"] = time.Duration(float64(most-done) / rate * float64(time.Second)).Round(time.Second)
	return a.cat.Text("progress.known", args)
}
