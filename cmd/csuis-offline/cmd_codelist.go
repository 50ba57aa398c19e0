package main

import (
	"bytes"
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"csuis-offline/check/codelist"
	"csuis-offline/finding"
	"csuis-offline/internal/catalogue"
	"csuis-offline/internal/iox"
	"csuis-offline/seal"
)

func newCodelistCommand(a *app) *cobra.Command {
	var cmd *cobra.Command
	cmd = a.command("codelist", nil, func(_ context.Context, args []string) error {
		if len(args) > 0 {
			return unknownCommandFault(args[0], cmd)
		}
		return cmd.Help()
	}, exitOK, exitUsage)
	cmd.AddCommand(newCodelistImportCommand(a), newCodelistListCommand(a))
	return cmd
}

func newCodelistImportCommand(a *app) *cobra.Command {
	var kind, fields string
	cmd := a.command("import", needArgs(a, "arg.list"), func(ctx context.Context, args []string) error {
		return runCodelistImport(ctx, a, args[0], kind, fields)
	}, exitOK, exitFindings, exitUsage, exitIO, exitInterrupted)
	cmd.Flags().StringVar(&kind, "kind", "", a.cat.Text("flag.kind", nil))
	cmd.Flags().StringVar(&fields, "fields", "", a.cat.Text("flag.fields", nil))
	return cmd
}

func newCodelistListCommand(a *app) *cobra.Command {
	return a.command("list", atMost(a, 0), func(context.Context, []string) error { return runCodelistList(a) }, exitOK, exitUsage, exitIO)
}

// importResult is what codelist import says in JSON.
type importResult struct {
	Kind       string `json:"kind,omitempty"`
	Version    string `json:"version,omitempty"`
	Already    bool   `json:"already"`
	From       string `json:"from,omitempty"`
	To         string `json:"to,omitempty"`
	Records    int    `json:"records"`
	Duplicates int    `json:"duplicates"`
	Refused    int    `json:"refused"`
	Folder     string `json:"folder,omitempty"`
}

func runCodelistImport(ctx context.Context, a *app, path, name, fields string) error {
	kind, err := codelistKind(name)
	if err != nil {
		return err
	}
	c, err := a.loadConfig()
	if err != nil {
		return err
	}
	var o codelist.Options
	if file := or(fields, c.Relative(c.Check.Fields)); file != "" {
		if o.Mapping, err = readData(a, file, codelist.DefaultMapping().Override); err != nil {
			return err
		}
	}
	dir, err := c.CodeListFolder()
	if err != nil {
		return err
	}
	f, size, err := openInput(path)
	if err != nil {
		return err
	}
	defer f.Close()
	defer context.AfterFunc(ctx, func() { f.Close() })()
	counter := a.meter()
	counter.SetMax(size)
	sum, err := codelist.Import(ctx, dir, &iox.Reader{R: f, Counter: counter}, kind, o)
	counter.Done()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	fs, fatal := importFindings(path, sum, err)
	if fatal != nil {
		return fatal
	}
	finding.Sort(fs)
	a.printFindings(fs, nil)
	res := importResult{Records: sum.Records, Duplicates: sum.Duplicates, Refused: sum.Refused, Kind: string(sum.Kind)}
	if err != nil {
		a.printSummary("codelist import", exitFindings, fs, res, a.cat.Text("summary.import-failed", catalogue.Args{"file": path}))
		return errFindings
	}
	a.made = !sum.Already
	res.Version, res.Already, res.From, res.To, res.Folder = sum.Version, sum.Already, sum.From.String(), sum.To.String(), dir
	heading := "summary.import"
	if sum.Already {
		heading = "summary.import-already"
	}
	a.printSummary("codelist import", exitOK, fs, res, a.cat.Text(heading, catalogue.Args{"file": path}),
		fact{"list", a.listName(sum.Kind)}, fact{"validity", a.span(finding.Span{From: sum.From, To: sum.To})},
		fact{"rows", sum.Records}, fact{"duplicates", nonZero(sum.Duplicates)}, fact{"refused", nonZero(sum.Refused)}, fact{"folder", dir})
	return nil
}

// importFindings makes the findings about an imported list, and returns an error
// that is not about the list.
func importFindings(path string, sum codelist.Summary, err error) ([]finding.Finding, error) {
	var fs []finding.Finding
	for _, p := range sum.Problems {
		fs = append(fs, finding.Finding{
			Code: finding.CodelistRefused, Severity: finding.Warning, File: path, Line: p.Line, Found: p.Field, Detail: p.Detail,
		})
	}
	if len(sum.Unmapped) > 0 {
		fs = append(fs, finding.Finding{
			Code: finding.CodelistUnmapped, Severity: finding.Info, File: path, Found: strings.Join(sum.Unmapped, ", "),
		})
	}
	code := finding.Code("")
	switch {
	case err == nil:
		return fs, nil
	case errors.Is(err, codelist.ErrKind):
		code = finding.CodelistKind
	case errors.Is(err, codelist.ErrFields):
		code = finding.CodelistFields
	case errors.Is(err, codelist.ErrTooLarge):
		code = finding.CodelistTooLarge
	default:
		own := seal.Findings(err)
		if own == nil {
			return nil, err
		}
		for _, f := range own {
			f.File = path
			fs = append(fs, f)
		}
		return fs, nil
	}
	return append(fs, finding.Finding{Code: code, Severity: finding.Error, File: path}), nil
}

// listedVersion is a stored list in JSON.
type listedVersion struct {
	Kind    string `json:"kind"`
	Name    string `json:"name"`
	From    string `json:"from,omitempty"`
	To      string `json:"to,omitempty"`
	Records int    `json:"records"`
	Refused int    `json:"refused"`
	Path    string `json:"path"`
}

func runCodelistList(a *app) error {
	c, err := a.loadConfig()
	if err != nil {
		return err
	}
	dir, err := c.CodeListFolder()
	if err != nil {
		return err
	}
	lists, err := codelist.Open(dir)
	var fs []finding.Finding
	if err != nil {
		if lists == nil || !errors.Is(err, codelist.ErrStore) {
			return err
		}
		fs = append(fs, damagedStore(dir, err))
	}
	a.printFindings(fs, nil)
	stored := []listedVersion{}
	var b bytes.Buffer
	for _, v := range lists.Versions() {
		stored = append(stored, listedVersion{string(v.Kind), v.Name, v.From.String(), v.To.String(), v.Records, v.Refused, v.Path})
		b.WriteString("\n  " + a.cat.Text("count.version", catalogue.Args{
			"list": a.listName(v.Kind), "records": v.Records, "validity": a.span(finding.Span{From: v.From, To: v.To}),
		}))
	}
	heading := a.cat.Text("summary.lists", catalogue.Args{"folder": dir}) + b.String()
	if len(stored) == 0 {
		heading = a.cat.Text("summary.lists-none", catalogue.Args{"folder": dir})
	}
	a.printSummary("codelist list", exitOK, fs, struct {
		Folder   string          `json:"folder"`
		Versions []listedVersion `json:"versions"`
	}{dir, stored}, heading)
	return nil
}

// damagedStore is the finding about stored lists that cannot be read, against
// which nothing can be checked.
func damagedStore(dir string, err error) finding.Finding {
	return finding.Finding{
		Code: finding.CheckListUnknown, Severity: finding.Warning, File: dir,
		Why: string(codelist.Unreadable), Detail: err.Error(),
	}
}

func codelistKind(name string) (codelist.Kind, error) {
	var names []string
	for _, k := range codelist.Kinds() {
		if name == "" || name == string(k) {
			return codelist.Kind(name), nil
		}
		names = append(names, string(k))
	}
	return "", badChoice("kind", name, names)
}

// listName is what people call a code list.
func (a *app) listName(k codelist.Kind) string {
	return string(k) + " " + a.cat.Text("list."+string(k), nil)
}

// nonZero leaves out a number that says nothing.
func nonZero(n int) any {
	if n == 0 {
		return ""
	}
	return n
}
