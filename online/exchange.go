package online

import (
	"bytes"
	"context"
	"errors"
	"io"

	"csuis-offline/c14n"
	"csuis-offline/envelope"
)

// moduleRISRE is the module to which Exchange speaks (doc/facts.md 3).
const moduleRISRE = "RISRE"

// Exchange sends an envelope for RISRE in the open and writes the envelope that
// it answers with to dst (the published WSDL: msg:Envelope both ways). doc is
// held in memory, at most Limits.Plain; it goes as it is, converted to UTF-8. If
// an envelope has an identifier, it is verified, in both directions; the
// published examples have none.
//
// With Accepted the answer is whole and holds RISRE's decision. The message is
// nil if no envelope came.
func (c *Client) Exchange(ctx context.Context, doc io.Reader, dst io.Writer) (*Message, Outcome) {
	if c.exchange == nil {
		return nil, notSent(settings("no address of a RISRE service is given"))
	}
	input := func(err error) Outcome {
		return notSent(&Error{Kind: KindInput, Retry: AfterSettings, Detail: clip(err.Error()), err: err})
	}
	source, err := io.ReadAll(io.LimitReader(doc, c.o.Limits.Plain+1))
	if err != nil {
		return nil, input(err)
	}
	if int64(len(source)) > c.o.Limits.Plain {
		return nil, input(errors.New("the message is too large"))
	}
	info, err := envelope.Verify(ctx, io.Discard, bytes.NewReader(source))
	switch {
	case ctx.Err() != nil:
		return nil, notSent(&Error{Kind: KindCancelled, Retry: Later, err: context.Cause(ctx)})
	case err != nil && !errors.Is(err, envelope.ErrNoIdentifier):
		return nil, input(err)
	case info.Recipient.Module != moduleRISRE:
		return nil, notSent(settings("the message is not for the module RISRE"))
	}
	root, err := rootOf(source)
	if err != nil {
		return nil, input(err)
	}
	m, o := c.converse(ctx, c.exchange, root, c.o.Limits.Plain, dst)
	if o.Verdict == Unknown && o.Whole && errors.Is(o.Err, envelope.ErrNoIdentifier) {
		o.Verdict, o.Err = Accepted, nil
	}
	return m, o
}

// rootOf returns a document's root element in UTF-8: everything that a SOAP Body
// can hold of it.
func rootOf(doc []byte) ([]byte, error) {
	sc := c14n.NewScanner(bytes.NewReader(doc))
	var root []byte
	for {
		t, err := sc.Next()
		if err == io.EOF {
			return root, nil
		}
		if err != nil {
			return nil, err
		}
		switch {
		case t.Depth > 0:
			root = append(root, t.Raw...)
		case t.Kind == c14n.PI:
			return nil, errors.New("a processing instruction outside the envelope cannot be sent")
		}
	}
}
