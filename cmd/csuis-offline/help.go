package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const exitAnnotation = "exit codes"

// command makes a command whose help stands in the catalogue under its name, and
// which can end with these exit codes.
func (a *app) command(name string, args cobra.PositionalArgs, run func(ctx context.Context, args []string) error, codes ...int) *cobra.Command {
	cmd := &cobra.Command{
		Use:   name,
		Short: a.cat.Text("help."+name+".short", nil),
		Args:  args,
		RunE: func(cmd *cobra.Command, args []string) error {
			a.ran = cmd
			return run(cmd.Context(), args)
		},
	}
	documented(cmd, codes...)
	return cmd
}

// documented records the exit codes that a command can end with. Its help lists
// them, and the tests check every run against them.
func documented(cmd *cobra.Command, codes ...int) {
	var words []string
	for _, c := range codes {
		words = append(words, strconv.Itoa(c))
	}
	cmd.Annotations = map[string]string{exitAnnotation: strings.Join(words, " ")}
}

func documentedCodes(cmd *cobra.Command) []int {
	var codes []int
	for _, w := range strings.Fields(cmd.Annotations[exitAnnotation]) {
		c, err := strconv.Atoi(w)
		if err != nil {
			panic(err) // only documented writes the annotation
		}
		codes = append(codes, c)
	}
	slices.Sort(codes)
	return codes
}

// printHelp writes a command's help to standard output.
func (a *app) printHelp(cmd *cobra.Command) {
	text := a.helpText(cmd)
	if a.json {
		a.printJSON(struct {
			Type    string `json:"type"`
			Command string `json:"command"`
			Text    string `json:"text"`
		}{"help", commandName(cmd), text})
		return
	}
	fmt.Fprint(a.out, text)
}

// commandName is how the catalogue and the JSON call a command.
func commandName(cmd *cobra.Command) string {
	if !cmd.HasParent() {
		return "root"
	}
	return cmd.Name()
}

func (a *app) helpText(cmd *cobra.Command) string {
	name := "help." + commandName(cmd)
	var b strings.Builder
	section := func(label, body string) {
		if body != "" {
			fmt.Fprintf(&b, "\n%s\n%s", a.cat.Text("label."+label, nil), body)
		}
	}
	b.WriteString(a.cat.Text(name+".long", nil) + "\n")
	section("usage", indent(a.cat.Text(name+".usage", nil)))
	if a.cat.Has(name + ".examples") {
		section("examples", indent(a.cat.Text(name+".examples", nil)))
	}
	var rows [][2]string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			rows = append(rows, [2]string{c.Name(), c.Short})
		}
	}
	section("commands", columns(rows))
	section("flags", flagColumns(a.flagRows(cmd.NonInheritedFlags())))
	section("global-flags", flagColumns(a.flagRows(cmd.InheritedFlags())))
	rows = nil
	for _, c := range documentedCodes(cmd) {
		code := strconv.Itoa(c)
		rows = append(rows, [2]string{fmt.Sprintf("%3s", code), a.cat.Text("exit."+code, nil)})
	}
	section("exit-status", columns(rows))
	return b.String()
}

// flagRow is one flag of a help text.
type flagRow struct {
	long, short string
	value       string // what stands for its value; "" for a switch
	usage       string
}

// name is the flag as it is written: -o, --output.
func (r flagRow) name() string {
	if r.short == "" {
		return "--" + r.long
	}
	return "-" + r.short + ", --" + r.long
}

func (a *app) flagRows(fs *pflag.FlagSet) []flagRow {
	var rows []flagRow
	visible(fs, func(f *pflag.Flag) {
		r := flagRow{long: f.Name, short: f.Shorthand}
		r.value, r.usage = pflag.UnquoteUsage(f)
		if f.Value.Type() == "bool" {
			r.value = ""
		}
		if !slices.Contains([]string{"", "false", "0", "0s", "[]"}, f.DefValue) {
			r.usage += " (" + a.cat.Text("label.default", nil) + " " + shortDuration(f.DefValue) + ")"
		}
		rows = append(rows, r)
	})
	return rows
}

func flagColumns(flags []flagRow) string {
	var rows [][2]string
	for _, f := range flags {
		left := f.name()
		if f.short == "" {
			left = "    " + left
		}
		if f.value != "" {
			left += " " + f.value
		}
		rows = append(rows, [2]string{left, f.usage})
	}
	return columns(rows)
}

func indent(text string) string {
	return "  " + strings.ReplaceAll(text, "\n", "\n  ") + "\n"
}

// columns sets rows of two in columns; the second may have several lines.
func columns(rows [][2]string) string {
	width := 0
	for _, r := range rows {
		width = max(width, utf8.RuneCountInString(r[0]))
	}
	var b strings.Builder
	for _, r := range rows {
		pad := strings.Repeat(" ", width-utf8.RuneCountInString(r[0])+2)
		body := strings.ReplaceAll(r[1], "\n", "\n"+strings.Repeat(" ", width+4))
		fmt.Fprintf(&b, "  %s%s%s\n", r[0], pad, body)
	}
	return b.String()
}

// shortDuration is a duration as people write it: 5m for 5m0s. Anything else
// stays as it is.
func shortDuration(s string) string {
	if short, ok := strings.CutSuffix(s, "m0s"); ok {
		return short + "m"
	}
	return s
}
