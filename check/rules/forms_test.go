package rules_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"csuis-offline/check/rules"
	"csuis-offline/internal/fixture"
)

// What the manual names of the form of 2009.
var named = map[string]string{"AKTIVA": "AktivaSoucet", "A": "AktivaStalaSoucet", "A.I": "MajetekNehmotnySoucet", "A.I.1": "VyzkumVyvoj", "A.I.2": "Software"}

// element makes up names for what nobody published.
func element(position string) string {
	if n := named[position]; n != "" {
		return n
	}
	return "P_" + strings.ReplaceAll(position, ".", "_")
}

// complete is a user's file that maps all the made-up names.
func complete(made []*fixture.Statement) string {
	var b strings.Builder
	done := map[string]bool{}
	last := ""
	for _, s := range made {
		fmt.Fprintf(&b, "výkaz %s\n", s.Kind)
		for _, c := range s.Cells() {
			if part := s.Kind + " " + c.Section; part != last {
				fmt.Fprintf(&b, "část %s\n", c.Section)
				last = part
			}
			if k := s.Kind + c.Position; !done[k] && (s.Kind != "Rozvaha" || named[c.Position] == "") {
				done[k] = true
				fmt.Fprintf(&b, "prvek %s = %s\n", element(c.Position), c.Position)
			}
		}
	}
	return b.String()
}

func of2009(t *testing.T, x *rules.Extractor, s *fixture.Statement, name func(string) string) *rules.Statement {
	t.Helper()
	var b bytes.Buffer
	s.WriteOf2009(&b, name)
	sts := extract(t, x, b.Bytes())
	if len(sts) != 1 || sts[0].Kind != s.Kind {
		t.Fatalf("%s: %+v", s.Kind, sts)
	}
	return sts[0]
}

// With a map of all elements, the form of 2009 is judged like the other one.
func TestBothFormsAreJudgedAlike(t *testing.T) {
	t.Parallel()
	s := rules.Builtin()
	made := fixture.Statements(5, fixture.YearEnd)
	mine := set(t, complete(made))
	if err := s.Add(mine); err != nil {
		t.Fatal(err)
	}
	for i, rule := range append([]string{""}, fixture.BrokenRules()...) {
		if testing.Short() && i%8 != 0 {
			continue
		}
		date, edits, _ := fixture.Break(rule)
		if rule == "" {
			date = fixture.YearEnd
		}
		var old, since []*rules.Statement
		for _, m := range fixture.Statements(5, date) {
			m.Apply(edits...)
			old = append(old, of2009(t, s.NewExtractor(), m, element))
			since = append(since, extract(t, s.NewExtractor(), write(m))...)
		}
		a, b := rules.Evaluate(s, old), rules.Evaluate(s, since)
		for i := range a {
			a[i].Line, b[i].Line = 0, 0
		}
		if fmt.Sprintf("%+v", a) != fmt.Sprintf("%+v", b) {
			t.Errorf("%s: %+v\nin the form since 2010: %+v", rule, a, b)
		}
		want := map[string]bool{rule: true}
		if rule == "" {
			want = map[string]bool{}
		}
		if failed := with(a, rules.Failed); fmt.Sprint(failed) != fmt.Sprint(want) {
			t.Errorf("%s: these fail: %v", rule, failed)
		}
	}
}

// With the built-in map, which knows the five elements that the manual names,
// nothing passes that speaks of other positions, and nothing fails for their lack.
func TestUnmappedElementsAreNotJudged(t *testing.T) {
	t.Parallel()
	s := rules.Builtin()
	for _, m := range fixture.Statements(5, fixture.YearEnd) {
		st := of2009(t, s.NewExtractor(), m, element)
		for _, r := range s.Within(st) {
			switch {
			case r.Status == rules.Empty || r.Status == rules.NotDue:
			case r.Rule == "Rozvaha 21":
				// It asks the same of every row, whichever it is.
				if r.Status != rules.Passed {
					t.Errorf("%+v", r)
				}
			case r.Status != rules.NotRun || r.Why != rules.UnmappedElement:
				t.Errorf("%+v", r)
			}
		}
	}
	m := fixture.Statements(5, fixture.YearEnd)[1]
	m.Apply(fixture.Edit{Kind: m.Kind, Position: "B.II.3", Column: 2, Add: 1e12})
	got := of(s.Within(of2009(t, s.NewExtractor(), m, element)), "Rozvaha 21")
	if len(got) != 1 || got[0].Status != rules.Failed || got[0].Position != "P_B_II_3" {
		t.Errorf("%+v", got)
	}
}

// Where every element of the record is known, a position without one is missing.
func TestMissingElement(t *testing.T) {
	t.Parallel()
	s := rules.Builtin()
	m := fixture.Statements(5, fixture.YearEnd)[1]
	st := of2009(t, s.NewExtractor(), m, func(p string) string { return named[p] })
	want := map[string]string{"Rozvaha 2": "A.II,A.III,A.IV", "Rozvaha 4": "A.II,A.II.1", "Rozvaha 22": "B,C,D"}
	for rule, missing := range want {
		got := of(s.Within(st), rule)
		if len(got) != 1 || got[0].Why != rules.MissingPosition || strings.Join(got[0].Missing, ",") != missing {
			t.Errorf("%+v", got)
		}
	}
	if got := st.Positions(); !slices.Equal(got, []string{"AKTIVA", "A", "A.I", "A.I.1", "A.I.2"}) {
		t.Errorf("positions %q", got)
	}
}
