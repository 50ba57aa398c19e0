package online_test

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"csuis-offline/online"
)

// keeper serves many requests on a connection. after is asked about each record that
// was answered: what it returns is done to the connection when the time is over,
// unless a further request is being served then.
func keeper(t testing.TB, after func(digest [32]byte) (bool, time.Duration)) string {
	t.Helper()
	return serveTLS(t, nil, func(c net.Conn) {
		tcp := c.(*tls.Conn).NetConn().(*net.TCPConn)
		var busy sync.Mutex
		for r := bufio.NewReader(c); ; {
			req, err := http.ReadRequest(r)
			if err != nil {
				return
			}
			busy.Lock()
			if req.Header.Get("Expect") != "" {
				io.WriteString(c, "HTTP/1.1 100 Continue\r\n\r\n")
			}
			body, err := io.ReadAll(req.Body)
			if err != nil {
				return
			}
			if _, err := io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"); err != nil {
				return
			}
			broken, delay := after(sha256.Sum256(sealedIn(body)))
			switch {
			case broken && delay == 0:
				reset(tcp)
			case broken:
				time.AfterFunc(delay, func() {
					if busy.TryLock() {
						reset(tcp)
						busy.Unlock()
					}
				})
			}
			busy.Unlock()
		}
	})
}

// sealedIn is the record in the body of a request.
func sealedIn(body []byte) []byte {
	_, rest, _ := strings.Cut(string(body), `Messaging:v1">`)
	text, _, _ := strings.Cut(rest, "<")
	raw, _ := base64.StdEncoding.DecodeString(text)
	return raw
}

func reset(c *net.TCPConn) {
	c.SetLinger(0)
	c.Close()
}

// TestABreakUnderTheNextMessageIsNotOfTheOneBefore: sixteen senders share kept
// connections, which the server resets when it has answered. Every record that it
// answered counts as accepted.
func TestABreakUnderTheNextMessageIsNotOfTheOneBefore(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	answered := map[[32]byte]bool{}
	addr := keeper(t, func(digest [32]byte) (bool, time.Duration) {
		mu.Lock()
		answered[digest] = true
		mu.Unlock()
		return rand.IntN(4) == 0, time.Duration(rand.IntN(2)*rand.IntN(400)) * time.Microsecond
	})
	c := newClient(t, options(addr))
	var all sync.WaitGroup
	for sender := range 16 {
		all.Go(func() {
			for i := range 25 {
				rec := bytes.Repeat(fmt.Appendf(nil, "%d/%d,", sender, i), 2000)
				out := c.Submit(t.Context(), bytes.NewReader(rec), int64(len(rec)))
				mu.Lock()
				if taken := answered[sha256.Sum256(rec)]; out.Verdict == online.NotDelivered || out.Verdict == online.Unknown && taken {
					t.Errorf("answered %v: %+v", taken, out)
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
}

// TestSecondTryOpensAConnection: a server closes each connection after its answer.
// What goes out on one that the client has kept arrives all the same: the second
// try must not take another dead one.
func TestSecondTryOpensAConnection(t *testing.T) {
	t.Parallel()
	for _, size := range []int{100, 60_000, 2 << 20} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			t.Parallel()
			const records = 25
			c := newClient(t, options(keeper(t, func([32]byte) (bool, time.Duration) { return true, 0 })))
			left := map[online.Verdict]int{}
			for range records {
				submit(t, c, 100) // its connection is kept
				left[submit(t, c, size).Verdict]++
			}
			if left[online.NotDelivered] > 0 || left[online.Accepted] < records*3/4 {
				t.Errorf("%v", left)
			}
		})
	}
}
