// Command release packs a built csuis-offline into the archive that users
// download: the program, its documents, the licences of everything that is
// linked into it, and a bill of materials. release.sh calls it for each system;
// it is no part of the product.
package main

import (
	"bytes"
	"debug/buildinfo"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// program is the name of the product and of its executable.
const program = "csuis-offline"

type options struct {
	binary  string // the executable
	source  string // the root of the project
	extra   string // a folder of further files: man pages, completions
	version string
	out     string // the folder for the archive and the bill of materials
	time    time.Time
}

func main() {
	var o options
	var seconds int64
	flag.StringVar(&o.binary, "binary", "", "the built `FILE`")
	flag.StringVar(&o.source, "source", ".", "the project's `FOLDER`")
	flag.StringVar(&o.extra, "extra", "", "a `FOLDER` of generated files")
	flag.StringVar(&o.version, "version", "", "the released `VERSION`")
	flag.StringVar(&o.out, "out", "dist", "the `FOLDER` for what is made")
	flag.Int64Var(&seconds, "time", 0, "the time of the release, in `SECONDS` since 1970")
	flag.Parse()
	o.time = time.Unix(seconds, 0).UTC()
	if err := run(o); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

// run makes the archive and the bill of materials of one binary.
func run(o options) error {
	data, err := os.ReadFile(o.binary)
	if err != nil {
		return err
	}
	info, err := buildinfo.Read(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("%s: %w", o.binary, err)
	}
	system, arch := setting(info, "GOOS"), setting(info, "GOARCH")
	if system == "" || arch == "" {
		return fmt.Errorf("%s: the build recorded no system", o.binary)
	}
	parts, err := linked(o.source, info)
	if err != nil {
		return err
	}
	bom, err := billOfMaterials(o, info, data, parts)
	if err != nil {
		return err
	}
	name := strings.Join([]string{program, o.version, system, arch}, "-")
	files, err := documents(o)
	if err != nil {
		return err
	}
	files = append(files, licenceFiles(parts)...)
	files = append(files, file{name: "sbom.cdx.json", data: bom})
	executable := file{name: program, data: data, executable: true}
	pack, suffix := tarball, ".tar.gz"
	if system == "windows" {
		executable.name += ".exe"
		pack, suffix = zipFile, ".zip"
	}
	archive, err := pack(name, append(files, executable), o.time)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(o.out, 0o777); err != nil {
		return err
	}
	return errors.Join(
		os.WriteFile(filepath.Join(o.out, name+suffix), archive, 0o666),
		os.WriteFile(filepath.Join(o.out, name+".cdx.json"), bom, 0o666),
	)
}

func setting(info *buildinfo.BuildInfo, key string) string {
	for _, s := range info.Settings {
		if s.Key == key {
			return s.Value
		}
	}
	return ""
}

// documents are what users read, and what was generated for them.
func documents(o options) ([]file, error) {
	var files []file
	add := func(root, under string) error {
		return fs.WalkDir(os.DirFS(root), under, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
			files = append(files, file{name: path.Clean(name), data: data})
			return err
		})
	}
	// Links of the first two lead to the others.
	for _, name := range []string{"README.md", "doc", "HACKING.md", "cmd/csuis-sim/README.md", "testdata/README.md"} {
		if err := add(o.source, name); err != nil {
			return nil, err
		}
	}
	for _, name := range []string{"CHANGELOG.md", "SECURITY.md", "LICENSE"} {
		if err := add(o.source, name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	if o.extra == "" {
		return files, nil
	}
	return files, add(o.extra, ".")
}
