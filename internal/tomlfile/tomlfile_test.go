package tomlfile_test

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/pelletier/go-toml/v2"

	"csuis-offline/internal/testtool"
	"csuis-offline/internal/tomlfile"
)

const limit = 1 << 20

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		want       tomlfile.Error
	}{
		{"no value", "a = 1\nb = \n", tomlfile.Error{Problem: tomlfile.Syntax, Line: 2, Column: 5, Key: []string{"b"}, Begins: 2, Text: "b ="}},
		{"open header", "a = 1\n[t\nx = 1\n", tomlfile.Error{Problem: tomlfile.Syntax, Line: 2, Column: 3, Begins: 2, Text: "[t"}},
		{"open text", "[s]\na = \"ěš\n", tomlfile.Error{Problem: tomlfile.Syntax, Line: 2, Column: 8, Section: []string{"s"}, Key: []string{"a"}, Begins: 2, Text: `a = "ěš`}},
		{"open list", "[s] # c\n\n# d\n a.\"b c\" = [1\n[t]\n", tomlfile.Error{Problem: tomlfile.Syntax, Line: 5, Column: 1, Section: []string{"s"}, Key: []string{"a", "b c"}, Begins: 4, Text: "[t]"}},
		{"behind a value", "a = ''b''", tomlfile.Error{Problem: tomlfile.Syntax, Line: 1, Column: 7, Key: []string{"a"}, Begins: 1, Text: "a = ''b''"}},
		{"large number", "a = [1,\n99999999999999999999]", tomlfile.Error{Problem: tomlfile.Syntax, Line: 2, Column: 1, Key: []string{"a"}}},
		{"no day", "a = 2026-02-30", tomlfile.Error{Problem: tomlfile.Syntax, Line: 1, Column: 5, Key: []string{"a"}}},
		{"key twice", "[s]\na = 1\n a = 2", tomlfile.Error{Problem: tomlfile.KeyTwice, Line: 3, Column: 2, Section: []string{"s"}, Key: []string{"a"}, First: 2}},
		{"key twice in braces", "a = {b = 1,\n b = 2}", tomlfile.Error{Problem: tomlfile.KeyTwice, Line: 2, Column: 2, Key: []string{"b"}, First: 1}},
		{"quoted key twice", "a = 1\n\"\\u0061\" = 2", tomlfile.Error{Problem: tomlfile.KeyTwice, Line: 2, Column: 1, Key: []string{"a"}, First: 1}},
		{"dotted key twice", "a.b = 1\na.b.c = 2", tomlfile.Error{Problem: tomlfile.KeyTwice, Line: 2, Column: 1, Key: []string{"a", "b", "c"}, First: 1}},
		{"section twice", "\n[s]\n[t]\n[ s ]\n", tomlfile.Error{Problem: tomlfile.SectionTwice, Line: 4, Column: 3, Section: []string{"s"}, First: 2}},
		{"section of a key", "s = 1\n[s]", tomlfile.Error{Problem: tomlfile.SectionTwice, Line: 2, Column: 2, Section: []string{"s"}, First: 1}},
		{"section in a key", "s = 1\n[s.t]", tomlfile.Error{Problem: tomlfile.SectionTwice, Line: 2, Column: 2, Section: []string{"s", "t"}, First: 1}},
		{"sections and section", "[[s]]\n[s]", tomlfile.Error{Problem: tomlfile.SectionTwice, Line: 2, Column: 2, Section: []string{"s"}, First: 1}},
		{"dotted section", "s.a = 1\n[s]", tomlfile.Error{Problem: tomlfile.SectionTwice, Line: 2, Column: 2, Section: []string{"s"}, First: 1}},
		{"Latin 2", "a = 1\n# P\xf8\n", tomlfile.Error{Problem: tomlfile.Encoding, Line: 2, Column: 4}},
		{"zero", "a = \"\x00\"", tomlfile.Error{Problem: tomlfile.Encoding, Line: 1, Column: 6}},
		{"too large", strings.Repeat("#", limit+1), tomlfile.Error{Problem: tomlfile.TooLarge}},
		{"deep header", "[" + strings.Repeat("a.", tomlfile.MaxDepth) + "a]", tomlfile.Error{Problem: tomlfile.Nesting, Line: 1, Column: 2*tomlfile.MaxDepth + 2}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := tomlfile.Parse([]byte(c.text), limit)
			var got *tomlfile.Error
			if !errors.As(err, &got) {
				t.Fatal(err)
			}
			if (got.Err != nil) != (c.want.Problem == tomlfile.Syntax) {
				t.Errorf("the parser says %v", got.Err)
			}
			e := *got
			if e.Err = nil; c.want.Problem == tomlfile.Nesting {
				e.Section = nil
			}
			if !reflect.DeepEqual(e, c.want) {
				t.Errorf("got\n%+v, want\n%+v", e, c.want)
			}
		})
	}
}

// TestHostileFilesCostNothing gives files that are small and deep or wide.
func TestHostileFilesCostNothing(t *testing.T) {
	t.Parallel()
	const small, large = 24 << 10, 200 << 10
	wide := func(size int, of func(i int) string) string {
		var b strings.Builder
		for i := 0; b.Len() < size; i++ {
			b.WriteString(of(i))
		}
		return b.String()
	}
	for name, c := range map[string]struct {
		text string
		good bool
	}{
		"headers in one another": {text: "[" + strings.Repeat("a.", small/2) + "a]"},
		"dotted key":             {text: strings.Repeat("a.", small/2) + "a = 1"},
		"braces":                 {text: "x = {a" + strings.Repeat("={a", small/3)},
		"braces closed":          {text: "x = " + strings.Repeat("{a=", small/4) + "1" + strings.Repeat("}", small/4)},
		"lists":                  {text: "x = " + strings.Repeat("[", small)},
		"lists closed":           {text: "x = " + strings.Repeat("[", 8000) + strings.Repeat("]", 8000)},
		"many headers":           {text: wide(large, func(i int) string { return "[" + strings.Repeat("a.", 80) + fmt.Sprint("a", i) + "]\n" }), good: true},
		"many sections":          {text: wide(large, func(i int) string { return "[[a]]\n" }), good: true},
		"many keys":              {text: wide(large, func(i int) string { return fmt.Sprintf("a%d=1\n", i) }), good: true},
		"many values":            {text: "a = [" + wide(large, func(i int) string { return "1," }) + "]", good: true},
		"many empty braces":      {text: "a = [" + wide(large, func(i int) string { return "{a=1}," }) + "]", good: true},
		"many dates":             {text: "a = [" + wide(large, func(i int) string { return "2026-01-01," }) + "]", good: true},
		"many open texts":        {text: wide(large, func(i int) string { return "\"\\\"" })},
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			_, err := tomlfile.Parse([]byte(c.text), limit)
			if (err == nil) != c.good {
				t.Error(err)
			}
			// A small file takes milliseconds on an idle machine; one that is
			// nested costs a reader that copies its parents a quarter of a minute.
			patience := 8 * testtool.Slowdown * time.Second
			if len(c.text) > 2*small {
				patience = 20 * testtool.Slowdown * time.Second
			}
			if d := time.Since(start); d > patience {
				t.Errorf("took %s", d)
			}
		})
	}
}

type things struct {
	A    int               `toml:"a"`
	B    bool              `toml:"b"`
	S    string            `toml:"s"`
	When time.Time         `toml:"when"`
	M    map[string]string `toml:"m"`
	P    *struct {
		N int64 `toml:"n"`
	} `toml:"p"`
	List []string `toml:"list"`
	Many []struct {
		X int `toml:"x"`
	} `toml:"many"`
}

func TestDecode(t *testing.T) {
	t.Parallel()
	d, err := tomlfile.Parse([]byte("\uFEFFA = 0x1F\nb = true\ns = 'x'\nwhen = 2026-01-02T03:04:05Z\nlist = ['p', \"q\"]\nmany = [{x = 1}, {x = 2}]\nP = {n = -1_000}\n[m]\n\"k v\" = 'w'\n"), limit)
	if err != nil {
		t.Fatal(err)
	}
	var v things
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	want := things{A: 31, B: true, S: "x", When: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), M: map[string]string{"k v": "w"}, P: v.P, List: []string{"p", "q"}, Many: v.Many}
	if !reflect.DeepEqual(v, want) || v.P.N != -1000 || len(v.Many) != 2 || v.Many[1].X != 2 {
		t.Errorf("%+v", v)
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a = 1\nc = 1":                    "tomlfile: line 2: unknown key c",
		"many = [{x = 1},\n {y = 1}]":     "tomlfile: line 2: unknown key many.y",
		"a = 'x'":                         "tomlfile: line 1: a is text, not number",
		"list = ['a',\n1]":                "tomlfile: line 2: list is number, not text",
		"list = [\n[1]]":                  "tomlfile: line 2: list is list, not text",
		"when = 'x'":                      "tomlfile: line 1: when is text, not other",
		"when = 1.5":                      "tomlfile: line 1: when is other, not other",
		"[many]":                          "tomlfile: line 1: many is section, not sections",
		"[[many]]\nx = 1\n[[many]]\nx=''": "tomlfile: line 4: many.x is text, not number",
		"[m]\nx.y = 1":                    "tomlfile: line 2: m.x is section, not text",
		"a = 1\nA = 2":                    "tomlfile: line 2, column 1: key-twice (first on line 1)",
	} {
		d, err := tomlfile.Parse([]byte(text), limit)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Decode(&things{}); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	d, err := tomlfile.Parse([]byte("a.b = 1\n[s.t]\n[s]\n  c = [\n 'x',\n [ 'ž', 'y' ]]\n"), limit)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		n            *tomlfile.Node
		line, column int
	}{
		{d.Lookup("a"), 1, 1}, {d.Lookup("a", "b"), 1, 3}, {d.Lookup("s"), 3, 2}, {d.Lookup("s", "t"), 2, 4},
		{d.Lookup("S", "C"), 4, 3}, {d.Lookup("s", "c").Items[0], 5, 2}, {d.Lookup("s", "c").Items[1].Items[1], 6, 9},
	} {
		if line, column := d.Place(c.n); line != c.line || column != c.column || d.Line(c.n) != line {
			t.Errorf("%+v: %d, %d, want %d, %d", c.n, line, column, c.line, c.column)
		}
	}
	if d.Lookup("s", "none") != nil || d.Lookup("a", "b", "c") != nil {
		t.Error("found what is not there")
	}
}

// FuzzParse holds the tree to what the library makes of a file.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"a = 1\n[s.t]\nb = ['x', {c = 1.5}]\n[[l]]\nd = 2026-01-01\n[[l]]\n", "a.b.c = true\na.d = \"\\n\"\n[a.e]\n", "[a]\nb.c=1\n[a.b.d]\n", "x = \"\"\"\na\\\n  b\"\"\"\n",
		"[[a.b]]\n[a]\n", "a=[[{b=1}],[[]]]", "[a.b]\n[a]\nb.c=1", "a=07:32:00", "a=-nan", "[[a]]\n[a.b]\n[[a]]\n[a.b]\n", "a.b = 1\n[a]\n", "a = {b.c = 1, b.d = 2}",
	} {
		f.Add([]byte(text))
	}
	if data, err := os.ReadFile("../../check/deadline/terms.toml"); err == nil {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<12 {
			return
		}
		d, err := tomlfile.Parse(data, limit)
		var wrong *tomlfile.Error
		if err != nil {
			if !errors.As(err, &wrong) || wrong.Line < 1 || wrong.Line > strings.Count(string(data), "\n")+1 || wrong.Column < 1 {
				t.Fatalf("%v", err)
			}
			if wrong.Problem == tomlfile.Nesting || wrong.Problem == tomlfile.Encoding {
				return
			}
		}
		var theirs map[string]any
		other := toml.Unmarshal([]byte(strings.TrimPrefix(string(data), "\uFEFF")), &theirs)
		if (err == nil) != (other == nil) {
			t.Fatalf("%v, the library: %v", err, other)
		}
		if err == nil {
			same(t, d.Root, theirs)
		}
	})
}

// same compares what does not depend on the library's types of dates.
func same(t *testing.T, n *tomlfile.Node, v any) {
	t.Helper()
	switch v := v.(type) {
	case map[string]any:
		if len(v) != len(n.Entries) || n.Kind != tomlfile.Section {
			t.Fatalf("%v, the library: %v", n, v)
		}
		for _, e := range n.Entries {
			same(t, e.Value, v[e.Name])
		}
	case []any:
		if len(v) != len(n.Items) {
			t.Fatalf("%v, the library: %v", n, v)
		}
		for i, item := range n.Items {
			same(t, item, v[i])
		}
	case string:
		if n.Kind != tomlfile.Text || n.Text != v {
			t.Fatalf("%v, the library: %v", n, v)
		}
	case bool:
		if n.Kind != tomlfile.Truth || n.Text != fmt.Sprint(v) {
			t.Fatalf("%v, the library: %v", n, v)
		}
	case int64:
		d, err := tomlfile.Parse([]byte("a = "+n.Text), limit)
		var got struct {
			A int64 `toml:"a"`
		}
		if err == nil {
			err = d.Decode(&got)
		}
		if err != nil || n.Kind != tomlfile.Number || got.A != v {
			t.Fatalf("%v, the library: %v", n, v)
		}
	default:
		if n.Kind != tomlfile.Other {
			t.Fatalf("%v, the library: %v", n, v)
		}
	}
}
