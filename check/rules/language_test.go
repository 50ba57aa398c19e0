package rules_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"csuis-offline/check/rules"
	"csuis-offline/internal/fixture"
)

// own is a statement of a kind that the test's rules define.
const own = `<Rozpocet>
<VykazHlavicka><SubjektICO>1</SubjektICO><DatumVykaz>2020-02-29</DatumVykaz></VykazHlavicka>
<Cast>
<Radek><PolozkaCislo>A</PolozkaCislo><Plan>100</Plan><Skutecnost>102</Skutecnost></Radek>
<Radek><PolozkaCislo>A.1</PolozkaCislo><Plan>60</Plan><Skutecnost>61</Skutecnost></Radek>
<Radek><PolozkaCislo>A.2</PolozkaCislo><Plan>40</Plan><Skutecnost>41</Skutecnost></Radek>
<Radek><PolozkaCislo>A.10</PolozkaCislo><Plan>0</Plan><Skutecnost>0</Skutecnost></Radek>
<Radek><PolozkaCislo>A.2.1</PolozkaCislo><Plan>7</Plan><Skutecnost>7</Skutecnost></Radek>
<Radek><PolozkaCislo>B</PolozkaCislo><Plan>-50</Plan><Skutecnost>-49</Skutecnost></Radek>
<Radek><PolozkaCislo>C</PolozkaCislo></Radek>
</Cast>
</Rozpocet>`

const ownMap = "výkaz Rozpocet\nkořen Rozpocet\nčást Cast\nsloupec 1 plán: Plan\nsloupec 2 skutečnost: Skutecnost\n"

func TestLanguage(t *testing.T) {
	t.Parallel()
	for formula, want := range map[string]string{
		"A = 100; ve sloupci plán":                                "passed",
		"A = 100; ve sloupci 1":                                   "passed",
		"A = 100; ve sloupci PLAN":                                "passed",
		"A[plán] = 100.00":                                        "passed",
		"A = 100; ve všech sloupcích":                             "failed 2.00",
		"A = 100 ± 2; ve všech sloupcích":                         "passed",
		"A = 100 ± 2 %; ve vsech sloupcich":                       "passed",
		"A = 100 ± 1.99 %; ve všech sloupcích":                    "failed 2.00",
		"A[2] = 104.081632 ± 2 %":                                 "passed",
		"A[2] = 104.0817 ± 2 %":                                   "failed -2.0817",
		"B[1] = -51 ± 2 %":                                        "passed",
		"B[1] = -51.1 ± 2 %":                                      "failed 1.10",
		"A >= 100; ve všech sloupcích":                            "passed",
		"A ≥ 101; ve všech sloupcích":                             "failed -1.00",
		"A >= 101 ± 1; ve všech sloupcích":                        "passed",
		"A <= 102; ve všech sloupcích":                            "passed",
		"A ≤ 101; ve sloupci 2":                                   "failed 1.00",
		"A <= 101 ± 1; ve sloupci 2":                              "passed",
		"A > 100; ve sloupci 1":                                   "failed 0.00",
		"A < 100; ve sloupci 1":                                   "failed 0.00",
		"A > 99; ve sloupci 1":                                    "passed",
		"A < 101; ve sloupci 1":                                   "passed",
		"A = A.1 až n; ve všech sloupcích":                        "passed",
		"A = A.1 až A.2; ve všech sloupcích":                      "passed",
		"A = A.2 až n + 60; ve sloupci 1":                         "passed",
		"A = A.1 až A.3; ve sloupci 1":                            "not-run missing-position",
		"A.2 = A.2.1 až n; ve sloupci 1":                          "failed 33.00",
		"A.10 = A.10.1 až n; ve sloupci 1":                        "not-run missing-position",
		"-A = -(A.1 + A.2); ve všech sloupcích":                   "passed",
		"A - (A.1 - A.2) = 80; ve sloupci plán":                   "passed",
		"A - A.1 - A.2 = 0; ve všech sloupcích":                   "passed",
		"0 = A - 100; ve sloupci plán":                            "passed",
		"(A - A.1)[plán] = A.2[plán]":                             "passed",
		"(A[2] - A)[plán] = 2":                                    "passed",
		"A[plán] = C[plán] nebo 100":                              "passed",
		"A[plán] = Z[plán] nebo A.1 až n [plán]":                  "passed",
		"A[plán] = (C nebo (Z nebo 100))[plán]":                   "passed",
		"A[plán] = C[plán]":                                       "not-run missing-value",
		"sl. 2 >= sl. plán; v každém řádku":                       "passed",
		"sl. 2 = sl. 1 + 1; v řádcích A.1, A.2, B":                "passed",
		"sl. 2 = sl. 1 + 1; v řádku A":                            "failed 1.00",
		"sl. 2 = sl. 1; v řádku Z":                                "not-run missing-position",
		"hodnota >= -50; v každém řádku části Cast; ve sloupci 1": "passed",
		"hodnota > -50; v každém řádku; ve všech sloupcích":       "failed 0.00",
		"hodnota = sl. 1; v každém řádku; ve sloupci 1":           "passed",
		"A[1] = 0; k 29.2.":                                       "failed 100.00",
		"A[1] = 0; k 29.2.2020":                                   "failed 100.00",
		"A[1] = 0; k 28.2.":                                       "not-due",
		"A[1] = 0; k 29.2.2016":                                   "not-due",
		"A[1] = 0; od 1.3.2020":                                   "not-due",
		"A[1] = 0; do 28.2.2020":                                  "not-due",
		"A[1] = 0; od 29.2.2020; do 29.2.2020":                    "failed 100.00",
		"A[1] = neurčeno \"něco\"":                                "not-run not-specified",
		"A[1] = 100; pozn. \"a; b # c\" # konec":                  "passed",
		"prázdné":                                                 "empty",
		"prázdné; pozn. \"vyhrazeno\"":                            "empty",
	} {
		s := set(t, "\uFEFF"+ownMap+"  7 : "+formula+"\r\n\r\n# konec")
		st := extract(t, s.NewExtractor(), []byte(own))[0]
		results := s.Within(st)
		got := string(results[0].Status)
		switch results[0].Status {
		case rules.Failed:
			got += " " + results[0].Difference
		case rules.NotRun:
			got += " " + results[0].Why
		}
		if got != want || len(results) != 1 {
			t.Errorf("%s: %+v, wanted %s", formula, results, want)
		}
		text, _, _ := strings.Cut(formula, "; pozn.")
		if strings.HasPrefix(text, "prázdné") {
			text = ""
		}
		if r := s.Rules()[0]; r.Text != text || r.ID != "Rozpocet 7" || r.File != "test.rules" || r.Line != 6 {
			t.Errorf("%s: %+v", formula, r)
		}
	}
}

// What passed in some columns and could not be asked in others is not said to
// have passed in all.
func TestPartlyRun(t *testing.T) {
	t.Parallel()
	s := set(t, ownMap+"1: A = A.1 + A.2; ve všech sloupcích")
	st := extract(t, s.NewExtractor(), []byte(strings.Replace(own, "<Skutecnost>41</Skutecnost>", "", 1)))[0]
	got := s.Within(st)
	if len(got) != 2 || got[0].Status != rules.NotRun || got[0].Column != "skutečnost" || got[0].Difference != "41.00" || got[1].Status != rules.Passed || got[1].Column != "plán" {
		t.Errorf("%+v", got)
	}
}

// The table in the documentation is what the data says.
func TestDocumentationListsAllRules(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("../../doc/rules.md")
	if err != nil {
		t.Fatal(err)
	}
	var want strings.Builder
	for _, r := range rules.Builtin().Rules() {
		text := "`" + r.Text + "`"
		switch {
		case r.Empty:
			text = "empty"
		case r.Note != "":
			text += " (" + r.Note + ")"
		}
		fmt.Fprintf(&want, "| %s | %s |\n", r.ID, text)
	}
	if !strings.Contains(string(doc), want.String()) {
		t.Errorf("doc/rules.md does not hold this table:\n%s", want.String())
	}
	for _, why := range rules.Reasons() {
		if !strings.Contains(string(doc), "`"+why+"`") {
			t.Errorf("doc/rules.md does not explain %s", why)
		}
	}
}

// Whoever breaks a record of the demo finds the edits in its file.
func TestStatementRecords(t *testing.T) {
	t.Parallel()
	s := rules.Builtin()
	date, edits, ok := fixture.Break("Rozvaha 22")
	if !ok {
		t.Fatal("unknown")
	}
	var sts []*rules.Statement
	for _, r := range fixture.StatementRecords(1, date, edits...) {
		sts = append(sts, extract(t, s.NewExtractor(), r.Data)...)
	}
	if failed := with(rules.Evaluate(s, sts), rules.Failed); len(sts) != 5 || fmt.Sprint(failed) != "map[Rozvaha 22:true]" {
		t.Errorf("%d statements, these fail: %v", len(sts), failed)
	}
	if _, _, ok := fixture.Break("Rozvaha 40"); ok {
		t.Error("an empty rule can be broken")
	}
}
