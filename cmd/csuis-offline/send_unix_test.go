//go:build unix

package main

import (
	"syscall"
	"testing"
	"time"

	"csuis-offline/internal/sim"
	"csuis-offline/outbox"
)

// interruptedSend stores statements, sends them to a slow server and interrupts
// the program while some are on their way. It returns the exit code.
func interruptedSend(t *testing.T, answer time.Duration, signals int) (w *world, exit int) {
	t.Helper()
	w = newWorld(t, func(q sim.Request) sim.Fault {
		if q.Service == sim.Submit {
			return sim.Fault{Kind: sim.Slow, Delay: answer}
		}
		return sim.Fault{}
	})
	w.statements("zaznamy", 1, worldDay, 60)
	w.must([]int{exitOK}, "send", w.path("zaznamy"), "--queue", "--without-checks")
	cmd := w.command("send", "--for", "1m")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	box := w.box()
	defer box.Close()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if n, err := box.Counts(t.Context()); err != nil {
			t.Fatal(err)
		} else if n[outbox.Sending] > 1 {
			break
		}
	}
	for range signals {
		if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
			t.Fatal(err)
		}
		time.Sleep(200 * time.Millisecond)
	}
	_ = cmd.Wait()
	return w, cmd.ProcessState.ExitCode()
}

// TestInterruptedSendLetsRecordsArrive: who interrupts wants no more to be sent,
// and to know what became of what was on its way.
func TestInterruptedSendLetsRecordsArrive(t *testing.T) {
	t.Parallel()
	w, exit := interruptedSend(t, time.Second, 1)
	s := w.states()
	if exit != exitInterrupted || s[outbox.Accepted] == 0 || s[outbox.Prepared] == 0 || s[outbox.Accepted]+s[outbox.Prepared] != 60 {
		t.Errorf("exit %d, states %v", exit, s)
	}
	w.sim.SetFaults(nil)
	w.must([]int{exitOK}, "send")
	if s := w.states(); s[outbox.Accepted] != 60 {
		t.Errorf("after the next run: %v", s)
	}
	w.noSecrets()
}

// TestTwiceInterruptedSendEndsAtOnce: then nobody knows what became of the records
// on their way, and none of them is sent again.
func TestTwiceInterruptedSendEndsAtOnce(t *testing.T) {
	t.Parallel()
	w, _ := interruptedSend(t, 3*time.Second, 2)
	s := w.states()
	if s[outbox.Unknown] < 2 || s[outbox.Accepted] > 1 || s[outbox.Unknown]+s[outbox.Prepared]+s[outbox.Accepted] != 60 {
		t.Errorf("states %v", s)
	}
	w.sim.SetFaults(nil)
	unknown := s[outbox.Unknown]
	w.must([]int{exitOK}, "send")
	if s := w.states(); s[outbox.Unknown] != unknown || s[outbox.Accepted] != 60-unknown {
		t.Errorf("after the next run: %v", s)
	}
}
