package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"csuis-offline/crypto"
	"csuis-offline/seal"
)

func newOpenCommand(a *app) *cobra.Command {
	var o oneOptions
	cmd := a.command("open", needArgs(a, "arg.in"), func(ctx context.Context, args []string) error {
		o.in = args[0]
		res, err := runOpen(ctx, a, o)
		return a.recordOutcome("open", o.in, o.out, res, err)
	}, exitOK, exitFindings, exitUsage, exitIO, exitKey, exitInterrupted)
	o.register(a, cmd)
	return cmd
}

func runOpen(ctx context.Context, a *app, o oneOptions) (*seal.Result, error) {
	c, err := a.loadConfig()
	if err != nil {
		return nil, err
	}
	return a.convert(ctx, "open", o, c, func(dst io.Writer, src io.Reader, key *crypto.Key) (*seal.Result, error) {
		return seal.Open(ctx, dst, src, key)
	})
}
