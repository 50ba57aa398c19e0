package envelope

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"csuis-offline/c14n"
)

// Options say how Complete works.
type Options struct {
	// Profile is the profile of the identifier that is written.
	Profile Profile
	// Config is the configuration of the envelope around a bare record; with
	// nil, a bare record is refused with ErrNoConfig.
	Config *Config
	// Now and Rand are the clock and the randomness of a new envelope; nil
	// means crypto/rand.
	Now  time.Time
	Rand io.Reader
}

// Result is what Complete made.
type Result struct {
	Info Info
	// Kept says that the document had a valid identifier, and that its bytes
	// were kept. If they were not UTF-8 (Info.Encoding), its characters were
	// kept, which leaves the identifier valid, since it covers characters.
	Kept bool
	// Built says that the document was a bare record, and an envelope was built.
	Built bool
}

// Complete copies the document r to w as a whole envelope in UTF-8 with a valid
// integrity identifier, in one pass. It builds an envelope around a bare record,
// adds an identifier to an envelope without one, and keeps an envelope with a
// valid one byte for byte, except for its encoding. The caller must discard what w
// received unless the error is nil.
//
// The errors are *c14n.SyntaxError, *StructureError, *IdentifierError (for an
// invalid identifier), *UnknownRootError, *ConfigError, ErrNoConfig, those of r
// and w, and the context's. Errors of the header and of the identifier are joined
// (errors.Join).
func Complete(ctx context.Context, w io.Writer, r io.Reader, o Options) (*Result, error) {
	sc := c14n.NewScanner(r)
	first, head, err := prolog(sc)
	if err != nil {
		return nil, err
	}
	res := &Result{}
	if isEnvelope(first) {
		// The profile of an identifier in the footer is known only at the end,
		// so both digests are computed.
		p := newPass(w, profiles...)
		p.info.Encoding = sc.Encoding()
		if err := p.envelope(ctx, sc, head, first); err != nil {
			return nil, err
		}
		return res, p.complete(res, o)
	}
	if err := foreignEnvelope(first); err != nil {
		return nil, drain(ctx, sc, err)
	}
	res.Built = true
	p := newPass(w, o.Profile)
	p.info.Encoding = sc.Encoding()
	if err := p.build(ctx, sc, head, first, o); err != nil {
		return nil, err
	}
	return res, p.complete(res, o)
}

// Verify copies the envelope r to w as UTF-8 and verifies its integrity
// identifier. It returns what the envelope says of itself, with an error as far as
// it could be read, or nil if the document is not an envelope. The caller must
// discard what w received unless the error is nil.
//
// The errors are *c14n.SyntaxError, *StructureError, *IdentifierError,
// ErrNoIdentifier, ErrNotEnvelope, those of r and w, and the context's.
func Verify(ctx context.Context, w io.Writer, r io.Reader) (*Info, error) {
	sc := c14n.NewScanner(r)
	first, head, err := prolog(sc)
	if err != nil {
		return nil, err
	}
	if err := foreignEnvelope(first); err != nil {
		return nil, drain(ctx, sc, err)
	}
	if !isEnvelope(first) {
		return nil, drain(ctx, sc, ErrNotEnvelope)
	}
	p := newPass(w, profiles...)
	p.info.Encoding = sc.Encoding()
	if err := p.envelope(ctx, sc, head, first); err != nil {
		return &p.info, err
	}
	if err := p.verify(); err != nil {
		return &p.info, err
	}
	return &p.info, p.flush(nil)
}

// complete makes or keeps the identifier and writes what was held back.
func (p *pass) complete(res *Result, o Options) error {
	err := p.verify()
	res.Kept = err == nil
	if errors.Is(err, ErrNoIdentifier) {
		err = nil
	}
	if err := errors.Join(p.info.Check(), err); err != nil {
		return err
	}
	if res.Kept {
		res.Info = p.info
		return p.flush(nil)
	}
	p.info.Profile = o.Profile
	res.Info = p.info
	sig, err := newSignature(o.Profile, p.digest(o.Profile), p.footer)
	if err != nil {
		return err
	}
	return p.flush(sig)
}

// drain reads the rest of a document that is refused for another reason, since
// damaged XML is the more important error.
func drain(ctx context.Context, sc *c14n.Scanner, refusal error) error {
	for n := 0; ; n++ {
		if n%ctxEvery == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		switch _, err := sc.Next(); err {
		case nil:
		case io.EOF:
			return refusal
		default:
			return err
		}
	}
}

// prolog reads up to the root's start tag. It returns copies of the tokens before
// it, since a token is valid only until the next one.
func prolog(sc *c14n.Scanner) (root *c14n.Token, head []c14n.Token, err error) {
	for size := 0; ; {
		t, err := sc.Next()
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return nil, nil, err
		}
		if t.Kind == c14n.Start {
			return t, head, nil
		}
		if size += len(t.Raw); size > maxProlog || len(head) == maxPrologTokens {
			return nil, nil, &StructureError{t.Line, t.Column, "too-long", "prolog", ""}
		}
		head = append(head, keep(t))
	}
}

// foreignEnvelope refuses an Envelope of another namespace: a later version, or
// something else with that name. As a bare record it would end up inside another
// envelope.
func foreignEnvelope(t *c14n.Token) error {
	if isEnvelope(t) || string(t.Local) != "Envelope" {
		return nil
	}
	return &StructureError{t.Line, t.Column, "unknown", "Envelope", clip(t.URI)}
}

func isEnvelope(t *c14n.Token) bool {
	return t.URI == MessagingNS && string(t.Local) == "Envelope"
}

// envelope reads a document that is an envelope.
func (p *pass) envelope(ctx context.Context, sc *c14n.Scanner, head []c14n.Token, first *c14n.Token) error {
	if sc.HasBOM() && sc.Encoding() == "UTF-8" {
		// A document that has its identifier must be kept byte for byte.
		if _, err := p.out.WriteString("\uFEFF"); err != nil {
			return err
		}
	}
	for i := range head {
		if err := p.token(&head[i], sc); err != nil {
			return err
		}
	}
	if err := p.token(first, sc); err != nil {
		return err
	}
	if err := p.rest(ctx, sc, 0); err != nil {
		return err
	}
	return p.finish()
}

// build reads a bare record and puts it into a new envelope: the tokens of the
// template flow, and in place of the placeholder, those of the record.
func (p *pass) build(ctx context.Context, sc *c14n.Scanner, head []c14n.Token, first *c14n.Token, o Options) error {
	if o.Config == nil {
		return drain(ctx, sc, ErrNoConfig)
	}
	recordType, err := o.Config.recordType(first.URI, string(first.Local))
	if errors.As(err, new(*UnknownRootError)) {
		return drain(ctx, sc, err)
	}
	if err != nil {
		return err
	}
	template, err := o.Config.template(recordType, o.Now, o.Rand)
	if err != nil {
		return err
	}
	outer := c14n.NewScanner(bytes.NewReader(template))
	for {
		t, err := outer.Next()
		if err == io.EOF {
			return p.finish()
		}
		if err != nil {
			return &ConfigError{Key: "unit, person", Problem: "malformed", Value: err.Error()}
		}
		if t.Depth != depthRecord || string(t.Local) != placeholder {
			if err := p.token(t, outer); err != nil {
				return err
			}
			continue
		}
		if t.Kind == c14n.End {
			continue
		}
		if err := p.splice(ctx, sc, head, first); err != nil {
			return err
		}
	}
}

// splice lets a bare record's tokens flow in place of the placeholder.
func (p *pass) splice(ctx context.Context, sc *c14n.Scanner, head []c14n.Token, first *c14n.Token) error {
	for i := range head {
		if head[i].Kind == c14n.Declaration {
			continue
		}
		if err := p.deeper(&head[i], sc, depthMessage); err != nil {
			return err
		}
	}
	if err := p.deeper(first, sc, depthMessage); err != nil {
		return err
	}
	return p.rest(ctx, sc, depthMessage)
}

// ctxEvery is the number of tokens, of at most 32 KiB, between two checks of the
// context.
const ctxEvery = 1024

// rest lets all further tokens flow, nested so many levels deeper.
func (p *pass) rest(ctx context.Context, sc *c14n.Scanner, levels int) error {
	for n := 0; ; n++ {
		if n%ctxEvery == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		t, err := sc.Next()
		if err == io.EOF {
			p.info.Misread = sc.Misread()
			return nil
		}
		if err != nil {
			return err
		}
		if err := p.deeper(t, sc, levels); err != nil {
			return err
		}
	}
}

func (p *pass) deeper(t *c14n.Token, sc *c14n.Scanner, levels int) error {
	if levels == 0 {
		return p.token(t, sc)
	}
	if t.Depth+levels > c14n.MaxDepth {
		return &c14n.SyntaxError{
			Line: t.Line, Column: t.Column, Rule: c14n.TooDeep,
			Detail: fmt.Sprintf("more than %d elements inside one another, the envelope's counted", c14n.MaxDepth),
		}
	}
	// The scanner's own token must not be changed.
	p.moved = *t
	p.moved.Depth += levels
	return p.token(&p.moved, sc)
}

// keep copies a token from before the root, which has no attributes, so that
// it outlives the next one.
func keep(t *c14n.Token) c14n.Token {
	c := *t
	c.Raw, c.Local, c.Text = bytes.Clone(t.Raw), bytes.Clone(t.Local), bytes.Clone(t.Text)
	return c
}

// Peek reads r up to the end of the envelope's header and returns what the header
// says. The errors are those of Verify for that part; the rest may hold anything.
func Peek(r io.Reader) (*Info, error) {
	sc := c14n.NewScanner(r)
	first, head, err := prolog(sc)
	if err != nil {
		return nil, err
	}
	if !isEnvelope(first) {
		return nil, ErrNotEnvelope
	}
	// The digest is not asked for, but what has no canonical form is no envelope.
	p := newPass(io.Discard, Binding)
	for i := range head {
		if err := p.token(&head[i], sc); err != nil {
			return nil, err
		}
	}
	for t := first; ; {
		if err := p.token(t, sc); err != nil {
			return nil, err
		}
		if p.section >= afterHeader {
			return &p.info, nil
		}
		if t, err = sc.Next(); err == io.EOF {
			return nil, p.finish()
		} else if err != nil {
			return nil, err
		}
	}
}
