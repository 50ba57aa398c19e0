package check

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"csuis-offline/finding"
	"csuis-offline/internal/fixture"
)

// The envelope that pack builds around a bare record names the unit and person
// of the settings, and CSÚIS judges those.
func TestBareRecordIsJudgedWithItsFutureSender(t *testing.T) {
	t.Parallel()
	lists := imported(t, "units.xml")
	var record bytes.Buffer
	fixture.Statements(1, time.Date(2026, time.March, 31, 0, 0, 0, 0, time.UTC))[0].Write(&record)
	for person, want := range map[string]bool{"9999000001": false, "1234567890": true, "": false} {
		fs := one(t, Options{Only: CodeLists, Lists: lists, Unit: fixture.UnitIC, Person: person, On: day(t, "2026-04-10")}, record.Bytes())
		told := slices.ContainsFunc(fs, func(f finding.Finding) bool { return f.Code == finding.CheckPersonUnknown })
		if told != want {
			t.Errorf("person %q: %+v", person, fs)
		}
	}
}
