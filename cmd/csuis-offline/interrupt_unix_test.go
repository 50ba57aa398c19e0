//go:build unix

package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestInterruptedSealCleansUp stops the program in the middle of a record that
// it reads from a pipe.
func TestInterruptedSealCleansUp(t *testing.T) {
	t.Parallel()
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		t.Run(sig.String(), func(t *testing.T) {
			t.Parallel()
			s := newScene(t, 1)
			out := t.TempDir()
			pipe := filepath.Join(t.TempDir(), "in.xml")
			if err := syscall.Mkfifo(pipe, 0o600); err != nil {
				t.Skip(err)
			}
			cmd := exec.Command(program, "seal", pipe, "-o", filepath.Join(out, "A.XM6"), "--key", s.key, "--json")
			var stdout bytes.Buffer
			cmd.Stdout = &stdout
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			w, err := os.OpenFile(pipe, os.O_WRONLY, 0) // waits until the program reads
			if err != nil {
				t.Fatal(err)
			}
			defer w.Close()
			if _, err := w.WriteString("<Rozvaha>" + strings.Repeat("x", 1<<10)); err != nil {
				t.Fatal(err)
			}
			for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
				if entries, _ := os.ReadDir(out); len(entries) == 2 { // staged output and lock
					break
				}
			}
			if err := cmd.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			err = cmd.Wait()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.ExitCode() != exitInterrupted {
				t.Errorf("ended with %v", err)
			}
			if !strings.Contains(stdout.String(), `"type":"error","code":"error.interrupted","exit":130`) {
				t.Errorf("said %s", stdout.String())
			}
			if entries, _ := os.ReadDir(out); len(entries) != 0 {
				t.Errorf("left behind: %v", entries)
			}
		})
	}
}

// TestNohupOutlivesTheTerminal: who started the program with SIGHUP ignored
// wants it to go on when the terminal is closed.
func TestNohupOutlivesTheTerminal(t *testing.T) {
	t.Parallel()
	s := newScene(t, 1)
	out := filepath.Join(t.TempDir(), "A.XM6")
	pipe := filepath.Join(t.TempDir(), "in.xml")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	cmd := exec.Command("sh", "-c", `trap "" HUP; exec "$@"`, "sh", program, "seal", pipe, "-o", out, "--key", s.key)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w, err := os.OpenFile(pipe, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	time.Sleep(50 * time.Millisecond)
	// A record that is none ends it in the usual way.
	if _, err := w.WriteString("<a></b>"); err != nil {
		t.Fatal(err)
	}
	w.Close()
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != exitFindings {
		t.Errorf("ended with %v", err)
	}
}
