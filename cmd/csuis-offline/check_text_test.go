package main

import (
	"strings"
	"testing"

	"csuis-offline/finding"
	"csuis-offline/xsd"
)

// TestChecksSpeakFromTypedValues: what looks like a list or a day in a text of the
// record is not taken for one.
func TestChecksSpeakFromTypedValues(t *testing.T) {
	t.Parallel()
	spans := []finding.Span{{From: 20100101, To: 20121231}, {From: 20150101}, {To: 20091231}, {}}
	for _, tc := range []struct {
		f    finding.Finding
		want string
	}{
		{finding.Finding{Code: finding.CheckUnitUnknown, Found: "12345678", Why: "not-valid"}.WithSpans(spans),
			"od 1. 1. 2010 do 31. 12. 2012, od 1. 1. 2015, do 31. 12. 2009, bez omezení"},
		{finding.Finding{Code: finding.CheckPersonUnknown, Found: "2026-12-31, a..b", Why: "not-listed"}, "2026-12-31, a..b"},
		{finding.Finding{Code: finding.CheckLate}.WithDay(20270105).WithDays(20261231), "31. 12. 2026"},
		{finding.Finding{Code: finding.CheckNoPeriod}.WithDay(20270105).WithDays(20261231, 20270331), "31. 12. 2026, 31. 3. 2027"},
		{finding.Finding{Code: finding.CheckRuleFailedGap}.WithPositions([]string{"A, I"}), "chybí položka A, I"},
		{finding.Finding{Code: finding.CheckRuleFailedGap}.WithPositions([]string{"A.I", "B"}), "chybí položky A.I, B"},
		{finding.Finding{Code: finding.XSD(string(xsd.ElementUnexpected)), Detail: "X"}.WithNames([]string{"A", "B"}), "jeden z prvků A, B"},
		{finding.Finding{Code: finding.XSD(string(xsd.MinLength)), Path: "/A/X", Detail: "X", Values: finding.Values{Attribute: true}}, "atribut"},
		{finding.Finding{Code: finding.XSD(string(xsd.MinLength)), Path: "/A/X", Detail: "X"}, "prv"},
		{finding.Finding{Code: finding.SendDuplicate}.WithOther(1234).WithState("sent"), "(číslo 1234)"},
	} {
		if got := printed(t, tc.f); !strings.Contains(strings.ReplaceAll(got, "\u00a0", " "), tc.want) {
			t.Errorf("%s: %q does not say %q", tc.f.Code, got, tc.want)
		}
	}
}
