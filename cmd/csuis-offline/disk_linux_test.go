package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestFullDiskIsNamed in whatever work it shows, and the outbox is still listed.
func TestFullDiskIsNamed(t *testing.T) {
	t.Parallel()
	s := newScene(t, 2)
	home := t.TempDir()
	for _, size := range []int{4, 64, 300, 700} { // kB
		disk := t.TempDir()
		if err := unix.Mount("tmpfs", disk, "tmpfs", 0, fmt.Sprintf("size=%d", size<<10)); err != nil {
			t.Skipf("a small disk cannot be mounted here: %v", err)
		}
		t.Cleanup(func() { unix.Unmount(disk, unix.MNT_DETACH) })
		config := filepath.Join(home, "csuis.toml")
		text := fmt.Sprintf("[key]\nfile = %q\n[online]\noutbox = %q\n", s.key, filepath.Join(disk, "box"))
		if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		run := func(args ...string) (int, string) {
			cmd := exec.Command(program, append(args, "--config", config)...)
			cmd.Env = append(withoutHome(), "HOME="+home)
			said, _ := cmd.CombinedOutput()
			if strings.Contains(string(said), "Práce selhala") || strings.Contains(string(said), "panic") {
				t.Errorf("%d kB, %q:\n%s", size, args, said)
			}
			return cmd.ProcessState.ExitCode(), string(said)
		}
		at := func(name string) string { return filepath.Join(disk, name) }
		run("send", s.records, "--queue", "--without-checks")
		run("pack", s.records, "--out", at("out"), "--without-checks")
		run("manpages", at("man"))
		run("seal", filepath.Join(s.records, "r000.xml"), "-o", at("a.xm6"))
		run("pack", "--from-outbox", "--out", at("disc"))
		if f, err := os.Create(at("fill")); err == nil {
			for err == nil {
				_, err = f.Write(make([]byte, 512))
			}
			f.Close()
		}
		run("send", s.records, "--queue", "--without-checks", "--resend")
		for _, list := range [][]string{{"outbox"}, {"outbox", "packages"}, {"outbox", "verify-store"}} {
			if exit, said := run(list...); exit != exitOK {
				t.Errorf("%d kB, %q: %d\n%s", size, list, exit, said)
			}
		}
	}
}

// TestReadOnlyOutboxIsNamed: what would change it once failed with the name of a
// file that nobody had ever seen. It can still be looked at.
func TestReadOnlyOutboxIsNamed(t *testing.T) {
	t.Parallel()
	s := newScene(t, 1)
	disk, home := t.TempDir(), t.TempDir()
	if err := unix.Mount("tmpfs", disk, "tmpfs", 0, "size=8388608"); err != nil {
		t.Skipf("nothing can be mounted here: %v", err)
	}
	t.Cleanup(func() { unix.Unmount(disk, unix.MNT_DETACH) })
	box, config := filepath.Join(disk, "box"), filepath.Join(home, "csuis.toml")
	if err := os.WriteFile(config, []byte(fmt.Sprintf("[key]\nfile = %q\n[online]\noutbox = %q\n", s.key, box)), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(want int, args ...string) string {
		cmd := exec.Command(program, append(args, "--config", config)...)
		cmd.Env = append(withoutHome(), "HOME="+home)
		said, _ := cmd.CombinedOutput()
		if exit := cmd.ProcessState.ExitCode(); exit != want {
			t.Errorf("%q: %d\n%s", args, exit, said)
		}
		return string(said)
	}
	run(exitOK, "send", s.records, "--queue", "--without-checks")
	if err := unix.Mount("", disk, "", unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
		t.Skipf("nothing can be made read-only here: %v", err)
	}
	for _, args := range [][]string{{"outbox", "withdraw", "1"}, {"outbox", "prune", "--older-than", "1d"}, {"outbox", "clean"}, {"send", s.records, "--queue", "--without-checks"}} {
		if said := run(exitIO, args...); !strings.Contains(said, "se nedá zapisovat") || !strings.Contains(said, box) || strings.Contains(said, ".probe") {
			t.Errorf("%q:\n%s", args, said)
		}
	}
	run(exitOK, "outbox")
	run(exitOK, "outbox", "verify-store")
}
