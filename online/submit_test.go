package online_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"csuis-offline/internal/testtool"
	"csuis-offline/online"
)

// TestSubmitOnTheWire looks at the bytes of the request.
func TestSubmitOnTheWire(t *testing.T) {
	t.Parallel()
	for _, size := range []int{1, 2, 3, 32, 48<<10 - 1, 48 << 10, 48<<10 + 1, 2 << 20} {
		var head http.Header
		var body []byte
		var length int64
		addr := serveHTTP(t, nil, func(w http.ResponseWriter, r *http.Request) {
			if name, pass, ok := r.BasicAuth(); !ok || name != user || pass != password || r.Method != http.MethodPost || r.URL.Path != "/csuis/ws/vykazy" {
				t.Errorf("%s %s %q %q", r.Method, r.URL, name, pass)
			}
			head, length = r.Header, r.ContentLength
			body, _ = io.ReadAll(r.Body)
		})
		if out := submit(t, newClient(t, options(addr)), size); out.Verdict != online.Accepted || out.Sent != int64(len(body)) {
			t.Fatalf("%+v", out)
		}
		if length != int64(len(body)) || head.Get("Content-Type") != "text/xml;charset=utf-8" || head.Get("SOAPAction") != `"http://sap.com/xi/WebService/soap1.1"` {
			t.Errorf("%d bytes of %d, %v", len(body), length, head)
		}
		_, rest, _ := strings.Cut(string(body), "<msg:EncryptedMessage xmlns:msg=\"urn:cz:mfcr:iissp:schemas:Messaging:v1\">")
		text, _, ok := strings.Cut(rest, "</msg:EncryptedMessage></SOAP:Body></SOAP:Envelope>")
		raw, err := base64.StdEncoding.DecodeString(text)
		if !ok || err != nil || !bytes.Equal(raw, record(size)) {
			t.Errorf("%d bytes: not what was given: %v", size, err)
		}
		testtool.Need(t, "xmllint")
		file := filepath.Join(t.TempDir(), "body.xml")
		if err := os.WriteFile(file, body, 0o600); err != nil {
			t.Fatal(err)
		}
		testtool.Run(t, "xmllint", "--huge", "--noout", file)
	}
}

// TestServerThatKnowsNoExpect: 417 costs no record and doubles none.
func TestServerThatKnowsNoExpect(t *testing.T) {
	t.Parallel()
	var asked, got atomic.Int32
	addr := serveTLS(t, nil, func(c net.Conn) {
		head := readHead(c)
		if strings.Contains(head, "Expect: 100-continue") {
			asked.Add(1)
			io.WriteString(c, "HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
			return
		}
		if _, _, err := readRequest(prefixed{c, io.MultiReader(strings.NewReader(head), c)}); err == nil {
			got.Add(1)
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
		}
	})
	out := submit(t, newClient(t, options(addr)), 3<<20)
	if out.Verdict != online.Accepted || asked.Load() != 1 || got.Load() != 1 {
		t.Errorf("%+v, asked %d times, delivered %d times", out, asked.Load(), got.Load())
	}
}

// readHead reads up to the end of a request's head, and not a byte further.
func readHead(c net.Conn) string {
	var head strings.Builder
	for buf := make([]byte, 1); !strings.HasSuffix(head.String(), "\r\n\r\n"); {
		if _, err := c.Read(buf); err != nil {
			break
		}
		head.Write(buf)
	}
	return head.String()
}

type prefixed struct {
	net.Conn
	r io.Reader
}

func (p prefixed) Read(b []byte) (int, error) { return p.r.Read(b) }

// TestManySendersAtOnce: every record arrives once, whole, and as itself.
func TestManySendersAtOnce(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	got := map[[32]byte]int{}
	addr := serveHTTP(t, nil, func(_ http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		mu.Lock()
		got[sha256.Sum256(b)]++
		mu.Unlock()
	})
	c := newClient(t, options(addr))
	var all sync.WaitGroup
	for sender := range 8 {
		all.Go(func() {
			for i := range 25 {
				rec := fmt.Appendf(nil, "%d/%d", sender, i)
				if out := c.Submit(t.Context(), bytes.NewReader(rec), int64(len(rec))); out.Verdict != online.Accepted {
					t.Errorf("%+v", out)
				}
			}
		})
	}
	all.Wait()
	if len(got) != 200 {
		t.Errorf("%d different records arrived", len(got))
	}
}

// TestNothingSecretInAnyMessage has servers send the login back in every place,
// and looks for it, and for the key, in everything that a call returns.
func TestNothingSecretInAnyMessage(t *testing.T) {
	t.Parallel()
	token := base64.StdEncoding.EncodeToString([]byte(user + ":" + password))
	xml := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(password)
	fault := func(s string) string {
		return soap("<SOAP:Fault><faultcode>SOAP:" + s + "</faultcode><faultstring>no: " + s + "</faultstring><faultactor>" + s + "</faultactor><detail><a>" + s + "</a></detail></SOAP:Fault>")
	}
	length := func(head, body string) string {
		return fmt.Sprintf("HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s", head, len(body), body)
	}
	for i, answer := range []string{
		length("500 "+password, fault(xml)),
		length("500 No", fault(token)),
		length("500 No", fault("Basic "+token+" "+url.QueryEscape(password)+" "+url.PathEscape(password))),
		length("500 No", fault(base64.StdEncoding.EncodeToString([]byte(password)))),
		length("401 No", fault("<b>"+xml[:8]+"</b>"+xml[8:])),
		length("200 OK", soap("<a>"+xml+" "+token+"</a>")),
		length("200 OK", soap("<a>"+xml+" "+token)),
		length("200 OK", `<a xmlns="`+xml+`"/>`),
		length("200 OK", "<"+token+"/>"),
		length("302 Found\r\nLocation: https://"+strings.ToLower(token)+".example/"+url.PathEscape(password), ""),
		length("200 OK\r\nContent-Encoding: "+token, "x"),
		"HTTP/1.1 " + token + " " + password + "\r\n\r\n",
		"HTTP/1.1 200 OK\r\n" + token + "\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: " + token + "\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: " + token + "\r\n\r\n",
		token + "\r\n",
	} {
		addr := serveTLS(t, nil, func(c net.Conn) {
			if _, _, err := readRequest(c); err == nil {
				io.WriteString(c, answer)
			}
		})
		o := options(addr)
		o.Key = testKey(t)
		c := newClient(t, o)
		out := submit(t, c, 100)
		_, listed := c.List(t.Context(), online.Conditions{})
		m, fetched := c.Fetch(t.Context(), "7", io.Discard)
		for _, v := range []any{out, out.Fault, out.Err, listed, m, fetched} {
			js, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			text := fmt.Sprintf("%v\n%+v\n%s\n%#v\n%s", v, v, v, v, js)
			if e, ok := v.(error); ok && e != nil {
				text += e.Error()
			}
			for _, secret := range []string{password, xml, token, url.QueryEscape(password), url.PathEscape(password), base64.StdEncoding.EncodeToString([]byte(password)), "5AC3", "5ac3", "WsNa"} {
				if strings.Contains(text, secret) {
					t.Errorf("answer %d: %q stands in %s", i, secret, text)
				}
			}
			if len(text) > 60000 {
				t.Errorf("answer %d: a message of %d bytes", i, len(text))
			}
		}
	}
}

// TestMessagesAreBounded: a Fault of a megabyte makes no message of a megabyte.
func TestMessagesAreBounded(t *testing.T) {
	t.Parallel()
	big := strings.Repeat("dlouhá zpráva\n", 60000)
	body := soap("<SOAP:Fault><faultcode>SOAP:Server</faultcode><faultstring>" + big + "</faultstring></SOAP:Fault>")
	addr := serveHTTP(t, nil, func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.WriteHeader(500)
		io.WriteString(w, body)
	})
	out := submit(t, newClient(t, options(addr)), 10)
	if out.Fault == nil || len(out.Err.Error()) > 10000 || strings.Contains(out.Err.Error(), "\n") {
		t.Errorf("%v", out.Err)
	}
}

func TestOptionsThatAreRefused(t *testing.T) {
	t.Parallel()
	secret := func(context.Context) ([]byte, error) { return []byte(password), nil }
	good := func() online.Options {
		return online.Options{Submit: "https://csuis.example/csuis/ws/vykazy", User: user, Password: secret}
	}
	if _, err := online.New(good()); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*online.Options){
		"no address":         func(o *online.Options) { o.Submit = "" },
		"http":               func(o *online.Options) { o.Submit = "http://csuis.example/" },
		"login in address":   func(o *online.Options) { o.Inbox = "https://a:" + url.QueryEscape(password) + "@csuis.example/" },
		"no host":            func(o *online.Options) { o.Submit = "https:///csuis" },
		"no scheme":          func(o *online.Options) { o.Submit = "csuis.example/x" },
		"bad address":        func(o *online.Options) { o.Submit = "https://csuis.example:" + password },
		"fragment":           func(o *online.Options) { o.Submit += "#a" },
		"no user":            func(o *online.Options) { o.User = "" },
		"no password":        func(o *online.Options) { o.Password = nil },
		"no login at all":    func(o *online.Options) { o.User, o.Password = "", nil },
		"colon in user":      func(o *online.Options) { o.User = "a:b" },
		"line break in user": func(o *online.Options) { o.User = "a\r\nX: y" },
	} {
		o := good()
		change(&o)
		_, err := online.New(o)
		if kind(t, err) != online.KindSettings {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && (strings.Contains(err.Error(), "Tajn") || strings.Contains(err.Error(), "heslo")) {
			t.Errorf("%s: %v tells the password", name, err)
		}
	}
	for name, f := range map[string]func(context.Context) ([]byte, error){
		"empty":      func(context.Context) ([]byte, error) { return nil, nil },
		"line break": func(context.Context) ([]byte, error) { return []byte("a\n"), nil },
		"unreadable": func(context.Context) ([]byte, error) { return nil, os.ErrNotExist },
	} {
		o := good()
		o.Password = f
		out := submit(t, newClient(t, o), 10)
		if out.Verdict != online.NotDelivered || kind(t, out.Err) != online.KindSettings || name == "unreadable" && !errors.Is(out.Err, os.ErrNotExist) {
			t.Errorf("%s: %+v", name, out)
		}
	}
	c := newClient(t, good())
	if _, err := c.List(t.Context(), online.Conditions{}); kind(t, err) != online.KindSettings {
		t.Error(err)
	}
	if _, out := c.Exchange(t.Context(), strings.NewReader("<a/>"), io.Discard); kind(t, out.Err) != online.KindSettings {
		t.Error(out)
	}
}

func TestPasswordIsOverwritten(t *testing.T) {
	t.Parallel()
	addr := serveHTTP(t, nil, func(http.ResponseWriter, *http.Request) {})
	kept := []byte(password)
	o := options(addr)
	o.Password = func(context.Context) ([]byte, error) { return kept, nil }
	submit(t, newClient(t, o), 10)
	if len(bytes.Trim(kept, "\x00")) != 0 {
		t.Errorf("%q", kept)
	}
}

// TestProxyLearnsTheNameAlone: through a proxy the connection is TLS to the
// server, and the proxy is sent neither login nor record.
func TestProxyLearnsTheNameAlone(t *testing.T) {
	t.Parallel()
	var got atomic.Int32
	addr := serveHTTP(t, nil, func(_ http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body); got.Add(1) })
	var mu sync.Mutex
	var seen bytes.Buffer
	proxy := serveTCP(t, func(c net.Conn) {
		req, _, err := readRequest(c)
		if err != nil || req.Method != http.MethodConnect || req.Host != addr {
			t.Errorf("%v, %+v", err, req)
			return
		}
		if req.Header.Get("Authorization") != "" || req.Header.Get("Proxy-Authorization") != "" {
			t.Errorf("%v", req.Header)
		}
		to, err := net.Dial("tcp", addr)
		if err != nil {
			t.Error(err)
			return
		}
		defer to.Close()
		io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\n")
		go io.Copy(c, to)
		b := make([]byte, 4096)
		for {
			n, err := c.Read(b)
			mu.Lock()
			seen.Write(b[:n])
			mu.Unlock()
			if err != nil {
				return
			}
			to.Write(b[:n])
		}
	})
	o := options(addr)
	o.Proxy = func(*http.Request) (*url.URL, error) { return &url.URL{Scheme: "http", Host: proxy}, nil }
	if out := submit(t, newClient(t, o), 1000); out.Verdict != online.Accepted || got.Load() != 1 {
		t.Errorf("%+v", out)
	}
	mu.Lock()
	defer mu.Unlock()
	if bytes.Contains(seen.Bytes(), []byte("Basic")) || bytes.Contains(seen.Bytes(), []byte("EncryptedMessage")) {
		t.Error("the proxy could read along")
	}
	refusing := serveTCP(t, func(c net.Conn) {
		readRequest(c)
		io.WriteString(c, "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
	})
	o.Proxy = func(*http.Request) (*url.URL, error) { return &url.URL{Scheme: "http", Host: refusing}, nil }
	if out := submit(t, newClient(t, o), 1000); out.Verdict != online.NotDelivered || kind(t, out.Err) != online.KindProxyLogin || !strings.Contains(out.Err.Error(), refusing) {
		t.Errorf("%+v", out)
	}
}

// TestProxyPasswordIsNotShown: neither a proxy that sends its password back nor
// an address that cannot be used brings it into a message.
func TestProxyPasswordIsNotShown(t *testing.T) {
	t.Parallel()
	const secret = "HesloProxy1"
	echo := serveTCP(t, func(c net.Conn) {
		if req, _, err := readRequest(c); err == nil {
			io.WriteString(c, "HTTP/1.1 407 "+secret+" "+req.Header.Get("Proxy-Authorization")+"\r\n\r\n")
		}
	})
	for want, proxy := range map[online.Kind]func(*http.Request) (*url.URL, error){
		online.KindProxyLogin: func(*http.Request) (*url.URL, error) {
			return &url.URL{Scheme: "http", Host: echo, User: url.UserPassword("kdosi", secret)}, nil
		},
		online.KindProxySettings: func(*http.Request) (*url.URL, error) {
			return nil, errors.New("bad address http://kdosi:" + secret + "@proxy")
		},
	} {
		o := options("127.0.0.1:1")
		o.Proxy = proxy
		c := newClient(t, o)
		out := submit(t, c, 10)
		text := fmt.Sprintf("%v %+v %#v %v %+v %#v", out, out, out, c, c, c)
		if kind(t, out.Err) != want || out.Verdict != online.NotDelivered {
			t.Errorf("%+v", out)
		}
		for _, s := range []string{secret, base64.StdEncoding.EncodeToString([]byte("kdosi:" + secret)), password} {
			if strings.Contains(text, s) {
				t.Errorf("%q stands in %s", s, text)
			}
		}
	}
}
