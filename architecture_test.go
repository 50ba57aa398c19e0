package csuis_test

import (
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestArchitectureListsRoomsAndHelpers holds the tables of doc/architecture.md to
// the order of the rooms and to the folders that hold code.
func TestArchitectureListsRoomsAndHelpers(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("doc/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	table, beside, found := strings.Cut(string(doc), "| helper | does |")
	if !found {
		t.Fatal("there is no table of helpers")
	}
	names := func(text string) (all []string) {
		for _, row := range regexp.MustCompile("(?m)^\\| (`[^|]*) \\|").FindAllStringSubmatch(text, -1) {
			for _, m := range regexp.MustCompile("`([^`]+)/`").FindAllStringSubmatch(row[1], -1) {
				all = append(all, m[1])
			}
		}
		return all
	}
	listed, besides := names(table), names(beside)
	last := -1
	for _, name := range listed {
		if at := room(name); at < last || at < 0 {
			t.Errorf("%s stands in the wrong place of the list of rooms", name)
		} else {
			last = at
		}
	}
	have := map[string]bool{}
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		switch at := room(s.dir); {
		case at >= 0:
			have[rooms[at]] = true
			if !slices.Contains(listed, rooms[at]) {
				t.Errorf("%s is no room of the document", rooms[at])
			}
		case s.dir == simulator || path.Dir(s.dir) == "internal":
			have[s.dir] = true
			if !slices.Contains(besides, s.dir) {
				t.Errorf("%s is no helper of the document", s.dir)
			}
		}
	}
	for _, name := range slices.Concat(listed, besides) {
		_, err := os.Stat(name)
		if err != nil || slices.Contains(besides, name) && !have[name] {
			t.Errorf("%s is listed and holds no code", name)
		}
	}
}
