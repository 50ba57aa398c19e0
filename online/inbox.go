package online

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/beevik/etree"

	"csuis-offline/envelope"
)

// Conditions say which messages a List is about. The zero value lists what the
// service lists by itself. doc/facts.md 5 is the source of names, values and
// order.
type Conditions struct {
	// Bulk asks for messages to everybody too (true) or not (false); nil leaves
	// it to the service.
	Bulk *bool
	// Status is "R" for messages that were read and "N" for those that were not.
	Status string
	// Type is a TypDatoveZpravy: "001", or as the schema lists them "C001".
	Type string
	// From and To are the first and the last day of creation, of which only the
	// date counts, in its own zone.
	From, To time.Time
}

// Listing is the answer to a List.
type Listing struct {
	Messages []Listed
	// Info is what the answer's envelope says of itself.
	Info envelope.Info
	// Identified: the answer has an integrity identifier, and it holds. An answer
	// whose identifier does not hold is an error; one without it is not.
	Identified bool
}

// List asks the inbox which messages there are. Its error is an *Error; asking
// again is harmless.
func (c *Client) List(ctx context.Context, cond Conditions) (*Listing, error) {
	request, err := cond.element()
	if err != nil {
		return nil, err
	}
	var doc bytes.Buffer
	m, err := c.ask(ctx, request, c.o.Limits.List, &doc)
	if err != nil && !errors.Is(err, envelope.ErrNoIdentifier) {
		return nil, err
	}
	messages, err := parseList(&doc)
	if err != nil {
		return nil, &Error{Kind: KindNotSOAP, Phase: Receiving, Host: hostPort(c.inbox), Status: http.StatusOK, Retry: Later, Detail: clip(err.Error()), err: err}
	}
	return &Listing{Messages: messages, Info: m.Info, Identified: m.Identified}, nil
}

// maxMessageID is the longest identifier of a message that is sent, in bytes.
// Those that were seen have about a dozen.
const maxMessageID = 200

// Fetchable reports whether a text can be asked for as the identifier of a
// message. What a list says need not be one.
func Fetchable(id string) bool {
	return id != "" && len(id) <= maxMessageID && utf8.ValidString(id) && !strings.ContainsFunc(id, func(r rune) bool { return control(r) || r == 0xFFFE || r == 0xFFFF })
}

// Fetch fetches one message of the inbox and writes its envelope to dst, opened
// if it came sealed. What dst received counts only if the error is nil, with one
// exception: with envelope.ErrNoIdentifier (errors.Is) the message is whole and
// only lacks an identifier that could show whether it is as it was sent.
//
// The error is an *Error. Asking again is harmless; the service may count the
// message as read all the same.
func (c *Client) Fetch(ctx context.Context, id string, dst io.Writer) (*Message, error) {
	if !Fetchable(id) {
		return nil, &Error{Kind: KindMessageID, Retry: AfterSettings, Detail: clip(id)}
	}
	inbox := etree.NewElement("msg:Inbox")
	inbox.CreateElement("msg:ZpravaPozadavek").CreateElement("msg:ZpravaId").SetText(id)
	return c.ask(ctx, inbox, c.o.Limits.Fetch, dst)
}

// element is msg:Inbox with the conditions in the order of the schema.
func (c Conditions) element() (*etree.Element, error) {
	inbox := etree.NewElement("msg:Inbox")
	request := inbox.CreateElement("msg:SeznamZpravPozadavek")
	add := func(name, value string) { request.CreateElement("msg:" + name).SetText(value) }
	if c.Bulk != nil {
		add("ZobrazitHromadneZpravy", map[bool]string{true: "1", false: "0"}[*c.Bulk])
	}
	switch c.Status {
	case "":
	case "R", "N":
		add("ZpravaStatus", c.Status)
	default:
		return nil, settings("the status of messages is R (read) or N (not read)")
	}
	if c.Type != "" {
		if digits := strings.TrimPrefix(c.Type, "C"); len(digits) != 3 || strings.Trim(digits, "0123456789") != "" {
			return nil, settings("the type of messages is three digits, also with C before them")
		}
		add("TypDatoveZpravy", c.Type)
	}
	if !c.From.IsZero() && !c.To.IsZero() && c.From.Format(time.DateOnly) > c.To.Format(time.DateOnly) {
		return nil, settings("the first day is after the last")
	}
	for _, d := range []struct {
		name string
		day  time.Time
	}{{"ZpravaDatumVytvoreniOd", c.From}, {"ZpravaDatumVytvoreniDo", c.To}} {
		if !d.day.IsZero() {
			add(d.name, d.day.Format(time.DateOnly))
		}
	}
	return inbox, nil
}

// ask sends a request to the inbox and writes the message that comes back to dst.
func (c *Client) ask(ctx context.Context, content *etree.Element, limit int64, dst io.Writer) (*Message, error) {
	if c.inbox == nil {
		return nil, settings("no address of the inbox is given")
	}
	// The declaration around the envelope is repeated on it, so its identifier
	// holds whether a server takes it out of the SOAP message with what is in scope
	// there, as lxml does, or without.
	content.CreateAttr("xmlns:SOAP", soapNS)
	doc := etree.NewDocumentWithRoot(content)
	source, err := doc.WriteToBytes()
	if err != nil {
		return nil, settings("the request cannot be written")
	}
	var request bytes.Buffer
	_, err = envelope.Wrap(ctx, &request, source, envelope.Options{Profile: c.o.Profile, Config: &c.o.Sender, Now: c.o.Now(), Rand: c.o.Rand})
	switch {
	case ctx.Err() != nil:
		return nil, &Error{Kind: KindCancelled, Retry: Later, err: context.Cause(ctx)}
	case err != nil:
		return nil, &Error{Kind: KindSettings, Retry: AfterSettings, Detail: "the sender of requests: " + clip(err.Error()), err: err}
	}
	root, err := rootOf(request.Bytes())
	if err != nil {
		return nil, settings("the request cannot be written")
	}
	m, o := c.converse(ctx, c.inbox, root, limit, dst)
	if o.Err == nil {
		return m, nil
	}
	// Asking again is always harmless, whatever became of the first question.
	if e := new(Error); errors.As(o.Err, &e) && o.Verdict == Unknown {
		e.Retry = Later
		if e.Kind == KindKey || e.Kind == KindOutput {
			e.Retry = AfterSettings
		}
	}
	return m, o.Err
}

// converse sends an envelope in a SOAP Body and writes the message that comes
// back to dst. Only an answer that is whole and sound counts as Accepted.
func (c *Client) converse(ctx context.Context, to *url.URL, doc []byte, limit int64, dst io.Writer) (*Message, Outcome) {
	message, size := wrapped(doc)
	x, failed := c.post(ctx, to, message, size)
	defer x.close()
	if failed != nil {
		return nil, x.unanswered(failed)
	}
	var m *Message
	return m, x.judge(func() (*Fault, error) {
		r, err := x.content(limit)
		if err != nil {
			return nil, err
		}
		if r == nil {
			return nil, shape("an empty answer to a question")
		}
		b, err := readSOAP(r)
		switch {
		case err != nil:
			return nil, err
		case b.first == nil:
			return nil, shape("an empty SOAP Body as the answer to a question")
		case b.isFault():
			return readFault(b, x.red)
		}
		m, err = x.receive(b, dst)
		return nil, err
	})
}

// wrapped is the body of a request that carries an element.
func wrapped(root []byte) (io.Reader, int64) {
	size := int64(len(soapHead) + len(root) + len(soapTail))
	return io.MultiReader(strings.NewReader(soapHead), bytes.NewReader(root), strings.NewReader(soapTail)), size
}
