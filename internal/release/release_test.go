package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"csuis-offline/internal/testtool"
)

// TestReleaseOfThisSystem runs release.sh for the system that the test runs on.
func TestReleaseOfThisSystem(t *testing.T) {
	t.Parallel()
	if testing.Short() || testtool.RaceEnabled {
		t.Skip("builds the program anew, whatever the race detector watches")
	}
	testtool.Need(t, "bash", "git", "tar", "sha256sum")
	out := filepath.Join(t.TempDir(), "dist")
	cmd := exec.Command("bash", filepath.Join("..", "..", "release.sh"), "--worktree", "--same-cache",
		"--platform", runtime.GOOS+"/"+runtime.GOARCH, "--out", out, "9.8.7-test.1")
	cmd.Env = append(os.Environ(), "SOURCE_DATE_EPOCH=1800000000")
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	name := "csuis-offline-9.8.7-test.1-" + runtime.GOOS + "-" + runtime.GOARCH
	files := untar(t, filepath.Join(out, name+".tar.gz"))
	for _, want := range []string{
		program, "README.md", "sbom.cdx.json", "doc/cs/prirucka.md", "man/man1/csuis-offline.1", "man/cs/man1/csuis-offline-pack.1",
		"completions/csuis-offline.bash", "LICENSES/README.txt",
		"LICENSES/std@" + strings.TrimPrefix(runtime.Version(), "go") + "/LICENSE",
	} {
		if len(files[name+"/"+want]) == 0 {
			t.Errorf("%s is not in the archive", want)
		}
	}
	checkLinks(t, files)
	var b bom
	dec := json.NewDecoder(bytes.NewReader(files[name+"/sbom.cdx.json"]))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&b); err != nil {
		t.Fatal(err)
	}
	checkBOM(t, b)
	checkLicences(t, name, b, files)
	if _, err := os.Stat(filepath.Join(out, name+".cdx.json")); err != nil {
		t.Error(err)
	}
	check := exec.Command("sha256sum", "--strict", "-c", "SHA256SUMS")
	check.Dir = out
	if text, err := check.CombinedOutput(); err != nil || strings.Count(string(text), ": OK") != 2 {
		t.Errorf("%v\n%s", err, text)
	}
	binary := filepath.Join(t.TempDir(), program)
	if err := os.WriteFile(binary, files[name+"/"+program], 0o700); err != nil {
		t.Fatal(err)
	}
	said := string(testtool.Run(t, binary, "--version", "--json"))
	if !strings.Contains(said, `"result":{"version":"9.8.7-test.1","built":"2027-01-15T08:00:00Z",`) {
		t.Errorf("the program says %s", said)
	}
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	for file, data := range files {
		if bytes.Contains(data, []byte(root)) {
			t.Errorf("%s holds the name of the folder that it was built in", file)
		}
	}
}

// checkLinks follows the links of the documents: what they lead to is in the archive too.
func checkLinks(t *testing.T, files map[string][]byte) {
	t.Helper()
	followed := 0
	for name, data := range files {
		if path.Ext(name) != ".md" || strings.Contains(name, "/LICENSES/") {
			continue
		}
		for _, link := range regexp.MustCompile(`\]\(([^)#:]+)[)#]`).FindAllSubmatch(data, -1) {
			followed++
			if files[path.Join(path.Dir(name), string(link[1]))] == nil {
				t.Errorf("%s leads to %s, which is not in the archive", name, link[1])
			}
		}
	}
	if followed < 20 {
		t.Errorf("only %d links", followed)
	}
}

func untar(t *testing.T, path string) map[string][]byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	zr, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if !zr.ModTime.IsZero() || zr.Name != "" {
		t.Errorf("gzip keeps %v %q", zr.ModTime, zr.Name)
	}
	files, last := map[string][]byte{}, ""
	for tr := tar.NewReader(zr); ; {
		h, err := tr.Next()
		if err == io.EOF {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		mode := int64(0o644)
		if filepath.Base(h.Name) == program {
			mode = 0o755
		}
		if h.Uid != 0 || h.Gid != 0 || h.Uname != "" || h.Gname != "" || h.Mode != mode || h.ModTime.Unix() != 1800000000 || h.Name <= last {
			t.Errorf("%+v after %s", h, last)
		}
		if files[h.Name], err = io.ReadAll(tr); err != nil {
			t.Fatal(err)
		}
		last = h.Name
	}
}

// checkBOM holds a bill of materials to what CycloneDX 1.5 demands of the members
// that it has.
func checkBOM(t *testing.T, b bom) {
	t.Helper()
	if b.BOMFormat != "CycloneDX" || b.SpecVersion != "1.5" || b.Version != 1 {
		t.Errorf("%s %s, version %d", b.BOMFormat, b.SpecVersion, b.Version)
	}
	match := func(pattern, value string) {
		if !regexp.MustCompile("^(?:" + pattern + ")$").MatchString(value) {
			t.Errorf("%q does not match %s", value, pattern)
		}
	}
	match("urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", b.SerialNumber)
	match("2027-01-15T08:00:00Z", b.Metadata.Timestamp)
	match("application", b.Metadata.Component.Type)
	if h := b.Metadata.Component.Hashes; len(h) != 1 || h[0].Alg != "SHA-256" {
		t.Errorf("hashes of the program: %v", h)
	} else {
		match("[0-9a-f]{64}", h[0].Content)
	}
	refs := []string{b.Metadata.Component.BOMRef}
	for _, c := range b.Components {
		refs = append(refs, c.BOMRef)
		match("library", c.Type)
		match(`pkg:golang/[a-z0-9./_-]+@[A-Za-z0-9.%-]+`, c.PURL)
		if len(c.Licenses) == 0 {
			t.Errorf("%s has no licence", c.Name)
		}
		for _, l := range c.Licenses {
			if (l.License.ID == "") == (l.License.Name == "") {
				t.Errorf("%s: licence %+v", c.Name, l)
			}
		}
		if c.Name != "std" && (len(c.Properties) != 1 || !strings.HasPrefix(c.Properties[0].Value, "h1:")) {
			t.Errorf("%s: %v", c.Name, c.Properties)
		}
	}
	sorted := slices.Clone(refs)
	slices.Sort(sorted)
	if len(slices.Compact(sorted)) != len(refs) || len(refs) < 15 {
		t.Errorf("references: %v", refs)
	}
	depends := 0
	for _, d := range b.Dependencies {
		depends += len(d.DependsOn)
		for _, ref := range append(d.DependsOn, d.Ref) {
			if !slices.Contains(refs, ref) {
				t.Errorf("%s is no component", ref)
			}
		}
	}
	if depends != len(b.Components) {
		t.Errorf("the program depends on %d of %d", depends, len(b.Components))
	}
}

// checkLicences wants a text in the archive for each component.
func checkLicences(t *testing.T, name string, b bom, files map[string][]byte) {
	t.Helper()
	for _, c := range b.Components {
		prefix, found := name+"/LICENSES/"+c.Name+"@"+c.Version+"/", false
		for file, data := range files {
			found = found || strings.HasPrefix(file, prefix) && len(data) > 0
		}
		if !found {
			t.Errorf("there is no file %s*", prefix)
		}
	}
}

func TestZipIsTheSameTwiceAndSorted(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	files := []file{{name: "b", data: []byte("2")}, {name: "a/č", data: []byte("1")}, {name: "x.exe", data: []byte("3"), executable: true}}
	one, err := zipFile("dir", files, at)
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(files)
	two, err := zipFile("dir", files, at)
	if err != nil || !bytes.Equal(one, two) {
		t.Errorf("the order of the files matters: %v", err)
	}
	zr, err := zip.NewReader(bytes.NewReader(one), int64(len(one)))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range zr.File {
		names = append(names, f.Name)
		if !f.Modified.Equal(at) {
			t.Errorf("%s of %v", f.Name, f.Modified)
		}
	}
	if got := strings.Join(names, " "); got != "dir/a/č dir/b dir/x.exe" {
		t.Error(got)
	}
}

func TestLicenceIDs(t *testing.T) {
	t.Parallel()
	const bsd = "Redistribution and use in source and binary\nforms, with or without modification, are permitted"
	for text, want := range map[string]string{
		"  Apache License\n  Version 2.0, January 2004\n":                        "Apache-2.0",
		"Permission is hereby granted, free of charge,\nto any person obtaining": "MIT",
		bsd + " ... used to\nendorse or promote products":                        "BSD-3-Clause",
		bsd: "BSD-2-Clause",
		"Permission to use, copy, modify, and/or distribute this software for any":      "ISC",
		"Mozilla Public License Version 2.0":                                            "MPL-2.0",
		"All rights reserved. Do not copy.":                                             "",
		bsd + ". Permission is hereby granted, free of charge, to any person obtaining": "",
	} {
		if got := licenceID([]byte(text)); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestNoticesAreTakenFromTheFoldersAndThoseAbove(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for _, name := range []string{"a/b/LICENSE-FONT", "a/COPYING.txt", "NOTICE", "c/LICENSE", "a/licensing.go", "a/b/code.go"} {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(name), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	all, err := notices(root, []string{filepath.Join(root, "a", "b")})
	var names []string
	for _, n := range all {
		names = append(names, n.name)
	}
	if got := strings.Join(names, " "); err != nil || got != "NOTICE a/COPYING.txt a/b/LICENSE-FONT" {
		t.Error(got, err)
	}
	if _, err := notices(filepath.Join(root, "a", "b", "none"), nil); err == nil {
		t.Error("a folder that is not there has notices")
	}
	if err := os.Remove(filepath.Join(root, "c", "LICENSE")); err != nil {
		t.Fatal(err)
	}
	if all, err := notices(filepath.Join(root, "c"), nil); err != errNoLicence {
		t.Error(all, err)
	}
}

func TestPackageURL(t *testing.T) {
	t.Parallel()
	got := purl(part{path: "github.com/BurntSushi/toml", version: "v1.6.0+incompatible"})
	if got != "pkg:golang/github.com/burntsushi/toml@v1.6.0%2Bincompatible" {
		t.Error(got)
	}
}
