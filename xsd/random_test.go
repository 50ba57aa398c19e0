package xsd

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"csuis-offline/internal/testtool"
)

// TestRandomSchemas compares with xmllint on schemas and documents that are
// both generated: whether the schema compiles, and whether each document is valid.
// impatient is for schemas that xmllint may never be done with.
const impatient = 10 * time.Second

func TestRandomSchemas(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "xmllint")
	first, n := 0, 200/testtool.Slowdown
	if v, err := strconv.Atoi(os.Getenv("CSUIS_RANDOM")); err == nil {
		first, n = v, 2000
	}
	dump := os.Getenv("CSUIS_DUMP")
	dir := t.TempDir()
	compiled, refused, same, known := 0, 0, 0, 0
	for seed := first; seed < first+n; seed++ {
		src := randomSource(uint64(seed))
		sf := filepath.Join(dir, "s"+randomName(seed)+".xsd")
		if err := os.WriteFile(sf, []byte(src), 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Compile(os.DirFS(dir), filepath.Base(sf))
		var docs []string
		var what []string
		if err == nil {
			r := rand.New(rand.NewPCG(22, uint64(seed)))
			for i := range 15 {
				d := &randomDocument{Rand: r, s: s, types: schemaTypes(s)}
				text, w := d.write()
				f := filepath.Join(dir, "d"+randomName(seed)+"-"+strconv.Itoa(i)+".xml")
				if err := os.WriteFile(f, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
				docs, what = append(docs, f), append(what, w)
			}
		} else {
			f := filepath.Join(dir, "none.xml")
			if err := os.WriteFile(f, []byte("<r/>"), 0o600); err != nil {
				t.Fatal(err)
			}
			docs, what = []string{f}, []string{""}
		}
		verdict, ok, log := xmllintWithin(t, impatient, sf, docs)
		if ok != (err == nil) {
			if log == "timeout" || ok && schemaDisagreement(err) != "" || !ok && strings.Contains(log, "not determinist") {
				known++
				continue
			}
			t.Errorf("seed %d: we say %v, xmllint compiles it: %v %.300s", seed, err, ok, log)
			if dump != "" {
				os.WriteFile(filepath.Join(dump, fmt.Sprintf("schema-%d-%v.xsd", seed, ok)), []byte(src), 0o600)
			}
			continue
		}
		if !ok {
			refused++
			continue
		}
		compiled++
		for i, f := range docs {
			doc, _ := os.ReadFile(f)
			got, err := judge(t, s, doc)
			theirs, judged := verdict[f]
			ours := err == nil && len(got) == 0
			switch {
			case err != nil && !judged || err == nil && judged && ours == theirs:
				same++
			case disagreement(got, err, grep(log, f)) != "" || ours && sameWithoutSpace(t, s, sf, f, doc) || !ours && s.barren(got):
				known++
			default:
				t.Errorf("seed %d, %s: %s: valid for us %v (%v), for xmllint %v%s\nxmllint: %s", seed, filepath.Base(f), what[i], ours, err, theirs, show(got), grep(log, f))
				if dump != "" {
					os.WriteFile(filepath.Join(dump, filepath.Base(f)), doc, 0o600)
					os.WriteFile(filepath.Join(dump, filepath.Base(sf)), []byte(src), 0o600)
				}
			}
		}
	}
	t.Logf("%d schemas compile, %d do not; %d documents agree, %d disagree for a known reason", compiled, refused, same, known)
}

// sameWithoutSpace asks again without white space around the values (entry 2 of testdata/disagreements.md).
func sameWithoutSpace(t *testing.T, s *Schema, schema, file string, doc []byte) bool {
	doc = withoutSpace(doc)
	if err := os.WriteFile(file, doc, 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := judge(t, s, doc)
	verdict, ok, _ := xmllintWithin(t, impatient, schema, []string{file})
	return ok && err == nil && verdict[file] == (len(got) == 0)
}

// barren tells that all that is missing could be an abstract element that
// nothing substitutes (entry 21).
func (s *Schema) barren(got []Violation) bool {
	none := false
	for _, e := range s.elements {
		none = none || e.abstract && len(e.members) == 0
	}
	return none && only(got, func(v Violation) bool { return v.Rule == ElementMissing && v.Clause == "cvc-complex-type.2.4.b" })
}
