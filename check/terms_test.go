package check

import (
	"bytes"
	"strings"
	"testing"

	"csuis-offline/check/deadline"
	"csuis-offline/finding"
)

// TestTermsThatAreNotAssumedAreErrors: a user's file says what is published.
func TestTermsThatAreNotAssumedAreErrors(t *testing.T) {
	t.Parallel()
	own, err := deadline.Default().Override(strings.NewReader("format = \"csuis-terms/1\"\n[[term]]\nkinds = [\"001\"]\nevery = \"yearly\"\ndue_days = 30\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		date string
		want finding.Code
	}{{"2026-06-30", finding.CheckNoPeriod}, {"2026-12-31", finding.CheckNotOver}} {
		doc := bytes.ReplaceAll(dated(tc.date, ""), []byte("R>"), []byte("Rozvaha>"))
		for _, terms := range []*deadline.Terms{own, nil} {
			fs := one(t, Options{Only: CodeLists, On: day(t, "2026-07-15"), Type: builtinType, Terms: terms}, doc)
			if terms == nil && tc.want == finding.CheckNoPeriod {
				continue // by the built-in file it ends a quarter
			}
			if len(fs) != 1 || fs[0].Code != tc.want || (fs[0].Severity == finding.Error) != (terms != nil) {
				t.Errorf("%s: %+v", tc.date, fs)
			}
		}
	}
}
