package csuis_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// unfollowable are references that nobody can follow who has only a clone. They
// are written in two parts, so that this file holds none.
var unfollowable = []struct{ name, pattern string }{
	{"a page outside of the project (doc/facts.md has the facts)", `FAC` + `TS\b`},
	{"a design outside of the project (doc/architecture.md has it)", `\(des` + `ign\b`},
	{`a chapter of no manual (write "technical manual, chapter A")`, `[ (]c` + `h\. [A-Z]\b`},
}

// A reference to several sections or chapters names them all.
var (
	factsReference   = regexp.MustCompile(`facts\.md(?:, section| section)? (\d+(?:(?:, | and |, and )\d+)*)`)
	sourcesReference = regexp.MustCompile(`sources\.md (\d+)`)
	manualReference  = regexp.MustCompile(`technical manual, chapters? ([A-Z]\b(?:(?:, | and | to )[A-Z]\b)*)`)
	number           = regexp.MustCompile(`\d+`)
	letter           = regexp.MustCompile(`[A-Z]`)
)

// TestReferencesCanBeFollowed with nothing but a clone: facts by the sections
// of doc/facts.md, the manual by the chapters in doc/sources.md.
func TestReferencesCanBeFollowed(t *testing.T) {
	t.Parallel()
	facts := marks(t, "doc/facts.md", `(?m)^## (\d+) `)
	sources := marks(t, "doc/sources.md", `(?m)^## (\d+) `)
	chapters := marks(t, "doc/sources.md", `(?m)^\| ([A-Z]) \| `)
	var rules []*regexp.Regexp
	for _, u := range unfollowable {
		rules = append(rules, regexp.MustCompile(u.pattern))
	}
	found := 0
	walk(t, func(path string) {
		if !text(path) {
			return
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Error(err)
			return
		}
		all := joined(string(data))
		for i, r := range rules {
			for _, m := range r.FindAllStringIndex(all, -1) {
				t.Errorf("%s refers to %s: %q", path, unfollowable[i].name, around(all, m))
			}
		}
		check := func(r, part *regexp.Regexp, known []string, where string) {
			for _, m := range r.FindAllStringSubmatchIndex(all, -1) {
				found++
				for _, p := range part.FindAllString(all[m[2]:m[3]], -1) {
					if !slices.Contains(known, p) {
						t.Errorf("%s refers to %s, which %s has not: %q", path, p, where, around(all, m))
					}
				}
			}
		}
		check(factsReference, number, facts, "doc/facts.md")
		check(sourcesReference, number, sources, "doc/sources.md")
		check(manualReference, letter, chapters, "doc/sources.md")
	})
	if found < 50 {
		t.Errorf("only %d references were found: the test no longer knows their form", found)
	}
}

// TestOnlySharedReadsTheReferenceData: it knows what to do where it is absent.
func TestOnlySharedReadsTheReferenceData(t *testing.T) {
	t.Parallel()
	direct := regexp.MustCompile(`\.\./` + `shared\b|"\.\.", "` + `shared"`)
	walk(t, func(path string) {
		if filepath.Ext(path) != ".go" || path == "internal/testtool/testtool.go" {
			return
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Error(err)
			return
		}
		if direct.Match(data) {
			t.Errorf("%s reads the reference data without testtool.Shared", path)
		}
	})
}

// text reports whether a file is one that people write and read; files of test
// data may hold anything.
func text(path string) bool {
	if strings.Contains(path, "testdata/") && filepath.Ext(path) != ".md" {
		return false
	}
	return slices.Contains([]string{".go", ".md", ".sh", ".toml", ".rules", ".xsd", ".wsdl", ".sql", ".txt"}, filepath.Ext(path))
}

// joined makes one line of a text, so that a reference which goes on in the next
// line of a comment stands in one piece.
func joined(s string) string {
	var b strings.Builder
	for line := range strings.Lines(s) {
		line = strings.TrimSpace(line)
		line = strings.TrimLeft(line, "/#")
		b.WriteString(strings.TrimSpace(line))
		b.WriteByte(' ')
	}
	return b.String()
}

// marks are the numbers or letters of what a document has.
func marks(t *testing.T, path, pattern string) []string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, m := range regexp.MustCompile(pattern).FindAllSubmatch(data, -1) {
		all = append(all, string(m[1]))
	}
	if len(all) == 0 {
		t.Fatalf("%s has nothing to refer to", path)
	}
	return all
}

// around is the place of a match with what stands beside it.
func around(s string, m []int) string {
	return s[max(0, m[0]-20):min(len(s), m[1]+20)]
}
