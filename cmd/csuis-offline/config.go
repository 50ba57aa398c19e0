package main

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/BurntSushi/toml"

	"csuis-offline/envelope"
	"csuis-offline/internal/catalogue"
	"csuis-offline/iso"
)

const (
	configName = "csuis.toml"
	maxConfig  = 64 << 10 // bytes; the TOML library takes memory by its square for nested tables
)

// config is csuis.toml. A flag goes before it.
type config struct {
	Unit struct {
		IC   string `toml:"ic"`
		Name string `toml:"name"`
	} `toml:"unit"`
	Person struct {
		ID     string   `toml:"id"`
		Name   string   `toml:"name"`
		Email  string   `toml:"email"`
		Phones []string `toml:"phones"`
	} `toml:"person"`
	Key struct {
		File string `toml:"file"` // relative to the configuration file
	} `toml:"key"`
	Seal struct {
		Profile string `toml:"profile"`
		Module  string `toml:"module"`
	} `toml:"seal"`
	Pack struct {
		Media  string `toml:"media"`
		Out    string `toml:"out"` // relative to the configuration file
		Place  string `toml:"place"`
		Reason string `toml:"reason"`
	} `toml:"pack"`
	Check struct {
		// All are relative to the configuration file.
		Schemas   string `toml:"schemas"`
		Rules     string `toml:"rules"`
		CodeLists string `toml:"codelists"`
		// Data that go before what the program brings along.
		Terms       string `toml:"terms"`
		Attachments string `toml:"attachments"`
		Fields      string `toml:"fields"`
		CodePlaces  string `toml:"code_places"`
	} `toml:"check"`
	Online struct {
		Submit string `toml:"submit"`
		Inbox  string `toml:"inbox"`
		User   string `toml:"user"`
		// The next three are relative to the configuration file.
		PasswordFile string `toml:"password_file"`
		CA           string `toml:"ca"`
		Outbox       string `toml:"outbox"`
		// Processed are the StavId that mean that a record was processed.
		Processed []string `toml:"processed"`
	} `toml:"online"`
	Records map[string]string `toml:"records"`

	path string // where it was read from; "" = there is none
}

// loadConfig reads the configuration: the file named with --config, else
// csuis.toml in the working folder, else that of the user's configuration
// folder. Without any, everything comes from flags and from the records.
func (a *app) loadConfig() (*config, error) {
	if a.configPath != "" {
		a.configUsed = a.configPath
		return readConfig(a.configPath)
	}
	places := []string{configName}
	if dir, err := os.UserConfigDir(); err == nil {
		places = append(places, filepath.Join(dir, program, configName))
	}
	for _, p := range places {
		if _, err := os.Stat(p); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		a.configUsed = p
		return readConfig(p)
	}
	return &config{}, nil
}

func readConfig(path string) (*config, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, configFault("config.unreadable", path, nil, err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxConfig+1))
	if err != nil {
		return nil, configFault("config.unreadable", path, nil, err)
	}
	if len(data) > maxConfig {
		return nil, configFault("config.too-large", path, catalogue.Args{"limit": catalogue.Bytes(maxConfig)}, nil)
	}
	return parseConfig(path, bytes.TrimPrefix(data, []byte("\uFEFF")))
}

// configName is what to call the configuration file, whether there is one or not.
func (a *app) configName() string { return or(a.configUsed, configName) }

// parseConfig is strict: what it does not understand, it names.
func parseConfig(path string, data []byte) (*config, error) {
	if line := foreignBytes(data); line > 0 {
		return nil, configFault("config.encoding", path, catalogue.Args{"line": line}, nil)
	}
	var raw map[string]any
	if _, err := toml.Decode(string(data), &raw); err != nil {
		return nil, syntaxFault(path, data, err)
	}
	if err := judgeTypes(path, data, raw); err != nil {
		return nil, err
	}
	c := &config{path: path}
	md, err := toml.Decode(string(data), c)
	if err != nil {
		return nil, configFault("config.syntax", path, catalogue.Args{"line": 1}, err)
	}
	if unknown := md.Undecoded(); len(unknown) > 0 {
		return nil, unknownKey(path, data, unknown[0], raw)
	}
	for _, f := range []struct{ key, value string }{{"key.file", c.Key.File}, {"pack.out", c.Pack.Out},
		{"check.schemas", c.Check.Schemas}, {"check.rules", c.Check.Rules}, {"check.codelists", c.Check.CodeLists},
		{"check.terms", c.Check.Terms}, {"check.attachments", c.Check.Attachments}, {"check.fields", c.Check.Fields}, {"online.password_file", c.Online.PasswordFile}, {"online.ca", c.Online.CA}, {"online.outbox", c.Online.Outbox}, {"check.code_places", c.Check.CodePlaces}} {
		// A backslash and a letter made it, as in "C:\temp".
		if strings.ContainsFunc(f.value, unicode.IsControl) {
			return nil, configFault("config.backslash", path, catalogue.Args{"line": keyLine(data, strings.Split(f.key, "."))}, nil)
		}
	}
	return c, c.check()
}

func (c *config) check() error {
	bad := func(key, value string, choices []string) error {
		section, name := sectionOf(key)
		return configFault("config.bad-choice", c.path, catalogue.Args{
			"section": section, "name": name, "value": value, "choices": strings.Join(choices, ", "),
		}, nil)
	}
	if p := c.Seal.Profile; p != "" && !slices.Contains(profileNames(), p) {
		return bad("seal.profile", p, profileNames())
	}
	if m := c.Pack.Media; m != "" && !slices.Contains(mediaNames(), m) {
		return bad("pack.media", m, mediaNames())
	}
	for root, kind := range c.Records {
		if len(kind) != 3 || strings.Trim(kind, "0123456789") != "" {
			return configFault("config.record-type", c.path, catalogue.Args{"key": root, "value": kind}, nil)
		}
	}
	return nil
}

// relative resolves a path of the configuration file against its folder.
func (c *config) relative(path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(c.path), path)
}

// envelope is what the envelope of a bare record is built from; nil when the
// configuration says nothing of the unit and the person.
func (c *config) envelope(module string) *envelope.Config {
	if c.Unit.IC == "" && c.Unit.Name == "" && c.Person.ID == "" && c.Person.Name == "" {
		return nil
	}
	e := &envelope.Config{Module: or(module, c.Seal.Module), Types: c.Records}
	e.Unit = envelope.Unit{IC: c.Unit.IC, Name: c.Unit.Name}
	e.Person = envelope.Person{ID: c.Person.ID, Name: c.Person.Name, Email: c.Person.Email, Phones: c.Person.Phones}
	return e
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

func profileNames() []string {
	return []string{envelope.Binding.String(), envelope.Exclusive.String()}
}

func profileOf(flag, configured string) (envelope.Profile, error) {
	switch name := or(flag, configured); name {
	case "", envelope.Binding.String():
		return envelope.Binding, nil
	case envelope.Exclusive.String():
		return envelope.Exclusive, nil
	default:
		return 0, badChoice("profile", name, profileNames())
	}
}

func mediaNames() []string {
	var names []string
	for _, m := range iso.AllMedia() {
		names = append(names, m.Name)
	}
	return names
}

func mediaOf(name string) (iso.Media, error) {
	m, ok := iso.MediaByName(name)
	if !ok {
		return m, badChoice("media", name, mediaNames())
	}
	return m, nil
}
