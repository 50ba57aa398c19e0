package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"csuis-offline/internal/fixture"
	"csuis-offline/internal/testtool"
)

// scene is a folder with made-up records and a key.
type scene struct{ records, key string }

func newScene(t testing.TB, records int) scene {
	t.Helper()
	dir := t.TempDir()
	s := scene{filepath.Join(dir, "zaznamy"), filepath.Join(dir, "AESKEY.DEC")}
	if err := os.Mkdir(s.records, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.key, bytes.Repeat([]byte{0x33}, 32), 0o600); err != nil {
		t.Fatal(err)
	}
	for i := range records {
		var b bytes.Buffer
		fixture.EnvelopedBalanceSheet(&b, rand.New(rand.NewPCG(uint64(i), 3)), 20+i)
		if err := os.WriteFile(filepath.Join(s.records, fmt.Sprintf("r%03d.xml", i)), b.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func (s scene) pack(out string) *exec.Cmd {
	return exec.Command(program, "pack", s.records, "--out", out, "--key", s.key, "--quiet")
}

// packages lists the whole-looking packages of out and the staging left there.
func packages(t testing.TB, out string) (whole, staging []string) {
	t.Helper()
	entries, err := os.ReadDir(out)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			staging = append(staging, e.Name())
		} else {
			whole = append(whole, filepath.Join(out, e.Name()))
		}
	}
	return whole, staging
}

func (s scene) mustVerify(t testing.TB, pkg string) {
	t.Helper()
	if out, err := exec.Command(program, "verify", pkg, "--key", s.key).CombinedOutput(); err != nil {
		t.Errorf("%s is not whole: %v\n%s", filepath.Base(pkg), err, out)
	}
}

// moments is at how many random moments pack is killed. Under the race
// detector a process starts slowly, and what is tested is other processes.
func moments() int {
	if n, err := strconv.Atoi(os.Getenv("CSUIS_KILLS")); err == nil {
		return n
	}
	if testtool.RaceEnabled {
		return 20
	}
	return 200
}

func TestKilledPackLeavesNoPackageOrAWholeOne(t *testing.T) {
	t.Parallel()
	s := newScene(t, 12)
	began := time.Now()
	if out, err := s.pack(filepath.Join(t.TempDir(), "out")).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	whole := time.Since(began)
	rnd := rand.New(rand.NewPCG(1, 2))
	none, made := 0, 0
	out := filepath.Join(t.TempDir(), "out")
	known := 0
	for i := range moments() {
		cmd := s.pack(out)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(rnd.Int64N(int64(whole * 5 / 4))))
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		now, _ := packages(t, out)
		switch len(now) - known {
		case 0:
			none++
		case 1:
			made++
			s.mustVerify(t, now[known])
		default:
			t.Fatalf("one run made packages %v", now[known:])
		}
		known = len(now)
		if i%5 < 4 {
			continue
		}
		// The next run works, and sweeps what the killed ones left.
		if msg, err := s.pack(out).CombinedOutput(); err != nil {
			t.Fatalf("the run after a kill failed: %v\n%s", err, msg)
		}
		now, staging := packages(t, out)
		if len(now) != known+1 || len(staging) > 0 {
			t.Errorf("after the next run: packages %v, staging %v", now, staging)
		}
		s.mustVerify(t, now[known])
		out, known = filepath.Join(t.TempDir(), "out"), 0
	}
	t.Logf("killed %d times: %d left no package, %d a whole one", none+made, none, made)
}

// A file that cannot grow any further fails a write the way a full disk does.
func TestFullDiskLeavesNothing(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("no limit on file sizes here")
	}
	testtool.Need(t, "sh")
	s := newScene(t, 6)
	failed := 0
	for _, blocks := range []int{1, 4, 8, 12, 16, 24, 40, 80, 160, 300, 400, 600, 900, 1500} {
		out := filepath.Join(t.TempDir(), "out")
		cmd := exec.Command("sh", "-c", fmt.Sprintf(`ulimit -f %d; exec "$@"`, blocks), "sh", program, "pack", s.records, "--out", out, "--key", s.key)
		msg, err := cmd.CombinedOutput()
		whole, staging := packages(t, out)
		if len(staging) > 0 {
			t.Errorf("files of at most %d blocks: left %v", blocks, staging)
		}
		if err == nil {
			if len(whole) != 1 {
				t.Fatalf("files of at most %d blocks: success without a package", blocks)
			}
			s.mustVerify(t, whole[0])
			continue
		}
		failed++
		if code := cmd.ProcessState.ExitCode(); code != exitIO || len(whole) > 0 {
			t.Errorf("files of at most %d blocks: exit %d, packages %v\n%s", blocks, code, whole, msg)
		}
	}
	if failed == 0 {
		t.Error("no limit was low enough to fail")
	}
}

func TestFullFilesystemLeavesNothing(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" || os.Getuid() != 0 {
		t.Skip("mounting a small tmpfs needs Linux and root")
	}
	s := newScene(t, 6)
	for _, kib := range []int{16, 64, 96, 128, 200, 300, 400, 500, 600, 700, 900} {
		mount := t.TempDir()
		if msg, err := exec.Command("mount", "-t", "tmpfs", "-o", fmt.Sprintf("size=%dk", kib), "tmpfs", mount).CombinedOutput(); err != nil {
			t.Skipf("a tmpfs cannot be mounted here: %v %s", err, msg)
		}
		msg, err := s.pack(mount).CombinedOutput()
		whole, staging := packages(t, mount)
		if len(staging) > 0 {
			t.Errorf("%d KiB: left %v", kib, staging)
		}
		if err != nil && len(whole) > 0 || err == nil && len(whole) != 1 {
			t.Errorf("%d KiB: %v, packages %v\n%s", kib, err, whole, msg)
		}
		for _, p := range whole {
			s.mustVerify(t, p)
		}
		if msg, err := exec.Command("umount", mount).CombinedOutput(); err != nil {
			t.Fatalf("umount: %v %s", err, msg)
		}
	}
}
