package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"csuis-offline/internal/catalogue"
	"csuis-offline/stage"
)

// TestUnfinishedIsSaidAfterALook: that nothing was left was once said whatever
// lay there.
func TestUnfinishedIsSaidAfterALook(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a := testApp(t, catalogue.Czech)
	a.begun = []string{filepath.Join(dir, "out")}
	if s := a.unfinished(); s != "Nic nedokončeného nezůstalo." {
		t.Error(s)
	}
	a.stores = true
	if s := a.unfinished(); strings.Contains(s, "Nic nedokončeného") {
		t.Error(s)
	}
	// As after a run that could not clean up.
	f, err := stage.CreateFile(filepath.Join(dir, "out"), stage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	lock := filepath.Join(dir, ".out.csuis-lock")
	held, err := os.ReadFile(lock)
	if err != nil {
		t.Fatal(err)
	}
	f.Abort()
	if err := os.WriteFile(lock, held, 0o600); err != nil {
		t.Fatal(err)
	}
	if s := a.unfinished(); !strings.Contains(s, dir) {
		t.Error(s)
	}
}
