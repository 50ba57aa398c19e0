package envelope

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Config is what the envelope around a bare record says of the sender.
type Config struct {
	Unit   Unit
	Person Person
	// Module names the receiving module; "" is CSUIS, the later published schema's
	// spelling. The manual's is CSÚIS (doc/facts.md 3).
	Module string
	// Types adds record types for root elements: "{namespace}Root" or "Root" to
	// three digits. It overrides the built-in table.
	Types map[string]string
}

// Unit is the accounting unit that sends.
type Unit struct {
	IC   string // eight digits
	Name string
}

// Bounds and forms of the header's values (schemas iissp_common, isvs_common).
// PersonName and SubjectName have none there; maxText keeps a slip, such as a
// whole file instead of a name, out of an envelope.
const (
	maxText     = 1000 // characters
	maxUserName = 12
)

var (
	emailForm  = regexp.MustCompile(`^[0-9A-Za-z_.,-]+@[0-9A-Za-z_.,-]+$`)
	phoneForm  = regexp.MustCompile(`^[0-9]{3,30}$`)
	recordForm = regexp.MustCompile(`^[0-9]{3}$`)
	modules    = []string{"CSUIS", "CSÚIS", "MIS", "RISRE", "RISPR"}
)

// defaultModule is the module that "" means.
const defaultModule = "CSUIS"

// configCheck refuses a configuration that lacks what an envelope must have, or
// has what the schema of the header would refuse. It keeps the first fault.
type configCheck struct{ err error }

func (c *Config) check() error {
	var k configCheck
	k.text("unit.ic", c.Unit.IC, true, 8)
	if CheckIC(c.Unit.IC) == ICMalformed {
		k.malformed("unit.ic", c.Unit.IC)
	}
	k.text("unit.name", c.Unit.Name, true, maxText)
	p := &c.Person
	k.text("person.id", p.ID, true, maxPersonID)
	k.text("person.name", p.Name, false, maxText)
	k.text("person.user", p.UserName, false, maxUserName)
	if p.Email != "" && (!emailForm.MatchString(p.Email) || len(p.Email) > 254) {
		k.malformed("person.email", p.Email)
	}
	for _, phone := range p.Phones {
		if !phoneForm.MatchString(dialled(phone)) {
			k.malformed("person.phones", phone)
		}
	}
	if m := c.module(); !slices.Contains(modules, m) {
		k.malformed("seal.module", m)
	}
	return k.err
}

// text refuses what a header cannot hold as it is.
func (k *configCheck) text(key, value string, needed bool, most int) {
	switch {
	case needed && strings.TrimSpace(value) == "":
		k.fail(&ConfigError{Key: key, Problem: "missing"})
	case !utf8.ValidString(value), strings.ContainsFunc(value, unprintable), utf8.RuneCountInString(value) > most:
		k.malformed(key, value)
	}
}

func (k *configCheck) malformed(key, value string) {
	k.fail(&ConfigError{Key: key, Problem: "malformed", Value: clip(strings.ToValidUTF8(value, "\uFFFD"))})
}

func (k *configCheck) fail(err error) {
	if k.err == nil {
		k.err = err
	}
}

// unprintable reports whether r is a line break, a tab or another control
// character, or one of the two code points above them that XML does not allow.
func unprintable(r rune) bool {
	return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r == '\uFFFE' || r == '\uFFFF'
}

// dialled is a telephone number in the form of the header's schema: only digits,
// 00 for +.
func dialled(phone string) string {
	phone = strings.NewReplacer(" ", "", "\u00A0", "", "-", "", "/", "").Replace(phone)
	if rest, ok := strings.CutPrefix(phone, "+"); ok {
		return "00" + rest
	}
	return phone
}

func (c *Config) module() string {
	if c.Module == "" {
		return defaultModule
	}
	return c.Module
}

// recordType finds the type of a bare record: what the configuration says of
// "{namespace}Root", then of "Root", then the table.
func (c *Config) recordType(uri, local string) (string, error) {
	for _, key := range []string{"{" + uri + "}" + local, local} {
		if t, ok := c.Types[key]; ok {
			if !recordForm.MatchString(t) {
				return "", &ConfigError{Key: "records." + clip(key), Problem: "malformed", Value: clip(t)}
			}
			return t, nil
		}
	}
	if t, ok := rootTypes[local]; ok {
		return t, nil
	}
	return "", &UnknownRootError{clip(uri), clip(local)}
}
