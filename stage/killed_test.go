package stage

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

const childEnv = "STAGE_TEST_CHILD"

// TestMain turns the test binary into the other process: it starts the output
// named in the environment, says so, and hangs until it is killed.
func TestMain(m *testing.M) {
	path := os.Getenv(childEnv)
	if path == "" {
		os.Exit(m.Run())
	}
	f, err := CreateFile(filepath.Join(path, "file"), Options{})
	if err == nil {
		_, err = f.Write([]byte("half"))
	}
	var d *Folder
	if err == nil {
		d, err = CreateFolder(filepath.Join(path, "folder"), Options{})
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(d.Path(), "A.XM6"), []byte("half"), 0o666)
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("ready")
	os.Stdin.Read(make([]byte, 1))
}

// other starts the other process on a folder and returns how to kill it.
func other(t *testing.T, dir string) (kill func()) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), childEnv+"="+dir)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	killed := false
	kill = func() {
		if !killed {
			killed = true
			cmd.Process.Kill()
			cmd.Wait()
			in.Close()
		}
	}
	t.Cleanup(kill)
	line, _ := bufio.NewReader(out).ReadString('\n')
	if line != "ready\n" {
		t.Fatalf("the other process: %q", line)
	}
	return kill
}

var leftovers = []string{".file.csuis-lock", ".file.csuis-partial", ".folder.csuis-lock", ".folder.csuis-partial"}

func TestLivingRunIsNotTouched(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	other(t, dir)
	holds(t, dir, leftovers...)
	if err := Sweep(dir); err != nil {
		t.Fatal(err)
	}
	holds(t, dir, leftovers...)
	if err := writeFile(filepath.Join(dir, "file"), "x", Options{}); !errors.Is(err, ErrBusy) {
		t.Errorf("file: %v", err)
	}
	if err := writeFolder(filepath.Join(dir, "folder"), Options{}); !errors.Is(err, ErrBusy) {
		t.Errorf("folder: %v", err)
	}
	if err := writeFile(filepath.Join(dir, "mine"), "x", Options{}); err != nil {
		t.Errorf("another output beside it: %v", err)
	}
	holds(t, dir, append([]string{"mine"}, leftovers...)...)
	content(t, filepath.Join(dir, ".folder.csuis-partial", "A.XM6"), "half")
}

func TestKilledRunIsSwept(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		next func(dir string) error
		want []string
	}{
		{"by Sweep", Sweep, nil},
		{"by the same file", func(dir string) error { return writeFile(filepath.Join(dir, "file"), "x", Options{}) }, []string{"file"}},
		{"by the same folder", func(dir string) error { return writeFolder(filepath.Join(dir, "folder"), Options{}) }, []string{"folder"}},
		{"by another file", func(dir string) error { return writeFile(filepath.Join(dir, "new"), "x", Options{}) }, []string{"new"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			kill := other(t, dir)
			kill()
			holds(t, dir, leftovers...)
			if err := tc.next(dir); err != nil {
				t.Fatal(err)
			}
			holds(t, dir, tc.want...)
		})
	}
}

// TestOnlyWhatHasTheMarkIsSwept: a folder of the user's own with such a name was
// once removed with all that was in it.
func TestOnlyWhatHasTheMarkIsSwept(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	own := []string{".a.csuis-partial", ".c.lock", ".csuis-lock", ".d.partial", ".f.csuis-lock", ".g.csuis-lock", ".g.csuis-partial", "e"}
	for _, name := range []string{".a.csuis-partial", ".g.csuis-partial"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o777); err != nil {
			t.Fatal(err)
		}
		put(t, filepath.Join(dir, name, "x"), "x")
	}
	for _, name := range []string{".c.lock", ".d.partial", "e", ".csuis-lock", ".f.csuis-lock"} {
		put(t, filepath.Join(dir, name), "x")
	}
	// These two are what a run leaves that is killed before it makes anything.
	put(t, filepath.Join(dir, ".b.csuis-lock"), "")
	put(t, filepath.Join(dir, ".h.csuis-lock"), "\x00"+mark)
	put(t, filepath.Join(dir, ".g.csuis-lock"), "")
	left, err := Leftovers(dir)
	if err != nil || !slices.Equal(left, []string{".b.csuis-lock", ".h.csuis-lock"}) {
		t.Errorf("leftovers %q, %v", left, err)
	}
	if err := Sweep(dir); err != nil {
		t.Fatal(err)
	}
	holds(t, dir, own...)
	for _, name := range []string{"a", "g"} {
		if err := writeFile(filepath.Join(dir, name), "x", Options{}); !errors.Is(err, ErrInTheWay) {
			t.Errorf("%s: %v", name, err)
		}
		if err := writeFolder(filepath.Join(dir, name), Options{}); !errors.Is(err, ErrInTheWay) {
			t.Errorf("%s: %v", name, err)
		}
		content(t, filepath.Join(dir, "."+name+".csuis-partial", "x"), "x")
	}
	if err := writeFile(filepath.Join(dir, "f"), "x", Options{}); !errors.Is(err, ErrInTheWay) {
		t.Errorf("f: %v", err)
	}
	content(t, filepath.Join(dir, ".f.csuis-lock"), "x")
	if err := Sweep(filepath.Join(dir, "absent")); err == nil {
		t.Error("no error for an absent folder")
	}
}
