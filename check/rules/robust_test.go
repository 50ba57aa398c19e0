package rules_test

import (
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
