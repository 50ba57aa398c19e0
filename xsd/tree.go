package xsd

import (
	"errors"
	"io"
	"io/fs"
	"strings"

	"csuis-offline/c14n"
)

// node is an element of a schema document in the namespace of XML Schema.
// Annotations are removed once their place is checked.
type node struct {
	name      string
	attrs     []nodeAttr
	children  []*node
	ns        *binding
	line, col int
	doc       *document
}

type nodeAttr struct{ uri, local, value string }

// binding is a namespace declaration, linked to the enclosing ones.
type binding struct {
	prefix, uri string
	up          *binding
}

func (b *binding) lookup(prefix string) (string, bool) {
	for ; b != nil; b = b.up {
		if b.prefix == prefix {
			return b.uri, true
		}
	}
	if prefix == "xml" {
		return xmlURI, true
	}
	return "", prefix == ""
}

// attr returns the value of an attribute without a namespace.
func (n *node) attr(local string) (string, bool) {
	for _, a := range n.attrs {
		if a.uri == "" && a.local == local {
			return a.value, true
		}
	}
	return "", false
}

func (n *node) child(names ...string) *node {
	for _, k := range n.children {
		for _, w := range names {
			if k.name == w {
				return k
			}
		}
	}
	return nil
}

// document is a schema document. A chameleon include yields one document for
// each target namespace (XSD1 4.2.1).
type document struct {
	file      string
	target    string
	chameleon bool
	root      *node
	imports   map[string]bool
	missing   map[string]string // namespace → location of a missing file

	qualifiedElements, qualifiedAttributes bool
	blockDefault, finalDefault             derivations
}

// read returns the schemas of a file: its root, or those in the types of a WSDL
// document.
func (l *loader) read(file string) ([]*node, error) {
	f, err := l.fsys.Open(file)
	if err != nil {
		return nil, &SchemaError{File: file, Rule: "file", Detail: "cannot be opened", Err: err}
	}
	defer f.Close()
	if st, err := f.Stat(); err == nil && st.IsDir() {
		return nil, &SchemaError{File: file, Rule: "file", Detail: "is a folder", Err: fs.ErrInvalid}
	}
	src := &io.LimitedReader{R: f, N: l.bytes + 1}
	before := src.N
	defer func() { l.bytes -= before - src.N }()
	sc := c14n.NewScanner(src)
	sc.AcceptLaterVersions()
	roots, err := l.parse(sc, file)
	if src.N <= 0 {
		return nil, &SchemaError{File: file, Rule: "limit", Detail: "the schema documents are too large"}
	}
	return roots, err
}

func (l *loader) parse(sc *c14n.Scanner, file string) ([]*node, error) {
	var roots []*node
	var open []*node // nil for an element that is not kept
	var ns []*binding
	var cur *binding
	skip := 0 // depth inside what an annotation documents
	at := func(t *c14n.Token, rule, detail string) error {
		return &SchemaError{File: file, Line: t.Line, Column: t.Column, Rule: rule, Detail: detail}
	}
	for {
		t, err := sc.Next()
		if err == io.EOF {
			return roots, nil
		}
		if err != nil {
			e := &SchemaError{File: file, Rule: "xml", Detail: err.Error(), Err: err}
			var se *c14n.SyntaxError
			if errors.As(err, &se) {
				e.Line, e.Column, e.Detail = se.Line, se.Column, string(se.Rule)+": "+se.Detail
			}
			return nil, e
		}
		switch t.Kind {
		case c14n.Start:
			ns = append(ns, cur)
			for i := range t.Attrs {
				a := &t.Attrs[i]
				if a.NS && skip == 0 {
					b := &binding{uri: string(a.Value), up: cur}
					if len(a.Prefix) > 0 {
						b.prefix = string(a.Local)
					}
					cur = b
				}
			}
			if skip > 0 {
				skip++
				continue
			}
			if len(open) == 0 || open[len(open)-1] == nil {
				// Outside any schema this is the root, or the WSDL document around it.
				if t.URI != xsdURI {
					if t.Depth == 1 && t.URI != wsdlURI {
						return nil, at(t, "s4s-elt-schema-ns", "the root element is no xs:schema")
					}
					open = append(open, nil)
					continue
				}
				if string(t.Local) != "schema" {
					return nil, at(t, "s4s-elt-schema-ns", "the root element is no xs:schema")
				}
			} else if t.URI != xsdURI {
				return nil, at(t, "s4s-elt-invalid", "an element of another namespace outside of documentation")
			}
			if len(open) > 0 && open[len(open)-1] != nil && excluded(t, cur) {
				skip = 1
				continue
			}
			if l.nodes++; l.nodes > maxNodes {
				return nil, at(t, "limit", "the schema documents hold too many elements")
			}
			n := &node{name: string(t.Local), ns: cur, line: t.Line, col: t.Column}
			for i := range t.Attrs {
				a := &t.Attrs[i]
				if !a.NS {
					n.attrs = append(n.attrs, nodeAttr{a.URI, string(a.Local), string(a.Value)})
				}
			}
			if len(open) == 0 || open[len(open)-1] == nil {
				roots = append(roots, n)
			} else {
				up := open[len(open)-1]
				up.children = append(up.children, n)
			}
			if (n.name == "documentation" || n.name == "appinfo") && len(open) > 0 {
				// Their content is not for validators.
				skip = 1
				continue
			}
			open = append(open, n)
		case c14n.End:
			cur, ns = ns[len(ns)-1], ns[:len(ns)-1]
			if skip > 0 {
				skip--
				continue
			}
			open = open[:len(open)-1]
		case c14n.Text:
			if skip == 0 && len(open) > 0 && open[len(open)-1] != nil && strings.TrimLeft(string(t.Text), " \t\r\n") != "" {
				return nil, at(t, "s4s-elt-character", "text outside of documentation")
			}
		}
	}
}

const wsdlURI = "http://schemas.xmlsoap.org/wsdl/"
