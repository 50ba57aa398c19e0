package c14n

import "io"

// Subtree writes the canonical form of the first element whose Start makes pick
// true, with everything in it, as a document subset: in inclusive mode the
// element carries the namespaces in scope and the xml: attributes of the
// elements around it (C14N 2.4), in exclusive mode the namespaces visibly used
// (Exclusive C14N 3). The rest of the document is read and must be well-formed.
// It returns ErrNotFound if pick was never true.
func Subtree(w io.Writer, r io.Reader, m Method, pick func(*Token) bool) error {
	s := NewScanner(r)
	c := NewCanonicalizer(w, m)
	apex := 0 // depth of the picked element, -1 after it
	for {
		t, err := s.Next()
		if err == io.EOF {
			if apex == 0 {
				return ErrNotFound
			}
			return c.Close()
		}
		if err != nil {
			return err
		}
		if apex == 0 && t.Kind == Start && pick(t) {
			apex = t.Depth
			if !m.Exclusive {
				t = withContext(t, s.Scope())
			}
		}
		if apex <= 0 {
			continue
		}
		if err := c.Token(t); err != nil {
			return err
		}
		if t.Kind == End && t.Depth == apex {
			apex = -1
		}
	}
}

// withContext returns the Start of an element whose own tag holds every
// declaration and xml: attribute in scope.
func withContext(t *Token, sc Scope) *Token {
	whole := *t
	whole.asIs = false
	whole.Attrs = append([]Attr(nil), t.Attrs...)
	own := make(map[string]bool)
	for _, a := range t.Attrs {
		if a.NS {
			own["xmlns:"+string(a.declares())] = true
		} else if string(a.Prefix) == "xml" {
			own["xml:"+string(a.Local)] = true
		}
	}
	for _, n := range sc.ns {
		if own["xmlns:"+n.prefix] {
			continue
		}
		a := Attr{Local: []byte("xmlns"), URI: xmlnsURI, Value: []byte(n.uri), NS: true}
		if n.prefix != "" {
			a.Prefix, a.Local = []byte("xmlns"), []byte(n.prefix)
		}
		whole.Attrs = append(whole.Attrs, a)
	}
	for _, x := range sc.xml {
		if !own["xml:"+string(x.local)] {
			whole.Attrs = append(whole.Attrs, Attr{Prefix: []byte("xml"), Local: x.local, URI: xmlURI, Value: x.value})
		}
	}
	return &whole
}
