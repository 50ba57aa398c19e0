package online

import (
	"context"
	"errors"
	"sync"
	"time"
)

// errStalled is the cause of a context that the watch has ended.
var errStalled = errors.New("no byte was sent or received for too long")

// watch ends an exchange in which nothing happens for too long. How long is too
// long depends on the phase.
type watch struct {
	mu     sync.Mutex
	phase  Phase
	within time.Duration // of the phase; 0 while others watch: the dialer, TLS
	timer  *time.Timer
	over   bool
}

func newWatch(stop context.CancelCauseFunc) *watch {
	w := &watch{phase: Connecting}
	w.timer = time.AfterFunc(time.Hour, func() { stop(errStalled) })
	w.timer.Stop()
	return w
}

// enter begins a phase.
func (w *watch) enter(p Phase, within time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.phase, w.within = p, within
	w.reset()
}

// follow begins a phase if another one is the present one.
func (w *watch) follow(from, to Phase, within time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.phase == from {
		w.phase, w.within = to, within
		w.reset()
	}
}

// touch says that something happened.
func (w *watch) touch() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.reset()
}

func (w *watch) reset() {
	w.timer.Stop()
	if !w.over && w.within > 0 {
		w.timer.Reset(w.within)
	}
}

func (w *watch) at() Phase {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.phase
}

func (w *watch) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over = true
	w.timer.Stop()
}
