package verify

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"csuis-offline/batch"
	"csuis-offline/bundle"
	"csuis-offline/checksum"
	"csuis-offline/crypto"
	"csuis-offline/finding"
	"csuis-offline/internal/fixture"
	"csuis-offline/internal/packtest"
	"csuis-offline/iso"
)

// twoRecords packs the small records A and B and returns the package folder.
func twoRecords(t testing.TB) string {
	t.Helper()
	return pack(t, bigDisc, map[string]string{"a.xml": packtest.Enveloped(1), "b.xml": packtest.Enveloped(2)}).Dir
}

// bigDisc is a disc that takes all records of a test, in sectors.
const bigDisc = 100_000

// pack makes a package of files for discs of so many sectors.
func pack(t testing.TB, sectors int64, files map[string]string) *bundle.Package {
	t.Helper()
	return packWith(t, sectors, nil, files)
}

func packWith(t testing.TB, sectors int64, c batch.Checker, files map[string]string) *bundle.Package {
	t.Helper()
	pkg, fs, err := bundle.Pack(context.Background(), batch.Collect([]string{packtest.Write(t, files)}), bundle.Options{
		Batch: batch.Options{Key: packtest.Key(t), Envelope: packtest.Config(), Checker: c, Time: packtest.Time},
		Out:   filepath.Join(t.TempDir(), "out"), Media: iso.Media{Name: "cd", Sectors: sectors}, Reason: fixture.Reason, Place: fixture.Place, Generator: "csuis-offline test",
	})
	if err != nil || pkg == nil {
		t.Fatalf("no package: %v, findings %+v", err, fs)
	}
	return pkg
}

// setOfDiscs packs eight records A to H over several discs.
func setOfDiscs(t testing.TB) (string, *bundle.Manifest) {
	t.Helper()
	files := map[string]string{}
	for i := range 8 {
		var b bytes.Buffer
		fixture.EnvelopedBalanceSheet(&b, rand.New(rand.NewPCG(uint64(i), 9)), 300)
		files[string(rune('a'+i))+".xml"] = strings.ReplaceAll(b.String(), "2026-09-30", fmt.Sprintf("2026-09-%02d", i+1))
	}
	pkg := pack(t, 500, files)
	if n := len(pkg.Manifest.Images); n < 2 {
		t.Fatalf("%d discs, want several", n)
	}
	return pkg.Dir, pkg.Manifest
}

func copyTree(t testing.TB, from string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), filepath.Base(from))
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return to
}

func mustVerify(t testing.TB, target string, key *crypto.Key) *Report {
	t.Helper()
	r, err := Target(context.Background(), target, Options{Key: key})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// lines are findings as the tables of the tests write them. Those that say
// only that no key was given, or that nothing lists the records, are left out.
func lines(fs []finding.Finding) []string {
	var out []string
	for _, f := range fs {
		if f.Code == finding.VerifyNoKey || f.Code == finding.VerifyNoList {
			continue
		}
		if f.Code == finding.ShaMismatch {
			f.Detail = "" // what opening shows depends on the filler
		}
		parts := []string{string(f.Severity), string(f.Code), f.File, f.Record, f.Detail}
		out = append(out, strings.TrimRight(strings.Join(parts, "|"), "|"))
	}
	slices.Sort(out)
	return out
}

func wantLines(t testing.TB, fs []finding.Finding, want ...string) {
	t.Helper()
	slices.Sort(want)
	if got := lines(fs); !slices.Equal(got, want) {
		t.Errorf("findings\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// folder is a folder under test; its methods change it and fail the test when
// they cannot.
type folder struct {
	t   testing.TB
	dir string
}

func (f folder) path(name string) string { return filepath.Join(f.dir, filepath.FromSlash(name)) }

func (f folder) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

func (f folder) read(name string) []byte {
	f.t.Helper()
	b, err := os.ReadFile(f.path(name))
	f.must(err)
	return b
}

func (f folder) write(name string, b []byte) {
	f.t.Helper()
	f.must(os.MkdirAll(filepath.Dir(f.path(name)), 0o777))
	f.must(os.WriteFile(f.path(name), b, 0o666))
}

func (f folder) remove(names ...string) {
	f.t.Helper()
	for _, name := range names {
		f.must(os.RemoveAll(f.path(name)))
	}
}

// edit replaces one text by another, which must stand there.
func (f folder) edit(name, old, new string) {
	f.t.Helper()
	b := f.read(name)
	if !bytes.Contains(b, []byte(old)) {
		f.t.Fatalf("%s does not hold %q", name, old)
	}
	f.write(name, bytes.Replace(b, []byte(old), []byte(new), 1))
}

// flip changes one bit in the middle of a file.
func (f folder) flip(name string) {
	f.t.Helper()
	b := f.read(name)
	b[len(b)/2] ^= 1
	f.write(name, b)
}

func (f folder) sum(name string) checksum.Sum {
	f.t.Helper()
	sum, _, err := checksum.Of(bytes.NewReader(f.read(name)))
	f.must(err)
	return sum
}

// manifest rewrites the manifest with a new digest of itself.
func (f folder) manifest(change func(*bundle.Manifest)) {
	f.t.Helper()
	b := f.read(bundle.ManifestName)
	m, err := bundle.ReadManifest(bytes.NewReader(b), int64(len(b)))
	f.must(err)
	change(m)
	var out bytes.Buffer
	f.must(bundle.WriteManifest(&out, m))
	f.write(bundle.ManifestName, out.Bytes())
}

// flipInImage changes one bit in the middle of a file of an image.
func (f folder) flipInImage(image, name string) {
	f.t.Helper()
	data, content := f.read(image), f.read(name)
	at := bytes.Index(data, content)
	if at < 0 {
		f.t.Fatalf("%s does not hold %s", image, name)
	}
	data[at+len(content)/2] ^= 1
	f.write(image, data)
}

func mustJSON(t testing.TB, v any) []byte {
	t.Helper()
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return b
}
