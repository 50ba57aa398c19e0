package settings

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"unicode"

	"csuis-offline/internal/similar"
	"csuis-offline/internal/tomlfile"
)

// Parse reads the text of a file at path. It is strict: it refuses what it does
// not understand. Errors are an *Error.
func Parse(path string, data []byte) (*Settings, error) {
	s, wrong := parse(data)
	if wrong != nil {
		wrong.Path = path
		return nil, wrong
	}
	s.Path = path
	return s, nil
}

func parse(data []byte) (*Settings, *Error) {
	doc, err := tomlfile.Parse(data, MaxSize)
	if err != nil {
		return nil, unread(err)
	}
	if e := checkKinds(doc); e != nil {
		return nil, e
	}
	s := &Settings{}
	if err := doc.Decode(s); err != nil {
		return nil, undecoded(err)
	}
	for _, key := range paths {
		section, name := Split(key)
		// A backslash and a letter made the control character, as in "C:\temp".
		if n := doc.Lookup(section, name); n != nil && strings.ContainsFunc(n.Text, unicode.IsControl) {
			return nil, &Error{Problem: Backslash, Line: doc.Line(n)}
		}
	}
	return s, s.check()
}

// check refuses values that are wrong whatever they are used for. What an
// envelope requires is checked when one is built.
func (s *Settings) check() *Error {
	for _, c := range []struct {
		section, name, value string
		choices              []string
	}{{"seal", "profile", s.Seal.Profile, profiles()}, {"pack", "media", s.Pack.Media, media()}} {
		if c.value != "" && !slices.Contains(c.choices, c.value) {
			return &Error{Problem: BadChoice, Section: c.section, Name: c.name, Value: c.value, Choices: c.choices}
		}
	}
	for _, root := range slices.Sorted(maps.Keys(s.Records)) {
		kind := s.Records[root]
		if len(kind) != 3 || strings.Trim(kind, "0123456789") != "" {
			return &Error{Problem: RecordType, Section: "records", Name: root, Value: kind}
		}
	}
	return nil
}

// checkKinds refuses settings that are not the text, list or section that they
// must be.
func checkKinds(doc *tomlfile.Doc) *Error {
	for _, key := range keys {
		section, name := Split(key)
		path := []string{name}
		want, problem := tomlfile.Section, WantSection
		switch {
		case slices.Contains(lists, key):
			want, problem = tomlfile.List, WantList
		case section != "":
			want, problem = tomlfile.Text, WantText
		}
		if section != "" {
			path = []string{section, name}
		}
		n := doc.Lookup(path...)
		if n == nil {
			continue
		}
		if n.Kind != want || want == tomlfile.List && slices.ContainsFunc(n.Items, func(i *tomlfile.Node) bool { return i.Kind != tomlfile.Text }) {
			return &Error{Problem: problem, Line: doc.Line(n), Section: section, Name: name}
		}
	}
	if records := doc.Lookup("records"); records != nil {
		for _, e := range records.Entries {
			if e.Value.Kind != tomlfile.Text {
				return &Error{Problem: WantText, Line: doc.Line(e.Value), Section: "records", Name: e.Name}
			}
		}
	}
	return nil
}

// undecoded names the key for which Settings has no field.
func undecoded(err error) *Error {
	var unknown *tomlfile.UnknownError
	if !errors.As(err, &unknown) {
		return unread(err)
	}
	section, name := Split(strings.Join(unknown.Path, "."))
	e := &Error{Problem: UnknownKey, Line: unknown.Line, Section: section, Name: name, Choices: unknown.Known}
	homes := homesOf(name)
	switch {
	case section == "" && unknown.Node.Kind == tomlfile.Section:
		e.Problem = UnknownSection
	case len(homes) > 0:
		e.Problem, e.Choices = WrongSection, homes
		return e
	case section == "":
		e.Problem = OutsideSection
		return e
	}
	e.Nearest, _ = similar.Nearest(name, e.Choices)
	return e
}
