package online

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
	"time"
)

// keepIdle is how long an unused connection is kept. It is shorter than any
// server's limit, since nobody knows what became of a record written into a
// connection that the server was just closing.
const keepIdle = 3 * time.Second

// continueAfter is how long the body of a large request waits for 100 Continue
// before it is sent without it.
const continueAfter = 2 * time.Second

// newTransport makes the HTTP side. Requests go through RoundTrip and not through
// an http.Client, which would follow redirects with the login.
//
// asked is set when a server asks for a client certificate and there is none.
func newTransport(o *Options, asked *atomic.Bool) *http.Transport {
	config := &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: o.Roots}
	config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
		if o.Certificate != nil {
			return o.Certificate, nil
		}
		asked.Store(true)
		return &tls.Certificate{}, nil
	}
	// Only HTTP/1.1 is allowed: there it is simple to say what became of a request
	// whose connection broke, and the service is older than HTTP/2.
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	tcp := &net.Dialer{Timeout: o.Timeouts.Connect, KeepAlive: 30 * time.Second}
	dial := func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := tcp.DialContext(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return &wire{Conn: c}, nil
	}
	return &http.Transport{
		Proxy:       o.proxy,
		DialContext: dial,
		DialTLSContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			return dialTLS(ctx, dial, network, addr, config, o.Timeouts.Handshake)
		},
		OnProxyConnectResponse: func(_ context.Context, _ *url.URL, _ *http.Request, resp *http.Response) error {
			return connectAnswer(resp)
		},
		TLSClientConfig:        config,
		TLSHandshakeTimeout:    o.Timeouts.Handshake,
		DisableCompression:     true, // an answer that unpacks to gigabytes is not asked for
		MaxIdleConns:           16,
		MaxIdleConnsPerHost:    16,
		IdleConnTimeout:        keepIdle,
		ExpectContinueTimeout:  continueAfter,
		MaxResponseHeaderBytes: o.Limits.Headers,
		WriteBufferSize:        64 << 10,
		ReadBufferSize:         16 << 10,
		Protocols:              &protocols,
	}
}

// dialer makes a connection below TLS.
type dialer func(ctx context.Context, network, addr string) (net.Conn, error)

// dialTLS connects without a proxy. (Through one the transport does it; an alert
// or an early answer may then stay unseen, and the outcome unknown.)
func dialTLS(ctx context.Context, dial dialer, network, addr string, config *tls.Config, within time.Duration) (net.Conn, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	raw, err := dial(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	if trace := httptrace.ContextClientTrace(ctx); trace != nil && trace.TLSHandshakeStart != nil {
		trace.TLSHandshakeStart()
	}
	config = config.Clone()
	config.ServerName = host
	c := &tlsConn{Conn: tls.Client(raw, config), wire: wireOf(raw)}
	timed, stop := context.WithTimeout(ctx, within)
	defer stop()
	if err := c.HandshakeContext(timed); err != nil {
		raw.Close()
		return nil, err
	}
	return c, nil
}
