package main

import (
	"context"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

type versionResult struct {
	Version  string `json:"version"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func newVersionCommand(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "version",
		Short: a.cat.Text("help.version.short", nil),
		Args:  needArgs(a),
		RunE: func(cmd *cobra.Command, _ []string) error {
			v := runVersion(cmd.Context(), a)
			a.printSummary("version", exitOK, nil, v, program+" "+v.Version, fact{"go", v.Go}, fact{"platform", v.Platform})
			return nil
		},
	}
	documented(cmd, exitOK, exitUsage)
	return cmd
}

func runVersion(_ context.Context, a *app) versionResult {
	return versionResult{a.version, runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH}
}

// generator is how the files that the program makes name it.
func (a *app) generator() string { return program + " " + a.version }

// version is what the build recorded of the module.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
