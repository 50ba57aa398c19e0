package online

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"csuis-offline/internal/iox"
)

// soapAction is what the service wants in the header of that name (doc/facts.md 5).
const soapAction = `"http://sap.com/xi/WebService/soap1.1"`

// expectFrom is the size from which a body waits for 100 Continue, so that a
// wrong password costs no upload.
const expectFrom = 1 << 20

// exchange is one request and its answer.
type exchange struct {
	c      *Client
	host   string
	proxy  string // host:port of the proxy; "" for none
	red    redactor
	ctx    context.Context // ends with the exchange; its cause says why
	parent context.Context
	cancel context.CancelCauseFunc
	watch  *watch

	resp   *http.Response
	sample *sample // of the answer's content; nil where nothing was read
	status int
	sent   int64
	whole  bool
	b      *body
	reused atomic.Bool // the connection had been used before
	conn   atomic.Pointer[tlsConn]
	letter *letter     // of the request
	wired  atomic.Bool // the letter says what has left
}

// post sends one message. It returns when the head of the answer is there, or
// with an error. In either case the reader of the message is no longer used, and
// the exchange must be closed.
func (c *Client) post(ctx context.Context, to *url.URL, message io.Reader, size int64) (*exchange, *Error) {
	x := &exchange{c: c, host: hostPort(to), parent: ctx}
	limited, stop := context.WithTimeoutCause(ctx, c.o.Timeouts.Whole, errStalled)
	x.ctx, x.cancel = context.WithCancelCause(limited)
	context.AfterFunc(x.ctx, stop)
	x.watch = newWatch(x.cancel)

	login, err := c.login(ctx, &x.red)
	if err != nil {
		return x, err
	}
	expect := size >= expectFrom
	x.b = newBody(message, size, x.watch.touch)
	via := c.transport
	for again := true; ; again = false {
		failed := x.once(via, to, size, login, expect)
		// Nothing of the message was taken, so nothing can be sent twice: a connection
		// that had been closed meanwhile, or a server that does not know 100 Continue.
		again = again && x.parent.Err() == nil
		switch {
		case failed == nil && x.status == http.StatusExpectationFailed && expect && again && x.sent == 0:
			x.resp.Body.Close()
			if x.settle(); x.sent != 0 || !x.rewind() {
				return x, nil
			}
			expect = false
		case again && x.reused.Load() && x.stillborn(failed) && x.rewind():
			if x.resp != nil {
				x.resp.Body.Close()
				x.resp, x.status = nil, 0
			}
			// Another kept connection may be as dead as the first.
			via = c.fresh
		default:
			return x, failed
		}
	}
}

// stillborn reports whether a request died with its kept connection: nothing of
// it left, whatever was read from the connection.
func (x *exchange) stillborn(failed *Error) bool {
	if failed != nil && failed.Kind != KindConnectionLost && failed.Kind != KindProtocol {
		return false
	}
	if failed == nil && x.letter.end() {
		return false
	}
	x.settle()
	return x.sent == 0
}

// rewind begins the message anew for another request, where that is possible.
func (x *exchange) rewind() bool {
	again := x.b.anew()
	if again != nil {
		x.b = again
	}
	return again != nil
}

// once makes one request.
func (x *exchange) once(via *http.Transport, to *url.URL, size int64, login string, expect bool) *Error {
	t := &x.c.o.Timeouts
	b, l := x.b, newLetter()
	defer close(l.back)
	x.letter = l
	trace := &httptrace.ClientTrace{
		TLSHandshakeStart: func() { x.watch.enter(Securing, 0) },
		GotConn: func(i httptrace.GotConnInfo) {
			x.reused.Store(i.Reused)
			if c, ok := i.Conn.(*tlsConn); ok {
				x.conn.Store(c)
			}
			if w := wireOf(i.Conn); w != nil {
				if i.Reused {
					b.keepUntil(l.begun)
				}
				x.wired.Store(true)
				w.begin(l, i.Reused)
			}
			x.watch.enter(Sending, t.Idle)
		},
		WroteRequest: func(i httptrace.WroteRequestInfo) {
			if _, whole := b.soFar(); whole && i.Err == nil {
				x.watch.follow(Sending, Waiting, t.Answer)
			}
		},
	}
	x.watch.enter(Connecting, 0)
	x.conn.Store(nil)
	req := &http.Request{
		Method: http.MethodPost, URL: to, Host: to.Host,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{
			"Content-Type": {"text/xml;charset=utf-8"},
			"SOAPAction":   {soapAction}, // the spelling of SOAP 1.1, which Header.Set would change
			"Accept":       {"text/xml"},
			"User-Agent":   {"csuis-offline"},
		},
		Body:          b,
		ContentLength: size,
		// No GetBody: the transport cannot send the message a second time.
	}
	if login != "" {
		req.Header["Authorization"] = []string{login}
	}
	if expect {
		req.Header["Expect"] = []string{"100-continue"}
		// Otherwise the transport would send the body even after a refusal, to keep
		// the connection in use.
		req.Close = true
	}
	proxy, err := x.c.o.proxy(req)
	if err == nil && proxy != nil {
		x.proxy = proxy.Host
	}
	if x.proxy != "" && proxy.User != nil {
		// A proxy may send its own password back.
		if password, ok := proxy.User.Password(); ok && password != "" {
			token := base64.StdEncoding.EncodeToString([]byte(proxy.User.Username() + ":" + password))
			x.red = append(x.red, secrets(password, token)...)
		}
	}
	resp, err := via.RoundTrip(req.WithContext(httptrace.WithClientTrace(x.ctx, trace)))
	if err != nil {
		return x.failure(err, x.settle())
	}
	x.watch.enter(Receiving, t.Idle)
	x.resp, x.status = resp, resp.StatusCode
	return nil
}

// close ends the exchange and waits until the transport has let go of the
// message, so that sent and whole are final. The connection is kept for the next
// exchange only if the answer was read to its end.
func (x *exchange) close() {
	x.watch.stop()
	if x.resp != nil {
		x.resp.Body.Close()
	}
	if x.b != nil {
		if _, whole := x.b.soFar(); !whole {
			x.cancel(nil)
		}
		x.settle()
	}
	if c := x.conn.Load(); c != nil && x.letter.lost.Load() {
		c.Close() // not for the next exchange
	}
	x.cancel(nil)
}

// settle waits until the transport has let go of the message, notes how much of
// it has left, and returns its reader's error.
func (x *exchange) settle() error {
	sent, whole, failed := x.b.state()
	left := x.letter.end()
	x.sent, x.whole = sent, whole && !x.letter.lost.Load()
	if x.wired.Load() && !left {
		x.sent, x.whole = 0, false
	}
	return failed
}

// login makes the header of HTTP Basic and adds to red what must appear nowhere.
func (c *Client) login(ctx context.Context, red *redactor) (string, *Error) {
	if c.o.User == "" {
		return "", nil
	}
	password, err := c.o.Password(ctx)
	defer clear(password)
	switch {
	case ctx.Err() != nil:
		return "", &Error{Kind: KindCancelled, Retry: Later, err: context.Cause(ctx)}
	case err != nil:
		return "", &Error{Kind: KindSettings, Retry: AfterSettings, Detail: "the password cannot be read", err: err}
	case len(password) == 0:
		return "", settings("the password is empty")
	case strings.ContainsFunc(string(password), control):
		return "", settings("the password has a character that HTTP Basic cannot carry, a line end for example")
	}
	pair := append([]byte(c.o.User+":"), password...)
	defer clear(pair)
	token := base64.StdEncoding.EncodeToString(pair)
	*red = secrets(string(password), token)
	return "Basic " + token, nil
}

// secrets lists the forms in which a server may send a password back.
func secrets(password, token string) redactor {
	xml := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(password)
	r := redactor{token, strings.TrimRight(token, "="), password}
	for _, s := range []string{xml, url.QueryEscape(password), url.PathEscape(password), base64.StdEncoding.EncodeToString([]byte(password))} {
		if s != password {
			r = append(r, s)
		}
	}
	return r
}

func hostPort(u *url.URL) string {
	if u.Port() == "" {
		return u.Host + ":443"
	}
	return u.Host
}

// soFar is state without the wait: the answer's head may come before the
// transport is done with the body.
func (b *body) soFar() (handed int64, whole bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.handed, b.handed == b.size
}

var errTooLarge = errors.New("the answer is too large")

func (x *exchange) body(limit int64) io.Reader { return iox.Limit(watched{x}, limit, errTooLarge) }

// watched reads the answer's body under the watch.
type watched struct{ x *exchange }

func (w watched) Read(p []byte) (int, error) {
	n, err := w.x.resp.Body.Read(p)
	w.x.watch.touch()
	if err != nil && err != io.EOF {
		err = &readError{err}
	}
	return n, err
}

// readError marks a failure of the connection, which is no fault of the XML.
type readError struct{ err error }

func (e *readError) Error() string { return "reading the answer: " + e.err.Error() }
func (e *readError) Unwrap() error { return e.err }

// retryAfter reads the header of that name: seconds, or a date.
func retryAfter(h http.Header, now time.Time) time.Duration {
	const most = 24 * time.Hour
	v := h.Get("Retry-After")
	if v == "" {
		return 0
	}
	var d time.Duration
	if s, err := time.ParseDuration(v + "s"); err == nil && !strings.ContainsAny(v, "hmnuµs.") {
		d = s
	} else if at, err := http.ParseTime(v); err == nil {
		d = at.Sub(now)
	}
	return max(0, min(d, most))
}
