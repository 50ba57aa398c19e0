package rules_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"csuis-offline/check/rules"
)

// A number around an element is not the digits on both sides of it.
func TestElementInsideANumberIsNoNumber(t *testing.T) {
	t.Parallel()
	s := set(t, ownMap+"1: A = 100; ve sloupci plán\n2: A = 0; ve sloupci plán")
	for _, text := range []string{"1<x/>00", "<x>100</x>100", "100<x>1</x>"} {
		record := strings.Replace(own, "<Plan>100</Plan>", "<Plan>"+text+"</Plan>", 1)
		for _, r := range s.Within(extract(t, s.NewExtractor(), []byte(record))[0]) {
			if r.Status != rules.NotRun || r.Why != rules.NotANumber {
				t.Errorf("%s: %+v", text, r)
			}
		}
	}
}

// In the form of 2009 a position that is nested in a group is not known: a sum
// over its siblings must not be said to be wrong.
func TestNestedElementsOf2009AreNotLeftOutOfSums(t *testing.T) {
	t.Parallel()
	s := rules.Builtin()
	for name, record := range map[string]string{
		"in a column": `<RozvahaOSS><Aktiva><ObdobiBezneBrutto><MajetekNehmotnySoucet>10</MajetekNehmotnySoucet><VyzkumVyvoj>1</VyzkumVyvoj>` +
			`<Skupina><Software>9</Software></Skupina></ObdobiBezneBrutto></Aktiva></RozvahaOSS>`,
		"in the part": `<FondPrivatizace><Vykaz><Skupina><Prvek>9</Prvek></Skupina></Vykaz></FondPrivatizace>`,
	} {
		for _, r := range s.Within(extract(t, s.NewExtractor(), []byte(record))[0]) {
			if r.Status == rules.Failed || r.Status == rules.Passed {
				t.Errorf("%s: %+v", name, r)
			}
			if sum := r.Rule == "Rozvaha 3" || r.Rule == "FondPrivatizace 1"; sum && r.Why != rules.UnmappedElement && r.Why != rules.MissingColumn {
				t.Errorf("%s: %+v", name, r)
			}
		}
	}
}

// A rule that fails without a number of the record still says both sides.
func TestFailureWithoutAnyNumberSaysBothSides(t *testing.T) {
	t.Parallel()
	s := set(t, ownMap+"1: Z nebo 1 = 2; ve sloupci plán")
	got := s.Within(extract(t, s.NewExtractor(), []byte(own))[0])
	if len(got) != 1 || got[0].Status != rules.Failed || fmt.Sprint(got[0].Left, got[0].Right, got[0].Difference, got[0].Allowed) != "1.002.00-1.000.00" {
		t.Errorf("%+v", got)
	}
}

// A built-in rule that does not fit a later form of a statement could only be
// evaded by making no checks at all.
func TestOwnRuleInThePlaceOfABuiltInOne(t *testing.T) {
	t.Parallel()
	s := rules.Builtin()
	all := len(s.Rules())
	if err := s.Add(set(t, "výkaz Rozvaha\nmísto 7: B = B.I + B.II; ve sloupci netto; pozn. \"2012\"\nmísto 8: prázdné\nx: B = 7; ve sloupci netto\n"+
		"mezi A = Rozvaha\nmísto 1: A/B[netto] = 9")); err != nil {
		t.Fatal(err)
	}
	const record = `<Rozvaha><VykazHlavicka><SubjektICO>00020478</SubjektICO><DatumVykaz>31122012</DatumVykaz></VykazHlavicka><Aktiva>
<Radek><PolozkaCislo>B</PolozkaCislo><ObdobiBezneNetto>3</ObdobiBezneNetto></Radek>
<Radek><PolozkaCislo>B.I</PolozkaCislo><ObdobiBezneNetto>1</ObdobiBezneNetto></Radek>
<Radek><PolozkaCislo>B.I.1</PolozkaCislo><ObdobiBezneNetto>5</ObdobiBezneNetto></Radek>
<Radek><PolozkaCislo>B.II</PolozkaCislo><ObdobiBezneNetto>2</ObdobiBezneNetto></Radek></Aktiva></Rozvaha>`
	results := rules.Evaluate(s, extract(t, s.NewExtractor(), []byte(record)))
	for rule, want := range map[string]rules.Status{"Rozvaha 7": rules.Passed, "Rozvaha 8": rules.Empty, "Rozvaha x": rules.Failed, "Mezivykazove 1": rules.Failed} {
		if got := of(results, rule); len(got) != 1 || got[0].Status != want {
			t.Errorf("%s: %+v", rule, got)
		}
	}
	if list := s.Rules(); len(list) != all+1 || list[6].ID != "Rozvaha 7" || list[6].File != "test.rules" || list[6].Note != "2012" {
		t.Errorf("%d rules, the seventh is %+v", len(list), list[6])
	}

	before := fmt.Sprint(s.Rules())
	var absent *rules.ReplaceError
	if err := s.Add(set(t, "výkaz Rozvaha\ny: B = 7; ve sloupci netto\nmísto 99: prázdné")); !errors.As(err, &absent) || absent.Rule != "Rozvaha 99" {
		t.Errorf("the error is %v", err)
	}
	var double *rules.DuplicateError
	if err := s.Add(set(t, "výkaz Rozvaha\ny: B = 7; ve sloupci netto\n7: prázdné")); !errors.As(err, &double) {
		t.Errorf("the error is %v", err)
	}
	if fmt.Sprint(s.Rules()) != before {
		t.Error("a refused set was added in part")
	}
}
