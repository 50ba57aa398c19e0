package online

import (
	"crypto/tls"
	"errors"
	"net"
	"sync"
	"sync/atomic"
)

// A kept connection goes from one exchange to the next. What a write brought
// about belongs to the exchange that wrote, and is noted in its letter: a
// connection that breaks under the next message says nothing of the one before,
// which the server may have answered.

// letter is what became of one request on its connection.
type letter struct {
	mu      sync.Mutex
	written int64 // bytes given to the network, those of TLS included
	over    bool  // the exchange has drawn its conclusions

	// back is closed when the transport has returned from the request.
	back chan struct{}

	// lost: a write failed and was reported as a success, so the server cannot have
	// the whole message.
	lost atomic.Bool
}

// end draws the conclusion: reports whether anything of the request can have
// left. Where nothing has, nothing will.
func (l *letter) end() (left bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.over = true
	return l.written > 0
}

// begun reports whether anything of the request has left up to now.
func (l *letter) begun() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.written > 0
}

// wire is a connection below TLS, with a proxy or without.
type wire struct {
	net.Conn
	now  atomic.Pointer[letter] // of the exchange that has the connection; nil before the first
	dead atomic.Bool            // it is of no use to any further message
}

// errDead is how a write fails on a connection that was dead when the exchange
// got it, or that belongs to an exchange that is over.
var errDead = errors.New("the kept connection was closed")

func newLetter() *letter { return &letter{back: make(chan struct{})} }

// begin gives the connection to an exchange. kept says that another one had it
// before: then it may have died meanwhile. The transport offers a connection
// anew a moment before it hands over the answer that it read from it, and loses
// that answer if the connection is closed in between; so begin waits until the
// exchange before has come back with it.
func (w *wire) begin(l *letter, kept bool) {
	if before := w.now.Load(); before != nil {
		<-before.back
	}
	if kept && closedByPeer(w.Conn) {
		w.dead.Store(true)
	}
	w.now.Store(l)
}

func (w *wire) Write(p []byte) (int, error) {
	l := w.now.Load()
	if l == nil {
		return w.Conn.Write(p)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if w.dead.Load() || l.over && l.written == 0 {
		return 0, errDead
	}
	n, err := w.Conn.Write(p)
	l.written += int64(n)
	if err != nil {
		w.dead.Store(true)
	}
	return n, err
}

// wireOf finds the connection below TLS, and below that of a proxy.
func wireOf(c net.Conn) *wire {
	for {
		switch t := c.(type) {
		case *wire:
			return t
		case interface{ NetConn() net.Conn }:
			c = t.NetConn()
		default:
			return nil
		}
	}
}

// tlsConn is a connection without a proxy. It remembers how the server ended TLS:
// in TLS 1.3 it may refuse the client only after the client has begun to send, and
// then the transport may report the broken write, and not the alert that was read.
//
// It also lets an answer be read that came before the server closed: one with a
// 401, from a server that does not read the message first. The transport gives
// up at the first write that fails, so such a write is reported as a success; the
// letter says so, and reading shows what became of the connection.
type tlsConn struct {
	*tls.Conn
	wire  *wire
	alert atomic.Pointer[net.OpError]
}

func (c *tlsConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	l := c.wire.now.Load()
	var timed net.Error
	if err == nil || l == nil || errors.Is(err, net.ErrClosed) || errors.As(err, &timed) && timed.Timeout() {
		return n, err
	}
	if errors.Is(err, errDead) && !l.begun() {
		return n, err
	}
	l.lost.Store(true)
	return len(p), nil
}

func (c *tlsConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if err != nil && isAlert(err) {
		var op *net.OpError
		if errors.As(err, &op) {
			c.alert.Store(op)
		}
	}
	return n, err
}
