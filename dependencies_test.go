package csuis_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestDependenciesAreThoseOfTheDocument holds the first table of
// doc/dependencies.md to go.mod and to what is imported outside of tests.
func TestDependenciesAreThoseOfTheDocument(t *testing.T) {
	t.Parallel()
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := os.ReadFile("doc/dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	direct, _, _ := strings.Cut(string(mod), "\n)")
	used := map[string][]string{}
	for _, m := range regexp.MustCompile(`(?m)^\t(\S+) v`).FindAllStringSubmatch(direct, -1) {
		used[m[1]] = nil
	}
	for _, s := range sources(t) {
		for _, name := range s.imports {
			for dep := range used {
				if !s.test && within(name, []string{dep}) && !slices.Contains(used[dep], s.dir) {
					used[dep] = append(used[dep], s.dir)
				}
			}
		}
	}
	listed := map[string][]string{}
	code := regexp.MustCompile("`([^`]+)`")
	for line := range strings.Lines(string(doc)) {
		cells := strings.Split(line, "|")
		if len(cells) != 5 || !strings.Contains(cells[1], ".") {
			continue
		}
		for dep := range strings.SplitSeq(cells[1], ",") {
			dep = strings.TrimSpace(dep)
			for _, m := range code.FindAllStringSubmatch(cells[2], -1) {
				listed[dep] = append(listed[dep], m[1])
			}
			if _, ok := used[dep]; !ok {
				t.Errorf("%s is listed and is no direct dependency", dep)
			}
		}
	}
	for dep, want := range used {
		got := listed[dep]
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s is imported in %v, and the document says %v", dep, want, got)
		}
		if want == nil && !strings.Contains(string(doc), "| "+dep+" | ") {
			t.Errorf("%s is not listed among what only tests use", dep)
		}
	}
}
