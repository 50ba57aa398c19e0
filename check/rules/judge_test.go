package rules_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"csuis-offline/check/rules"
	"csuis-offline/internal/fixture"
	"csuis-offline/internal/testtool"
)

// xmllint adds up the made-up records by itself: what the rules say of a sum and
// what it says are the same, in a record that agrees and in one that does not.
func TestXmllintAddsUpAlike(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "xmllint")
	set := rules.Builtin()
	dir := t.TempDir()
	path := func(part, position, column string) string {
		return fmt.Sprintf("sum(/*/*[local-name()='%s']/*[*[local-name()='PolozkaCislo' and .='%s']]/*[local-name()='%s'])", part, position, column)
	}
	children := func(part, parent, column string) string {
		return fmt.Sprintf("sum(/*/*[local-name()='%s']/*[starts-with(*[1],'%s') and not(contains(substring-before(substring-after(concat(*[1],'|'),'%s'),'.|'),'.')) and *[1]!='%s']/*[local-name()='%s'])", part, parent, parent, parent, column)
	}
	for name, c := range map[string]struct {
		statement                int
		rule, part, parent, real string
		column                   string
		changed                  string
		number                   int
	}{
		"A.II":   {1, "Rozvaha 4", "Aktiva", "A.II.", "ObdobiMinule", "minulé", "A.II.2", 4},
		"D.IV":   {1, "Rozvaha 20", "Pasiva", "D.IV.", "ObdobiMinule", "minulé", "D.IV.36", 2},
		"costs":  {0, "VykazZiskuAztrat 3", "Naklady", "A.I.", "ObdobiMinuleCinnostHlavni", "minulé_hlavní", "A.I.1", 3},
		"equity": {3, "ZmenyVlastnihoKapitalu 1", "Vykaz", "C.", "StavZvyseni", "zvýšení", "C.II", 2},
		"fund":   {4, "FondPrivatizace 2", "Vykaz", "H.II.", "ObdobiBezne", "běžné", "H.II.3", 1},
	} {
		for i, add := range []int64{0, 125_000} {
			made := fixture.Statements(9, fixture.YearEnd)[c.statement]
			made.Apply(fixture.Edit{Kind: made.Kind, Position: c.changed, Column: c.number, Add: add})
			record := write(made)
			file := filepath.Join(dir, fmt.Sprintf("%s%d.xml", name, i))
			if err := os.WriteFile(file, record, 0o600); err != nil {
				t.Fatal(err)
			}
			out := testtool.Run(t, "xmllint", "--xpath", path(c.part, c.parent, c.real)+"-"+children(c.part, c.parent, c.real), file)
			var judged float64
			if _, err := fmt.Sscan(string(out), &judged); err != nil {
				t.Fatalf("%s: %q", name, out)
			}
			difference := "0.00"
			for _, r := range of(set.Within(extract(t, set.NewExtractor(), record)[0]), c.rule) {
				if r.Column == c.column {
					difference = r.Difference
				}
			}
			// xmllint counts in binary fractions.
			if got := fmt.Sprintf("%.2f", judged); strings.Replace(got, "-0.00", "0.00", 1) != difference {
				t.Errorf("%s: xmllint finds the difference %s, the rules %s", name, got, difference)
			}
			if want := []string{"0.00", "-1250.00"}[i]; difference != want {
				t.Errorf("%s: the difference is %s, wanted %s", name, difference, want)
			}
		}
	}
}
