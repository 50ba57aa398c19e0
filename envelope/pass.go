package envelope

import (
	"bufio"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"

	"csuis-offline/c14n"
)

// Depths of the envelope's parts; the root has depth 1.
const (
	depthEnvelope = 1
	depthSection  = 2 // EnvelopeHeader, EnvelopeBody, EnvelopeFooter
	depthPart     = 3 // Message, Signature
	depthMessage  = 4 // MessageHeader, MessageBody
	depthRecord   = 5 // the record, in MessageBody
)

// pass is one reading of an envelope. It takes the tokens one by one, copies them,
// digests their canonical form and keeps what the envelope says of itself. From
// the footer's start on it holds the source back, since the identifier that will
// be written there is known only at the end.
type pass struct {
	out     *bufio.Writer
	digests []digester

	info    Info
	section section

	tail    []byte // the source held back
	holding bool
	slot    slot
	prefix  string     // of the envelope's own elements
	root    c14n.Scope // inside the envelope
	footer  c14n.Scope // in scope around the identifier

	sig   *signature // the identifier in the footer
	inSig bool
	body  body
	head  header

	moved           c14n.Token // a token that is nested deeper than in its source
	endLine, endCol int        // of the envelope's end tag
}

// slot is the place of an identifier in the source held back: after at bytes,
// between open and close, replacing skip bytes.
type slot struct {
	at, skip    int
	open, close string
}

type section uint8

const (
	beforeHeader section = iota
	inHeader
	afterHeader
	inBody
	afterBody
	inFooter
	afterFooter
)

// digester computes the digest of the document in one profile.
type digester struct {
	profile Profile
	hash    hash.Hash
	canon   *c14n.Canonicalizer
}

// newPass prepares a reading that digests for the given profiles.
func newPass(w io.Writer, ps ...Profile) *pass {
	p := &pass{out: bufio.NewWriterSize(w, 16<<10)}
	for _, profile := range ps {
		h := sha256.New()
		// URI="" selects the document without its comments, whatever the transform's
		// name says (XMLDSig 1.1, 4.4.3.3; doc/facts.md 2).
		m := profile.method().ForWholeDocument()
		p.digests = append(p.digests, digester{profile, h, c14n.NewCanonicalizer(h, m)})
	}
	return p
}

// token takes the next token of the document. The scanner is the one
// that the token comes from.
func (p *pass) token(t *c14n.Token, sc *c14n.Scanner) error {
	if t.Kind == c14n.Start {
		if err := p.start(t, sc); err != nil {
			return err
		}
	}
	if t.Kind == c14n.End && t.Depth == depthEnvelope && !p.holding {
		p.holdFrom(t, p.root)
		if err := p.digestEmptyFooter(); err != nil {
			return err
		}
	}
	if err := p.copy(t); err != nil {
		return err
	}
	if !p.inSig {
		if err := p.canonical(t); err != nil {
			return err
		}
	}
	if t.Kind == c14n.End {
		return p.end(t)
	}
	return nil
}

func (p *pass) canonical(t *c14n.Token) error {
	for _, d := range p.digests {
		if err := d.canon.Token(t); err != nil {
			return err
		}
	}
	return nil
}

// digestEmptyFooter digests the footer that flush will write around the
// identifier of an envelope without a footer.
func (p *pass) digestEmptyFooter() error {
	t := c14n.Token{Prefix: []byte(p.prefix), Local: []byte("EnvelopeFooter"), URI: MessagingNS, Depth: depthSection}
	for _, t.Kind = range []c14n.Kind{c14n.Start, c14n.End} {
		if err := p.canonical(&t); err != nil {
			return err
		}
	}
	return nil
}

// start notes where in the envelope an element begins.
func (p *pass) start(t *c14n.Token, sc *c14n.Scanner) error {
	switch {
	case t.Depth == depthEnvelope:
		p.prefix = string(t.Prefix)
		p.root = sc.Scope()
	case t.Depth == depthSection:
		return p.startSection(t, sc)
	case p.section == inFooter:
		return p.startInFooter(t)
	case p.section == inBody:
		return p.startInBody(t)
	}
	return nil
}

func (p *pass) startInFooter(t *c14n.Token) error {
	if t.Depth != depthPart || t.URI != SignatureNS || string(t.Local) != "Signature" {
		return nil
	}
	if p.sig != nil {
		return &IdentifierError{Line: t.Line, Column: t.Column, Reason: ReasonDoubled, Reference: "EnvelopeFooter"}
	}
	p.sig = &signature{tree: tree{name: "Signature"}, scope: p.footer, line: t.Line, column: t.Column}
	p.inSig = true
	return nil
}

func (p *pass) startSection(t *c14n.Token, sc *c14n.Scanner) error {
	local := string(t.Local)
	if t.URI != MessagingNS {
		return &StructureError{t.Line, t.Column, "misplaced", clip(local), ""}
	}
	var from section
	var to section
	switch local {
	case "EnvelopeHeader":
		from, to = beforeHeader, inHeader
	case "EnvelopeBody":
		from, to = afterHeader, inBody
	case "EnvelopeFooter":
		from, to = afterBody, inFooter
	default:
		return &StructureError{t.Line, t.Column, "misplaced", clip(local), ""}
	}
	if p.section > from {
		return &StructureError{t.Line, t.Column, "doubled", local, ""}
	}
	if p.section < from {
		return &StructureError{t.Line, t.Column, "misplaced", clip(local), ""}
	}
	p.section = to
	switch to {
	case inHeader:
		p.head.begin(headEnvelope, t)
	case inFooter:
		p.holdFrom(t, sc.Scope())
	}
	return nil
}

// holdFrom begins to hold the source back: at the footer's start tag, or at the
// envelope's end tag if it has no footer.
func (p *pass) holdFrom(t *c14n.Token, scope c14n.Scope) {
	p.holding = true
	p.footer = scope
	switch {
	case t.Kind == c14n.End:
		name := qualified(p.prefix, "EnvelopeFooter")
		p.slot = slot{open: "<" + name + ">", close: "</" + name + ">"}
	case t.Empty:
		// <f/> must be split before anything can be put inside.
		p.slot = slot{at: len(t.Raw) - len("/>"), skip: len("/>"), open: ">", close: "</" + qualified(string(t.Prefix), string(t.Local)) + ">"}
	default:
		p.slot = slot{at: len(t.Raw)}
	}
}

func qualified(prefix, local string) string {
	if prefix == "" {
		return local
	}
	return prefix + ":" + local
}

// copy passes the token's source on.
func (p *pass) copy(t *c14n.Token) error {
	if p.inSig {
		if err := p.sig.add(t); err != nil {
			return err
		}
	}
	if p.head.kind != headNone {
		if err := p.head.add(t); err != nil {
			return err
		}
	}
	if !p.holding {
		_, err := p.out.Write(t.Raw)
		return err
	}
	p.tail = append(p.tail, t.Raw...)
	if len(p.tail) > maxTail {
		return &StructureError{t.Line, t.Column, "too-long", "EnvelopeFooter", ""}
	}
	return nil
}

// end notes where in the envelope an element ends.
func (p *pass) end(t *c14n.Token) error {
	if p.inSig && t.Depth == depthPart {
		p.inSig = false
	}
	if err := p.endHead(t); err != nil {
		return err
	}
	switch t.Depth {
	case depthSection:
		if p.section == inBody && p.body.record == 0 {
			return &StructureError{t.Line, t.Column, "missing", "record", ""}
		}
		p.section++
	case depthEnvelope:
		p.endLine, p.endCol = t.Line, t.Column
	case p.body.record:
		p.body.inRecord = false
	}
	return nil
}

// finish checks that the envelope was whole and closes the digests.
func (p *pass) finish() error {
	switch {
	case p.section < afterHeader:
		return &StructureError{p.endLine, p.endCol, "missing", "EnvelopeHeader", ""}
	case p.section < afterBody:
		return &StructureError{p.endLine, p.endCol, "missing", "EnvelopeBody", ""}
	}
	for _, d := range p.digests {
		if err := d.canon.Close(); err != nil {
			return fmt.Errorf("envelope: canonical form: %w", err)
		}
	}
	return nil
}

func (p *pass) digest(profile Profile) (sum [sha256.Size]byte) {
	for _, d := range p.digests {
		if d.profile == profile {
			d.hash.Sum(sum[:0])
		}
	}
	return sum
}

// verify verifies the identifier in the footer.
func (p *pass) verify() error {
	if p.sig == nil {
		return ErrNoIdentifier
	}
	id, err := readIdentifier(p.sig)
	if err == nil {
		p.info.Profile = id.profile
		err = id.verify(p.sig, p.digest(id.profile))
	}
	var e *IdentifierError
	if errors.As(err, &e) {
		e.Line, e.Column = p.sig.line, p.sig.column
	}
	return err
}

// flush writes what was held back, and inserts the identifier if one is given.
func (p *pass) flush(signature []byte) error {
	parts := [][]byte{p.tail}
	if signature != nil {
		s := p.slot
		parts = [][]byte{p.tail[:s.at], []byte(s.open), signature, []byte(s.close), p.tail[s.at+s.skip:]}
	}
	for _, b := range parts {
		if _, err := p.out.Write(b); err != nil {
			return err
		}
	}
	return p.out.Flush()
}
