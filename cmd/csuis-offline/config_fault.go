package main

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/BurntSushi/toml"

	"csuis-offline/envelope"
	"csuis-offline/internal/catalogue"
)

// configKeys are all settings. The guide has a table of them.
var configKeys = []string{
	"unit", "unit.ic", "unit.name", "person", "person.id", "person.name", "person.email", "person.phones",
	"key", "key.file", "seal", "seal.profile", "seal.module", "pack", "pack.media", "pack.out", "pack.place", "pack.reason",
	"check", "check.schemas", "check.rules", "check.codelists", "check.terms", "check.attachments", "check.fields", "check.code_places",
	"online", "online.submit", "online.inbox", "online.user", "online.password_file", "online.ca", "online.outbox", "online.processed",
	"records",
}

// listKeys are the settings that are lists of texts.
var listKeys = []string{"person.phones", "online.processed"}

func configFault(id, path string, args catalogue.Args, cause error) error {
	if args == nil {
		args = catalogue.Args{}
	}
	args["file"] = path
	if cause != nil {
		args["detail"] = cause.Error()
	}
	return &fault{exit: exitUsage, id: id, args: args, cause: cause}
}

// configFaultID is the text that says what is wrong with a setting, and what
// it should be like.
func configFaultID(e *envelope.ConfigError) string {
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

// sectionOf takes a setting's name apart.
func sectionOf(key string) (section, name string) {
	section, name, ok := strings.Cut(key, ".")
	if !ok {
		return "", key
	}
	return section, name
}

// foreignBytes is the first line that is not UTF-8 text; 0 = all are. What
// editors call Unicode is UTF-16, with a zero in each Latin letter.
func foreignBytes(data []byte) int {
	n := 0
	for line := range bytes.Lines(data) {
		n++
		if !utf8.Valid(line) || bytes.IndexByte(line, 0) >= 0 {
			return n
		}
	}
	return 0
}

var (
	closedText = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|'[^']*'`)
	bareKey    = regexp.MustCompile(`^[\w-]+$`)
)

// syntaxFault says what is wrong with a line that is no TOML. The parser's
// words are English and for programmers, so the common mistakes are told by
// the line itself.
func syntaxFault(path string, data []byte, err error) error {
	lines := strings.Split(string(data), "\n")
	n, last := parsePlace(err)
	n = min(max(n, 1), len(lines))
	if n > 1 && openHeader(lines[n-2]) {
		n--
	}
	line := strings.TrimSpace(lines[n-1])
	name, value, assigned := strings.Cut(line, "=")
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	args := catalogue.Args{"line": n, "name": name}
	quotes := strings.ContainsAny(closedText.ReplaceAllString(line, ""), "„“”‟«»‚‘’")
	if strings.HasSuffix(last, ".phones") && !quotes {
		args["name"] = "phones"
		if at := findLine(data, strings.Split(last, ".")); at > 0 {
			args["line"] = at
		}
		return configFault("config.want-list", path, args, err)
	}
	first := earlierLine(lines[:n-1], line)
	id := "config.syntax"
	switch {
	case quotes:
		id = "config.quotes"
	case strings.HasPrefix(line, "[") && first > 0:
		args["section"], args["first"] = strings.Trim(line, "[]"), first
		id = "config.section-twice"
	case strings.HasPrefix(line, "["), line == "":
	case !assigned:
		args["name"] = strings.TrimRight(strings.Fields(line)[0], ":")
		id = "config.no-equals"
	case first > 0:
		args["first"] = first
		id = "config.key-twice"
	case strings.HasPrefix(value, `"`) && strings.Contains(value, `\`):
		id = "config.backslash"
	case !bareKey.MatchString(name) && !closedText.MatchString(name):
		id = "config.bad-key"
	case !strings.ContainsAny(value[:min(1, len(value))], `"'[{`) || value == "":
		id = "config.want-text"
	case strings.Count(closedText.ReplaceAllString(value, ""), value[:1]) == 1 && value[0] != '[' && value[0] != '{':
		id = "config.unclosed"
	}
	return configFault(id, path, args, err)
}

// parsePlace is the line of a parser's error, from 1, and the setting it was at.
func parsePlace(err error) (line int, last string) {
	if parse, ok := err.(toml.ParseError); ok {
		return parse.Position.Line, parse.LastKey
	}
	return 0, ""
}

// openHeader tells a section's line whose bracket is not closed: the parser
// blames the next one.
func openHeader(line string) bool {
	line = strings.TrimSpace(line)
	return strings.HasPrefix(line, "[") && !strings.Contains(line, "]")
}

// earlierLine finds the line that already opened this section, or made this
// setting in the same section; 0 = none.
func earlierLine(before []string, line string) int {
	name, _, assigned := strings.Cut(line, "=")
	for n := len(before); n > 0; n-- {
		other := strings.TrimSpace(before[n-1])
		switch header := strings.HasPrefix(other, "["); {
		case !assigned && header && strings.HasPrefix(line, "[") && headerOf(other) == headerOf(line):
			return n
		case assigned && header:
			return 0
		case assigned:
			if o, _, ok := strings.Cut(other, "="); ok && strings.TrimSpace(o) == strings.TrimSpace(name) {
				return n
			}
		}
	}
	return 0
}

func headerOf(line string) string {
	inner, _, _ := strings.Cut(strings.TrimLeft(line, "["), "]")
	return strings.TrimSpace(inner)
}

// judgeTypes refuses settings that are not text, list or section as they must be.
func judgeTypes(path string, data []byte, raw map[string]any) error {
	bad := func(id, section, name string) error {
		key := []string{name}
		if section != "" {
			key = []string{section, name}
		}
		return configFault(id, path, catalogue.Args{"section": section, "name": name, "line": keyLine(data, key)}, nil)
	}
	for _, key := range configKeys {
		section, name := sectionOf(key)
		if section == "" {
			if v, ok := raw[name]; ok && !isTable(v) {
				return bad("config.want-section", "", name)
			}
			continue
		}
		table, _ := raw[section].(map[string]any)
		v, ok := table[name]
		switch {
		case !ok:
		case slices.Contains(listKeys, key) && !isTexts(v):
			return bad("config.want-list", section, name)
		case !slices.Contains(listKeys, key) && !isText(v):
			return bad("config.want-text", section, name)
		}
	}
	records, _ := raw["records"].(map[string]any)
	for name, v := range records {
		if !isText(v) {
			return bad("config.want-text", "records", name)
		}
	}
	return nil
}

func isTable(v any) bool { _, ok := v.(map[string]any); return ok }
func isText(v any) bool  { _, ok := v.(string); return ok }

func isTexts(v any) bool {
	list, ok := v.([]any)
	return ok && !slices.ContainsFunc(list, func(v any) bool { return !isText(v) })
}

// unknownKey names the first setting that means nothing, its line, and what
// was perhaps meant.
func unknownKey(path string, data []byte, key toml.Key, raw map[string]any) error {
	section, name := sectionOf(strings.Join(key, "."))
	args := catalogue.Args{"section": section, "name": name, "line": keyLine(data, key)}
	if section == "" && isTable(raw[name]) {
		if n, ok := nearest(name, sections()); ok {
			args["nearest"] = n
			return configFault("config.unknown-section-near", path, args, nil)
		}
		args["choices"] = bracketed(sections())
		return configFault("config.unknown-section", path, args, nil)
	}
	if homes := homesOf(name); len(homes) > 0 {
		args["choices"] = bracketed(homes)
		return configFault("config.wrong-section", path, args, nil)
	}
	if section == "" {
		args["choices"] = bracketed(sections())
		return configFault("config.outside-section", path, args, nil)
	}
	if n, ok := nearest(name, namesIn(section)); ok {
		args["nearest"] = n
		return configFault("config.unknown-key-near", path, args, nil)
	}
	args["choices"] = strings.Join(namesIn(section), ", ")
	return configFault("config.unknown-key", path, args, nil)
}

func sections() []string {
	return slices.DeleteFunc(slices.Clone(configKeys), func(k string) bool { return strings.Contains(k, ".") })
}

// homesOf are the sections that have a setting of this name.
func homesOf(name string) (homes []string) {
	for _, k := range configKeys {
		if section, n := sectionOf(k); section != "" && n == name {
			homes = append(homes, section)
		}
	}
	return homes
}

// namesIn are the settings of a section.
func namesIn(section string) (names []string) {
	for _, k := range configKeys {
		if s, n := sectionOf(k); s == section && s != "" {
			names = append(names, n)
		}
	}
	return names
}

func bracketed(names []string) string { return "[" + strings.Join(names, "], [") + "]" }

// keyLine finds the line of a setting by decoding ever longer beginnings of the
// file: the first that holds it ends with its line. It is never 0.
func keyLine(data []byte, key toml.Key) int {
	lines := bytes.SplitAfter(data, []byte("\n"))
	has := func(n int) bool {
		var any map[string]any
		md, err := toml.Decode(string(bytes.Join(lines[:n], nil)), &any)
		return err == nil && md.IsDefined(key...)
	}
	// What spans several lines begins where its name stands.
	if n := findLine(data, key); n > 0 {
		return n
	}
	for n := 1; n <= len(lines) && n <= 1000; n++ {
		if has(n) {
			return n
		}
	}
	return 1
}

// findLine finds the line where a setting or a section is written in the usual
// way; 0 = nowhere.
func findLine(data []byte, key toml.Key) int {
	n, section := 0, ""
	for line := range strings.Lines(string(data)) {
		n++
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			section = headerOf(line)
			if len(key) == 1 && section == key[0] {
				return n
			}
			continue
		}
		name, _, ok := strings.Cut(line, "=")
		if !ok || strings.Trim(strings.TrimSpace(name), `"'`) != key[len(key)-1] {
			continue
		}
		if section == strings.Join(key[:len(key)-1], ".") {
			return n
		}
	}
	return 0
}
