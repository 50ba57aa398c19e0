package seal

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
)

// Sizes of a record from the field, and of the large one of the requirements.
const (
	benchSmall = 52_000
	benchLarge = 64 << 20
)

func BenchmarkSeal(b *testing.B) {
	for name, doc := range benchDocuments(b) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(doc)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Seal(context.Background(), io.Discard, bytes.NewReader(doc), options(b, 1)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkOpen(b *testing.B) {
	for name, doc := range benchDocuments(b) {
		b.Run(name, func(b *testing.B) {
			sealed, _ := mustSeal(b, doc, options(b, 1))
			b.SetBytes(int64(len(doc)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Open(context.Background(), io.Discard, bytes.NewReader(sealed), testKey(b)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// benchDocuments are bare records, which need one digest, and envelopes, whose
// profile is known only at the end.
func benchDocuments(b *testing.B) map[string][]byte {
	docs := make(map[string][]byte)
	for name, size := range map[string]int64{"small": benchSmall, "large": benchLarge} {
		record := must(io.ReadAll(newRows(size)))
		docs["record/"+name] = record
		sealed, _ := mustSeal(b, record, options(b, 1))
		xml, _, err := open(sealed, testKey(b))
		if err != nil {
			b.Fatal(err)
		}
		docs["kept/"+name] = xml
		at, end := strings.Index(string(xml), "<Signature "), strings.Index(string(xml), "</Signature>")
		docs["envelope/"+name] = append(bytes.Clone(xml[:at]), xml[end+len("</Signature>"):]...)
	}
	return docs
}
