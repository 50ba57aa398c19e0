package online_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"csuis-offline/internal/testtool"
	"csuis-offline/online"
)

func TestTimeouts(t *testing.T) {
	t.Parallel()
	short := 150 * time.Millisecond
	for _, test := range []struct {
		name     string
		size     int
		timeouts online.Timeouts
		raw      bool
		handle   func(c net.Conn, wait func())
		verdict  online.Verdict
		phase    online.Phase
	}{
		{"handshake", 100, online.Timeouts{Handshake: short}, true, func(c net.Conn, wait func()) { wait() }, online.NotDelivered, online.Securing},
		{"leave for a large record", large, online.Timeouts{Idle: short}, false, func(c net.Conn, wait func()) { c.(*tls.Conn).Handshake(); wait() }, online.NotDelivered, online.Sending},
		{"sending", large, online.Timeouts{Idle: short}, false, func(c net.Conn, wait func()) {
			readHead(c)
			io.WriteString(c, "HTTP/1.1 100 Continue\r\n\r\n")
			io.CopyN(io.Discard, c, 1<<20)
			wait()
		}, online.Unknown, online.Sending},
		{"answer", 100, online.Timeouts{Answer: short}, false, func(c net.Conn, wait func()) { readRequest(c); wait() }, online.Unknown, online.Waiting},
		{"head of the answer, a byte now and then", 100, online.Timeouts{Answer: short}, false, func(c net.Conn, wait func()) {
			readRequest(c)
			for i := range 40 {
				if _, err := fmt.Fprintf(c, "%s", "HTTP/1.1 200 OK\r\nX-Padding: xxxxxxxxxxxxxxxxxxxxxxxxxxxx"[i:i+1]); err != nil {
					return
				}
				time.Sleep(20 * time.Millisecond)
			}
		}, online.Unknown, online.Waiting},
		{"body of the answer", 100, online.Timeouts{Idle: short}, false, func(c net.Conn, wait func()) {
			readRequest(c)
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<a")
			wait()
		}, online.Unknown, online.Receiving},
		{"whole, a byte now and then", 100, online.Timeouts{Whole: 3 * short}, false, func(c net.Conn, wait func()) {
			readRequest(c)
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
			for range 1000 {
				if _, err := io.WriteString(c, " "); err != nil {
					return
				}
				time.Sleep(20 * time.Millisecond)
			}
		}, online.Unknown, online.Receiving},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			end := make(chan struct{})
			wait := func() { <-end }
			var addr string
			if test.raw {
				addr = serveTCP(t, func(c net.Conn) { test.handle(c, wait) })
			} else {
				addr = serveTLS(t, nil, func(c net.Conn) { test.handle(c, wait) })
			}
			t.Cleanup(func() { close(end) }) // before the server's
			o := options(addr)
			o.Timeouts = test.timeouts
			began := time.Now()
			out := submit(t, newClient(t, o), test.size)
			var e *online.Error
			if !errors.As(out.Err, &e) || out.Verdict != test.verdict || e.Kind != online.KindTimeout || e.Phase != test.phase {
				t.Errorf("%s, %v", out.Verdict, out.Err)
			}
			if d := time.Since(began); d > 20*testtool.Slowdown*time.Second {
				t.Errorf("it took %s", d)
			}
		})
	}
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("the user has pressed Ctrl+C")
	addr := serveTLS(t, nil, func(c net.Conn) {
		readRequest(c)
		cancel(why)
		c.Read(make([]byte, 1))
	})
	c := newClient(t, options(addr))
	out := c.Submit(ctx, bytes.NewReader(record(100)), 100)
	if out.Verdict != online.Unknown || kind(t, out.Err) != online.KindCancelled || !errors.Is(out.Err, why) {
		t.Errorf("after the request: %+v", out)
	}
	out = c.Submit(ctx, bytes.NewReader(record(100)), 100)
	if out.Verdict != online.NotDelivered || out.Retry != online.Later || kind(t, out.Err) != online.KindCancelled {
		t.Errorf("before it: %+v", out)
	}
}

// TestHugeAnswers has servers that never stop.
func TestHugeAnswers(t *testing.T) {
	t.Parallel()
	endless := func(c net.Conn, head, part string) {
		readRequest(c)
		io.WriteString(c, head)
		for {
			if _, err := io.WriteString(c, part); err != nil {
				return
			}
		}
	}
	for _, test := range []struct {
		name, head, part string
	}{
		{"headers", "HTTP/1.1 200 OK\r\n", "X-A: " + strings.Repeat("a", 500) + "\r\n"},
		{"one header", "HTTP/1.1 200 OK\r\nX-A: ", strings.Repeat("a", 5000)},
		{"informational answers", "", "HTTP/1.1 103 Early Hints\r\nX-A: " + strings.Repeat("a", 500) + "\r\n\r\n"},
		{"body", "HTTP/1.1 200 OK\r\nContent-Length: 8589934592\r\n\r\n<a>", strings.Repeat("<b>text</b>", 100)},
		{"white space", "HTTP/1.1 200 OK\r\nContent-Length: 8589934592\r\n\r\n", strings.Repeat(" ", 1000)},
		{"chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "3e8\r\n" + strings.Repeat(" ", 1000) + "\r\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			addr := serveTLS(t, nil, func(c net.Conn) { endless(c, test.head, test.part) })
			out := submit(t, newClient(t, options(addr)), 100)
			if k := kind(t, out.Err); out.Verdict != online.Unknown || k != online.KindTooLarge && !(test.name == "body" && k == online.KindNotSOAP) {
				t.Errorf("%s, %v", out.Verdict, out.Err)
			}
		})
	}
	t.Run("a refusal", func(t *testing.T) {
		t.Parallel()
		addr := serveTLS(t, nil, func(c net.Conn) { endless(c, "HTTP/1.1 500 No\r\n\r\n", soap("")) })
		if out := submit(t, newClient(t, options(addr)), 100); out.Verdict != online.Refused || out.Retry != online.Later {
			t.Errorf("%s, %v", out.Verdict, out.Err)
		}
	})
}
