package xsd

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"csuis-offline/internal/testtool"
)

var absent = regexp.MustCompile(`there is no (type|element) \{(.*)\}(\w+): "(.*)" is not in|there is no (type|element) \{(.*)\}(\w+)$`)

// TestSchemasBeyondTheMissingFile compiles the schemas that wait for an
// unpublished file with one of our own in its place, which has what they ask
// for and nothing in it: everything else that they hold must compile.
func TestSchemasBeyondTheMissingFile(t *testing.T) {
	t.Parallel()
	root := testtool.Shared(t, "schemas")
	fsys := fstest.MapFS{}
	err := filepath.WalkDir(filepath.Join(root, "ikr"), func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		src, err := os.ReadFile(p)
		rel, _ := filepath.Rel(root, p)
		fsys[filepath.ToSlash(rel)] = &fstest.MapFile{Data: src}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	simple := map[string]bool{"IdentifikatorType": true, "UUIDType": true}
	files := map[string]string{} // namespace → file
	bodies := map[string]string{}
	for name := range unresolved {
		compiled := false
		for range 100 {
			_, err := Compile(fsys, name)
			if compiled = err == nil; compiled {
				break
			}
			var e *SchemaError
			if !errors.As(err, &e) {
				t.Fatal(err)
			}
			m := absent.FindStringSubmatch(e.Detail)
			if m == nil {
				t.Fatalf("%s: %v", name, err)
			}
			if m[1] == "" {
				m[1], m[2], m[3] = m[5], m[6], m[7]
			} else if m[4] != "" {
				files[m[2]] = path.Join(path.Dir(e.File), m[4])
			}
			switch {
			case m[1] == "element":
				bodies[m[2]] += `<xs:element name="` + m[3] + `" type="xs:string"/>`
			case simple[m[3]]:
				bodies[m[2]] += `<xs:simpleType name="` + m[3] + `"><xs:restriction base="xs:string"/></xs:simpleType>`
			default:
				bodies[m[2]] += `<xs:complexType name="` + m[3] + `"/>`
			}
			if files[m[2]] == "" || !strings.HasPrefix(files[m[2]], "ikr/xsd/IkrB") && !strings.HasPrefix(files[m[2]], "ikr/xsd/IkrM") {
				t.Fatalf("%s: %v", name, err)
			}
			fsys[files[m[2]]] = &fstest.MapFile{Data: []byte(`<xs:schema xmlns:xs="` + xsdURI + `" targetNamespace="` + m[2] + `">` + bodies[m[2]] + `</xs:schema>`)}
		}
		if !compiled {
			t.Errorf("%s does not compile", name)
		}
	}
}
