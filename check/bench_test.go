package check

import (
	"bytes"
	"context"
	"math/rand/v2"
	"os"
	"testing"

	"csuis-offline/internal/fixture"
)

// benchOptions check all that can be checked, with a schema of the whole record.
func benchOptions(t testing.TB) Options {
	t.Helper()
	schemas, err := OpenSchemas(os.DirFS("../testdata/schemas"))
	if err != nil {
		t.Fatal(err)
	}
	return Options{Schemas: schemas, Type: builtinType, On: day(t, "2026-10-20")}
}

func BenchmarkRecord(b *testing.B) {
	for _, bc := range []struct {
		name string
		rows int
	}{{"50 kB", 172}, {"20 MB", 72_000}} {
		b.Run(bc.name, func(b *testing.B) {
			var doc bytes.Buffer
			fixture.EnvelopedBalanceSheet(&doc, rand.New(rand.NewPCG(1, 1)), bc.rows)
			c, err := New(benchOptions(b))
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(doc.Len()))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.Record(context.Background(), "r.xml", "", bytes.NewReader(doc.Bytes())); err != nil {
					b.Fatal(err)
				}
			}
			if c.count.Validated != c.count.Records {
				b.Error("a record was not validated")
			}
		})
	}
}
