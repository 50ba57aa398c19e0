package main

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"csuis-offline/finding"
	"csuis-offline/handover"
	"csuis-offline/internal/catalogue"
	"csuis-offline/outbox"
)

func newOutboxPruneCommand(a *app) *cobra.Command {
	var age string
	cmd := a.command("prune", atMost(a, 0), func(ctx context.Context, _ []string) error {
		return runOutboxPrune(ctx, a, age)
	}, exitOK, exitUsage, exitIO, exitInterrupted)
	cmd.Flags().StringVar(&age, "older-than", "", a.cat.Text("flag.older-than", nil))
	return cmd
}

func newOutboxVerifyCommand(a *app) *cobra.Command {
	return a.command("verify-store", atMost(a, 0), func(ctx context.Context, _ []string) error {
		return runOutboxVerify(ctx, a)
	}, exitOK, exitFindings, exitUsage, exitIO, exitInterrupted)
}

// ageOf reads an age: days as "365d", or a duration of Go.
func ageOf(s string) (time.Duration, bool) {
	if days, ok := strings.CutSuffix(s, "d"); ok {
		n, err := strconv.Atoi(days)
		return time.Duration(n) * 24 * time.Hour, err == nil && n >= 0 && n <= 36500
	}
	d, err := time.ParseDuration(s)
	return d, err == nil && d >= 0
}

func runOutboxPrune(ctx context.Context, a *app, age string) error {
	if err := needFlag("outbox prune", "--older-than", age); err != nil {
		return err
	}
	d, ok := ageOf(age)
	if !ok {
		return usageFault("usage.bad-age", catalogue.Args{"value": age})
	}
	return a.withOutbox(ctx, func(box *outbox.Outbox) error {
		n, size, err := box.RemoveBytes(ctx, a.now().Add(-d))
		if err != nil {
			return err
		}
		a.printSummary("outbox prune", exitOK, nil, struct {
			Records int   `json:"records"`
			Bytes   int64 `json:"bytes"`
		}{n, size}, a.cat.Text("summary.prune", catalogue.Args{"count": n, "size": catalogue.Bytes(size)}))
		return nil
	})
}

// openToVerify reads the outbox without changing anything in it, not even what
// opening it settles otherwise. Where there is none yet, it is made; one that is
// too large for that is opened.
func openToVerify(ctx context.Context, dir string, o outbox.Options) (*outbox.Outbox, error) {
	box, err := outbox.Snapshot(ctx, dir, o)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, outbox.ErrTooLarge) {
		return handover.OpenOutbox(ctx, dir, o)
	}
	return box, err
}

// storeResult is what outbox verify-store and outbox clean say in JSON.
type storeResult struct {
	Outbox    string `json:"outbox"`
	Records   int    `json:"records"`
	Damaged   int    `json:"damaged"`
	Leftovers int    `json:"leftovers"` // files that no record needs
	Removed   int    `json:"removed"`   // of them
}

func runOutboxVerify(ctx context.Context, a *app) error {
	c, err := a.loadConfig()
	if err != nil {
		return err
	}
	return a.withOpened(ctx, c, openToVerify, func(box *outbox.Outbox) error {
		problems, err := box.Check(ctx)
		if err != nil {
			return err
		}
		fs, err := problemFindings(ctx, box, problems)
		if err != nil {
			return err
		}
		left, err := box.Leftovers(ctx)
		if err != nil {
			return err
		}
		for _, name := range left {
			fs = append(fs, finding.Finding{Code: finding.StoreLeftover, Severity: finding.Warning, File: filepath.Join(box.Dir(), filepath.FromSlash(name))})
		}
		a.printFindings(fs, nil)
		return a.storeOutcome(ctx, box, "outbox verify-store", "summary.verify-store", fs, storeResult{Damaged: len(problems), Leftovers: len(left)})
	})
}

func newOutboxCleanCommand(a *app) *cobra.Command {
	return a.command("clean", atMost(a, 0), func(ctx context.Context, _ []string) error {
		return runOutboxClean(ctx, a)
	}, exitOK, exitFindings, exitUsage, exitIO, exitInterrupted)
}

func runOutboxClean(ctx context.Context, a *app) error {
	return a.withOutbox(ctx, func(box *outbox.Outbox) error {
		removed, err := box.Clean(ctx)
		var fs []finding.Finding
		res := storeResult{Removed: len(removed)}
		if errors.Is(err, outbox.ErrUnsound) {
			problems, err := box.Check(ctx)
			if err != nil {
				return err
			}
			if fs, err = problemFindings(ctx, box, problems); err != nil {
				return err
			}
			res.Damaged = len(problems)
		} else if err != nil {
			return err
		}
		left, err := box.Leftovers(ctx)
		if err != nil {
			return err
		}
		res.Leftovers = len(left)
		a.printFindings(fs, nil)
		return a.storeOutcome(ctx, box, "outbox clean", "summary.clean", fs, res)
	})
}

// storeOutcome prints the summary of what was found in the outbox's folder.
func (a *app) storeOutcome(ctx context.Context, box *outbox.Outbox, command, heading string, fs []finding.Finding, res storeResult) error {
	var end error
	if finding.Failed(fs) {
		end, heading = errFindings, heading+"-failed"
	}
	exit, _, _ := classify(end)
	counts, err := box.Counts(ctx)
	if err != nil && end == nil {
		return err
	}
	for _, n := range counts {
		res.Records += n
	}
	res.Outbox = box.Dir()
	a.printSummary(command, exit, fs, res, a.cat.Text(heading, nil), fact{"outbox", box.Dir()}, fact{"records", res.Records},
		fact{"damaged", nonZero(res.Damaged)}, fact{"leftovers", nonZero(res.Leftovers)}, fact{"cleaned", nonZero(res.Removed)})
	return end
}

// problemFindings are the findings about what is wrong with the outbox.
func problemFindings(ctx context.Context, box *outbox.Outbox, problems []outbox.Problem) ([]finding.Finding, error) {
	codes := map[outbox.ProblemKind]finding.Code{
		outbox.ProblemSchema: finding.StoreSchema, outbox.ProblemOlder: finding.StoreOlder, outbox.ProblemState: finding.StoreState,
		outbox.ProblemMissing: finding.StoreMissing, outbox.ProblemPackage: finding.StorePackage,
		outbox.ProblemBytes: finding.StoreBytes, outbox.ProblemDatabase: finding.StoreDamaged,
	}
	var fs []finding.Finding
	for _, p := range problems {
		f := finding.Finding{Code: codes[p.Kind], Severity: finding.Error, RecordID: p.Record, Detail: p.Err.Error()}
		var file *outbox.FileError
		if errors.As(p.Err, &file) {
			f.File = file.Path
		}
		if p.Record != 0 {
			switch r, err := box.Get(ctx, p.Record); {
			case err == nil:
				f.Record = r.Name
			case !errors.Is(err, outbox.ErrDamaged) && !errors.Is(err, outbox.ErrNotFound):
				return nil, err
			}
		}
		fs = append(fs, f)
	}
	return fs, nil
}
