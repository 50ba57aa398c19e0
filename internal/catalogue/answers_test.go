package catalogue

import (
	"os"
	"strings"
	"testing"
	"unicode"

	"csuis-offline/check/answer"
	"csuis-offline/internal/testtool"
)

// TestEveryAnswerHasAMeaningAndARemedy covers the manual's whole table.
func TestEveryAnswerHasAMeaningAndARemedy(t *testing.T) {
	t.Parallel()
	cs, en := both(t)
	texts := map[string]string{}
	known := map[string]bool{}
	for _, c := range answer.All() {
		id := "answer." + c.ID
		known[id] = true
		for _, cat := range []*Catalogue{cs, en} {
			for _, s := range []string{cat.Text(id, nil), cat.Next(id, nil)} {
				if len(s) < 20 || !strings.HasSuffix(s, ".") || strings.Contains(s, "\n") {
					t.Errorf("%s: %q", c.ID, s)
				}
				if other, twice := texts[s]; twice {
					t.Errorf("%s and %s share %q", c.ID, other, s)
				}
				texts[s] = c.ID
			}
		}
		if c.Resend == answer.AskFirst && c.Category == answer.Other && !strings.Contains(cs.Next(id, nil), "Kompetenční") {
			t.Errorf("%s: %q", c.ID, cs.Next(id, nil))
		}
	}
	for _, id := range cs.IDs() {
		if strings.HasPrefix(id, "answer.") && !known[id] {
			t.Errorf("the manual has no %s", id)
		}
	}
}

// TestNoAnswerIsTheManuals looks for runs of six words that stand in the manual.
func TestNoAnswerIsTheManuals(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(testtool.Shared(t, "spec", "csuis-technicky-manual-2009-12-10.txt"))
	if err != nil {
		t.Fatal(err)
	}
	const run = 6
	runs := func(s string) (all []string) {
		w := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		for i := 0; i+run <= len(w); i++ {
			all = append(all, strings.Join(w[i:i+run], " "))
		}
		return all
	}
	seen := map[string]bool{}
	for _, r := range runs(string(data)) {
		seen[r] = true
	}
	cs, _ := both(t)
	for _, c := range answer.All() {
		for _, text := range []string{cs.Text("answer."+c.ID, nil), cs.Next("answer."+c.ID, nil)} {
			for _, r := range runs(text) {
				if seen[r] {
					t.Errorf("%s: %q stands in the manual", c.ID, r)
				}
			}
		}
	}
}
