package main

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"csuis-offline/finding"
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

func runOutboxVerify(ctx context.Context, a *app) error {
	return a.withOutbox(ctx, func(box *outbox.Outbox) error {
		problems, err := box.Check(ctx)
		if err != nil {
			return err
		}
		var fs []finding.Finding
		for _, p := range problems {
			f, err := problemFinding(ctx, box, p)
			if err != nil {
				return err
			}
			fs = append(fs, f)
		}
		removed, err := box.Clean(ctx)
		if err != nil {
			return err
		}
		a.printFindings(fs, nil)
		var end error
		heading := "summary.verify-store"
		if len(fs) > 0 {
			end, heading = errFindings, "summary.verify-store-failed"
		}
		exit, _, _ := classify(end)
		counts, err := box.Counts(ctx)
		if err != nil {
			return err
		}
		all := 0
		for _, n := range counts {
			all += n
		}
		a.printSummary("outbox verify-store", exit, fs, struct {
			Outbox  string `json:"outbox"`
			Records int    `json:"records"`
			Damaged int    `json:"damaged"`
			Removed int    `json:"removed"` // files of killed runs
		}{box.Dir(), all, len(fs), removed}, a.cat.Text(heading, nil),
			fact{"outbox", box.Dir()}, fact{"records", all}, fact{"damaged", nonZero(len(fs))}, fact{"cleaned", nonZero(removed)})
		return end
	})
}

func problemFinding(ctx context.Context, box *outbox.Outbox, p outbox.Problem) (finding.Finding, error) {
	f := finding.Finding{Code: finding.StoreDamaged, Severity: finding.Error, Detail: p.Err.Error()}
	var file *outbox.FileError
	if errors.As(p.Err, &file) {
		f.File = file.Path
	}
	if p.Record == 0 {
		return f, nil
	}
	f.Code, f.RecordID = finding.StoreBytes, p.Record
	r, err := box.Get(ctx, p.Record)
	f.Record = r.Name
	return f, err
}
