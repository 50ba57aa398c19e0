package main

import (
	"context"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"csuis-offline/internal/catalogue"
)

// release is what release.sh links into the program: its version and the time of
// its commit in RFC 3339, with an @ between. It is empty in any other build. A
// linker can only set a variable, so this one is no constant.
var release string

// identity says which version of the program this is, and when it was built.
type identity struct {
	version string
	built   time.Time // the zero time if the build was not stamped
}

type versionResult struct {
	Version  string `json:"version"`
	Built    string `json:"built,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func newVersionCommand(a *app) *cobra.Command {
	return a.command("version", needArgs(a), func(ctx context.Context, _ []string) error {
		a.printVersion(ctx)
		return nil
	}, exitOK, exitUsage)
}

func (a *app) printVersion(ctx context.Context) {
	v := runVersion(ctx, a)
	facts := []fact{{"go", v.Go}, {"platform", v.Platform}}
	if v.Built != "" {
		facts = append([]fact{{"built", catalogue.Date(a.built.UTC())}}, facts...)
	}
	a.printSummary("version", exitOK, nil, v, program+" "+v.Version, facts...)
}

func runVersion(_ context.Context, a *app) versionResult {
	v := versionResult{Version: a.version, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	if !a.built.IsZero() {
		v.Built = a.built.UTC().Format(time.RFC3339)
	}
	return v
}

// generator is how the files that the program makes name it.
func (a *app) generator() string { return program + " " + a.version }

// identify takes the version from the stamp of a release, or from what the build
// recorded of the module.
func identify(stamp string) identity {
	if version, at, ok := strings.Cut(stamp, "@"); ok {
		if built, err := time.Parse(time.RFC3339, at); err == nil {
			return identity{version, built}
		}
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return identity{version: info.Main.Version}
	}
	return identity{version: "(devel)"}
}
