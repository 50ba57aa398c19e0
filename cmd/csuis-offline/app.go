package main

import (
	"context"
	"io"
	"maps"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"csuis-offline/internal/catalogue"
	"csuis-offline/outbox"
)

// app is what the commands share: where they read and write, the clock, the
// randomness, and how the user wants to be spoken to.
type app struct {
	in       *os.File
	out, err io.Writer
	now      func() time.Time
	rand     io.Reader
	getenv   func(string) string
	backoff  outbox.Backoff // the zero value means the defaults
	identity
	workers int // records sealed at once; 0 is one a processor

	cat        *catalogue.Catalogue
	json       bool
	quiet      bool
	configPath string
	configUsed string // the configuration file that was found; "" = none

	told   map[string]bool // settings of a file that others can write, that were told
	before tally           // findings printed before those of the command itself

	ran      *cobra.Command // the command that was chosen, for the tests
	made     bool           // files were made
	patient  chan struct{}  // closed by work that must not be cut off after the first signal; may be nil
	begun    []string       // outputs that were to be made
	stores   bool           // the outbox was opened to be changed
	printErr error          // the first failure to write to standard output
}

// run carries out one command line and returns the exit code.
func (a *app) run(ctx context.Context, args []string) int {
	a.out = &sticky{a.out, &a.printErr}
	// The language and the format must be known before the command line is parsed,
	// as its own errors are printed that way too.
	var lang string
	lang, a.json = prescan(args)
	var err error
	var ok bool
	if a.cat, ok = catalogue.For(catalogue.Lang(lang)); !ok {
		a.cat, _ = catalogue.For(catalogue.Langs()[0])
		if !completing(args) {
			err = badChoice("lang", lang, langNames())
		}
	}
	root := newRootCommand(a)
	a.ran = root
	root.SetArgs(args)
	if err == nil {
		err = understand(root, args)
	}
	if err == nil {
		err = root.ExecuteContext(ctx)
	}
	if err != nil && ctx.Err() != nil {
		err = ctx.Err() // what failed on the way out is not the cause
	}
	return a.finish(err)
}

// bePatient says that the work, interrupted once, still waits for what is on its
// way.
func (a *app) bePatient() {
	if a.patient != nil {
		close(a.patient)
		a.patient = nil
	}
}

// understand finds what is wrong with a command line before cobra blames
// something else. The unfinished one that a shell asks about is not judged.
func understand(root *cobra.Command, args []string) error {
	if completing(args) {
		return complete(root)
	}
	if err := unknownCommand(root, args); err != nil {
		return err
	}
	return singleDash(root, args)
}

// finish prints what is not printed yet and turns the outcome into the exit code.
func (a *app) finish(err error) int {
	err = settingsFault(err)
	exit, id, args := classify(err)
	if id != "" {
		all := catalogue.Args{"unfinished": a.unfinished()}
		maps.Copy(all, args)
		a.printError(exit, id, all, err)
	}
	if exit == exitOK && a.printErr != nil {
		exit, id = exitIO, "error.output"
		if a.made {
			id = "error.output-made"
		}
		a.printError(exit, id, catalogue.Args{"detail": a.printErr.Error()}, a.printErr)
	}
	return exit
}

// prescan finds the language and --json in a command line that is not parsed yet.
func prescan(args []string) (lang string, json bool) {
	lang = string(catalogue.Langs()[0])
	for i, arg := range args {
		switch {
		case arg == "--":
			return lang, json
		case arg == "--json":
			json = true
		case strings.HasPrefix(arg, "--json="):
			// A wrong value still means that JSON is wanted; it is refused later.
			v, err := strconv.ParseBool(strings.TrimPrefix(arg, "--json="))
			json = v || err != nil
		case arg == "--lang" && i+1 < len(args):
			lang = args[i+1]
		case strings.HasPrefix(arg, "--lang="):
			lang = strings.TrimPrefix(arg, "--lang=")
		}
	}
	return lang, json
}

func langNames() []string {
	var names []string
	for _, l := range catalogue.Langs() {
		names = append(names, string(l))
	}
	return names
}

// sticky keeps the first error of a writer, so that no caller need ask.
type sticky struct {
	w   io.Writer
	err *error
}

func (s *sticky) Write(p []byte) (int, error) {
	n, err := s.w.Write(p)
	if err != nil && *s.err == nil {
		*s.err = err
	}
	return n, err
}
