package rules_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"csuis-offline/check/rules"
	"csuis-offline/internal/fixture"
	"csuis-offline/internal/testtool"
)

// alone says why no single number breaks a rule and no other: each number that the
// rule names is also a part, or the total, of another sum that has no tolerance.
var alone = map[string]string{
	"Rozvaha 22":         "A, B, C and D of the previous period are each the total of an exact sum (2, 7, 12, 16)",
	"Rozvaha 23":         "B.II.11 is a part of B.II (9)",
	"Rozvaha 24":         "B.II.12 is a part of B.II (9)",
	"Rozvaha 25":         "B.II.13 is a part of B.II (9)",
	"Rozvaha 26":         "B.II.14 is a part of B.II (9)",
	"Rozvaha 27":         "B.II.15 is a part of B.II (9)",
	"Rozvaha 28":         "B.II.20 is a part of B.II (9)",
	"Rozvaha 29":         "D.IV.16 is a part of D.IV (20)",
	"Rozvaha 30":         "D.IV.17 is a part of D.IV (20)",
	"Rozvaha 31":         "D.IV.18 is a part of D.IV (20)",
	"Rozvaha 32":         "D.IV.19 is a part of D.IV (20)",
	"Rozvaha 33":         "D.IV.20 is a part of D.IV (20)",
	"Rozvaha 34":         "D.IV.25 is a part of D.IV (20)",
	"Rozvaha 35":         "B.I.7 is a part of B.I (8)",
	"Rozvaha 36":         "B.I.1 is a part of B.I (8)",
	"Rozvaha 37":         "A.I.8 is a part of A.I (3)",
	"Rozvaha 38":         "A.II.9 is a part of A.II (4)",
	"Rozvaha 39":         "C.III.2 is a part of C.III (15)",
	"VykazZiskuAztrat 1": "every row is a part or the total of a sum (2 to 14)",
	"VykazZiskuAztrat 13": "B.VI.1 is a part of B.VI.4 (14), A.I to A.IV and B.I to B.V are totals " +
		"(3 to 6, 8 to 12)",
	"Mezivykazove 1": "C.III is a total (15), B.VI.1 is a result (13)",
}

// Where one number cannot break a rule alone, the generator changes several so that
// all other sums still hold. That one cannot is tried with every number that the
// rule names.
func TestOnlyTheseRulesNeedSeveralNumbers(t *testing.T) {
	t.Parallel()
	if testtool.RaceEnabled {
		t.Skip("sums alone; the ordinary run has them")
	}
	set := rules.Builtin()
	for _, rule := range fixture.BrokenRules() {
		date, edits, _ := fixture.Break(rule)
		if several := len(edits) > 1; several != (alone[rule] != "") {
			t.Errorf("%s is broken by %d numbers; the reason: %q", rule, len(edits), alone[rule])
		}
		if alone[rule] == "" {
			continue
		}
		t.Run(rule, func(t *testing.T) {
			t.Parallel()
			made := fixture.Statements(7, date)
			sts := group(t, set, made)
			tried := 0
			for i, c := range cellsOf(t, made, rule, date) {
				if rule == "VykazZiskuAztrat 1" && i%5 != 0 {
					continue
				}
				for _, add := range []int64{1, -1, 1e12, -1e12} {
					tried++
					failed := with(changed(t, set, made, sts, c, add, recordOf), rules.Failed)
					if len(failed) == 1 && failed[rule] {
						t.Errorf("%s %s column %d changed by %d breaks it alone", c.kind, c.Position, c.Column, add)
					}
				}
			}
			if tried == 0 {
				t.Error("no number was tried")
			}
		})
	}
}

// tolerant are the rules that the manual prints with a tolerance.
var tolerant = []string{"Rozvaha 1", "Rozvaha 21", "Rozvaha 22"}

// lesser has, for each rule that compares two positions of a column ("A >= B"), the
// one that may be the lesser: such a rule breaks when that one rises, while the other
// one breaks it by falling, as in "A >= 0".
var lesser = map[string]string{}

// slack is by how much the greater side of an inequality exceeds the other in the
// column of a number, in hellers.
func slack(cells []cell, rule string, column int) (cents int64) {
	for _, c := range cells {
		switch {
		case c.Column != column:
		case c.Position == lesser[rule]:
			cents -= c.Cents
		default:
			cents += c.Cents
		}
	}
	return cents
}

// A sum is wrong by a heller, and "0 or more" ends at 0, in every number that a rule
// names and in both forms.
func TestRulesWithoutToleranceAreExact(t *testing.T) {
	t.Parallel()
	if testtool.RaceEnabled {
		t.Skip("sums alone; the ordinary run has them")
	}
	formulas := map[string]rules.Rule{}
	for _, r := range rules.Builtin().Rules() {
		formulas[r.ID] = r
	}
	for _, form := range forms(t) {
		for _, rule := range fixture.BrokenRules() {
			text := formulas[rule].Text
			if slices.Contains(tolerant, rule) {
				continue
			}
			t.Run(form.name+"/"+rule, func(t *testing.T) {
				t.Parallel()
				date, _, _ := fixture.Break(rule)
				made := fixture.Statements(7, date)
				sts := form.group(t, made)
				cells := cellsOf(t, made, rule, date)
				if len(cells) == 0 {
					t.Fatal("it names no number")
				}
				for i, c := range cells {
					add, difference := int64(1), "0.01"
					switch {
					case strings.Contains(text, ">="):
						limit, over := -slack(cells, rule, c.Column), int64(-1)
						if c.Position == lesser[rule] {
							limit, over = -limit, 1
						}
						add, difference = limit+over, "-0.01"
						if got := form.after(t, made, sts, c, limit, rule); got != nil {
							t.Errorf("%s column %d: the limit fails: %+v", c.Position, c.Column, got)
						}
					case i%2 == 1:
						add = -1
					}
					got := form.after(t, made, sts, c, add, rule)
					if len(got) != 1 || strings.TrimPrefix(got[0].Difference, "-") != strings.TrimPrefix(difference, "-") || got[0].Allowed != "0.00" {
						t.Errorf("%s %s column %d changed by %d: %+v", c.kind, c.Position, c.Column, add, got)
					}
				}
			})
		}
	}
}

// "± 2 %" takes in the limit and ends a heller behind it, above and below, in both
// forms.
func TestTolerancesEndAtTheirLimit(t *testing.T) {
	t.Parallel()
	for _, form := range forms(t) {
		for rule, c := range map[string]struct {
			left, right       fixture.Edit
			minus             string // is taken away from the right side
			alsoLeft, alsoAdd string
		}{
			"Rozvaha 1":  {left: at("AKTIVA", 3), right: at("PASIVA", 1)},
			"Rozvaha 21": {left: at("A.I.2", 3), right: at("A.I.2", 1), minus: "A.I.2"},
			"Rozvaha 22": {left: at("A", 4), right: at("C", 2), alsoLeft: "B", alsoAdd: "D"},
		} {
			t.Run(form.name+"/"+rule, func(t *testing.T) {
				t.Parallel()
				made := fixture.Statements(7, fixture.YearEnd)
				cents := func(position string, column int) int64 {
					for _, cell := range made[1].Cells() {
						if cell.Position == position && cell.Column == column {
							return cell.Cents
						}
					}
					return 0
				}
				right := cents(c.right.Position, c.right.Column) + cents(c.alsoAdd, 2) - cents(c.minus, 2)
				left := cents(c.left.Position, c.left.Column) + cents(c.alsoLeft, 4)
				// A right side of which 2 % are a whole number of hellers.
				round := c.right
				round.Add = -(right % 50)
				made[1].Apply(round)
				right += round.Add
				sts := form.group(t, made)
				for _, sign := range []int64{1, -1} {
					for over := range int64(2) {
						edit := cell{made[1].Kind, fixture.Cell{Position: c.left.Position, Column: c.left.Column}}
						got := form.after(t, made, sts, edit, right+sign*(right/50+over)-left, rule)
						if failed := len(got) == 1; failed != (over == 1) || len(got) > 1 {
							t.Errorf("2 %% and %d hellers, sign %d: %+v", over, sign, got)
						}
						if over == 1 && len(got) == 1 && got[0].Allowed != fmt.Sprintf("%d.%02d", right/5000, right/50%100) {
							t.Errorf("allowed is %s of %d hellers", got[0].Allowed, right)
						}
					}
				}
			})
		}
	}
}

func at(position string, column int) fixture.Edit {
	return fixture.Edit{Kind: "Rozvaha", Position: position, Column: column}
}

type cell struct {
	kind string
	fixture.Cell
}

// cellsOf are the numbers that a rule names, read off the data file by names.
func cellsOf(t *testing.T, made []*fixture.Statement, rule string, date time.Time) (all []cell) {
	t.Helper()
	named := names(t, made, date)
	for _, s := range made {
		for _, c := range s.Cells() {
			column := c.Column
			if c.Section == "Vykaz" && s.Kind != "ZmenyVlastnihoKapitalu" {
				column = 4
			}
			if named[place{s.Kind, c.Position, column}][rule] {
				all = append(all, cell{s.Kind, c})
			}
		}
	}
	return all
}

// form is a way to write statements, and the rules that can read it.
type form struct {
	name string
	set  *rules.Set
	read func(*testing.T, *rules.Set, *fixture.Statement) *rules.Statement
}

func forms(t *testing.T) []form {
	t.Helper()
	old := rules.Builtin()
	if err := old.Add(set(t, complete(fixture.Statements(7, fixture.YearEnd)))); err != nil {
		t.Fatal(err)
	}
	return []form{{"2010", rules.Builtin(), recordOf}, {"2009", old, func(t *testing.T, s *rules.Set, m *fixture.Statement) *rules.Statement {
		return of2009(t, s.NewExtractor(), m, element)
	}}}
}

func recordOf(t *testing.T, s *rules.Set, m *fixture.Statement) *rules.Statement {
	t.Helper()
	return extract(t, s.NewExtractor(), write(m))[0]
}

func (f form) group(t *testing.T, made []*fixture.Statement) (all []*rules.Statement) {
	t.Helper()
	for _, m := range made {
		all = append(all, f.read(t, f.set, m))
	}
	return all
}

// after are the failures of a rule when one number is changed.
func (f form) after(t *testing.T, made []*fixture.Statement, sts []*rules.Statement, c cell, add int64, rule string) (failed []rules.Result) {
	t.Helper()
	for _, r := range of(changed(t, f.set, made, sts, c, add, f.read), rule) {
		if r.Status == rules.Failed {
			failed = append(failed, r)
		}
	}
	return failed
}

// changed evaluates the rules of the statement of one number, and those between
// statements, when it is changed.
func changed(t *testing.T, s *rules.Set, made []*fixture.Statement, sts []*rules.Statement, c cell, add int64, read func(*testing.T, *rules.Set, *fixture.Statement) *rules.Statement) []rules.Result {
	t.Helper()
	i := slices.IndexFunc(made, func(m *fixture.Statement) bool { return m.Kind == c.kind })
	m := made[i].Clone()
	m.Apply(fixture.Edit{Kind: c.kind, Position: c.Position, Column: c.Column, Add: add})
	all := slices.Clone(sts)
	all[i] = read(t, s, m)
	return append(s.Within(all[i]), s.Across(all)...)
}
