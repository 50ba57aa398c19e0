package crypto

import (
	"bytes"
	"encoding/base64"
	"io"
	"strings"
	"testing"
)

// To compare: openssl speed -elapsed -bytes 65536 [-decrypt] -evp aes-256-cbc
const benchSize = 16 << 20

func BenchmarkWriter(b *testing.B) {
	key := mustKey(b, testKey)
	piece := plainOf(32 << 10)
	b.SetBytes(benchSize)
	b.ReportAllocs()
	for b.Loop() {
		w, err := NewWriter(io.Discard, key, WriterOptions{})
		if err != nil {
			b.Fatal(err)
		}
		for range benchSize / len(piece) {
			if _, err := w.Write(piece); err != nil {
				b.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReader(b *testing.B) {
	key := mustKey(b, testKey)
	raw := sealed(b, key, plainOf(benchSize))
	b.Run("raw", func(b *testing.B) { benchReader(b, key, raw) })
	b.Run("base64", func(b *testing.B) { benchReader(b, key, []byte(base64.StdEncoding.EncodeToString(raw))) })
}

func benchReader(b *testing.B, key *Key, form []byte) {
	b.SetBytes(benchSize)
	b.ReportAllocs()
	for b.Loop() {
		n, err := io.Copy(io.Discard, NewReader(bytes.NewReader(form), key))
		if err != nil || n != benchSize {
			b.Fatalf("%d, %v", n, err)
		}
	}
}

// Many small records: what one costs beside its bytes.
func BenchmarkSmallRecord(b *testing.B) {
	key := mustKey(b, testKey)
	plain := []byte(strings.Repeat("<a/>", 250))
	b.ReportAllocs()
	for b.Loop() {
		var out bytes.Buffer
		seal(b, &out, key, plain, nil)
		if _, err := io.Copy(io.Discard, NewReader(&out, key)); err != nil {
			b.Fatal(err)
		}
	}
}
