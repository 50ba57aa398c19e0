package envelope

import (
	"strings"

	"github.com/beevik/etree"

	"csuis-offline/c14n"
)

// tree is a small piece of the document as elements, built token by token as the
// piece flows by. Space of an element or an attribute holds its namespace name,
// not the prefix as usual in etree: these trees are only read, and a search
// through the declarations around each element would take time that the document
// chooses. Namespace declarations are left out.
type tree struct {
	name string // of the piece, for messages
	root *etree.Element
	at   *etree.Element
	size int // bytes of source so far
}

func (b *tree) add(t *c14n.Token) error {
	if b.size += len(t.Raw); b.size > maxHeader {
		return &StructureError{t.Line, t.Column, "too-long", b.name, ""}
	}
	switch t.Kind {
	case c14n.Start:
		b.start(t)
	case c14n.End:
		b.at = b.at.Parent()
	case c14n.Text:
		b.at.CreateText(string(t.Text))
	case c14n.Comment:
		b.at.CreateComment("")
	case c14n.PI:
		b.at.CreateProcInst("", "")
	}
	return nil
}

func (b *tree) start(t *c14n.Token) {
	e := etree.NewElement("")
	e.Space, e.Tag = t.URI, string(t.Local)
	for i := range t.Attrs {
		if a := &t.Attrs[i]; !a.NS {
			e.Attr = append(e.Attr, etree.Attr{Space: a.URI, Key: string(a.Local), Value: string(a.Value)})
		}
	}
	if b.at == nil {
		b.root = e
	} else {
		b.at.AddChild(e)
	}
	b.at = e
}

func child(e *etree.Element, ns, local string) *etree.Element {
	if e == nil {
		return nil
	}
	for _, c := range e.ChildElements() {
		if c.Tag == local && c.Space == ns {
			return c
		}
	}
	return nil
}

// text is the whole character data of an element without the white space
// around it; comments in between do not end it.
func text(e *etree.Element) string {
	if e == nil {
		return ""
	}
	var b strings.Builder
	for _, t := range e.Child {
		if c, ok := t.(*etree.CharData); ok {
			b.WriteString(c.Data)
		}
	}
	return trim(b.String())
}

// trim removes what XML calls white space, and nothing else.
func trim(s string) string { return strings.Trim(s, " \t\r\n") }
