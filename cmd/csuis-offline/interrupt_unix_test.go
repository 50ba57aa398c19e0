//go:build unix

package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"csuis-offline/internal/testtool"
)

// longRecord writes a record that takes a while to seal, and is none at its end.
func longRecord(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "in.xml")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteString("<a>")
	for text := bytes.Repeat([]byte("x"), 1<<20); err == nil && text != nil; {
		if _, err = f.Write(text); err == nil {
			if info, _ := f.Stat(); info.Size() > 192<<20 {
				text = nil
			}
		}
	}
	if err == nil {
		_, err = f.WriteString("</b>")
	}
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

// staged waits until the output and its lock are there.
func staged(t *testing.T, out string) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if entries, _ := os.ReadDir(out); len(entries) == 2 {
			return
		}
	}
	t.Fatal("no output was begun")
}

// TestInterruptedSealCleansUp stops the program in the middle of a long record.
func TestInterruptedSealCleansUp(t *testing.T) {
	t.Parallel()
	in := longRecord(t)
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		t.Run(sig.String(), func(t *testing.T) {
			t.Parallel()
			s := newScene(t, 1)
			out := t.TempDir()
			cmd := exec.Command(program, "seal", in, "-o", filepath.Join(out, "A.XM6"), "--key", s.key, "--json")
			var stdout bytes.Buffer
			cmd.Stdout = &stdout
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			staged(t, out)
			if err := cmd.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			err := cmd.Wait()
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
	out := t.TempDir()
	cmd := exec.Command("sh", "-c", `trap "" HUP; exec "$@"`, "sh", program, "seal", longRecord(t), "-o", filepath.Join(out, "A.XM6"), "--key", s.key)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	staged(t, out)
	if err := cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	// The record is none, which ends it in the usual way.
	err := cmd.Wait()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != exitFindings {
		t.Errorf("ended with %v", err)
	}
}

// TestPipesHangNothing: a pipe that nobody writes to, in the place of any file
// that is read.
func TestPipesHangNothing(t *testing.T) {
	t.Parallel()
	s := newScene(t, 1)
	dir := t.TempDir()
	pipe := filepath.Join(dir, "PIPE.XM6")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	schemas := filepath.Join(dir, "schemas")
	if err := os.Mkdir(schemas, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(schemas, "a.xsd"), 0o600); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "out")
	record := filepath.Join(s.records, "r000.xml")
	for _, args := range [][]string{
		{"open", pipe, "-o", out, "--key", s.key}, {"seal", pipe, "-o", out, "--key", s.key}, {"seal", record, "-o", out, "--key", pipe},
		{"pack", pipe, "--out", out, "--key", s.key}, {"check", pipe, "--key", s.key}, {"check", record, "--schemas", schemas},
		{"check", record, "--schemas", pipe}, {"check", record, "--rules", pipe}, {"check", record, "--terms", pipe},
		{"verify", pipe}, {"verify", s.records, "--key", pipe}, {"--config", pipe, "check", record}, {"codelist", "import", pipe},
		{"seal", record, "-o", out, "--key", s.key, "--password-file", pipe}, {"send", pipe, "--queue", "--key", s.key},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(20*testtool.Slowdown)*time.Second)
		cmd := exec.CommandContext(ctx, program, args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_DATA_HOME=", "XDG_CONFIG_HOME=")
		said, err := cmd.CombinedOutput()
		if ctx.Err() != nil {
			t.Errorf("%q hangs", args)
		} else if strings.Contains(string(said), "panic") || err == nil && !strings.Contains(strings.Join(args, " "), "password-file") {
			t.Errorf("%q: %v\n%s", args, err, said)
		}
		cancel()
	}
}
