package csuis_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestReadmeIsShortAndItsLinksLead keeps the README to what a stranger reads.
func TestReadmeIsShortAndItsLinksLead(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	if len(lines) > 110 {
		t.Errorf("README.md has %d lines, more than 110", len(lines))
	}
	for i, line := range lines {
		if n := utf8.RuneCountInString(line); n > 140 {
			t.Errorf("README.md, line %d: %d columns, more than 140", i+1, n)
		}
	}
	links := regexp.MustCompile(`\]\(([^)#:]+)`).FindAllStringSubmatch(string(data), -1)
	for _, link := range links {
		if _, err := os.Stat(filepath.FromSlash(link[1])); err != nil {
			t.Error(err)
		}
	}
	if len(links) < 10 {
		t.Errorf("only %d links", len(links))
	}
}
