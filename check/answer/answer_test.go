package answer_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"csuis-offline/check/answer"
	"csuis-offline/internal/testtool"
)

func manual(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile(testtool.Shared(t, "spec", "csuis-technicky-manual-2009-12-10.txt"))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestTheTableIsThatOfTheManual(t *testing.T) {
	t.Parallel()
	categories := map[string]answer.Category{
		"Bezpečnostní chyby": answer.Security,
		"Chyby syntaxe":      answer.Syntax,
		"Obsahové chyby":     answer.Content,
		"Jiné chyby":         answer.Other,
	}
	_, table, ok := strings.Cut(manual(t), "\nID chyby\tKategorie\tPopis\n")
	if !ok {
		t.Fatal("the manual's table was not found")
	}
	table, _, _ = strings.Cut(table, "\nD. Metodika")
	wanted := map[string]answer.Category{}
	for line := range strings.Lines(table) {
		f := strings.Split(line, "\t")
		if len(f) < 3 {
			continue
		}
		c, ok := categories[f[1]]
		if !ok {
			t.Fatalf("category %q of %s", f[1], f[0])
		}
		wanted[f[0]] = c
	}
	if len(wanted) != 16 {
		t.Fatalf("%d codes read from the manual", len(wanted))
	}
	for id, category := range wanted {
		c, ok := answer.ByCode(id)
		if !ok {
			t.Errorf("%s is missing", id)
		} else if c.ID != id || c.Category != category {
			t.Errorf("%s: got %s, %s; wanted %s", id, c.ID, c.Category, category)
		}
	}
	if n := len(answer.All()); n != len(wanted) {
		t.Errorf("%d codes, the manual has %d", n, len(wanted))
	}
}

func TestEveryCodeIsComplete(t *testing.T) {
	t.Parallel()
	all := answer.All()
	if !slices.IsSortedFunc(all, func(a, b answer.Code) int { return strings.Compare(a.ID, b.ID) }) {
		t.Error("not in the order of the IDs")
	}
	for _, c := range all {
		if !slices.Contains([]answer.Resend{answer.Corrected, answer.Unchanged, answer.AskFirst}, c.Resend) {
			t.Errorf("%s: resend %q", c.ID, c.Resend)
		}
	}
}

func TestByCode(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"", "errsyn", "ERRSYN ", "ERRSY", "ERRSYNN", "AAAAAA", "ZZZZZZ", "OK"} {
		if c, ok := answer.ByCode(id); ok {
			t.Errorf("%q: got %s", id, c.ID)
		}
	}
	for _, c := range answer.All() {
		if got, ok := answer.ByCode(c.ID); !ok || got != c {
			t.Errorf("%s: got %v, %v", c.ID, got.ID, ok)
		}
	}
}

func TestAllGivesTheCallerACopy(t *testing.T) {
	t.Parallel()
	answer.All()[0].ID = "BROKEN"
	if _, ok := answer.ByCode("CANCLD"); !ok {
		t.Error("a caller's change reached the table")
	}
}

func TestFaultsOfTheSystemAreNotTheUnitsToCorrect(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"CANCLD", "ERRBWI", "ERRSYS"} {
		if c, _ := answer.ByCode(id); c.Resend != answer.AskFirst {
			t.Errorf("%s: %s", id, c.Resend)
		}
	}
}
