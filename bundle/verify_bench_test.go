package bundle_test

import (
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"testing"
	"time"

	"csuis-offline/bundle"
	"csuis-offline/bundle/verify"
	"csuis-offline/finding"
	"csuis-offline/internal/testtool"
)

// BenchmarkVerifyImage compares with sha256sum on the same image. Size:
// CSUIS_BENCH_MB, 256 by default.
func BenchmarkVerifyImage(b *testing.B) {
	mb, _ := strconv.ParseInt(os.Getenv("CSUIS_BENCH_MB"), 10, 64)
	if mb == 0 {
		mb = 256
	}
	dir := bundle.PlainPackage(b, 8, mb<<20/8)
	image := filepath.Join(dir, "disc-1.iso")
	info, err := os.Stat(image)
	if err != nil {
		b.Fatal(err)
	}
	for name, run := range map[string]func(){
		"image":     func() { healthy(b, image) },
		"package":   func() { healthy(b, dir) },
		"sha256sum": func() { testtool.Run(b, "sha256sum", image) },
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(info.Size())
			for b.Loop() {
				run()
			}
		})
	}
}

func healthy(t testing.TB, target string) {
	t.Helper()
	if r, err := verify.Target(t.Context(), target, verify.Options{}); err != nil || finding.Failed(r.Findings) {
		t.Fatalf("%v, %+v", err, r)
	}
}

// BenchmarkVerifyManyRecords tells the peak of the heap beside the time.
// Number: CSUIS_BENCH_RECORDS, 10,000 by default.
func BenchmarkVerifyManyRecords(b *testing.B) {
	n, _ := strconv.Atoi(os.Getenv("CSUIS_BENCH_RECORDS"))
	if n == 0 {
		n = 10_000
	}
	dir := bundle.PlainPackage(b, n, 200)
	debug.FreeOSMemory()
	for b.Loop() {
		peak := heapPeak(func() { healthy(b, dir) })
		b.ReportMetric(float64(peak)/(1<<20), "MiB-heap")
	}
}

// heapPeak runs f and returns the most memory that the Go runtime held from the
// system meanwhile, in bytes, beyond what it had given back.
func heapPeak(f func()) uint64 {
	stop, done := make(chan struct{}), make(chan uint64)
	go func() {
		var peak uint64
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak = max(peak, m.Sys-m.HeapReleased)
			select {
			case <-stop:
				done <- peak
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	f()
	close(stop)
	return <-done
}

func TestManyRecordsWithOneDamaged(t *testing.T) {
	t.Parallel()
	dir := bundle.PlainPackage(t, 300, 100)
	file := filepath.Join(dir, bundle.RecordsDir, "ROZVAHA_000123.XM6")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)/2] ^= 1
	if err := os.WriteFile(file, data, 0o666); err != nil {
		t.Fatal(err)
	}
	r, err := verify.Target(t.Context(), dir, verify.Options{})
	if err != nil || r.Records != 300 {
		t.Fatalf("%v, %+v", err, r)
	}
	failed := slices.DeleteFunc(r.Findings, func(f finding.Finding) bool { return f.Severity != finding.Error })
	if len(failed) != 1 || failed[0].Code != finding.ShaMismatch || failed[0].Record != "ROZVAHA_000123" {
		t.Errorf("findings %+v", failed)
	}
}
