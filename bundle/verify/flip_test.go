package verify

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"csuis-offline/finding"
)

// flips is how many bits of one file are flipped; with CSUIS_LONG=1 all are.
const flips = 60

// damageFiles are the files of a package with the number of bits to flip and
// of lengths to cut to, and the record that must be named.
var damageFiles = []struct{ name, record string }{
	{"package.json", ""},
	{"records/A.XM6", "A"}, {"records/A.SHA", "A"},
	{"records/B.XM6", "B"}, {"records/B.SHA", "B"},
	{"FORMULAR.PDF", ""},
	{"disc-1.iso", ""},
}

// TestEverySingleBitFlipIsFound flips single bits of each file, evenly spread,
// and wants an error each time, which names the record where it is one's.
func TestEverySingleBitFlipIsFound(t *testing.T) {
	t.Parallel()
	whole := twoRecords(t)
	for _, c := range damageFiles {
		t.Run(filepath.Base(c.name), func(t *testing.T) {
			t.Parallel()
			f := folder{t, copyTree(t, whole)}
			flipEach(f, c.name, f.dir, func(int64) string { return c.record })
		})
	}
	t.Run("image alone", func(t *testing.T) {
		t.Parallel()
		f := folder{t, copyTree(t, whole)}
		flipEach(f, "disc-1.iso", f.path("disc-1.iso"), recordsInImage(f))
	})
	t.Run("record in the image", func(t *testing.T) {
		t.Parallel()
		f := folder{t, copyTree(t, whole)}
		at := strings.Index(string(f.read("disc-1.iso")), string(f.read("records/B.XM6")))
		size := len(f.read("records/B.XM6"))
		flipRange(f, "disc-1.iso", f.dir, int64(at), int64(size), recordsInImage(f))
	})
}

// recordsInImage tells to which record a byte of the image belongs.
func recordsInImage(f folder) func(int64) string {
	image := string(f.read("disc-1.iso"))
	type part struct {
		from, to int64
		record   string
	}
	var parts []part
	for _, name := range []string{"A.XM6", "A.SHA", "B.XM6", "B.SHA"} {
		content := f.read("records/" + name)
		at := int64(strings.Index(image, string(content)))
		parts = append(parts, part{at, at + int64(len(content)), name[:1]})
	}
	return func(at int64) string {
		for _, p := range parts {
			if at >= p.from && at < p.to {
				return p.record
			}
		}
		return ""
	}
}

func flipEach(f folder, name, target string, record func(int64) string) {
	f.t.Helper()
	flipRange(f, name, target, 0, int64(len(f.read(name))), record)
}

func flipRange(f folder, name, target string, from, size int64, record func(int64) string) {
	f.t.Helper()
	file, err := os.OpenFile(f.path(name), os.O_RDWR, 0)
	f.must(err)
	defer file.Close()
	step := max(1, size*8/flips)
	if os.Getenv("CSUIS_LONG") == "1" {
		step = 1
	} else if step > 1 {
		// A step prime to 8 meets every bit of a byte.
		step |= 1
	}
	for bit := int64(0); bit < size*8; bit += step {
		at := from + bit/8
		var b [1]byte
		_, err := file.ReadAt(b[:], at)
		f.must(err)
		b[0] ^= 1 << (bit % 8)
		_, err = file.WriteAt(b[:], at)
		f.must(err)
		if !found(f.t, target, record(at)) {
			f.t.Errorf("%s: bit %d of byte %d: no error for record %q: %q", name, bit%8, at, record(at), lines(mustVerify(f.t, target, nil).Findings))
		}
		b[0] ^= 1 << (bit % 8)
		_, err = file.WriteAt(b[:], at)
		f.must(err)
	}
	if fs := mustVerify(f.t, target, nil).Findings; finding.Failed(fs) {
		f.t.Errorf("with all bits back: %q", lines(fs))
	}
}

// found reports whether verifying finds an error, and one that names the record
// where there is one to name; no other record may be named by an error.
func found(t testing.TB, target, record string) bool {
	t.Helper()
	r, err := Target(context.Background(), target, Options{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	named := record == ""
	for _, f := range r.Findings {
		if f.Severity != finding.Error {
			continue
		}
		if f.Record == record {
			named = true
		} else if record != "" && f.Record != "" {
			t.Errorf("%s is named where %s is damaged: %+v", f.Record, record, f)
		}
	}
	return named && finding.Failed(r.Findings)
}

// TestEveryTruncationIsFound cuts each file at many lengths.
func TestEveryTruncationIsFound(t *testing.T) {
	t.Parallel()
	whole := twoRecords(t)
	cut := func(f folder, name, target, record string) {
		t := f.t
		data := f.read(name)
		step := max(1, len(data)/50)
		for n := len(data) - 1; n >= 0; n -= step {
			f.must(os.Truncate(f.path(name), int64(n)))
			if !found(t, target, record) {
				t.Errorf("%s cut to %d of %d bytes: no error for record %q", name, n, len(data), record)
			}
		}
	}
	for _, c := range damageFiles {
		t.Run(filepath.Base(c.name), func(t *testing.T) {
			t.Parallel()
			f := folder{t, copyTree(t, whole)}
			cut(f, c.name, f.dir, c.record)
		})
	}
	t.Run("image alone", func(t *testing.T) {
		t.Parallel()
		f := folder{t, copyTree(t, whole)}
		cut(f, "disc-1.iso", f.path("disc-1.iso"), "")
	})
}
