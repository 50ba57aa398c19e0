package finding

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"
)

// TestValuesStandInTheTexts: programs read the texts, and what they read does not
// change with what printers get besides.
func TestValuesStandInTheTexts(t *testing.T) {
	t.Parallel()
	f := Finding{Code: ManifestMismatch, Severity: Error, Detail: "size"}
	for want, got := range map[string]Finding{
		`{"code":"manifest.mismatch","severity":"error","wanted":"10","found":"0","detail":"size"}`:                 f.WithSizes(10, 0),
		`{"code":"manifest.mismatch","severity":"error","found":"7","detail":"size"}`:                               f.WithCount(7),
		`{"code":"manifest.mismatch","severity":"error","detail":"2 / 3"}`:                                          f.WithDisc(2, 3),
		`{"code":"manifest.mismatch","severity":"error","why":"sent","detail":"size"}`:                              f.WithState("sent"),
		`{"code":"manifest.mismatch","severity":"error","detail":"12"}`:                                             f.WithOther(12),
		`{"code":"manifest.mismatch","severity":"error","found":"0987-06-05","detail":"size"}`:                      f.WithDay(9870605),
		`{"code":"manifest.mismatch","severity":"error","wanted":"2026-12-31, 2027-12-31","detail":"size"}`:         f.WithDays(20261231, 20271231),
		`{"code":"manifest.mismatch","severity":"error","wanted":"2010-01-01.., ..2012-12-31, ..","detail":"size"}`: f.WithSpans([]Span{{20100101, 0}, {0, 20121231}, {}}),
		`{"code":"manifest.mismatch","severity":"error","wanted":"A, B","detail":"size"}`:                           f.WithNames([]string{"A", "B"}),
		`{"code":"manifest.mismatch","severity":"error","missing":"A.I, B","detail":"size"}`:                        f.WithPositions([]string{"A.I", "B"}),
		`{"code":"manifest.mismatch","severity":"error","detail":"size"}`:                                           f.WithDays().WithSpans(nil).WithNames(nil).WithPositions(nil).WithDay(0),
	} {
		text, err := json.Marshal(got)
		if err != nil || string(text) != want {
			t.Errorf("%s, %v; want %s", text, err, want)
		}
	}
	if !reflect.DeepEqual(f, Finding{Code: ManifestMismatch, Severity: Error, Detail: "size"}) {
		t.Error("the finding itself was changed")
	}
	for name, c := range map[string]struct{ got, want Values }{
		"sizes":     {f.WithSizes(10, 0).Values, Values{Sizes: Sizes{Known: true, Wanted: 10}}},
		"count":     {f.WithCount(7).Values, Values{Count: 7}},
		"disc":      {f.WithDisc(2, 3).Values, Values{Disc: 2, Discs: 3}},
		"state":     {f.WithState("sent").Values, Values{State: "sent"}},
		"other":     {f.WithOther(12).Values, Values{Other: 12}},
		"day":       {f.WithDay(20261231).Values, Values{Day: 20261231}},
		"days":      {f.WithDays(20261231).Values, Values{Days: []Day{20261231}}},
		"spans":     {f.WithSpans([]Span{{From: 20100101}}).Values, Values{Spans: []Span{{From: 20100101}}}},
		"names":     {f.WithNames([]string{"A"}).Values, Values{Names: []string{"A"}}},
		"positions": {f.WithPositions([]string{"A"}).Values, Values{Positions: []string{"A"}}},
	} {
		if !reflect.DeepEqual(c.got, c.want) {
			t.Errorf("%s: %+v", name, c.got)
		}
	}
}

func TestDayIsThatOfItsTime(t *testing.T) {
	t.Parallel()
	east := time.FixedZone("", 2*60*60)
	for _, c := range []struct {
		at   time.Time
		want Day
		text string
	}{
		{time.Date(2026, 12, 31, 23, 59, 0, 0, time.UTC), 20261231, "2026-12-31"},
		{time.Date(2027, 1, 1, 1, 0, 0, 0, east), 20270101, "2027-01-01"},
		{time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), 10101, "0001-01-01"},
	} {
		d := DayOf(c.at)
		if d != c.want || d.String() != c.text || d.Time().Format(time.DateOnly) != c.text {
			t.Errorf("%v: %d, %s, %v", c.at, d, d, d.Time())
		}
	}
}
