package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"csuis-offline/internal/catalogue"
	"csuis-offline/settings"
)

// TestEveryTextNamedInTheSourceIsThere reads the identifiers of texts out of
// the source, so that none is missing on a path that no other test takes.
func TestEveryTextNamedInTheSourceIsThere(t *testing.T) {
	t.Parallel()
	cat := testApp(t, catalogue.Czech).cat
	shape := regexp.MustCompile(`^(arg|usage|config|key|error|help|flag|label|field|summary|severity|place|prompt|progress|count|wrong-kind)\.[a-z][a-z.-]*[a-z]$`)
	keys := map[string]bool{} // of the configuration file, which look alike
	for _, k := range settings.Keys() {
		keys[k] = true
	}
	found := 0
	for _, text := range literals(t) {
		if !shape.MatchString(text) || keys[text] {
			continue
		}
		found++
		if !cat.Has(text) {
			t.Errorf("no text for %s", text)
		}
	}
	if found < 50 {
		t.Errorf("only %d identifiers found", found)
	}
	root := newRootCommand(testApp(t, catalogue.Czech))
	for _, cmd := range root.Commands() {
		for _, part := range []string{".short", ".long", ".usage"} {
			if id := "help." + commandName(cmd) + part; !cat.Has(id) {
				t.Errorf("no text for %s", id)
			}
		}
	}
}

// TestNoTextIsLeftOver finds texts that no command asks for any more.
func TestNoTextIsLeftOver(t *testing.T) {
	t.Parallel()
	var all strings.Builder
	for _, text := range literals(t) {
		all.WriteString(text + "\n")
	}
	for _, p := range settings.Problems() {
		id := configFault(&settings.Error{Problem: p}).id
		near := configFault(&settings.Error{Problem: p, Nearest: "x"}).id
		all.WriteString(id + "\n" + near + "\n")
	}
	used := all.String()
	for _, id := range testApp(t, catalogue.Czech).cat.IDs() {
		family, _, _ := strings.Cut(id, ".")
		switch family {
		case "arg", "usage", "config", "error", "flag", "prompt", "progress", "count", "place", "wrong-kind":
			if !strings.Contains(used, id+"\n") {
				t.Errorf("no command uses %s", id)
			}
		case "field", "label":
			if _, name, _ := strings.Cut(id, "."); !strings.Contains(used, name+"\n") {
				t.Errorf("no command uses %s", id)
			}
		}
	}
}

func literals(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), e.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
				if text, err := strconv.Unquote(l.Value); err == nil {
					all = append(all, text)
				}
			}
			return true
		})
	}
	return all
}

// TestEveryMistakeInTheConfigurationHasAText also where something was perhaps
// meant.
func TestEveryMistakeInTheConfigurationHasAText(t *testing.T) {
	t.Parallel()
	cat := testApp(t, catalogue.Czech).cat
	nearest := []settings.Problem{settings.UnknownSection, settings.UnknownKey}
	for _, p := range settings.Problems() {
		id := configFault(&settings.Error{Problem: p}).id
		if !cat.Has(id) || slices.Contains(nearest, p) != cat.Has(id+"-near") {
			t.Errorf("no text for %s, or for what was perhaps meant", id)
		}
	}
}
