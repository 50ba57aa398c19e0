package main

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
)

// TestBadRowLeadsToItsRecord: one damaged row let every command say only that the
// database is damaged.
func TestBadRowLeadsToItsRecord(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.statements("zaznamy", 1, worldDay, 3)
	w.must([]int{exitOK}, "send", w.path("zaznamy"), "--queue", "--without-checks")
	db, err := sql.Open("sqlite", filepath.Join(w.path("odesilani"), "outbox.db"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(t.Context(), "UPDATE record SET name = '../x' WHERE id = 2")
	if cerr := db.Close(); err != nil || cerr != nil {
		t.Fatal(err, cerr)
	}
	if said := w.must([]int{exitIO}, "outbox"); !strings.Contains(said, "outbox verify-store") {
		t.Errorf("%s", said)
	}
	if said := w.must([]int{exitFindings}, "outbox", "verify-store"); !strings.Contains(said, "store.state") || !strings.Contains(said, "číslo 2") {
		t.Errorf("%s", said)
	}
}
