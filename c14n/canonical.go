package c14n

import (
	"bytes"
	"io"
	"slices"
)

// Method is a canonicalization method: Canonical XML 1.0, or Exclusive XML
// Canonicalization 1.0, each with or without comments.
type Method struct{ Exclusive, Comments bool }

const (
	inclusiveURI = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
	exclusiveURI = "http://www.w3.org/2001/10/xml-exc-c14n#"
)

// URI returns the method's identifier (XMLDSig 1.1, 6.5).
func (m Method) URI() string {
	switch m {
	case Method{}:
		return inclusiveURI
	case Method{Comments: true}:
		return inclusiveURI + "#WithComments"
	case Method{Exclusive: true}:
		return exclusiveURI
	}
	return exclusiveURI + "WithComments"
}

// MethodByURI returns the method of an identifier.
func MethodByURI(uri string) (Method, bool) {
	for _, m := range []Method{{}, {Comments: true}, {Exclusive: true}, {Exclusive: true, Comments: true}} {
		if m.URI() == uri {
			return m, true
		}
	}
	return Method{}, false
}

// ForWholeDocument returns the method that a Reference with URI="" applies: the
// reference selects the document without its comments, and no method restores
// them (XMLDSig 1.1, 4.4.3.3; doc/facts.md 2).
func (m Method) ForWholeDocument() Method {
	m.Comments = false
	return m
}

// flushSize is the number of buffered bytes at which a Canonicalizer writes.
const flushSize = 12 << 10

// Canonicalizer writes the canonical form of a document that the caller passes
// token by token. The caller may leave out all tokens of an element, as the
// enveloped-signature transform does. A Canonicalizer is not safe for use by
// several goroutines at once.
type Canonicalizer struct {
	w     io.Writer
	m     Method
	out   []byte
	err   error
	marks []int // marks in ns, one for each open element
	ns    bindings
	shown []shown // namespace declarations to write in the current tag
	order []int32
	root  bool // the root has begun
	data  bool // data of the current processing instruction was written
}

type shown struct {
	prefix []byte
	uri    string
}

// NewCanonicalizer returns a Canonicalizer that writes to w. It buffers: call
// Close at the end.
func NewCanonicalizer(w io.Writer, m Method) *Canonicalizer {
	c := &Canonicalizer{w: w, m: m, out: make([]byte, 0, flushSize+flushSize/4)}
	c.ns.init()
	return c
}

// Token writes one token. It returns a *SyntaxError for a document that has no
// canonical form (RelativeNamespace), or the writer's error.
func (c *Canonicalizer) Token(t *Token) error {
	if c.err != nil {
		return c.err
	}
	switch t.Kind {
	case Text:
		switch {
		case t.Depth == 0:
		case t.asIs:
			c.out = append(c.out, t.Text...)
		default:
			c.out = escapeText(c.out, t.Text)
		}
	case Start:
		c.start(t)
	case End:
		c.end(t)
	case Comment:
		if c.m.Comments {
			c.comment(t)
		}
	case PI:
		c.instruction(t)
	}
	c.spill()
	return c.err
}

// Close writes what is still buffered. It does not close the writer.
func (c *Canonicalizer) Close() error {
	c.flush()
	return c.err
}

func (c *Canonicalizer) spill() {
	if len(c.out) >= flushSize {
		c.flush()
	}
}

func (c *Canonicalizer) flush() {
	if c.err == nil && len(c.out) > 0 {
		_, c.err = c.w.Write(c.out)
	}
	c.out = c.out[:0]
}

func (c *Canonicalizer) start(t *Token) {
	c.root = true
	c.marks = append(c.marks, c.ns.mark())
	c.shown = c.shown[:0]
	if c.m.Exclusive {
		c.show(t.Prefix, t.URI)
	}
	plain := 0 // attributes that are no declarations
	for i := range t.Attrs {
		a := &t.Attrs[i]
		switch {
		case !a.NS:
			plain++
			if c.m.Exclusive && len(a.Prefix) > 0 {
				c.show(a.Prefix, a.URI)
			}
		case len(a.Value) > 0 && !absolute(a.Value):
			c.err = &SyntaxError{t.Line, t.Column, RelativeNamespace, "the namespace " + quote(a.Value) + " is not absolute"}
			return
		case !c.m.Exclusive:
			prefix := a.declares()
			if i := c.ns.find(prefix); i < 0 || c.ns.slots[i].uri != string(a.Value) {
				c.show(prefix, c.ns.names.get(a.Value))
			}
		}
	}
	if t.asIs && len(c.shown) == 0 {
		c.out = append(c.out, t.Raw...)
		return
	}
	c.out = append(c.out, '<')
	c.name(t)
	if len(c.shown) > 1 {
		slices.SortFunc(c.shown, func(a, b shown) int { return bytes.Compare(a.prefix, b.prefix) })
	}
	for _, n := range c.shown {
		c.out = append(c.out, " xmlns"...)
		if len(n.prefix) > 0 {
			c.out = append(append(c.out, ':'), n.prefix...)
		}
		c.out = append(c.out, '=', '"')
		c.out = escapeValue(c.out, n.uri)
		c.out = append(c.out, '"')
		c.spill()
	}
	if plain > 0 {
		c.attrs(t.Attrs)
	}
	c.out = append(c.out, '>')
}

// show notes a binding for writing unless an enclosing element has written it. A
// Scanner lets only the default namespace be bound to "".
func (c *Canonicalizer) show(prefix []byte, uri string) {
	i := c.ns.find(prefix)
	if i == 1 || i >= 0 && c.ns.slots[i].uri == uri {
		return
	}
	c.ns.declare(prefix, uri)
	c.shown = append(c.shown, shown{prefix, uri})
}

func (c *Canonicalizer) attrs(attrs []Attr) {
	sorted := true
	for i := 1; i < len(attrs) && sorted; i++ {
		sorted = compareAttrs(&attrs[i-1], &attrs[i]) < 0
	}
	if sorted {
		for i := range attrs {
			c.attr(&attrs[i])
		}
		return
	}
	c.order = sortAttrs(c.order[:0], attrs)
	for _, i := range c.order {
		c.attr(&attrs[i])
	}
}

func (c *Canonicalizer) attr(a *Attr) {
	if a.NS {
		return
	}
	c.out = append(c.out, ' ')
	if len(a.Prefix) > 0 {
		c.out = append(append(c.out, a.Prefix...), ':')
	}
	c.out = append(append(c.out, a.Local...), '=', '"')
	if a.asIs {
		c.out = append(c.out, a.Value...)
	} else {
		c.out = escapeValue(c.out, a.Value)
	}
	c.out = append(c.out, '"')
	c.spill()
}

func (c *Canonicalizer) name(t *Token) {
	if len(t.Prefix) > 0 {
		c.out = append(append(c.out, t.Prefix...), ':')
	}
	c.out = append(c.out, t.Local...)
}

func (c *Canonicalizer) end(t *Token) {
	if n := len(c.marks); n > 0 {
		if c.ns.mark() > c.marks[n-1] {
			c.ns.reset(c.marks[n-1])
		}
		c.marks = c.marks[:n-1]
	}
	if t.asIs {
		c.out = append(c.out, t.Raw...)
		return
	}
	c.out = append(c.out, '<', '/')
	c.name(t)
	c.out = append(c.out, '>')
}

func (c *Canonicalizer) comment(t *Token) {
	if !t.Continued {
		c.before(t)
		c.out = append(c.out, "<!--"...)
	}
	c.out = append(c.out, t.Text...)
	if !t.More {
		c.out = append(c.out, "-->"...)
		c.after(t)
	}
}

func (c *Canonicalizer) instruction(t *Token) {
	if !t.Continued {
		c.before(t)
		c.out = append(append(c.out, "<?"...), t.Local...)
		c.data = false
	}
	if len(t.Text) > 0 {
		if !c.data {
			c.out = append(c.out, ' ')
			c.data = true
		}
		c.out = append(c.out, t.Text...)
	}
	if !t.More {
		c.out = append(c.out, "?>"...)
		c.after(t)
	}
}

// before and after write the line feeds that separate the root from comments and
// processing instructions outside it (C14N 2.3).
func (c *Canonicalizer) before(t *Token) {
	if t.Depth == 0 && c.root {
		c.out = append(c.out, '\n')
	}
}

func (c *Canonicalizer) after(t *Token) {
	if t.Depth == 0 && !c.root {
		c.out = append(c.out, '\n')
	}
}

// Canonicalize writes the canonical form of the document in r. Its errors are
// those of Scanner.Next and Canonicalizer.Token; by then it has written a part.
func Canonicalize(w io.Writer, r io.Reader, m Method) error {
	s := NewScanner(r)
	c := NewCanonicalizer(w, m)
	for {
		t, err := s.Next()
		if err == io.EOF {
			return c.Close()
		}
		if err != nil {
			return err
		}
		if err := c.Token(t); err != nil {
			return err
		}
	}
}
