package catalogue

import (
	"slices"
	"strings"
	"testing"

	"csuis-offline/check/attachment"
	"csuis-offline/check/codelist"
	"csuis-offline/check/rules"
	"csuis-offline/finding"
	"csuis-offline/xsd"
)

// checkFamilies are the codes of findings that the checks' packages declare.
func checkFamilies() []string {
	var all []string
	for _, r := range xsd.Rules() {
		all = append(all, string(finding.XSD(string(r))))
	}
	for _, r := range attachment.Rules() {
		all = append(all, string(finding.Attachment(string(r))))
	}
	return all
}

// TestEveryReasonHasAText covers why a rule could not be run and why a code list
// did not say yes. They stand inside of a sentence.
func TestEveryReasonHasAText(t *testing.T) {
	t.Parallel()
	want := rules.Reasons()
	for _, r := range codelist.Reasons() {
		want = append(want, string(r))
	}
	for _, lang := range Langs() {
		c, _ := For(lang)
		for _, r := range want {
			if text := c.Text("why."+r, nil); !c.Has("why."+r) || strings.HasSuffix(text, ".") {
				t.Errorf("%s: why.%s is %q", lang, r, text)
			}
		}
		for _, id := range c.IDs() {
			if r, ok := strings.CutPrefix(id, "why."); ok && !slices.Contains(want, r) {
				t.Errorf("%s: no reason for %s", lang, id)
			}
		}
		for _, k := range codelist.Kinds() {
			if !c.Has("list." + string(k)) {
				t.Errorf("%s: no name of the list %s", lang, k)
			}
		}
	}
}

// TestEveryRuleThatWasNotRunSaysWhatNext: what helps depends on the reason; the
// other statement is not always what is missing.
func TestEveryRuleThatWasNotRunSaysWhatNext(t *testing.T) {
	t.Parallel()
	want := rules.Reasons()
	for _, lang := range Langs() {
		c, _ := For(lang)
		for _, r := range want {
			if text := c.Text("remedy."+r, nil); !c.Has("remedy."+r) || strings.HasSuffix(text, ".") {
				t.Errorf("%s: remedy.%s is %q", lang, r, text)
			}
		}
		for _, id := range c.IDs() {
			if r, ok := strings.CutPrefix(id, "remedy."); ok && !slices.Contains(want, r) {
				t.Errorf("%s: no reason for %s", lang, id)
			}
		}
	}
}

// TestNoTextIsAClauseAlone holds the texts about schemas to say more than a code.
func TestNoTextIsAClauseAlone(t *testing.T) {
	t.Parallel()
	for _, lang := range Langs() {
		c, _ := For(lang)
		for _, id := range checkFamilies() {
			if text := c.Text(id, nil); strings.Contains(text, "cvc-") || !strings.Contains(text, " ") {
				t.Errorf("%s %s: %q", lang, id, text)
			}
		}
	}
}
