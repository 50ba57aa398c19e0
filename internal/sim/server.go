package sim

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"io/fs"
	"log"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"time"

	schema "csuis-offline/envelope/schema"
	"csuis-offline/online/wsdl"
)

// Paths of the services (doc/facts.md 5).
const (
	SubmitPath = "/csuis/ws/vykazy"
	InboxPath  = "/csuis/ws/inbox"
	// schemaPath is where the WSDL files' relative import leads from there.
	schemaPath = "/envelope/schema/"
)

// server is the HTTPS side.
type server struct {
	http *http.Server
	// orders takes the commands, on a separate address: a server that refuses every
	// connection must still take the order to stop refusing.
	orders *http.Server
	url    string
	done   chan struct{}

	mu     sync.Mutex
	idle   map[net.Conn]bool          // connections that wait for a further request
	resets map[net.Conn]time.Duration // when connections are to be reset, once they are idle
	gone   map[net.Conn]bool          // connections that were reset while they were idle
}

// state keeps the list of idle connections.
func (sv *server) state(c net.Conn, state http.ConnState) {
	sv.mu.Lock()
	defer sv.mu.Unlock()
	delete(sv.idle, c)
	delay, reset := sv.resets[c]
	switch state {
	case http.StateIdle:
		sv.idle[c] = true
		if reset {
			delete(sv.resets, c)
			time.AfterFunc(delay, func() { sv.resetIdle(c) })
		}
	case http.StateClosed, http.StateHijacked:
		delete(sv.resets, c)
		delete(sv.gone, c)
	}
}

// connKey is the key of a request's connection in its context.
type connKey struct{}

// resetLater resets the connection of a request some time after its answer.
func (sv *server) resetLater(r *http.Request, delay time.Duration) {
	if c, ok := r.Context().Value(connKey{}).(net.Conn); ok {
		sv.mu.Lock()
		defer sv.mu.Unlock()
		sv.resets[c] = delay
	}
}

// resetIdle resets a connection on which nothing is under way.
func (sv *server) resetIdle(c net.Conn) {
	sv.mu.Lock()
	defer sv.mu.Unlock()
	if t, ok := c.(*tls.Conn); ok && sv.idle[c] {
		if tcp, ok := t.NetConn().(*net.TCPConn); ok {
			tcp.SetLinger(0)
		}
		t.NetConn().Close()
		sv.gone[c] = true
	}
}

// wasReset reports whether the connection of a request was reset: the request had
// been read before, and cannot be answered.
func (sv *server) wasReset(r *http.Request) bool {
	c, _ := r.Context().Value(connKey{}).(net.Conn)
	sv.mu.Lock()
	defer sv.mu.Unlock()
	return sv.gone[c]
}

// closeIdle closes the connections that clients keep for later. Otherwise a
// client that holds one would not notice that the server takes no more.
func (sv *server) closeIdle() {
	sv.mu.Lock()
	defer sv.mu.Unlock()
	for c := range sv.idle {
		c.Close()
	}
}

// Start serves on an address, as "127.0.0.1:0". The error is one of the state
// folder or the network. A simulator is started once.
func (s *Sim) Start(listen string) error {
	if s.server != nil {
		return errors.New("the simulator is already serving")
	}
	ln, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	host, port, err := net.SplitHostPort(ln.Addr().String())
	if err != nil {
		ln.Close()
		return err
	}
	named, hosts := host, []string{"localhost", "127.0.0.1", "::1"}
	if ip := net.ParseIP(host); ip.IsUnspecified() {
		named = "localhost"
	} else if !ip.IsLoopback() {
		hosts = append(hosts, host)
	}
	cert, err := certificate(s.o.Dir, hosts)
	if err != nil {
		ln.Close()
		return err
	}
	orders, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		ln.Close()
		return err
	}
	sv := &server{url: "https://" + net.JoinHostPort(named, port), done: make(chan struct{}), idle: map[net.Conn]bool{}, resets: map[net.Conn]time.Duration{}, gone: map[net.Conn]bool{}}
	mux := http.NewServeMux()
	mux.HandleFunc(SubmitPath, s.service(Submit, "csuis.wsdl", sv.url+SubmitPath, s.submit))
	mux.HandleFunc(InboxPath, s.service(Inbox, "inbox.wsdl", sv.url+InboxPath, s.inbox))
	mux.Handle("GET "+schemaPath, http.StripPrefix(schemaPath, http.FileServerFS(schema.Files())))
	sv.http = newServer(mux, cert)
	sv.http.ConnState = sv.state
	sv.http.ConnContext = func(ctx context.Context, c net.Conn) context.Context { return context.WithValue(ctx, connKey{}, c) }
	control := http.NewServeMux()
	control.HandleFunc("POST "+controlPath, s.control)
	sv.orders = newServer(control, cert)
	if err := s.prepareControl("https://" + orders.Addr().String()); err != nil {
		ln.Close()
		orders.Close()
		return err
	}
	s.server = sv
	go func() {
		defer close(sv.done)
		var both sync.WaitGroup
		both.Go(func() { sv.http.ServeTLS(&refusing{ln, s}, "", "") }) // returns when it is closed
		both.Go(func() { sv.orders.ServeTLS(orders, "", "") })
		both.Wait()
	}()
	return nil
}

// newServer is a server with the limits that both have.
func newServer(handler http.Handler, cert tls.Certificate) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 30 * time.Second,
		ReadTimeout:       time.Hour,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          log.New(io.Discard, "", 0), // handshakes of clients under test fail on purpose
		TLSConfig: &tls.Config{
			Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"},
		},
		// Faults cut connections, so one request has one connection.
		TLSNextProto: map[string]func(*http.Server, *tls.Conn, http.Handler){},
	}
}

func (sv *server) close() {
	sv.http.Close()
	sv.orders.Close()
	<-sv.done
}

// URL is where the simulator serves, without a path; "" before Start.
func (s *Sim) URL() string {
	if s.server == nil {
		return ""
	}
	return s.server.url
}

// SubmitURL is the address of the submit service.
func (s *Sim) SubmitURL() string { return s.URL() + SubmitPath }

// InboxURL is the address of the inbox service.
func (s *Sim) InboxURL() string { return s.URL() + InboxPath }

// CAFile is the path of the certificate (PEM) that clients have to trust. It is
// there after Start, and stays the same for a state folder.
func (s *Sim) CAFile() string { return filepath.Join(s.o.Dir, caFile) }

// refusing is a listener that closes new connections while the fault Refuse is
// chosen.
type refusing struct {
	net.Listener
	sim *Sim
}

func (l *refusing) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil || l.sim.fault(Request{Service: Connect, Size: -1}).Kind != Refuse {
			return c, err
		}
		if tcp, ok := c.(*net.TCPConn); ok {
			tcp.SetLinger(0) // the client sees a reset
		}
		c.Close()
	}
}

// handler serves an authenticated request whose fault, if any, is its own.
type handler func(w http.ResponseWriter, r *http.Request, p *Person, f Fault)

// service is what both services have in common: the WSDL file, authentication,
// and the faults that keep nothing.
func (s *Sim) service(name Service, file, address string, serve handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && strings.EqualFold(r.URL.RawQuery, "wsdl") {
			serveWSDL(w, file, address)
			return
		}
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", "GET, POST")
			http.Error(w, "POST only", http.StatusMethodNotAllowed)
			return
		}
		if s.server.wasReset(r) {
			cut()
		}
		r.Body = http.MaxBytesReader(w, r.Body, s.o.MaxBody)
		login, password, _ := r.BasicAuth()
		f := s.fault(Request{Service: name, Login: login, Size: r.ContentLength})
		if f.keepsNothing(w, r) {
			return
		}
		p := s.o.Register.authenticate(login, password)
		if p == nil {
			drain(r)
			unauthenticated(w)
			return
		}
		serve(w, r, p, f)
	}
}

// keepsNothing carries out a fault that comes before the work, and reports
// whether it was one.
func (f *Fault) keepsNothing(w http.ResponseWriter, r *http.Request) bool {
	switch f.Kind {
	case CutBefore:
		cut()
	case CutIn:
		n := f.Bytes
		if n == 0 {
			n = max(r.ContentLength/2, 1)
		}
		io.CopyN(io.Discard, r.Body, n)
		cut()
	case CutAfter:
		drain(r)
		cut()
	case ServerError, Unavailable:
		drain(r)
		code := http.StatusInternalServerError
		if f.Kind == Unavailable {
			code = http.StatusServiceUnavailable
		}
		http.Error(w, http.StatusText(code), code)
	case SOAPFault:
		drain(r)
		fault(w, http.StatusInternalServerError, "Server", "Simulated fault")
	case Unauthentic:
		drain(r)
		unauthenticated(w)
	case WebPage:
		drain(r)
		w.Header().Set("Content-Type", "text/html;charset=utf-8")
		io.WriteString(w, "<!DOCTYPE html>\n<html><head><title>Přihlášení do sítě</title></head><body><form></form></body></html>\n")
	default:
		return false
	}
	return true
}

// cut ends the connection without another byte.
func cut() { panic(http.ErrAbortHandler) }

// drain reads a body that is not wanted, so that the answer is not lost in a
// reset. It does not read more than any record can have.
func drain(r *http.Request) { io.Copy(io.Discard, r.Body) }

// sleep waits in real time, as long as somebody waits for the answer.
func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// serveWSDL serves a WSDL file with the address at which it was asked for.
func serveWSDL(w http.ResponseWriter, file, address string) {
	text, err := fs.ReadFile(wsdl.Files(), file)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	before, rest, _ := strings.Cut(string(text), `<soap:address location="`)
	_, after, _ := strings.Cut(rest, `"`)
	w.Header().Set("Content-Type", "text/xml;charset=utf-8")
	io.WriteString(w, before+`<soap:address location="`+address+`"`+after)
}
