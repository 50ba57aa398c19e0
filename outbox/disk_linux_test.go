package outbox

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestFullDiskLosesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=2097152"); err != nil {
		t.Skipf("a small disk cannot be mounted here: %v", err)
	}
	t.Cleanup(func() { unix.Unmount(dir, unix.MNT_DETACH) })
	c := newClock()
	w := &world{Outbox: open(t, dir, c), t: t, clock: c}
	sent := w.version()
	claim := w.claim(sent.ID)
	stored := 0
	var err error
	for i := range 10_000 {
		m := meta(1000 + i)
		m.Date = ""
		if _, err = w.Add(t.Context(), m, strings.NewReader(strings.Repeat("x", 3000)), AddOptions{}); err != nil {
			break
		}
		stored++
	}
	if !errors.Is(err, ErrFull) || !strings.Contains(err.Error(), dir) {
		t.Fatalf("after %d records: %v", stored, err)
	}
	// Fill what is left, so that the database cannot grow either.
	for i := range 10_000 {
		m := meta(50_000 + i)
		m.Date = ""
		if _, err = w.Add(t.Context(), m, strings.NewReader("x"), AddOptions{}); err != nil {
			break
		}
		stored++
	}
	if !errors.Is(err, ErrFull) {
		t.Fatalf("after %d records: %v", stored, err)
	}
	_, err = claim.Finish(Outcome{Answer: AnswerAccepted})
	if err != nil && !errors.Is(err, ErrFull) {
		t.Errorf("%v", err)
	}
	n, errN := w.Counts(t.Context())
	if errN != nil || n[Prepared] != stored {
		t.Errorf("%v, %v; stored %d", n, errN, stored)
	}
	// With room again everything goes on, the outcome included.
	if err := unix.Mount("", dir, "", unix.MS_REMOUNT, "size=8388608"); err != nil {
		t.Fatal(err)
	}
	if err != nil {
		if _, err := claim.Finish(Outcome{Answer: AnswerAccepted}); err != nil {
			t.Errorf("with room again: %v", err)
		}
	}
	w.is(sent.ID, Accepted)
	w.version()
	if ps, err := w.Check(t.Context()); err != nil || len(ps) != 0 {
		t.Errorf("%+v, %v", ps, err)
	}
	if got := len(sealedFiles(t, w.Outbox)); got != stored+2 {
		t.Errorf("%d files for %d records", got, stored+2)
	}
}
