package xsd

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"csuis-offline/c14n"
)

// The W3C XML Schema Test Suite (github.com/w3c/xsdtests) lists in suite.xml
// sets of groups; a group has at most one schema and some documents.
type xstsSet struct {
	Version string      `xml:"version,attr"`
	Groups  []xstsGroup `xml:"testGroup"`
}

type xstsGroup struct {
	Version   string     `xml:"version,attr"`
	Schemas   []xstsTest `xml:"schemaTest"`
	Documents []xstsTest `xml:"instanceTest"`
}

type xstsTest struct {
	Name     string         `xml:"name,attr"`
	Version  string         `xml:"version,attr"`
	Schemas  []xstsHref     `xml:"schemaDocument"`
	Document xstsHref       `xml:"instanceDocument"`
	Expected []xstsExpected `xml:"expected"`
}

type xstsHref struct {
	Href string `xml:"http://www.w3.org/1999/xlink href,attr"`
}

type xstsExpected struct {
	Version  string `xml:"version,attr"`
	Validity string `xml:"validity,attr"`
}

// forOne reports whether a list of versions, which may be empty, holds 1.0.
func forOne(versions string) bool {
	return versions == "" || slices.Contains(strings.Fields(versions), "1.0")
}

// outcome returns what a processor of XML Schema 1.0 should find: valid,
// invalid, or "" where the suite does not say.
func (t *xstsTest) outcome() string {
	for _, e := range t.Expected {
		if forOne(e.Version) && (e.Validity == "valid" || e.Validity == "invalid") {
			return e.Validity
		}
	}
	return ""
}

// TestXSTS runs the W3C XML Schema Test Suite in the folder CSUIS_XSTS. It counts
// tests without a version or for version 1.0 that state an outcome, in all sets
// but NIST's. A document is judged by the schema of its group, or where the group
// has none by the one that it names. A document whose schema does not compile is
// missed. Each test that is missed must have its place in
// testdata/disagreements.md.
func TestXSTS(t *testing.T) {
	dir := os.Getenv("CSUIS_XSTS")
	if dir == "" {
		t.Skip("CSUIS_XSTS names no folder with the W3C XML Schema Test Suite")
	}
	t.Parallel()
	r := &xstsRun{t: t, fsys: os.DirFS(dir), missed: map[string]string{}}
	var suite struct {
		Sets []xstsHref `xml:"testSetRef"`
	}
	r.read("suite.xml", &suite)
	for _, ref := range suite.Sets {
		if !strings.HasPrefix(ref.Href, "nist") {
			r.set(ref.Href)
		}
	}
	t.Logf("%d of %d schemas, %d of %d documents", r.schemas.right, r.schemas.all, r.documents.right, r.documents.all)
	r.checkNamed()
}

type xstsRun struct {
	t                  *testing.T
	fsys               fs.FS
	schemas, documents struct{ right, all int }
	missed             map[string]string // test → what we found
}

func (r *xstsRun) read(name string, into any) {
	src, err := fs.ReadFile(r.fsys, name)
	if err == nil {
		err = xml.Unmarshal(src, into)
	}
	if err != nil {
		r.t.Fatalf("%s: %v", name, err)
	}
}

func (r *xstsRun) set(name string) {
	var set xstsSet
	r.read(name, &set)
	if !forOne(set.Version) {
		return
	}
	at := func(h xstsHref) string { return path.Join(path.Dir(name), h.Href) }
	for i := range set.Groups {
		g := &set.Groups[i]
		if !forOne(g.Version) {
			continue
		}
		var s *Schema
		var refused error
		for k := range g.Schemas {
			x := &g.Schemas[k]
			var roots []string
			for _, h := range x.Schemas {
				roots = append(roots, at(h))
			}
			s, refused = Compile(r.fsys, roots...)
			if want := x.outcome(); want != "" && forOne(x.Version) {
				r.schemas.all++
				if r.same(at(x.Schemas[0]), want, refused) {
					r.schemas.right++
				}
			}
		}
		for k := range g.Documents {
			x := &g.Documents[k]
			want := x.outcome()
			if want == "" || !forOne(x.Version) {
				continue
			}
			r.documents.all++
			if len(g.Schemas) == 0 {
				s, refused = r.named(at(x.Document))
			}
			if refused != nil {
				r.missed[at(x.Document)] = fmt.Sprintf("its schema is refused: %v", refused)
				continue
			}
			if r.same(at(x.Document), want, r.judge(s, at(x.Document))) {
				r.documents.right++
			}
		}
	}
}

// same compares what we found with what the suite wants, and keeps a difference.
func (r *xstsRun) same(name, want string, found error) bool {
	var e *SchemaError
	given := found == nil
	if errors.As(found, &e) && (e.Rule == "file" || e.Rule == "limit") {
		given = want == "invalid" // that we cannot judge it is not what the suite wants to hear
	}
	if given == (want == "valid") {
		return true
	}
	r.missed[name] = fmt.Sprintf("should be %s: %v", want, found)
	return false
}

// judge returns why a document is not valid.
func (r *xstsRun) judge(s *Schema, name string) error {
	f, err := r.fsys.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	var first error
	err = Validate(r.t.Context(), s, f, func(v Violation) {
		if first == nil {
			first = fmt.Errorf("%s %s %s: %q", v.Path, v.Clause, v.Rule, v.Found)
		}
	})
	return errors.Join(err, first)
}

// named compiles the schemas that a document names.
func (r *xstsRun) named(doc string) (*Schema, error) {
	f, err := r.fsys.Open(doc)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	sc := c14n.NewScanner(f)
	var roots []string
	for {
		t, err := sc.Next()
		if err != nil {
			break
		}
		for _, a := range t.Attrs {
			if a.URI != xsiURI {
				continue
			}
			words := strings.Fields(string(a.Value))
			for i, w := range words {
				if string(a.Local) == "noNamespaceSchemaLocation" || string(a.Local) == "schemaLocation" && i%2 == 1 {
					if p := path.Join(path.Dir(doc), w); !slices.Contains(roots, p) {
						if _, err := fs.Stat(r.fsys, p); err == nil {
							roots = append(roots, p)
						}
					}
				}
			}
		}
	}
	return Compile(r.fsys, roots...)
}

// checkNamed holds what was missed to the table in testdata/disagreements.md. A
// file may belong to several tests, of which only some are missed.
func (r *xstsRun) checkNamed() {
	text, err := os.ReadFile("testdata/disagreements.md")
	if err != nil {
		r.t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "# The W3C test suite")
	named := map[string]bool{}
	for _, m := range regexp.MustCompile("`([A-Za-z]+/[^`]+)`").FindAllStringSubmatch(table, -1) {
		named[m[1]] = true
	}
	for name, why := range r.missed {
		if !named[name] {
			r.t.Errorf("%s: %s", name, why)
		}
	}
	for name := range named {
		if r.missed[name] == "" && name != absentInSome {
			r.t.Errorf("%s is named as missed, but was not", name)
		}
	}
}

// absentInSome is a large file that not every copy of the suite has.
const absentInSome = "nistMeta/NISTXMLSchemaDatatypes.testSet"
