package checksum

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
)

const helloHex = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"

func files(t testing.TB, pattern string) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("%s: %d files, %v", pattern, len(paths), err)
	}
	all := map[string][]byte{}
	for _, p := range paths {
		if all[p], err = os.ReadFile(p); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func TestParseAccepts(t *testing.T) {
	t.Parallel()
	for path, data := range files(t, "testdata/accept/*.sha") {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			golden, err := os.ReadFile(strings.TrimSuffix(path, ".sha") + ".json")
			if err != nil {
				t.Fatal(err)
			}
			var want []Entry
			if err := json.Unmarshal(golden, &want); err != nil || len(want) == 0 {
				t.Fatalf("%d entries, %v", len(want), err)
			}
			for _, r := range []io.Reader{bytes.NewReader(data), iotest.OneByteReader(bytes.NewReader(data)), iotest.DataErrReader(bytes.NewReader(data))} {
				got, err := Parse(r)
				if err != nil || !slices.Equal(got, want) {
					t.Errorf("%+v, %v; want %+v", got, err, want)
				}
			}
			one, err := ParseOne(bytes.NewReader(data))
			if len(want) == 1 {
				if err != nil || one != want[0] {
					t.Errorf("ParseOne: %+v, %v", one, err)
				}
			} else if got := formatError(t, err); got.Rule != Several || got.Line != want[1].Line {
				t.Errorf("ParseOne: %v", err)
			}
		})
	}
}

func formatError(t testing.TB, err error) *FormatError {
	t.Helper()
	var f *FormatError
	if !errors.As(err, &f) {
		t.Fatalf("%v is no FormatError", err)
	}
	if f.Line < 1 || !slices.Contains(Rules(), f.Rule) || f.Detail == "" {
		t.Errorf("%+v", f)
	}
	return f
}

// The file's name says the rule and the line.
func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for path, data := range files(t, "testdata/refuse/*.sha") {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			part := strings.Split(filepath.Base(path), ".")
			line, err := strconv.Atoi(part[1])
			if err != nil {
				t.Fatal(err)
			}
			entries, err := Parse(bytes.NewReader(data))
			if got := formatError(t, err); string(got.Rule) != part[0] || got.Line != line || entries != nil {
				t.Errorf("%+v, %v entries", got, entries)
			}
			if _, err = ParseOne(bytes.NewReader(data)); err == nil {
				t.Error("ParseOne takes it")
			}
			formatError(t, err)
		})
	}
}

func TestEveryRuleIsTested(t *testing.T) {
	t.Parallel()
	missing := map[Rule]bool{}
	for _, r := range Rules() {
		missing[r] = true
	}
	// Tested with inputs made in memory, below, and with ParseOne above.
	for _, r := range []Rule{LongLine, TooLarge, Several} {
		delete(missing, r)
	}
	for path := range files(t, "testdata/refuse/*.sha") {
		delete(missing, Rule(strings.Split(filepath.Base(path), ".")[0]))
	}
	if len(missing) > 0 {
		t.Errorf("no file for %v", missing)
	}
}

func TestParseIsBounded(t *testing.T) {
	t.Parallel()
	fits := helloHex + "  " + strings.Repeat("x", MaxLine-66)
	for _, end := range []string{"", "\n", "\r\n"} {
		entries, err := Parse(strings.NewReader(fits + end))
		if err != nil || len(entries) != 1 || len(entries[0].Name) != MaxLine-66 {
			t.Errorf("the longest line, end %q: %v", end, err)
		}
		for _, more := range []string{"x", "xxxxx", strings.Repeat("x", 1<<20)} {
			_, err = Parse(strings.NewReader("\n" + fits + more + end))
			if got := formatError(t, err); got.Rule != LongLine || got.Line != 2 {
				t.Errorf("%d too long, end %q: %v", len(more), end, err)
			}
		}
	}
	line := helloHex + "  a\n"
	for n, ok := range map[int64]bool{int64(len(line)): true, int64(len(line)) - 1: false, 0: false, 1 << 62: true, 1<<63 - 1: true} {
		_, err := ParseLimit(strings.NewReader(line), n)
		if ok && err != nil {
			t.Errorf("limit %d: %v", n, err)
		}
		if !ok && formatError(t, err).Rule != TooLarge {
			t.Errorf("limit %d: %v", n, err)
		}
	}
	// Blank lines are no way around the limit.
	_, err := ParseOne(io.MultiReader(strings.NewReader(line), &endless{}))
	if got := formatError(t, err); got.Rule != TooLarge {
		t.Errorf("endless blank lines: %v", err)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '\n'
	}
	return len(p), nil
}

func TestParseErrorOfTheSource(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	_, err := Parse(io.MultiReader(strings.NewReader(helloHex+"  a\n"), iotest.ErrReader(broken)))
	var f *FormatError
	if !errors.Is(err, broken) || errors.As(err, &f) {
		t.Errorf("%v", err)
	}
}

// A message names the line; what stands there is a stranger's.
func TestErrorsDoNotQuoteTheFile(t *testing.T) {
	t.Parallel()
	for path, data := range files(t, "testdata/refuse/*.sha") {
		_, err := Parse(bytes.NewReader(data))
		for word := range strings.FieldsSeq(string(data)) {
			if len(word) > 10 && strings.Contains(err.Error(), word) {
				t.Errorf("%s: %v", path, err)
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, pattern := range []string{"testdata/accept/*.sha", "testdata/refuse/*.sha"} {
		for _, data := range files(f, pattern) {
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		entries, err := Parse(bytes.NewReader(data))
		one, oneErr := ParseOne(bytes.NewReader(data))
		if err != nil {
			formatError(t, err)
			if oneErr == nil {
				t.Fatal("ParseOne takes what Parse refuses")
			}
			return
		}
		if (len(entries) == 1) != (oneErr == nil) || oneErr == nil && one != entries[0] {
			t.Fatalf("ParseOne: %+v, %v; Parse: %+v", one, oneErr, entries)
		}
		// What was read is written and read again to the same.
		var again bytes.Buffer
		for _, e := range entries {
			again.Write(Line(e.Name, e.Sum))
		}
		back, err := Parse(&again)
		if err != nil || len(back) != len(entries) {
			t.Fatalf("%d of %d entries, %v", len(back), len(entries), err)
		}
		for i, e := range entries {
			// A name of blanks alone reads as none.
			if back[i].Sum != e.Sum || back[i].Name != e.Name && strings.Trim(e.Name, " \t") != "" {
				t.Fatalf("entry %d: %+v, was %+v", i, back[i], e)
			}
		}
	})
}
