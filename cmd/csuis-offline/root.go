package main

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"csuis-offline/internal/catalogue"
)

const program = "csuis-offline"

// newRootCommand builds the tree of commands in the language of the app.
func newRootCommand(a *app) *cobra.Command {
	var version bool
	root := &cobra.Command{
		Use:               program,
		Short:             a.cat.Text("help.root.short", nil),
		Args:              cobra.ArbitraryArgs,
		SilenceErrors:     true,
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
		RunE: func(cmd *cobra.Command, _ []string) error {
			if version {
				a.printVersion(cmd.Context())
				return nil
			}
			return cmd.Help()
		},
	}
	root.Flags().BoolVarP(&version, "version", "V", false, a.cat.Text("flag.version", nil))
	documented(root, exitOK, exitFindings, exitUsage, exitIO, exitKey, exitUnknown, exitInterrupted)
	flags := root.PersistentFlags()
	flags.StringVar(&a.configPath, "config", "", a.cat.Text("flag.config", nil))
	flags.Bool("json", false, a.cat.Text("flag.json", nil)) // prescan has read it
	flags.String("lang", langNames()[0], a.cat.Text("flag.lang", nil))
	flags.BoolVar(&a.quiet, "quiet", false, a.cat.Text("flag.quiet", nil))
	flags.BoolP("help", "h", false, a.cat.Text("flag.help", nil))

	root.AddCommand(
		newDemoCommand(a),
		newCheckCommand(a),
		newCodelistCommand(a),
		newDataCommand(a),
		newPackCommand(a),
		newVerifyCommand(a),
		newSendCommand(a),
		newOutboxCommand(a),
		newInboxCommand(a),
		newSealCommand(a),
		newOpenCommand(a),
		newCompletionCommand(a),
		newManpagesCommand(a),
		newVersionCommand(a),
	)
	root.SetHelpCommand(newHelpCommand(a, root))
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { a.ran = cmd; a.printHelp(cmd) })
	root.SetUsageFunc(func(cmd *cobra.Command) error { a.printHelp(cmd); return nil })
	root.SetOut(a.out)
	root.SetErr(a.err)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { a.ran = cmd; return flagFault(cmd, err) })
	return root
}

func newHelpCommand(a *app, root *cobra.Command) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "help",
		Short: a.cat.Text("help.help.short", nil),

		ValidArgsFunction: commandNames,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := unknownCommand(root, args); err != nil {
				return err
			}
			about, _, err := root.Find(args)
			if err != nil {
				return err
			}
			return about.Help()
		},
	}
	documented(cmd, exitOK, exitUsage)
	return cmd
}

// unknownCommand finds the first word of a command line that should be a command
// and is none. Without it, the flags after a misspelt command would be blamed.
func unknownCommand(root *cobra.Command, args []string) error {
	found, _, err := root.Find(args)
	if err == nil && found != root {
		return nil
	}
	flags := root.PersistentFlags()
	for i := 0; i < len(args); i++ {
		arg := args[i]
		switch {
		case arg == "--":
			return nil
		case strings.HasPrefix(arg, "--") && !strings.Contains(arg, "="):
			if f := flags.Lookup(arg[2:]); f != nil && f.NoOptDefVal == "" {
				i++ // its value
			}
		case strings.HasPrefix(arg, "-"):
		case arg == "help":
			return nil
		default:
			return unknownCommandFault(arg, root)
		}
	}
	return nil
}

// singleDash finds a long flag written with one dash: -out would be taken for
// the short flags o, u and t, or for -o with the value "ut".
func singleDash(root *cobra.Command, args []string) error {
	cmd, _, err := root.Find(args)
	if err != nil {
		return nil
	}
	for i, arg := range args {
		name, _, _ := strings.Cut(strings.TrimPrefix(arg, "-"), "=")
		switch {
		case arg == "--":
			return nil
		case !strings.HasPrefix(arg, "-") || strings.HasPrefix(arg, "--") || len(name) < 3:
			continue
		case i > 0 && takesValue(cmd, args[i-1]):
			continue
		case longFlag(cmd, name) != nil:
			return usageFault("usage.unknown-flag-near", catalogue.Args{
				"flag": "-" + name, "nearest": "--" + name, "command": cmd.CommandPath(),
			})
		}
	}
	return nil
}

func longFlag(cmd *cobra.Command, name string) *pflag.Flag {
	if f := cmd.Flags().Lookup(name); f != nil {
		return f
	}
	return cmd.InheritedFlags().Lookup(name)
}

// takesValue reports whether the argument after this one is a flag's value.
func takesValue(cmd *cobra.Command, arg string) bool {
	var f *pflag.Flag
	switch {
	case strings.HasPrefix(arg, "--"):
		f = longFlag(cmd, arg[2:])
	case len(arg) == 2 && arg[0] == '-':
		f = cmd.Flags().ShorthandLookup(arg[1:])
	}
	return f != nil && f.NoOptDefVal == ""
}

// oldName keeps an old name of a flag at work: scripts may use it. Only the name
// itself is shown.
func oldName(fs *pflag.FlagSet, old, name string) {
	alias := *fs.Lookup(name) // both set the same value
	alias.Name, alias.Hidden = old, true
	fs.AddFlag(&alias)
}

// visible calls f for each flag that the help shows.
func visible(fs *pflag.FlagSet, f func(*pflag.Flag)) {
	fs.VisitAll(func(flag *pflag.Flag) {
		if !flag.Hidden && flag.Deprecated == "" {
			f(flag)
		}
	})
}
