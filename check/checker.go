package check

import (
	"context"
	"fmt"
	"io"
	"iter"
	"time"

	"csuis-offline/c14n"
	"csuis-offline/check/rules"
	"csuis-offline/check/xsd"
	"csuis-offline/finding"
	"csuis-offline/seal"
)

// Checker checks records, and at the end what they say to one another. Judge may
// be called by several goroutines at once; all else may not.
type Checker struct {
	o        Options
	envelope *xsd.Schema
	held     []*rules.Statement
	count    Summary
	doubles  doubles
}

// Judgement is what Judge found out about one record.
type Judgement struct {
	Findings []finding.Finding

	stated *stated
	count  Summary
	held   []*rules.Statement // what the rules between statements need of it
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

func (s *Summary) add(o Summary) {
	s.Records += o.Records
	s.Validated += o.Validated
	s.RulesPassed += o.RulesPassed
	s.RulesFailed += o.RulesFailed
	s.RulesNotRun += o.RulesNotRun
}

// Summary tells what was checked so far.
func (c *Checker) Summary() Summary { return c.count }

// Record is Judge and Keep in one.
func (c *Checker) Record(ctx context.Context, file, name string, r io.Reader) ([]finding.Finding, error) {
	j, err := c.Judge(ctx, file, name, r)
	c.Keep(j)
	return j.Findings, err
}

// Judge checks one record, bare or in its envelope, in one reading with memory
// that does not grow with it. file and name go into the findings. The error is
// the reader's or the context's; whatever is wrong with the record is a finding.
// The Checker knows nothing of the record before Keep.
func (c *Checker) Judge(ctx context.Context, file, name string, r io.Reader) (Judgement, error) {
	rd := newReading(c, file, name)
	sc := c14n.NewScanner(r)
	for n := 0; ; n++ {
		if n%4096 == 0 && ctx.Err() != nil {
			return rd.without(), context.Cause(ctx)
		}
		t, err := sc.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			fs := seal.Findings(err)
			if fs == nil {
				return rd.without(), err
			}
			for _, f := range fs {
				rd.add(f, errSyntax)
			}
			return rd.judgement, nil
		}
		if err := rd.token(t, sc); err != nil {
			return rd.without(), err
		}
	}
	rd.finish()
	return rd.judgement, nil
}

// Keep takes what Judge returned into the Summary and to what Finish compares.
// The order of calls is that of Finish's findings. What is kept of a record
// without a statement that has rules with others is nothing.
func (c *Checker) Keep(j Judgement) {
	c.doubles.add(j.stated)
	c.count.add(j.count)
	c.held = append(c.held, j.held...)
}

// Finish tells of statements that were given several times, and applies the rules
// between records that share unit and date, over all records kept since New. It yields the findings of one unit and date at a time,
// since there may be very many.
func (c *Checker) Finish() iter.Seq[[]finding.Finding] {
	return func(yield func([]finding.Finding) bool) {
		if len(c.doubles.found) > 0 && !yield(c.doubles.found) || c.o.Only&Rules == 0 {
			return
		}
		for _, group := range together(c.held) {
			var fs []finding.Finding
			for _, res := range c.o.Rules.Across(group) {
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

// together groups statements by unit and date, in the order of their first.
func together(all []*rules.Statement) [][]*rules.Statement {
	type key struct{ ic, date string }
	var groups [][]*rules.Statement
	place := map[key]int{}
	for _, st := range all {
		k := key{st.IC, st.Date}
		i, ok := place[k]
		if !ok || st.IC == "" || st.Date == "" {
			i = len(groups)
			place[k] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], st)
	}
	return groups
}

// today is the day of handing over as the checks compare it.
func (o *Options) today() string { return o.On.Format(time.DateOnly) }
