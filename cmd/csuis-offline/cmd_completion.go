package main

import (
	"bytes"
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"csuis-offline/check/codelist"
	"csuis-offline/envelope"
	"csuis-offline/internal/catalogue"
	"csuis-offline/iso"
	"csuis-offline/outbox"
)

// shells are those that completion writes a script for.
var shells = []struct {
	name  string
	write func(root *cobra.Command, script *bytes.Buffer) error
}{
	{"bash", func(root *cobra.Command, script *bytes.Buffer) error { return root.GenBashCompletionV2(script, true) }},
	{"zsh", func(root *cobra.Command, script *bytes.Buffer) error { return root.GenZshCompletion(script) }},
	{"fish", func(root *cobra.Command, script *bytes.Buffer) error { return root.GenFishCompletion(script, true) }},
	{"powershell", func(root *cobra.Command, script *bytes.Buffer) error {
		return root.GenPowerShellCompletionWithDesc(script)
	}},
}

// completionResult is what completion says in JSON.
type completionResult struct {
	Shell string `json:"shell"`
	Text  string `json:"text"`
}

func newCompletionCommand(a *app) *cobra.Command {
	var cmd *cobra.Command
	cmd = a.command("completion", needArgs(a, "arg.shell"), func(_ context.Context, args []string) error {
		return runCompletion(a, cmd.Root(), args[0])
	}, exitOK, exitUsage, exitIO)
	return cmd
}

// runCompletion prints the script that makes a shell complete our command lines.
func runCompletion(a *app, root *cobra.Command, shell string) error {
	var names []string
	for _, s := range shells {
		if s.name != shell {
			names = append(names, s.name)
			continue
		}
		var script bytes.Buffer
		if err := s.write(root, &script); err != nil {
			return err
		}
		if a.json {
			a.printSummary("completion", exitOK, nil, completionResult{shell, script.String()}, "")
			return nil
		}
		_, err := a.out.Write(script.Bytes())
		return err
	}
	return usageFault("usage.shell", catalogue.Args{"value": shell, "choices": strings.Join(names, ", ")})
}

// completing reports whether a shell asks how a command line could go on. Such
// a command line is unfinished, so nothing is wrong with it.
func completing(args []string) bool {
	return len(args) > 0 && (args[0] == cobra.ShellCompRequestCmd || args[0] == cobra.ShellCompNoDescRequestCmd)
}

// valueCompletions says what can follow each flag that takes a value, by the
// flag's name: some words, files of some kinds, a folder, or nothing that could
// be guessed.
func valueCompletions() map[string]cobra.CompletionFunc {
	none := cobra.NoFileCompletions
	file := cobra.FixedCompletions(nil, cobra.ShellCompDirectiveDefault)
	folder := cobra.FixedCompletions(nil, cobra.ShellCompDirectiveFilterDirs)
	files := func(suffixes ...string) cobra.CompletionFunc {
		return cobra.FixedCompletions(suffixes, cobra.ShellCompDirectiveFilterFileExt)
	}
	var parted, kinds, states, media []string
	for _, m := range iso.AllMedia() {
		media = append(media, m.Name)
	}
	for _, p := range parts {
		parted = append(parted, p.name)
	}
	for _, k := range codelist.Kinds() {
		kinds = append(kinds, string(k))
	}
	for _, s := range outbox.States() {
		states = append(states, string(s))
	}
	data := files("toml")
	return map[string]cobra.CompletionFunc{
		"lang": words(langNames()...), "media": words(media...), "profile": words(envelope.Binding.String(), envelope.Exclusive.String()),
		"module": words("CSUIS", "CSÚIS"), "only": words(parted...), "kind": words(kinds...), "state": words(states...),
		"key": files("DEC", "dec", "ZIP", "zip", "hex", "txt"), "ca": files("pem", "crt", "cer"), "config": data,
		"rules": data, "terms": data, "attachments": data, "fields": data, "code-places": data,
		"password-file": file, "login-password-file": file, "output": file, "out": folder, "schemas": folder,
		"reason": none, "place": none, "expect": none, "note": none, "timestamp": none, "on": none, "from": none, "to": none, "every": none,
		"for": none, "older-than": none, "type": none, "unit": none, "user": none, "submit-url": none, "inbox-url": none,
	}
}

// argumentCompletions says what can follow a command, by its path; a command
// that is not here takes files.
func argumentCompletions() map[string]cobra.CompletionFunc {
	var names, data []string
	for _, s := range shells {
		names = append(names, s.name)
	}
	for _, d := range dataFiles {
		data = append(data, d.name)
	}
	folder := cobra.FixedCompletions(nil, cobra.ShellCompDirectiveFilterDirs)
	all := map[string]cobra.CompletionFunc{
		"completion": firstOnly(words(names...)), "data": firstOnly(words(data...)),
		"demo": firstOnly(folder), "manpages": firstOnly(folder),
	}
	for _, path := range []string{"", "version", "outbox", "inbox", "codelist", "codelist list"} {
		all[path] = cobra.NoFileCompletions
	}
	return all
}

func words(choices ...string) cobra.CompletionFunc {
	return cobra.FixedCompletions(choices, cobra.ShellCompDirectiveNoFileComp)
}

// firstOnly completes one argument; no other may follow it.
func firstOnly(f cobra.CompletionFunc) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return f(cmd, args, word)
	}
}

// commandNames are the commands below the one that the words name.
func commandNames(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	at, rest, err := cmd.Root().Find(args)
	if err != nil || len(rest) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []string
	for _, c := range at.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, cobra.CompletionWithDesc(c.Name(), c.Short))
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// complete registers with every command of a tree what can follow it and its
// flags.
func complete(root *cobra.Command) error {
	values, arguments := valueCompletions(), argumentCompletions()
	for _, cmd := range shownCommands(root) {
		path := strings.TrimPrefix(strings.TrimPrefix(cmd.CommandPath(), root.Name()), " ")
		if f, ok := arguments[path]; ok {
			cmd.ValidArgsFunction = f
		} else if cmd.HasParent() && cmd.Parent().Name() == "outbox" {
			cmd.ValidArgsFunction = cobra.NoFileCompletions // numbers of records
		}
		var failed error
		add := func(f *pflag.Flag) {
			if complete, ok := values[f.Name]; ok {
				failed = errors.Join(failed, cmd.RegisterFlagCompletionFunc(f.Name, complete))
			}
		}
		cmd.LocalNonPersistentFlags().VisitAll(add)
		cmd.PersistentFlags().VisitAll(add)
		if failed != nil {
			return failed
		}
	}
	return nil
}
