package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"csuis-offline/internal/catalogue"
	"csuis-offline/internal/iox"
	"csuis-offline/internal/manpage"
	"csuis-offline/stage"
)

type manpagesOptions struct {
	dir, timestamp string
}

// manpagesResult is what manpages says in JSON.
type manpagesResult struct {
	Folder string `json:"folder"`
	Pages  int    `json:"pages"`
}

func newManpagesCommand(a *app) *cobra.Command {
	var o manpagesOptions
	cmd := a.command("manpages", needArgs(a, "arg.dir"), func(ctx context.Context, args []string) error {
		o.dir = args[0]
		res, err := runManpages(ctx, a, o)
		if err != nil {
			return err
		}
		a.made = true
		a.printSummary("manpages", exitOK, nil, res, a.cat.Text("summary.manpages", catalogue.Args{"folder": o.dir, "n": res.Pages}))
		return nil
	}, exitOK, exitUsage, exitIO, exitInterrupted)
	cmd.Flags().StringVar(&o.timestamp, "timestamp", "", a.cat.Text("flag.timestamp", nil))
	return cmd
}

// runManpages writes a page for each command in each language into a new folder:
// man1/NAME.1 in English, and cs/man1/NAME.1 in Czech, as man(1) looks for them.
func runManpages(ctx context.Context, a *app, o manpagesOptions) (manpagesResult, error) {
	res := manpagesResult{Folder: o.dir}
	date, err := a.timestamp(o.timestamp)
	if err != nil {
		return res, err
	}
	a.begun = append(a.begun, o.dir)
	folder, err := stage.CreateFolder(o.dir, stage.Options{})
	if err != nil {
		return res, err
	}
	defer folder.Abort()
	for _, lang := range catalogue.Langs() {
		dir := filepath.Join(folder.Path(), "man1")
		if lang != catalogue.English {
			dir = filepath.Join(folder.Path(), string(lang), "man1")
		}
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return res, err
		}
		for name, page := range a.pages(lang, date) {
			if err := ctx.Err(); err != nil {
				return res, err
			}
			if err := iox.WriteNew(filepath.Join(dir, name+".1"), []byte(page), 0o666); err != nil {
				return res, err
			}
			res.Pages++
		}
	}
	return res, folder.Commit()
}

// pages are the manual pages of one language by their names.
func (a *app) pages(lang catalogue.Lang, date time.Time) map[string]string {
	speaker := *a
	speaker.cat, _ = catalogue.For(lang)
	root := newRootCommand(&speaker)
	root.InitDefaultHelpCmd()
	all := map[string]string{}
	for _, cmd := range shownCommands(root) {
		all[pageName(cmd)] = speaker.page(cmd, date)
	}
	return all
}

// shownCommands are a command and all below it that the help shows.
func shownCommands(cmd *cobra.Command) []*cobra.Command {
	all := []*cobra.Command{cmd}
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			all = append(all, shownCommands(c)...)
		}
	}
	return all
}

// pageName is what the page of a command is called: its words joined.
func pageName(cmd *cobra.Command) string { return strings.ReplaceAll(cmd.CommandPath(), " ", "-") }

// page is the help of a command as a manual page.
func (a *app) page(cmd *cobra.Command, date time.Time) string {
	text := func(id string) string { return a.cat.Text(id, nil) }
	help := "help." + commandName(cmd)
	p := manpage.New(manpage.Head{
		Name: pageName(cmd), Section: 1, Date: date, Source: a.generator(),
	})
	p.Section(text("label.name"))
	p.Name(pageName(cmd), cmd.Short)
	p.Section(text("label.synopsis"))
	p.Lines(text(help + ".usage"))
	p.Section(text("label.description"))
	p.Text(text(help + ".long"))
	var related []string
	var commands []*cobra.Command
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			commands = append(commands, c)
		}
	}
	if len(commands) > 0 {
		p.Section(text("label.commands"))
	}
	for _, c := range commands {
		p.Term(c.Name(), "", c.Short)
		related = append(related, pageName(c))
	}
	for _, set := range []struct {
		label string
		rows  []flagRow
	}{{"flags", a.flagRows(cmd.NonInheritedFlags())}, {"global-flags", a.flagRows(cmd.InheritedFlags())}} {
		if len(set.rows) > 0 {
			p.Section(text("label." + set.label))
		}
		for _, r := range set.rows {
			p.Term(r.name(), r.value, r.usage)
		}
	}
	p.Section(text("label.exit-status"))
	for _, code := range documentedCodes(cmd) {
		p.Term(strconv.Itoa(code), "", text(fmt.Sprintf("exit.%d", code)))
	}
	if a.cat.Has(help + ".examples") {
		p.Section(text("label.examples"))
		p.Lines(text(help + ".examples"))
	}
	if cmd.HasParent() {
		related = append([]string{pageName(cmd.Parent())}, related...)
	}
	p.Section(text("label.see-also"))
	p.See(related...)
	return p.String()
}
