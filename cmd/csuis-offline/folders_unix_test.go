//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestNothingFallsIntoTheWorkingFolder where the system does not say where the
// user's files are.
func TestNothingFallsIntoTheWorkingFolder(t *testing.T) {
	t.Parallel()
	s := newScene(t, 1)
	dir := t.TempDir()
	list := filepath.Join(s.records, "r000.xml")
	for _, args := range [][]string{
		{"outbox"}, {"outbox", "verify-store"}, {"send", s.records, "--queue", "--key", s.key}, {"codelist", "list"}, {"codelist", "import", list},
	} {
		cmd := exec.Command(program, args...)
		cmd.Dir, cmd.Env = dir, withoutHome()
		said, err := cmd.CombinedOutput()
		if err == nil || cmd.ProcessState.ExitCode() != exitUsage || !strings.Contains(string(said), "--config") || !strings.Contains(string(said), "HOME") {
			t.Errorf("%q: %v\n%s", args, err, said)
		}
	}
	// What needs neither works.
	cmd := exec.Command(program, "check", s.records, "--only", "schema")
	cmd.Dir, cmd.Env = dir, withoutHome()
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, said)
	}
	if es, err := os.ReadDir(dir); err != nil || len(es) > 0 {
		t.Errorf("left %v, %v", es, err)
	}
}

func withoutHome() (env []string) {
	for _, e := range os.Environ() {
		if name, _, _ := strings.Cut(e, "="); name != "HOME" && !strings.HasPrefix(name, "XDG_") {
			env = append(env, e)
		}
	}
	return env
}

// TestOpenedRecordIsForItsOwner: what was sealed is not for everybody.
func TestOpenedRecordIsForItsOwner(t *testing.T) {
	t.Parallel()
	s := newScene(t, 1)
	dir := t.TempDir()
	sealed, plain := filepath.Join(dir, "A.XM6"), filepath.Join(dir, "a.xml")
	old := filepath.Join(dir, "old.xml")
	if err := os.WriteFile(old, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"seal", filepath.Join(s.records, "r000.xml"), "-o", sealed}, {"open", sealed, "-o", plain}, {"open", sealed, "-o", old, "--force"},
	} {
		if said, err := exec.Command(program, append(args, "--key", s.key)...).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, said)
		}
	}
	for _, path := range []string{plain, old} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
}

// TestLimitOnOpenFilesIsNamed as what it is, also where SQLite does not say it.
func TestLimitOnOpenFilesIsNamed(t *testing.T) {
	t.Parallel()
	s := newScene(t, 2)
	dir := t.TempDir()
	for _, args := range []string{"pack " + s.records + " --out " + filepath.Join(dir, "out"), "send " + s.records + " --queue", "outbox"} {
		// With 8 the program itself starts.
		for _, limit := range []string{"8", "9", "10", "11", "12", "13"} {
			key := ""
			if args != "outbox" {
				key = " --key " + s.key
			}
			cmd := exec.Command("sh", "-c", "ulimit -n "+limit+"; exec "+program+" "+args+key)
			cmd.Env = append(withoutHome(), "HOME="+dir)
			said, err := cmd.CombinedOutput()
			if strings.Contains(string(said), "Práce selhala") || strings.Contains(string(said), "unreadable") {
				t.Errorf("%s, at most %s files: %v\n%s", args, limit, err, said)
			}
			if limit == "8" && !strings.Contains(string(said), "ulimit") {
				t.Errorf("%s: %v\n%s", args, err, said)
			}
		}
	}
}
