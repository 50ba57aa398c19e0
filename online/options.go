package online

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"csuis-offline/crypto"
	"csuis-offline/envelope"
)

// Options say which services a Client speaks with, as whom, and within which
// bounds. An address is needed only for what is called.
type Options struct {
	// Submit, Inbox and Exchange are the services' addresses, https only and
	// without a login in them: the one that takes sealed records (path
	// /csuis/ws/vykazy), the inbox (/csuis/ws/inbox; doc/facts.md 5), and a RISRE
	// service.
	Submit, Inbox, Exchange string

	// User and Password are the person's login (HTTP Basic, technical manual,
	// chapter M). The function is called for each request; the slice is the
	// client's own and is overwritten after use. An empty User sends no login, for
	// a service that knows its client by the certificate.
	User     string
	Password func(context.Context) ([]byte, error)

	// Roots are the authorities that may sign the server's certificate; nil
	// means those of the system. Nothing turns the check off.
	Roots *x509.CertPool
	// Certificate is the client certificate (RISRE); nil for none. See ReadPKCS12.
	Certificate *tls.Certificate

	// Key opens sealed messages of the inbox; nil leaves them unopened (KindKey).
	Key *crypto.Key
	// Sender is the unit and the person that the requests to the inbox name as
	// theirs.
	Sender envelope.Config
	// Profile is the canonical form of the identifiers of these requests.
	Profile envelope.Profile

	// Proxy chooses the proxy for an address; nil is http.ProxyFromEnvironment
	// (HTTPS_PROXY, NO_PROXY), whose settings New checks. The connection through it is TLS from end to end:
	// a proxy learns the server's name, and neither login nor record.
	Proxy func(*http.Request) (*url.URL, error)

	Timeouts Timeouts
	Limits   Limits

	// Now and Rand are the clock and the randomness of requests' envelopes; nil
	// means time.Now and crypto/rand.
	Now  func() time.Time
	Rand io.Reader
}

// Timeouts bound each phase of a request. A zero means the default.
type Timeouts struct {
	Connect   time.Duration // until TCP is connected, a proxy included; 20 s
	Handshake time.Duration // TLS; 20 s
	Idle      time.Duration // without a byte in either direction while sending or receiving; 60 s
	Answer    time.Duration // from the end of the request to the answer's first line; 3 min
	Whole     time.Duration // everything together; 2 h
}

// Limits bound what an answer may be, in bytes. A zero means the default.
type Limits struct {
	Headers int64 // of HTTP; 64 KiB
	Answer  int64 // of a submission, and of a Fault; 1 MiB
	List    int64 // of a list of messages; 16 MiB
	Plain   int64 // of a message that comes in the open, which is held in memory; 32 MiB
	Fetch   int64 // of a message as it comes over the wire; 2 GiB
}

func or[T int64 | time.Duration](given *T, normal T) {
	if *given <= 0 {
		*given = normal
	}
}

func (t *Timeouts) fill() {
	or(&t.Connect, 20*time.Second)
	or(&t.Handshake, 20*time.Second)
	or(&t.Idle, time.Minute)
	or(&t.Answer, 3*time.Minute)
	or(&t.Whole, 2*time.Hour)
}

func (l *Limits) fill() {
	or(&l.Headers, 64<<10)
	or(&l.Answer, 1<<20)
	or(&l.List, 16<<20)
	or(&l.Plain, 32<<20)
	or(&l.Fetch, 2<<30)
}

// Client speaks with the services. It is safe for use by several goroutines at
// once. It holds connections open for a few seconds: Close it at the end.
type Client struct {
	o                       Options
	submit, inbox, exchange *url.URL
	transport               *http.Transport
	fresh                   *http.Transport // the same, with a new connection for each request
	asked                   atomic.Bool     // for a client certificate that is not there
}

// New makes a Client. It reaches no network. Its error is an *Error of
// KindSettings or KindProxySettings.
func New(o Options) (*Client, error) {
	c := &Client{o: o}
	var err error
	for _, s := range []struct {
		name, given string
		to          **url.URL
	}{{"submit", o.Submit, &c.submit}, {"inbox", o.Inbox, &c.inbox}, {"exchange", o.Exchange, &c.exchange}} {
		if *s.to, err = address(s.given); err != nil {
			return nil, settings("the address of the service " + s.name + ": " + err.Error())
		}
	}
	if c.submit == nil && c.inbox == nil && c.exchange == nil {
		return nil, settings("no address of any service is given")
	}
	switch {
	case o.User == "" && o.Password != nil:
		return nil, settings("a password is given, but no user")
	case o.User != "" && o.Password == nil:
		return nil, settings("a user is given, but no password")
	case o.User == "" && o.Certificate == nil:
		return nil, settings("neither a user nor a client certificate is given")
	case strings.ContainsRune(o.User, ':') || strings.ContainsFunc(o.User, control):
		return nil, settings("the user has a character that HTTP Basic cannot carry")
	}
	c.o.Timeouts.fill()
	c.o.Limits.fill()
	if c.o.Now == nil {
		c.o.Now = time.Now
	}
	if c.o.Proxy == nil {
		if err := checkEnvironment(); err != nil {
			return nil, err
		}
		c.o.Proxy = http.ProxyFromEnvironment
	}
	c.transport = newTransport(&c.o, &c.asked)
	c.fresh = c.transport.Clone()
	c.fresh.DisableKeepAlives = true
	return c, nil
}

// Close closes the connections that are held open. Calls under way go on.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// String keeps the options, a private key among them, out of what is printed.
func (c *Client) String() string { return "online.Client" }

// GoString is String.
func (c *Client) GoString() string { return c.String() }

func control(r rune) bool { return r < ' ' || r == 0x7F }

// address takes an address apart. Its errors do not quote the address, since it
// may hold a password in a wrong place.
func address(s string) (*url.URL, error) {
	if s == "" {
		return nil, nil
	}
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return nil, errors.New("it cannot be read")
	case u.User != nil:
		return nil, errors.New("it holds a login, which does not belong there")
	case u.Scheme != "https":
		return nil, fmt.Errorf("it must begin with https://, not %q", u.Scheme)
	case u.Hostname() == "":
		return nil, errors.New("it names no server")
	case u.Fragment != "":
		return nil, errors.New("it has a part after #")
	}
	return u, nil
}

func settings(detail string) *Error {
	return &Error{Kind: KindSettings, Retry: AfterSettings, Detail: detail}
}
