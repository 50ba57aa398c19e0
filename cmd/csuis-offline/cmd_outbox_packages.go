package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"csuis-offline/internal/catalogue"
	"csuis-offline/outbox"
)

func newOutboxPackagesCommand(a *app) *cobra.Command {
	return a.command("packages", atMost(a, 0), func(ctx context.Context, _ []string) error {
		return runOutboxPackages(ctx, a)
	}, exitOK, exitUsage, exitIO, exitInterrupted)
}

func newOutboxUndoCommand(a *app) *cobra.Command {
	return a.command("undo-package", needArgs(a, "arg.package"), func(ctx context.Context, args []string) error {
		return runUndoPackage(ctx, a, args[0])
	}, exitOK, exitUsage, exitIO, exitInterrupted)
}

// listedPackage is a package of the outbox in JSON.
type listedPackage struct {
	Type    string `json:"type"`
	ID      int64  `json:"id"`
	State   string `json:"state"` // building, made or undone
	Name    string `json:"name,omitempty"`
	Folder  string `json:"folder,omitempty"`
	Created string `json:"created"`
	Records int    `json:"records"`
	Open    int    `json:"open"` // of them are still on the disc
	Reason  string `json:"reason,omitempty"`
	Digest  string `json:"package_sha256,omitempty"`
}

func packageLine(p *outbox.Package) listedPackage {
	return listedPackage{"package", p.ID, string(p.State), p.Name, p.Path, stamp(p.Created), p.Records, p.Open, p.Reason, p.Digest}
}

func runOutboxPackages(ctx context.Context, a *app) error {
	return a.listingOutbox(ctx, func(box *outbox.Outbox) error {
		all, err := box.Packages(ctx)
		if err != nil {
			return err
		}
		for _, p := range all {
			switch {
			case a.json:
				a.printJSON(packageLine(&p))
			case !a.quiet:
				fmt.Fprintln(a.out, a.cat.Text("phrase.package", catalogue.Args{"number": fmt.Sprint(p.ID), "name": or(p.Name, "–")}))
				a.printFacts(a.packageFacts(&p))
			}
		}
		heading := a.cat.Text("summary.packages", catalogue.Args{"count": len(all)})
		a.printSummary("outbox packages", exitOK, nil, struct {
			Packages int `json:"packages"`
		}{len(all)}, heading)
		return nil
	})
}

func (a *app) packageFacts(p *outbox.Package) []fact {
	return []fact{
		{"state", a.cat.Text("phrase.package."+string(p.State), nil)}, {"stored", a.cat.Value(p.Created.Local())}, {"folder", p.Path},
		{"records", p.Records}, {"open-records", nonZero(p.Open)}, {"reason", p.Reason}, {"digest", p.Digest},
	}
}

func runUndoPackage(ctx context.Context, a *app, arg string) error {
	id, err := number(arg)
	if err != nil {
		return err
	}
	return a.withOutbox(ctx, func(box *outbox.Outbox) error {
		p, err := packageByID(ctx, box, id)
		if err != nil {
			return err
		}
		if p.State == outbox.Building {
			return usageFault("outbox.refuse.building", catalogue.Args{"number": arg})
		}
		if err := box.UndoPackage(ctx, id); err != nil {
			return err
		}
		before := p.Open
		if p, err = packageByID(ctx, box, id); err != nil {
			return err
		}
		heading := "summary.undo-package"
		if before == 0 {
			heading = "summary.undo-empty"
		}
		a.printSummary("outbox undo-package", exitOK, nil, packageLine(p),
			a.cat.Text(heading, catalogue.Args{"number": arg, "count": before}), fact{"package", p.Name}, fact{"folder", p.Path},
			fact{"what-next", a.cat.Next(heading, nil)})
		return nil
	})
}

func packageByID(ctx context.Context, box *outbox.Outbox, id int64) (*outbox.Package, error) {
	all, err := box.Packages(ctx)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].ID == id {
			return &all[i], nil
		}
	}
	return nil, outbox.ErrNotFound
}
