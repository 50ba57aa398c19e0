package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"csuis-offline/batch"
	"csuis-offline/bundle"
	"csuis-offline/finding"
	"csuis-offline/internal/catalogue"
	"csuis-offline/outbox"
	"csuis-offline/settings"
	"csuis-offline/stage"
)

// packingFolder is the folder inside the outbox's where sealed records lie while
// a package is made of them.
const packingFolder = "packing"

// packOutbox makes a package of what has not got through online, from the sealed
// bytes as they are, and takes it out of the online channel. Where no package is
// made, everything is as it was.
func (a *app) packOutbox(ctx context.Context, o packOptions, c *settings.Settings, po bundle.Options) (*bundle.Package, []finding.Finding, error) {
	box, err := a.openOutbox(ctx, c)
	if err != nil {
		return nil, nil, err
	}
	defer box.Close()
	dir := box.Dir()
	unit, err := unitToPack(ctx, box, c)
	if err != nil {
		return nil, nil, outboxFault(dir, err)
	}
	if po.Reason, err = a.fallbackReason(ctx, box, po.Reason); err != nil {
		return nil, nil, outboxFault(dir, err)
	}
	p, err := box.StartPackage(ctx, outbox.PackageOptions{Unit: unit, Person: c.Person.ID, Unknown: o.unknown, Reason: po.Reason})
	if err != nil {
		return nil, nil, outboxFault(dir, err)
	}
	po.BeforeCommit = func(name, path string) error {
		p.Path = absolute(path)
		return box.NamePackage(ctx, p.ID, name, p.Path)
	}
	pkg, fs, err := a.packSealed(ctx, box, p.ID, po)
	// The package is there or not, whatever the context says by now.
	late := context.WithoutCancel(ctx)
	if pkg == nil {
		// The folder may stand although its making failed at the very end.
		if serr := settlePackage(late, box, p); serr != nil && err == nil {
			err = outboxFault(dir, serr)
		}
		return nil, fs, err
	}
	if ferr := box.FinishPackage(late, p.ID, pkg.Manifest.PackageSHA256.String()); ferr != nil {
		return pkg, fs, outboxFault(dir, ferr)
	}
	return pkg, fs, err
}

func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}

// unitToPack is the unit of the configuration, or the only one that has records
// waiting: a package is one unit's.
func unitToPack(ctx context.Context, box *outbox.Outbox, c *settings.Settings) (string, error) {
	units := map[string]bool{}
	for r, err := range box.List(ctx, outbox.Filter{States: []outbox.State{outbox.Prepared, outbox.Waiting, outbox.Unknown}, Person: c.Person.ID}) {
		if err != nil {
			return "", err
		}
		units[r.Unit] = true
	}
	switch {
	case units[c.Unit.IC]:
		return c.Unit.IC, nil
	case len(units) == 0:
		return "", outbox.ErrNothingToPack
	case len(units) == 1:
		for unit := range units {
			return unit, nil
		}
	}
	var names []string
	for unit := range units {
		names = append(names, unit)
	}
	return "", usageFault("usage.several-units", catalogue.Args{"units": strings.Join(names, ", ")})
}

// fallbackReason is the reason for the form: the user's, and what the outbox
// knows of the attempts that failed.
func (a *app) fallbackReason(ctx context.Context, box *outbox.Outbox, reason string) (string, error) {
	ch, err := box.Channel(ctx)
	if err != nil || ch.FailingSince.IsZero() {
		return reason, err
	}
	args := catalogue.Args{
		"since": ch.FailingSince.Local().Format("2. 1. 2006 15:04"), "attempts": ch.Attempts, "records": ch.Records, "cause": a.causeOf(ch.Last.Reason),
	}
	return strings.TrimSpace(reason + " " + a.cat.Text("outbox.fallback-reason", args)), nil
}

// packSealed copies the sealed bytes of a package's records beside the outbox
// and packs them.
func (a *app) packSealed(ctx context.Context, box *outbox.Outbox, id int64, po bundle.Options) (*bundle.Package, []finding.Finding, error) {
	folder, err := stage.CreateFolder(ownFolder(box, packingFolder), stage.Options{})
	if err != nil {
		return nil, nil, err
	}
	defer folder.Abort()
	po.Batch.Rename = true // names are of the outbox: two statements of one name are not the user's mistake
	var in batch.Inputs
	for r, err := range box.List(ctx, outbox.Filter{Package: id}) {
		if err != nil {
			return nil, nil, outboxFault(box.Dir(), err)
		}
		dir := filepath.Join(folder.Path(), fmt.Sprint(r.ID))
		path := filepath.Join(dir, r.Name+".XM6")
		if err := os.Mkdir(dir, 0o700); err != nil {
			return nil, nil, err
		}
		if err := copySealed(ctx, box, r.ID, path); err != nil {
			return nil, nil, outboxFault(box.Dir(), err)
		}
		in.Files = append(in.Files, batch.Input{Path: path, Size: r.Size, Sealed: true, Original: r.Source})
	}
	return bundle.Pack(ctx, in, po)
}

func copySealed(ctx context.Context, box *outbox.Outbox, id int64, path string) error {
	src, err := box.Bytes(ctx, id)
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(dst, src)
	return errors.Join(err, dst.Close())
}
