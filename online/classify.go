package online

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"strings"
	"time"

	"csuis-offline/c14n"
)

// maxDetail is the most characters of an underlying error's text.
const maxDetail = 400

// failure makes an Error of what the transport failed with before an answer
// came; source is what the message's reader failed with.
func (x *exchange) failure(err, source error) *Error {
	e := &Error{Phase: x.watch.at(), Host: x.host, Retry: Later, err: err, Detail: x.red.clean(err.Error(), maxDetail)}
	if source != nil {
		e.Kind, e.Retry, e.err, e.Detail = KindInput, AfterSettings, source, x.red.clean(source.Error(), maxDetail)
		return e
	}
	if errors.Is(err, errProxy) {
		e.Kind, e.Retry, e.Detail = KindProxySettings, AfterSettings, errProxy.Error()
		return e
	}
	if x.ended(e) {
		return e
	}
	if kind, retry, ok := proxyFailure(err); ok {
		e.Kind, e.Retry = kind, retry
		if !strings.Contains(e.Detail, x.proxy) {
			e.Detail = x.proxy + ": " + e.Detail
		}
		return e
	}
	if c := x.conn.Load(); c != nil {
		if alert := c.alert.Load(); alert != nil {
			err, e.err, e.Detail = alert, alert, x.red.clean(alert.Error(), maxDetail)
		}
	}
	e.Kind, e.Retry = kindOf(err, e.Phase)
	if isAlert(err) && x.c.asked.Load() {
		e.Kind, e.Retry = KindClientCert, AfterSettings
	}
	if e.Kind == KindCertificate {
		// The texts of x509 quote the certificate at length.
		e.Detail = x.red.clean(certificateDetail(err), maxDetail)
	}
	return e
}

// ended reports whether this side ended the exchange, and if so says it in e.
func (x *exchange) ended(e *Error) bool {
	cause := context.Cause(x.ctx)
	switch {
	case cause == nil:
		return false
	case x.parent.Err() == nil && errors.Is(cause, errStalled):
		e.Kind, e.err, e.Detail = KindTimeout, errStalled, errStalled.Error()
	case errors.Is(cause, context.DeadlineExceeded):
		e.Kind, e.err, e.Detail = KindTimeout, cause, ""
	default:
		e.Kind, e.err, e.Detail = KindCancelled, cause, ""
	}
	e.Retry = Later
	return true
}

// kindOf distinguishes the failures of connecting, TLS and HTTP. Those of HTTP
// have no types.
func kindOf(err error, at Phase) (Kind, Retry) {
	var (
		verify *tls.CertificateVerificationError
		record tls.RecordHeaderError
		op     *net.OpError
		timed  net.Error
		dns    *net.DNSError
		text   = err.Error()
	)
	switch {
	case errors.As(err, &verify):
		return KindCertificate, AfterSettings
	case errors.As(err, &record):
		return KindTLS, AfterSettings
	case isAlert(err) && strings.Contains(text, "certificate"):
		return KindClientCert, AfterSettings
	case isAlert(err):
		return KindTLS, Later
	case errors.As(err, &dns):
		return KindUnreachable, Later
	case errors.As(err, &timed) && timed.Timeout():
		return KindTimeout, Later
	case at == Securing && !errors.As(err, &op) && strings.Contains(text, "tls:"):
		return KindTLS, Later
	case at == Connecting:
		return KindUnreachable, Later
	case strings.Contains(text, "response headers exceeded"), strings.Contains(text, "too many 1xx"):
		return KindTooLarge, Later
	case strings.Contains(text, "malformed"), strings.Contains(text, "invalid"), strings.Contains(text, "unsupported transfer encoding"),
		strings.Contains(text, "Content-Length"):
		return KindProtocol, Later
	}
	return KindConnectionLost, Later
}

// isAlert reports whether the server sent an alert, and so ended TLS by itself.
func isAlert(err error) bool {
	var op *net.OpError
	var alert tls.AlertError
	return errors.As(err, &op) && op.Op == "remote error" || errors.As(err, &alert)
}

func certificateDetail(err error) string {
	var (
		authority x509.UnknownAuthorityError
		name      x509.HostnameError
		invalid   x509.CertificateInvalidError
	)
	switch {
	case errors.As(err, &authority):
		return "it is signed by an authority that is not trusted here"
	case errors.As(err, &name):
		return "it is of another server, not of " + name.Host
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		if c := invalid.Cert; c != nil {
			return "it is valid from " + c.NotBefore.UTC().Format(time.DateOnly) + " to " + c.NotAfter.UTC().Format(time.DateOnly)
		}
	}
	return err.Error()
}

// unread makes an Error of an answer whose body could not be read or understood.
func (x *exchange) unread(err error) *Error {
	e := &Error{Phase: Receiving, Host: x.host, Status: x.status, Retry: Later, err: err, Detail: x.red.clean(err.Error(), maxDetail)}
	var (
		read   *readError
		syntax *c14n.SyntaxError
		packed *packedError
	)
	if x.ended(e) {
		return e
	}
	switch {
	case errors.Is(err, errTooLarge):
		e.Kind = KindTooLarge
	case errors.As(err, &read):
		e.Kind, _ = kindOf(read.err, Receiving)
	case errors.As(err, &syntax):
		e.Kind = kindOfSyntax(syntax)
	case errors.As(err, &packed):
		e.Kind = KindEncoding
	default:
		e.Kind = KindNotSOAP
	}
	x.sample.tell(e, x.red)
	if e.Page {
		e.Kind = KindNotSOAP
	}
	return e
}

func kindOfSyntax(e *c14n.SyntaxError) Kind {
	switch e.Rule {
	case c14n.Doctype:
		return KindDoctype
	case c14n.BadEncoding, c14n.UnsupportedEncoding, c14n.EncodingContradiction:
		return KindEncoding
	case c14n.TooLong, c14n.TooDeep:
		return KindTooLarge
	}
	return KindMalformed
}

// refusal makes an Error of a complete answer that says no. fault is nil where
// the answer holds none.
func (x *exchange) refusal(fault *Fault) *Error {
	e := &Error{Kind: KindHTTPStatus, Phase: Receiving, Host: x.host, Status: x.status, Fault: fault, After: retryAfter(x.resp.Header, x.c.o.Now())}
	switch {
	case fault == nil && x.status == http.StatusProxyAuthRequired:
		e.Kind, e.Retry = KindProxyLogin, AfterSettings
		e.Detail = offered(x.red, x.resp.Header, "Proxy-Authenticate")
	case fault == nil && x.status == http.StatusUnauthorized && wantsForeignLogin(x.resp.Header, "Www-Authenticate"):
		e.Kind, e.Retry = KindProxyLogin, AfterSettings
		e.Detail = offered(x.red, x.resp.Header, "Www-Authenticate")
	case fault == nil && x.status == http.StatusNetworkAuthenticationRequired:
		e.Kind, e.Retry = KindProxyLogin, AfterSettings
	case x.status == http.StatusUnauthorized, fault != nil && fault.unauthenticated():
		e.Kind, e.Retry = KindUnauthorized, AfterNewPassword
	case fault != nil:
		e.Kind, e.Retry = KindFault, fault.retry()
	case x.status >= 300 && x.status < 400:
		e.Kind, e.Retry = KindRedirect, AfterSettings
		e.Detail = "to " + x.red.clean(target(x.resp), maxFaultCode)
	default:
		e.Retry = retryOf(x.status)
	}
	if fault == nil {
		x.sample.tell(e, x.red)
	}
	return e
}

// target names the server to which a redirect points, without the rest of the
// address, which the server could choose freely.
func target(resp *http.Response) string {
	u, err := resp.Location()
	if err != nil {
		return "nowhere"
	}
	return u.Scheme + "://" + u.Host
}

// retryOf says whether the failure behind a status without a Fault may pass.
func retryOf(status int) Retry {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return Later
	case http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusGone, http.StatusMisdirectedRequest:
		return AfterSettings
	}
	if status >= 500 {
		return Later
	}
	return Never
}
