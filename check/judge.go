package check

import (
	"errors"
	"strings"
	"time"

	"csuis-offline/check/codelist"
	"csuis-offline/check/deadline"
	"csuis-offline/check/rules"
	"csuis-offline/finding"
)

// judge counts the result of a rule and turns it into a finding; a rule that
// held has none.
func (s *Summary) judge(res rules.Result, answer string) (finding.Finding, bool) {
	f := finding.Finding{
		File: res.File, Record: res.Record, Line: res.Line, Rule: res.Rule, Position: res.Position, Part: res.Column,
		Wanted: res.Right, Found: res.Left, Difference: res.Difference, Detail: res.Text,
	}
	if res.Letters != "" {
		f.Detail += " (" + res.Letters + ")"
	}
	switch res.Status {
	case rules.Failed:
		s.RulesFailed++
		f.Code, f.Severity, f.Answer = finding.CheckRuleFailed, finding.Error, answer
		if len(res.Missing) > 0 {
			f.Code = finding.CheckRuleFailedGap
			f = f.WithPositions(res.Missing)
		}
		return f, true
	case rules.NotRun:
		s.RulesNotRun++
		f.Code, f.Severity = finding.CheckRuleNotRun, finding.Info
		if res.Why == rules.NotANumber || res.Why == rules.DoubledPosition {
			// The rule is not to blame: something is wrong with the record, and
			// without its schema nobody else would say so.
			f.Severity = finding.Warning
		}
		f.Wanted, f.Found, f.Difference = "", "", ""
		f.Why = res.Why
		return f.WithPositions(res.Missing), true
	case rules.Passed:
		s.RulesPassed++
	}
	return f, false
}

// lists compares the record with the imported code lists. What they do not know
// is reported once.
func (rd *reading) lists() {
	lists := rd.c.o.Lists
	if lists == nil || rd.head.unit() == "" {
		return
	}
	h, today := &rd.head, rd.c.o.On
	rd.answered(lists.Unit(h.unit(), rd.decisive()), finding.CheckUnitUnknown, h.unit(), h.unitAt(), errUnit)
	if h.person != "" && h.senderIC != "" {
		person := lists.Person(h.person, h.senderIC, today)
		if person.Verdict == codelist.Yes && h.subjectIC != "" && h.subjectIC != h.senderIC {
			// CSÚIS asks whether the person acts for the unit whose record it is
			// (technical manual, chapter I).
			person = lists.Person(h.person, h.subjectIC, today)
		}
		rd.answered(person, finding.CheckPersonUnknown, h.person, h.personAt, errPerson)
	}
	if day, ok := h.day(); ok && h.recordType != "" {
		rd.answered(lists.Expected(h.recordType, h.unit(), day), finding.CheckNotExpected, h.recordType, h.dateAt, errUnexpected)
	}
}

// decisive is the day that decides about a record: its own (technical manual,
// chapter E).
func (rd *reading) decisive() time.Time {
	if day, ok := rd.head.day(); ok {
		return day
	}
	return rd.c.o.On
}

func (rd *reading) answered(a codelist.Answer, code finding.Code, what string, at place, answer string) {
	f := finding.Finding{
		Code: code, Line: at.line, Column: at.column, Found: what, Why: string(a.Reason), Detail: strings.Join(a.Others, ", "),
	}.WithSpans(a.Spans)
	switch a.Verdict {
	case codelist.No:
		rd.add(f, answer)
	case codelist.Unknown:
		if a.Reason == codelist.NoList {
			return
		}
		f.Code, f.Severity = finding.CheckListUnknown, finding.Info
		rd.add(f, "")
	}
}

// due compares the day of handing over with the time allowed.
func (rd *reading) due() {
	if rd.head.recordType == "" {
		return
	}
	day, ok := rd.head.day()
	if !ok && rd.head.subjectIC == "" && rd.head.date == "" {
		return // without a header it is no statement, or its schema says so
	}
	if !ok {
		at := rd.head.rootAt
		if rd.head.date != "" {
			at = rd.head.dateAt
		}
		rd.add(finding.Finding{
			Code: finding.CheckNoDate, Severity: finding.Warning, Line: at.line, Column: at.column, Found: rd.head.date,
		}, "")
		return
	}
	at := rd.head.dateAt
	kind := ""
	if lists := rd.c.o.Lists; lists != nil {
		if kinds := lists.UnitKinds(rd.head.unit(), day); len(kinds) == 1 {
			kind = kinds[0]
		}
	}
	due, err := rd.c.o.Terms.Of(rd.head.recordType, kind, day)
	var date *deadline.DateError
	switch {
	case errors.As(err, &date):
		f := finding.Finding{Code: finding.CheckNoPeriod, Line: at.line, Column: at.column}.WithDay(finding.DayOf(day)).WithDays(nearest(date)...)
		if date.Assumed {
			f.Severity = finding.Warning
		}
		rd.add(f, errUnexpected)
		return
	case err != nil:
		return
	}
	f := finding.Finding{Line: at.line, Column: at.column, Detail: string(due.Frequency)}.WithDay(finding.DayOf(rd.c.o.On))
	switch due.State(rd.c.o.On) {
	case deadline.NotOver:
		f.Code = finding.CheckNotOver
		if due.Assumed {
			f.Severity = finding.Warning
		}
		rd.add(f.WithDays(finding.DayOf(due.Opens)), errUnexpected)
	case deadline.Late:
		// A late statement must still be delivered.
		f.Code, f.Severity = finding.CheckLate, finding.Warning
		rd.add(f.WithDays(finding.DayOf(due.Last)), errUnexpected)
	}
}

func nearest(e *deadline.DateError) []finding.Day {
	var out []finding.Day
	for _, t := range []time.Time{e.Before, e.After} {
		if !t.IsZero() {
			out = append(out, finding.DayOf(t))
		}
	}
	return out
}
