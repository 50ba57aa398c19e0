package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"csuis-offline/crypto"
	"csuis-offline/internal/fixture"
	"csuis-offline/internal/sim"
)

const simPassword = "heslo-z-obálky"

// TestOnlineScripts are the scripts that speak with a simulated CSÚIS.
func TestOnlineScripts(t *testing.T) {
	t.Parallel()
	p := scriptParams(filepath.Join("testdata", "online"))
	setup := p.Setup
	p.Setup = func(e *testscript.Env) error {
		e.Values[simValue] = &simulated{}
		return setup(e)
	}
	p.Cmds["sim"] = cmdSim
	p.Cmds["simwait"] = cmdSimWait
	p.Cmds["simdo"] = cmdSimDo
	p.Cmds["statements"] = cmdStatements
	p.Cmds["nosecret"] = cmdNoSecret
	testscript.Run(t, p)
}

const simValue = "sim"

// simulated is the simulator of one script.
type simulated struct {
	s   *sim.Sim
	dir string
	reg *sim.Register
}

func simOf(ts *testscript.TestScript) *simulated { return ts.Value(simValue).(*simulated) }

// cmdSim starts a simulator and writes what a person needs to speak with it:
// csuis.toml, AESKEY.DEC, heslo.txt. On the second call it goes on with the same
// state at another address.
func cmdSim(ts *testscript.TestScript, _ bool, _ []string) {
	v := simOf(ts)
	if v.reg == nil {
		var keys []*crypto.Key
		for i, name := range []string{"AESKEY.DEC", "kraj.DEC"} {
			raw := bytes.Repeat([]byte{byte(7 + i)}, crypto.KeySize)
			key, err := crypto.NewKey(slices.Clone(raw))
			ts.Check(err)
			keys = append(keys, key)
			ts.Check(os.WriteFile(ts.MkAbs(name), raw, 0o600))
		}
		var err error
		v.dir = ts.MkAbs("simulator")
		v.reg, err = sim.NewRegister([]sim.Unit{{IC: fixture.UnitIC, Name: fixture.UnitName}, {IC: "08888882", Name: "Kraj", Consolidates: []string{fixture.UnitIC}}},
			[]sim.Person{
				{Login: "zofie", Password: simPassword, ID: fixture.PersonID, Name: fixture.PersonName, Key: keys[0], Units: []string{fixture.UnitIC}},
				{Login: "kraj", Password: simPassword, ID: "9999000009", Key: keys[1], Units: []string{"08888882"}},
			})
		ts.Check(err)
		ts.Check(os.WriteFile(ts.MkAbs("heslo.txt"), []byte(simPassword+"\n"), 0o600))
	}
	var err error
	v.s, err = sim.Open(sim.Options{Dir: v.dir, Register: v.reg})
	ts.Check(err)
	ts.Defer(func() { v.s.Close() })
	ts.Check(v.s.Start("127.0.0.1:0"))
	config := func(ic, name, person, login, key, box string) []byte {
		return fmt.Appendf(nil, "[unit]\nic = %q\nname = %q\n[person]\nid = %q\nname = %q\nemail = %q\nphones = [%q]\n[key]\nfile = %q\n[online]\n"+
			"submit = %q\ninbox = %q\nuser = %q\npassword_file = \"heslo.txt\"\nca = %q\noutbox = %q\n",
			ic, name, person, fixture.PersonName, fixture.PersonEmail, fixture.PersonPhone, key, v.s.SubmitURL(), v.s.InboxURL(), login, "simulator/"+filepath.Base(v.s.CAFile()), box)
	}
	ts.Check(os.WriteFile(ts.MkAbs("csuis.toml"), config(fixture.UnitIC, fixture.UnitName, fixture.PersonID, "zofie", "AESKEY.DEC", "box"), 0o600))
	ts.Check(os.WriteFile(ts.MkAbs("kraj.toml"), config("08888882", "Kraj", "9999000009", "kraj", "kraj.DEC", "kraj"), 0o600))
}

// cmdSimWait waits until everything that was accepted is processed.
func cmdSimWait(ts *testscript.TestScript, _ bool, _ []string) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	ts.Check(simOf(ts).s.Wait(ctx))
}

// cmdSimDo gives the simulator an order: simdo fault RULE..., advance DURATION,
// request TYPE DATE, intake GLOB, close.
func cmdSimDo(ts *testscript.TestScript, _ bool, args []string) {
	v := simOf(ts)
	c := sim.Command{Seed: 1}
	switch args[0] {
	case "fault":
		c.Faults = append([]string{}, args[1:]...)
	case "advance":
		d, err := time.ParseDuration(args[1])
		ts.Check(err)
		c.Advance = d
	case "request":
		c.Request = &sim.RecordWanted{IC: fixture.UnitIC, RecordType: args[1], Date: args[2], Text: "prosíme"}
	case "intake":
		found, err := filepath.Glob(ts.MkAbs(args[1]))
		ts.Check(err)
		c.Intake = found[len(found)-1] // the newest by its name
	case "close":
		ts.Check(v.s.Close())
		return
	}
	_, err := v.s.Do(context.Background(), c)
	ts.Check(err)
}

// cmdStatements makes made-up statements: statements DIR SEED DATE KIND..., with a
// sum that is wrong where the kind ends in "!".
func cmdStatements(ts *testscript.TestScript, _ bool, args []string) {
	dir := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(dir, 0o777))
	seed, err := strconv.ParseUint(args[1], 10, 64)
	ts.Check(err)
	date, err := time.Parse(time.DateOnly, args[2])
	ts.Check(err)
	for _, kind := range args[3:] {
		kind, broken := strings.CutSuffix(kind, "!")
		var edits []fixture.Edit
		if broken {
			edits = []fixture.Edit{{Kind: "Rozvaha", Position: "C", Column: 1, Add: 1}}
		}
		for _, r := range fixture.StatementRecords(seed, date, edits...) {
			if strings.HasPrefix(r.File, kind+" ") {
				ts.Check(os.WriteFile(filepath.Join(dir, kind+".xml"), r.Data, 0o666))
			}
		}
	}
}

// cmdNoSecret wants the password in no output.
func cmdNoSecret(ts *testscript.TestScript, _ bool, _ []string) {
	for _, name := range []string{"stdout", "stderr"} {
		if strings.Contains(ts.ReadFile(name), simPassword) {
			ts.Fatalf("%s holds the password", name)
		}
	}
}
