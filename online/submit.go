package online

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"

	"csuis-offline/c14n"
	"csuis-offline/envelope"
)

// Submit sends one sealed record of size bytes (raw XM6, as it stands on a disc)
// and says what is known afterwards. It makes one attempt. Memory does not grow
// with the record; sealed is read while it is sent, must not block for ever, and
// is not touched after Submit has returned.
//
// The record is Accepted where the answer is HTTP 200 (202, 204) with nothing in
// it, or with an empty SOAP Body (doc/facts.md 5); Refused for a
// Fault, whatever the status, and for 4xx and 5xx (technical manual, chapter M,
// rule 5). 502 and 504 come from a gateway and not from CSÚIS, which may have
// got the record: Unknown, once all of it has left. Once its first byte has
// left, everything else is Unknown too.
func (c *Client) Submit(ctx context.Context, sealed io.Reader, size int64) Outcome {
	if c.submit == nil {
		return notSent(settings("no address of the service that takes records is given"))
	}
	if size <= 0 {
		return notSent(&Error{Kind: KindInput, Retry: AfterSettings, Detail: "the record is empty"})
	}
	message, length := submission(sealed, size)
	x, failed := c.post(ctx, c.submit, message, length)
	defer x.close()
	if failed != nil {
		return x.unanswered(failed)
	}
	return x.judge(x.receipt)
}

// unanswered is the outcome where no answer came.
func (x *exchange) unanswered(e *Error) Outcome {
	x.close()
	o := notSent(e)
	o.Sent, o.Whole = x.sent, x.whole
	// A message whose reader failed has no end, so no server can have taken it. A
	// server that ends TLS for want of a certificate has not read a byte of it.
	certain := e.Kind == KindInput || e.Kind == KindCertificate || e.Kind == KindClientCert && !x.reused.Load()
	if x.sent > 0 && !certain {
		o.Verdict, o.Retry, e.Retry = Unknown, Never, Never
	}
	if e.Kind == KindConnectionLost && x.reused.Load() {
		// Other kept connections may be as dead.
		x.c.transport.CloseIdleConnections()
	}
	o.Foreign = x.sent > 0 && (e.Kind == KindProtocol || e.Kind == KindTooLarge) || e.Kind == KindProxyLogin
	return o
}

// judge makes an outcome of an answer whose head is there. read reads the body of
// one with a good status, and returns the Fault in it.
func (x *exchange) judge(read func() (*Fault, error)) Outcome {
	good := x.status == http.StatusOK || x.status == http.StatusAccepted || x.status == http.StatusNoContent
	if !good {
		read = x.receipt // the status says enough where the body cannot be read
	}
	fault, err := read()
	if fault == nil {
		fault = x.sample.salvage(err, x.red)
	}
	after := retryAfter(x.resp.Header, x.c.o.Now())
	var failed *Error
	if good && err != nil && !errors.As(err, &failed) {
		failed = x.unread(err)
	}
	x.close()
	o := Outcome{After: after, Status: x.status, Fault: fault, Sent: x.sent, Whole: x.whole}
	o.Foreign = fault == nil && (failed != nil && failed.foreign() || !good && x.foreignStatus())
	unknown := func(e *Error) Outcome {
		e.Retry = Never
		o.Verdict, o.Retry, o.Err = Unknown, Never, e
		return o
	}
	switch {
	case fault != nil, x.status >= 300 && !x.ambiguous():
		e := x.refusal(fault)
		o.Verdict, o.Retry, o.Err = Refused, e.Retry, e
	case failed != nil:
		return unknown(failed)
	case !good:
		return unknown(x.refusal(nil))
	case !x.whole:
		return unknown(&Error{
			Kind: KindProtocol, Phase: Sending, Host: x.host, Status: x.status, Detail: "the server answered before it had the whole message",
		})
	default:
		o.Verdict, o.Retry = Accepted, Never
	}
	return o
}

// ambiguous reports whether a status leaves open that the message was taken: a
// gateway that got no proper answer (RFC 9110, 15.6.3 and 15.6.5) and had the
// whole of it, and a pointer to the result of what was done (15.4.4).
func (x *exchange) ambiguous() bool {
	switch x.status {
	case http.StatusBadGateway, http.StatusGatewayTimeout:
		return x.whole
	case http.StatusSeeOther:
		return true
	}
	return false
}

// foreignStatus reports whether a status without a Fault cannot be the service's:
// it takes a record with 200 (202, 204), and says no with 4xx or 5xx. Those of 4xx
// that speak of the address come from somewhere else.
func (x *exchange) foreignStatus() bool {
	switch {
	case x.status < 400:
		return true
	case x.status == http.StatusUnauthorized:
		return wantsForeignLogin(x.resp.Header, "Www-Authenticate")
	case x.status == http.StatusProxyAuthRequired, x.status == http.StatusNetworkAuthenticationRequired:
		return true
	}
	return retryOf(x.status) == AfterSettings
}

// foreign reports whether an answer that was not understood cannot be the
// service's. One that broke off may be.
func (e *Error) foreign() bool {
	switch e.Kind {
	case KindProtocol, KindTooLarge, KindMalformed, KindDoctype, KindEncoding, KindNotSOAP:
		return true
	}
	return false
}

// receipt reads the answer to a message that asks for none: nothing, an empty SOAP
// Body, or a Fault.
func (x *exchange) receipt() (*Fault, error) {
	r, err := x.content(x.c.o.Limits.Answer)
	switch {
	case err != nil:
		return nil, err
	case r == nil:
		return nil, x.emptiness()
	}
	return parseAnswer(r, x.red)
}

// emptiness refuses an answer without content that says it would be no XML: an
// empty web page, or nothing in a MIME multipart. A server that takes records in
// silence names XML, or no type.
func (x *exchange) emptiness() error {
	kind := x.resp.Header.Get("Content-Type")
	media, _, _ := strings.Cut(strings.ToLower(kind), ";")
	switch media = strings.TrimSpace(media); {
	case media == "", media == "text/xml", media == "application/xml", media == "application/soap+xml":
		return nil
	}
	return shape("an empty answer of the type " + clip(kind))
}

// parseAnswer reads a SOAP message whose Body is empty or holds a Fault. Any other
// service, too, answers what it does not know with a Body of its own.
func parseAnswer(r io.Reader, red redactor) (*Fault, error) {
	b, err := readSOAP(r)
	switch {
	case err != nil:
		return nil, err
	case b.first == nil:
		return nil, nil
	case b.isFault():
		return readFault(b, red)
	}
	foreign := shape("a SOAP Body that should be empty has {" + clip(b.first.URI) + "}" + clip(string(b.first.Local)))
	ours := b.first.URI == envelope.MessagingNS && string(b.first.Local) == emptyResponse
	for {
		t, err := b.next()
		switch {
		case err != nil:
			return nil, err
		case t == nil && ours:
			return nil, nil
		case t == nil:
			return nil, foreign
		case t.Kind == c14n.Start, t.Kind == c14n.Text && !blank(t.Text):
			ours = false
		}
	}
}

// emptyResponse is how SOAP libraries name the element for what the operation of
// sealedTag returns, which is nothing. Some of them send it, empty.
const emptyResponse = "EncryptedMessageResponse"

// content returns the XML of the answer, nil where it is empty.
func (x *exchange) content(limit int64) (io.Reader, error) {
	r, err := contentOf(x.resp.Header, x.body(limit), limit)
	if r == nil || err != nil {
		return nil, err
	}
	x.sample = &sample{r: r}
	return x.sample, nil
}
