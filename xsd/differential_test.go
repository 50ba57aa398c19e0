package xsd

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"csuis-offline/internal/testtool"
)

func long() bool { return os.Getenv("CSUIS_LONG") == "1" }

// xmllint validates files against a schema, many in one process. A missing
// file in the answer is not well-formed; ok is false where the schema does not compile.
func xmllint(t testing.TB, schema string, files []string) (verdict map[string]bool, ok bool, log string) {
	t.Helper()
	return xmllintWithin(t, 2*time.Minute, schema, files)
}

// xmllintWithin gives up after patience for each process: some schemas keep xmllint
// busy for ever. It then has no opinion.
func xmllintWithin(t testing.TB, patience time.Duration, schema string, files []string) (verdict map[string]bool, ok bool, log string) {
	t.Helper()
	verdict = map[string]bool{}
	var all bytes.Buffer
	for len(files) > 0 {
		n := min(len(files), 400)
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		cmd := exec.CommandContext(ctx, "xmllint", append([]string{"--nonet", "--noout", "--schema", schema}, files[:n]...)...)
		files = files[n:]
		out, err := cmd.CombinedOutput()
		late := ctx.Err() != nil
		cancel()
		if late {
			return nil, false, "timeout"
		}
		all.Write(out)
		if e, is := err.(*exec.ExitError); is && e.ExitCode() < 0 {
			// Some schemas make xmllint crash, which is no opinion either.
			return nil, false, "timeout"
		} else if err != nil && !is {
			t.Fatalf("xmllint %s: %v\n%.2000s", schema, err, out)
		}
		if bytes.Contains(out, []byte("failed to compile")) {
			return nil, false, all.String()
		}
		for _, l := range strings.Split(string(out), "\n") {
			if f, is := strings.CutSuffix(l, " validates"); is {
				verdict[f] = true
			} else if f, is := strings.CutSuffix(l, " fails to validate"); is {
				verdict[f] = false
			}
		}
	}
	return verdict, true, all.String()
}

// subject is a schema with valid documents to damage.
type subject struct {
	name   string
	dir    string // of the schema
	schema string
	docs   []string
	types  []string
}

func subjects(t testing.TB) []subject {
	t.Helper()
	builtin := []string{"x:string", "x:token", "x:int", "x:integer", "x:decimal", "x:date", "x:byte", "x:anyType", "x:anySimpleType", "x:NCName", "x:nope", "nope"}
	var all []subject
	dirs, err := os.ReadDir("testdata/instances")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range dirs {
		if notForXmllint[d.Name()] {
			continue
		}
		docs, _ := filepath.Glob(filepath.Join("testdata/instances", d.Name(), "*.xml"))
		s := subject{name: d.Name(), dir: "testdata/schemas", schema: d.Name() + ".xsd", docs: docs, types: builtin}
		src, err := os.ReadFile(filepath.Join(s.dir, s.schema))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range plant(t, src).all(nil) {
			if n := local(e.name); (n == "complexType" || n == "simpleType") && e.has("name") {
				for _, a := range e.attrs {
					if a[0] == "name" {
						s.types = append(s.types, a[1], a[1])
					}
				}
			}
		}
		all = append(all, s)
	}
	iissp := subject{name: "iissp", dir: testtool.Shared(t, "schemas", "iissp"), schema: "iissp_messaging_risre.xsd", types: builtin}
	filepath.WalkDir(testtool.Shared(t, "samples", "iissp"), func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			iissp.docs = append(iissp.docs, p)
		}
		return err
	})
	return append(all, iissp)
}

// TestMutants damages documents and compares our verdict with that of xmllint.
func TestMutants(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "xmllint")
	per, total := 115, 0
	switch {
	case long():
		per = 500
	case testtool.Slowdown > 1:
		per = 10 // the detector has nothing to add to verdicts
	}
	for _, s := range subjects(t) {
		t.Run(s.name, func(t *testing.T) {
			n := per
			if s.name == "iissp" {
				n *= 10
			}
			total += n
			schema := compile(t, s.dir, s.schema)
			rnd := rand.New(rand.NewPCG(3, uint64(len(s.name))<<8|uint64(s.name[0])))
			dir := t.TempDir()
			var trees []*tag
			for _, d := range s.docs {
				doc, err := os.ReadFile(d)
				if err != nil {
					t.Fatal(err)
				}
				trees = append(trees, plant(t, doc))
			}
			var files []string
			what := map[string]string{}
			for i := range n {
				k := i % len(trees)
				m, desc := mutant(rnd, trees[k], s.types, false)
				f := filepath.Join(dir, fmt.Sprintf("m%05d.xml", i))
				if err := os.WriteFile(f, m.text(), 0o600); err != nil {
					t.Fatal(err)
				}
				files = append(files, f)
				what[f] = filepath.Base(s.docs[k]) + ": " + desc
			}
			verdict, ok, log := xmllint(t, filepath.Join(s.dir, s.schema), files)
			if !ok {
				t.Fatalf("xmllint does not compile the schema: %.1000s", log)
			}
			same, known := 0, 0
			var open []string // waiting for a second opinion
			for _, f := range files {
				doc, err := os.ReadFile(f)
				if err != nil {
					t.Fatal(err)
				}
				got, err := judge(t, schema, doc)
				theirs, judged := verdict[f]
				ours := err == nil && len(got) == 0
				switch {
				case err != nil && !judged || err == nil && judged && ours == theirs:
					same++
				case disagreement(got, err, grep(log, f)) != "":
					known++
				case ours:
					open = append(open, f)
					if err := os.WriteFile(f, withoutSpace(doc), 0o600); err != nil {
						t.Fatal(err)
					}
				default:
					t.Errorf("%s: valid for us %v (%v), for xmllint %v%s\nxmllint: %s\n%.1500s", what[f], ours, err, theirs, show(got), grep(log, f), doc)
				}
			}
			verdict, _, log = xmllint(t, filepath.Join(s.dir, s.schema), open)
			for _, f := range open {
				doc, err := os.ReadFile(f)
				if err != nil {
					t.Fatal(err)
				}
				if got, err := judge(t, schema, doc); err == nil && len(got) == 0 && verdict[f] {
					known++
				} else {
					t.Errorf("%s: valid for us, not for xmllint, also without white space: %v\nxmllint: %s\n%.1500s", what[f], err, grep(log, f), doc)
				}
			}
			t.Logf("%d mutants: %d agree, %d disagree for a known reason", len(files), same, known)
			if known*5 > len(files) {
				t.Errorf("%d of %d mutants disagree: the known reasons hide too much", known, len(files))
			}
		})
	}
	if testtool.Slowdown == 1 && total < 5000 {
		t.Errorf("only %d mutants", total)
	}
}

func grep(log, file string) string {
	var b strings.Builder
	for _, l := range strings.Split(log, "\n") {
		if strings.HasPrefix(l, file+":") && b.Len() < 600 {
			b.WriteString(l[len(file):] + "\n\t")
		}
	}
	return b.String()
}

// TestSchemaMutants damages schemas: both sides must refuse the same ones, and
// judge documents alike by the others.
func TestSchemaMutants(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "xmllint")
	per := 8
	if long() {
		per = 60
	}
	for _, s := range subjects(t) {
		t.Run(s.name, func(t *testing.T) {
			rnd := rand.New(rand.NewPCG(4, uint64(len(s.name))<<8|uint64(s.name[0])))
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(s.dir)); err != nil {
				t.Fatal(err)
			}
			name := s.schema
			if s.name == "iissp" {
				name = "iissp_common.xsd"
			}
			src, err := os.ReadFile(filepath.Join(s.dir, name))
			if err != nil {
				t.Fatal(err)
			}
			tree := plant(t, src)
			docs := s.docs[:min(len(s.docs), 12)]
			var texts [][]byte
			for _, d := range docs {
				doc, err := os.ReadFile(d)
				if err != nil {
					t.Fatal(err)
				}
				texts = append(texts, doc)
			}
			same, known := 0, 0
			for range per {
				m, what := mutant(rnd, tree, nil, true)
				os.Chmod(filepath.Join(dir, name), 0o600)
				if err := os.WriteFile(filepath.Join(dir, name), m.text(), 0o600); err != nil {
					t.Fatal(err)
				}
				schema, err := Compile(os.DirFS(dir), s.schema)
				verdict, ok, log := xmllintWithin(t, impatient, filepath.Join(dir, s.schema), docs)
				if ok != (err == nil) {
					if log == "timeout" {
						known++
					} else if ok && schemaDisagreement(err) != "" {
						known++
					} else {
						t.Errorf("%s: %s: we say %v, xmllint compiles it: %v\n%.600s", s.name, what, err, ok, log)
					}
					continue
				}
				if !ok {
					same++
					continue
				}
				for i, d := range docs {
					got, err := judge(t, schema, texts[i])
					if err != nil {
						t.Fatal(err)
					}
					if ours := len(got) == 0; ours == verdict[d] {
						same++
					} else if disagreement(got, nil, grep(log, d)) != "" || forbidden(m.text()) && !ours {
						known++
					} else {
						t.Errorf("%s: %s: %s: valid for us %v, for xmllint %v%s\nxmllint: %s", s.name, what, d, ours, verdict[d], show(got), grep(log, d))
					}
				}
			}
			t.Logf("%d schemas: %d verdicts agree, %d disagree for a known reason", per, same, known)
		})
	}
}
