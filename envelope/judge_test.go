package envelope

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"csuis-offline/internal/testtool"
)

// judge is xmlsec1 with the key of the identifier.
type judge struct{ dir, key string }

// ownFooter picks the Signature that is the identifier, whatever other
// signatures the document holds.
const ownFooter = `/*/*[local-name()='EnvelopeFooter']/*[local-name()='Signature' and namespace-uri()='` + SignatureNS + `']`

func newJudge(t testing.TB) *judge {
	t.Helper()
	testtool.Need(t, "xmlsec1")
	j := &judge{dir: t.TempDir()}
	j.key = filepath.Join(j.dir, "key")
	write(t, j.key, make([]byte, 32))
	return j
}

func write(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// file puts a document where xmlsec1 can read it.
func (j *judge) file(t testing.TB, name string, doc []byte) string {
	t.Helper()
	path := filepath.Join(j.dir, strings.ReplaceAll(name, "/", "_")+".xml")
	write(t, path, doc)
	return path
}

// verify asks about several files at once, and one by one when not all pass.
func (j *judge) verify(t testing.TB, files ...string) {
	t.Helper()
	if j.accepts(t, files...) == nil {
		return
	}
	for _, f := range files {
		if err := j.accepts(t, f); err != nil {
			t.Errorf("xmlsec1 refuses %s: %v", filepath.Base(f), err)
		}
	}
}

func (j *judge) accepts(t testing.TB, files ...string) error {
	t.Helper()
	_, all, err := testtool.Try(t, "xmlsec1", append([]string{"--verify", "--hmackey", j.key, "--node-xpath", ownFooter}, files...)...)
	if err != nil {
		return fmt.Errorf("%w\n%s", err, all)
	}
	return nil
}

// sign lets xmlsec1 fill in an identifier that states nothing.
func (j *judge) sign(t testing.TB, name string, template []byte) []byte {
	t.Helper()
	signed, err := j.trySign(t, j.file(t, name+".template", template))
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

func (j *judge) trySign(t testing.TB, in string) ([]byte, error) {
	t.Helper()
	out := in + ".signed"
	_, all, err := testtool.Try(t, "xmlsec1", "--sign", "--hmackey", j.key, "--node-xpath", ownFooter, "--output", out, in)
	if err != nil {
		return nil, fmt.Errorf("%w\n%s", err, all)
	}
	return os.ReadFile(out)
}

var stated = regexp.MustCompile(`(<(?:DigestValue|SignatureValue)>)[^<]*`)

// emptied is a document of ours whose identifier states nothing.
func emptied(t testing.TB, doc []byte) []byte {
	t.Helper()
	at := bytes.LastIndex(doc, []byte(`<Signature xmlns="`+SignatureNS+`" Id="identifikator-celistvosti">`))
	if at < 0 {
		t.Fatalf("no identifier of ours in\n%s", doc)
	}
	return append(bytes.Clone(doc[:at]), stated.ReplaceAll(doc[at:], []byte("$1"))...)
}

var profilesByName = map[string]Profile{"binding": Binding, "exclusive": Exclusive}

// options are fixed, so that a test's output is.
func options(p Profile) Options {
	return Options{
		Profile: p,
		Config: &Config{
			Unit:   Unit{IC: "00075370", Name: "Obec Kůňov"},
			Person: Person{ID: "99010101", Name: "Žofie Příkladná", Email: "z@kunov.example", UserName: "zofie", Phones: []string{"+420 337 900 900"}},
		},
		Now:  time.Date(2026, 1, 15, 10, 3, 18, 0, time.UTC),
		Rand: zeros{},
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func complete(doc []byte, o Options) ([]byte, *Result, error) {
	var out bytes.Buffer
	res, err := Complete(context.Background(), &out, bytes.NewReader(doc), o)
	return out.Bytes(), res, err
}

func mustComplete(t testing.TB, doc []byte, p Profile) []byte {
	t.Helper()
	out, _, err := complete(doc, options(p))
	if err != nil {
		t.Fatalf("Complete: %v", err)
	}
	return out
}

func verify(doc []byte) (*Info, error) {
	return Verify(context.Background(), new(bytes.Buffer), bytes.NewReader(doc))
}

// mustKeep holds that Verify accepts the document in the given profile, and
// that Complete keeps it byte for byte.
func mustKeep(t testing.TB, name string, doc []byte, p Profile) {
	t.Helper()
	info, err := verify(doc)
	if err != nil {
		t.Errorf("%s: Verify: %v", name, err)
		return
	}
	if info.Profile != p {
		t.Errorf("%s: Verify found the profile %v, want %v", name, info.Profile, p)
	}
	// Whatever profile is asked for, the one that stands there stays.
	out, res, err := complete(doc, options(1-p))
	switch {
	case err != nil:
		t.Errorf("%s: Complete: %v", name, err)
	case !res.Kept || res.Built || res.Info.Profile != p:
		t.Errorf("%s: Complete says %+v", name, res)
	case !bytes.Equal(out, doc):
		t.Errorf("%s: Complete changed a byte", name)
	}
}

// envelopes are the documents of the vectors that are accepted, by name.
func envelopes(t testing.TB) map[string][]byte {
	t.Helper()
	all := make(map[string][]byte)
	for _, v := range testtool.Vectors(t, "envelope") {
		if v.Accepted() {
			all[v.Name] = v.Body
		}
	}
	return all
}

// files reads a folder of testdata.
func files(t testing.TB, pattern string) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("%s: no files, %v", pattern, err)
	}
	all := make(map[string][]byte)
	for _, p := range paths {
		data, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimSuffix(filepath.Base(p), ".xml")] = data
	}
	return all
}
