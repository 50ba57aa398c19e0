package envelope

import (
	"reflect"
	"testing"

	"csuis-offline/finding"
)

func TestFindingsOnAHeader(t *testing.T) {
	t.Parallel()
	sender := Party{IC: "00075370"}
	for name, c := range map[string]struct {
		info Info
		want []finding.Finding
	}{
		"nothing":              {Info{Sender: sender}, nil},
		"all well":             {Info{Sender: sender, SubjectIC: "00075370", StatementDate: "2009-12-31"}, nil},
		"check digit":          {Info{Sender: Party{IC: "00075371"}}, []finding.Finding{{Code: finding.HeaderCheckDigit, Found: "00075371"}}},
		"other unit":           {Info{Sender: sender, SubjectIC: "00006947"}, []finding.Finding{{Code: finding.HeaderOtherUnit, Wanted: "00075370", Found: "00006947"}}},
		"date":                 {Info{Sender: sender, StatementDate: "2009-13-01"}, []finding.Finding{{Code: finding.HeaderDate, Found: "2009-13-01"}}},
		"everything":           {Info{Sender: Party{IC: "00075371"}, SubjectIC: "1", StatementDate: "x"}, []finding.Finding{{Code: finding.HeaderCheckDigit, Found: "00075371"}, {Code: finding.HeaderOtherUnit, Wanted: "00075371", Found: "1"}, {Code: finding.HeaderDate, Found: "x"}}},
		"malformed is Check's": {Info{Sender: Party{IC: "1"}}, nil},
	} {
		for i := range c.want {
			c.want[i].Severity = finding.Warning
		}
		if got := c.info.Findings(); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}
