package check

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"csuis-offline/finding"
	"csuis-offline/internal/fixture"
)

// TestFindingsOnTheHeaderHadNoLine: what is wrong with the unit, the person or the
// date of a record is reported with its line.
func TestFindingsOnTheHeaderHadNoLine(t *testing.T) {
	t.Parallel()
	lists := imported(t, "units.xml")
	enveloped := read(t, "testdata/envelope.xml")
	var statement bytes.Buffer
	fixture.Statements(1, time.Date(2026, time.March, 31, 0, 0, 0, 0, time.UTC))[0].Write(&statement)
	bare := statement.Bytes()
	for _, tc := range []struct {
		name     string
		record   []byte
		from, to string // what is put in the place of what
		on       string
		code     finding.Code
		element  string
	}{
		{"unit", bare, fixture.UnitIC, "12345679", "2026-04-10", finding.CheckUnitUnknown, "SubjektICO>"},
		{"late", bare, "", "", "2027-04-10", finding.CheckLate, "DatumVykaz>"},
		{"not over", bare, "", "", "2026-03-30", finding.CheckNotOver, "DatumVykaz>"},
		{"no period", bare, "2026-03-31<", "2026-03-30<", "2026-04-10", finding.CheckNoPeriod, "DatumVykaz>"},
		{"no day", bare, "2026-03-31<", "31. 3. 2026<", "2026-04-10", finding.CheckNoDate, "DatumVykaz>"},
		{"person", enveloped, "PersonId>9999000001<", "PersonId>1<", "2026-04-10", finding.CheckPersonUnknown, "PersonId>"},
	} {
		doc := bytes.ReplaceAll(tc.record, []byte(tc.from), []byte(tc.to))
		if tc.from == "" {
			doc = tc.record
		} else if bytes.Equal(doc, tc.record) {
			t.Fatalf("%s: nothing was replaced", tc.name)
		}
		at := bytes.Index(doc, []byte(tc.element))
		line := 1 + bytes.Count(doc[:at], []byte("\n"))
		fs := one(t, Options{Only: CodeLists, Lists: lists, Type: builtinType, On: day(t, tc.on)}, doc)
		i := slices.IndexFunc(fs, func(f finding.Finding) bool { return f.Code == tc.code })
		if i < 0 || fs[i].Line != line || fs[i].Column == 0 {
			t.Errorf("%s, line %d: %+v", tc.name, line, fs)
		}
	}
}
