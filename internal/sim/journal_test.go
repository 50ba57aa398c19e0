package sim

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestTornLineIsDropped: a kill in the middle of a write leaves a part of a line.
func TestTornLineIsDropped(t *testing.T) {
	t.Parallel()
	o := options(t)
	s := started(t, o)
	sealed, id := good(t, 1)
	submitted(t, s, zo, sealed)
	settled(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(o.Dir, "journal.jsonl")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	last := strings.LastIndex(strings.TrimSuffix(string(whole), "\n"), "\n") + 1
	// Whatever is left of the last event, the one before stands.
	for _, keep := range []int{0, 1, len(whole[last:]) / 2, len(whole[last:]) - 1} {
		dir := t.TempDir()
		again := o
		again.Dir = dir
		if err := os.CopyFS(dir, os.DirFS(o.Dir)); err != nil {
			t.Fatal(err)
		}
		// The result is lost, so the sealed record must still be there.
		if err := os.WriteFile(filepath.Join(dir, dirSealed, "0000000001.b64"), sealed, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "journal.jsonl"), whole[:last+keep], 0o600); err != nil {
			t.Fatal(err)
		}
		s := started(t, again)
		settled(t, s)
		if c := s.Count(id); c.Processed != 1 || c.Delivered != 1 {
			t.Errorf("%d bytes kept: %+v", keep, c)
		}
		if got := ids(statusesOf(t, s, zo)); got != "ACCEPT PROCOK" {
			t.Errorf("%d bytes kept: %s", keep, got)
		}
	}
	if err := os.WriteFile(path, []byte("{}\nno JSON\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(o); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("a damaged journal: %v", err)
	}
}

// TestDoneFilesGo: nothing is left of what is done with, and records that count
// no more go at the next start unless somebody may still fetch them.
func TestDoneFilesGo(t *testing.T) {
	t.Parallel()
	o := options(t)
	o.Register, _ = NewRegister([]Unit{{IC: "09999990", Name: "J"}}, []Person{{Login: zo, Password: password, ID: "9999000001", Key: keyOf(t, 1), Units: []string{"09999990"}}})
	s := started(t, o)
	for seed := range uint64(3) {
		sealed, _ := good(t, seed)
		submitted(t, s, zo, sealed)
	}
	settled(t, s)
	s.Close()
	s = started(t, o)
	for dir, want := range map[string]int{dirSealed: 0, dirTemp: 0, dirRecords: 1} {
		if left, _ := os.ReadDir(s.path(dir)); len(left) != want {
			t.Errorf("%s: %v", dir, left)
		}
	}
}
