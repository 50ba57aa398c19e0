package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"csuis-offline/crypto"
	"csuis-offline/internal/fixture"
	"csuis-offline/internal/sim"
	"csuis-offline/outbox"
)

const (
	worldLogin    = "zofie"
	worldPassword = "Heslo<z>&Obálky 7"
)

// world is a simulated CSÚIS and a user of it: her configuration, key, password
// and outbox in one folder.
type world struct {
	t   testing.TB
	dir string
	sim *sim.Sim

	mu  sync.Mutex
	out bytes.Buffer // all that the program printed in all runs
}

func (w *world) path(name string) string { return filepath.Join(w.dir, name) }

func worldKey() []byte { return bytes.Repeat([]byte{0x5A, 0xC3}, crypto.KeySize/2) }

func newWorld(t testing.TB, choose sim.Chooser) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir()}
	w.write("AESKEY.DEC", string(worldKey()))
	w.write("heslo.txt", worldPassword+"\n")
	w.serve("127.0.0.1:0", choose)
	t.Cleanup(func() { w.sim.Close() })
	w.write("csuis.toml", fmt.Sprintf(`[unit]
ic = %q
name = %q
[person]
id = %q
name = %q
[key]
file = "AESKEY.DEC"
[online]
submit = %q
inbox = %q
user = %q
password_file = "heslo.txt"
ca = %q
outbox = "odesilani"
`, fixture.UnitIC, fixture.UnitName, fixture.PersonID, fixture.PersonName, w.sim.SubmitURL(), w.sim.InboxURL(), worldLogin, w.sim.CAFile()))
	return w
}

func (w *world) write(name, text string) {
	w.t.Helper()
	if err := os.MkdirAll(filepath.Dir(w.path(name)), 0o700); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(w.path(name), []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// serve opens the simulator in its state folder, and serves.
func (w *world) serve(listen string, choose sim.Chooser) {
	w.t.Helper()
	key, err := crypto.NewKey(worldKey())
	if err != nil {
		w.t.Fatal(err)
	}
	register, err := sim.NewRegister([]sim.Unit{{IC: fixture.UnitIC, Name: fixture.UnitName}}, []sim.Person{{
		Login: worldLogin, Password: worldPassword, ID: fixture.PersonID, Name: fixture.PersonName, Key: key, Units: []string{fixture.UnitIC},
	}})
	if err == nil {
		w.sim, err = sim.Open(sim.Options{Dir: w.path("csuis"), Register: register, Choose: choose})
	}
	if err == nil {
		err = w.sim.Start(listen)
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// restart ends the simulator, with whatever is under way, and starts it anew at
// the same address.
func (w *world) restart(choose sim.Chooser) {
	w.t.Helper()
	u, err := url.Parse(w.sim.URL())
	if err == nil {
		err = w.sim.Close()
	}
	if err != nil {
		w.t.Fatal(err)
	}
	time.Sleep(50 * time.Millisecond)
	w.serve(u.Host, choose)
}

// command is one run of the program. What it prints is kept.
func (w *world) command(args ...string) *exec.Cmd {
	cmd := exec.Command(program, append(args, "--config", w.path("csuis.toml"))...)
	cmd.Env = append(os.Environ(), hastyVar+"=40ms", "XDG_CONFIG_HOME="+w.dir, "HOME="+w.dir)
	cmd.Stdout = &kept{w: w}
	cmd.Stderr = cmd.Stdout
	return cmd
}

// kept is the output of one run.
type kept struct {
	w    *world
	text bytes.Buffer
}

func (k *kept) Write(p []byte) (int, error) {
	k.w.mu.Lock()
	defer k.w.mu.Unlock()
	k.w.out.Write(p)
	return k.text.Write(p)
}

// run runs the program to its end and returns its exit code and what it printed.
func (w *world) run(args ...string) (int, string) {
	cmd := w.command(args...)
	_ = cmd.Run() // the exit code tells
	return cmd.ProcessState.ExitCode(), cmd.Stdout.(*kept).text.String()
}

// must wants the program to end with one of the exit codes.
func (w *world) must(codes []int, args ...string) string {
	w.t.Helper()
	code, text := w.run(args...)
	for _, c := range codes {
		if c == code {
			return text
		}
	}
	w.t.Fatalf("%v ended with %d\n%s", args, code, text)
	return ""
}

// killed runs the program and kills it after a time, unless it ends sooner.
func (w *world) killed(after time.Duration, args ...string) (exit int) {
	cmd := w.command(args...)
	if err := cmd.Start(); err != nil {
		w.t.Error(err)
		return 0
	}
	timer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	_ = cmd.Wait()
	return cmd.ProcessState.ExitCode() // -1 where it was killed
}

func (w *world) settled() {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	if err := w.sim.Wait(ctx); err != nil {
		w.t.Fatal(err)
	}
}

// box opens the outbox, as the program does.
func (w *world) box() *outbox.Outbox {
	w.t.Helper()
	box, err := outbox.Open(w.t.Context(), w.path("odesilani"), outbox.Options{})
	if err != nil {
		w.t.Fatal(err)
	}
	return box
}

// records lists the outbox.
func (w *world) records() []outbox.Record {
	w.t.Helper()
	box := w.box()
	defer box.Close()
	var all []outbox.Record
	for r, err := range box.List(w.t.Context(), outbox.Filter{}) {
		if err != nil {
			w.t.Fatal(err)
		}
		all = append(all, r)
	}
	return all
}

// noSecrets wants neither the password nor the key in anything that was printed
// or logged.
func (w *world) noSecrets() {
	w.t.Helper()
	w.mu.Lock()
	texts := map[string]string{"the output of the runs": w.out.String()}
	w.mu.Unlock()
	for _, name := range []string{"outbox.db", "outbox.db-wal"} {
		if data, err := os.ReadFile(filepath.Join(w.path("odesilani"), name)); err == nil {
			texts[name] = string(data)
		}
	}
	b64, h := base64.StdEncoding.EncodeToString, hex.EncodeToString
	key := worldKey()
	for what, text := range texts {
		for _, secret := range []string{
			worldPassword, b64([]byte(worldPassword)), url.QueryEscape(worldPassword), url.PathEscape(worldPassword),
			strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(worldPassword),
			b64([]byte(worldLogin + ":" + worldPassword)), string(key), h(key), strings.ToUpper(h(key)), b64(key), fmt.Sprint(key),
		} {
			if strings.Contains(text, secret) {
				w.t.Errorf("%s: a secret stands in it", what)
			}
		}
	}
}

// statements writes made-up statements that pass all checks, four for each day
// from the first: of each type one. It returns how many it wrote.
func (w *world) statements(folder string, seed uint64, first time.Time, count int, edits ...fixture.Edit) int {
	w.t.Helper()
	n := 0
	for day := first; n < count; day = day.AddDate(0, 0, 1) {
		for _, r := range fixture.StatementRecords(seed+uint64(day.Unix()), day, edits...) {
			if n < count && !strings.HasPrefix(r.File, "Zmeny") { // another of type 003
				w.write(filepath.Join(folder, day.Format("20060102")+r.File[:6]+".xml"), string(r.Data))
				n++
			}
		}
	}
	return n
}
