package online_test

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"csuis-offline/online"
)

// heap counts what is in use, at its highest, while f runs.
func heap(f func()) uint64 {
	runtime.GC()
	var before, now runtime.MemStats
	runtime.ReadMemStats(&before)
	var most atomic.Uint64
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			case <-time.After(5 * time.Millisecond):
				runtime.ReadMemStats(&now)
				if now.HeapInuse > before.HeapInuse {
					most.Store(max(most.Load(), now.HeapInuse-before.HeapInuse))
				}
			}
		}
	}()
	f()
	close(stop)
	<-stopped
	return most.Load()
}

func sink(w http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body) }

// zeros is a record of so many bytes that takes no memory.
func zeros(size int64) io.Reader { return io.LimitReader(zero{}, size) }

type zero struct{}

func (zero) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// TestMemoryDoesNotGrow sends 195 MB; client and server together stay small.
func TestMemoryDoesNotGrow(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	const size = 195 << 20
	c := newClient(t, options(serveHTTP(t, nil, sink)))
	if used := heap(func() {
		if out := c.Submit(t.Context(), zeros(size), size); out.Verdict != online.Accepted {
			t.Errorf("%+v", out)
		}
	}); used > 16<<20 {
		t.Errorf("%d MiB of heap for a record of 195 MiB", used>>20)
	}
}

// TestMemoryDoesNotGrowInFetch fetches a sealed message of 60 MB.
func TestMemoryDoesNotGrowInFetch(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	_, text := sealedRecord(t, 100000)
	file := t.TempDir() + "/answer"
	if err := os.WriteFile(file, []byte(soap(`<msg:EncryptedMessage xmlns:msg="urn:cz:mfcr:iissp:schemas:Messaging:v1">`+text+`</msg:EncryptedMessage>`)), 0o600); err != nil {
		t.Fatal(err)
	}
	size := len(text)
	text = ""
	o := options(serveHTTP(t, nil, func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		http.ServeFile(w, r, file)
	}))
	o.Key = testKey(t)
	c := newClient(t, o)
	if used := heap(func() {
		if m, err := c.Fetch(t.Context(), "7", io.Discard); err != nil || !m.Sealed {
			t.Errorf("%+v, %v", m, err)
		}
	}); used > 16<<20 {
		t.Errorf("%d MiB of heap for a message of %d MiB", used>>20, size>>20)
	}
}

func BenchmarkSubmitLarge(b *testing.B) {
	const size = 195 << 20
	c := newClient(b, options(serveHTTP(b, nil, sink)))
	b.SetBytes(size)
	var most uint64
	for b.Loop() {
		most = max(most, heap(func() {
			if out := c.Submit(b.Context(), zeros(size), size); out.Verdict != online.Accepted {
				b.Fatalf("%+v", out)
			}
		}))
	}
	b.ReportMetric(float64(most)/(1<<20), "MiB-heap")
}

func BenchmarkSubmitSmall(b *testing.B) {
	c := newClient(b, options(serveHTTP(b, nil, sink)))
	rec := record(50_000)
	b.SetBytes(int64(len(rec)))
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if out := c.Submit(b.Context(), bytes.NewReader(rec), int64(len(rec))); out.Verdict != online.Accepted {
				b.Errorf("%+v", out)
			}
		}
	})
}
