package main

import (
	"bytes"
	"context"
	"strings"

	"github.com/spf13/cobra"

	"csuis-offline/check/attachment"
	"csuis-offline/check/codelist"
	"csuis-offline/check/deadline"
	"csuis-offline/internal/catalogue"
	"csuis-offline/stage"
)

// dataFiles are the files of data that are built in and that a user can replace,
// by the names of their settings.
var dataFiles = []struct {
	name string
	text func() []byte
}{
	{"terms", deadline.BuiltIn},
	{"attachments", attachment.BuiltIn},
	{"fields", codelist.BuiltInMapping},
	{"code-places", codelist.BuiltInPlaces},
}

type dataOptions struct {
	name, out string
	force     bool
}

// dataResult is what data says in JSON.
type dataResult struct {
	Name   string `json:"name"`
	Output string `json:"output,omitempty"`
	// Text is the content, if it was not written to a file.
	Text string `json:"text,omitempty"`
}

func newDataCommand(a *app) *cobra.Command {
	var o dataOptions
	cmd := a.command("data", needArgs(a, "arg.data"), func(_ context.Context, args []string) error {
		o.name = args[0]
		return runData(a, o)
	}, exitOK, exitUsage, exitIO)
	f := cmd.Flags()
	f.StringVarP(&o.out, "output", "o", "", a.cat.Text("flag.data-output", nil))
	f.BoolVar(&o.force, "force", false, a.cat.Text("flag.force", nil))
	return cmd
}

// runData hands out a file of data, as a start for the user's own.
func runData(a *app, o dataOptions) error {
	var names []string
	for _, d := range dataFiles {
		if d.name == o.name {
			return a.handOut(o, a.explained(d.name, d.text()))
		}
		names = append(names, d.name)
	}
	return usageFault("usage.data", catalogue.Args{"value": o.name, "choices": strings.Join(names, ", ")})
}

// explained replaces the comment at the beginning by one in the user's language.
func (a *app) explained(name string, text []byte) []byte {
	for bytes.HasPrefix(text, []byte("#")) {
		_, text, _ = bytes.Cut(text, []byte("\n"))
	}
	about := strings.ReplaceAll(a.cat.Text("data-about."+name, nil), "\n", "\n# ")
	return append([]byte("# "+strings.ReplaceAll(about, "# \n", "#\n")+"\n"), text...)
}

func (a *app) handOut(o dataOptions, text []byte) error {
	res := dataResult{Name: o.name, Output: o.out}
	if o.out == "" {
		if !a.json {
			_, err := a.out.Write(text)
			return err
		}
		res.Text = string(text)
		a.printSummary("data", exitOK, nil, res, "")
		return nil
	}
	a.begun = append(a.begun, o.out)
	f, err := stage.CreateFile(o.out, stage.Options{Force: o.force})
	if err != nil {
		return err
	}
	defer f.Abort()
	if _, err := f.Write(text); err != nil {
		return err
	}
	if err := f.Commit(); err != nil {
		return err
	}
	a.made = true
	a.printSummary("data", exitOK, nil, res, a.cat.Text("summary.data", catalogue.Args{"out": o.out}))
	return nil
}
