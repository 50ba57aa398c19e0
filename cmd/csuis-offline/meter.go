package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/term"

	"csuis-offline/internal/catalogue"
	"csuis-offline/progress"
)

const (
	meterDelay = time.Second // shorter work shows nothing
	meterPause = 200 * time.Millisecond
)

// meter draws progress on one line of a terminal: share, bytes, rate, time left.
type meter struct {
	w     io.Writer
	cat   *catalogue.Catalogue
	start time.Time
	now   func() time.Time

	max, done atomic.Int64
	stop      chan struct{}
	stopped   sync.WaitGroup
	once      sync.Once
	drawn     int // columns on the terminal now
}

// meter starts a display on standard error where that is a terminal and the
// user wants to be told.
func (a *app) meter() progress.Counter {
	f, ok := a.err.(*os.File)
	if !ok || a.quiet || !term.IsTerminal(int(f.Fd())) {
		return progress.None
	}
	m := newMeter(a.err, a.cat, time.Now)
	m.stopped.Go(m.loop)
	return m
}

func newMeter(w io.Writer, cat *catalogue.Catalogue, now func() time.Time) *meter {
	return &meter{w: w, cat: cat, start: now(), now: now, stop: make(chan struct{})}
}

func (m *meter) loop() {
	tick := time.NewTicker(meterPause)
	defer tick.Stop()
	for {
		select {
		case <-m.stop:
			m.draw("")
			return
		case <-tick.C:
			m.draw(m.line())
		}
	}
}

// SetMax implements progress.Counter.
func (m *meter) SetMax(n int64) { m.max.Store(n) }

// Add implements progress.Counter.
func (m *meter) Add(n int64) { m.done.Add(n) }

// Done implements progress.Counter: it takes the line away.
func (m *meter) Done() {
	m.once.Do(func() { close(m.stop) })
	m.stopped.Wait()
}

// line is what to show now; "" in the first second.
func (m *meter) line() string {
	passed := m.now().Sub(m.start)
	if passed < meterDelay {
		return ""
	}
	done, most := m.done.Load(), m.max.Load()
	rate := float64(done) / passed.Seconds()
	args := catalogue.Args{"done": catalogue.Bytes(done), "rate": catalogue.Bytes(rate)}
	if most <= 0 || done <= 0 {
		return m.cat.Text("progress.unknown", args)
	}
	done = min(done, most)
	args["percent"] = int(done * 100 / most)
	args["max"] = catalogue.Bytes(most)
	args["left"] = time.Duration(float64(most-done) / rate * float64(time.Second)).Round(time.Second)
	return m.cat.Text("progress.known", args)
}

// draw replaces the line on the terminal.
func (m *meter) draw(line string) {
	if line == "" && m.drawn == 0 {
		return
	}
	n := width(line)
	fmt.Fprint(m.w, "\r"+line+strings.Repeat(" ", max(0, m.drawn-n)))
	if line == "" {
		fmt.Fprint(m.w, "\r")
	}
	m.drawn = n
}

// counted tells a counter about what is read through it.
type counted struct {
	r io.Reader
	c progress.Counter
}

func (c counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.c.Add(int64(n))
	return n, err
}
