package main

import (
	"csuis-offline/finding"
	"csuis-offline/settings"
)

// fromConfig is a value that the configuration names, of a setting such as
// key.file. Where others can write the file, that is told: they could have named
// their own.
func (a *app) fromConfig(c *settings.Settings, setting, value string) string {
	if value == "" || a.told[setting] || !c.Shared() {
		return value
	}
	if a.told == nil {
		a.told = map[string]bool{}
	}
	a.told[setting] = true
	section, name := settings.Split(setting)
	f := finding.Finding{
		Code: finding.SettingsShared, Severity: finding.Warning, File: c.Path, Detail: "[" + section + "] " + name, Found: value,
	}
	a.printFindings([]finding.Finding{f}, nil)
	a.before.add([]finding.Finding{f})
	return value
}

// brokenConfig is the finding about a configuration that a command can do
// without.
func (a *app) brokenConfig(e *settings.Error) finding.Finding {
	f := configFault(e)
	return finding.Finding{
		Code: finding.SettingsBroken, Severity: finding.Warning, File: e.Path, Line: e.Line, Detail: a.cat.Text(f.id, f.args),
	}
}
