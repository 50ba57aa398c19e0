package bundle

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"csuis-offline/checksum"
	"csuis-offline/finding"
	"csuis-offline/internal/testtool"
	"csuis-offline/iso"
)

// plainPackage makes a package of n records of size random bytes each: all of
// it is right but that nothing is inside the records.
func plainPackage(t testing.TB, n int, size int64) string {
	t.Helper()
	dir := t.TempDir()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.Mkdir(filepath.Join(dir, RecordsDir), 0o777))
	m := testManifest(n, 1)
	o := testOptions(t)
	m.Created, m.Media = testTime, "dvd-dl"
	o.Media, _ = iso.MediaByName(m.Media)
	rnd := rand.NewChaCha8([32]byte{1})
	for i := range m.Records {
		r := &m.Records[i]
		path := filepath.Join(dir, RecordsDir, r.Name)
		f, err := os.Create(path + ".XM6")
		must(err)
		out := newFileMeter(f)
		_, err = io.CopyN(out, rnd, size)
		must(err)
		must(f.Close())
		r.SHA256, r.Size = checksum.Sum(out.h.Sum(nil)), size
		must(os.WriteFile(path+".SHA", checksum.Line(r.Name+".XM6", r.SHA256), 0o666))
	}
	m.Images = nil
	fs, err := assemble(context.Background(), dir, m, nil, &PackOptions{Media: o.Media, Time: o.Time, Progress: discardProgress{}})
	must(err)
	if len(fs) > 0 {
		t.Fatalf("%+v", fs)
	}
	return dir
}

type discardProgress struct{}

func (discardProgress) SetMax(int64) {}
func (discardProgress) Add(int64)    {}
func (discardProgress) Done()        {}

// BenchmarkVerifyImage compares with sha256sum on the same image. Size:
// CSUIS_BENCH_MB, 256 by default.
func BenchmarkVerifyImage(b *testing.B) {
	mb, _ := strconv.ParseInt(os.Getenv("CSUIS_BENCH_MB"), 10, 64)
	if mb == 0 {
		mb = 256
	}
	dir := plainPackage(b, 8, mb<<20/8)
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
	if r := mustVerify(t, target, nil); finding.Failed(r.Findings) {
		t.Fatalf("%+v", r.Findings)
	}
}

// BenchmarkVerifyManyRecords tells the peak of the heap beside the time.
// Number: CSUIS_BENCH_RECORDS, 10,000 by default.
func BenchmarkVerifyManyRecords(b *testing.B) {
	n, _ := strconv.Atoi(os.Getenv("CSUIS_BENCH_RECORDS"))
	if n == 0 {
		n = 10_000
	}
	dir := plainPackage(b, n, 200)
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

func BenchmarkReadManifest(b *testing.B) {
	data := manifestBytes(b, testManifest(100_000, 3))
	b.SetBytes(int64(len(data)))
	var m *Manifest
	for b.Loop() {
		var err error
		if m, err = ReadManifest(bytes.NewReader(data), int64(len(data))); err != nil {
			b.Fatal(err)
		}
	}
	runtime.KeepAlive(m)
}

// TestMemoryOfAManifest: 100,000 records stay below 60 MB.
func TestMemoryOfAManifest(t *testing.T) {
	path := filepath.Join(t.TempDir(), ManifestName)
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	if err := WriteManifest(w, testManifest(100_000, 3)); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	held := func() int64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	before := held()
	m, err := ReadManifest(f, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	if n := held() - before; n > 60<<20 {
		t.Errorf("%d bytes for %d records", n, len(m.Records))
	}
	runtime.KeepAlive(m)
}

func TestManyRecordsWithOneDamaged(t *testing.T) {
	t.Parallel()
	f := folder{t, plainPackage(t, 300, 100)}
	f.flip("records/ROZVAHA_000123.XM6")
	r := mustVerify(t, f.dir, nil)
	wantLines(t, r.Findings, "error|sha.mismatch|records/ROZVAHA_000123.XM6|ROZVAHA_000123")
	if r.Records != 300 || !strings.Contains(fmt.Sprint(r.Findings), "ROZVAHA_000123") {
		t.Errorf("%d records", r.Records)
	}
}
