package iso

import (
	"context"
	"io"
	"testing"
)

const benchBytes = 1 << 30

// BenchmarkWrite writes an image of 1 GiB in 256 files.
func BenchmarkWrite(b *testing.B) {
	var files []File
	for _, f := range manyNames(256) {
		files = append(files, File{f.Name, benchBytes / 256})
	}
	l, err := Plan(files, testOptions)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(benchBytes)
	b.ReportAllocs()
	for b.Loop() {
		err := l.Write(context.Background(), plain{io.Discard}, func(string) (io.ReadCloser, error) {
			return io.NopCloser(io.LimitReader(zeros{}, benchBytes/256)), nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCopy is what BenchmarkWrite is held against: the same bytes copied
// with the same buffer.
func BenchmarkCopy(b *testing.B) {
	buf := make([]byte, bufferSize)
	b.SetBytes(benchBytes)
	for b.Loop() {
		if _, err := io.CopyBuffer(plain{io.Discard}, io.LimitReader(zeros{}, benchBytes), buf); err != nil {
			b.Fatal(err)
		}
	}
}

// plain is a writer without ReadFrom.
type plain struct{ io.Writer }

// BenchmarkPlan plans 200,000 files.
func BenchmarkPlan(b *testing.B) {
	files := manyNames(200_000)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Plan(files, testOptions); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSizer adds 200,000 files, asking after each one.
func BenchmarkSizer(b *testing.B) {
	files := manyNames(200_000)
	b.ReportAllocs()
	for b.Loop() {
		s := NewSizer(File{"FORMULAR.PDF", 1})
		for _, f := range files {
			s.Add(f)
			if s.Sectors() == 0 {
				b.Fatal("no sectors")
			}
		}
	}
}

// BenchmarkLint and BenchmarkOpen read an image of 200,000 files.
func BenchmarkLint(b *testing.B) {
	img, size := sparseImage(b, 200_000)
	b.ReportAllocs()
	for b.Loop() {
		if vs := lint(b, img, size); len(vs) > 0 {
			b.Fatal(vs[0])
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	img, size := sparseImage(b, 200_000)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Open(img, size); err != nil {
			b.Fatal(err)
		}
	}
}
