package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"csuis-offline/crypto"
	"csuis-offline/envelope"
	"csuis-offline/internal/catalogue"
	"csuis-offline/internal/fixture"
	"csuis-offline/internal/sim"
	"csuis-offline/seal"
)

// runVar makes the test's own binary the program.
const runVar = "CSUIS_SIM_RUN"

func TestMain(m *testing.M) {
	if os.Getenv(runVar) != "" {
		os.Exit(start())
	}
	testscript.Main(m, map[string]func(){program: func() { os.Exit(start()) }})
}

func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{Dir: "testdata", RequireExplicitExec: true, Cmds: map[string]func(*testscript.TestScript, bool, []string){
		"exits": func(ts *testscript.TestScript, neg bool, args []string) {
			want, err := strconv.Atoi(args[0])
			ts.Check(err)
			got := 0
			if err := ts.Exec(args[1], args[2:]...); err != nil {
				var exit *exec.ExitError
				if !errors.As(err, &exit) {
					ts.Fatalf("%v", err)
				}
				got = exit.ExitCode()
			}
			if got != want {
				ts.Fatalf("exit code %d, want %d", got, want)
			}
		},
		// sealed makes a folder with a sealed record and its checksum: sealed DIR KEY
		"sealed": func(ts *testscript.TestScript, _ bool, args []string) {
			key, err := readKey(ts.MkAbs(args[1]))
			ts.Check(err)
			data, res, err := sealedRecord(key, 1)
			ts.Check(err)
			dir := ts.MkAbs(args[0])
			ts.Check(os.MkdirAll(dir, 0o700))
			ts.Check(os.WriteFile(filepath.Join(dir, "ROZVAHA.XM6"), data, 0o600))
			ts.Check(os.WriteFile(filepath.Join(dir, "ROZVAHA.SHA"), []byte(res.Sum.String()+"  ROZVAHA.XM6\n"), 0o600))
		},
	}})
}

func readKey(path string) (*crypto.Key, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return crypto.ReadKey(bytes.NewReader(raw), nil)
}

func sealedRecord(key *crypto.Key, seed uint64) ([]byte, *seal.Result, error) {
	date := time.Date(2025, time.December, 31, 0, 0, 0, 0, time.UTC)
	var out bytes.Buffer
	for _, r := range fixture.StatementRecords(seed, date) {
		if !bytes.Contains(r.Data, []byte("Rozvaha:v1")) {
			continue
		}
		res, err := seal.Seal(context.Background(), &out, bytes.NewReader(r.Data), seal.Options{
			Key: key, Now: time.Now(),
			Envelope: &envelope.Config{
				Unit:   envelope.Unit{IC: fixture.UnitIC, Name: fixture.UnitName},
				Person: envelope.Person{ID: fixture.PersonID},
			},
		})
		return out.Bytes(), res, err
	}
	return nil, nil, errors.New("no made-up Rozvaha")
}

// process is a simulator in a process of its own.
type process struct {
	cmd *exec.Cmd
	served
}

func serveProcess(t *testing.T, state string, args ...string) *process {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{cmd: exec.Command(exe, append([]string{"serve", "--json", "--state", state}, args...)...)}
	p.cmd.Env = append(os.Environ(), runVar+"=1")
	out, err := p.cmd.StdoutPipe()
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.kill() })
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		t.Fatalf("%v, %s", err, line)
	}
	var v struct {
		Type   string
		Result *served
	}
	v.Result = &p.served
	if err := json.Unmarshal(line, &v); err != nil || v.Type != "serving" {
		t.Fatalf("%v, %s", err, line)
	}
	return p
}

func (p *process) kill() {
	p.cmd.Process.Kill()
	p.cmd.Wait()
}

func (p *process) post(t *testing.T, password string, sealed []byte) error {
	t.Helper()
	pem, err := os.ReadFile(p.CA)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, DisableKeepAlives: true}, Timeout: 20 * time.Second}
	body := `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><EncryptedMessage xmlns="` + envelope.MessagingNS + `">` +
		base64.StdEncoding.EncodeToString(sealed) + `</EncryptedMessage></s:Body></s:Envelope>`
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.Submit, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "text/xml;charset=utf-8")
	req.SetBasicAuth("zofie", password)
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Fatalf("answered %s", res.Status)
	}
	return nil
}

// TestKilledSimulatorGoesOn: what was answered is processed once, whenever the
// process was killed.
func TestKilledSimulatorGoesOn(t *testing.T) {
	t.Parallel()
	state := filepath.Join(t.TempDir(), "s")
	p := serveProcess(t, state, "--demo")
	key, err := readKey(filepath.Join(state, "AESKEY.DEC"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(state, "heslo.txt"))
	if err != nil {
		t.Fatal(err)
	}
	password := strings.TrimSpace(string(text))
	answered := map[string]bool{}
	for round := range uint64(5) {
		kill := time.AfterFunc(time.Duration(20+37*round)*time.Millisecond, func() { p.cmd.Process.Kill() })
		for seed := range uint64(50) {
			data, res, err := sealedRecord(key, 100*round+seed)
			if err != nil {
				t.Fatal(err)
			}
			if p.post(t, password, data) != nil {
				break
			}
			answered[res.Info.TransactionID] = true
		}
		kill.Stop()
		p.kill()
		p = serveProcess(t, state, "--listen", "127.0.0.1:0")
	}
	p.kill()
	o := sim.Options{Dir: state}
	if o.Register, err = sim.ReadRegister(filepath.Join(state, personsName)); err != nil {
		t.Fatal(err)
	}
	reply, err := sim.Order(t.Context(), o, sim.Command{})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for _, d := range reply.Deliveries {
		if d.Outcome != sim.Processed {
			t.Errorf("%+v", d)
		}
		seen[d.TransactionID]++
	}
	for id := range answered {
		if seen[id] != 1 {
			t.Errorf("%s was answered and is there %d times", id, seen[id])
		}
	}
	if len(answered) == 0 {
		t.Error("nothing was answered")
	}
	t.Logf("%d answered, %d delivered", len(answered), len(seen))
}

// TestEveryTextIsThereAndUsed: the texts that the command and the simulator name,
// and no others.
func TestEveryTextIsThereAndUsed(t *testing.T) {
	t.Parallel()
	cat, _ := catalogue.For(catalogue.Czech)
	used := map[string]bool{}
	var prefixes []string
	for _, dir := range []string{".", "../../internal/sim"} {
		for _, text := range literals(t, dir) {
			switch {
			case !strings.HasPrefix(text, "sim."):
			case strings.HasSuffix(text, "."):
				prefixes = append(prefixes, text)
			default:
				used[text] = true
				if !cat.Has(text) && text != "sim.help.root" {
					t.Errorf("no text for %s", text)
				}
			}
		}
	}
	for _, name := range []string{"serve", "intake", "set", "status"} {
		for _, part := range []string{".short", ".long", ".usage"} {
			if id := "sim.help." + name + part; !cat.Has(id) {
				t.Errorf("no text for %s", id)
			}
		}
	}
	for _, id := range cat.IDs() {
		made := false
		for _, p := range prefixes {
			made = made || strings.HasPrefix(id, p)
		}
		if strings.HasPrefix(id, "sim.") && !used[id] && !made && !strings.HasPrefix(id, "sim.help.root.") {
			t.Errorf("nothing uses %s", id)
		}
	}
	for _, k := range sim.FaultKinds() {
		if !cat.Has("sim.fault." + string(k)) {
			t.Errorf("no text for the fault %s", k)
		}
	}
}

func literals(t *testing.T, dir string) []string {
	t.Helper()
	var all []string
	entries, err := fs.Glob(os.DirFS(dir), "*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range entries {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, name), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
				if text, err := strconv.Unquote(l.Value); err == nil {
					all = append(all, text)
				}
			}
			return true
		})
	}
	return all
}
