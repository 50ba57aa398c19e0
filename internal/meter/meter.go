// Package meter shows how far work is, on one line of a terminal.
package meter

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"
)

// Line says what to show of work that has taken so long: done of max bytes; a
// max of 0 is unknown. "" shows nothing.
type Line func(passed time.Duration, done, max int64) string

// Meter draws the line of one piece of work. It is a progress.Counter.
type Meter struct {
	w     io.Writer
	line  Line
	start time.Time

	max, done atomic.Int64
	stop      chan struct{}
	stopped   sync.WaitGroup
	once      sync.Once
	drawn     int // columns on the terminal now
}

// Start shows on w, which is a terminal, what line says at each interval, until
// Done.
func Start(w io.Writer, interval time.Duration, line Line) *Meter {
	m := &Meter{w: w, line: line, start: time.Now(), stop: make(chan struct{})}
	m.stopped.Go(func() { m.loop(interval) })
	return m
}

func (m *Meter) loop(interval time.Duration) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		select {
		case <-m.stop:
			m.draw("")
			return
		case <-tick.C:
			m.draw(m.line(time.Since(m.start), m.done.Load(), m.max.Load()))
		}
	}
}

// SetMax announces the total in bytes.
func (m *Meter) SetMax(n int64) { m.max.Store(n) }

// Add reports that so many bytes more are done.
func (m *Meter) Add(n int64) { m.done.Add(n) }

// Done removes the line. It may be called more than once.
func (m *Meter) Done() {
	m.once.Do(func() { close(m.stop) })
	m.stopped.Wait()
}

// draw replaces the line on the terminal.
func (m *Meter) draw(line string) {
	if line == "" && m.drawn == 0 {
		return
	}
	n := utf8.RuneCountInString(line)
	fmt.Fprint(m.w, "\r"+line+strings.Repeat(" ", max(0, m.drawn-n)))
	if line == "" {
		fmt.Fprint(m.w, "\r")
	}
	m.drawn = n
}
