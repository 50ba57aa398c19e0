package online

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
)

// Submit sends one sealed record of size bytes (raw XM6, as it stands on a disc)
// and says what is known afterwards. It makes one attempt. Memory does not grow
// with the record; sealed is read while it is sent, must not block for ever, and
// is not touched after Submit has returned.
//
// The record is Accepted where the answer is HTTP 200 (202, 204) with nothing in
// it, with an empty SOAP Body, or with an application's answer; Refused for a
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
	return x.judge(x.simple)
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
// one with a good status: what the application answered, and a Fault.
func (x *exchange) judge(read func() (answer string, fault *Fault, err error)) Outcome {
	good := x.status == http.StatusOK || x.status == http.StatusAccepted || x.status == http.StatusNoContent
	var answer string
	var fault *Fault
	var err error
	if good {
		answer, fault, err = read()
	} else {
		// The status says enough where the body cannot be read.
		_, fault, err = x.simple()
	}
	if fault == nil {
		fault = x.sample.salvage(err, x.red)
	}
	after := retryAfter(x.resp.Header, x.c.o.Now())
	var failed *Error
	if good && err != nil && !errors.As(err, &failed) {
		failed = x.unread(err)
	}
	x.close()
	o := Outcome{After: after, Status: x.status, Fault: fault, Answer: answer, Sent: x.sent, Whole: x.whole}
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

// maxAnswer is how much of an application's answer is kept, in bytes.
const maxAnswer = 64 << 10

// simple reads an answer that may be empty, and keeps only a bounded piece of
// it.
func (x *exchange) simple() (string, *Fault, error) {
	r, err := x.content(x.c.o.Limits.Answer)
	if r == nil || err != nil {
		return "", nil, err
	}
	return parseAnswer(r, x.red)
}

// parseAnswer reads a SOAP message and keeps only a bounded piece of it.
func parseAnswer(r io.Reader, red redactor) (string, *Fault, error) {
	b, err := readSOAP(r)
	switch {
	case err != nil:
		return "", nil, err
	case b.first == nil:
		return "", nil, nil
	case b.isFault():
		f, err := readFault(b, red)
		return "", f, err
	}
	var kept strings.Builder
	for t := b.first; t != nil; {
		if kept.Len()+len(t.Raw) <= maxAnswer {
			kept.Write(t.Raw)
		}
		if t, err = b.next(); err != nil {
			return "", nil, err
		}
	}
	kept.Write(b.endTag)
	return red.replace(kept.String()), nil, nil
}

// content returns the XML of the answer, nil where it is empty.
func (x *exchange) content(limit int64) (io.Reader, error) {
	r, err := contentOf(x.resp.Header, x.body(limit), limit)
	if r == nil || err != nil {
		return nil, err
	}
	x.sample = &sample{r: r}
	return x.sample, nil
}
