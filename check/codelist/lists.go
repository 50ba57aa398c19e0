package codelist

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"csuis-offline/check/deadline"
	"csuis-offline/finding"
)

// Lists are the imported lists. They answer from the version that is valid on
// the day in question; of several, from the one whose validity begins last, and
// of those from the one imported last. A list is read when it is first used.
// Lists are safe for use by several goroutines at once.
type Lists struct {
	versions map[Kind][]*version
	damaged  map[Kind]error // of a list with versions that cannot be read: why
}

// Version describes one stored version.
type Version struct {
	Kind     Kind
	Name     string
	From, To finding.Day // its validity, both in it; 0 is an open end
	Records  int
	Refused  int // records of the published file that were refused
	Path     string
}

// Open opens the lists of a folder that Import writes. A missing folder holds
// none. The lists that could be opened are returned even with an error, which
// wraps ErrStore for each damaged one.
func Open(dir string) (*Lists, error) {
	l := &Lists{versions: map[Kind][]*version{}, damaged: map[Kind]error{}}
	var errs []error
	for _, k := range Kinds() {
		damaged := func(err error) {
			errs = append(errs, err)
			l.damaged[k] = err
		}
		folder := filepath.Join(dir, string(k))
		names, err := versions(folder)
		if err != nil {
			damaged(err)
			continue
		}
		for _, n := range names {
			v, err := openVersion(filepath.Join(folder, n), strings.TrimSuffix(n, extension))
			switch {
			case errors.Is(err, os.ErrNotExist): // removed meanwhile
			case err != nil:
				damaged(err)
			case v.header.kind != k:
				damaged(errors.Join(ErrStore, errors.New(v.path+" belongs to the list "+string(v.header.kind))))
			default:
				l.versions[k] = append(l.versions[k], v)
			}
		}
	}
	return l, errors.Join(errs...)
}

// Versions lists the stored versions, by list and in the order of their import.
func (l *Lists) Versions() []Version {
	var out []Version
	for _, k := range Kinds() {
		for _, v := range l.versions[k] {
			out = append(out, Version{
				Kind: k, Name: v.name, From: v.header.from.known(), To: v.header.to.known(),
				Records: v.header.records, Refused: v.header.refused, Path: v.path,
			})
		}
	}
	return out
}

// Empty reports whether no list is stored at all.
func (l *Lists) Empty() bool {
	for _, versions := range l.versions {
		if len(versions) > 0 {
			return false
		}
	}
	return true
}

// view is the version of a list that answers for a day.
type view struct {
	table   *table
	version string
	// damaged is why another version, which might know better, cannot be read; nil
	// if all can.
	damaged error
}

// on picks the version for a day. If there is none, the Answer says why.
func (l *Lists) on(k Kind, d day) (*view, Answer) {
	if len(l.versions[k]) == 0 {
		if err := l.damaged[k]; err != nil {
			return nil, Answer{Verdict: Unknown, Reason: Unreadable, Detail: err.Error()}
		}
		return nil, Answer{Verdict: Unknown, Reason: NoList}
	}
	var best *version
	for _, v := range l.versions[k] {
		if v.header.from <= d && d <= v.header.to && (best == nil || v.header.from >= best.header.from) {
			best = v
		}
	}
	if best == nil {
		a := Answer{Verdict: Unknown, Reason: NoVersion}
		var rows []match
		for _, v := range l.versions[k] {
			rows = append(rows, match{from: v.header.from, to: v.header.to})
		}
		a.Spans = spans(rows)
		return nil, a
	}
	t, err := best.load()
	if err != nil {
		return nil, Answer{Verdict: Unknown, Reason: Unreadable, Version: best.name, Detail: err.Error()}
	}
	return &view{t, best.name, l.damaged[k]}, Answer{}
}

// Unit answers whether a unit is known and active on a day.
func (l *Lists) Unit(ic string, on time.Time) Answer {
	v, a := l.on(Units, dayOf(on))
	if v == nil {
		return a
	}
	return v.judge(v.units(ic), dayOf(on))
}

func (v *view) units(ic string) []match {
	var rows []match
	for r := range v.table.find("U", ic) {
		from, to, _ := parseSpan(r[2], r[3])
		rows = append(rows, match{from: from, to: to, state: r[4]})
	}
	return rows
}

// UnitKinds returns the kinds of a unit that the list states for a day, as it
// writes them: mostly one, none if it says nothing.
func (l *Lists) UnitKinds(ic string, on time.Time) []string {
	v, _ := l.on(Units, dayOf(on))
	if v == nil {
		return nil
	}
	var kinds []string
	for r := range v.table.find("U", ic) {
		from, to, _ := parseSpan(r[2], r[3])
		if (match{from: from, to: to}).holds(dayOf(on)) && r[5] != "" {
			kinds = append(kinds, r[5])
		}
	}
	return others(kinds)
}

// Person answers whether a person is a responsible person of a unit, or a
// deputy, on a day; the Answer's Role says which.
func (l *Lists) Person(personID, ic string, on time.Time) Answer {
	v, a := l.on(Units, dayOf(on))
	if v == nil {
		return a
	}
	var rows []match
	for r := range v.table.find("P", ic, personID) {
		from, to, _ := parseSpan(r[3], r[4])
		rows = append(rows, match{from: from, to: to, state: r[5], role: r[6]})
	}
	if len(rows) > 0 {
		return v.judge(rows, dayOf(on))
	}
	var units []string
	for r := range v.table.find("Q", personID) {
		units = append(units, r[2])
	}
	if len(units) == 0 {
		return v.no(NotListed)
	}
	a = v.no(OtherUnit)
	a.Others = others(units)
	return a
}

// Expected answers whether a statement (RecordType, "001") is expected of a
// unit for the period that ends on a day (technical manual, chapter C, REJECT).
func (l *Lists) Expected(statement, ic string, period time.Time) Answer {
	d := dayOf(period)
	v, a := l.on(Statements, d)
	if v == nil {
		return a
	}
	var all, valid [][]string
	for r := range v.table.find("S", statementCode(statement)) {
		all = append(all, r)
		if from, to, _ := parseSpan(r[3], r[4]); (match{from: from, to: to}).holds(d) {
			valid = append(valid, r)
		}
	}
	switch {
	case len(all) == 0:
		return v.no(NotListed)
	case len(valid) == 0:
		a = v.no(NotValid)
		a.Spans = spans(rowSpans(all))
		return a
	}
	own, a, ok := v.ofUnit(valid, l.UnitKinds(ic, period))
	if !ok {
		return a
	}
	due := slices.DeleteFunc(slices.Clone(own), func(r []string) bool {
		return r[5] != "" && !deadline.Frequency(r[5]).Ends(period)
	})
	if len(due) == 0 {
		a = v.no(OtherPeriod)
		for _, r := range own {
			a.Others = append(a.Others, r[5])
		}
		a.Others = others(a.Others)
		return a
	}
	a = v.answer(Yes, "")
	a.Spans = spans(rowSpans(due))
	return a
}

// ofUnit keeps the rows that are about a unit of these kinds, or about all.
func (v *view) ofUnit(rows [][]string, kinds []string) ([][]string, Answer, bool) {
	var own [][]string
	var named []string
	for _, r := range rows {
		if r[2] == "" || slices.Contains(kinds, r[2]) {
			own = append(own, r)
		} else {
			named = append(named, r[2])
		}
	}
	if len(own) > 0 {
		return own, Answer{}, true
	}
	// A kind that the list never names may be another list's word for one that it
	// does.
	known := slices.ContainsFunc(kinds, func(k string) bool { return v.table.unitKinds[k] })
	a := v.answer(Unknown, NoUnitKind)
	if known {
		a = v.no(NotExpected)
	}
	a.Others = others(named)
	return nil, a, false
}

func rowSpans(rows [][]string) []match {
	var out []match
	for _, r := range rows {
		from, to, _ := parseSpan(r[3], r[4])
		out = append(out, match{from: from, to: to})
	}
	return out
}

// Code answers whether a code of SKP or of the chart of accounts is valid on a
// day. Codes are compared exactly: leading zeros count.
func (l *Lists) Code(k Kind, code string, on time.Time) Answer {
	v, a := l.on(k, dayOf(on))
	if v == nil {
		return a
	}
	var rows []match
	for r := range v.table.find("C", code) {
		from, to, _ := parseSpan(r[2], r[3])
		rows = append(rows, match{from: from, to: to})
	}
	return v.judge(rows, dayOf(on))
}
