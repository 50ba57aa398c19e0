package check

import (
	"context"
	"fmt"
	"io"
	"iter"
	"sync"
	"time"

	"csuis-offline/c14n"
	"csuis-offline/check/rules"
	"csuis-offline/envelope"
	"csuis-offline/finding"
	"csuis-offline/xsd"
)

// Checker checks records, and at the end what they say to one another. Judge may
// be called by several goroutines at once; all else may not.
type Checker struct {
	o        Options
	envelope *xsd.Schema
	scanners sync.Pool // of *c14n.Scanner, whose buffers are most of what a small record needs
	between  *rules.Gathering
	count    Summary
	doubles  doubles
}

// Judgement is what Judge found in one record.
type Judgement struct {
	Findings []finding.Finding

	stated *stated
	count  Summary
	held   []rules.Held // what the rules between statements need of it
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

// Passed says which checks the records to hand over passed. None of these checks
// found anything of error severity.
type Passed struct {
	// Made is false if the checks were left out; the rest is then empty.
	Made bool `json:"made"`
	// On is the day for which the records were checked, YYYY-MM-DD.
	On string `json:"on,omitempty"`
	// Validated counts the records whose own schema was there.
	Validated int `json:"validated"`
	// RulesPassed and RulesNotRun count the content rules that held and those that
	// could not be run.
	RulesPassed int `json:"rules_passed"`
	RulesNotRun int `json:"rules_not_run"`
	// CodeLists counts the versions of code lists that were used.
	CodeLists int `json:"codelists"`
}

// New prepares the checks. Its error is one of the program itself.
func New(o Options) (*Checker, error) {
	env, err := envelopeSchema()
	if err != nil {
		return nil, fmt.Errorf("check: the envelope's schema: %w", err)
	}
	o = o.withDefaults()
	return &Checker{o: o, envelope: env, between: o.Rules.NewGathering()}, nil
}

func (s *Summary) add(o Summary) {
	s.Records += o.Records
	s.Validated += o.Validated
	s.RulesPassed += o.RulesPassed
	s.RulesFailed += o.RulesFailed
	s.RulesNotRun += o.RulesNotRun
}

// Summary returns what was checked so far.
func (c *Checker) Summary() Summary { return c.count }

// Passed says what was checked so far. It is meaningful if nothing of error
// severity was found.
func (c *Checker) Passed() Passed {
	p := Passed{
		Made: true, On: c.o.today(), Validated: c.count.Validated, RulesPassed: c.count.RulesPassed, RulesNotRun: c.count.RulesNotRun,
	}
	if c.o.Lists != nil {
		p.CodeLists = len(c.o.Lists.Versions())
	}
	return p
}

// Record is Judge and Keep in one.
func (c *Checker) Record(ctx context.Context, file, name string, r io.Reader) ([]finding.Finding, error) {
	j, err := c.Judge(ctx, file, name, r)
	return append(j.Findings, c.Keep(j)...), err
}

// Judge checks one record, bare or in its envelope, in one reading with memory
// that does not grow with it. file and name go into the findings. The error is
// the reader's or the context's; whatever is wrong with the record is a finding.
// The Checker knows nothing of the record before Keep.
func (c *Checker) Judge(ctx context.Context, file, name string, r io.Reader) (Judgement, error) {
	rd := newReading(c, file, name)
	sc, _ := c.scanners.Get().(*c14n.Scanner)
	if sc == nil {
		sc = &c14n.Scanner{}
	}
	sc.Reset(r)
	defer c.scanners.Put(sc)
	defer sc.Reset(nil)
	for n := 0; ; n++ {
		if n%4096 == 0 && ctx.Err() != nil {
			return rd.without(), context.Cause(ctx)
		}
		t, err := sc.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			f, ok := envelope.FindingOf(err)
			if !ok {
				return rd.without(), err
			}
			rd.add(f, errSyntax)
			return rd.judgement, nil
		}
		if err := rd.token(t, sc); err != nil {
			return rd.without(), err
		}
	}
	if f := envelope.MisreadFinding(sc.Misread(), sc.Encoding()); f != nil {
		rd.add(*f, "")
	}
	rd.finish()
	return rd.judgement, nil
}

// Keep takes what Judge returned into the Summary and to what Finish compares.
// Finish's findings come in the order of the calls. Nothing is kept of a record
// whose statement has no rules with others. It returns the findings that come
// from comparing the record with those kept before: that its statement was
// already there.
func (c *Checker) Keep(j Judgement) []finding.Finding {
	c.count.add(j.count)
	for _, h := range j.held {
		c.between.Add(h)
	}
	return c.doubles.add(j.stated)
}

// Finish applies the rules between records that share unit and date, over all
// records kept since New. It yields the findings of one unit and date at a time,
// since there may be very many.
func (c *Checker) Finish() iter.Seq[[]finding.Finding] {
	return func(yield func([]finding.Finding) bool) {
		if c.o.Only&Rules == 0 {
			return
		}
		for results := range c.between.Results() {
			var fs []finding.Finding
			for _, res := range results {
				if f, ok := c.count.judge(res, errAcross); ok {
					fs = append(fs, f)
				}
			}
			finding.Sort(fs)
			if len(fs) > 0 && !yield(fs) {
				return
			}
		}
	}
}

// today is the day of handing over as the checks compare it.
func (o *Options) today() string { return o.On.Format(time.DateOnly) }
