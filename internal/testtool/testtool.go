// Package testtool lets a test ask another program for its judgement, and holds
// what tests of several packages would write again.
package testtool

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// Need skips the test by name where one of the programs is missing, and fails
// it where CI=true, since there an absent judge must not pass for an agreeing one.
func Need(t testing.TB, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err == nil {
			continue
		}
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is not installed, and CI=true", p)
		}
		t.Skipf("%s is not installed", p)
	}
}

// Run runs a program and returns its standard output. A non-zero exit fails
// the test with everything it printed.
func Run(t testing.TB, program string, args ...string) []byte {
	t.Helper()
	out, all, err := run(program, args...)
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", program, args, err, all)
	}
	return out
}

// Try is Run for a program that may refuse: it returns standard output,
// everything printed, and the error.
func Try(t testing.TB, program string, args ...string) (out, all []byte, err error) {
	t.Helper()
	return run(program, args...)
}

func run(program string, args ...string) (stdout, both []byte, err error) {
	cmd := exec.Command(program, args...)
	var out bytes.Buffer
	var all locked
	cmd.Stdout = io.MultiWriter(&out, &all)
	cmd.Stderr = &all
	err = cmd.Run()
	return out.Bytes(), all.b.Bytes(), err
}

// locked is a buffer for the two streams of a program, which are copied side by
// side.
type locked struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// Shared returns the path of a file or folder of the shared reference data: what
// others published (schemas, examples, manuals), in a folder "shared" beside the
// clone (HACKING.md says what lies there). Where it is absent the test is
// skipped by name, and fails where CI=true, as with Need.
func Shared(t testing.TB, elem ...string) string {
	t.Helper()
	p := filepath.Join(append([]string{projectRoot(t), "..", "shared"}, elem...)...)
	if _, err := os.Stat(p); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("the shared reference data is absent, and CI=true: shared/%s", filepath.ToSlash(filepath.Join(elem...)))
		}
		t.Skipf("the shared reference data is absent: shared/%s", filepath.ToSlash(filepath.Join(elem...)))
	}
	// A walk does not follow a link at its root.
	real, err := filepath.EvalSymlinks(p)
	if err != nil {
		t.Fatal(err)
	}
	return real
}

// projectRoot is the folder of the project's go.mod.
func projectRoot(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = up
	}
}
