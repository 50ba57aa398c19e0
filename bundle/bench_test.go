package bundle

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"csuis-offline/internal/fixture"
)

// BenchmarkPack500 packs 500 envelopes of 52 kB.
func BenchmarkPack500(b *testing.B) {
	dir := b.TempDir()
	var size int64
	for i := range 500 {
		var buf bytes.Buffer
		fixture.EnvelopedBalanceSheet(&buf, rand.New(rand.NewPCG(uint64(i), 3)), 180)
		size += int64(buf.Len())
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("r%03d.xml", i)), buf.Bytes(), 0o666); err != nil {
			b.Fatal(err)
		}
	}
	o := testOptions(b)
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		mustPack(b, o, dir)
	}
}
