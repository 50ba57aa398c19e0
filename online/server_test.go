package online_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"csuis-offline/crypto"
	"csuis-offline/envelope"
	"csuis-offline/internal/fixture"
	"csuis-offline/online"
)

// The login of the tests. The password looks like nothing else, so that it can
// be looked for everywhere, and needs escaping in XML and in addresses.
const (
	user     = "zofie"
	password = `Tajné<heslo>&"96/c=`
)

var start = time.Date(2026, time.November, 25, 9, 0, 0, 0, time.UTC)

// authority signs certificates for one test.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pool *x509.CertPool
}

var testAuthority = sync.OnceValue(func() *authority {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	a := &authority{key: key, pool: x509.NewCertPool()}
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test authority"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: time.Now().Add(48 * time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}, &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test authority"}}, &key.PublicKey, key)
	if err != nil {
		panic(err)
	}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		panic(err)
	}
	a.pool.AddCert(a.cert)
	return a
})

// issue makes a certificate; change may spoil it.
func (a *authority) issue(t testing.TB, change func(*x509.Certificate)) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "test"}, DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-24 * time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	if change != nil {
		change(c)
	}
	der, err := x509.CreateCertificate(rand.Reader, c, a.cert, &key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

// serveTLS starts a raw TLS server and returns its address. Each connection goes
// to handle, whose end closes it.
func serveTLS(t testing.TB, config *tls.Config, handle func(net.Conn)) string {
	t.Helper()
	if config == nil {
		config = &tls.Config{}
	}
	if config.Certificates == nil {
		config.Certificates = []tls.Certificate{testAuthority().issue(t, nil)}
	}
	return serveTCP(t, func(c net.Conn) {
		handle(tls.Server(c, config))
	})
}

// serveTCP is serveTLS without TLS.
func serveTCP(t testing.TB, handle func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	open := map[net.Conn]bool{}
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			open[c] = true
			mu.Unlock()
			all.Go(func() {
				handle(c)
				c.Close()
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		mu.Lock()
		for c := range open {
			c.Close()
		}
		mu.Unlock()
		all.Wait()
	})
	return l.Addr().String()
}

// serveHTTP starts an HTTPS server.
func serveHTTP(t testing.TB, config *tls.Config, h http.HandlerFunc) string {
	t.Helper()
	if config == nil {
		config = &tls.Config{}
	}
	config.Certificates = []tls.Certificate{testAuthority().issue(t, nil)}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: h, TLSConfig: config, ErrorLog: quiet(t)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.ServeTLS(l, "", "")
	}()
	t.Cleanup(func() {
		s.Close()
		<-done
	})
	return l.Addr().String()
}

// options are those of a client of the server at addr.
func options(addr string) online.Options {
	return online.Options{
		Submit: "https://" + addr + "/csuis/ws/vykazy", Inbox: "https://" + addr + "/csuis/ws/inbox", Exchange: "https://" + addr + "/risre/ws/B_EKIS_SP_REZ",
		User: user, Password: func(context.Context) ([]byte, error) { return []byte(password), nil },
		Roots: testAuthority().pool,
		Sender: envelope.Config{
			Unit:   envelope.Unit{IC: fixture.UnitIC, Name: fixture.UnitName},
			Person: envelope.Person{ID: fixture.PersonID, Name: fixture.PersonName, Email: fixture.PersonEmail},
		},
		Now: func() time.Time { return start },
	}
}

func newClient(t testing.TB, o online.Options) *online.Client {
	t.Helper()
	c, err := online.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// record is a sealed record of so many bytes, as far as the channel can tell.
func record(size int) []byte {
	b := make([]byte, size)
	for i := range b {
		b[i] = byte(i * 7)
	}
	return b
}

func submit(t testing.TB, c *online.Client, size int) online.Outcome {
	t.Helper()
	return c.Submit(t.Context(), bytes.NewReader(record(size)), int64(size))
}

// kind is the kind of an error, "" for none.
func kind(t testing.TB, err error) online.Kind {
	t.Helper()
	if err == nil {
		return ""
	}
	var e *online.Error
	if !errors.As(err, &e) {
		t.Fatalf("%v is no *online.Error", err)
	}
	return e.Kind
}

// readRequest reads one whole request, as a server without manners would.
func readRequest(c net.Conn) (*http.Request, []byte, error) {
	req, err := http.ReadRequest(bufio.NewReader(c))
	if err != nil {
		return nil, nil, err
	}
	body, err := io.ReadAll(req.Body)
	return req, body, err
}

func testKey(t testing.TB) *crypto.Key {
	t.Helper()
	k, err := crypto.NewKey(bytes.Repeat([]byte{0x5A, 0xC3}, 16))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// soap puts something into the Body of a SOAP envelope.
func soap(body string) string {
	return `<?xml version="1.0" encoding="UTF-8"?>` + "\n" +
		`<SOAP:Envelope xmlns:SOAP="http://schemas.xmlsoap.org/soap/envelope/"><SOAP:Body>` + body + `</SOAP:Body></SOAP:Envelope>`
}

// noDeclaration takes the XML declaration off a document.
func noDeclaration(doc string) string {
	if strings.HasPrefix(doc, "<?xml") {
		return doc[strings.Index(doc, "?>")+2:]
	}
	return doc
}
