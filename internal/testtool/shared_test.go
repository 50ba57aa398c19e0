package testtool

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// stopped takes the place of a test and ends at its first Fatalf or Skipf.
type stopped struct {
	testing.TB
	how string
}

func (s *stopped) Helper() {}

func (s *stopped) Fatalf(format string, args ...any) {
	s.how = "fatal: " + fmt.Sprintf(format, args...)
	panic(s)
}

func (s *stopped) Skipf(format string, args ...any) {
	s.how = "skip: " + fmt.Sprintf(format, args...)
	panic(s)
}

// shared calls Shared and says how the test ended, or what was returned.
func shared(t *testing.T, elem ...string) (how string) {
	s := &stopped{TB: t}
	defer func() {
		if r := recover(); r != nil && r != any(s) {
			panic(r)
		}
		if s.how != "" {
			how = s.how
		}
	}()
	return "found: " + Shared(s, elem...)
}

// TestShared changes the working folder and the environment, so it runs alone.
func TestShared(t *testing.T) {
	tree, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	inside := filepath.Join(tree, "clone", "room")
	if err := os.MkdirAll(inside, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(tree, "clone", "go.mod"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	t.Chdir(inside)

	t.Setenv("CI", "")
	if how := shared(t, "schemas", "iissp"); !strings.HasPrefix(how, "skip: ") || !strings.Contains(how, "shared/schemas/iissp") {
		t.Errorf("without the data, on a person's machine: %s", how)
	}
	t.Setenv("CI", "true")
	if how := shared(t, "schemas", "iissp"); !strings.HasPrefix(how, "fatal: ") || !strings.Contains(how, "shared/schemas/iissp") {
		t.Errorf("without the data, where CI=true: %s", how)
	}

	data := filepath.Join(tree, "shared", "schemas", "iissp")
	if err := os.MkdirAll(data, 0o755); err != nil {
		t.Fatal(err)
	}
	if how := shared(t, "schemas", "iissp"); how != "found: "+data {
		t.Errorf("with the data: %s", how)
	}
}
