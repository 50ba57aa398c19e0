package main

import (
	"cmp"
	"context"
	"io"
	"maps"
	"slices"
	"strconv"
	"sync"

	"csuis-offline/bundle"
	"csuis-offline/check"
	"csuis-offline/finding"
)

// packJudge judges the records of a package as check does.
type packJudge struct {
	checker *check.Checker
	res     checkResult

	mu   sync.Mutex
	kept []keptJudgement
	late map[string]*lateness // by due date
}

// lateness is what a package says of the records that are late for one due date:
// once, since one day of handing over made all of them late.
type lateness struct {
	n     int
	first finding.Finding // of those the one whose file comes first
}

type keptJudgement struct {
	file string
	check.Judgement
}

// packChecks prepares the checks of pack for the day of handing over. done
// closes what was opened; the findings are about the code lists.
func (a *app) packChecks(o checkOptions, c *config) (j *packJudge, notes []finding.Finding, done func(), err error) {
	j = &packJudge{}
	co, notes, done, err := a.checkOptions(o, c, &j.res)
	if err != nil {
		return nil, nil, done, err
	}
	if j.checker, err = check.New(co); err != nil {
		done()
		return nil, nil, func() {}, err
	}
	return j, notes, done, nil
}

func (j *packJudge) Record(ctx context.Context, file string, r io.Reader) ([]finding.Finding, error) {
	found, err := j.checker.Judge(ctx, file, "", r)
	j.mu.Lock()
	defer j.mu.Unlock()
	fs := slices.DeleteFunc(told(found.Findings), j.isLate)
	found.Findings = nil
	j.kept = append(j.kept, keptJudgement{file, found})
	return fs, err
}

// Finish keeps the judgements in the order of the files, whichever was there first.
func (j *packJudge) Finish() []finding.Finding {
	slices.SortFunc(j.kept, func(a, b keptJudgement) int { return cmp.Compare(a.file, b.file) })
	for _, k := range j.kept {
		j.checker.Keep(k.Judgement)
	}
	j.kept = nil
	var all []finding.Finding
	for fs := range j.checker.Finish() {
		all = append(all, told(fs)...)
	}
	for _, due := range slices.Sorted(maps.Keys(j.late)) {
		l := j.late[due]
		if l.n > 1 {
			l.first.File, l.first.Line, l.first.Column = "", 0, 0
			l.first.Detail = strconv.Itoa(l.n) + " records"
		}
		all = append(all, l.first)
	}
	return all
}

// isLate takes out the findings that Finish tells together.
func (j *packJudge) isLate(f finding.Finding) bool {
	if f.Code != finding.CheckLate {
		return false
	}
	l := j.late[f.Wanted]
	if l == nil {
		l = &lateness{first: f}
		if j.late == nil {
			j.late = map[string]*lateness{}
		}
		j.late[f.Wanted] = l
	}
	if l.n++; f.File < l.first.File {
		l.first = f
	}
	return true
}

func (j *packJudge) Checks() bundle.Checks {
	s := j.checker.Summary()
	return bundle.Checks{
		Made: true, On: j.res.On, Validated: s.Validated, RulesPassed: s.RulesPassed, RulesNotRun: s.RulesNotRun, CodeLists: j.res.CodeLists,
	}
}

// told leaves out what check only informs of, such as the rules that could not
// be asked: there are dozens a record, and a package may have a hundred thousand.
// The summary counts them. What pack itself says of statements that are there
// twice is left out, too.
func told(fs []finding.Finding) []finding.Finding {
	return slices.DeleteFunc(fs, func(f finding.Finding) bool {
		return f.Severity == finding.Info || f.Code == finding.PackDoubleStatement
	})
}
