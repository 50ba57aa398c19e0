package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"csuis-offline/bundle"
	"csuis-offline/internal/fixture"
	"csuis-offline/internal/sim"
	"csuis-offline/internal/testtool"
	"csuis-offline/outbox"
)

// ordeal is one run of everything that can go wrong.
type ordeal struct {
	*world
	rnd   *rand.Rand
	files int // statements that the user wanted to hand over, all versions
	kills atomic.Int32
	runs  atomic.Int32
	said  map[int64]bool // records that the user left unknown
}

// faults are all kinds at random. A refused password stops all that is the
// person's, so it is rare.
func (o *ordeal) faults(seed uint64) sim.Chooser {
	rule := func(kind sim.FaultKind, probability float64) sim.Rule {
		r := sim.Rule{Service: sim.Submit, Fault: sim.Fault{Kind: kind}, Probability: probability}
		switch kind {
		case sim.Refuse:
			r.Service = sim.Connect
		case sim.Slow:
			r.Fault.Delay = 300 * time.Millisecond
		case sim.DelayStatus:
			r.Fault.Delay = 30 * time.Hour
		}
		return r
	}
	var rules []sim.Rule
	for _, kind := range sim.FaultKinds() {
		p := 0.04
		if kind == sim.Unauthentic {
			p = 0.005
		}
		rules = append(rules, rule(kind, p))
	}
	// The inbox fails as well.
	for _, kind := range []sim.FaultKind{sim.ServerError, sim.CutAfter, sim.SOAPFault} {
		rules = append(rules, sim.Rule{Service: sim.Inbox, Fault: sim.Fault{Kind: kind}, Probability: 0.05})
	}
	return sim.ChooseBy(seed, rules...)
}

func newOrdeal(t *testing.T, seed uint64) *ordeal {
	o := &ordeal{rnd: rand.New(rand.NewPCG(seed, 77)), said: map[int64]bool{}}
	o.world = newWorld(t, o.faults(seed))
	return o
}

func (o *ordeal) between(from, to time.Duration) time.Duration {
	return from + time.Duration(o.rnd.Int64N(int64(to-from)))
}

// store puts a folder's statements into the outbox, killed a few times over.
func (o *ordeal) store(folder string) {
	o.t.Helper()
	for range 3 {
		o.runs.Add(1)
		if o.killed(o.between(20*time.Millisecond, time.Second), "send", o.path(folder), "--queue", "--without-checks") == -1 {
			o.kills.Add(1)
		}
	}
	o.must([]int{exitOK}, "send", o.path(folder), "--queue", "--without-checks")
}

// idle reports whether nothing is left that could be sent by itself.
func (o *ordeal) idle() bool {
	box := o.box()
	defer box.Close()
	p, err := box.Pending(o.t.Context(), outbox.NextOptions{})
	if err != nil {
		o.t.Fatal(err)
	}
	return p.Later+p.Password+p.Sending == 0
}

// senders lets several processes send until nothing is left, or the time is
// over. Each is killed at random moments and started again.
func (o *ordeal) senders(count int, within time.Duration, also func()) {
	end := time.Now().Add(within)
	var all sync.WaitGroup
	var done atomic.Bool
	for i := range count {
		rnd := rand.New(rand.NewPCG(o.rnd.Uint64(), uint64(i)))
		all.Go(func() {
			for time.Now().Before(end) && !done.Load() {
				o.runs.Add(1)
				// The password is right, whatever the server says.
				args := []string{"send", "--for", "2s", "--same-password"}
				if rnd.IntN(2) == 0 {
					args = append(args, "--json")
				}
				after := time.Minute
				if rnd.IntN(4) > 0 {
					after = time.Duration(rnd.Int64N(int64(1200 * time.Millisecond)))
				}
				code := o.killed(after, args...)
				switch code {
				case -1:
					o.kills.Add(1)
				case exitOK, exitFindings, exitIO, exitKey, exitUnknown:
				default:
					o.t.Errorf("send ended with %d", code)
				}
			}
		})
	}
	also()
	for time.Now().Before(end) && !o.idle() {
		time.Sleep(200 * time.Millisecond)
	}
	done.Store(true)
	all.Wait()
}

// word is what the user does about records of which nobody knows anything after
// the inbox was read: she asks, and says what she was told. Every fifth she leaves.
func (o *ordeal) word() {
	o.t.Helper()
	box := o.box()
	defer box.Close()
	for r, err := range box.List(o.t.Context(), outbox.Filter{States: []outbox.State{outbox.Unknown}}) {
		if err != nil {
			o.t.Fatal(err)
		}
		if o.said[r.ID] || r.ID%5 == 0 {
			o.said[r.ID] = true
			continue
		}
		if _, err := box.MarkNotDelivered(o.t.Context(), r.ID, "podle telefonu nedošel"); err != nil {
			o.t.Fatal(err)
		}
	}
}

// calm ends the faults, lets the status messages come that were held back, and
// reads them.
func (o *ordeal) calm() {
	o.t.Helper()
	o.sim.SetFaults(nil)
	// A delay counts from the processing, which lags behind on a busy machine.
	o.settled()
	if err := o.sim.Advance(48 * time.Hour); err != nil {
		o.t.Fatal(err)
	}
	o.settled()
	for range 2 {
		o.updateKilled()
	}
	o.must([]int{exitOK, exitFindings}, "inbox", "update")
}

// updateKilled reads the inbox and is killed at a random moment.
func (o *ordeal) updateKilled() {
	o.runs.Add(1)
	if o.killed(o.between(10*time.Millisecond, time.Second), "inbox", "update") == -1 {
		o.kills.Add(1)
	}
}

// seeds of the ordeals, and how many statements each hands over: a few in an
// ordinary run, with CSUIS_LONG=1 those that the program has to stand.
func ordeals() (seeds []uint64, statements int) {
	if os.Getenv("CSUIS_LONG") != "" {
		return []uint64{1, 2, 3, 4}, 2000
	}
	if testtool.RaceEnabled {
		return []uint64{1}, 60
	}
	return []uint64{1}, 180
}

// TestNothingLostNothingDoubled sends statements through all faults of the
// simulator from several processes that are killed and started again, with newer
// versions of some that come meanwhile and a restart of the simulator. At the end
// each is processed once, refused with its reason, or reported as unknown. In
// every other run what is left goes online first; what is left then goes on discs.
func TestNothingLostNothingDoubled(t *testing.T) {
	t.Parallel()
	seeds, statements := ordeals()
	for _, seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			o := newOrdeal(t, seed)
			corrections := statements / 10
			_, edits, _ := fixture.Break("Rozvaha 12")
			o.files = o.statements("zaznamy", seed, worldDay, statements-2*corrections)
			o.files += o.statements("zaznamy", seed, worldDay.AddDate(8, 0, 0), corrections, edits...)
			o.files += o.statements("opravy", seed+1, worldDay, corrections)
			o.store("zaznamy")
			o.senders(3, 5*time.Minute, func() {
				time.Sleep(o.between(time.Second, 2*time.Second))
				o.store("opravy")
				time.Sleep(o.between(0, time.Second))
				o.restart(o.faults(seed + 1000))
				for range 3 {
					o.updateKilled()
				}
			})
			o.calm()
			before := o.states()
			o.word()
			if seed%2 == 0 {
				o.senders(2, time.Minute, func() {})
				o.calm()
				o.word()
			}
			o.fallBack()
			o.calm()
			o.judge()
			t.Logf("%d statements, %d runs of the program, %d of them killed, %s; before the user's word %v, at the end %v; %d deliveries",
				o.files, o.runs.Load(), o.kills.Load(), time.Since(began).Round(time.Second), before, o.states(), len(o.sim.Deliveries()))
		})
	}
}

// TestDiscsWhileSendersRun falls back to discs while senders still have records
// in hand; the making of packages is killed at random moments.
func TestDiscsWhileSendersRun(t *testing.T) {
	t.Parallel()
	seeds, statements := ordeals()
	for _, seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			o := newOrdeal(t, seed+500)
			o.files = o.statements("zaznamy", seed, worldDay, statements/2)
			o.store("zaznamy")
			o.senders(2, 2*time.Minute, func() {
				for range 6 {
					time.Sleep(o.between(0, 300*time.Millisecond))
					o.packKilled()
					o.updateKilled()
				}
			})
			o.calm()
			o.word()
			o.fallBack()
			o.calm()
			o.judge()
			whole, _ := packages(t, o.path("disky"))
			t.Logf("%d packages, at the end %v", len(whole), o.states())
		})
	}
}

func (o *ordeal) pack() []string {
	return []string{"pack", "--from-outbox", "--without-checks", "--out", o.path("disky")}
}

// packKilled makes a package and kills it at a random moment. The package is
// there whole, and its records are on a disc, or neither.
func (o *ordeal) packKilled() {
	o.t.Helper()
	o.runs.Add(1)
	if o.killed(o.between(10*time.Millisecond, 1500*time.Millisecond), o.pack()...) == -1 {
		o.kills.Add(1)
	}
	// The next run of anything that opens the outbox settles what was left.
	o.must([]int{exitOK}, "send", "--queue")
	o.packagesAsKnown()
}

// packagesAsKnown holds the packages' folders against what the outbox knows.
func (o *ordeal) packagesAsKnown() {
	o.t.Helper()
	box := o.box()
	defer box.Close()
	all, err := box.Packages(o.t.Context())
	if err != nil {
		o.t.Fatal(err)
	}
	made := map[string]outbox.Package{}
	for _, p := range all {
		switch p.State {
		case outbox.Made:
			made[p.Path] = p
		case outbox.Building:
			o.t.Errorf("package %d is neither made nor undone", p.ID)
		}
	}
	whole, _ := packages(o.t, o.path("disky"))
	for _, dir := range whole {
		p, ok := made[dir]
		delete(made, dir)
		if !ok {
			o.t.Errorf("%s stands there, and the outbox does not know it", filepath.Base(dir))
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, bundle.ManifestName))
		if err != nil {
			o.t.Fatal(err)
		}
		m, err := bundle.ReadManifest(bytes.NewReader(data), int64(len(data)))
		if err != nil || m.PackageSHA256.String() != p.Digest || len(m.Records) != p.Records {
			o.t.Errorf("%s is not what the outbox knows of it", filepath.Base(dir))
		}
	}
	for path := range made {
		o.t.Errorf("%s was made, and is not there", filepath.Base(path))
	}
}

// fallBack makes packages of all that is left and hands every package over, as
// the manual's substitute way (chapter D).
func (o *ordeal) fallBack() {
	o.t.Helper()
	o.packKilled()
	o.packKilled()
	// Nothing to pack is a wrong use.
	if code, text := o.run(o.pack()...); code != exitOK && code != exitUsage {
		o.t.Errorf("pack --from-outbox ended with %d\n%s", code, text)
	}
	o.packagesAsKnown()
	whole, _ := packages(o.t, o.path("disky"))
	for _, dir := range whole {
		images, _ := filepath.Glob(filepath.Join(dir, "disc-*.iso"))
		for _, image := range images {
			in, err := o.sim.Intake(o.t.Context(), image)
			if err != nil || len(in.Refused) > 0 {
				o.t.Errorf("%s: %v, %+v", image, err, in)
			}
		}
	}
}
