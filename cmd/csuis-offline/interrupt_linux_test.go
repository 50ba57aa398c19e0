package main

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"csuis-offline/internal/testtool"
)

// TestSecondSignalEndsTheProgram even where it waits for somebody to read what it
// prints, and where the first signal was ignored by whoever started it.
func TestSecondSignalEndsTheProgram(t *testing.T) {
	t.Parallel()
	for name, start := range map[string][]string{
		"plain": {program}, "SIGINT ignored": {"sh", "-c", `trap "" INT; exec "$@"`, "sh", program},
	} {
		for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
			t.Run(name+" "+sig.String(), func(t *testing.T) {
				t.Parallel()
				r, w, err := os.Pipe()
				if err != nil {
					t.Fatal(err)
				}
				defer r.Close()
				if _, err := unix.FcntlInt(w.Fd(), unix.F_SETPIPE_SZ, 4096); err != nil {
					t.Skip(err)
				}
				cmd := exec.Command(start[0], append(start[1:], "check", "--list-rules", "--json")...)
				cmd.Stdout = w
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				w.Close()
				full(t, r)
				begun := time.Now()
				for range 2 {
					if err := cmd.Process.Signal(sig); err != nil {
						t.Fatal(err)
					}
					time.Sleep(100 * time.Millisecond)
				}
				err = cmd.Wait()
				var exit *exec.ExitError
				if !errors.As(err, &exit) || exit.ExitCode() != exitInterrupted {
					t.Errorf("ended with %v", err)
				}
				if d := time.Since(begun); d > grace-time.Second && testtool.Slowdown == 1 {
					t.Errorf("it took %v", d)
				}
			})
		}
	}
}

// full waits until the program cannot write any more.
func full(t *testing.T, r *os.File) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if n, err := unix.IoctlGetInt(int(r.Fd()), unix.TIOCINQ); err == nil && n >= 4096 {
			return
		}
	}
	t.Fatal("nothing was written")
}

// TestOneSignalIsEnough where the work does not notice it.
func TestOneSignalIsEnough(t *testing.T) {
	t.Parallel()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := unix.FcntlInt(w.Fd(), unix.F_SETPIPE_SZ, 4096); err != nil {
		t.Skip(err)
	}
	cmd := exec.Command(program, "check", "--list-rules", "--json")
	cmd.Stdout = w
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	full(t, r)
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	err = cmd.Wait()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != exitInterrupted {
		t.Errorf("ended with %v", err)
	}
}
