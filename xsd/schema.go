// Package xsd validates documents against XML Schema 1.0 (Second Edition) as a
// stream of tokens: one reading of a record serves its canonical form, its
// validation and the rules at once, and memory does not grow with the record.
//
// Schemas are compiled from the files of one folder. The package never fetches
// anything, neither over the network nor from outside that folder, and ignores
// xsi:schemaLocation.
//
// In the comments, "XSD1" and "XSD2" are XML Schema Part 1: Structures and
// Part 2: Datatypes, both Second Edition; names such as cvc-elt.3 come from them.
package xsd

import (
	"context"
	"io"
	"io/fs"
	"sync"

	"csuis-offline/c14n"
)

const (
	xsdURI = "http://www.w3.org/2001/XMLSchema"
	xsiURI = "http://www.w3.org/2001/XMLSchema-instance"
	xmlURI = "http://www.w3.org/XML/1998/namespace"

	xlinkURI = "http://www.w3.org/1999/xlink"
)

// Schema is a compiled set of schema documents. It does not change and may be
// used by several goroutines at once.
type Schema struct {
	symbols    *symbols
	elements   map[qname]*elementDecl
	types      map[qname]*typeDef
	attributes map[qname]*attributeDecl
	notations  map[qname]bool
	elemBySym  []*elementDecl // by symbol
	attrBySym  []*attributeDecl
	patterns   int // the number of patterns with a lazy table
	anyType    *typeDef

	pool sync.Pool // of *Validator
}

// Compile reads the schema documents named by roots, and all that they include
// and import, from fsys. A location resolves only inside fsys. An include or import
// whose file is missing is not an error as long as nothing refers to what it should
// hold. A
// root may be a WSDL 1.1 document, whose embedded schemas are compiled together.
// The error is a *SchemaError, or wraps what reading a file returned.
func Compile(fsys fs.FS, roots ...string) (*Schema, error) {
	l := newLoader(fsys)
	for _, r := range roots {
		if err := l.root(r); err != nil {
			return nil, err
		}
	}
	return l.compile()
}

// Has reports whether the schema declares a global element of that name, with
// which the validation of a document or of a part of one can begin.
func (s *Schema) Has(uri, local string) bool { return s.elements[qname{uri, local}] != nil }

// DeclaresIn reports whether the schema declares global elements of a namespace.
func (s *Schema) DeclaresIn(uri string) bool {
	for q := range s.elements {
		if q.uri == uri {
			return true
		}
	}
	return false
}

// Admits reports whether elements may stand inside one another: path begins with
// the namespace and local name of a global element, and each further pair is a
// child of the one before, which a declaration or a wildcard allows somewhere in
// its content. A wildcard ends the path.
func (s *Schema) Admits(path ...[2]string) bool {
	if len(path) == 0 {
		return false
	}
	e := s.elements[qname{path[0][0], path[0][1]}]
	for i := 1; e != nil && i < len(path); i++ {
		if e.typ.model == nil {
			return false
		}
		sym := s.symbols.find(path[i][0], []byte(path[i][1]))
		var inside *elementDecl
		for _, leaf := range e.typ.model.leaves {
			switch {
			case !leaf.matches(sym, path[i][0]):
			case leaf.op == opAny:
				return true
			default:
				inside = leaf.elem
				for _, m := range leaf.elem.members {
					if m.sym == sym {
						inside = m
					}
				}
			}
		}
		e = inside
	}
	return e != nil
}

// Validate reads a document to its end and calls report for every violation. The
// error is the reader's, the context's, a *c14n.SyntaxError for a document that
// is not XML, or a *LimitError. For a document that is merely invalid it is nil.
func Validate(ctx context.Context, s *Schema, r io.Reader, report func(Violation)) error {
	v, _ := s.pool.Get().(*Validator)
	if v == nil {
		v = s.Validator(report)
	} else {
		v.Reset(report)
	}
	sc := c14n.NewScanner(r)
	sc.AcceptLaterVersions()
	for n := 0; ; n++ {
		if n&1023 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		t, err := sc.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if err := v.Token(t); err != nil {
			return err
		}
	}
	err := v.Close()
	v.Reset(nil)
	s.pool.Put(v)
	return err
}
