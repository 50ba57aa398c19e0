package csuis_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"csuis-offline/internal/testtool"
)

// TestGoldenImageByOthers lets programs that know nothing of this one read the
// image of testdata/package: it holds the files of the manifest and no other, and
// their digests are those of the manifest.
func TestGoldenImageByOthers(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "xorriso", "isoinfo", "7z")
	want := manifestFiles(t, testtool.Vectors(t, "package")[0].Get("package"))
	image := filepath.Join(t.TempDir(), "disc-1.iso")
	if err := os.WriteFile(image, testtool.Unpacked(t, "package", "disc-1.iso.gz"), 0o666); err != nil {
		t.Fatal(err)
	}
	for reader, read := range map[string]func(*testing.T, string) map[string]string{
		"xorriso": func(t *testing.T, image string) map[string]string {
			dir := t.TempDir()
			testtool.Run(t, "xorriso", "-abort_on", "WARNING", "-osirrox", "on", "-indev", image, "-extract", "/", dir)
			return fileDigests(t, dir)
		},
		"7z": func(t *testing.T, image string) map[string]string {
			dir := t.TempDir()
			testtool.Run(t, "7z", "x", "-y", "-o"+dir, image)
			return fileDigests(t, dir)
		},
		"isoinfo":        func(t *testing.T, image string) map[string]string { return isoinfo(t, image) },
		"isoinfo-joliet": func(t *testing.T, image string) map[string]string { return isoinfo(t, image, "-J") },
	} {
		t.Run(reader, func(t *testing.T) {
			t.Parallel()
			if got := read(t, image); !maps.Equal(got, want) {
				t.Errorf("the disc holds\n%s\nthe manifest says\n%s", listed(got), listed(want))
			}
		})
	}
}

// manifestFiles are the files of the disc with their digests, as doc/package.md
// tells who reads the manifest.
func manifestFiles(t *testing.T, name string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(testtool.TestData(t, "package", name, "package.json"))
	if err != nil {
		t.Fatal(err)
	}
	var manifest struct {
		Form    struct{ File, SHA256 string }
		Records []struct{ Name, SHA256 string }
	}
	if err := json.Unmarshal(text, &manifest); err != nil {
		t.Fatal(err)
	}
	files := map[string]string{manifest.Form.File: manifest.Form.SHA256}
	for _, r := range manifest.Records {
		files[r.Name+".XM6"] = r.SHA256
		files[r.Name+".SHA"] = fmt.Sprintf("%x", sha256.Sum256([]byte(r.SHA256+"  "+r.Name+".XM6\n")))
	}
	if len(files) != 1+2*len(manifest.Records) || len(files) < 3 {
		t.Fatalf("the manifest has %d files", len(files))
	}
	return files
}

// fileDigests are the digests of all that lies in a folder.
func fileDigests(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = fmt.Sprintf("%x", sha256.Sum256(data))
	}
	return files
}

// isoinfo lists one tree of the image and reads each of its files.
func isoinfo(t *testing.T, image string, tree ...string) map[string]string {
	t.Helper()
	files := map[string]string{}
	args := append(tree, "-i", image)
	for path := range strings.FieldsSeq(string(testtool.Run(t, "isoinfo", append(args, "-f")...))) {
		data := testtool.Run(t, "isoinfo", append(args, "-x", path)...)
		name := strings.TrimSuffix(strings.TrimPrefix(path, "/"), ";1")
		files[name] = fmt.Sprintf("%x", sha256.Sum256(data))
	}
	return files
}

func listed(files map[string]string) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(&b, "%s  %s\n", files[name], name)
	}
	return b.String()
}
