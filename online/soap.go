package online

import (
	"bytes"
	"io"
	"strings"

	"csuis-offline/c14n"
)

// shapeError says that a document is well-formed but not what it should be.
type shapeError struct{ problem string }

func (e *shapeError) Error() string { return e.problem }

func shape(problem string) error { return &shapeError{problem} }

// declaration is a namespace declaration in scope.
type declaration struct{ prefix, uri string }

// soapBody is a SOAP message read as far as the one element in its Body.
type soapBody struct {
	sc     *c14n.Scanner
	ns     string        // of the message: its version
	scope  []declaration // in scope around that element, by the elements outside
	first  *c14n.Token   // its Start, valid until next; nil: the Body is empty, and the message was read to its end
	depth  int           // of that element
	endTag []byte        // of that element, once it was read
	ended  bool
}

// readSOAP reads a SOAP message up to the element in its Body: one of SOAP 1.1, or
// a Fault of 1.2. Errors:
// *c14n.SyntaxError, *shapeError, those of r.
func readSOAP(r io.Reader) (*soapBody, error) {
	b := &soapBody{sc: c14n.NewScanner(r), depth: 3}
	inBody, seen := false, false
	for {
		t, err := b.sc.Next()
		if err == io.EOF {
			if !seen {
				return nil, shape("a SOAP envelope without a Body")
			}
			return b, b.answers()
		}
		if err != nil {
			return nil, err
		}
		switch {
		case t.Kind == c14n.Start && t.Depth == 1:
			if !isSOAP(t.URI) || string(t.Local) != "Envelope" {
				return nil, shape("the answer is no SOAP: its root is {" + clip(t.URI) + "}" + clip(string(t.Local)))
			}
			b.ns = t.URI
		case t.Kind == c14n.Start && t.Depth == 2 && t.URI == b.ns && string(t.Local) == "Body":
			if seen {
				return nil, shape("a SOAP envelope with two Bodies")
			}
			inBody, seen = true, true
			b.scope = declared(b.sc.Scope())
		case t.Kind == c14n.End && t.Depth == 2:
			inBody = false
		case inBody && t.Kind == c14n.Start && t.Depth == 3:
			b.first = t
			return b, b.answers()
		case inBody && t.Kind == c14n.Text && t.Depth == 2 && !blank(t.Text):
			return nil, shape("text in a SOAP Body")
		}
	}
}

// next returns the next token inside the element in the Body, and nil after its
// End, once the whole message has been read.
func (b *soapBody) next() (*c14n.Token, error) {
	if b.ended {
		return nil, nil
	}
	t, err := b.sc.Next()
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, err
	}
	if t.Kind == c14n.End && t.Depth == b.depth {
		b.ended, b.endTag = true, bytes.Clone(t.Raw)
		return nil, b.rest()
	}
	return t, nil
}

// rest reads what follows the element. A Body with two would leave open which
// one is the answer.
func (b *soapBody) rest() error {
	for {
		t, err := b.sc.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if t.Kind == c14n.Start && t.Depth >= 2 {
			if t.Depth == 3 {
				return shape("two elements in a SOAP Body")
			}
			if t.URI == b.ns && string(t.Local) == "Body" {
				return shape("a SOAP envelope with two Bodies")
			}
		}
	}
}

func (b *soapBody) isFault() bool {
	return isSOAP(b.first.URI) && string(b.first.Local) == "Fault"
}

// answers refuses a message of SOAP 1.2 but for a Fault: the service speaks 1.1,
// and what says no in 1.2 stands before it, or is another one.
func (b *soapBody) answers() error {
	if b.ns == soap12NS && (b.first == nil || !b.isFault()) {
		return shape("the answer is SOAP 1.2, and the service speaks SOAP 1.1")
	}
	return nil
}

func isSOAP(uri string) bool { return uri == soapNS || uri == soap12NS }

// declared lists the namespace declarations of a scope.
func declared(s c14n.Scope) []declaration {
	sc := c14n.NewScanner(strings.NewReader(string(s.StartTag()) + c14n.ScopeEnd))
	t, err := sc.Next()
	if err != nil {
		return nil
	}
	var ds []declaration
	for i := range t.Attrs {
		a := &t.Attrs[i]
		if !a.NS {
			continue
		}
		d := declaration{uri: string(a.Value)}
		if len(a.Prefix) > 0 {
			d.prefix = string(a.Local)
		}
		ds = append(ds, d)
	}
	return ds
}

func blank(b []byte) bool { return len(strings.Trim(string(b), " \t\r\n")) == 0 }

// clip shortens a piece of a document for an error's text.
func clip(s string) string { return redactor(nil).clean(s, 120) }
