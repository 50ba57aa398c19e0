package online

import (
	"errors"
	"io"

	"csuis-offline/c14n"
	"csuis-offline/crypto"
	"csuis-offline/envelope"
	"csuis-offline/finding"
	"csuis-offline/seal"
)

// Message is what is known of a message that was fetched.
type Message struct {
	// Info is what its envelope says of itself: Info.ReferenceID is the
	// TransactionId of the message that it is about, Info.Root the element in its
	// body ("StavZpracovani" for a status message).
	Info envelope.Info
	// Sealed: it came sealed and was opened with the person's key.
	Sealed bool
	// Identified: it has an integrity identifier, and that holds.
	Identified bool
	// Notes are findings that stop nothing.
	Notes []finding.Finding
}

// receive reads the message in a SOAP Body and writes its envelope to dst. A
// sealed one streams through; one in the open is held in memory, and written if
// its identifier holds, or if it has none; then the error says so.
func (x *exchange) receive(b *soapBody, dst io.Writer) (*Message, error) {
	switch {
	case isSealed(b.first):
		return x.open(b, dst, nil)
	case b.first.URI == envelope.MessagingNS && string(b.first.Local) == "Envelope":
	default:
		return nil, shape("neither an envelope nor a sealed message: {" + clip(b.first.URI) + "}" + clip(string(b.first.Local)))
	}
	e := newElement(b.scope)
	e.add(b.first)
	if b.first.Empty {
		return nil, shape("an empty envelope")
	}
	inBody := false
	for {
		t, err := b.next()
		if err != nil {
			return nil, err
		}
		if t == nil {
			break
		}
		e.add(t)
		if int64(len(e.source)) > x.c.o.Limits.Plain {
			return nil, errTooLarge
		}
		if t.Kind == c14n.Start && t.Depth == b.depth+1 {
			inBody = t.URI == envelope.MessagingNS && string(t.Local) == "EnvelopeBody"
		}
		if inBody && t.Kind == c14n.Start && t.Depth == b.depth+2 && isSealed(t) {
			return x.open(b, dst, e)
		}
	}
	e.source = append(e.source, b.endTag...)
	doc, info, err := e.verify(x.ctx)
	m := &Message{Identified: err == nil}
	if info != nil {
		m.Info = *info
	}
	if err != nil && !errors.Is(err, envelope.ErrNoIdentifier) {
		return m, x.damaged(err)
	}
	if _, werr := dst.Write(doc); werr != nil {
		return m, x.output(werr)
	}
	if err != nil {
		return m, x.damaged(err)
	}
	return m, nil
}

func isSealed(t *c14n.Token) bool {
	return t.URI == envelope.MessagingNS && string(t.Local) == "EncryptedMessage"
}

// open opens the sealed message whose Start was read last; around is the
// envelope around it as far as it was read, nil for none. The identifier of that
// envelope counts as well.
func (x *exchange) open(b *soapBody, dst io.Writer, around *element) (*Message, error) {
	if x.c.o.Key == nil {
		return nil, &Error{Kind: KindKey, Phase: Receiving, Host: x.host, Status: x.status, Retry: AfterSettings, Detail: "the message is sealed, and no key is given"}
	}
	depth := b.depth
	var outer []*feed
	if around != nil {
		depth += 2
		for _, borrowed := range around.borrowings() {
			outer = append(outer, start(func(r io.Reader) error {
				_, err := envelope.Verify(x.ctx, io.Discard, r)
				return err
			}))
			outer[len(outer)-1].write(around.document(borrowed))
		}
	}
	m := &Message{Sealed: true}
	out := &writer{w: dst}
	sealed := start(func(r io.Reader) error {
		res, err := seal.Open(x.ctx, out, r, x.c.o.Key)
		m.Info, m.Notes, m.Identified = res.Info, res.Notes, err == nil
		return err
	})
	err := x.feed(b, depth, sealed, outer)
	opened := sealed.end(err)
	var verified error
	for i, f := range outer {
		switch e := f.end(err); {
		case i == 0:
			verified = e
		case e == nil:
			verified = nil
		}
	}
	switch {
	case err != nil:
		return m, err
	case out.failed != nil:
		return m, x.output(out.failed)
	case errors.Is(opened, crypto.ErrWiped), errors.Is(opened, seal.ErrKey):
		return m, &Error{Kind: KindKey, Phase: Receiving, Host: x.host, Status: x.status, Retry: AfterSettings, Detail: opened.Error(), err: opened}
	case opened != nil:
		return m, x.damaged(opened)
	case verified != nil && !errors.Is(verified, envelope.ErrNoIdentifier):
		return m, x.damaged(verified)
	}
	return m, nil
}

// feed passes the rest of the answer to its readers.
func (x *exchange) feed(b *soapBody, depth int, sealed *feed, outer []*feed) error {
	inside := true
	for {
		t, err := b.next()
		if err != nil {
			return err
		}
		if t == nil {
			for _, f := range outer {
				f.write(b.endTag)
			}
			return nil
		}
		switch {
		case inside && t.Kind == c14n.Text:
			sealed.write(t.Text)
		case inside && t.Kind == c14n.Start:
			return shape("an element inside a sealed message")
		case t.Kind == c14n.End && t.Depth == depth:
			inside = false
		}
		for _, f := range outer {
			f.write(t.Raw)
		}
	}
}

func (x *exchange) damaged(err error) error {
	if x.ctx.Err() != nil {
		return err
	}
	return &Error{Kind: KindDamaged, Phase: Receiving, Host: x.host, Status: x.status, Retry: Later, Detail: x.red.clean(err.Error(), maxDetail), err: err}
}

func (x *exchange) output(err error) error {
	return &Error{Kind: KindOutput, Phase: Receiving, Host: x.host, Status: x.status, Retry: AfterSettings, Detail: x.red.clean(err.Error(), maxDetail), err: err}
}

// writer remembers its error, which would otherwise look like a fault of the
// message.
type writer struct {
	w      io.Writer
	failed error
}

func (w *writer) Write(p []byte) (int, error) {
	n, err := w.w.Write(p)
	if err != nil {
		w.failed = err
	}
	return n, err
}

// feed is a reader that runs beside the writer of its stream.
type feed struct {
	w    *io.PipeWriter
	done chan error
	dead bool // the reader has had enough
}

func start(read func(io.Reader) error) *feed {
	r, w := io.Pipe()
	f := &feed{w: w, done: make(chan error, 1)}
	go func() {
		err := read(r)
		r.CloseWithError(io.ErrClosedPipe)
		f.done <- err
	}()
	return f
}

func (f *feed) write(p []byte) {
	if f.dead || len(p) == 0 {
		return
	}
	if _, err := f.w.Write(p); err != nil {
		f.dead = true
	}
}

// end ends the stream, with an error if it is not whole, and returns the
// reader's error.
func (f *feed) end(err error) error {
	f.w.CloseWithError(err)
	return <-f.done
}
