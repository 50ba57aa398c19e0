package settings_test

import (
	"bytes"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/quick"
	"unicode/utf8"

	"csuis-offline/settings"
	"csuis-offline/stage"
)

// sample has each section, comments everywhere and lines that end in CRLF.
const sample = "\uFEFF# Nastavení úřadu\r\n\r\n[unit] # účetní jednotka\r\n  ic = \"09999990\"   # osm číslic\r\nname = 'Obec'\r\n\r\n" +
	"[person]\r\nid = \"1\"\r\nphones = [\r\n\t\"337 900 900\", # ústředna\r\n\t# v noci\r\n\t\"337 900 901\"\r\n]\r\n\r\n" +
	"[records]\r\n\"{urn:x}Odd\" = \"123\"\r\n# konec\r\n"

// asSet is what changes make of settings that were read.
func asSet(s *settings.Settings, c settings.Change) {
	section, name, _ := strings.Cut(c.Key, ".")
	if section == "records" {
		s.Records = maps.Clone(s.Records)
		if s.Records == nil {
			s.Records = map[string]string{}
		}
		s.Records[name] = c.Value.(string)
		return
	}
	tagged := func(v reflect.Value, tag string) reflect.Value {
		for i := range v.NumField() {
			if v.Type().Field(i).Tag.Get("toml") == tag {
				return v.Field(i)
			}
		}
		panic(tag)
	}
	tagged(tagged(reflect.ValueOf(s).Elem(), section), name).Set(reflect.ValueOf(c.Value))
}

// TestSetReadsBack sets any setting to any text, in a file and in an empty one:
// the setting says so afterwards, all others say what they said, and every line
// that is not about the setting is there byte for byte.
func TestSetReadsBack(t *testing.T) {
	t.Parallel()
	var keys []string
	for _, k := range settings.Keys() {
		if section, _ := settings.Split(k); section != "" && k != "seal.profile" && k != "pack.media" {
			keys = append(keys, k)
		}
	}
	for _, text := range []string{sample, "", "unit = {ic = '1'} # c\nperson.id = '2'\n"} {
		check := func(n uint, value string) bool {
			c := settings.Change{Key: keys[n%uint(len(keys))], Value: strings.ReplaceAll(value, "\x00", "")}
			if slices.Contains([]string{"person.phones", "online.processed"}, c.Key) {
				c.Value = strings.Fields(value)
			}
			out, err := settings.Set([]byte(text), c)
			if err != nil {
				var wrong *settings.Error
				return errors.As(err, &wrong) && wrong.Problem == settings.Backslash
			}
			before, err1 := settings.Parse("c", []byte(text))
			after, err2 := settings.Parse("c", out)
			if err1 != nil || err2 != nil {
				t.Log(err1, err2)
				return false
			}
			if asSet(before, c); !reflect.DeepEqual(before, after) {
				t.Logf("%q: %+v, got %+v", c, before, after)
				return false
			}
			_, name := settings.Split(c.Key)
			for line := range strings.Lines(text) {
				if !strings.Contains(line, name) && !strings.Contains(line, "337") && !strings.Contains(line, "{") && !bytes.Contains(out, []byte(line)) {
					t.Logf("%q: the line %q is gone from %q", c, line, out)
					return false
				}
			}
			return true
		}
		if err := quick.Check(check, &quick.Config{MaxCount: 300}); err != nil {
			t.Error(err)
		}
	}
}

func TestSetSeveral(t *testing.T) {
	t.Parallel()
	out, err := settings.Set([]byte(sample),
		settings.Change{Key: "unit.ic", Value: "00075370"},
		settings.Change{Key: "person.phones", Value: []string{"337 900 900", "112"}},
		settings.Change{Key: "key.file", Value: `C:\Klíče\AESKEY.DEC`},
		settings.Change{Key: "key.file", Value: "k"},
		settings.Change{Key: "records.{urn:y}Jiný", Value: "001"},
	)
	want := strings.NewReplacer(
		`"09999990"`, `"00075370"`, `"337 900 901"`, `"112"`,
		"\"123\"\r\n", "\"123\"\r\n\"{urn:y}Jiný\" = \"001\"\r\n",
	).Replace(sample) + "\r\n[key]\r\nfile = \"k\"\r\n"
	if err != nil || string(out) != want {
		t.Errorf("%v, got\n%s\nwant\n%s", err, out, want)
	}
}

func TestSetRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		settings.Change
		want error
	}{
		{"", settings.Change{Key: "unit", Value: "x"}, settings.ErrKey},
		{"", settings.Change{Key: "unit.odd", Value: "x"}, settings.ErrKey},
		{"", settings.Change{Key: "records.", Value: "001"}, settings.ErrKey},
		{"", settings.Change{Key: "unit.ic", Value: []string{"x"}}, settings.ErrKey},
		{"", settings.Change{Key: "person.phones", Value: "x"}, settings.ErrKey},
		{"", settings.Change{Key: "unit.ic", Value: 1}, settings.ErrKey},
	} {
		if out, err := settings.Set([]byte(c.text), c.Change); out != nil || !errors.Is(err, c.want) {
			t.Errorf("%+v: %q, %v", c, out, err)
		}
	}
	for _, c := range []struct {
		text string
		settings.Change
		want settings.Problem
	}{
		{"", settings.Change{Key: "seal.profile", Value: "odd"}, settings.BadChoice},
		{"", settings.Change{Key: "records.Odd", Value: "12"}, settings.RecordType},
		{"", settings.Change{Key: "key.file", Value: "a\nb"}, settings.Backslash},
		{"", settings.Change{Key: "unit.name", Value: strings.Repeat("x", settings.MaxSize)}, settings.TooLarge},
		{"[unit]\nic = '1'\nic = '2'", settings.Change{Key: "unit.ic", Value: "3"}, settings.KeyTwice},
		{"[odd]", settings.Change{Key: "unit.ic", Value: "3"}, settings.UnknownSection},
	} {
		out, err := settings.Set([]byte(c.text), c.Change)
		var wrong *settings.Error
		if out != nil || !errors.As(err, &wrong) || wrong.Problem != c.want {
			t.Errorf("%+v: %q, %v", c.Change, out, err)
		}
	}
}

func TestWrite(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, settings.Name)
	change := settings.Change{Key: "unit.ic", Value: "09999990"}
	if err := settings.Write(path, change); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link.toml")
	linked := os.Symlink(path, link) == nil
	if !linked {
		link = path
	}
	if err := settings.Write(link, settings.Change{Key: "unit.name", Value: "Obec"}); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(path)
	info, err2 := os.Lstat(path)
	if err != nil || err2 != nil || string(got) != "[unit]\nic = \"09999990\"\nname = \"Obec\"\n" || runtime.GOOS != "windows" && info.Mode() != 0o640 {
		t.Errorf("%q, %v, %v, %v", got, info, err, err2)
	}
	if info, err := os.Lstat(link); linked && (err != nil || info.Mode()&os.ModeSymlink == 0) {
		t.Error("the link was replaced")
	}
	var wrong *settings.Error
	if err := settings.Write(path, settings.Change{Key: "seal.profile", Value: "odd"}); !errors.As(err, &wrong) || wrong.Path != path {
		t.Error(err)
	}
	other, err := stage.CreateFile(path, stage.Options{Force: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := settings.Write(path, change); !errors.Is(err, stage.ErrBusy) {
		t.Error(err)
	}
	other.Abort()
	now, err := os.ReadFile(path)
	left, err2 := os.ReadDir(dir)
	if err != nil || err2 != nil || !bytes.Equal(now, got) || linked && len(left) != 2 {
		t.Errorf("%q, %v, %v, %v", now, left, err, err2)
	}
}

func FuzzRead(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		_, err := settings.Parse("c", data)
		var wrong *settings.Error
		if err == nil {
			return
		}
		if lines := bytes.Count(data, []byte("\n")) + 1; !errors.As(err, &wrong) || wrong.Path != "c" || wrong.Line < 0 || wrong.Line > lines || wrong.First > lines {
			t.Fatal(err)
		}
	})
}

func FuzzSet(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		const value = "Žluťoučký \"kůň\""
		before, err := settings.Parse("c", data)
		if err != nil {
			return
		}
		c := settings.Change{Key: "unit.name", Value: value}
		out, err := settings.Set(data, c)
		if err != nil {
			t.Skip(err)
		}
		after, err := settings.Parse("c", out)
		if err != nil || !utf8.Valid(out) {
			t.Fatal(err)
		}
		if asSet(before, c); !equal(before, after) {
			t.Fatalf("%q became %q", data, out)
		}
	})
}

// equal takes no list, no map and empty ones for the same.
func equal(a, b *settings.Settings) bool {
	for _, s := range []*settings.Settings{a, b} {
		if len(s.Records) == 0 {
			s.Records = nil
		}
	}
	return reflect.DeepEqual(a, b)
}

func seed(f *testing.F) {
	for _, text := range []string{sample, "", "unit.ic = '1'", "unit = {ic = '1'}", "[unit", "[person]\nphones = [1", "[UNIT]\nNAME=''", "[records]\n'a.b' = '001'"} {
		f.Add([]byte(text))
	}
}
