package rules_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"csuis-offline/check/rules"
	"csuis-offline/internal/fixture"
)

// What the manual prints: how many rows each table has, and which of them are empty.
func TestAllRowsOfChapterJ(t *testing.T) {
	t.Parallel()
	numbers := func(kind string, from, to int) (ids []string) {
		for i := from; i <= to; i++ {
			ids = append(ids, fmt.Sprintf("%s %d", kind, i))
		}
		return ids
	}
	want := slices.Concat(
		numbers("Rozvaha", 1, 42), numbers("VykazZiskuAztrat", 1, 14), numbers("PenezniToky", 1, 7),
		numbers("ZmenyVlastnihoKapitalu", 1, 2), numbers("FondPrivatizace", 1, 3),
		numbers("Mezivykazove", 1, 3), numbers("Mezivykazove", 6, 8), numbers("Mezivykazove", 11, 14))
	empty := map[string]bool{}
	for _, id := range slices.Concat(numbers("Rozvaha", 40, 42), numbers("Mezivykazove", 2, 3), numbers("Mezivykazove", 8, 8), numbers("Mezivykazove", 12, 14)) {
		empty[id] = true
	}
	var got []string
	for _, r := range rules.Builtin().Rules() {
		got = append(got, r.ID)
		if r.Empty != empty[r.ID] {
			t.Errorf("%s: Empty is %v", r.ID, r.Empty)
		}
		if r.Empty != (r.Text == "") {
			t.Errorf("%s: the text is %q", r.ID, r.Text)
		}
		if r.Unspecified != (r.ID == "Mezivykazove 6" || r.ID == "Mezivykazove 7") {
			t.Errorf("%s: Unspecified is %v", r.ID, r.Unspecified)
		}
	}
	without := func(all, these []string) []string {
		return slices.DeleteFunc(slices.Clone(all), func(id string) bool { return slices.Contains(these, id) })
	}
	if more, fewer := without(got, want), without(want, got); len(more)+len(fewer) > 0 {
		t.Errorf("not expected: %q, missing: %q", more, fewer)
	} else if !slices.Equal(got, want) {
		t.Errorf("in another order, or twice: %q", got)
	}
}

// Every rule passes in consistent statements, but for those that hold on other
// dates and those that cannot hold at all.
func TestConsistentStatementsPass(t *testing.T) {
	t.Parallel()
	set := rules.Builtin()
	yearEnd := map[string]bool{"Rozvaha 35": true, "Rozvaha 36": true, "Rozvaha 37": true, "Rozvaha 38": true, "Rozvaha 39": true}
	for _, date := range []struct {
		name   string
		notDue map[string]bool
	}{
		{"2026-12-31", map[string]bool{"VykazZiskuAztrat 1": true}},
		{"2026-09-30", union(yearEnd, map[string]bool{"VykazZiskuAztrat 1": true})},
		{"2010-01-01", yearEnd},
	} {
		for seed := range uint64(5) {
			sts := group(t, set, fixture.Statements(seed, date2(t, date.name)))
			results := rules.Evaluate(set, sts)
			for _, r := range set.Rules() {
				want := rules.Passed
				switch {
				case r.Empty:
					want = rules.Empty
				case r.Unspecified:
					want = rules.NotRun
				case date.notDue[r.ID]:
					want = rules.NotDue
				}
				got := of(results, r.ID)
				if len(got) != 1 || got[0].Status != want {
					t.Errorf("%s, seed %d, %s: %+v, wanted one %s", date.name, seed, r.ID, got, want)
				}
			}
		}
	}
}

func TestEachRuleCanBreakAlone(t *testing.T) {
	t.Parallel()
	set := rules.Builtin()
	known := fixture.BrokenRules()
	for _, r := range set.Rules() {
		if r.Empty || r.Unspecified {
			continue
		}
		if !slices.Contains(known, r.ID) {
			t.Errorf("%s: nothing breaks it", r.ID)
			continue
		}
		t.Run(r.ID, func(t *testing.T) {
			t.Parallel()
			date, edits, _ := fixture.Break(r.ID)
			made := fixture.Statements(7, date)
			if failed := with(rules.Evaluate(set, group(t, set, made)), rules.Failed); len(failed) != 0 {
				t.Fatalf("before the change these fail: %v", failed)
			}
			for _, s := range made {
				s.Apply(edits...)
			}
			results := rules.Evaluate(set, group(t, set, made))
			if failed := slices.Collect(maps.Keys(with(results, rules.Failed))); !slices.Equal(failed, []string{r.ID}) {
				t.Errorf("these fail: %v", failed)
			}
			for _, f := range of(results, r.ID) {
				if f.Line == 0 || f.Position == "" || f.Column == "" || f.Left == "" || f.Right == "" || f.Difference == "" || f.Allowed == "" || f.Text != r.Text || f.File == "" {
					t.Errorf("a message needs more than %+v", f)
				}
			}
		})
	}
}

func union(a, b map[string]bool) map[string]bool {
	c := maps.Clone(a)
	maps.Copy(c, b)
	return c
}
