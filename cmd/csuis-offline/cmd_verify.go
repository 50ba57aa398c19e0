package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"csuis-offline/bundle/verify"
	"csuis-offline/checksum"
	"csuis-offline/finding"
	"csuis-offline/form"
	"csuis-offline/internal/catalogue"
	"csuis-offline/seal"
	"csuis-offline/settings"
)

type verifyOptions struct {
	target, expect string
	compare        bool // --expect was given, if only with an empty value
	open           bool // with the key that the configuration names
	key            keyOptions
}

func newVerifyCommand(a *app) *cobra.Command {
	var o verifyOptions
	var cmd *cobra.Command
	cmd = a.command("verify", needArgs(a, "arg.target"), func(ctx context.Context, args []string) error {
		o.target, o.compare = args[0], cmd.Flags().Changed("expect")
		rep, err := runVerify(ctx, a, o)
		return a.verifyOutcome(rep, err)
	}, exitOK, exitFindings, exitUsage, exitIO, exitKey, exitInterrupted)
	o.key.register(a, cmd)
	cmd.Flags().BoolVar(&o.open, "open", false, a.cat.Text("flag.open", nil))
	cmd.Flags().StringVar(&o.expect, "expect", "", a.cat.Text("flag.expect", nil))
	return cmd
}

func runVerify(ctx context.Context, a *app, o verifyOptions) (*verify.Report, error) {
	c, err := a.loadConfig()
	var broken *settings.Error
	if errors.As(err, &broken) && a.configPath == "" && !o.open {
		// What lies in the folder where somebody verifies is not what is verified.
		c, err = &settings.Settings{}, nil
	}
	if err != nil {
		return nil, err
	}
	var vo verify.Options
	if o.compare || o.expect != "" {
		// A script whose variable is empty means to compare, and must not pass.
		name, sum, err := form.ReadDigest(o.expect)
		if err != nil {
			return nil, &fault{exit: exitUsage, id: "usage.expect", cause: err}
		}
		vo.Expect = &verify.Expect{SHA256: sum, Package: name}
	}
	// The configured key belongs to the person who packs; an auditor without
	// it must still be able to verify.
	if o.key.file != "" || o.open {
		if vo.Key, err = a.readKey(ctx, o.key, c); err != nil {
			return nil, err
		}
		defer vo.Key.Wipe()
	}
	vo.Progress = a.meter()
	defer vo.Progress.Done()
	rep, err := verify.Target(ctx, o.target, vo)
	if rep != nil && broken != nil {
		rep.Findings = append([]finding.Finding{a.brokenConfig(broken)}, rep.Findings...)
	}
	return rep, err
}

// verifyResult is the report in JSON; its findings are on separate lines.
type verifyResult struct {
	*verify.Report
	Findings []finding.Finding `json:"findings,omitempty"`
}

// verifyOutcome prints the findings and the summary.
func (a *app) verifyOutcome(rep *verify.Report, err error) error {
	if err != nil {
		return err
	}
	a.printFindings(rep.Findings, nil)
	exit, heading := exitOK, "summary.verify"
	switch {
	case finding.Failed(rep.Findings):
		heading = "summary.verify-failed"
		err = errFindings
		if rep.WrongKey {
			err = errors.Join(errFindings, seal.ErrKey)
		}
		exit, _, _ = classify(err)
	case rep.Complete != verify.Yes:
		heading = "summary.verify-unproved"
	}
	unit := rep.UnitIC
	if rep.UnitName != "" {
		unit += " " + a.claimed(rep, "unit_name", rep.UnitName)
	}
	facts := []fact{
		{"target", a.cat.Text("target."+string(rep.Kind), nil)}, {"package", rep.Package}, {"unit", unit},
		{"person", or(a.claimed(rep, "person_name", rep.PersonName), rep.PersonID)}, {"records", rep.Records}, {"opened", a.openedText(rep)},
	}
	if rep.Discs > 1 {
		facts = append(facts, fact{"disc", a.cat.Text("field."+discOf(rep), catalogue.Args{"disc": rep.Disc, "discs": rep.Discs})})
	}
	if !rep.Created.IsZero() {
		facts = append(facts, fact{"handed-over", a.claimed(rep, "created", a.cat.Value(catalogue.Date(rep.Created)))}, fact{"media", a.claimed(rep, "media", rep.Media)})
	}
	checks := a.checksFact(rep.Checks)
	checks.value = a.claimed(rep, "checks", a.cat.Value(checks.value))
	facts = append(facts, fact{"files", rep.Files}, fact{"size", catalogue.Bytes(rep.Bytes)}, checks, a.countFact(rep.Findings))
	facts = append(facts, a.statementFacts(rep)...)
	a.printSummary("verify", exit, rep.Findings, verifyResult{Report: rep}, a.cat.Text(heading, catalogue.Args{"target": rep.Target}), facts...)
	if !a.json && !a.quiet && rep.AsOnPaper == verify.NotDone && rep.PackageSHA256 != (checksum.Sum{}) {
		fmt.Fprintln(a.out, a.cat.Text("summary.verify-paper", nil))
	}
	return err
}

// claimed is a value, and says so where nothing but the manifest states it.
func (a *app) claimed(rep *verify.Report, name, value string) string {
	if value == "" || !slices.Contains(rep.ManifestOnly, name) {
		return value
	}
	return a.cat.Text("field.claimed", catalogue.Args{"value": value})
}

// openedText says how many records were opened with a key.
func (a *app) openedText(rep *verify.Report) string {
	id := "opened.no"
	switch {
	case rep.WrongKey:
		id = "opened.wrong-key"
	case rep.Opened:
		id = "opened.yes"
	case rep.OpenedRecords > 0:
		id = "opened.some"
	case rep.Keyed:
		id = "opened.none"
	}
	return a.cat.Text("field."+id, catalogue.Args{"opened": rep.OpenedRecords, "records": rep.Records})
}

// statementFacts are the three statements, and the digest that people compare with
// the paper.
func (a *app) statementFacts(rep *verify.Report) []fact {
	complete := a.cat.Text("statement.complete."+string(rep.Complete), nil)
	if rep.Complete == verify.Yes {
		var lists []string
		for _, l := range rep.CompleteBy {
			lists = append(lists, a.cat.Text("statement.complete.by-"+l, nil))
		}
		last := len(lists) - 1
		if last > 0 {
			lists = []string{a.cat.Text("statement.complete.and", catalogue.Args{"first": strings.Join(lists[:last], ", "), "last": lists[last]})}
		}
		complete = a.cat.Text("statement.complete.yes", catalogue.Args{"lists": lists[0]})
	}
	paper := string(rep.AsOnPaper)
	if rep.AsOnPaper == verify.No && rep.PackageSHA256 == rep.Expected {
		paper = "no-content"
	}
	facts := []fact{
		{"intact", a.cat.Text("statement.intact."+string(rep.Intact), nil)}, {"complete", complete},
		{"as-on-paper", a.cat.Text("statement.as-on-paper."+paper, nil)},
	}
	if rep.PackageSHA256 != (checksum.Sum{}) {
		facts = append(facts, fact{"digest", rep.PackageSHA256.String()})
	}
	return facts
}

// discOf is the text that says which disc of its set was verified.
func discOf(rep *verify.Report) string {
	switch {
	case rep.Disc > 0:
		return "disc.of"
	case rep.Kind == verify.KindPackage:
		return "disc.all"
	}
	return "disc.some"
}
