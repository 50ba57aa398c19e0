package outbox

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestMain turns the test binary into another process that uses an outbox.
func TestMain(m *testing.M) {
	dir, work, ok := strings.Cut(os.Getenv("OUTBOX_TEST_CHILD"), "|")
	if !ok {
		os.Exit(m.Run())
	}
	if err := child(dir, work); err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
}

func child(dir, work string) error {
	ctx := context.Background()
	o, err := Open(ctx, dir, Options{Backoff: Backoff{First: time.Millisecond, Max: 2 * time.Millisecond}})
	if err != nil {
		return err
	}
	switch work {
	case "hold": // claims everything and hangs until it is killed
		for {
			if _, err := o.Next(ctx, NextOptions{}); err != nil {
				break
			}
		}
		fmt.Println("ready")
		os.Stdin.Read(make([]byte, 1))
	case "pack": // starts a package, names it when told a name, and hangs
		p, err := o.StartPackage(ctx, PackageOptions{Unit: unit})
		if err != nil {
			return err
		}
		if name := os.Getenv("OUTBOX_TEST_NAME"); name != "" {
			if err := o.NamePackage(ctx, p.ID, name, "/x"); err != nil {
				return err
			}
		}
		fmt.Println("ready")
		os.Stdin.Read(make([]byte, 1))
	case "drain": // waits for a line, sends all there is, with four senders, and prints what it sent
		fmt.Println("ready")
		os.Stdin.Read(make([]byte, 1))
		if err := drain(ctx, o, 4, func(id int64) { fmt.Println("sent", id) }); err != nil {
			return err
		}
	case "chaos": // adds and sends at random until it is killed
		fmt.Println("ready")
		return chaos(ctx, o)
	}
	return o.Close()
}

// drain claims and accepts records with several senders until nothing is due.
func drain(ctx context.Context, o *Outbox, senders int, sent func(int64)) error {
	errs := make([]error, senders)
	var mu sync.Mutex
	var wg sync.WaitGroup
	for i := range senders {
		wg.Go(func() {
			for {
				c, err := o.Next(ctx, NextOptions{})
				var n *NothingDue
				if errors.As(err, &n) {
					return
				}
				if err == nil {
					mu.Lock()
					sent(c.Record.ID)
					mu.Unlock()
					_, err = c.Finish(Outcome{Answer: AnswerAccepted})
				}
				if err != nil {
					errs[i] = err
					return
				}
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// chaos prints what it knows was done. A line before a send, one after each
// outcome: what was printed has to be true of the database, whenever the kill
// comes.
func chaos(ctx context.Context, o *Outbox) error {
	var wg sync.WaitGroup
	var mu sync.Mutex
	say := func(what string, id int64) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Println(what, id)
	}
	errs := make(chan error, 3)
	wg.Go(func() {
		for {
			m := meta(0)
			m.TransactionID, m.Type = token(), fmt.Sprintf("%03d", rand.IntN(1000))
			m.Date = time.Unix(rand.Int64N(1e9), 0).Format(time.DateOnly)
			r, err := o.Add(ctx, m, strings.NewReader(m.TransactionID), AddOptions{})
			if err != nil {
				errs <- err
				return
			}
			say("added", r.ID)
		}
	})
	for range 2 {
		wg.Go(func() {
			for {
				c, err := o.Next(ctx, NextOptions{})
				var n *NothingDue
				if errors.As(err, &n) {
					time.Sleep(time.Millisecond)
					continue
				}
				if err != nil {
					errs <- err
					return
				}
				say("sent", c.Record.ID)
				out := Outcome{Answer: Answer(rand.IntN(4))}
				// Once Finish is done another sender may have it, so this comes before.
				say(string(out.Answer.cause()), c.Record.ID)
				r, err := c.Finish(out)
				if err != nil {
					errs <- err
					return
				}
				if r.State != Waiting {
					say(string(r.State), c.Record.ID)
				}
			}
		})
	}
	return <-errs
}

// start starts the other process.
func start(t *testing.T, dir, work string, env ...string) (out *bufio.Reader, kill func()) {
	t.Helper()
	out, _, kill = startTalking(t, dir, work, env...)
	return out, kill
}

// startTalking also returns where the other process listens.
func startTalking(t *testing.T, dir, work string, env ...string) (out *bufio.Reader, in io.WriteCloser, kill func()) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(append(os.Environ(), "OUTBOX_TEST_CHILD="+dir+"|"+work), env...)
	in, err = cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var once sync.Once
	kill = func() {
		once.Do(func() {
			cmd.Process.Kill()
			cmd.Process.Wait() // cmd.Wait would throw away what was not read yet
			in.Close()
		})
	}
	t.Cleanup(func() {
		kill()
		pipe.Close()
	})
	return bufio.NewReader(pipe), in, kill
}

func ready(t *testing.T, out *bufio.Reader) {
	t.Helper()
	if line, _ := out.ReadString('\n'); line != "ready\n" {
		t.Fatalf("the other process: %q", line)
	}
}

func TestClaimsOfAKilledProcessBecomeUnknownAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Close()
	real := &clock{t: time.Now()}
	w = &world{Outbox: open(t, w.Dir(), real), t: t, clock: real}
	a, b := w.other(), w.other()
	out, kill := start(t, w.Dir(), "hold")
	ready(t, out)
	// While it lives, its claims stand, also for one who opens the outbox anew.
	if n := w.nothing(); n.Sending != 2 {
		t.Errorf("%+v", n)
	}
	open(t, w.Dir(), real)
	w.is(a.ID, Sending)
	kill()
	w.nothing()
	w.is(a.ID, Unknown)
	w.is(b.ID, Unknown)
	if got := w.causes(a.ID); got != "added claimed sender-died" {
		t.Error(got)
	}
	if es, err := os.ReadDir(w.Dir() + "/owners"); err != nil || len(es) != 1 {
		t.Errorf("owners: %v, %v", es, err)
	}
}

func TestKilledPackaging(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "CSUIS_1"} {
		w := newWorld(t)
		r := w.version()
		out, kill := start(t, w.Dir(), "pack", "OUTBOX_TEST_NAME="+name)
		ready(t, out)
		w.nothing()
		if p := w.pack(1); p.State != Building || p.Interrupted {
			t.Errorf("%q, while it is being built: %+v", name, p)
		}
		kill()
		if name == "" {
			// Without a name it was surely not made.
			w.claim(r.ID)
			if p := w.pack(1); p.State != Undone {
				t.Errorf("%+v", p)
			}
			continue
		}
		// With a name only the folder tells.
		w.nothing()
		w.is(r.ID, OnDisc)
		if p := w.pack(1); p.State != Building || !p.Interrupted || p.Name != name {
			t.Errorf("%+v", p)
		}
		if err := w.FinishPackage(t.Context(), 1, ""); err != nil {
			t.Error(err)
		}
	}
}

func TestTwoProcessesNeverClaimTheSame(t *testing.T) {
	t.Parallel()
	const records = 500
	dir := t.TempDir()
	o, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	fill(t, o, records)
	sent := make([]int, records+1)
	var outs []*bufio.Reader
	var ins []io.WriteCloser
	for range 2 {
		out, in, _ := startTalking(t, dir, "drain")
		ready(t, out)
		outs, ins = append(outs, out), append(ins, in)
	}
	for _, in := range ins {
		if _, err := in.Write([]byte("\n")); err != nil {
			t.Fatal(err)
		}
	}
	mine := 0
	if err := drain(t.Context(), o, 4, func(id int64) { sent[id]++; mine++ }); err != nil {
		t.Fatal(err)
	}
	theirs := 0
	for _, out := range outs {
		for {
			line, err := out.ReadString('\n')
			if err != nil {
				break
			}
			id, err := strconv.Atoi(strings.TrimSpace(strings.TrimPrefix(line, "sent ")))
			if err != nil {
				t.Fatalf("the other process: %q", line)
			}
			sent[id]++
			theirs++
		}
	}
	for id, n := range sent[1:] {
		if n != 1 {
			t.Errorf("record %d was claimed %d times", id+1, n)
		}
	}
	n, err := o.Counts(t.Context())
	// That both got something to do is not luck: they write by turns.
	if err != nil || n[Accepted] != records || theirs < records/5 || mine < records/20 {
		t.Errorf("%v, %v; %d here, %d there", n, err, mine, theirs)
	}
}

// TestKilledAtRandomMoments: after every kill the database is whole, has all
// that was reported as done, and no record is sent while another process may
// still have it in hand.
func TestKilledAtRandomMoments(t *testing.T) {
	t.Parallel()
	rounds := 12
	if os.Getenv("CSUIS_LONG") != "" {
		rounds = 200
	}
	dir := t.TempDir()
	rnd := rand.New(rand.NewPCG(4, 4))
	told := map[int64]string{}
	for range rounds {
		out, kill := start(t, dir, "chaos")
		ready(t, out)
		time.AfterFunc(time.Duration(5+rnd.IntN(300))*time.Millisecond, kill)
		for {
			line, err := out.ReadString('\n')
			if err != nil {
				break // a line that the kill cut says nothing
			}
			what, num, _ := strings.Cut(strings.TrimSpace(line), " ")
			id, err := strconv.ParseInt(num, 10, 64)
			if err != nil {
				t.Fatalf("the other process: %q", line)
			}
			if was := told[id]; what == "sent" && was != "" && was != "added" && was != string(CauseNotDelivered) {
				t.Errorf("record %d was %s, and is sent", id, was)
			}
			told[id] = what
		}
		kill()
	}
	c := &clock{t: time.Now()}
	w := &world{Outbox: open(t, dir, c), t: t, clock: c}
	if ps, err := w.Check(t.Context()); err != nil || len(ps) != 0 {
		t.Fatalf("%+v, %v", ps, err)
	}
	seen := 0
	for r, err := range w.List(t.Context(), Filter{}) {
		if err != nil {
			t.Fatal(err)
		}
		seen++
		w.causes(r.ID)
		switch was := told[r.ID]; {
		case r.State == Sending:
			t.Errorf("record %d is still being sent by nobody", r.ID)
		case was == "sent", was == string(CauseAccepted), was == string(CauseRefused), was == string(CauseNoAnswer):
			// Killed before the outcome was stored, or before that was told.
			if r.State == Prepared || r.State == Waiting {
				t.Errorf("record %d was %s, and is %s", r.ID, was, r.State)
			}
		case was == "added", was == "", was == string(CauseNotDelivered):
		case was != string(r.State):
			t.Errorf("record %d was %s, and is %s", r.ID, was, r.State)
		}
		delete(told, r.ID)
	}
	for id, was := range told {
		t.Errorf("record %d, which was %s, is not there", id, was)
	}
	n, err := w.Counts(t.Context())
	if err != nil || seen < rounds {
		t.Errorf("%v, %v", n, err)
	}
	t.Logf("%d kills, %v", rounds, n)
	if _, err := w.Clean(t.Context()); err != nil {
		t.Error(err)
	}
	if got := len(sealedFiles(t, w.Outbox)); got != seen {
		t.Errorf("%d files for %d records", got, seen)
	}
}
