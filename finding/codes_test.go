package finding

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"strconv"
	"testing"
)

// TestAllListsEveryCode reads the source, since a constant that nobody listed
// shows nowhere else.
func TestAllListsEveryCode(t *testing.T) {
	t.Parallel()
	var decls []ast.Decl
	for _, name := range []string{"codes.go", "online_codes.go"} {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		decls = append(decls, file.Decls...)
	}
	listed := map[Code]bool{}
	for _, c := range All() {
		if listed[c] {
			t.Errorf("%s is listed twice", c)
		}
		listed[c] = true
	}
	shape := regexp.MustCompile(`^[a-z0-9]+(\.[a-z0-9]+(-[a-z0-9]+)*)+$`)
	declared := 0
	for _, d := range decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.CONST {
			continue
		}
		for _, s := range g.Specs {
			for _, v := range s.(*ast.ValueSpec).Values {
				lit, ok := v.(*ast.BasicLit)
				if !ok {
					continue
				}
				text, err := strconv.Unquote(lit.Value)
				if err != nil {
					t.Fatal(err)
				}
				declared++
				if !listed[Code(text)] {
					t.Errorf("%s is not in All()", text)
				}
				if !shape.MatchString(text) {
					t.Errorf("%s has not the form of a code", text)
				}
			}
		}
	}
	if declared != len(listed) {
		t.Errorf("%d codes declared, %d listed", declared, len(listed))
	}
}

func TestSortGroupsByRecordAndKeepsTheOrderOfEquals(t *testing.T) {
	t.Parallel()
	fs := []Finding{
		{Record: "B", Line: 2, Code: "1"}, {Record: "B", Line: 2, Code: "2"},
		{Record: "B", Line: 1, Code: "3"}, {Record: "A", File: "b", Code: "4"},
		{Record: "A", File: "a", Code: "5"}, {Code: "6"},
	}
	Sort(fs)
	var got string
	for _, f := range fs {
		got += string(f.Code)
	}
	if got != "654312" {
		t.Errorf("order %s", got)
	}
	if Failed(fs) {
		t.Error("Failed without an error")
	}
	if !Failed(append(fs, Finding{Severity: Error})) {
		t.Error("not Failed with an error")
	}
}
