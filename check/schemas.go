package check

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"csuis-offline/c14n"
	envschema "csuis-offline/envelope/schema"
	"csuis-offline/internal/litter"
	"csuis-offline/xsd"
)

// Schemas are the schemas in a folder: one package of them, or several side by
// side in folders whose names begin with the day from which they hold, as
// 2026-01-01 or 20260101. Of those, the one valid on the record's day is used. A
// schema is compiled when a record first needs it. Schemas are safe for use by
// several goroutines at once.
type Schemas struct {
	packages []*schemaPackage // by day
}

type schemaPackage struct {
	name  string
	from  string // YYYY-MM-DD; "" for the only one
	fsys  fs.FS
	files map[string][]string // target namespace to the files that define it

	mu       sync.Mutex
	compiled map[string]compiled // by the files, joined
}

type compiled struct {
	schema *xsd.Schema
	err    error
}

// ErrNoSchemas says that the folder holds no schema.
var ErrNoSchemas = errors.New("check: no XML Schema files found")

// OpenSchemas lists the packages in a folder. It never reads anything outside it.
func OpenSchemas(fsys fs.FS) (*Schemas, error) {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, err
	}
	s := &Schemas{}
	for _, e := range entries {
		from, ok := packageDay(e.Name())
		if !e.IsDir() || !ok {
			continue
		}
		sub, err := fs.Sub(fsys, e.Name())
		if err != nil {
			return nil, err
		}
		if err := s.add(e.Name(), from, sub); err != nil {
			return nil, err
		}
	}
	if len(s.packages) == 0 {
		if err := s.add(".", "", fsys); err != nil {
			return nil, err
		}
	}
	if len(s.packages) == 0 {
		return nil, ErrNoSchemas
	}
	slices.SortFunc(s.packages, func(a, b *schemaPackage) int { return strings.Compare(a.from, b.from) })
	return s, nil
}

// packageDay reads the day at the beginning of a folder's name.
func packageDay(name string) (string, bool) {
	for _, layout := range []string{time.DateOnly, "20060102"} {
		if len(name) >= len(layout) {
			if t, err := time.Parse(layout, name[:len(layout)]); err == nil {
				return t.Format(time.DateOnly), true
			}
		}
	}
	return "", false
}

func (s *Schemas) add(name, from string, fsys fs.FS) error {
	p := &schemaPackage{name: name, from: from, fsys: fsys, files: map[string][]string{}, compiled: map[string]compiled{}}
	err := fs.WalkDir(fsys, ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || litter.Is(d.Name()) || !strings.EqualFold(path.Ext(file), ".xsd") {
			return err
		}
		ns, err := targetNamespace(fsys, file)
		if err != nil {
			return fmt.Errorf("%s: %w", path.Join(name, file), inPackage(name, err))
		}
		for i, other := range p.files[ns] {
			if sameBytes(fsys, other, file) {
				// A copy of a file has the longer name; schemas refer to the shorter.
				if len(file) < len(other) {
					p.files[ns][i] = file
				}
				return nil
			}
		}
		p.files[ns] = append(p.files[ns], file)
		return nil
	})
	if err != nil {
		return inPackage(name, err)
	}
	if len(p.files) > 0 {
		s.packages = append(s.packages, p)
	}
	return nil
}

// sameBytes reports whether two schemas are copies of each other, which makes no two
// editions. Files that are too large for a schema, or that cannot be read, are not.
func sameBytes(fsys fs.FS, a, b string) bool {
	const most = 16 << 20
	infoA, errA := fs.Stat(fsys, a)
	infoB, errB := fs.Stat(fsys, b)
	if errA != nil || errB != nil || infoA.Size() != infoB.Size() || infoA.Size() > most {
		return false
	}
	dataA, errA := fs.ReadFile(fsys, a)
	dataB, errB := fs.ReadFile(fsys, b)
	return errA == nil && errB == nil && bytes.Equal(dataA, dataB)
}

// inPackage completes the path of an error, which begins inside of the package.
func inPackage(name string, err error) error {
	if p, ok := err.(*fs.PathError); ok {
		return &fs.PathError{Op: p.Op, Path: path.Join(name, p.Path), Err: p.Err}
	}
	return err
}

// targetNamespace reads no more of a schema than its first tag.
func targetNamespace(fsys fs.FS, file string) (string, error) {
	f, err := fsys.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	sc := c14n.NewScanner(f)
	for {
		t, err := sc.Next()
		if err == io.EOF {
			return "", io.ErrUnexpectedEOF
		}
		if err != nil {
			return "", err
		}
		if t.Kind != c14n.Start {
			continue
		}
		for i := range t.Attrs {
			if a := &t.Attrs[i]; !a.NS && a.URI == "" && string(a.Local) == "targetNamespace" {
				return string(a.Value), nil
			}
		}
		return "", nil
	}
}

// declares reports whether some package has files for a namespace.
func (s *Schemas) declares(uri string) bool {
	return slices.ContainsFunc(s.packages, func(p *schemaPackage) bool { return len(p.files[uri]) > 0 })
}

// valid is the package that began last before the end of the day.
func (s *Schemas) valid(day string) *schemaPackage {
	var last *schemaPackage
	for _, p := range s.packages {
		if p.from <= day {
			last = p
		}
	}
	return last
}

// compile returns the schema of one or more namespaces, nil if the package has no
// file for the first. The error says that it does not compile.
func (p *schemaPackage) compile(namespaces ...string) (*xsd.Schema, error) {
	if p == nil || len(p.files[namespaces[0]]) == 0 {
		return nil, nil
	}
	var files []string
	for i, ns := range namespaces {
		if !slices.Contains(namespaces[:i], ns) {
			files = append(files, p.files[ns]...)
		}
	}
	key := strings.Join(files, "\n")
	p.mu.Lock()
	defer p.mu.Unlock()
	c, ok := p.compiled[key]
	if !ok {
		c.schema, c.err = xsd.Compile(p.fsys, files...)
		p.compiled[key] = c
	}
	return c.schema, c.err
}

// twoVersions returns the two files that define the same component, "" if that is
// not why a schema does not compile.
func twoVersions(err error) (first, second string) {
	var e *xsd.SchemaError
	if errors.As(err, &e) && e.Other != "" {
		return e.Other, e.File
	}
	return "", ""
}

// envelopeSchema compiles the built-in schema of the envelope, so that header
// and structure are always checked. It does so only once, since a caller that
// judges records one by one needs it for each.
var envelopeSchema = sync.OnceValues(func() (*xsd.Schema, error) {
	return xsd.Compile(envschema.Files(), "messaging.xsd")
})

// frameSchema compiles the schema of the envelope without its header and footer.
var frameSchema = sync.OnceValues(func() (*xsd.Schema, error) {
	return xsd.Compile(envschema.Files(), "frame.xsd")
})
