package batch

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"csuis-offline/finding"
	"csuis-offline/internal/iox"
	"csuis-offline/stage"
)

// Input is one file that is to become a sealed record.
type Input struct {
	Path   string
	Size   int64  // in bytes
	Sealed bool   // it is a finished .XM6, which is taken over as it is
	SHA    string // path of the checksum file of a finished .XM6; "" without one
	// Original is the name of the file that Path is a copy of; "" where Path is
	// no copy. Findings, manifest and form name the original.
	Original string

	name string // its NAME, once planned
}

// shown is what findings call the input.
func (in *Input) Shown() string {
	if in.Original != "" {
		return in.Original
	}
	return in.Path
}

// FileName is the input's own name without folders. The manifest and the form
// are UTF-8, which the name of a file need not be: other bytes are replaced.
func (in *Input) FileName() string {
	return strings.ToValidUTF8(in.RawName(), "\uFFFD")
}

// RawName is the name of the input's file with the bytes that it has.
func (in *Input) RawName() string {
	if in.Original != "" {
		return in.Original
	}
	return filepath.Base(in.Path)
}

// Inputs are the files that are to become sealed records, with the findings
// about what was passed over or cannot be read.
type Inputs struct {
	Files    []Input
	Findings []finding.Finding
}

// Size is the size of all files, in bytes.
func (in *Inputs) Size() int64 { return size(in.Files) }

func size(inputs []Input) (n int64) {
	for i := range inputs {
		n += inputs[i].Size
	}
	return n
}

// Collect lists the files to seal: those named in paths, and from folders those
// whose name ends in .xml or .xm6. It passes over other files in
// folders, each with a finding.
func Collect(paths []string) Inputs {
	c := collector{seen: map[string]bool{}, sums: map[string]map[string]string{}}
	for _, p := range paths {
		c.add(p)
	}
	c.orphans()
	c.leftovers()
	if len(c.inputs) == 0 && !finding.Failed(c.findings) {
		c.findings = append(c.findings, noInput(strings.Join(paths, ", ")))
	}
	return Inputs{c.inputs, c.findings}
}

func noInput(file string) finding.Finding {
	return finding.Finding{Code: finding.PackNoInput, Severity: finding.Error, File: file}
}

type collector struct {
	inputs   []Input
	findings []finding.Finding
	seen     map[string]bool
	litter   []string                     // what systems left, passed over
	walked   []string                     // folders walked
	sums     map[string]map[string]string // folder to the lower-case stems of its .SHA files to their names
}

func (c *collector) note(code finding.Code, s finding.Severity, file, detail string) {
	c.findings = append(c.findings, finding.Finding{Code: code, Severity: s, File: file, Detail: detail})
}

func (c *collector) add(path string) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		c.note(finding.PackUnreadable, finding.Error, path, cause(err))
	case !info.IsDir() && isLitter(path):
		c.litter = append(c.litter, path)
	case info.IsDir():
		// With the separator a link to a folder is the folder.
		c.folder(filepath.Clean(path) + string(filepath.Separator))
	default:
		c.file(path, info)
	}
}

func (c *collector) folder(root string) {
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if path != root {
			path = filepath.Join(filepath.Clean(root), strings.TrimPrefix(path, root))
		}
		if err != nil {
			c.note(finding.PackUnreadable, finding.Error, path, cause(err))
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if path == root {
			path = filepath.Clean(root)
		} else if stage.IsStaging(d.Name()) {
			return skip(d)
		} else if isLitter(path) {
			c.litter = append(c.litter, path)
			return skip(d)
		} else if strings.HasPrefix(d.Name(), ".") {
			// Systems hide these names, so the user may not know of them.
			c.note(finding.PackSkipped, finding.Info, path, "")
			return skip(d)
		}
		if d.IsDir() {
			return c.enter(path)
		}
		return c.entry(path)
	})
	if err != nil {
		c.note(finding.PackUnreadable, finding.Error, root, cause(err))
	}
}

func skip(d fs.DirEntry) error {
	if d.IsDir() {
		return fs.SkipDir
	}
	return nil
}

// enter passes over folders that are packages: their sealed records were
// handed over already.
func (c *collector) enter(dir string) error {
	if IsPackage(dir) {
		c.note(finding.PackSkippedPackage, finding.Info, dir, "")
		return fs.SkipDir
	}
	c.walked = append(c.walked, dir)
	return nil
}

// PackageManifest is the name of the file that makes a folder a package
// (doc/package.md).
const PackageManifest = "package.json"

// IsPackage reports whether a folder holds the manifest of a package. A
// package.json of another program does not count.
func IsPackage(dir string) bool {
	f, err := iox.Open(filepath.Join(dir, PackageManifest))
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, 256)
	n, _ := io.ReadFull(f, head)
	return strings.Contains(string(head[:n]), `"csuis-package/`)
}

func (c *collector) entry(path string) error {
	info, err := os.Stat(path)
	ext := strings.ToLower(filepath.Ext(path))
	switch {
	case err == nil && info.IsDir():
		c.note(finding.PackSkippedLink, finding.Warning, path, "")
	case ext == ".xml" || ext == ".xm6":
		if err != nil {
			c.note(finding.PackUnreadable, finding.Error, path, cause(err))
			return nil
		}
		c.file(path, info)
	case ext != ".sha": // which is read together with its .XM6
		c.note(finding.PackSkipped, finding.Info, path, "")
	}
	return nil
}

func (c *collector) file(path string, info fs.FileInfo) {
	clean := filepath.Clean(path)
	if abs, err := filepath.Abs(path); err == nil {
		clean = abs
	}
	switch {
	case c.seen[clean]:
		// A file named twice, or named and in a named folder, is one record.
		return
	case !info.Mode().IsRegular():
		c.note(finding.PackUnreadable, finding.Error, path, "not a regular file")
	case info.Size() == 0:
		c.note(finding.PackEmpty, finding.Error, path, "")
	default:
		in := Input{Path: path, Size: info.Size(), Sealed: strings.EqualFold(filepath.Ext(path), ".xm6")}
		if in.Sealed {
			in.SHA = c.shaOf(path)
		}
		c.inputs = append(c.inputs, in)
	}
	c.seen[clean] = true
}

// shaOf finds the checksum file of a finished .XM6, in upper or lower case.
func (c *collector) shaOf(path string) string {
	if name, ok := c.checksums(filepath.Dir(path))[stem(path)]; ok {
		return filepath.Join(filepath.Dir(path), name)
	}
	return ""
}

// checksums lists the .SHA files of a folder.
func (c *collector) checksums(dir string) map[string]string {
	if m, ok := c.sums[dir]; ok {
		return m
	}
	m := map[string]string{}
	c.sums[dir] = m
	f, err := iox.OpenFolder(dir)
	if err != nil {
		return m
	}
	defer f.Close()
	for {
		names, err := f.Readdirnames(1024)
		for _, n := range names {
			if strings.EqualFold(filepath.Ext(n), ".sha") && !strings.HasPrefix(n, ".") && !isLitter(filepath.Join(dir, n)) {
				m[stem(n)] = n
			}
		}
		if err != nil || len(names) == 0 {
			return m
		}
	}
}

// orphans reports checksum files in the folders that have no sealed record: the
// user may think that the record is handed over.
func (c *collector) orphans() {
	used := map[string]bool{}
	for i := range c.inputs {
		used[c.inputs[i].SHA] = true
	}
	for _, dir := range c.walked {
		for _, name := range c.checksums(dir) {
			if path := filepath.Join(dir, name); !used[path] {
				c.note(finding.ShaOrphan, finding.Warning, path, "")
			}
		}
	}
}

// leftovers tells once what systems left in the folders and what was therefore
// passed over.
func (c *collector) leftovers() {
	if len(c.litter) > 0 {
		f := finding.Finding{Code: finding.FileLitter, Severity: finding.Info, File: c.litter[0]}
		if len(c.litter) > 1 {
			f.Detail = few(c.litter)
		}
		c.findings = append(c.findings, f.WithCount(len(c.litter)))
	}
}

// few are the names of the first of many paths.
func few(paths []string) string {
	const most = 5
	var names []string
	for _, p := range paths[:min(most, len(paths))] {
		names = append(names, filepath.Base(p))
	}
	if len(paths) > most {
		names = append(names, "...")
	}
	return strings.Join(names, ", ")
}

// stem is a file's name without extension, in lower case.
func stem(path string) string {
	base := filepath.Base(path)
	return strings.ToLower(strings.TrimSuffix(base, filepath.Ext(base)))
}

// cause is what the system said, without the path that the finding names.
func cause(err error) string {
	var e *fs.PathError
	switch {
	case errors.Is(err, iox.ErrNotRegular):
		return "not a regular file"
	case errors.As(err, &e):
		return e.Err.Error()
	}
	return err.Error()
}
