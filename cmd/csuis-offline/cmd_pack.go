package main

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"csuis-offline/batch"
	"csuis-offline/bundle"
	"csuis-offline/check"
	"csuis-offline/finding"
	"csuis-offline/handover"
	"csuis-offline/internal/catalogue"
	"csuis-offline/seal"
	"csuis-offline/settings"
)

type packOptions struct {
	inputs                    []string
	out, media, reason, place string
	timestamp                 string
	fromOutbox, unknown       bool
	batch                     batchFlags
}

// packResult is what pack says in JSON. The records are in the manifest.
type packResult struct {
	Package       string   `json:"package,omitempty"`
	Folder        string   `json:"folder,omitempty"`
	Records       int      `json:"records"`
	Images        []string `json:"images,omitempty"`
	Form          string   `json:"form,omitempty"`
	PackageSHA256 string   `json:"package_sha256,omitempty"`
	// Checks are those that the records passed; absent without a package.
	Checks *check.Passed `json:"checks,omitempty"`
}

func newPackCommand(a *app) *cobra.Command {
	var o packOptions
	inputs := func(cmd *cobra.Command, args []string) error {
		if o.fromOutbox {
			return atMost(a, 0)(cmd, args)
		}
		return needSome(a, "arg.inputs")(cmd, args)
	}
	cmd := a.command("pack", inputs, func(ctx context.Context, args []string) error {
		o.inputs = args
		pkg, fs, err := runPack(ctx, a, o)
		return a.packOutcome(pkg, fs, err)
	}, exitOK, exitFindings, exitUsage, exitIO, exitKey, exitInterrupted)
	o.batch.register(a, cmd)
	f := cmd.Flags()
	f.StringVar(&o.out, "out", "", a.cat.Text("flag.out", nil))
	f.StringVar(&o.media, "media", "", a.cat.Text("flag.media", nil))
	f.StringVar(&o.reason, "reason", "", a.cat.Text("flag.reason", nil))
	f.StringVar(&o.place, "place", "", a.cat.Text("flag.place", nil))
	f.StringVar(&o.timestamp, "timestamp", "", a.cat.Text("flag.timestamp", nil))
	f.BoolVar(&o.fromOutbox, "from-outbox", false, a.cat.Text("flag.from-outbox", nil))
	f.BoolVar(&o.unknown, "with-unknown", false, a.cat.Text("flag.with-unknown", nil))
	return cmd
}

func runPack(ctx context.Context, a *app, o packOptions) (*bundle.Package, []finding.Finding, error) {
	c, err := a.loadConfig()
	if err != nil {
		return nil, nil, err
	}
	po := bundle.Options{
		Out: or(o.out, c.Relative(c.Pack.Out)), Reason: or(o.reason, c.Pack.Reason), Place: or(o.place, c.Pack.Place),
		Generator: a.generator(),
	}
	if po.Out == "" {
		return nil, nil, usageFault("usage.missing-out", nil)
	}
	if po.Media, err = c.Media(o.media); err != nil {
		return nil, nil, err
	}
	a.begun = append(a.begun, filepath.Join(po.Out, "x"))
	bo, notes, done, err := a.batchOptions(ctx, o.batch, c, o.timestamp)
	if err != nil {
		return nil, nil, err
	}
	defer done()
	po.Batch = bo
	var (
		pkg *bundle.Package
		fs  []finding.Finding
	)
	if o.fromOutbox {
		pkg, fs, err = a.packOutbox(ctx, o, c, po)
	} else {
		pkg, fs, err = bundle.Pack(ctx, batch.Collect(o.inputs), po)
		err = moduleFault(o.batch.module, err)
	}
	return pkg, append(notes, fs...), err
}

// packOutbox makes a package of what has not got through online.
func (a *app) packOutbox(ctx context.Context, o packOptions, c *settings.Settings, po bundle.Options) (*bundle.Package, []finding.Finding, error) {
	box, err := a.openOutbox(ctx, c)
	if err != nil {
		return nil, nil, err
	}
	defer box.Close()
	pkg, fs, err := handover.PackOutbox(ctx, box, handover.DiscOptions{
		Unit: c.Unit.IC, Person: c.Person.ID, Unknown: o.unknown, Why: a.fallbackReason, Pack: po,
	})
	if several := (*handover.SeveralUnitsError)(nil); errors.As(err, &several) {
		return nil, nil, usageFault("usage.several-units", catalogue.Args{"units": strings.Join(several.Units, ", ")})
	}
	return pkg, fs, outboxFault(box.Dir(), err)
}

// fallbackReason says on the form that the online channel fails.
func (a *app) fallbackReason(down handover.ChannelDown) string {
	return a.cat.Text("outbox.fallback-reason", catalogue.Args{
		"since": down.Since.Local().Format("2. 1. 2006 15:04"), "attempts": down.Attempts, "records": down.Records, "cause": a.causeOf(down.Reason),
	})
}

// packOutcome prints the findings and the summary.
func (a *app) packOutcome(pkg *bundle.Package, fs []finding.Finding, err error) error {
	if err != nil && len(fs) == 0 {
		return err
	}
	a.printFindings(fs, func(f finding.Finding) string {
		if f.Code == finding.CheckLate && f.File == "" {
			return "check-more.late"
		}
		return wrongKind(f, strings.EqualFold(filepath.Ext(f.File), ".xm6"))
	})
	if err != nil {
		return err
	}
	if pkg == nil {
		failed, _ := count(fs)
		err := packFailure(fs)
		exit, _, _ := classify(err)
		a.printSummary("pack", exit, fs, packResult{}, a.cat.Text("summary.pack-failed", catalogue.Args{"errors": failed}))
		return err
	}
	a.made = true
	m := pkg.Manifest
	res := packResult{
		Package: m.Package, Folder: pkg.Dir, Records: len(m.Records),
		Form: filepath.Join(pkg.Dir, m.Form.File), PackageSHA256: m.PackageSHA256.String(), Checks: m.Checks,
	}
	facts := []fact{{"folder", pkg.Dir}, {"records", len(m.Records)}, {"person", or(m.Person.Name, m.Person.ID) + ", " + m.Unit.Name}, {"form", res.Form}}
	for _, image := range m.Images {
		path := filepath.Join(pkg.Dir, image.File)
		res.Images = append(res.Images, path)
		facts = append(facts, fact{"image", path + " (" + a.cat.Value(catalogue.Bytes(image.Size)) + ", " + image.VolumeID + ")"})
	}
	facts = append(facts, fact{"digest", res.PackageSHA256}, a.checksFact(m.Checks), a.countFact(fs))
	a.printSummary("pack", exitOK, fs, res, a.cat.Text("summary.pack", catalogue.Args{"name": m.Package}), facts...)
	return nil
}

// checksFact says which checks the records of a package passed.
func (a *app) checksFact(c *check.Passed) fact {
	switch {
	case c == nil:
		return fact{"checks", ""}
	case !c.Made:
		return fact{"checks", a.cat.Text("field.checks.left-out", nil)}
	}
	on, _ := time.Parse(time.DateOnly, c.On)
	return fact{"checks", a.cat.Text("field.checks.made", catalogue.Args{
		"on": catalogue.Date(on), "validated": c.Validated, "passed": c.RulesPassed, "notrun": c.RulesNotRun, "lists": c.CodeLists,
	})}
}

// countFact says how many findings there were; it is empty if there were none.
func (a *app) countFact(fs []finding.Finding) fact {
	var t tally
	t.add(fs)
	return a.tallyFact(t)
}

func (a *app) tallyFact(t tally) fact {
	if t.errors+t.warnings == 0 {
		return fact{"findings", ""}
	}
	return fact{"findings", a.cat.Text("count.findings", catalogue.Args{"errors": t.errors, "warnings": t.warnings})}
}

// packFailure is how pack ends without a package. If one cause outside the
// records stopped all that were stopped, it names that cause, as seal and open
// do.
func packFailure(fs []finding.Finding) error {
	causes := map[finding.Code]error{
		finding.ContainerKey:   seal.ErrKey,
		finding.PackUnreadable: errInput,
	}
	var cause error
	for _, f := range fs {
		if f.Severity != finding.Error {
			continue
		}
		c := causes[f.Code]
		if c == nil || cause != nil && cause != c {
			return errFindings
		}
		cause = c
	}
	return errors.Join(errFindings, cause)
}
