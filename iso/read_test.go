package iso

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime"
	"slices"
	"strings"
	"testing"

	"csuis-offline/internal/testtool"
)

func open(t testing.TB, b []byte) *Image {
	t.Helper()
	im, err := Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	return im
}

// TestReadBack reads what Write wrote, name by name.
func TestReadBack(t *testing.T) {
	t.Parallel()
	for name, c := range judged() {
		im := open(t, image(t, c, testOptions))
		files := c.files()
		slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
		if got := im.Files(); !slices.Equal(got, files) || im.VolumeID() != testOptions.VolumeID || len(im.Refused()) > 0 {
			t.Errorf("%s: volume %q, %d files, %v refused", name, im.VolumeID(), len(got), im.Refused())
		}
		for file, want := range c {
			if got, err := readFile(im, file); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s: %s: %d bytes, want %d: %v", name, file, len(got), len(want), err)
			}
		}
		for _, no := range []string{"", "NO.XM6", "r.xm6", "R.XM6;1", "/R.XM6"} {
			if _, err := im.OpenFile(no); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s: %q: %v", name, no, err)
			}
		}
	}
}

// TestOpenHostile has one attack an image. What cannot be followed is refused
// as a whole; what is wrong with one entry does not hide the others.
func TestOpenHostile(t *testing.T) {
	t.Parallel()
	few := func() []byte { return image(t, fewFiles(), testOptions) }
	tree := func() []byte { return nested(t, twoDirs) }
	rename := func(to string) func([]byte) []byte {
		return func(b []byte) []byte {
			r := primaryRecord(b, "RECORD_1")
			copy(r[33:33+int(r[32])], to+strings.Repeat("X", int(r[32])-len(to)))
			return b
		}
	}
	id := func(to string) func([]byte) []byte {
		return func(b []byte) []byte {
			r := primaryRecord(b, "RECORD_1")
			r[32] = byte(copy(r[33:], to))
			return b
		}
	}
	for _, c := range []struct {
		name    string
		base    func() []byte
		patch   func([]byte) []byte
		files   int // -1: Open refuses
		refused int // -1: whatever comes
	}{
		{"nothing", few, func([]byte) []byte { return nil }, -1, 0},
		{"zeros", few, func(b []byte) []byte { clear(b); return b }, -1, 0},
		{"no terminator ever", few, func(b []byte) []byte { clear(b[svd+SectorSize:][:SectorSize]); return b }, 5, 0},
		{"descriptors without end", few, func(b []byte) []byte {
			for n := sectorPVD; n < len(b)/SectorSize; n++ {
				copy(b[n*SectorSize:], "\x00CD001\x01")
			}
			return b
		}, -1, 0},
		{"terminator first", few, set(pvd, typeTerminator), -1, 0},
		{"blocks of 512 bytes", few, func(b []byte) []byte { putBoth16(b[pvd+128:], 512); return b }, -1, 0},
		{"root outside the image", few, func(b []byte) []byte { putBoth32(b[pvd+156+2:], 1<<30); return b }, -1, 0},
		{"root at 0", few, func(b []byte) []byte { putBoth32(b[pvd+156+2:], 0); return b }, -1, 0},
		{"root of 4 GiB", few, func(b []byte) []byte { putBoth32(b[pvd+156+10:], 1<<32-1); return b }, -1, 0},
		{"root is a file", few, set(pvd+156+25, 0), -1, 0},
		{"root with two sizes", few, set(pvd+156+17, 9), -1, 0},
		{"empty root", few, func(b []byte) []byte { clear(b[sectorRoot*SectorSize:][:SectorSize]); return b }, 0, 0},
		{"root without a sector", few, func(b []byte) []byte { putBoth32(b[pvd+156+10:], 0); return b }, 0, 0},
		{"root of noise", few, func(b []byte) []byte { copy(b[sectorRoot*SectorSize:], noise(1, SectorSize)); return b }, 0, -1},
		{"directory contains itself", tree, func(b []byte) []byte { putBoth32(primaryRecord(b, "AA")[2:], sectorRoot); return b }, -1, 0},
		{"directory twice", tree, func(b []byte) []byte { copy(primaryRecord(b, "AA")[2:10], primaryRecord(b, "BB")[2:10]); return b }, -1, 0},
		{"directory outside", tree, func(b []byte) []byte { putBoth32(primaryRecord(b, "AA")[2:], 1<<31); return b }, 1, 1},
		{"directory beyond 4 GiB", tree, func(b []byte) []byte { putBoth32(primaryRecord(b, "AA")[2:], 1<<21+23); return b }, 1, 1},
		{"directory without a sector", tree, func(b []byte) []byte { putBoth32(primaryRecord(b, "AA")[10:], 0); return b }, 1, 0},
		{"directories too deep", func() []byte { return nested(t, chain(60)) }, func(b []byte) []byte { return b }, 1, 1},
		{"slash", few, rename("../../ETC.A"), 4, 1},
		{"slash behind", few, rename("A/B"), 4, 1},
		{"backslash", few, rename("A\\B"), 4, 1},
		{"NUL", few, rename("A\x00B"), 4, 1},
		{"escape", few, rename("A\x1b[2JB"), 4, 1},
		{"beyond ASCII", few, rename("A\xffB"), 4, 1},
		{"two dots together", few, rename("A..B"), 4, 1},
		{"up", few, id("..;1"), 4, 1},
		{"here", few, id(".;1"), 4, 1},
		{"no name", few, id(";1"), 4, 1},
		{"identifier of length 0", few, func(b []byte) []byte { primaryRecord(b, "RECORD_1")[32] = 0; return b }, 4, 1},
		{"identifier longer than the record", few, func(b []byte) []byte { primaryRecord(b, "RECORD_1")[32] = 250; return b }, 4, 1},
		{"record too short", few, func(b []byte) []byte { primaryRecord(b, "RECORD_1")[0] = 20; return b }, 4, 1},
		{"two places", few, func(b []byte) []byte { primaryRecord(b, "RECORD_1")[2]++; return b }, 4, 1},
		{"two sizes", few, func(b []byte) []byte { primaryRecord(b, "RECORD_1")[10]++; return b }, 4, 1},
		{"two volume numbers", few, func(b []byte) []byte { primaryRecord(b, "RECORD_1")[28]++; return b }, 5, 0},
		{"extended attributes", few, func(b []byte) []byte { primaryRecord(b, "RECORD_1")[1]++; return b }, 4, 1},
		{"interleaved", few, func(b []byte) []byte { primaryRecord(b, "RECORD_1")[27]++; return b }, 4, 1},
		{"several extents", few, func(b []byte) []byte { primaryRecord(b, "RECORD_1")[25] |= flagMultiple; return b }, 4, 1},
		{"associated", few, func(b []byte) []byte { primaryRecord(b, "RECORD_1")[25] |= flagAssociated; return b }, 4, 1},
		{"Rock Ridge mark of no length", few, func(b []byte) []byte {
			// The root's own record gets a system use field: SP, which says
			// to skip 255 bytes of every other one, and an entry of length 0,
			// over which a parser turns for ever.
			dir := b[sectorRoot*SectorSize:][:SectorSize]
			copy(dir[50:], bytes.Clone(dir[minRecord:SectorSize-16]))
			copy(dir[minRecord:50], "SP\x07\x01\xbe\xef\xffXX\x00\x00XX\x00\x00\x00")
			dir[0] = 50
			return b
		}, 5, 0},
	} {
		b := c.patch(c.base())
		im, err := Open(bytes.NewReader(b), int64(len(b)))
		if c.files == -1 {
			var fe *FormatError
			if !errors.As(err, &fe) {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		for _, f := range im.Files() {
			if strings.ContainsAny(f.Name, "\\\x00") || strings.Contains("/"+f.Name+"/", "/../") || strings.HasPrefix(f.Name, "/") {
				t.Errorf("%s: the name %q is listed", c.name, f.Name)
			}
		}
		if len(im.Files()) != c.files || c.refused >= 0 && len(im.Refused()) != c.refused {
			t.Errorf("%s: %d files, refused %v", c.name, len(im.Files()), im.Refused())
		}
	}
}

// TestOpenFileOutside has files past the image's end: they are listed, so that
// a truncated disc is reported file by file, and refused when they are opened.
func TestOpenFileOutside(t *testing.T) {
	t.Parallel()
	b := image(t, fewFiles(), testOptions)
	putBoth32(primaryRecord(b, "R.XM6")[2:], 1<<31+5)
	putBoth32(primaryRecord(b, "FORMULAR")[10:], 1<<32-1)
	b = b[:29*SectorSize] // RECORD_1.XM6 begins in the last sector
	im := open(t, b)
	if len(im.Files()) != 5 {
		t.Errorf("%v", im.Files())
	}
	for _, name := range []string{"R.XM6", "FORMULAR.PDF", "RECORD_1.XM6"} {
		var ee *EntryError
		if _, err := im.OpenFile(name); !errors.As(err, &ee) || ee.Name != name {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := readFile(im, "A_NAME_OF_27_CHARACTERS_ABC.XM6"); err != nil {
		t.Error(err)
	}
}

// TestOpenFileTwice has two files of one name: neither is taken for the other.
func TestOpenFileTwice(t *testing.T) {
	t.Parallel()
	b := image(t, manyFiles(2), testOptions)
	copy(primaryRecord(b, "RECORD_00000.XM6")[33:], "RECORD_00000.SHA")
	im := open(t, b)
	var ee *EntryError
	if _, err := im.OpenFile("RECORD_00000.SHA"); !errors.As(err, &ee) {
		t.Error(err)
	}
	if _, err := im.OpenFile("RECORD_00001.SHA"); err != nil {
		t.Error(err)
	}
}

// TestOpenReadError has a scratch in a directory, which the library takes for
// an empty directory.
func TestOpenReadError(t *testing.T) {
	t.Parallel()
	b := image(t, manyFiles(100), testOptions)
	scratch := errors.New("scratch")
	for _, n := range []int64{sectorPVD, sectorRoot, sectorRoot + 1} {
		if _, err := Open(failingAt{bytes.NewReader(b), n, scratch}, int64(len(b))); !errors.Is(err, scratch) {
			t.Errorf("sector %d: %v", n, err)
		}
	}
	if _, err := Open(bytes.NewReader(b[:sectorRoot*SectorSize+100]), int64(len(b))); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("shorter than its size: %v", err)
	}
	im, err := Open(bytes.NewReader(b[:len(b)/2]), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := readFile(im, "RECORD_00099.XM6"); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a file behind the end: %v", err)
	}
}

// TestVolumeIDIsPrintable keeps control characters from the terminal.
func TestVolumeIDIsPrintable(t *testing.T) {
	t.Parallel()
	b := image(t, fewFiles(), testOptions)
	copy(b[pvd+40:pvd+72], "A\x1b[2J\x00\x00B\xff                                ")
	if id := open(t, b).VolumeID(); id != "A?[2J??B?" {
		t.Errorf("%q", id)
	}
}

// manyNames are the files of a disc of 100,000 records.
func manyNames(n int) []File {
	fs := make([]File, 0, n)
	for i := range n / 2 {
		fs = append(fs, File{fmt.Sprintf("ROZVAHA_%09d.SHA", i), 82}, File{fmt.Sprintf("ROZVAHA_%09d.XM6", i), 4096})
	}
	return fs
}

// sparseImage is an image of manyNames: the metadata, and every file zeros.
func sparseImage(t testing.TB, n int) (sparse, int64) {
	t.Helper()
	l := must(Plan(manyNames(n), testOptions))(t)
	var img bytes.Buffer
	img.Write(make([]byte, sectorPVD*SectorSize))
	if err := l.metadata(func(b []byte) error { img.Write(b); return nil }); err != nil {
		t.Fatal(err)
	}
	return sparse(img.Bytes()), l.Size()
}

// TestMemory plans, writes, lints and opens an image of 200,000 files. The
// bounds are on what each step allocates and on what stays. It does not run in
// parallel: it looks at the heap of the whole process.
func TestMemory(t *testing.T) {
	if testtool.RaceEnabled {
		t.Skip("the race detector needs more memory")
	}
	files := manyNames(200_000)
	l := must(Plan(files, testOptions))(t)
	b, _ := sparseImage(t, len(files))

	for _, step := range []struct {
		name            string
		allocated, kept int64 // bounds in bytes
		run             func() any
	}{
		{"Plan", 8 << 20, 8 << 20, func() any { return must(Plan(files, testOptions))(t) }},
		{"Write", 4 << 20, 1 << 20, func() any {
			return l.Write(t.Context(), io.Discard, func(name string) (io.ReadCloser, error) {
				n := int64(4096)
				if strings.HasSuffix(name, ".SHA") {
					n = 82
				}
				return io.NopCloser(io.LimitReader(zeros{}, n)), nil
			})
		}},
		{"Open", 200 << 20, 20 << 20, func() any { return must(Open(b, l.Size()))(t) }},
		{"Lint", 200 << 20, 1 << 20, func() any { return lint(t, b, l.Size()) }},
	} {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		peak := watchHeap()
		v := step.run()
		top := peak() - int64(before.HeapAlloc)
		runtime.GC()
		runtime.ReadMemStats(&after)
		allocated, kept := int64(after.TotalAlloc-before.TotalAlloc), int64(after.HeapAlloc)-int64(before.HeapAlloc)
		t.Logf("%s of 200,000 files: allocates %.1f MiB, heap at most %.1f MiB more, keeps %.1f MiB",
			step.name, mib(allocated), mib(top), mib(kept))
		if step.name != "Write" && allocated > step.allocated || kept > step.kept {
			t.Errorf("%s: %d bytes allocated, %d kept", step.name, allocated, kept)
		}
		switch v := v.(type) {
		case *Image:
			if n := len(v.Files()); n != len(files) {
				t.Errorf("%d files read back", n)
			}
		case []Violation:
			if len(v) > 0 {
				t.Errorf("%+v", v)
			}
		case error:
			t.Error(v)
		}
		runtime.KeepAlive(v)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func mib(n int64) float64 { return float64(n) / (1 << 20) }

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// watchHeap samples the heap until the function returned is called, which
// tells the largest size seen.
func watchHeap() func() int64 {
	stop, top := make(chan struct{}), make(chan int64)
	go func() {
		var most int64
		var m runtime.MemStats
		for {
			runtime.ReadMemStats(&m)
			most = max(most, int64(m.HeapAlloc))
			select {
			case <-stop:
				top <- most
				return
			default:
				runtime.Gosched()
			}
		}
	}()
	return func() int64 { close(stop); return <-top }
}
