package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"csuis-offline/batch"
	"csuis-offline/check"
	"csuis-offline/finding"
	"csuis-offline/internal/catalogue"
	"csuis-offline/progress"
	"csuis-offline/settings"
)

type checkOptions struct {
	inputs                   []string
	only, schemas, rules, on string
	// These files override the built-in data.
	terms, attachments, codePlaces string
	verbose, listRules             bool
	key                            keyOptions
}

// checkResult is what check says in JSON.
type checkResult struct {
	check.Summary
	On string `json:"on"`
	// Skipped are sealed records that were not opened for want of a key.
	Skipped   int  `json:"skipped"`
	Schemas   bool `json:"schemas"`   // a folder of schemas was there
	CodeLists int  `json:"codelists"` // stored versions of code lists
}

func newCheckCommand(a *app) *cobra.Command {
	var o checkOptions
	inputs := func(cmd *cobra.Command, args []string) error {
		if o.listRules {
			return atMost(a, 0)(cmd, args)
		}
		return needSome(a, "arg.inputs")(cmd, args)
	}
	cmd := a.command("check", inputs, func(ctx context.Context, args []string) error {
		if o.listRules {
			return runListRules(a, o)
		}
		o.inputs = args
		return runCheck(ctx, a, o)
	}, exitOK, exitFindings, exitUsage, exitIO, exitKey, exitInterrupted)
	o.key.register(a, cmd)
	f := cmd.Flags()
	f.StringVar(&o.only, "only", "", a.cat.Text("flag.only", nil))
	o.register(a, f)
	f.StringVar(&o.on, "on", "", a.cat.Text("flag.on", nil))
	f.BoolVar(&o.listRules, "list-rules", false, a.cat.Text("flag.list-rules", nil))
	f.BoolVar(&o.verbose, "verbose", false, a.cat.Text("flag.verbose", nil))
	return cmd
}

// checking is one run of the checks. Findings are printed record by record, so
// memory does not grow with their number.
type checking struct {
	a       *app
	o       checkOptions
	tally   tally
	res     checkResult
	counter progress.Counter
	// heard takes the findings instead of printing them; nil prints them.
	heard func([]finding.Finding)
}

func runCheck(ctx context.Context, a *app, o checkOptions) error {
	c, err := a.loadConfig()
	if err != nil {
		return err
	}
	k := &checking{a: a, o: o, counter: progress.None}
	if err := k.run(ctx, c); err != nil {
		return err
	}
	return k.outcome()
}

// run checks all inputs.
func (k *checking) run(ctx context.Context, c *settings.Settings) error {
	a, o := k.a, k.o
	co, notes, done, err := a.buildCheck(o, c, &k.res)
	if err != nil {
		return err
	}
	defer done()
	in := batch.Collect(o.inputs)
	var bo batch.CheckOptions
	if o.key.file != "" {
		if bo.Key, err = a.readKey(ctx, o.key, c); err != nil {
			return err
		}
		defer bo.Key.Wipe()
	}
	checker, err := check.New(co)
	if err != nil {
		return err
	}
	k.print(append(notes, in.Findings...), nil)
	k.counter = a.meter()
	k.counter.SetMax(in.Size())
	defer k.counter.Done()
	bo.Checker, bo.Progress = checker, k.counter
	err = batch.Check(ctx, in.Files, bo, func(c batch.Checked) error {
		if c.Skipped {
			k.res.Skipped++
		}
		k.print(c.Findings, func(f finding.Finding) string { return wrongKind(f, c.Input.Sealed) })
		return nil
	})
	if err != nil {
		return err
	}
	for fs := range checker.Finish() {
		k.print(fs, nil)
	}
	k.counter.Done()
	k.res.Summary = checker.Summary()
	return nil
}

// print writes findings and keeps what the end needs to know of them.
func (k *checking) print(fs []finding.Finding, textOf func(finding.Finding) string) {
	k.tally.add(fs)
	if k.heard != nil {
		k.heard(fs)
		return
	}
	if !k.a.json && !k.o.verbose {
		fs = withoutNotRun(fs)
	}
	if len(fs) > 0 {
		// Its line and the text would run into one another.
		k.counter.Done()
	}
	k.a.printFindings(fs, func(f finding.Finding) string {
		switch {
		case f.Code == finding.CheckRuleNotRun && f.Rule == "":
			return "check-more.not-run"
		case f.Code == finding.PackNoInput:
			return "check-more.no-input"
		case textOf != nil:
			return textOf(f)
		}
		return ""
	})
}

// outcome prints the summary.
func (k *checking) outcome() error {
	var err error
	a := k.a
	exit, heading := exitOK, "summary.check"
	if k.tally.errors > 0 {
		heading = "summary.check-failed"
		err = packFailure(k.tally.kinds)
		exit, _, _ = classify(err)
	}
	s := k.res.Summary
	schemas := a.cat.Text("field.schemas.none", nil)
	if k.res.Schemas {
		schemas = a.cat.Text("field.schemas.some", catalogue.Args{"validated": s.Validated, "records": s.Records})
	}
	lists := a.cat.Text("field.codelists.none", nil)
	if k.res.CodeLists > 0 {
		lists = a.cat.Text("field.codelists.some", catalogue.Args{"n": k.res.CodeLists})
	}
	on, _ := time.Parse(time.DateOnly, k.res.On)
	facts := []fact{{"records", s.Records}}
	if k.res.Skipped > 0 {
		facts = append(facts, fact{"skipped", k.res.Skipped})
	}
	facts = append(facts, fact{"on", catalogue.Date(on)})
	part, _ := partOf(k.o.only)
	if part&check.Schema != 0 {
		facts = append(facts, fact{"schemas", schemas})
	}
	if part&check.Rules != 0 {
		facts = append(facts, fact{"rules", a.cat.Text("field.rules.counts", catalogue.Args{
			"passed": s.RulesPassed, "failed": s.RulesFailed, "notrun": s.RulesNotRun,
		})})
	}
	if part&check.CodeLists != 0 {
		facts = append(facts, fact{"codelists", lists})
	}
	facts = append(facts, a.tallyFact(k.tally))
	a.printAnswers(k.tally.kinds)
	a.printCounted("check", exit, k.tally, k.res, a.cat.Text(heading, nil), facts...)
	return err
}
