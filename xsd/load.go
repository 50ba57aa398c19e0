package xsd

import (
	"errors"
	"io/fs"
	"net/url"
	"path"
	"sort"
	"strings"
)

type docKey struct{ file, target string }

// loader reads schema documents and turns them into components.
type loader struct {
	fsys  fs.FS
	bytes int64 // still to be read
	nodes int   // elements read
	owned int   // elements of all documents, of which several may share what was read
	docs  map[docKey]*document
	order []*document
	files map[string][]*node // schemas read; a chameleon is read once for all its namespaces

	redefinitions []*node // the elements <redefine>, inner ones first

	build builder
}

func newLoader(fsys fs.FS) *loader {
	return &loader{fsys: fsys, bytes: maxSchemaBytes, docs: map[docKey]*document{}, files: map[string][]*node{}}
}

// guard turns a bail into the error it carries.
func guard(f func()) (err error) {
	defer func() {
		if r := recover(); r != nil {
			b, ok := r.(bail)
			if !ok {
				panic(r)
			}
			err = b.err
		}
	}()
	f()
	return nil
}

func (l *loader) root(name string) error {
	if !fs.ValidPath(name) {
		return &SchemaError{File: name, Rule: "file", Detail: "is no path inside the schema folder", Err: fs.ErrInvalid}
	}
	roots, err := l.file(name)
	if err != nil {
		return err
	}
	if len(roots) == 0 {
		return &SchemaError{File: name, Rule: "s4s-elt-schema-ns", Detail: "holds no schema"}
	}
	return guard(func() {
		for i, r := range roots {
			l.document(name, r, i, "")
		}
	})
}

func (l *loader) file(name string) ([]*node, error) {
	if roots, ok := l.files[name]; ok {
		return roots, nil
	}
	if len(l.files) >= maxDocuments {
		return nil, &SchemaError{File: name, Rule: "limit", Detail: "too many schema documents"}
	}
	roots, err := l.read(name)
	if err != nil {
		return nil, err
	}
	l.files[name] = roots
	return roots, nil
}

// document loads a schema and everything that it includes and imports. An
// including schema passes on its target namespace.
func (l *loader) document(file string, root *node, index int, including string) *document {
	target, has := root.attr("targetNamespace")
	target = collapse(target)
	chameleon := false
	if !has && including != "" {
		target, chameleon = including, true
	}
	key := docKey{file, target}
	if index > 0 {
		key.file += "#" + itoa(int64(index))
	}
	if d := l.docs[key]; d != nil {
		return d
	}
	if len(l.docs) >= maxDocuments {
		fail(nil, "limit", "too many schema documents")
	}
	d := &document{file: file, target: target, chameleon: chameleon, imports: map[string]bool{}, missing: map[string]string{}}
	d.root = l.copyFor(root, d)
	l.docs[key] = d
	l.order = append(l.order, d)
	if has && target == "" {
		fail(d.root, "s4s-att-invalid-value", "targetNamespace is empty")
	}
	checkGrammar(d.root)
	d.qualifiedElements = d.root.oneOf("elementFormDefault", "unqualified", "qualified") == "qualified"
	d.qualifiedAttributes = d.root.oneOf("attributeFormDefault", "unqualified", "qualified") == "qualified"
	d.blockDefault = d.root.derivations("blockDefault", 0, dExtension|dRestriction|dSubstitution)
	d.finalDefault = d.root.derivations("finalDefault", 0, dExtension|dRestriction|dList|dUnion)
	for _, k := range d.root.children {
		switch k.name {
		case "include":
			l.include(d, k)
		case "import":
			l.importSchema(d, k)
		case "redefine":
			l.include(d, k)
			// What an inner redefinition made is what an outer one begins with.
			l.redefinitions = append(l.redefinitions, k)
		}
	}
	return d
}

// copyFor copies a tree for a document, since a chameleon belongs to several
// documents.
func (l *loader) copyFor(n *node, d *document) *node {
	if l.owned++; l.owned > maxNodes {
		fail(&node{doc: d}, "limit", "the schema documents hold too many elements")
	}
	c := *n
	c.doc = d
	c.children = make([]*node, len(n.children))
	for i, k := range n.children {
		c.children[i] = l.copyFor(k, d)
	}
	return &c
}

// include loads the schema that an include or a redefine names. A missing one is
// no error by itself (XSD1 4.2.1), but what is then not there is; a redefine must
// find what it redefines.
func (l *loader) include(d *document, n *node) {
	loc, ok := n.attr("schemaLocation")
	if !ok {
		fail(n, "s4s-att-must-appear", "the attribute schemaLocation is missing on <%s>", n.name)
	}
	if collapse(loc) == "" {
		// An empty reference is this document.
		return
	}
	name, ok := resolve(d.file, loc)
	if !ok {
		d.missing[d.target] = loc
		return
	}
	roots, err := l.file(name)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) {
		d.missing[d.target] = loc
		return
	}
	if err != nil {
		rethrow(n, err)
	}
	clause := "src-" + n.name
	if len(roots) != 1 {
		fail(n, clause, "%q is no schema document", loc)
	}
	if t, has := roots[0].attr("targetNamespace"); has && collapse(t) != d.target {
		fail(n, clause, "%q has the target namespace %q instead of %q", loc, t, d.target)
	}
	l.document(name, roots[0], 0, d.target)
}

func (l *loader) importSchema(d *document, n *node) {
	uri, has := n.attr("namespace")
	uri = strings.TrimSpace(uri)
	switch {
	case has && uri == d.target:
		fail(n, "src-import", "a schema cannot import its own target namespace %q", uri)
	case !has && d.target == "":
		fail(n, "src-import", "an import without namespace in a schema without target namespace")
	}
	d.imports[uri] = true
	loc, ok := n.attr("schemaLocation")
	if !ok {
		if _, already := d.missing[uri]; !already {
			d.missing[uri] = ""
		}
		return
	}
	name, ok := resolve(d.file, loc)
	if !ok {
		d.missing[uri] = loc
		return
	}
	roots, err := l.file(name)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) {
		d.missing[uri] = loc
		return
	}
	if err != nil {
		rethrow(n, err)
	}
	if len(roots) != 1 {
		fail(n, "src-import", "%q is no schema document", loc)
	}
	t, _ := roots[0].attr("targetNamespace")
	if collapse(t) != uri {
		fail(n, "src-import", "%q has the target namespace %q instead of %q", loc, t, uri)
	}
	l.document(name, roots[0], 0, "")
}

// rethrow leaves the recursion with the error of another file. If that error has
// no place in the other file, it gets the place that referred to the file.
func rethrow(n *node, err error) {
	var se *SchemaError
	if !errors.As(err, &se) {
		se = &SchemaError{File: n.doc.file, Rule: "file", Detail: err.Error(), Err: err}
	}
	if se.Line == 0 {
		e := *se
		e.Detail = e.File + " " + e.Detail
		e.File, e.Line, e.Column = n.doc.file, n.line, n.col
		se = &e
	}
	panic(bail{se})
}

// resolve returns the path of a location inside the folder.
func resolve(from, loc string) (string, bool) {
	loc = strings.TrimSpace(loc)
	if u, err := url.Parse(loc); err != nil || u.Scheme != "" || u.Host != "" || strings.HasPrefix(loc, "/") {
		return "", false
	} else if u.Path != "" {
		loc = u.Path
	}
	p := path.Join(path.Dir(from), loc)
	return p, fs.ValidPath(p) && p != "."
}

func (l *loader) compile() (s *Schema, err error) {
	err = guard(func() {
		b := &l.build
		b.init(l.order)
		b.redefinitions = l.redefinitions
		s = b.run()
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}

func sortedKeys[V any](m map[qname]V) []qname {
	keys := make([]qname, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(i, j int) bool {
		if keys[i].uri != keys[j].uri {
			return keys[i].uri < keys[j].uri
		}
		return keys[i].local < keys[j].local
	})
	return keys
}
