package check

import (
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
	compiled map[string]compiled
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

// find returns the schema that declares a record's root element in the package
// that is valid on a day, and the package's name. The schema is nil if there is
// none; the error says that it does not compile.
func (s *Schemas) find(uri, local, day string) (*xsd.Schema, string, error) {
	p := s.valid(day)
	if p == nil {
		return nil, "", nil
	}
	schema, err := p.compile(uri)
	if err != nil || schema == nil || !schema.Has(uri, local) {
		return nil, p.name, err
	}
	return schema, p.name, nil
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

func (p *schemaPackage) compile(ns string) (*xsd.Schema, error) {
	files := p.files[ns]
	if len(files) == 0 {
		return nil, nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	c, ok := p.compiled[ns]
	if !ok {
		c.schema, c.err = xsd.Compile(p.fsys, files...)
		p.compiled[ns] = c
	}
	return c.schema, c.err
}

// envelopeSchema compiles the built-in schema of the envelope, so that header
// and structure are always checked. It does so only once, since a caller that
// judges records one by one needs it for each.
var envelopeSchema = sync.OnceValues(func() (*xsd.Schema, error) {
	return xsd.Compile(envschema.Files(), "messaging.xsd")
})
