package main

import (
	"context"
	"io"
	"sync"

	"csuis-offline/bundle"
	"csuis-offline/check"
	"csuis-offline/finding"
)

// packJudge judges the records of a package as check does.
type packJudge struct {
	mu      sync.Mutex
	checker *check.Checker
	res     checkResult
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
	j.mu.Lock()
	defer j.mu.Unlock()
	fs, err := j.checker.Record(ctx, file, "", r)
	return told(fs), err
}

func (j *packJudge) Finish() []finding.Finding { return told(j.checker.Finish()) }

func (j *packJudge) Checks() bundle.Checks {
	s := j.checker.Summary()
	return bundle.Checks{
		Made: true, On: j.res.On, Validated: s.Validated, RulesPassed: s.RulesPassed, RulesNotRun: s.RulesNotRun, CodeLists: j.res.CodeLists,
	}
}

// told leaves out what check only informs of, such as the rules that could not
// be asked: there are dozens a record, and a package may have a hundred thousand.
// The summary counts them.
func told(fs []finding.Finding) []finding.Finding {
	var out []finding.Finding
	for _, f := range fs {
		if f.Severity != finding.Info {
			out = append(out, f)
		}
	}
	return out
}
