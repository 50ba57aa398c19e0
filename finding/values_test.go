package finding

import (
	"encoding/json"
	"testing"
)

// TestValuesStandInTheTexts: programs read the texts, and what they read does not
// change with what printers get besides.
func TestValuesStandInTheTexts(t *testing.T) {
	t.Parallel()
	f := Finding{Code: ManifestMismatch, Severity: Error, Detail: "size"}
	for want, got := range map[string]Finding{
		`{"code":"manifest.mismatch","severity":"error","wanted":"10","found":"0","detail":"size"}`: f.WithSizes(10, 0),
		`{"code":"manifest.mismatch","severity":"error","found":"7","detail":"size"}`:               f.WithCount(7),
		`{"code":"manifest.mismatch","severity":"error","detail":"2 / 3"}`:                          f.WithDisc(2, 3),
		`{"code":"manifest.mismatch","severity":"error","why":"sent","detail":"size"}`:              f.WithState("sent"),
	} {
		text, err := json.Marshal(got)
		if err != nil || string(text) != want {
			t.Errorf("%s, %v; want %s", text, err, want)
		}
	}
	if f != (Finding{Code: ManifestMismatch, Severity: Error, Detail: "size"}) {
		t.Error("the finding itself was changed")
	}
	for name, c := range map[string]struct{ got, want Values }{
		"sizes": {f.WithSizes(10, 0).Values, Values{Sizes: Sizes{Known: true, Wanted: 10}}},
		"count": {f.WithCount(7).Values, Values{Count: 7}},
		"disc":  {f.WithDisc(2, 3).Values, Values{Disc: 2, Discs: 3}},
		"state": {f.WithState("sent").Values, Values{State: "sent"}},
	} {
		if c.got != c.want {
			t.Errorf("%s: %+v", name, c.got)
		}
	}
}
