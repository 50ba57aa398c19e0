package outbox

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
)

func filled(b *testing.B, n int) *Outbox {
	b.Helper()
	o, err := Open(b.Context(), b.TempDir(), Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { o.Close() })
	fill(b, o, n)
	return o
}

// BenchmarkClaimAndFinish is the outbox's part of sending one record: two
// moves, each synced.
func BenchmarkClaimAndFinish(b *testing.B) {
	for _, senders := range []int{1, 4, 16} {
		b.Run(fmt.Sprintf("senders=%d", senders), func(b *testing.B) {
			o := filled(b, b.N)
			b.ResetTimer()
			var wg sync.WaitGroup
			for range senders {
				wg.Go(func() {
					for {
						c, err := o.Next(b.Context(), NextOptions{})
						var n *NothingDue
						if errors.As(err, &n) {
							return
						}
						if err == nil {
							_, err = c.Finish(Outcome{Answer: AnswerAccepted})
						}
						if err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			wg.Wait()
			b.ReportMetric(2*float64(b.N)/b.Elapsed().Seconds(), "moves/s")
		})
	}
}

// BenchmarkAdd stores records of 50 kB.
func BenchmarkAdd(b *testing.B) {
	body := strings.Repeat("x", 50_000)
	for _, adders := range []int{1, 4} {
		b.Run(fmt.Sprintf("adders=%d", adders), func(b *testing.B) {
			o := filled(b, 0)
			b.ResetTimer()
			next := make(chan int, b.N)
			for i := range b.N {
				next <- i
			}
			close(next)
			var wg sync.WaitGroup
			for range adders {
				wg.Go(func() {
					for i := range next {
						m := meta(i + 1)
						m.Type = fmt.Sprint(i)
						if _, err := o.Add(b.Context(), m, strings.NewReader(body), AddOptions{}); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			wg.Wait()
		})
	}
}
