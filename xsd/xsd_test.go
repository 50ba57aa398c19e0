package xsd

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"csuis-offline/internal/testtool"
)

// judge validates a document and returns what is wrong with it.
func judge(t testing.TB, s *Schema, doc []byte) ([]Violation, error) {
	t.Helper()
	var got []Violation
	err := Validate(context.Background(), s, strings.NewReader(string(doc)), func(v Violation) { got = append(got, v) })
	return got, err
}

func compile(t testing.TB, dir string, roots ...string) *Schema {
	t.Helper()
	s, err := Compile(os.DirFS(dir), roots...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestInstances judges the files of testdata/instances: those named ok are
// valid against the schema of their folder's name, those named bad are not.
func TestInstances(t *testing.T) {
	t.Parallel()
	dirs, err := os.ReadDir("testdata/instances")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range dirs {
		t.Run(d.Name(), func(t *testing.T) {
			t.Parallel()
			s := compile(t, "testdata/schemas", d.Name()+".xsd")
			files, _ := filepath.Glob(filepath.Join("testdata/instances", d.Name(), "*.xml"))
			for _, f := range files {
				doc, err := os.ReadFile(f)
				if err != nil {
					t.Fatal(err)
				}
				got, err := judge(t, s, doc)
				if err != nil {
					t.Errorf("%s: %v", f, err)
				}
				if want := strings.HasPrefix(filepath.Base(f), "ok"); want != (len(got) == 0) {
					t.Errorf("%s: %+v", f, got)
				}
			}
		})
	}
}

func TestSharedSamples(t *testing.T) {
	t.Parallel()
	s := compile(t, testtool.Shared(t, "schemas", "iissp"), "iissp_messaging_risre.xsd")
	n := 0
	err := filepath.WalkDir(testtool.Shared(t, "samples", "iissp"), func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		doc, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		n++
		if got, err := judge(t, s, doc); err != nil || len(got) > 0 {
			t.Errorf("%s: %v %+v", filepath.Base(p), err, got)
		}
		return nil
	})
	if err != nil || n < 30 {
		t.Fatal(n, err)
	}
}

// unresolved are the published schemas that need a file which is not
// published with them, and that file.
var unresolved = map[string]string{
	// IkreMessages.xsd, which all of them use, extends types of IkrMessageTypes.xsd.
	"ikr/wsdl/IkreVratCiselnik-v1.wsdl":                  "../../ikr/xsd/IkrMessageTypes.xsd",
	"ikr/wsdl/IkreZobrazDruhVyseNDPojistence-v1.wsdl":    "../../ikr/xsd/IkrMessageTypes.xsd",
	"ikr/wsdl/IkreZobrazSeznamPNPojistence-v1.wsdl":      "../../ikr/xsd/IkrMessageTypes.xsd",
	"ikr/wsdl/IkreZobrazSeznamZamestnancu-v1.wsdl":       "../../ikr/xsd/IkrMessageTypes.xsd",
	"ikr/wsdl/IkreZobrazStavZadostiNDPojistence-v1.wsdl": "../../ikr/xsd/IkrMessageTypes.xsd",
	"ikr/wsdl/IkreZobrazVysiDruhDuchoduHromadne-v1.wsdl": "../../ikr/xsd/IkrMessageTypes.xsd",
	"ikr/wsdl/IkreZobrazZamestnavatele-v1.wsdl":          "../../ikr/xsd/IkrMessageTypes.xsd",
	"ikr/xsd/IkreMessages.xsd":                           "../../ikr/xsd/IkrMessageTypes.xsd",
	"ikr/xsd/IkreVratCiselnik-v1.xsd":                    "../../ikr/xsd/IkrMessageTypes.xsd",
	"ikr/xsd/IkreZobrazDruhVyseNDPojistence-v1.xsd":      "../../ikr/xsd/IkrMessageTypes.xsd",
	"ikr/xsd/IkreZobrazSeznamPNPojistence-v1.xsd":        "../../ikr/xsd/IkrMessageTypes.xsd",
	"ikr/xsd/IkreZobrazSeznamZamestnancu-v1.xsd":         "../../ikr/xsd/IkrMessageTypes.xsd",
	"ikr/xsd/IkreZobrazStavZadostiNDPojistence-v1.xsd":   "../../ikr/xsd/IkrMessageTypes.xsd",
	"ikr/xsd/IkreZobrazVysiDruhDuchoduHromadne-v1.xsd":   "../../ikr/xsd/IkrMessageTypes.xsd",
	"ikr/xsd/IkreZobrazZamestnavatele-v1.xsd":            "../../ikr/xsd/IkrMessageTypes.xsd",
}

// TestSharedSchemas compiles every schema that can be resolved, also those
// inside of WSDL documents; those of unresolved are refused for the type they miss.
func TestSharedSchemas(t *testing.T) {
	t.Parallel()
	root := testtool.Shared(t, "schemas")
	n, waiting := 0, 0
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(root, p)
		_, err = Compile(os.DirFS(root), filepath.ToSlash(rel))
		n++
		if missing := unresolved[filepath.ToSlash(rel)]; missing != "" {
			e, ok := err.(*SchemaError)
			if !ok || e.Rule != "src-resolve" || !strings.Contains(e.Detail, `"`+missing+`" is not in the schema folder`) || e.Line == 0 {
				t.Errorf("%s: %v", rel, err)
			}
			waiting++
		} else if err != nil {
			t.Errorf("%s: %v", rel, err)
		}
		return nil
	})
	if err != nil || n < 20 || waiting != len(unresolved) {
		t.Fatal(n, err)
	}
}

func show(vs []Violation) string {
	var b strings.Builder
	for _, v := range vs {
		fmt.Fprintf(&b, "\n\t%d:%d %s %s %s attr=%q type=%q found=%q wanted=%q", v.Line, v.Column, v.Rule, v.Clause, v.Path, v.Attribute, v.Type, v.Found, v.Wanted)
	}
	return b.String()
}
