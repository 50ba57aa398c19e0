package codelist

import (
	"slices"
	"strings"

	"csuis-offline/finding"
)

// Verdict is the result of a question.
type Verdict string

// The verdicts.
const (
	Yes     Verdict = "yes"
	No      Verdict = "no"
	Unknown Verdict = "unknown" // must never count as yes or no
)

// Reason says why a verdict is not yes.
type Reason string

// The reasons, with the verdict that each comes with.
const (
	NoList     Reason = "no-list"      // unknown: the list was never imported
	NoVersion  Reason = "no-version"   // unknown: no imported version is valid on the day
	Incomplete Reason = "incomplete"   // unknown: it would be no, but records of the list could not be read
	Unreadable Reason = "unreadable"   // unknown: the stored list is damaged, or it would be no and another version is; Detail says more
	NoUnitKind Reason = "no-unit-kind" // unknown: what kind of unit it is, or the list of statements does not know that kind

	NotListed   Reason = "not-listed"   // no: it stands nowhere in the list
	NotValid    Reason = "not-valid"    // no: not on the day; Spans say when
	Inactive    Reason = "inactive"     // no: valid on the day, but marked inactive
	OtherUnit   Reason = "other-unit"   // no: the person acts for other units only, in Others
	NotExpected Reason = "other-kind"   // no: the statement is one of other kinds of unit, in Others
	OtherPeriod Reason = "other-period" // no: the day ends no period of the statement; Others say how often it is due
)

// Reasons lists the reasons of an Answer.
func Reasons() []Reason {
	return []Reason{
		NoList, NoVersion, Incomplete, Unreadable, NoUnitKind,
		NotListed, NotValid, Inactive, OtherUnit, NotExpected, OtherPeriod,
	}
}

// Answer is an answer to a question.
type Answer struct {
	Verdict Verdict
	Reason  Reason // "" with Yes
	// Spans are the validities known, in order, at most MaxSpans; with Yes, those
	// that hold the day.
	Spans []finding.Span
	// Role is that of the person: ZO, NZO, or "" where the list does not say.
	Role string
	// Others are the units, kinds of unit or frequencies that the reason is about,
	// sorted, at most MaxSpans.
	Others  []string
	Version string // the stored version that was used
	Detail  string // of Unreadable: what is wrong
}

// MaxSpans bounds the lists in an Answer.
const MaxSpans = 16

// match is a row that a question may be about.
type match struct {
	from, to day
	state    string
	role     string
}

func (m match) holds(on day) bool { return m.from <= on && on <= m.to }

func (m match) span() finding.Span { return finding.Span{From: m.from.known(), To: m.to.known()} }

// judge answers from the rows that have the key asked for.
func (v *view) judge(rows []match, on day) Answer {
	if len(rows) == 0 {
		return v.no(NotListed)
	}
	var now, all []match
	for _, m := range rows {
		all = append(all, m)
		if m.holds(on) {
			now = append(now, m)
		}
	}
	if len(now) == 0 {
		a := v.no(NotValid)
		a.Spans = spans(all)
		return a
	}
	active := slices.DeleteFunc(slices.Clone(now), func(m match) bool { return m.state == "N" })
	if len(active) == 0 {
		a := v.no(Inactive)
		a.Spans = spans(now)
		return a
	}
	a := v.answer(Yes, "")
	a.Spans = spans(active)
	a.Role = role(active)
	return a
}

// role is ZO if any row says so, as a person can be registered as both.
func role(rows []match) string {
	for _, want := range []string{"ZO", "NZO"} {
		if slices.ContainsFunc(rows, func(m match) bool { return m.role == want }) {
			return want
		}
	}
	return ""
}

func spans(rows []match) []finding.Span {
	slices.SortFunc(rows, func(a, b match) int {
		if a.from != b.from {
			return int(a.from) - int(b.from)
		}
		return int(a.to) - int(b.to)
	})
	var out []finding.Span
	for _, m := range rows {
		if s := m.span(); !slices.Contains(out, s) && len(out) < MaxSpans {
			out = append(out, s)
		}
	}
	return out
}

func (v *view) answer(verdict Verdict, reason Reason) Answer {
	return Answer{Verdict: verdict, Reason: reason, Version: v.version}
}

// no answers no, or unknown if the list has gaps or a version of it is damaged.
func (v *view) no(reason Reason) Answer {
	if v.damaged != nil {
		a := v.answer(Unknown, Unreadable)
		a.Detail = v.damaged.Error()
		return a
	}
	if v.table.header.refused > 0 {
		return v.answer(Unknown, Incomplete)
	}
	return v.answer(No, reason)
}

// others sorts names and drops doubles.
func others(names []string) []string {
	slices.SortFunc(names, strings.Compare)
	names = slices.Compact(names)
	return names[:min(len(names), MaxSpans)]
}
