package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"csuis-offline/bundle/verify"
	"csuis-offline/checksum"
	"csuis-offline/finding"
	"csuis-offline/internal/catalogue"
	"csuis-offline/seal"
)

type verifyOptions struct {
	target string
	key    keyOptions
}

func newVerifyCommand(a *app) *cobra.Command {
	var o verifyOptions
	cmd := a.command("verify", needArgs(a, "arg.target"), func(ctx context.Context, args []string) error {
		o.target = args[0]
		rep, err := runVerify(ctx, a, o)
		return a.verifyOutcome(rep, err)
	}, exitOK, exitFindings, exitUsage, exitIO, exitKey, exitInterrupted)
	o.key.register(a, cmd)
	return cmd
}

func runVerify(ctx context.Context, a *app, o verifyOptions) (*verify.Report, error) {
	c, err := a.loadConfig()
	if err != nil {
		return nil, err
	}
	var vo verify.Options
	// The configured key belongs to the person who packs; an auditor without
	// it must still be able to verify.
	if o.key.file != "" {
		if vo.Key, err = a.readKey(ctx, o.key, c); err != nil {
			return nil, err
		}
		defer vo.Key.Wipe()
	}
	vo.Progress = a.meter()
	defer vo.Progress.Done()
	return verify.Target(ctx, o.target, vo)
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
	if finding.Failed(rep.Findings) {
		heading = "summary.verify-failed"
		err = errFindings
		if rep.WrongKey {
			err = errors.Join(errFindings, seal.ErrKey)
		}
		exit, _, _ = classify(err)
	}
	unit := rep.UnitIC
	if rep.UnitName != "" {
		unit += " " + rep.UnitName
	}
	opened := "opened.no"
	switch {
	case rep.WrongKey:
		opened = "opened.wrong-key"
	case rep.Opened:
		opened = "opened.yes"
	}
	facts := []fact{
		{"target", a.cat.Text("target."+string(rep.Kind), nil)}, {"package", rep.Package}, {"unit", unit},
		{"person", or(rep.PersonName, rep.PersonID)}, {"records", rep.Records}, {"opened", a.cat.Text("field."+opened, nil)},
	}
	if rep.Discs > 1 {
		facts = append(facts, fact{"disc", a.cat.Text("field."+discOf(rep), catalogue.Args{"disc": rep.Disc, "discs": rep.Discs})})
	}
	facts = append(facts, fact{"files", rep.Files}, fact{"size", catalogue.Bytes(rep.Bytes)})
	if rep.PackageSHA256 != (checksum.Sum{}) {
		facts = append(facts, fact{"digest", rep.PackageSHA256.String()})
	}
	facts = append(facts, a.checksFact(rep.Checks), a.countFact(rep.Findings))
	a.printSummary("verify", exit, rep.Findings, verifyResult{Report: rep}, a.cat.Text(heading, catalogue.Args{"target": rep.Target}), facts...)
	return err
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
