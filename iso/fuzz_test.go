package iso

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
	"unicode/utf8"
)

// overlay is an image of which pieces are replaced by fuzzed bytes: the
// metadata is where it counts, so the fuzzer gets at it directly.
func overlay(base []byte, at uint32, piece []byte) []byte {
	b := bytes.Clone(base)
	if len(b) > 0 {
		copy(b[int(at)%len(b):], piece)
	}
	return b
}

// fuzzBases are the images that are overlaid. They are cut behind the files:
// the padding gives a fuzzer nothing.
func fuzzBases(t testing.TB) [][]byte {
	few, tree, many := image(t, fewFiles(), testOptions), nested(t, chain(3)), unmarked(image(t, manyFiles(30), testOptions))
	return [][]byte{few, few[:30*SectorSize], tree, many[:40*SectorSize]}
}

// seeds puts one seed of every structure in front of the fuzzer.
func seeds(f *testing.F) {
	rr := []byte("SP\x07\x01\xbe\xef\x00CE\x1c\x01\x17\x00\x00\x00\x00\x00\x00\x17")
	for base := range uint8(4) {
		f.Add(base, uint32(0), []byte{})
		f.Add(base, uint32(pvd), []byte("\x01CD001\x01"))
		f.Add(base, uint32(pvd+80), bytes.Repeat([]byte{0xff}, 110))
		f.Add(base, uint32(pvd+156), appendRecord(nil, recordFields{extent: 23, size: 4096, flags: flagDirectory, id: "\x00"}, testTime))
		f.Add(base, uint32(svd+88), []byte("%/@"))
		f.Add(base, uint32(sectorPathL*SectorSize), []byte("\x01\x00\x17\x00\x00\x00\x01\x00\x00\x00\x02\x00\x18\x00\x00\x00\x01\x00AB"))
		f.Add(base, uint32(sectorRoot*SectorSize), append([]byte{50, 0}, rr...))
		f.Add(base, uint32(sectorRoot*SectorSize+2*minRecord), appendRecord(nil, recordFields{extent: 23, size: 2048, flags: flagDirectory, id: "LOOP"}, testTime))
		f.Add(base, uint32(sectorRoot*SectorSize+2*minRecord), appendRecord(nil, recordFields{extent: 1<<32 - 1, size: 1<<32 - 1, id: "../../A.B;1"}, testTime))
		f.Add(base, uint32((sectorRoot+1)*SectorSize+2*minRecord), appendRecord(nil, recordFields{extent: 25, size: 1, id: "R.XM6", ucs2: true}, testTime))
	}
}

// FuzzOpen opens, lists and reads. Names must be safe, and a file's reader give
// its size or an error.
func FuzzOpen(f *testing.F) {
	seeds(f)
	bases := fuzzBases(f)
	f.Fuzz(func(t *testing.T, base uint8, at uint32, piece []byte) {
		b := overlay(bases[int(base)%len(bases)], at, piece)
		im, err := Open(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			if strings.Contains(err.Error(), "directories cannot be read:") {
				t.Fatalf("the last guard was needed: %v", err)
			}
			return
		}
		var read int64
		for _, file := range im.Files() {
			for part := range strings.SplitSeq(file.Name, "/") {
				if part == "" || part == "." || part == ".." || !all(part, isPrintable) || strings.Contains(part, "\\") {
					t.Fatalf("the name %q is listed", file.Name)
				}
			}
			r, err := im.OpenFile(file.Name)
			if err != nil || read > 1<<20 {
				continue
			}
			n, err := io.Copy(io.Discard, r)
			if err != nil || n != file.Size {
				t.Fatalf("%s: %d of %d bytes: %v", file.Name, n, file.Size, err)
			}
			read += n
		}
	})
}

// FuzzLint must end without an error, and may not call an image good
// that differs from what was written outside the files' contents.
func FuzzLint(f *testing.F) {
	seeds(f)
	bases := fuzzBases(f)
	plan, err := Plan(fewFiles().files(), testOptions)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, base uint8, at uint32, piece []byte) {
		good := bases[int(base)%len(bases)]
		b := overlay(good, at, piece)
		vs, err := Lint(context.Background(), bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		failed := false
		for _, v := range vs {
			failed = failed || v.Severity == sevError
			if v.Rule == "" || v.Clause == "" || !utf8.ValidString(v.File) || strings.ContainsAny(v.File+v.Found+v.Wanted+v.Detail, "\x00\x1b\n") {
				t.Fatalf("%+v", v)
			}
		}
		if meta := plan.data * SectorSize; int(base)%len(bases) == 0 && !failed && !bytes.Equal(b[:meta], good[:meta]) {
			// An overlay that takes the mark away in both descriptors makes it
			// another writer's image.
			if bytes.Contains(b[pvd:], []byte(writerMark)) {
				t.Fatal("a change of the metadata is not found")
			}
		}
	})
}
