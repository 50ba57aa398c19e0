package settings_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"csuis-offline/settings"
)

func TestUnknownKeyIsFoundOnItsLine(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"[unit]\nic=\"1\"\nodd=\"x\"\n":                     3,
		"# a\n\nodd = 1":                                    3,
		"[unit]\nname = \"odd\"\n[odd]\nx = 1":              3,
		"[person]\nphones = [\n\"odd\",\n]\nodd = true\n":   5,
		"unit.name = \"odd\"\nunit.odd = \"x\"":             2,
		"unit = {name = \"odd\", # odd\n odd = 1}\n":        2,
		"[unit]\nname = \"\"\"\nodd = 1\n\"\"\"\n'odd' = 2": 5,
	} {
		_, err := settings.Parse("c.toml", []byte(text))
		var wrong *settings.Error
		if !errors.As(err, &wrong) || wrong.Line != want || wrong.Path != "c.toml" || wrong.Name != "odd" {
			t.Errorf("%q: %v, want line %d", text, err, want)
		}
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	work, user := t.TempDir(), t.TempDir()
	o := settings.Options{Folder: work, UserFolder: user}
	if got := settings.Find(o); got != "" {
		t.Errorf("found %s where there is none", got)
	}
	if s, err := settings.Load(o); err != nil || s.Path != "" || s.Envelope("") != nil {
		t.Errorf("%+v, %v", s, err)
	}
	users := filepath.Join(user, "csuis-offline", settings.Name)
	for _, path := range []string{users, filepath.Join(work, settings.Name)} {
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("[unit]\nic = \"09999990\"\n[key]\nfile = \"k\"\n"), 0o666); err != nil {
			t.Fatal(err)
		}
		s, err := settings.Load(o)
		if err != nil || s.Path != path || s.Relative(s.Key.File) != filepath.Join(filepath.Dir(path), "k") {
			t.Errorf("%s: %+v, %v", path, s, err)
		}
	}
	o.File = filepath.Join(work, "absent.toml")
	_, err := settings.Load(o)
	var wrong *settings.Error
	if !errors.As(err, &wrong) || wrong.Problem != settings.Unreadable || wrong.Path != o.File || !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	if err := os.WriteFile(o.File, []byte(strings.Repeat("#", settings.MaxSize+1)), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := settings.Load(o); !errors.As(err, &wrong) || wrong.Problem != settings.TooLarge {
		t.Error(err)
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"[seal]\nprofile = \"odd\"":                  `bad-choice, section "seal", name "profile", value "odd", choices "`,
		"[pack]\nmedia = \"tape\"":                   `bad-choice, section "pack", name "media", value "tape", choices "`,
		"[records]\nOdd = \"12\"":                    `record-type, section "records", name "Odd", value "12"`,
		"[records]\nOdd = 12":                        `line 2: want-text, section "records", name "Odd"`,
		"[person]\nphones = [1]":                     `line 2: want-list, section "person", name "phones"`,
		"[online]\nprocessed = 'x'":                  `line 2: want-list, section "online", name "processed"`,
		"[[unit]]":                                   `line 1: want-section, name "unit"`,
		"[unit]\nic = '1'\nIC = '2'":                 `line 3: key-twice, section "unit", name "IC"`,
		"[unit]\nic.x = '1'":                         `line 2: want-text, section "unit", name "ic"`,
		"[unit.x]":                                   `line 1: unknown-key, section "unit", name "x", choices "ic, name"`,
		"[key]\nfile = \"a\\tb\"":                    `line 2: backslash`,
		"unit.ic = '1'\n[unit]\nname = 'x'":          `line 2: section-twice, section "unit"`,
		"[unit]\nname = 'x'\n[unit]\nic = '1'":       `line 3: section-twice, section "unit"`,
		"[unit]\nname='x'\n[key]\n[seal]\n\nx = „a“": `line 6: quotes, section "seal", name "x"`,
	} {
		_, err := settings.Parse("c", []byte(text))
		if err == nil || !strings.HasPrefix(strings.TrimPrefix(err.Error(), "settings: c: "), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestChoices(t *testing.T) {
	t.Parallel()
	s := &settings.Settings{}
	s.Pack.Media = "dvd"
	if m, err := s.Media(""); err != nil || m.Name != "dvd" {
		t.Error(m, err)
	}
	if m, err := s.Media("cd"); err != nil || m.Name != "cd" {
		t.Error(m, err)
	}
	var choice *settings.ChoiceError
	if _, err := s.Media("x"); !errors.As(err, &choice) || choice.Name != "media" || len(choice.Choices) < 2 {
		t.Error(err)
	}
	if _, err := s.Profile("x"); !errors.As(err, &choice) || choice.Name != "profile" {
		t.Error(err)
	}
}
