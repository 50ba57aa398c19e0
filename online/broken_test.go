package online_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"csuis-offline/online"
)

// large is the size of a record for which the client asks for leave first, and
// which no buffer between the two holds.
const large = 24 << 20

// TestConnectionsThatBreak cuts the connection at every place, in raw TCP, so
// that no library of HTTP hides one.
func TestConnectionsThatBreak(t *testing.T) {
	t.Parallel()
	head := readHead
	reply := func(c net.Conn, s string) { io.WriteString(c, s) }
	for _, test := range []struct {
		name    string
		size    int
		handle  func(net.Conn)
		verdict online.Verdict
		retry   online.Retry
		kinds   string
		whole   bool
	}{
		{"in the handshake", 100, nil, online.NotDelivered, online.Later, "tls broken unreachable", false},
		{"before the request of a large record", large, func(c net.Conn) { c.(*tls.Conn).Handshake() }, online.NotDelivered, online.Later, "broken", false},
		{"after the head of a large record", large, func(c net.Conn) { head(c) }, online.NotDelivered, online.Later, "broken", false},
		{"after leave for a large record", large, func(c net.Conn) {
			head(c)
			reply(c, "HTTP/1.1 100 Continue\r\n\r\n")
			c.Read(make([]byte, 1))
		}, online.Unknown, online.Never, "broken", false},
		{"in a large record", large, func(c net.Conn) {
			head(c)
			reply(c, "HTTP/1.1 100 Continue\r\n\r\n")
			io.CopyN(io.Discard, c, 1<<20)
		}, online.Unknown, online.Never, "broken", false},
		{"in a large record without leave", large, func(c net.Conn) { head(c); io.CopyN(io.Discard, c, 1<<20) }, online.Unknown, online.Never, "broken", false},
		{"after the request", 100, func(c net.Conn) { readRequest(c) }, online.Unknown, online.Never, "broken", true},
		{"after the request of a large record", large, func(c net.Conn) {
			seen := head(c)
			reply(c, "HTTP/1.1 100 Continue\r\n\r\n")
			readRequest(prefixed{c, io.MultiReader(strings.NewReader(seen), c)})
		}, online.Unknown, online.Never, "broken", true},
		{"in the head of the answer", 100, func(c net.Conn) { readRequest(c); reply(c, "HTTP/1.1 200 OK\r\nContent-Le") }, online.Unknown, online.Never, "broken protocol", true},
		{"in the first line of the answer", 100, func(c net.Conn) { readRequest(c); reply(c, "HTTP/1.1 2") }, online.Unknown, online.Never, "broken protocol", true},
		{"in the body of the answer", 100, func(c net.Conn) {
			readRequest(c)
			reply(c, "HTTP/1.1 200 OK\r\nContent-Length: 300\r\n\r\n<SOAP:Envelope")
		}, online.Unknown, online.Never, "broken", true},
		{"in the body of a refusal", 100, func(c net.Conn) {
			readRequest(c)
			reply(c, "HTTP/1.1 500 No\r\nContent-Length: 300\r\n\r\n<SOAP:Envelope")
		}, online.Refused, online.Later, "status", true},
		{"refused before a large record", large, func(c net.Conn) {
			head(c)
			reply(c, "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n")
		}, online.Refused, online.AfterNewPassword, "unauthorized", false},
		{"accepted before a large record was there", large, func(c net.Conn) {
			head(c)
			reply(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
		}, online.Unknown, online.Never, "protocol", false},
		{"a gateway that gives up before it has a large record", large, func(c net.Conn) {
			head(c)
			reply(c, "HTTP/1.1 504 Gateway Timeout\r\nContent-Length: 0\r\n\r\n")
		}, online.Refused, online.Later, "status", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var conns atomic.Int32
			var addr string
			if test.handle == nil {
				addr = serveTCP(t, func(c net.Conn) { conns.Add(1); c.Read(make([]byte, 10)) })
			} else {
				addr = serveTLS(t, nil, func(c net.Conn) { conns.Add(1); test.handle(c) })
			}
			o := submit(t, newClient(t, options(addr)), test.size)
			if o.Verdict != test.verdict || o.Retry != test.retry || !strings.Contains(test.kinds, string(kind(t, o.Err))) || o.Whole != test.whole {
				t.Errorf("%s, retry %s, whole %v, %v; want %s, %s, %v, %s", o.Verdict, o.Retry, o.Whole, o.Err, test.verdict, test.retry, test.whole, test.kinds)
			}
			if (o.Sent == 0) != (test.verdict == online.NotDelivered || test.size == large && !strings.Contains(test.name, "leave") && !test.whole && !strings.HasPrefix(test.name, "in ")) {
				t.Errorf("%d bytes sent", o.Sent)
			}
			if o.Sent > 0 && conns.Load() != 1 {
				t.Errorf("%d connections, though something had been sent", conns.Load())
			}
		})
	}
}

// TestRefusalWithoutReading: a server that refuses before it has read the message,
// and closes, is understood, though writing to it fails.
func TestRefusalWithoutReading(t *testing.T) {
	t.Parallel()
	addr := serveTLS(t, nil, func(c net.Conn) {
		readHead(c)
		io.WriteString(c, "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
		c.(*tls.Conn).CloseWrite()
		c.(*tls.Conn).NetConn().(*net.TCPConn).CloseWrite()
		time.Sleep(20 * time.Millisecond)
	})
	c := newClient(t, options(addr))
	for _, size := range []int{100, 900_000} {
		for range 10 {
			if out := submit(t, c, size); out.Verdict != online.Refused || out.Retry != online.AfterNewPassword {
				t.Errorf("%d bytes: %+v", size, out)
			}
		}
	}
}

func TestNoServer(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	for _, a := range []string{addr, "does-not-exist.invalid"} {
		o := submit(t, newClient(t, options(a)), 10)
		if o.Verdict != online.NotDelivered || o.Retry != online.Later || kind(t, o.Err) != online.KindUnreachable {
			t.Errorf("%s: %+v", a, o)
		}
	}
}

func TestTLSThatDoesNotHold(t *testing.T) {
	t.Parallel()
	a := testAuthority()
	answered := func(c net.Conn) {
		if _, _, err := readRequest(c); err == nil {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
		}
	}
	for _, test := range []struct {
		name   string
		config *tls.Config
		roots  *x509.CertPool
		kind   online.Kind
		retry  online.Retry
		says   string
	}{
		{"expired", &tls.Config{Certificates: []tls.Certificate{a.issue(t, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Hour) })}}, a.pool, online.KindCertificate, online.AfterSettings, "valid from"},
		{"not valid yet", &tls.Config{Certificates: []tls.Certificate{a.issue(t, func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Hour) })}}, a.pool, online.KindCertificate, online.AfterSettings, "valid from"},
		{"of another name", &tls.Config{Certificates: []tls.Certificate{a.issue(t, func(c *x509.Certificate) { c.IPAddresses, c.DNSNames = nil, []string{"other.example"} })}}, a.pool, online.KindCertificate, online.AfterSettings, "another server"},
		{"of an unknown authority", nil, x509.NewCertPool(), online.KindCertificate, online.AfterSettings, "authority"},
		{"of an authority that the system does not know", nil, nil, online.KindCertificate, online.AfterSettings, "authority"},
		{"for clients only", &tls.Config{Certificates: []tls.Certificate{a.issue(t, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} })}}, a.pool, online.KindCertificate, online.AfterSettings, ""},
		{"TLS 1.1", &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}, a.pool, online.KindTLS, online.Later, "protocol version"},
		{"a client certificate wanted, TLS 1.2", &tls.Config{ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: a.pool, MaxVersion: tls.VersionTLS12}, a.pool, online.KindClientCert, online.AfterSettings, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := options(serveTLS(t, test.config, answered))
			o.Roots = test.roots
			out := submit(t, newClient(t, o), 100)
			if out.Verdict != online.NotDelivered || out.Retry != test.retry || kind(t, out.Err) != test.kind || out.Sent != 0 && test.kind != online.KindClientCert {
				t.Errorf("%+v", out)
			}
			if out.Err == nil || !strings.Contains(out.Err.Error(), test.says) {
				t.Errorf("%v does not say %q", out.Err, test.says)
			}
		})
	}
	t.Run("plain HTTP", func(t *testing.T) {
		t.Parallel()
		addr := serveTCP(t, func(c net.Conn) {
			c.Read(make([]byte, 100))
			io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n")
		})
		out := submit(t, newClient(t, options(addr)), 100)
		if out.Verdict != online.NotDelivered || kind(t, out.Err) != online.KindTLS {
			t.Errorf("%+v", out)
		}
	})
}

// TestClientCertificateMissingInTLS13 is apart, since there the client learns of
// it only after it has begun to send: the alert decides.
func TestClientCertificateMissingInTLS13(t *testing.T) {
	t.Parallel()
	config := &tls.Config{ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: testAuthority().pool, MinVersion: tls.VersionTLS13}
	addr := serveTLS(t, config, func(c net.Conn) {
		c.(*tls.Conn).Handshake()
		time.Sleep(100 * time.Millisecond) // a reset would take the alert away
		io.Copy(io.Discard, c.(*tls.Conn).NetConn())
	})
	out := submit(t, newClient(t, options(addr)), 100)
	if out.Verdict != online.NotDelivered || kind(t, out.Err) != online.KindClientCert || out.Retry != online.AfterSettings {
		t.Errorf("%+v", out)
	}
}

// TestRedirectTakesNothingAlong: neither the login nor the record goes where a
// redirect points.
func TestRedirectTakesNothingAlong(t *testing.T) {
	t.Parallel()
	other := serveHTTP(t, nil, func(http.ResponseWriter, *http.Request) { t.Error("the redirect was followed") })
	for _, status := range []int{301, 302, 307, 308} {
		addr := serveHTTP(t, nil, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://"+other+"/csuis", status)
		})
		c := newClient(t, options(addr))
		if out := submit(t, c, 100); out.Verdict != online.Refused || kind(t, out.Err) != online.KindRedirect || !strings.Contains(out.Err.Error(), other) {
			t.Errorf("%d: %+v", status, out)
		}
		if _, err := c.List(t.Context(), online.Conditions{}); kind(t, err) != online.KindRedirect {
			t.Errorf("%d: list: %v", status, err)
		}
	}
}

// TestReusedConnectionThatDied: a connection that the server closes between two
// records must lead neither to a second delivery nor to a loss.
func TestReusedConnectionThatDied(t *testing.T) {
	t.Parallel()
	var got atomic.Int32
	addr := serveTLS(t, nil, func(c net.Conn) {
		if _, _, err := readRequest(c); err == nil {
			got.Add(1)
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") // and closes, without saying so
		}
	})
	c := newClient(t, options(addr))
	sure, unsure := 0, 0
	for range 200 {
		switch out := submit(t, c, 100); out.Verdict {
		case online.Accepted:
			sure++
		case online.Unknown:
			unsure++
		default:
			t.Errorf("%+v", out)
		}
	}
	if n := int(got.Load()); n < sure || n > sure+unsure {
		t.Errorf("the server got %d records, the client knows of %d and is unsure of %d", n, sure, unsure)
	}
}

// TestRecordThatCannotBeRead: what goes wrong on this side is known exactly.
func TestRecordThatCannotBeRead(t *testing.T) {
	t.Parallel()
	var whole atomic.Int32
	addr := serveTLS(t, nil, func(c net.Conn) {
		if _, _, err := readRequest(c); err == nil {
			whole.Add(1)
		}
	})
	c := newClient(t, options(addr))
	failing := io.MultiReader(bytes.NewReader(record(70000)), readerFunc(func([]byte) (int, error) { return 0, os.ErrPermission }))
	for name, test := range map[string]struct {
		r    io.Reader
		size int64
		is   error
	}{
		"empty":    {strings.NewReader(""), 0, nil},
		"negative": {strings.NewReader(""), -5, nil},
		"shorter":  {bytes.NewReader(record(99)), 100, online.ErrSize},
		"longer":   {bytes.NewReader(record(100)), 99, online.ErrSize},
		"failing":  {failing, 100000, os.ErrPermission},
	} {
		out := c.Submit(t.Context(), test.r, test.size)
		if out.Verdict != online.NotDelivered || out.Retry != online.AfterSettings || kind(t, out.Err) != online.KindInput || test.is != nil && !errors.Is(out.Err, test.is) {
			t.Errorf("%s: %+v", name, out)
		}
	}
	if whole.Load() != 0 {
		t.Errorf("the server got %d whole requests", whole.Load())
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
