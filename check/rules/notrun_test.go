package rules_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"csuis-offline/check/rules"
	"csuis-offline/internal/fixture"
)

// balance writes a made-up Rozvaha of a year's end, and lets the test change its text.
func balance(t *testing.T, change func(string) string) []rules.Result {
	t.Helper()
	s := rules.Builtin()
	text := string(write(fixture.Statements(3, fixture.YearEnd)[1]))
	changed := change(text)
	if changed == text {
		t.Fatal("the text is unchanged")
	}
	sts := extract(t, s.NewExtractor(), []byte(changed))
	if len(sts) != 1 {
		t.Fatalf("%d statements", len(sts))
	}
	return s.Within(sts[0])
}

// one is the only result of a rule.
func one(t *testing.T, results []rules.Result, rule string) rules.Result {
	t.Helper()
	got := of(results, rule)
	if len(got) != 1 {
		t.Fatalf("%s has %d results: %+v", rule, len(got), got)
	}
	return got[0]
}

func row(text, position string) (begin, end int) {
	begin = strings.LastIndex(text[:strings.Index(text, ">"+position+"<")], "<Radek>")
	return begin, begin + strings.Index(text[begin:], "</Radek>") + len("</Radek>")
}

// "řádek 214: ve výkazu chybí položka A.II.3, součet A.II proto nesouhlasí"
func TestMissingSubpositionIsNamed(t *testing.T) {
	t.Parallel()
	made := fixture.Statements(3, fixture.YearEnd)[1]
	var cents []string
	results := balance(t, func(text string) string {
		b, e := row(text, "A.II.3.")
		for _, line := range strings.Split(text[b:e], "\n")[2:6] {
			_, v, _ := strings.Cut(line, ">")
			v, _, _ = strings.Cut(v, "<")
			cents = append(cents, v)
		}
		return text[:b] + text[e:]
	})
	text := string(write(made))
	b, _ := row(text, "A.II.")
	line := 1 + strings.Count(text[:b], "\n") + 2 // <Radek>, <PolozkaCislo>, then the first column
	got := of(results, "Rozvaha 4")
	if len(got) != 4 {
		t.Fatalf("%+v", got)
	}
	for i, r := range got {
		if r.Status != rules.Failed || r.Position != "A.II" || !slices.Equal(r.Missing, []string{"A.II.3"}) || r.Difference != cents[i] || r.Line != line+i || r.Allowed != "0.00" {
			t.Errorf("column %d: %+v\nwanted the difference %s, line %d", i+1, r, cents[i], line+i)
		}
	}
	if failed := with(results, rules.Failed); len(failed) != 1 {
		t.Errorf("these fail: %v", failed)
	}
}

func TestNotRun(t *testing.T) {
	t.Parallel()
	drop := func(position string) func(string) string {
		return func(text string) string {
			b, e := row(text, position)
			return text[:b] + text[e:]
		}
	}
	inRow := func(position, old, new string) func(string) string {
		return func(text string) string {
			b, e := row(text, position)
			return text[:b] + strings.Replace(text[b:e], old, new, 1) + text[e:]
		}
	}
	value := func(position, column, element string) func(string) string {
		return func(text string) string {
			b, e := row(text, position)
			old := regexp.MustCompile("<" + column + ">[^<]*</" + column + ">")
			return text[:b] + old.ReplaceAllLiteralString(text[b:e], element) + text[e:]
		}
	}
	for name, c := range map[string]struct {
		change  func(string) string
		rule    string
		why     string
		missing string
		column  string
	}{
		"a named position":        {drop("A.III."), "Rozvaha 2", rules.MissingPosition, "A.III", ""},
		"the judged position":     {drop("A.III."), "Rozvaha 5", rules.MissingPosition, "A.III", ""},
		"a position with a limit": {drop("B.II.11."), "Rozvaha 23", rules.MissingPosition, "B.II.11", ""},
		"a number":                {value("B.II.11.", "ObdobiBezneNetto", "<ObdobiBezneNetto/>"), "Rozvaha 23", rules.MissingValue, "B.II.11", "netto"},
		"a blank number":          {value("B.II.11.", "ObdobiMinule", "<ObdobiMinule> <!-- 1 --> </ObdobiMinule>"), "Rozvaha 23", rules.MissingValue, "B.II.11", "minulé"},
		"a column":                {func(s string) string { return strings.ReplaceAll(s, "ObdobiBezneKorekce>", "Xyz>") }, "Rozvaha 2", rules.MissingColumn, "A,A.I,A.II,A.III,A.IV", "korekce"},
		"a column of every row":   {func(s string) string { return strings.ReplaceAll(s, "ObdobiBezneKorekce>", "Xyz>") }, "Rozvaha 21", rules.MissingColumn, "*", ""},
		"no number":               {inRow("A.IV.", "<ObdobiBezneBrutto>", "<ObdobiBezneBrutto>1 "), "Rozvaha 2", rules.NotANumber, "A.IV", "brutto"},
		"a doubled row":           {inRow("A.IV.1.", "A.IV.1.", "A.IV.2."), "Rozvaha 6", rules.DoubledPosition, "A.IV.2", ""},
		"a doubled number":        {inRow("A.IV.1.", "<ObdobiMinule>", "<ObdobiMinule>1</ObdobiMinule><ObdobiMinule>"), "Rozvaha 6", rules.DoubledPosition, "A.IV.1", "minulé"},
		"a date":                  {func(s string) string { return strings.Replace(s, "DatumVykaz>2026-12-31", "DatumVykaz>2026", 1) }, "Rozvaha 36", rules.NoDate, "", ""},
		"two dates": {func(s string) string {
			return strings.Replace(s, "<stm:DatumVykaz>", "<stm:DatumVykaz>30092026</stm:DatumVykaz><stm:DatumVykaz>", 1)
		}, "Rozvaha 36", rules.NoDate, "", ""},
		"a position in a wrong part": {func(s string) string { return strings.Replace(s, "<PolozkaCislo>A.IV.<", "<PolozkaCislo>C.III.<", 1) }, "Rozvaha 2", rules.MissingPosition, "A.IV", ""},
		"all subpositions": {func(s string) string {
			for _, p := range []string{"B.III.1.", "B.III.2.", "B.III.3."} {
				s = drop(p)(s)
			}
			return s
		}, "Rozvaha 10", rules.MissingPosition, "B.III.1", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var found []rules.Result
			for _, r := range of(balance(t, c.change), c.rule) {
				if r.Status == rules.NotRun {
					found = append(found, r)
				} else if r.Status == rules.Passed && (r.Column == "" || strings.Contains(r.Column, c.column) && c.column != "") {
					t.Errorf("%s passed although something is missing: %+v", c.rule, r)
				} else if r.Status == rules.Failed {
					t.Errorf("%s failed: %+v", c.rule, r)
				}
			}
			if len(found) != 1 || found[0].Why != c.why || found[0].Column != c.column || c.missing != "*" && strings.Join(found[0].Missing, ",") != c.missing || len(found[0].Missing) > 20 {
				t.Errorf("%+v\nwanted %s of %s in %q", found, c.why, c.missing, c.column)
			}
		})
	}
}

// A rule falls back on what stands behind "nebo" where the first is missing, and
// there only.
func TestFallback(t *testing.T) {
	t.Parallel()
	s := set(t, "výkaz Rozvaha\n1: (AKTIVA nebo (A + B))[netto] = (PASIVA nebo (C + D))[běžné] ± 2 %")
	text := string(write(fixture.Statements(3, fixture.YearEnd)[1]))
	for name, c := range map[string]struct {
		change   func(string) string
		want     rules.Status
		position string
	}{
		"both":        {func(s string) string { return s }, rules.Passed, ""},
		"no total":    {func(s string) string { return strings.Replace(s, "AKTIVA CELKEM", "Úhrnem", 1) }, rules.Passed, ""},
		"other words": {func(s string) string { return strings.Replace(s, "AKTIVA CELKEM", " Aktiva \n celkem ", 1) }, rules.Passed, ""},
		"a bad total": {func(s string) string { return strings.Replace(s, "<ObdobiBezneNetto>", "<ObdobiBezneNetto>x", 1) }, rules.NotRun, "AKTIVA"},
		"wrong parts": {func(s string) string {
			return strings.Replace(strings.Replace(s, "AKTIVA CELKEM", "", 1), ">A.<", ">Z.<", 1)
		}, rules.NotRun, "A"},
		"wrong total": {func(s string) string { return strings.Replace(s, "<ObdobiBezneNetto>", "<ObdobiBezneNetto>9", 1) }, rules.Failed, "AKTIVA"},
	} {
		st := extract(t, s.NewExtractor(), []byte(c.change(text)))[0]
		r := one(t, s.Within(st), "Rozvaha 1")
		if r.Status != c.want || r.Position != c.position {
			t.Errorf("%s: %+v", name, r)
		}
	}
}
