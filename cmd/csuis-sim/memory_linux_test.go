//go:build linux && !race

package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"csuis-offline/internal/fixture"
	"csuis-offline/internal/sim"
	"csuis-offline/seal"
)

// TestMemoryDoesNotGrowWithTheRecord: one of some 30 MB is taken, opened and
// checked by a process that never has as much.
func TestMemoryDoesNotGrowWithTheRecord(t *testing.T) {
	t.Parallel()
	state := filepath.Join(t.TempDir(), "s")
	p := serveProcess(t, state, "--demo")
	key, err := readKey(filepath.Join(state, "AESKEY.DEC"))
	if err != nil {
		t.Fatal(err)
	}
	password, err := os.ReadFile(filepath.Join(state, "heslo.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var doc, sealed bytes.Buffer
	fixture.EnvelopedBalanceSheet(&doc, rand.New(rand.NewPCG(1, 2)), 110_000)
	if _, err := seal.Seal(t.Context(), &sealed, &doc, seal.Options{Key: key, Now: time.Now()}); err != nil {
		t.Fatal(err)
	}
	size := sealed.Len()
	if err := p.post(t, strings.TrimSpace(string(password)), sealed.Bytes()); err != nil {
		t.Fatal(err)
	}
	register, err := sim.ReadRegister(filepath.Join(state, personsName))
	if err != nil {
		t.Fatal(err)
	}
	for begun := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		reply, err := sim.Order(t.Context(), sim.Options{Dir: state, Register: register}, sim.Command{})
		if err != nil {
			t.Fatal(err)
		}
		if d := reply.Deliveries[0]; d.Outcome == sim.Processed && d.Size == int64(size) {
			break
		} else if time.Since(begun) > time.Minute || d.Outcome != sim.Waiting {
			t.Fatalf("%+v", d)
		}
	}
	peak := 0
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		fmt.Sscanf(line, "VmHWM: %d kB", &peak)
	}
	if peak == 0 || peak<<10 > size*3/2 {
		t.Errorf("a peak of %d kB for a record of %d bytes", peak, size)
	}
	t.Logf("a peak of %d kB for a record of %d bytes", peak, size)
}
