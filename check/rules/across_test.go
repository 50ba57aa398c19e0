package rules_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"csuis-offline/check/rules"
	"csuis-offline/internal/fixture"
)

func TestOtherStatementIsNotGiven(t *testing.T) {
	t.Parallel()
	s := rules.Builtin()
	sts := group(t, s, fixture.Statements(3, fixture.YearEnd))
	income, balance, cash, equity := sts[0], sts[1], sts[2], sts[3]
	for _, c := range []struct {
		sts     []*rules.Statement
		rule    string
		why     string
		missing []string
		of      string
		none    bool
	}{
		{sts: []*rules.Statement{balance}, rule: "Mezivykazove 1", why: rules.OtherStatement, missing: []string{"VykazZiskuAztrat"}, of: "Rozvaha"},
		{sts: []*rules.Statement{income}, rule: "Mezivykazove 1", why: rules.OtherStatement, missing: []string{"Rozvaha"}, of: "VykazZiskuAztrat"},
		{sts: []*rules.Statement{equity, income}, rule: "Mezivykazove 11", why: rules.OtherStatement, missing: []string{"Rozvaha"}, of: "ZmenyVlastnihoKapitalu"},
		{sts: []*rules.Statement{balance, income, balance}, rule: "Mezivykazove 1", why: rules.TwoStatements, missing: []string{"Rozvaha"}, of: "Rozvaha"},
		{sts: []*rules.Statement{balance}, rule: "Mezivykazove 6", why: rules.NotSpecified, of: "Rozvaha"},
		{sts: []*rules.Statement{cash}, rule: "Mezivykazove 1", none: true},
		{sts: []*rules.Statement{nil}, rule: "Mezivykazove 1", none: true},
	} {
		got := of(s.Across(c.sts), c.rule)
		if c.none {
			if len(got) != 0 {
				t.Errorf("%s: %+v", c.rule, got)
			}
			continue
		}
		if len(got) != 1 || got[0].Status != rules.NotRun || got[0].Why != c.why || !slices.Equal(got[0].Missing, c.missing) || got[0].Statement != c.of || got[0].File != c.of+".xml" {
			t.Errorf("%s: %+v, wanted %s of %v", c.rule, got, c.why, c.missing)
		}
	}
}

// Statements of other units, of other days, or of nobody are not compared.
func TestOnlyOneUnitAndDateAreCompared(t *testing.T) {
	t.Parallel()
	s := rules.Builtin()
	for name, change := range map[string]func(*rules.Statement){
		"unit":    func(st *rules.Statement) { st.IC = "00006947" },
		"date":    func(st *rules.Statement) { st.Date = "2026-11-30" },
		"no unit": func(st *rules.Statement) { st.IC = "" },
		"no date": func(st *rules.Statement) { st.Date = "" },
	} {
		made := fixture.Statements(3, fixture.YearEnd)
		made[0].Apply(fixture.Edit{Kind: made[0].Kind, Position: "B.VI.1", Column: 1, Add: 100})
		sts := group(t, s, made)
		if got := of(s.Across(sts), "Mezivykazove 1"); len(got) != 1 || got[0].Status != rules.Failed || got[0].Difference != "-1.00" || !slices.Equal(got[0].Others, []string{"VykazZiskuAztrat.xml"}) {
			t.Fatalf("%+v", got)
		}
		change(sts[0])
		got := of(s.Across(sts), "Mezivykazove 1")
		var whys []string
		for _, r := range got {
			whys = append(whys, fmt.Sprint(r.Status, r.Statement, r.Why))
		}
		slices.Sort(whys)
		second := rules.OtherStatement
		if name[:2] == "no" {
			second = rules.NoUnitOrDate
		}
		if want := []string{"not-runRozvahaother-statement", "not-runVykazZiskuAztrat" + second}; !slices.Equal(whys, want) {
			t.Errorf("another %s: %q", name, whys)
		}
	}
}

func TestWhatIsHeldIsEnoughForAcross(t *testing.T) {
	t.Parallel()
	s := rules.Builtin()
	if err := s.Add(set(t, "mezi P = PenezniToky, R = Rozvaha\n101: P/C.I.1 až n [běžné] = R/B.IV.1 až n [netto]")); err != nil {
		t.Fatal(err)
	}
	made := fixture.Statements(3, fixture.YearEnd)
	made[0].Apply(fixture.Edit{Kind: made[0].Kind, Position: "B", Column: 2, Add: 100})
	sts := group(t, s, made)
	var held []*rules.Statement
	for i, st := range sts {
		h, ok := s.Hold(st)
		if ok == (i == 4) {
			t.Errorf("%s is held: %v", st.Kind, ok) // FondPrivatizace is in no rule between statements
		}
		if ok {
			held = append(held, h.Statement())
		}
	}
	if _, ok := s.Hold(nil); ok {
		t.Error("nothing is held")
	}
	if n := len(held[1].Positions()); n < 15 || n > 25 {
		t.Errorf("of the Rozvaha %d positions are held", n)
	}
	if want, got := s.Across(sts), s.Across(held); !reflect.DeepEqual(want, got) {
		t.Errorf("%+v\nwith held statements %+v", want, got)
	}
	if failed := with(s.Across(held), rules.Failed); !reflect.DeepEqual(failed, map[string]bool{"Mezivykazove 11": true}) {
		t.Errorf("these fail: %v", failed)
	}
}

func TestAGatheringSaysWhatAcrossSays(t *testing.T) {
	t.Parallel()
	s := rules.Builtin()
	var all []*rules.Statement
	for _, date := range []time.Time{fixture.YearEnd, fixture.Opening} {
		all = append(all, group(t, s, fixture.Statements(5, date))...)
	}
	short := *all[6] // the same unit, written otherwise
	short.IC = strings.TrimLeft(short.IC, "0")
	all[6] = &short
	// Some for the third time, and one of which it is not known whose it is.
	all = append(all, all[1], all[1], all[5])
	homeless := *all[0]
	homeless.IC = ""
	all = append(all, &homeless, &homeless)
	g := s.NewGathering()
	for _, st := range all {
		if h, ok := s.Hold(st); ok {
			g.Add(h)
		}
	}
	var got []rules.Result
	for results := range g.Results() {
		got = append(got, results...)
	}
	want := s.Across(all)
	for _, rs := range [][]rules.Result{got, want} {
		slices.SortFunc(rs, func(a, b rules.Result) int { return strings.Compare(fmt.Sprintf("%+v", a), fmt.Sprintf("%+v", b)) })
	}
	if len(want) == 0 || !reflect.DeepEqual(want, got) {
		t.Errorf("%+v\ngathered %+v", want, got)
	}
}

// The same unit and day, written differently, were two: their statements did not
// meet.
func TestUnitAndDayMeetInEveryForm(t *testing.T) {
	t.Parallel()
	s := rules.Builtin()
	const balance = `<Rozvaha><VykazHlavicka><SubjektICO>%s</SubjektICO><DatumVykaz>%s</DatumVykaz></VykazHlavicka>
<Pasiva><Radek><PolozkaCislo>C.III</PolozkaCislo><ObdobiBezne>1</ObdobiBezne></Radek></Pasiva></Rozvaha>`
	const income = `<VykazZiskuAztrat><VykazHlavicka><SubjektICO>00020478</SubjektICO><DatumVykaz>2009-12-31</DatumVykaz></VykazHlavicka>
<Vynosy><Radek><PolozkaCislo>B.VI.1</PolozkaCislo><ObdobiBezneCinnostHlavni>2</ObdobiBezneCinnostHlavni>
<ObdobiBezneCinnostHospodarska>0</ObdobiBezneCinnostHospodarska></Radek></Vynosy></VykazZiskuAztrat>`
	for _, c := range []struct {
		ic, date string
		meet     bool
	}{
		{"00020478", "31122009", true},
		{" 00020478\n", "2009-12-31+01:00", true},
		{"20478", "2009-12-31T00:00:00", true},
		{"000 20 478", "31122009", true},
		{"000020478", "31122009", false},
		{"00020479", "31122009", false},
		{"2047800", "31122009", false},
		{"2047X", "31122009", false},
		{"00020478", "30122009", false},
		{"00020478", "20091231", false},
	} {
		sts := extract(t, s.NewExtractor(), []byte(fmt.Sprintf(balance, c.ic, c.date)))
		sts = append(sts, extract(t, s.NewExtractor(), []byte(income))...)
		got := of(s.Across(sts), "Mezivykazove 1")
		if met := len(got) == 1 && got[0].Status == rules.Failed && got[0].Difference == "-1.00"; met != c.meet {
			t.Errorf("%q of %q: %+v", c.ic, c.date, got)
		}
	}
}
