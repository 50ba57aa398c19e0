package main

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"csuis-offline/bundle"
	"csuis-offline/internal/testtool"
)

// packageTime is when the golden package was made, in seconds.
const packageTime = "1791800000"

// TestGoldenPackage holds verify to testdata/package, whose digests its header
// states, and pack to making the same package of the same sealed records.
func TestGoldenPackage(t *testing.T) {
	t.Parallel()
	if *updateVectors {
		updatePackage(t)
	}
	v := testtool.Vectors(t, "package")[0]
	r := newPackageRun(t, v)
	dir := r.path(v.Get("package"))
	if err := os.CopyFS(dir, os.DirFS(testtool.TestData(t, "package", v.Get("package")))); err != nil {
		t.Fatal(err)
	}
	r.write(filepath.Join(v.Get("package"), "disc-1.iso"), testtool.Unpacked(t, "package", "disc-1.iso.gz"))
	r.write("key", v.Bytes(t, "key"))
	r.answer("verify", dir, "--key", r.path("key"))
	for _, target := range []string{"disc-1.iso", "records"} {
		if exit, codes := r.command("verify", filepath.Join(dir, target), "--key", r.path("key")); exit != exitOK {
			t.Errorf("verify %s: exit %d, %s", target, exit, codes)
		}
	}
	r.compare()

	image, err := os.ReadFile(filepath.Join(dir, "disc-1.iso"))
	if err != nil || digest(image) != v.Get("image-sha256") {
		t.Errorf("the image has the digest %s, %v", digest(image), err)
	}
	var sums []byte
	for _, path := range must(filepath.Glob(filepath.Join(dir, "records", "*.SHA"))) {
		sums = append(sums, must(os.ReadFile(path))...)
	}
	if digest(sums) != v.Get("package-sha256") {
		t.Errorf("the package digest is %s", digest(sums))
	}

	if exit, codes := r.command(packArgs(r, filepath.Join(dir, "records"))...); exit != exitOK {
		t.Fatalf("pack: exit %d, %s", exit, codes)
	}
	if !sameFiles(t, r.path("out", v.Get("package")), dir) {
		t.Errorf(`pack makes another package. If it is meant to, and verify still takes the one of testdata/package, this writes that anew:
go test ./cmd/csuis-offline -run TestGoldenPackage -update-vectors
Read the diff, and explain it in the commit.`)
	}
}

// newPackageRun has the settings with which testdata/README.md tells strangers to
// make the package again.
func newPackageRun(t *testing.T, v testtool.Vector) *vectorRun {
	t.Helper()
	r := newVectorRun(t, v)
	r.write("csuis.toml", must(os.ReadFile(testtool.TestData(t, "package", "csuis.toml"))))
	return r
}

func packArgs(r *vectorRun, in string) []string {
	return []string{"pack", in, "--out", r.path("out"), "--key", r.path("key"), "--timestamp", packageTime}
}

// counted matches the lines of a manifest that depend on the number of content
// rules: a new rule is no reason to change a vector.
var counted = regexp.MustCompile(`(?m)^  "(checks|manifest_sha256)": .*\n`)

// sameFiles holds every file below one folder to the one of the same name below
// another. In the manifest it leaves out what depends on the number of rules.
func sameFiles(t *testing.T, got, want string) bool {
	t.Helper()
	same := true
	err := filepath.WalkDir(want, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(want, path)
		if err != nil {
			return err
		}
		wanted, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		found, err := os.ReadFile(filepath.Join(got, rel))
		if err != nil {
			return err
		}
		if rel == bundle.ManifestName {
			for _, text := range []*[]byte{&found, &wanted} {
				if n := len(counted.FindAll(*text, -1)); n != 2 {
					t.Errorf("%s has %d lines that are left out", rel, n)
				}
				*text = counted.ReplaceAll(*text, nil)
			}
		}
		if !bytes.Equal(found, wanted) {
			same = false
			t.Errorf("pack makes another %s", rel)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	return same && err == nil
}

// updatePackage makes testdata/package of two envelopes of other vectors.
func updatePackage(t *testing.T) {
	t.Helper()
	r := newPackageRun(t, testtool.Vector{Kind: "package", Name: "golden"})
	r.write("in/ROZVAHA.XM6", r.sealed(vectorKey(), goodEnvelope(t)))
	for _, v := range testtool.Vectors(t, "envelope") {
		if v.Name == "plain" {
			r.write("plain.xml", v.Body)
		}
	}
	r.command("seal", r.path("plain.xml"), "-o", r.path("in", "ROZVAHA_2009.XM6"), "--key", r.path("key"), "--profile", "exclusive")
	if exit, codes := r.command(packArgs(r, r.path("in"))...); exit != exitOK {
		t.Fatalf("pack: exit %d, %s", exit, codes)
	}
	made := must(filepath.Glob(r.path("out", "*")))[0]
	name := filepath.Base(made)
	dir := testtool.TestData(t, "package")
	if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(dir, name), os.DirFS(made)); err != nil {
		t.Fatal(err)
	}
	image := must(os.ReadFile(filepath.Join(made, "disc-1.iso")))
	testtool.WritePacked(t, image, "package", "disc-1.iso.gz")
	if err := os.Remove(filepath.Join(dir, name, "disc-1.iso")); err != nil {
		t.Fatal(err)
	}
	var sums []byte
	for _, path := range must(filepath.Glob(filepath.Join(made, "records", "*.SHA"))) {
		sums = append(sums, must(os.ReadFile(path))...)
	}
	var text strings.Builder
	for _, line := range [][2]string{
		{"comment", "a package of two sealed records on one disc"}, {"expect", "ok"}, {"source", "doc/package.md"}, {"package", name},
		{"key", hex.EncodeToString(vectorKey())}, {"package-sha256", digest(sums)}, {"image-sha256", digest(image)},
		{"verify", "0"}, {"body", "text"},
	} {
		fmt.Fprintf(&text, "%s: %s\n", line[0], line[1])
	}
	if err := os.WriteFile(filepath.Join(dir, "golden.txt"), []byte(text.String()+"\n"), 0o666); err != nil {
		t.Fatal(err)
	}
}
