package catalogue

import (
	"slices"
	"strings"
	"testing"

	"csuis-offline/check/attachment"
	"csuis-offline/check/codelist"
	"csuis-offline/check/datafile"
	"csuis-offline/check/deadline"
)

// TestEveryMistakeInAFileOfDataHasAText holds both texts of each to naming the
// file, and the line if there is one.
func TestEveryMistakeInAFileOfDataHasAText(t *testing.T) {
	t.Parallel()
	want := map[string]bool{}
	for _, p := range slices.Concat(datafile.Problems(), deadline.Problems(), codelist.Problems()) {
		want["data."+string(p)] = true
	}
	for _, lang := range Langs() {
		c, _ := For(lang)
		for id := range want {
			used := names(c.entries[id].Text)
			if !c.Has(id) || c.Next(id, nil) == "" || !slices.Contains(used, "file") || !slices.Contains(used, "line") && id != "data.too-large" {
				t.Errorf("%s: %s is %q, next %q", lang, id, c.entries[id].Text, c.entries[id].Next)
			}
		}
		for _, kind := range datafile.Types() {
			for _, id := range []string{"data-type." + kind, "data-found." + kind} {
				if !c.Has(id) {
					t.Errorf("%s: no %s", lang, id)
				}
			}
		}
		for _, id := range c.IDs() {
			if strings.HasPrefix(id, "data.") && !want[id] {
				t.Errorf("%s: %s is no mistake", lang, id)
			}
		}
	}
}

// TestTheListOfKindsIsWhole: what a user can put into a list of attachments.
func TestTheListOfKindsIsWhole(t *testing.T) {
	t.Parallel()
	for _, lang := range Langs() {
		c, _ := For(lang)
		words := strings.FieldsFunc(c.Text("data-about.attachments", nil), func(r rune) bool { return r == ' ' || r == '\n' || r == '.' })
		for _, k := range attachment.Kinds() {
			if !slices.Contains(words, string(k)) {
				t.Errorf("%s: %s is not named", lang, k)
			}
		}
	}
}
