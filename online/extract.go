package online

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"csuis-offline/c14n"
	"csuis-offline/envelope"
)

// An envelope inside a SOAP Body is a separate document: it was signed before it
// was put there, and is verified by itself (doc/facts.md 2). Which namespace
// declarations around it belong to it cannot be seen: a server that puts a
// signed document into a SOAP message may leave its declarations on it, or move
// some of them outwards. So it is read in two ways, and counts as whole if its
// identifier holds in one of them: with the declarations that it uses and lacks,
// and with all that are in scope. The identifier authenticates nobody, so nobody
// gains by a document that holds in the other way.

// xmlDeclaration begins every document taken out of an answer.
const xmlDeclaration = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"

// element is an element with everything in it, taken out of a document.
type element struct {
	source []byte
	own    map[string]bool // prefixes that its start tag declares
	outer  []declaration   // in scope around it
	used   map[string]bool // prefixes that it uses and does not declare
	frames []map[string]bool
}

func newElement(outer []declaration) *element {
	return &element{outer: outer, own: map[string]bool{}, used: map[string]bool{}}
}

// add takes the next token of the element.
func (e *element) add(t *c14n.Token) {
	e.source = append(e.source, t.Raw...)
	switch t.Kind {
	case c14n.Start:
		frame := map[string]bool(nil)
		for i := range t.Attrs {
			if a := &t.Attrs[i]; a.NS {
				if frame == nil {
					frame = map[string]bool{}
				}
				frame[declares(a)] = true
			}
		}
		if len(e.frames) == 0 {
			e.own = frame
		}
		e.frames = append(e.frames, frame)
		e.use(string(t.Prefix))
		for i := range t.Attrs {
			if a := &t.Attrs[i]; !a.NS && len(a.Prefix) > 0 {
				e.use(string(a.Prefix))
			}
		}
	case c14n.End:
		e.frames = e.frames[:len(e.frames)-1]
	}
}

func (e *element) use(prefix string) {
	for _, f := range e.frames {
		if f[prefix] {
			return
		}
	}
	e.used[prefix] = true
}

// declares is the prefix that a declaration binds, "" for the default namespace.
func declares(a *c14n.Attr) string {
	if len(a.Prefix) == 0 {
		return ""
	}
	return string(a.Local)
}

// borrowings lists the declarations from outside with which the element makes a
// document, in one entry for each way.
func (e *element) borrowings() [][]declaration {
	all := slices.DeleteFunc(slices.Clone(e.outer), func(d declaration) bool { return e.own[d.prefix] })
	needed := slices.DeleteFunc(slices.Clone(all), func(d declaration) bool { return !e.used[d.prefix] })
	if len(all) == len(needed) {
		return [][]declaration{all}
	}
	return [][]declaration{needed, all}
}

// document is the element's source as a separate document.
func (e *element) document(borrowed []declaration) []byte {
	at := 1 + bytes.IndexAny(e.source[1:], " \t\r\n/>")
	var b bytes.Buffer
	b.Grow(len(e.source) + 256)
	b.WriteString(xmlDeclaration)
	b.Write(e.source[:at])
	for _, d := range borrowed {
		b.WriteString(" xmlns")
		if d.prefix != "" {
			b.WriteString(":" + d.prefix)
		}
		b.WriteString(`="` + attribute.Replace(d.uri) + `"`)
	}
	b.Write(e.source[at:])
	return b.Bytes()
}

var attribute = strings.NewReplacer("&", "&amp;", "<", "&lt;", `"`, "&quot;", "\t", "&#9;", "\n", "&#10;", "\r", "&#13;")

// verify returns the element as a document whose identifier holds. If it holds
// in neither way, verify returns the document of the first way and its error.
func (e *element) verify(ctx context.Context) ([]byte, *envelope.Info, error) {
	var doc []byte
	var info *envelope.Info
	var first error
	for i, borrowed := range e.borrowings() {
		d := e.document(borrowed)
		in, err := envelope.Verify(ctx, io.Discard, bytes.NewReader(d))
		if err == nil {
			return d, in, nil
		}
		if i == 0 {
			doc, info, first = d, in, err
		}
		// The other way can only mend an identifier.
		if !errors.As(err, new(*envelope.IdentifierError)) {
			break
		}
	}
	return doc, info, first
}
