package catalogue

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"csuis-offline/c14n"
	"csuis-offline/finding"
	"csuis-offline/iso"
)

func both(t *testing.T) (cs, en *Catalogue) {
	t.Helper()
	cs, _ = For(Czech)
	en, _ = For(English)
	return cs, en
}

func TestBothLanguagesHaveTheSameTexts(t *testing.T) {
	t.Parallel()
	cs, en := both(t)
	for _, id := range cs.IDs() {
		if !en.Has(id) {
			t.Errorf("%s is in Czech only", id)
		}
	}
	for _, id := range en.IDs() {
		if !cs.Has(id) {
			t.Errorf("%s is in English only", id)
		}
	}
	for _, id := range cs.IDs() {
		a, b := cs.entries[id], en.entries[id]
		for _, p := range []struct{ what, a, b string }{{"text", a.Text, b.Text}, {"next step", a.Next, b.Next}} {
			if (p.a == "") != (p.b == "") {
				t.Errorf("%s: one language has no %s", id, p.what)
			}
			if x, y := names(p.a), names(p.b); !slices.Equal(x, y) {
				t.Errorf("%s: placeholders of the %s differ: %q, %q", id, p.what, x, y)
			}
		}
		if a.Text == "" {
			t.Errorf("%s has no text", id)
		}
	}
}

func names(text string) []string {
	set := map[string]bool{}
	for _, p := range split(text) {
		if p.name != "" {
			set[p.name] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}

func TestTextsAreWellFormed(t *testing.T) {
	t.Parallel()
	for _, lang := range Langs() {
		c, ok := For(lang)
		if !ok {
			t.Fatal(lang)
		}
		if c.Lang() != lang {
			t.Errorf("%s says it is %s", lang, c.Lang())
		}
		forms := 2
		if lang == Czech {
			forms = 3
		}
		for id, e := range c.entries {
			for _, text := range []string{e.Text, e.Next} {
				for _, p := range split(text) {
					if p.forms != nil && len(p.forms) != forms {
						t.Errorf("%s %s: %d forms of a word", lang, id, len(p.forms))
					}
					if strings.ContainsAny(p.name, " \n}") || strings.HasPrefix(p.literal, "{") && p.literal != "{" {
						t.Errorf("%s %s: broken placeholder in %q", lang, id, text)
					}
				}
				if strings.Contains(text, "  ") && !strings.HasPrefix(id, "progress.") && !strings.HasPrefix(id, "summary.demo") {
					t.Errorf("%s %s: two spaces in %q", lang, id, text)
				}
			}
			if e.Next != "" && !strings.HasSuffix(e.Next, ".") && !strings.HasSuffix(e.Next, "?") && !strings.HasSuffix(e.Next, "…\".") {
				t.Errorf("%s %s: the next step is no sentence: %q", lang, id, e.Next)
			}
		}
	}
}

// TestHelpFitsTheTerminal holds help texts to lines of 80 columns; what stands
// beside a flag's name begins far to the right.
func TestHelpFitsTheTerminal(t *testing.T) {
	t.Parallel()
	for _, lang := range Langs() {
		c, _ := For(lang)
		for _, id := range c.IDs() {
			limit := 0
			switch {
			case strings.HasPrefix(id, "help."):
				limit = 80
			case strings.HasPrefix(id, "flag."):
				limit = 70
			}
			for line := range strings.Lines(c.Text(id, nil)) {
				if n := utf8.RuneCountInString(line); limit > 0 && n > limit+1 {
					t.Errorf("%s %s: a line of %d columns", lang, id, n)
				}
			}
		}
	}
}

// codes are all that a finding can have, with whether an error needs a next step.
func codes() []string {
	var all []string
	for _, c := range finding.All() {
		all = append(all, string(c))
	}
	for _, r := range c14n.Rules() {
		all = append(all, string(finding.XML(string(r))))
	}
	for _, r := range iso.Rules() {
		all = append(all, string(finding.ISO(r.ID)))
	}
	return append(all, checkFamilies()...)
}

func TestEveryFindingHasAText(t *testing.T) {
	t.Parallel()
	// These are never of error severity: there is nothing to do.
	informs := map[string]bool{
		"input.converted": true, "pack.skipped": true, "pack.renamed": true, "pack.decoded": true,
		"file.litter": true, "image.boot": true, "image.raw": true, "tree.short-names": true, "tree.no-toc": true,
		"codelist.unmapped": true, "status.processed": true,
	}
	known := map[string]bool{}
	for _, lang := range Langs() {
		c, _ := For(lang)
		for _, code := range codes() {
			known[code] = true
			if !c.Has(code) {
				t.Errorf("%s: no text for %s", lang, code)
				continue
			}
			if c.Next(code, nil) == "" && !informs[code] {
				t.Errorf("%s: no next step for %s", lang, code)
			}
			if text := c.Text(code, nil); !strings.HasSuffix(text, ".") {
				t.Errorf("%s: %s is no sentence: %q", lang, code, text)
			}
		}
	}
	families := map[string]bool{}
	for code := range known {
		family, _, _ := strings.Cut(code, ".")
		families[family] = true
	}
	cs, _ := both(t)
	for _, id := range cs.IDs() {
		family, rest, _ := strings.Cut(id, ".")
		if families[family] && rest != "*" && !known[id] {
			t.Errorf("the text %s belongs to no finding", id)
		}
	}
}

func TestErrorsSayWhatNext(t *testing.T) {
	t.Parallel()
	for _, lang := range Langs() {
		c, _ := For(lang)
		for _, id := range c.IDs() {
			for _, family := range []string{"usage.", "config.", "key.", "error."} {
				if strings.HasPrefix(id, family) && c.Next(id, nil) == "" {
					t.Errorf("%s: %s says nothing of what to do", lang, id)
				}
			}
		}
	}
}

func TestUnknownIdentifierStaysVisible(t *testing.T) {
	t.Parallel()
	cs, _ := both(t)
	if got := cs.Text("no.such", nil); got != "no.such" {
		t.Errorf("%q", got)
	}
	if got := cs.Next("no.such", nil); got != "" {
		t.Errorf("%q", got)
	}
	if _, ok := For("de"); ok {
		t.Error("German")
	}
}
