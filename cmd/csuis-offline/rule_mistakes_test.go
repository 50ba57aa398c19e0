package main

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"csuis-offline/check/rules"
	"csuis-offline/internal/catalogue"
)

// rulePatterns reads out of the source of package rules what a file of rules can
// be told to hold.
func rulePatterns(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../../check/rules/*.go")
	if err != nil {
		t.Fatal(err)
	}
	argument := map[string]int{"wrong": 1, "identifier": 0, "mistake": 2}
	var all []string
	add := func(e ast.Expr) {
		if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if text, err := strconv.Unquote(lit.Value); err == nil {
				all = append(all, text)
			}
		}
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ReturnStmt:
				// What stands there twice: a pattern and its name.
				if len(n.Results) == 2 {
					if lit, ok := n.Results[0].(*ast.BasicLit); ok && strings.Contains(lit.Value, " in %s") {
						add(lit)
					}
				}
			case *ast.CallExpr:
				if f, ok := n.Fun.(*ast.Ident); ok && f.Name == "duplicate" {
					add(n.Args[0])
				}
				if f, ok := n.Fun.(*ast.SelectorExpr); ok {
					if i, ok := argument[f.Sel.Name]; ok && i < len(n.Args) {
						add(n.Args[i])
					}
				}
			case *ast.ValueSpec:
				if n.Names[0].Name == "wanted" {
					for _, v := range n.Values {
						add(v)
					}
				}
			}
			return true
		})
	}
	return all
}

// TestMistakesInRulesWereHalfEnglish: a Czech sentence held what the parser wanted
// in English.
func TestMistakesInRulesWereHalfEnglish(t *testing.T) {
	t.Parallel()
	cs, en := testApp(t, catalogue.Czech), testApp(t, catalogue.English)
	patterns := rulePatterns(t)
	if len(patterns) < 60 {
		t.Errorf("only %d patterns found", len(patterns))
	}
	for _, p := range patterns {
		if !cs.cat.Has("mistake." + p) {
			t.Errorf("no Czech for %q", p)
		}
	}
	refused, err := filepath.Glob("../../check/rules/testdata/refused/*.rules")
	if err != nil || len(refused) == 0 {
		t.Fatal(refused, err)
	}
	said := 0
	for _, name := range refused {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		_, err = rules.Parse(filepath.Base(name), f)
		f.Close()
		var e *rules.ParseError
		if !errors.As(err, &e) {
			continue
		}
		said++
		if got := en.mistake(e.Pattern, e.Args, e.Wanted); got != e.Wanted {
			t.Errorf("%s: %q, the package says %q", name, got, e.Wanted)
		}
		got := cs.mistake(e.Pattern, e.Args, e.Wanted)
		if got == e.Wanted && !strings.HasPrefix(got, `"`) || strings.Contains(got, "{") {
			t.Errorf("%s: in Czech %q", name, got)
		}
		for _, arg := range e.Args {
			if !strings.Contains(got, arg) {
				t.Errorf("%s: %q does not name %q", name, got, arg)
			}
		}
		if found := cs.foundRule(e.Found); strings.HasPrefix(found, "the ") || found == "" {
			t.Errorf("%s: found %q", name, found)
		}
	}
	if said < 30 {
		t.Errorf("only %d mistakes", said)
	}
}
