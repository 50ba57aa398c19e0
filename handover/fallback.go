package handover

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"csuis-offline/batch"
	"csuis-offline/bundle"
	"csuis-offline/finding"
	"csuis-offline/internal/iox"
	"csuis-offline/outbox"
	"csuis-offline/stage"
)

// packingFolder is the folder inside the outbox's where sealed records lie while
// a package is made of them.
const packingFolder = "packing"

// DiscOptions say which records PackOutbox takes, and how.
type DiscOptions struct {
	// Unit is the IČ of the unit whose records go on the disc. If none of them
	// waits, those of the only unit with waiting records are taken.
	Unit string
	// Person is the PersonId of who hands over; "" means everybody.
	Person string
	// Unknown also takes records of which nobody knows whether they were delivered:
	// one that was delivered online is then handed over a second time.
	Unknown bool
	// Why writes, for the form, how the online channel fails. The form has it after
	// Pack.Reason; nil leaves it out.
	Why func(ChannelDown) string
	// Pack says how the package is made. PackOutbox sets Batch.Rename and
	// BeforeCommit.
	Pack bundle.Options
}

// ChannelDown is what the outbox knows of attempts to send that all failed.
type ChannelDown struct {
	Since             time.Time
	Attempts, Records int
	Reason            string // of the last attempt: see outbox.Outcome
}

// SeveralUnitsError says that records of several units wait, and a package is
// one unit's.
type SeveralUnitsError struct{ Units []string }

func (e *SeveralUnitsError) Error() string {
	return "handover: records of several units wait: " + strings.Join(e.Units, ", ")
}

// PackOutbox makes a package of what has not got through online, from the sealed
// bytes as they are, and takes it out of the online channel. With a finding of
// error severity, or an error, no package is made, and everything is as it was.
// Errors: *SeveralUnitsError, those of bundle.Pack, the outbox and the files.
func PackOutbox(ctx context.Context, box *outbox.Outbox, o DiscOptions) (*bundle.Package, []finding.Finding, error) {
	unit, err := unitToPack(ctx, box, &o)
	if err != nil {
		return nil, nil, err
	}
	ch, err := box.Channel(ctx)
	if err != nil {
		return nil, nil, err
	}
	if !ch.FailingSince.IsZero() && o.Why != nil {
		down := ChannelDown{Since: ch.FailingSince, Attempts: ch.Attempts, Records: ch.Records, Reason: ch.Last.Reason}
		o.Pack.Reason = strings.TrimSpace(o.Pack.Reason + " " + o.Why(down))
	}
	p, err := box.StartPackage(ctx, outbox.PackageOptions{Unit: unit, Person: o.Person, Unknown: o.Unknown, Reason: o.Pack.Reason})
	if err != nil {
		return nil, nil, err
	}
	o.Pack.BeforeCommit = func(name, path string) error {
		if abs, err := filepath.Abs(path); err == nil {
			path = abs
		}
		p.Path = path
		return box.NamePackage(ctx, p.ID, name, path)
	}
	pkg, fs, err := packSealed(ctx, box, p.ID, o.Pack)
	// The package is there or not, so it must be settled even if the context has
	// ended.
	late := context.WithoutCancel(ctx)
	if pkg == nil {
		// The folder may be there although making it failed at the very end.
		if serr := settlePackage(late, box, p); serr != nil && err == nil {
			err = serr
		}
		return nil, fs, err
	}
	if ferr := box.FinishPackage(late, p.ID, pkg.Manifest.PackageSHA256.String()); ferr != nil {
		return pkg, fs, ferr
	}
	return pkg, fs, err
}

// unitToPack is the unit that is asked for, or the only one that has records
// waiting.
func unitToPack(ctx context.Context, box *outbox.Outbox, o *DiscOptions) (string, error) {
	units := map[string]bool{}
	for r, err := range box.List(ctx, outbox.Filter{States: []outbox.State{outbox.Prepared, outbox.Waiting, outbox.Unknown}, Person: o.Person}) {
		if err != nil {
			return "", err
		}
		units[r.Unit] = true
	}
	all := slices.Sorted(maps.Keys(units))
	switch {
	case units[o.Unit]:
		return o.Unit, nil
	case len(all) == 0:
		return "", outbox.ErrNothingToPack
	case len(all) == 1:
		return all[0], nil
	}
	return "", &SeveralUnitsError{all}
}

// packSealed copies the sealed bytes of a package's records beside the outbox
// and packs them.
func packSealed(ctx context.Context, box *outbox.Outbox, id int64, po bundle.Options) (*bundle.Package, []finding.Finding, error) {
	folder, err := stage.CreateFolder(ownFolder(box, packingFolder), stage.Options{})
	if err != nil {
		return nil, nil, err
	}
	defer folder.Abort()
	po.Batch.Rename = true // names are of the outbox: two statements of one name are not the user's mistake
	var in batch.Inputs
	for r, err := range box.List(ctx, outbox.Filter{Package: id}) {
		if err != nil {
			return nil, nil, err
		}
		dir := filepath.Join(folder.Path(), fmt.Sprint(r.ID))
		path := filepath.Join(dir, r.Name+".XM6")
		if err := os.Mkdir(dir, 0o700); err != nil {
			return nil, nil, err
		}
		if err := copySealed(ctx, box, r.ID, path); err != nil {
			return nil, nil, err
		}
		in.Files = append(in.Files, batch.Input{Path: path, Size: r.Size, Sealed: true, Original: r.Source})
	}
	return bundle.Pack(ctx, in, po)
}

// ownFolder is a folder inside the outbox's for this process alone; it is never
// committed, and the next run removes what a killed one leaves of it.
func ownFolder(box *outbox.Outbox, name string) string {
	return filepath.Join(box.Dir(), name+"-"+strconv.Itoa(os.Getpid()))
}

func copySealed(ctx context.Context, box *outbox.Outbox, id int64, path string) error {
	src, err := box.Bytes(ctx, id)
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := iox.Create(path, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(dst, src)
	return errors.Join(err, dst.Close())
}
