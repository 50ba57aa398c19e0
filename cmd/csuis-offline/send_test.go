package main

import (
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"csuis-offline/internal/fixture"
	"csuis-offline/internal/sim"
	"csuis-offline/outbox"
)

var worldDay = time.Date(2015, time.March, 1, 0, 0, 0, 0, time.UTC)

func (w *world) states() map[outbox.State]int {
	w.t.Helper()
	all := map[outbox.State]int{}
	for _, r := range w.records() {
		all[r.State]++
	}
	return all
}

// TestWhatWasNotTriedIsNotUnknown: a run that gives up because the channel does
// not work must leave what it has not touched as it was, and say that it is not
// delivered.
func TestWhatWasNotTriedIsNotUnknown(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(q sim.Request) sim.Fault {
		if q.Service == sim.Connect {
			return sim.Fault{Kind: sim.Refuse}
		}
		return sim.Fault{}
	})
	n := w.statements("zaznamy", 1, worldDay, 60)
	w.must([]int{exitOK}, "send", w.path("zaznamy"), "--queue", "--without-checks")
	w.must([]int{exitIO}, "send")
	if s := w.states(); s[outbox.Prepared]+s[outbox.Waiting] != n || s[outbox.Prepared] == 0 {
		t.Errorf("states %v", s)
	}
}

// TestWrongPasswordIsTriedOnce: who has many records must not lose the account
// by as many attempts.
func TestWrongPasswordIsTriedOnce(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	w := newWorld(t, func(q sim.Request) sim.Fault {
		if q.Service == sim.Submit {
			asked.Add(1)
		}
		return sim.Fault{}
	})
	n := w.statements("zaznamy", 1, worldDay, 60)
	w.write("heslo.txt", "jine-heslo\n")
	w.must([]int{exitKey}, "send", w.path("zaznamy"), "--without-checks", "--for", "2s")
	w.must([]int{exitKey}, "send", "--for", "2s")
	if got := asked.Load(); got != 1 {
		t.Errorf("asked %d times", got)
	}
	w.write("heslo.txt", worldPassword+"\n")
	w.must([]int{exitOK}, "send")
	if s := w.states(); s[outbox.Accepted] != n {
		t.Errorf("states %v", s)
	}
}

// interrupted leaves the outbox as a program does that dies between the name of
// a package and its folder.
func (w *world) interrupted(path string) {
	w.t.Helper()
	box := w.box()
	defer box.Close()
	p, err := box.StartPackage(w.t.Context(), outbox.PackageOptions{Unit: fixture.UnitIC})
	if err == nil {
		err = box.NamePackage(w.t.Context(), p.ID, filepath.Base(path), path)
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// TestPackageOfAnotherRunIsNotTakenForTheInterrupted: the name was free when the
// run that died chose it, and another run took it.
func TestPackageOfAnotherRunIsNotTakenForTheInterrupted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	n := w.statements("zaznamy", 1, worldDay, 4)
	w.must([]int{exitOK}, "send", w.path("zaznamy"), "--queue", "--without-checks")
	w.statements("jine", 2, worldDay.AddDate(0, 1, 0), 2)
	w.must([]int{exitOK}, "pack", w.path("jine"), "--out", w.path("disky"), "--without-checks")
	whole, _ := packages(t, w.path("disky"))
	w.interrupted(whole[0])
	w.must([]int{exitOK}, "send")
	if s := w.states(); s[outbox.Accepted] != n {
		t.Errorf("states %v", s)
	}
}

// TestPackageOnADriveThatIsAwayIsLeftAlone: whether it was made cannot be told
// now, and it may be on a disc.
func TestPackageOnADriveThatIsAwayIsLeftAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	n := w.statements("zaznamy", 1, worldDay, 4)
	w.must([]int{exitOK}, "send", w.path("zaznamy"), "--queue", "--without-checks")
	w.interrupted(filepath.Join(w.path("odpojeno"), "CSUIS_09999990_20150301_01"))
	w.must([]int{exitOK}, "send")
	if s := w.states(); s[outbox.OnDisc] != n {
		t.Errorf("states %v", s)
	}
	// With the drive back the folder is not there, so it was not made.
	w.write("odpojeno/prazdny", "")
	w.must([]int{exitOK}, "send")
	if s := w.states(); s[outbox.Accepted] != n {
		t.Errorf("states %v", s)
	}
}

// TestRefusedRecordIsNotTriedAgain: what the server says no to, it says no to again.
func TestRefusedRecordIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]struct {
		status int
		body   string
	}{
		"fault": {http.StatusInternalServerError, `<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body><S:Fault>` +
			`<faultcode>S:Client</faultcode><faultstring>Neznámý tvar</faultstring></S:Fault></S:Body></S:Envelope>`},
		"status": {http.StatusRequestEntityTooLarge, "nein"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asked := atomic.Int32{}
			server := httptest.NewTLSServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				asked.Add(1)
				_, _ = io.Copy(io.Discard, r.Body)
				rw.Header().Set("Content-Type", "text/xml;charset=utf-8")
				rw.WriteHeader(answer.status)
				_, _ = io.WriteString(rw, answer.body)
			}))
			defer server.Close()
			w := newWorld(t, nil)
			w.write("ca.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})))
			w.statements("zaznamy", 1, worldDay, 1)
			args := []string{"send", w.path("zaznamy"), "--without-checks", "--submit-url", server.URL + "/csuis/ws/vykazy", "--ca", w.path("ca.pem"), "--for", "5s", "--json"}
			text := w.must([]int{exitFindings}, args...)
			if !strings.Contains(text, `"code":"send.refused"`) || !strings.Contains(text, `"refused":1`) {
				t.Errorf("said %s", text)
			}
			if r := w.records()[0]; r.State != outbox.Refused || r.Reason == "" || asked.Load() != 1 {
				t.Errorf("%s, reason %q, asked %d times", r.State, r.Reason, asked.Load())
			}
		})
	}
}
