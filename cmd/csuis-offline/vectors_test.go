package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"csuis-offline/checksum"
	"csuis-offline/crypto"
	"csuis-offline/finding"
	"csuis-offline/internal/testtool"
)

// updateVectors writes into the headers of testdata's vectors what the commands
// answer, and what else of the suite is made here.
var updateVectors = flag.Bool("update-vectors", false, "write anew what testdata's vectors say of the commands")

// TestVectors runs every vector through every command that reads such a thing.
// Exit code and findings must be those of the header, and where a command fails
// no file may be left behind.
func TestVectors(t *testing.T) {
	t.Parallel()
	for _, kind := range testtool.VectorKinds() {
		if kind == "package" { // TestGoldenPackage
			continue
		}
		run, ok := vectorKinds[kind]
		if !ok {
			t.Fatalf("no command meets the vectors of the kind %s", kind)
		}
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			for _, v := range testtool.Vectors(t, kind) {
				t.Run(v.Name, func(t *testing.T) {
					t.Parallel()
					r := newVectorRun(t, v)
					run(r)
					r.compare()
				})
			}
		})
	}
}

// vectorRun is a folder in which commands meet one vector.
type vectorRun struct {
	t       *testing.T
	v       testtool.Vector
	dir     string
	rand    io.Reader
	answers [][2]string // a command's name, and its exit code and findings
}

// vectorKey is the key of the vectors that need one and state none.
func vectorKey() []byte {
	key := make([]byte, crypto.KeySize)
	for i := range key {
		key[i] = byte(i)
	}
	return key
}

func newVectorRun(t *testing.T, v testtool.Vector) *vectorRun {
	r := &vectorRun{t: t, v: v, dir: t.TempDir(), rand: rand.NewChaCha8(sha256.Sum256([]byte(v.Kind + "/" + v.Name)))}
	r.write("csuis.toml", []byte(demoConfig()))
	r.write("key", vectorKey())
	return r
}

func (r *vectorRun) path(elem ...string) string {
	return filepath.Join(append([]string{r.dir}, elem...)...)
}

func (r *vectorRun) write(name string, data []byte) {
	r.t.Helper()
	if err := os.MkdirAll(filepath.Dir(r.path(name)), 0o777); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(r.path(name), data, 0o600); err != nil {
		r.t.Fatal(err)
	}
}

func (r *vectorRun) read(name string) []byte {
	r.t.Helper()
	data, err := os.ReadFile(r.path(name))
	if err != nil {
		r.t.Fatal(err)
	}
	return data
}

// record writes a record and its checksum into a folder.
func (r *vectorRun) record(dir string, data []byte) {
	r.t.Helper()
	r.write(filepath.Join(dir, "R.XM6"), data)
	r.write(filepath.Join(dir, "R.SHA"), checksum.Line("R.XM6", sha256.Sum256(data)))
}

// sealed is a document in a container, whatever the document holds.
func (r *vectorRun) sealed(raw, document []byte) []byte {
	r.t.Helper()
	return sealedWith(r.t, r.rand, raw, document)
}

func sealedWith(t *testing.T, random io.Reader, raw, document []byte) []byte {
	t.Helper()
	key, err := crypto.NewKey(raw)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w, err := crypto.NewWriter(&out, key, crypto.WriterOptions{Rand: random})
	if err == nil {
		_, err = w.Write(document)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// command runs the program in the folder and returns its exit code and the codes
// of its errors and warnings. After a failure the folder must be as it was.
func (r *vectorRun) command(args ...string) (exit int, codes []string) {
	r.t.Helper()
	in, err := os.Open(os.DevNull)
	if err != nil {
		r.t.Fatal(err)
	}
	defer in.Close()
	before := r.listing()
	var out, errs bytes.Buffer
	a := &app{
		in: in, out: &out, err: &errs, rand: r.rand, identity: identity{version: "v0.0.0-vectors"}, workers: 1,
		now:    func() time.Time { return time.Date(2026, 10, 12, 9, 30, 0, 0, time.UTC) },
		getenv: func(string) string { return "" },
	}
	exit = a.run(context.Background(), append(args, "--json", "--config", r.path("csuis.toml")))
	for line := range bytes.Lines(out.Bytes()) {
		var said struct {
			Type, Code string
			Severity   finding.Severity
		}
		if err := json.Unmarshal(line, &said); err != nil {
			r.t.Fatalf("%s: %v: %s", args, err, line)
		}
		if said.Code == string(finding.VerifyNoList) {
			continue // it is about the folder around the vector, which has no form
		}
		if said.Type == "error" || said.Type == "finding" && said.Severity != finding.Info {
			codes = append(codes, said.Code)
		}
	}
	if after := r.listing(); exit != exitOK && after != before {
		r.t.Errorf("%s failed and left behind\n%s\nbefore it\n%s", args[0], after, before)
	}
	slices.Sort(codes)
	return exit, slices.Compact(codes)
}

// listing names the files of the folder.
func (r *vectorRun) listing() string {
	r.t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(r.dir, func(path string, _ fs.DirEntry, err error) error {
		fmt.Fprintln(&b, path)
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return b.String()
}

// answer runs a command and notes its answer for the vector's header.
func (r *vectorRun) answer(args ...string) (exit int, codes []string) {
	r.t.Helper()
	exit, codes = r.command(args...)
	r.answers = append(r.answers, [2]string{args[0], strings.Join(append([]string{strconv.Itoa(exit)}, codes...), " ")})
	return exit, codes
}

// compare holds the answers to the header, or writes them into it.
func (r *vectorRun) compare() {
	r.t.Helper()
	if *updateVectors {
		testtool.SetAnswers(r.t, &r.v, r.answers)
	}
	for _, answer := range r.answers {
		if want := r.v.Get(answer[0]); want != answer[1] {
			r.t.Errorf("%s answers %q, the header says %q", answer[0], answer[1], want)
		}
	}
}
