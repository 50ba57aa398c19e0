package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"csuis-offline/internal/catalogue"
	"csuis-offline/internal/sim"
)

const (
	program = "csuis-sim"
	// stateFolder differs from the program's name, since a built program may lie
	// beside it.
	stateFolder = "csuis-sim-stav"
)

// The exit codes, as those of csuis-offline.
const (
	exitOK          = 0
	exitFindings    = 1 // not everything on a disc was taken
	exitUsage       = 2
	exitIO          = 3
	exitInterrupted = 130
)

// app is what the commands share.
type app struct {
	out, err io.Writer
	cat      *catalogue.Catalogue
	json     bool
	options  stateOptions
}

// stateOptions are the flags that choose a simulator.
type stateOptions struct{ state, persons, schemas string }

// usageError is a command line that cannot be understood.
type usageError struct{ text string }

func (e *usageError) Error() string { return e.text }

var errFindings = errors.New("findings of error severity")

// run carries out one command line and returns the exit code.
func (a *app) run(ctx context.Context, args []string) int {
	lang := catalogue.Langs()[0]
	for i, arg := range args {
		if value, ok := strings.CutPrefix(arg, "--lang="); ok {
			lang = catalogue.Lang(value)
		} else if arg == "--lang" && i+1 < len(args) {
			lang = catalogue.Lang(args[i+1])
		}
	}
	var ok bool
	if a.cat, ok = catalogue.For(lang); !ok {
		a.cat, _ = catalogue.For(catalogue.Langs()[0])
		return a.fail(&usageError{a.cat.Text("sim.error.lang", catalogue.Args{"value": string(lang)})})
	}
	root := a.root()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err != nil && ctx.Err() != nil {
		err = ctx.Err()
	}
	return a.fail(err)
}

// fail prints an error and turns it into the exit code.
func (a *app) fail(err error) int {
	var usage *usageError
	code, text := exitIO, ""
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errFindings):
		return exitFindings
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	case errors.As(err, &usage):
		code, text = exitUsage, usage.text
	case errors.Is(err, sim.ErrBusy):
		text = a.cat.Text("sim.error.busy", catalogue.Args{"folder": a.options.state})
	default:
		text = a.cat.Text("sim.error.failed", catalogue.Args{"detail": err.Error()})
	}
	fmt.Fprintf(a.err, "%s: %s\n", program, text)
	if code == exitUsage {
		fmt.Fprintln(a.err, a.cat.Text("label.next", nil), a.cat.Text("sim.error.see-help", nil))
	}
	return code
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use: program, Args: cobra.ArbitraryArgs, SilenceErrors: true, SilenceUsage: true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return &usageError{a.cat.Text("sim.error.command", catalogue.Args{"word": args[0]})}
			}
			return cmd.Help()
		},
	}
	flags := root.PersistentFlags()
	flags.BoolVar(&a.json, "json", false, a.cat.Text("flag.json", nil))
	flags.String("lang", string(catalogue.Langs()[0]), a.cat.Text("flag.lang", nil))
	flags.StringVar(&a.options.state, "state", stateFolder, a.cat.Text("sim.flag.state", nil))
	flags.StringVar(&a.options.persons, "persons", "", a.cat.Text("sim.flag.persons", nil))
	flags.StringVar(&a.options.schemas, "schemas", "", a.cat.Text("sim.flag.schemas", nil))
	flags.BoolP("help", "h", false, a.cat.Text("flag.help", nil))
	root.SetHelpCommand(&cobra.Command{Hidden: true, Use: "no-help"})
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { fmt.Fprint(a.out, a.help(cmd)) })
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		return &usageError{a.cat.Text("sim.error.flag", catalogue.Args{"detail": err.Error()})}
	})
	root.AddCommand(a.serve(), a.intake(), a.set(), a.status())
	for _, c := range root.Commands() {
		c.Short = a.cat.Text("sim.help."+c.Name()+".short", nil)
	}
	return root
}

// help is the text of a command's help.
func (a *app) help(cmd *cobra.Command) string {
	name := "sim.help.root"
	if cmd.HasParent() {
		name = "sim.help." + cmd.Name()
	}
	var b strings.Builder
	section := func(label, body string) {
		if body != "" {
			fmt.Fprintf(&b, "\n%s\n%s", a.cat.Text("label."+label, nil), body)
		}
	}
	b.WriteString(a.cat.Text(name+".long", nil) + "\n")
	section("usage", "  "+strings.ReplaceAll(a.cat.Text(name+".usage", nil), "\n", "\n  ")+"\n")
	var rows [][2]string
	for _, c := range cmd.Commands() {
		if !c.Hidden {
			rows = append(rows, [2]string{c.Name(), c.Short})
		}
	}
	section("commands", columns(rows))
	section("flags", columns(flagRows(cmd.NonInheritedFlags())))
	if cmd.Flags().Lookup("fault") != nil {
		fmt.Fprintf(&b, "\n%s\n  %s\n%s", a.cat.Text("sim.label.faults", nil),
			strings.ReplaceAll(a.cat.Text("sim.help.faults", nil), "\n", "\n  "), columns(a.faultRows()))
	}
	section("global-flags", columns(flagRows(cmd.InheritedFlags())))
	return b.String()
}

func flagRows(fs *pflag.FlagSet) [][2]string {
	var rows [][2]string
	fs.VisitAll(func(f *pflag.Flag) {
		value, usage := pflag.UnquoteUsage(f)
		left := "--" + f.Name
		if f.Value.Type() != "bool" {
			left += " " + value
		}
		rows = append(rows, [2]string{left, usage})
	})
	return rows
}

// faultRows lists the kinds of faults, with an example of the value they take.
func (a *app) faultRows() [][2]string {
	values := map[sim.FaultKind]string{sim.Slow: "=30s", sim.DelayStatus: "=24h", sim.CutIn: "=1000"}
	var rows [][2]string
	for _, k := range sim.FaultKinds() {
		rows = append(rows, [2]string{string(k) + values[k], a.cat.Text("sim.fault."+string(k), nil)})
	}
	return rows
}

// columns sets rows of two in columns; the second may have several lines.
func columns(rows [][2]string) string {
	width := 0
	for _, r := range rows {
		width = max(width, len([]rune(r[0])))
	}
	var b strings.Builder
	for _, r := range rows {
		gap := strings.Repeat(" ", width-len([]rune(r[0]))+2)
		fmt.Fprintf(&b, "  %s%s%s\n", r[0], gap, strings.ReplaceAll(r[1], "\n", "\n"+strings.Repeat(" ", width+4)))
	}
	return b.String()
}

// print writes a result: as JSON on one line, or rows of labels and values.
func (a *app) print(kind string, result any, heading string, rows ...[2]string) error {
	if a.json {
		enc := json.NewEncoder(a.out)
		enc.SetEscapeHTML(false)
		return enc.Encode(struct {
			Type   string `json:"type"`
			Result any    `json:"result"`
		}{kind, result})
	}
	rows = slices.DeleteFunc(rows, func(r [2]string) bool { return r[1] == "" })
	for i := range rows {
		rows[i] = [2]string{a.cat.Text("sim.field."+rows[i][0], nil), catalogue.Visible(rows[i][1])}
	}
	_, err := fmt.Fprint(a.out, heading+"\n"+columns(rows))
	return err
}

// simulator are the options for the simulator of the flags.
func (a *app) simulator() (sim.Options, error) {
	o := sim.Options{Dir: a.options.state}
	var err error
	if o.Register, err = sim.ReadRegister(a.personsFile()); err != nil {
		return o, &usageError{a.cat.Text("sim.error.persons", catalogue.Args{"detail": err.Error()})}
	}
	if a.options.schemas != "" {
		o.Check, err = withSchemas(a.options.schemas)
	}
	if err != nil {
		return o, &usageError{a.cat.Text("sim.error.schemas", catalogue.Args{"folder": a.options.schemas, "detail": err.Error()})}
	}
	return o, nil
}

func noArgs(a *app) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) > 0 {
			return &usageError{a.cat.Text("sim.error.extra", catalogue.Args{"value": args[0]})}
		}
		return nil
	}
}
