package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"csuis-offline/internal/fixture"
	"csuis-offline/internal/testtool"
	"csuis-offline/outbox"
	"csuis-offline/stage"
)

// undocumented is how the program under test ends when its exit code is not in
// the help of the command that ran.
const undocumented = 99

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		program: func() {
			code, a := start(hasten)
			if a.ran == nil || !slices.Contains(documentedCodes(a.ran), code) {
				fmt.Fprintf(os.Stderr, "exit code %d is not documented\n", code)
				code = undocumented
			}
			os.Exit(code)
		},
	})
}

// hastyVar is the environment variable with which the program under test waits
// no longer than this duration before it tries a record again.
const hastyVar = "CSUIS_TEST_BACKOFF"

func hasten(a *app) {
	if d, err := time.ParseDuration(os.Getenv(hastyVar)); err == nil {
		a.backoff = outbox.Backoff{First: d / 4, Max: d}
	}
}

func TestScripts(t *testing.T) {
	t.Parallel()
	runScripts(t, "testdata")
}

// TestZipScripts are the scripts that need a program to make key archives.
func TestZipScripts(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "zip", "7z")
	runScripts(t, filepath.Join("testdata", "zip"))
}

func runScripts(t *testing.T, dir string) { testscript.Run(t, scriptParams(dir)) }

func scriptParams(dir string) testscript.Params {
	return testscript.Params{
		Dir:                 dir,
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			// The user's own configuration must not be found.
			e.Setenv("XDG_CONFIG_HOME", filepath.Join(e.WorkDir, ".config"))
			e.Setenv("HOME", e.WorkDir)
			e.Setenv("AppData", filepath.Join(e.WorkDir, ".config"))
			e.Setenv("XDG_DATA_HOME", filepath.Join(e.WorkDir, ".data"))
			e.Setenv("LocalAppData", filepath.Join(e.WorkDir, ".data"))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":     cmdExits,
			"key":       cmdKey,
			"records":   cmdRecords,
			"flip":      cmdFlip,
			"jsonlines": cmdJSONLines,
			"unstaged":  cmdUnstaged,
			"bytes":     cmdBytes,
		},
	}
}

// cmdExits runs a program and wants an exit code: exits CODE PROGRAM ARGS...
func cmdExits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARGS...")
	}
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
}

// cmdKey makes a key file whose bytes come from a seed: key FILE SEED
func cmdKey(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: key FILE SEED")
	}
	seed, err := strconv.Atoi(args[1])
	ts.Check(err)
	key := make([]byte, 32)
	for i := range key {
		key[i] = byte(seed*37 + i*11)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), key, 0o600))
}

// cmdRecords makes made-up records: records DIR
func cmdRecords(ts *testscript.TestScript, _ bool, args []string) {
	dir := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(dir, 0o777))
	for _, r := range fixture.Records(1) {
		ts.Check(os.WriteFile(filepath.Join(dir, r.File), r.Data, 0o666))
	}
}

// cmdFlip flips a bit of a byte: flip FILE OFFSET, counted from the end where negative.
func cmdFlip(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.MkAbs(args[0])
	data, err := os.ReadFile(path)
	ts.Check(err)
	i, err := strconv.Atoi(args[1])
	ts.Check(err)
	if i < 0 {
		i += len(data)
	}
	data[i] ^= 1
	ts.Check(os.WriteFile(path, data, 0o666))
}

// cmdBytes makes a file from a Go string: bytes FILE 'text\r\n'
func cmdBytes(ts *testscript.TestScript, _ bool, args []string) {
	text, err := strconv.Unquote(`"` + args[1] + `"`)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o666))
}

// cmdJSONLines wants every line of standard output to be a JSON object with a
// type, the last one an end, and standard error to be empty.
func cmdJSONLines(ts *testscript.TestScript, _ bool, _ []string) {
	if text := ts.ReadFile("stderr"); text != "" {
		ts.Fatalf("standard error: %s", text)
	}
	last := ""
	for line := range strings.Lines(ts.ReadFile("stdout")) {
		dec := json.NewDecoder(bytes.NewReader([]byte(line)))
		var v struct {
			Type    string `json:"type"`
			Message string `json:"message"`
		}
		if err := dec.Decode(&v); err != nil {
			ts.Fatalf("no JSON: %v in %q", err, line)
		}
		if err := dec.Decode(&v); err != io.EOF {
			ts.Fatalf("more than one value in %q", line)
		}
		if last == "error" || last == "summary" || last == "help" {
			ts.Fatalf("a line follows the %s", last)
		}
		last = v.Type
	}
	if last != "error" && last != "summary" && last != "help" {
		ts.Fatalf("the last line is of type %q", last)
	}
}

// cmdUnstaged wants nothing staged to be left anywhere below the working folder.
func cmdUnstaged(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Check(filepath.WalkDir(ts.MkAbs("."), func(path string, _ os.DirEntry, err error) error {
		if err == nil && stage.IsStaging(filepath.Base(path)) {
			return fmt.Errorf("left behind: %s", path)
		}
		return err
	}))
}
