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
			v := runVersion(cmd.Context())
			a.printSummary("version", exitOK, nil, v, program+" "+v.Version, fact{"go", v.Go}, fact{"platform", v.Platform})
			return nil
		},
	}
	documented(cmd, exitOK, exitUsage)
	return cmd
}

func runVersion(context.Context) versionResult {
	return versionResult{version(), runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH}
}

// version is what the build recorded of the module.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
