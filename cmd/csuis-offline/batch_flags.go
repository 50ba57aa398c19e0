package main

import (
	"context"

	"github.com/spf13/cobra"

	"csuis-offline/batch"
	"csuis-offline/finding"
	"csuis-offline/settings"
)

// batchFlags are the flags of every command that seals many records.
type batchFlags struct {
	rename, withoutChecks bool
	profile, module       string
	check                 checkOptions
	key                   keyOptions
}

func (o *batchFlags) register(a *app, cmd *cobra.Command) {
	o.key.register(a, cmd)
	f := cmd.Flags()
	f.BoolVar(&o.rename, "rename", false, a.cat.Text("flag.rename", nil))
	f.StringVar(&o.profile, "profile", "", a.cat.Text("flag.profile", nil))
	f.StringVar(&o.module, "module", "", a.cat.Text("flag.module", nil))
	f.BoolVar(&o.withoutChecks, "without-checks", false, a.cat.Text("flag.without-checks", nil))
	o.check.register(a, f)
}

// batchOptions says how records are sealed, for the day of the timestamp that
// the user gave. done closes what was opened for it, and wipes the key; the
// findings are about the data that the checks use.
func (a *app) batchOptions(ctx context.Context, o batchFlags, c *settings.Settings, timestamp string) (bo batch.Options, notes []finding.Finding, done func(), err error) {
	bo = batch.Options{Envelope: c.Envelope(o.module), Rename: o.rename, Rand: a.rand, Workers: a.workers}
	if bo.Profile, err = c.Profile(o.profile); err != nil {
		return bo, nil, nil, err
	}
	if bo.Time, err = a.timestamp(timestamp); err != nil {
		return bo, nil, nil, err
	}
	closeChecks := func() {}
	if !o.withoutChecks {
		checker, more, closing, err := a.checker(o.check, c, bo.Time)
		if err != nil {
			return bo, nil, nil, err
		}
		bo.Checker, notes, closeChecks = checker, more, closing
	}
	if bo.Key, err = a.readKey(ctx, o.key, c); err != nil {
		closeChecks()
		return bo, nil, nil, err
	}
	bo.Progress = a.meter()
	return bo, notes, func() {
		bo.Progress.Done()
		bo.Key.Wipe()
		closeChecks()
	}, nil
}
