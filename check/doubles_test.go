package check

import (
	"bytes"
	"testing"

	"csuis-offline/finding"
)

// TestCorrectedStatementBesideTheOldOne: of two versions CSÚIS takes the one
// that comes last (technical manual, chapter D), and the rules between
// statements cannot know which that will be. It used to be told only as a
// number of rules that were not run.
func TestCorrectedStatementBesideTheOldOne(t *testing.T) {
	t.Parallel()
	record := []byte("<Rozvaha><VykazHlavicka><SubjektICO>09999990</SubjektICO>" +
		"<DatumVykaz>2026-03-31</DatumVykaz></VykazHlavicka></Rozvaha>")
	with := func(from, to string) []byte {
		doc := bytes.ReplaceAll(record, []byte(from), []byte(to))
		if bytes.Equal(doc, record) {
			t.Fatalf("%q is not in the record", from)
		}
		return doc
	}
	for _, tc := range []struct {
		name  string
		other []byte
		want  bool
	}{
		{"the same", record, true},
		{"the day in the old form", with("2026-03-31", "31032026"), true},
		{"no zero before the number", with("09999990", "9999990"), true},
		{"another day", with("2026-03-31", "2026-06-30"), false},
		{"another unit", with("09999990", "09999981"), false},
		{"another kind", with("Rozvaha>", "PenezniToky>"), false},
		{"no day", with("2026-03-31", ""), false},
	} {
		for _, part := range []Part{All, Schema, Rules, CodeLists} {
			each, _, _ := judged(t, Options{Only: part, On: day(t, "2026-04-10"), Type: builtinType}, record, tc.other)
			told := 0
			for _, f := range append(each[0], each[1]...) {
				if f.Code == finding.PackDoubleStatement {
					told++
					if f.Severity != finding.Warning || f.Line == 0 || f.Detail != "r.xml" || f.Found != "2026-03-31" {
						t.Errorf("%s: %+v", tc.name, f)
					}
				}
			}
			if told > 1 || (told == 1) != tc.want {
				t.Errorf("%s, part %v: told %d times", tc.name, part, told)
			}
		}
	}
}
