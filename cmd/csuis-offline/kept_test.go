package main

import (
	"context"
	"math/rand/v2"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"csuis-offline/checksum"
	"csuis-offline/internal/sim"
	"csuis-offline/internal/testtool"
	"csuis-offline/outbox"
)

// TestWhatTheServerAnsweredIsNeverUnknown sends over connections that the simulator
// resets at random after its answers: 20,000 messages with CSUIS_LONG=1. What it has
// taken is accepted, and what is unknown it has not.
func TestWhatTheServerAnsweredIsNeverUnknown(t *testing.T) {
	t.Parallel()
	messages := 160
	switch {
	case os.Getenv("CSUIS_LONG") != "":
		messages = 20_000
	case testtool.RaceEnabled:
		messages = 60
	}
	var resets atomic.Int64
	w := newWorld(t, func(q sim.Request) sim.Fault {
		if q.Service != sim.Submit || rand.IntN(3) > 0 {
			return sim.Fault{}
		}
		resets.Add(1)
		return sim.Fault{Kind: sim.ResetKept, Delay: time.Duration(rand.IntN(2)*rand.IntN(3000)) * time.Microsecond}
	})
	n := w.statements("zaznamy", 1, worldDay.AddDate(-60, 0, 0), messages)
	w.must([]int{exitOK}, "send", w.path("zaznamy"), "--queue", "--without-checks")
	runs := 0
	for s := w.states(); s[outbox.Prepared]+s[outbox.Waiting] > 0; s = w.states() {
		if runs++; runs > 30 {
			t.Fatalf("after %d runs: %v", runs, s)
		}
		w.must([]int{exitOK, exitIO, exitUnknown}, "send", "--for", "10s")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Minute)
	defer cancel()
	if err := w.sim.Wait(ctx); err != nil {
		t.Fatal(err)
	}
	taken := map[checksum.Sum]bool{}
	for _, d := range w.sim.Deliveries() {
		if taken[d.SHA256] {
			t.Errorf("%s came twice", d.SHA256)
		}
		taken[d.SHA256] = true
	}
	unknown := 0
	for _, r := range w.records() {
		if r.State == outbox.Unknown {
			unknown++
		}
		if taken[r.Sum] != (r.State == outbox.Accepted) {
			t.Errorf("%s is %s, and the server has it: %v; %s", r.Name, r.State, taken[r.Sum], r.Detail)
		}
	}
	t.Logf("%d messages in %d runs, %d connections reset, %d accepted, %d unknown that had not arrived", n, runs, resets.Load(), len(taken), unknown)
}

// TestAGatewaysPageCostsOneRecord: a gateway that answers 200 with a web page, from
// the beginning.
func TestAGatewaysPageCostsOneRecord(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(q sim.Request) sim.Fault {
		if q.Service == sim.Submit {
			return sim.Fault{Kind: sim.WebPage}
		}
		return sim.Fault{}
	})
	n := w.statements("zaznamy", 1, worldDay, 60)
	w.must([]int{exitUnknown}, "send", w.path("zaznamy"), "--without-checks", "--for", "10s")
	if s := w.states(); s[outbox.Unknown] != 1 || s[outbox.Prepared] != n-1 {
		t.Errorf("states %v", s)
	}
	w.sim.SetFaults(nil)
	w.must([]int{exitOK}, "send")
	if s := w.states(); s[outbox.Unknown] != 1 || s[outbox.Accepted] != n-1 {
		t.Errorf("states %v", s)
	}
}
