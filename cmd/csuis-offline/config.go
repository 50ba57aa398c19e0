package main

import (
	"errors"
	"strings"

	"csuis-offline/envelope"
	"csuis-offline/internal/catalogue"
	"csuis-offline/settings"
)

// loadConfig reads the configuration that --config names, or the one that it
// finds.
func (a *app) loadConfig() (*settings.Settings, error) {
	c, err := settings.Load(settings.Options{File: a.configPath})
	var wrong *settings.Error
	switch {
	case err == nil:
		a.configUsed = c.Path
	case errors.As(err, &wrong):
		a.configUsed = wrong.Path
	}
	return c, err
}

// configName is the name of the configuration file for texts, whether there is
// one or not.
func (a *app) configName() string { return or(a.configUsed, settings.Name) }

// settingsFault gives the errors of the configuration their texts; others stay.
func settingsFault(err error) error {
	var (
		wrong  *settings.Error
		choice *settings.ChoiceError
		folder *settings.NoFolderError
	)
	switch {
	case errors.As(err, &wrong):
		return configFault(wrong)
	case errors.As(err, &folder):
		return &fault{exitUsage, "config.no-folder", catalogue.Args{"section": folder.Section, "name": folder.Name}, err}
	case errors.As(err, &choice):
		return badChoice(choice.Name, choice.Value, choice.Choices)
	}
	return err
}

// configFault says what is wrong with the configuration.
func configFault(e *settings.Error) *fault {
	args := catalogue.Args{
		"file": e.Path, "line": e.Line, "first": e.First, "section": e.Section, "name": e.Name, "value": e.Value,
		"nearest": e.Nearest, "choices": strings.Join(e.Choices, ", "),
	}
	if e.Err != nil {
		args["detail"] = e.Err.Error()
	}
	id := "config." + string(e.Problem)
	switch e.Problem {
	case settings.TooLarge:
		args["limit"] = catalogue.Bytes(settings.MaxSize)
	case settings.UnknownSection, settings.WrongSection, settings.OutsideSection:
		args["choices"] = "[" + strings.Join(e.Choices, "], [") + "]"
	}
	if e.Nearest != "" {
		id += "-near"
	}
	return &fault{exitUsage, id, args, e.Err}
}

// senderText is the text about a mistake in what the configuration says of the
// sender.
func senderText(e *envelope.ConfigError) string {
	if e.Problem == "missing" {
		return "config.missing"
	}
	switch e.Key {
	case "unit.ic":
		return "config.bad-ic"
	case "person.id":
		return "config.bad-person-id"
	case "person.email":
		return "config.bad-email"
	case "person.phones":
		return "config.bad-phones"
	case "seal.module":
		return "config.bad-module"
	}
	if strings.HasPrefix(e.Key, "records.") {
		return "config.record-type"
	}
	return "config.malformed"
}

// or is the first string that is not empty.
func or(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
