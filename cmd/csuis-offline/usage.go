package main

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"csuis-offline/internal/catalogue"
	"csuis-offline/internal/similar"
)

func usageFault(id string, args catalogue.Args) error {
	return &fault{exit: exitUsage, id: id, args: args}
}

// unknownCommandFault names the word and the nearest command.
func unknownCommandFault(word string, root *cobra.Command) error {
	var names []string
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	args := catalogue.Args{"word": word, "command": root.CommandPath()}
	if n, ok := similar.Nearest(word, names); ok {
		args["nearest"] = root.CommandPath() + " " + n
		return usageFault("usage.unknown-command-near", args)
	}
	return usageFault("usage.unknown-command", args)
}

// flagFault turns an error of the flag parser into a fault.
func flagFault(cmd *cobra.Command, err error) error {
	args := catalogue.Args{"command": cmd.CommandPath(), "detail": err.Error()}
	var (
		unknown *pflag.NotExistError
		need    *pflag.ValueRequiredError
		value   *pflag.InvalidValueError
		syntax  *pflag.InvalidSyntaxError
	)
	switch {
	case errors.As(err, &unknown):
		name := unknown.GetSpecifiedName()
		if unknown.GetSpecifiedShortnames() != "" {
			args["flag"] = "-" + name
			return usageFault("usage.unknown-flag", args)
		}
		args["flag"] = "--" + name
		var names []string
		visible(cmd.Flags(), func(f *pflag.Flag) { names = append(names, f.Name) })
		if n, ok := similar.Nearest(name, names); ok {
			args["nearest"] = "--" + n
			return usageFault("usage.unknown-flag-near", args)
		}
		return usageFault("usage.unknown-flag", args)
	case errors.As(err, &need):
		args["flag"] = "--" + need.GetFlag().Name
		return usageFault("usage.flag-value", args)
	case errors.As(err, &value):
		args["flag"], args["value"] = "--"+value.GetFlag().Name, value.GetValue()
		return usageFault("usage.bad-value", args)
	case errors.As(err, &syntax):
		args["flag"] = syntax.GetSpecifiedFlag()
		return usageFault("usage.flag-syntax", args)
	}
	return usageFault("usage.other", args)
}

func badChoice(flag, value string, choices []string) error {
	return usageFault("usage.bad-choice", catalogue.Args{
		"flag": "--" + flag, "value": value, "choices": strings.Join(choices, ", "),
	})
}

// needArgs requires exactly these arguments, by their texts in the catalogue.
func needArgs(a *app, ids ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		a.ran = cmd
		if len(args) < len(ids) {
			return missing(a, cmd, ids[len(args)])
		}
		return extra(cmd, args, len(ids))
	}
}

// needSome requires one argument or more, by the text in the catalogue.
func needSome(a *app, id string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		a.ran = cmd
		if len(args) == 0 {
			return missing(a, cmd, id)
		}
		return nil
	}
}

// atMost takes up to n arguments.
func atMost(a *app, n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		a.ran = cmd
		return extra(cmd, args, n)
	}
}

func missing(a *app, cmd *cobra.Command, argument string) error {
	return usageFault("usage.missing-argument", catalogue.Args{
		"argument": a.cat.Text(argument, nil), "command": cmd.CommandPath(),
	})
}

func extra(cmd *cobra.Command, args []string, n int) error {
	if len(args) <= n {
		return nil
	}
	return usageFault("usage.extra-argument", catalogue.Args{"value": args[n], "command": cmd.CommandPath()})
}

// needFlag says that a flag without a useful default is missing.
func needFlag(cmd, flag, value string) error {
	if value != "" {
		return nil
	}
	return usageFault("usage.missing-flag", catalogue.Args{"flag": flag, "command": program + " " + cmd})
}
