package c14n

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"csuis-offline/internal/testtool"
)

// drain reads a document to its end.
func drain(r io.Reader) error {
	s := NewScanner(r)
	for {
		if _, err := s.Next(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func glob(t testing.TB, pattern string) []string {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("%s: no files (%v)", pattern, err)
	}
	return paths
}

func TestRefused(t *testing.T) {
	t.Parallel()
	want := make(map[string]string)
	lines := bufio.NewScanner(bytes.NewReader(read(t, "testdata/refused/expect.txt")))
	for lines.Scan() {
		if name, rest, ok := strings.Cut(lines.Text(), " "); ok && name != "#" {
			want[name] = rest
		}
	}
	seen := make(map[Rule]bool)
	for _, p := range glob(t, "testdata/refused/*.xml") {
		name := filepath.Base(p)
		b := read(t, p)
		for _, r := range []io.Reader{bytes.NewReader(b), iotest.OneByteReader(bytes.NewReader(b)), iotest.DataErrReader(bytes.NewReader(b))} {
			err := drain(r)
			var se *SyntaxError
			if !errors.As(err, &se) {
				t.Errorf("%s: %v, no SyntaxError", name, err)
				continue
			}
			if got := fmt.Sprintf("%s %d:%d", se.Rule, se.Line, se.Column); got != want[name] {
				t.Errorf("%s: %s, want %s (%v)", name, got, want[name], err)
			}
			if se.Detail == "" || strings.ContainsAny(se.Detail, "\n\r") {
				t.Errorf("%s: detail %q", name, se.Detail)
			}
			seen[se.Rule] = true
		}
		delete(want, name)
	}
	for name := range want {
		t.Errorf("%s is listed and does not exist", name)
	}
	for _, r := range Rules() {
		if !seen[r] && r != RelativeNamespace {
			t.Errorf("no file breaks the rule %s", r)
		}
	}
}

func TestRulesDiffer(t *testing.T) {
	t.Parallel()
	seen := make(map[Rule]bool)
	for _, r := range Rules() {
		if seen[r] || !regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`).MatchString(string(r)) {
			t.Errorf("rule %q", r)
		}
		seen[r] = true
	}
}

func TestAccepted(t *testing.T) {
	t.Parallel()
	for _, p := range glob(t, "testdata/accepted/*.xml") {
		if err := drain(bytes.NewReader(read(t, p))); err != nil {
			t.Errorf("%s: %v", p, err)
		}
	}
}

// verdicts asks xmllint about many files at once. Namespace errors are errors
// here: libxml2 reports them and goes on.
func verdicts(t testing.TB, paths []string) map[string]string {
	t.Helper()
	refused := make(map[string]string)
	line := regexp.MustCompile(`(?m)^(.+?):\d+: (?:parser|namespace) error : .*$`)
	for some := range slices.Chunk(paths, 500) {
		_, all, err := testtool.Try(t, "xmllint", append([]string{"--noout", "--nonet"}, some...)...)
		if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		for _, m := range line.FindAllSubmatch(all, -1) {
			if _, ok := refused[string(m[1])]; !ok {
				refused[string(m[1])] = string(m[0])
			}
		}
	}
	return refused
}

// What xmllint lets pass and the Recommendations do not, or what only this
// package refuses: document types, versions, its limits, and contradictions of
// byte order mark and declared encoding.
var stricter = map[Rule]bool{Doctype: true, UnsupportedVersion: true, TooDeep: true, TooLong: true, EncodingContradiction: true, UnsupportedEncoding: true}

func TestXmllintJudgesLikewise(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "xmllint")
	accepted, refused := glob(t, "testdata/accepted/*.xml"), glob(t, "testdata/refused/*.xml")
	said := verdicts(t, append(accepted, refused...))
	for _, p := range accepted {
		if said[p] != "" {
			t.Errorf("xmllint refuses %s", said[p])
		}
	}
	for _, p := range refused {
		switch filepath.Base(p) {
		case "nul-behind-root.xml", "utf16-odd-byte.xml": // libxml2 reads no further than the root
			continue
		}
		var se *SyntaxError
		if errors.As(drain(bytes.NewReader(read(t, p))), &se) && stricter[se.Rule] {
			continue
		}
		if said[p] == "" {
			t.Errorf("xmllint accepts %s", p)
		}
	}
}
