package envelope

import (
	"github.com/beevik/etree"

	"csuis-offline/c14n"
)

// body is the state of a reading inside EnvelopeBody.
type body struct {
	filled    bool // its one element has begun
	message   bool // and that is a cus:Message
	header    bool // which has its MessageHeader
	content   bool // and its MessageBody
	inBody    bool // the current part of the message is the MessageBody
	record    int  // depth of the record's root element, once known
	inRecord  bool
	statement bool
}

// startInBody finds the record: the element in MessageBody, or the body's own
// child if a message of another module has no cus:Message. Every level holds one
// (technical manual, chapter A); with two, nobody could say which one counts.
func (p *pass) startInBody(t *c14n.Token) error {
	b := &p.body
	switch {
	case t.Depth == depthPart:
		if b.filled {
			return doubled(t)
		}
		b.filled = true
		if b.message = t.URI == CusNS && string(t.Local) == "Message"; !b.message {
			p.startRecord(t)
		}
	case t.Depth == depthMessage && b.message:
		return p.startInMessage(t)
	case t.Depth == depthRecord && b.inBody:
		if b.record != 0 {
			return doubled(t)
		}
		p.startRecord(t)
	case b.inRecord && t.Depth == b.record+1 && !b.statement && string(t.Local) == "VykazHlavicka":
		b.statement = true
		p.head.begin(headStatement, t)
	}
	return nil
}

func (p *pass) startInMessage(t *c14n.Token) error {
	b := &p.body
	b.inBody = false
	if t.URI != CusNS {
		return nil
	}
	switch string(t.Local) {
	case "MessageHeader":
		if b.header {
			return doubled(t)
		}
		b.header = true
		p.head.begin(headMessage, t)
	case "MessageBody":
		if b.content {
			return doubled(t)
		}
		b.content, b.inBody = true, true
	}
	return nil
}

func (p *pass) startRecord(t *c14n.Token) {
	p.body.record, p.body.inRecord = t.Depth, true
	p.info.RootNS, p.info.Root = t.URI, string(t.Local)
}

func doubled(t *c14n.Token) error {
	return &StructureError{t.Line, t.Column, "doubled", clip(string(t.Local)), ""}
}

// header is the header that is being read.
type header struct {
	kind  headerKind
	depth int
	tree
}

type headerKind uint8

const (
	headNone headerKind = iota
	headEnvelope
	headMessage
	headStatement
)

func (h *header) begin(kind headerKind, t *c14n.Token) {
	*h = header{kind: kind, depth: t.Depth, tree: tree{name: string(t.Local)}}
}

// endHead takes the values of a header when it ends.
func (p *pass) endHead(t *c14n.Token) error {
	if p.head.kind == headNone || t.Depth != p.head.depth {
		return nil
	}
	e := p.head.root
	if name := p.head.kind.twice(e); name != "" {
		return &StructureError{t.Line, t.Column, "doubled", clip(name), ""}
	}
	switch p.head.kind {
	case headEnvelope:
		p.info.readHeader(e)
	case headMessage:
		p.info.RecordType = text(child(e, CusNS, "RecordType"))
	case headStatement:
		p.info.readStatement(e)
	}
	p.head = header{}
	return nil
}

// twice returns the name of an element that a header holds twice, so that nobody
// could say which one counts. The schema lets only the telephone number repeat.
func (k headerKind) twice(e *etree.Element) string {
	if k == headStatement {
		return double(e, func(c *etree.Element) bool { return c.Tag == "SubjektICO" || c.Tag == "DatumVykaz" })
	}
	single := func(c *etree.Element) bool {
		return c.Tag != "PhoneNumber" && (c.Space == CommonNS || c.Space == MessagingNS || c.Space == CusNS)
	}
	parts := []*etree.Element{e}
	if k == headEnvelope {
		for _, name := range []string{"Sender", "Recipient"} {
			if party := child(e, MessagingNS, name); party != nil {
				parts = append(parts, party, child(party, CommonNS, "ResponsiblePerson"))
			}
		}
	}
	for _, part := range parts {
		if name := double(part, single); name != "" {
			return name
		}
	}
	return ""
}

// double returns the name of the first child that counts and that e has twice.
func double(e *etree.Element, counts func(*etree.Element) bool) string {
	if e == nil {
		return ""
	}
	seen := map[[2]string]bool{}
	for _, c := range e.ChildElements() {
		key := [2]string{c.Space, c.Tag}
		if counts(c) && seen[key] {
			return c.Tag
		}
		seen[key] = true
	}
	return ""
}
