package check

import (
	"context"
	"fmt"
	"io"
	"time"

	"csuis-offline/c14n"
	"csuis-offline/check/rules"
	"csuis-offline/check/xsd"
	"csuis-offline/finding"
	"csuis-offline/seal"
)

// Checker checks records one after another, and at the end what they say to one
// another. It is not safe for use by several goroutines at once.
type Checker struct {
	o        Options
	envelope *xsd.Schema
	held     []*rules.Statement
	count    Summary
}

// Summary counts what was checked.
type Summary struct {
	Records int `json:"records"`
	// Validated: records whose own schema was there.
	Validated int `json:"validated"`
	// Rules that held, that did not, and that could not be run.
	RulesPassed int `json:"rules_passed"`
	RulesFailed int `json:"rules_failed"`
	RulesNotRun int `json:"rules_not_run"`
}

// New prepares the checks. Its error is one of the program itself.
func New(o Options) (*Checker, error) {
	env, err := envelopeSchema()
	if err != nil {
		return nil, fmt.Errorf("check: the envelope's schema: %w", err)
	}
	return &Checker{o: o.withDefaults(), envelope: env}, nil
}

// Summary tells what was checked so far.
func (c *Checker) Summary() Summary { return c.count }

// Record checks one record, bare or in its envelope, in one reading with memory
// that does not grow with it. file and name go into the findings. The error is
// the reader's or the context's; whatever is wrong with the record is a finding.
func (c *Checker) Record(ctx context.Context, file, name string, r io.Reader) ([]finding.Finding, error) {
	c.count.Records++
	rd := newReading(c, file, name)
	sc := c14n.NewScanner(r)
	for n := 0; ; n++ {
		if n%4096 == 0 && ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		t, err := sc.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			fs := seal.Findings(err)
			if fs == nil {
				return nil, err
			}
			for _, f := range fs {
				rd.add(f, errSyntax)
			}
			return rd.findings, nil
		}
		if err := rd.token(t, sc); err != nil {
			return nil, err
		}
	}
	rd.finish()
	return rd.findings, nil
}

// Finish applies the rules between records that share unit and date, over all
// records since New.
func (c *Checker) Finish() []finding.Finding {
	if c.o.Only&Rules == 0 {
		return nil
	}
	var fs []finding.Finding
	for _, res := range c.o.Rules.Across(c.held) {
		if f, ok := c.judge(res, errAcross); ok {
			fs = append(fs, f)
		}
	}
	finding.Sort(fs)
	return fs
}

// today is the day of handing over as the checks compare it.
func (o *Options) today() string { return o.On.Format(time.DateOnly) }
