package tomlfile_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"csuis-offline/internal/tomlfile"
)

func TestSet(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, path, want string }{
		{"text", "# a\n[s] # b\n  k = \"x\"   # c\n\nl = 1", "s.k", "# a\n[s] # b\n  k = \"new\"   # c\n\nl = 1"},
		{"same text", "[s]\nk = '''new''' # c\n", "s.k", "[s]\nk = '''new''' # c\n"},
		{"text of several lines", "[s]\nk = \"\"\"\na\nb\"\"\" # c\nl = 1\n", "s.k", "[s]\nk = \"new\" # c\nl = 1\n"},
		{"quoted key", "[\"s\"]\n'k' = 'x'\n", "s.k", "[\"s\"]\n'k' = \"new\"\n"},
		{"letter case", "[S]\nK = 'x'\n", "s.k", "[S]\nK = \"new\"\n"},
		{"dotted key", "s.k = 'x'\ns.l = 1\n", "s.k", "s.k = \"new\"\ns.l = 1\n"},
		{"braces", "s = {k = 'x', l = 1} # c\n", "s.k", "s = {k = \"new\", l = 1} # c\n"},
		{"CRLF and mark", "\uFEFF[s]\r\nk = 'x' # c\r\n", "s.k", "\uFEFF[s]\r\nk = \"new\" # c\r\n"},
		{"section in a section", "[s.t]\nl = 1\n[s.t.u]\nk = 'x'\n", "s.t.u.k", "[s.t]\nl = 1\n[s.t.u]\nk = \"new\"\n"},

		{"new key", "[s]\nl = 1 # c\n\n# of t\n[t]\nm = 1\n", "s.k", "[s]\nl = 1 # c\nk = \"new\"\n\n# of t\n[t]\nm = 1\n"},
		{"new key of an empty section", "[s] # c\n[t]\n", "s.k", "[s] # c\nk = \"new\"\n[t]\n"},
		{"new key indented, CRLF", "[s]\r\n\tl = [\r\n 1,\r\n]\r\n\r\n", "s.k", "[s]\r\n\tl = [\r\n 1,\r\n]\r\n\tk = \"new\"\r\n\r\n"},
		{"new key at the end", "[s]\nl = 1", "s.k", "[s]\nl = 1\nk = \"new\""},
		{"new key among dotted ones", "s.l = 1\n\n[t]\nm = 1\n", "s.k", "s.l = 1\ns.k = \"new\"\n\n[t]\nm = 1\n"},
		{"new key in braces", "s = { l = [1, 2] }\n", "s.k", "s = { l = [1, 2], k = \"new\" }\n"},
		{"new key in empty braces", "s = {}\n", "s.k", "s = {k = \"new\"}\n"},
		{"new key in dotted braces", "s = {a.l = 1}\n", "s.a.k", "s = {a.l = 1, a.k = \"new\"}\n"},
		{"new section", "# only this", "s.k", "# only this\n\n[s]\nk = \"new\"\n"},
		{"new section, CRLF", "[t]\r\n", "s.k", "[t]\r\n\r\n[s]\r\nk = \"new\"\r\n"},
		{"new section of an empty file", "", "s.k", "[s]\nk = \"new\"\n"},
		{"new section around one", "[s.t]\nl = 1\n", "s.k", "[s.t]\nl = 1\n\n[s]\nk = \"new\"\n"},
		{"new root key", "# c\n[s]\n", "k", "k = \"new\"\n# c\n[s]\n"},
		{"second root key", "l = 1\n[s]\n", "k", "l = 1\nk = \"new\"\n[s]\n"},
		{"key in quotation marks", "[s]\n", "s.{urn:x}Ž \"q\"", "[s]\n'{urn:x}Ž \"q\"' = \"new\"\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := tomlfile.Set([]byte(c.text), limit, tomlfile.Change{Path: strings.Split(c.path, "."), Value: "new"})
			if err != nil || string(got) != c.want {
				t.Errorf("%v, got\n%s\nwant\n%s", err, got, c.want)
			}
		})
	}
}

func TestSetList(t *testing.T) {
	t.Parallel()
	const many = "l = [ # a\r\n\t\"x\", # b\r\n\t\"y\" # c\r\n\t# d\r\n] # e\r\n"
	for _, c := range []struct{ name, text, value, want string }{
		{"one line", "l = ['x', 'y'] # c", "x,z", "l = [\"x\", \"z\"] # c"},
		{"same", "l = ['x', 'y'] # c", "x,y", "l = ['x', 'y'] # c"},
		{"new", "", "x", "l = [\"x\"]\n"},
		{"empty", "l = [\n]\n", "x", "l = [\"x\"]\n"},
		{"several lines, one other", many, "x,z", strings.Replace(many, `"y"`, `"z"`, 1)},
		{"several lines, one more", many, "x,y,z", strings.Replace(many, "\"y\" # c\r\n", "\"y\", # c\r\n\t\"z\",\r\n", 1)},
		{"several lines, one less", many, "x", strings.Replace(many, `"y" # c`, ` # c`, 1)},
		{"several lines, none", many, "", "l = [ # a\r\n\t # b\r\n\t # c\r\n\t# d\r\n] # e\r\n"},
		{"lines of their own", "l = [\n  'x',\n  'y',\n]\n", "x", "l = [\n  'x',\n]\n"},
		{"more lines of their own", "l = [\n  'x',\n]\n", "x,y,z", "l = [\n  'x',\n  \"y\",\n  \"z\",\n]\n"},
		{"closed behind the last", "l = [\n  'x']\n", "x,y", "l = [\n  'x', \"y\"]\n"},
		{"comma on the next line", "l = [\n'x'\n,'y'\n # c\n,\n]\n", "x", "l = [\n'x'\n,\n # c\n\n]\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var value []string
			if c.value != "" {
				value = strings.Split(c.value, ",")
			}
			got, err := tomlfile.Set([]byte(c.text), limit, tomlfile.Change{Path: []string{"l"}, Value: append([]string{}, value...)})
			if err != nil || string(got) != c.want {
				t.Errorf("%v, got\n%q\nwant\n%q", err, got, c.want)
			}
		})
	}
}

func TestSetRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text, path string
		value            any
		want             error
	}{
		{"number", "", "s.k", 1, tomlfile.ErrValue},
		{"no UTF-8", "", "s.k", "\xff", tomlfile.ErrValue},
		{"zero", "", "s.k", []string{"\x00"}, tomlfile.ErrValue},
		{"section", "[s.k]", "s.k", "x", tomlfile.ErrConflict},
		{"list for a text", "s.k = 'x'", "s.k", []string{"x"}, tomlfile.ErrConflict},
		{"text for a list", "s.k = ['x']", "s.k", "x", tomlfile.ErrConflict},
		{"list of numbers", "s.k = [1]", "s.k", []string{"x"}, tomlfile.ErrConflict},
		{"in a text", "s = 'x'", "s.k", "x", tomlfile.ErrConflict},
		{"in sections", "[[s]]", "s.k", "x", tomlfile.ErrConflict},
	} {
		if out, err := tomlfile.Set([]byte(c.text), limit, tomlfile.Change{Path: strings.Split(c.path, "."), Value: c.value}); out != nil || !errors.Is(err, c.want) {
			t.Errorf("%s: %q, %v", c.name, out, err)
		}
	}
	var wrong *tomlfile.Error
	if _, err := tomlfile.Set([]byte("a = 1\na = 2"), limit, tomlfile.Change{Path: []string{"a"}, Value: "x"}); !errors.As(err, &wrong) || wrong.Problem != tomlfile.KeyTwice {
		t.Error(err)
	}
	if _, err := tomlfile.Set(nil, 10, tomlfile.Change{Path: []string{"a"}, Value: "0123456789"}); !errors.As(err, &wrong) || wrong.Problem != tomlfile.TooLarge {
		t.Error(err)
	}
}

// FuzzSet sets one value in any file: it reads back, every other value is as it
// was, and so is every comment.
func FuzzSet(f *testing.F) {
	for _, text := range []string{
		"# a\n[s] # b\n  k = \"x\" # c\n", "s.l = 1\n", "s = {l = 1,\n # c\n}\n", "[s.t]\r\n\r\n", "\uFEFF", "s = {}", "[s]\nk = {}\n", "[t]\n[s]\nl=1", "s.t.l = 1 # c\n[s.u]\n",
	} {
		f.Add([]byte(text), "ž'\"\\\n\x1f")
	}
	f.Fuzz(func(t *testing.T, data []byte, v string) {
		before, err := tomlfile.Parse(data, limit)
		if err != nil || strings.Contains(v, "\x00") || !utf8.ValidString(v) {
			return
		}
		out, err := tomlfile.Set(data, limit, tomlfile.Change{Path: []string{"s", "k"}, Value: v})
		if errors.Is(err, tomlfile.ErrConflict) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		after, err := tomlfile.Parse(out, limit)
		if err != nil {
			t.Fatal(err)
		}
		if n := after.Lookup("s", "k"); n == nil || n.Kind != tomlfile.Text || n.Text != v {
			t.Fatalf("%q: got %+v", out, n)
		}
		old, set := values(before.Root, ""), values(after.Root, "")
		for key, text := range old {
			if !strings.EqualFold(key, "/s/k") && set[key] != text {
				t.Fatalf("%q became %q: %s was %q, is %q", data, out, key, text, set[key])
			}
		}
		if len(set) > len(old)+2 {
			t.Fatalf("%q became %q", data, out)
		}
		// What is cut out of the old bytes is one value, or nothing.
		head := 0
		for head < min(len(data), len(out)) && data[head] == out[head] {
			head++
		}
		tail := 0
		for tail < min(len(data), len(out))-head && data[len(data)-1-tail] == out[len(out)-1-tail] {
			tail++
		}
		was := ""
		if n := before.Lookup("s", "k"); n != nil {
			was = n.Text
		}
		if cut := data[head : len(data)-tail]; was == "" && len(strings.Trim(string(cut), `"'`)) > 0 {
			t.Fatalf("%q became %q: %q is gone", data, out, cut)
		}
	})
}

// values flattens a tree.
func values(n *tomlfile.Node, path string) map[string]string {
	all := map[string]string{path: string(n.Kind) + n.Text}
	add := func(n *tomlfile.Node, path string) {
		for k, v := range values(n, path) {
			all[k] = v
		}
	}
	for i, item := range n.Items {
		add(item, path+"/#"+string(rune('0'+i)))
	}
	for _, e := range n.Entries {
		add(e.Value, path+"/"+e.Name)
	}
	return all
}
