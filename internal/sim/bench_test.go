package sim

import (
	"bytes"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"csuis-offline/internal/fixture"
	"csuis-offline/seal"
)

// BenchmarkSubmit posts a record of 50 kB over one connection a processor, the
// processing included.
func BenchmarkSubmit(b *testing.B) {
	s := started(b, options(b))
	var doc, sealed bytes.Buffer
	fixture.EnvelopedBalanceSheet(&doc, rand.New(rand.NewPCG(1, 2)), 170)
	if _, err := seal.Seal(b.Context(), &sealed, &doc, seal.Options{Key: keyOf(b, 1), Now: today}); err != nil {
		b.Fatal(err)
	}
	body := submission(sealed.Bytes())
	c := client(b, s)
	c.Transport.(*http.Transport).DisableKeepAlives = false
	b.SetBytes(int64(len(body)))
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, s.SubmitURL(), strings.NewReader(body))
			if err != nil {
				b.Error(err)
				return
			}
			req.Header.Set("Content-Type", "text/xml;charset=utf-8")
			req.SetBasicAuth(zo, password)
			res, err := c.Do(req)
			if err != nil {
				b.Error(err)
				return
			}
			res.Body.Close()
		}
	})
	b.StopTimer()
	settled(b, s)
}
