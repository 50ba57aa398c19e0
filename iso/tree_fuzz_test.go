package iso

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
)

// udfBases are the images that FuzzTrees overlays.
func udfBases(t testing.TB) [][]byte {
	every, _, _ := everyUDF()
	bases := [][]byte{every, append(unmarked(image(t, fewFiles(), testOptions)), nested(t, chain(2))[pvd:pvd+20*SectorSize]...)}
	return append(bases, rockImage())
}

// retag makes the tag of the descriptor that holds a byte agree with it again.
func retag(b []byte, at int) {
	s := b[at/SectorSize*SectorSize:]
	s = s[:min(len(s), SectorSize)]
	if len(s) < 16 {
		return
	}
	if n := int(le.Uint16(s[10:])); 16+n <= len(s) {
		id, location := le.Uint16(s), le.Uint32(s[12:])
		tag(s[:16+n], int(id), int(location))
	}
}

// FuzzTrees reads all trees of hostile images. Names must be safe, files' readers give
// their size or an error, and nothing takes long.
func FuzzTrees(f *testing.F) {
	bases := udfBases(f)
	for base := range uint8(len(bases)) {
		f.Add(base, uint32(0), []byte{})
		f.Add(base, uint32(256*SectorSize), []byte("\x02\x00\x02"))
		f.Add(base, uint32(udfSequence*SectorSize+SectorSize+440), []byte{2, 64, 0, 0, 0, '*', 'U'})
		f.Add(base, uint32(udfPartition0*SectorSize+SectorSize+176), shortAD(4096, 1))
		f.Add(base, uint32((udfPartition0+2)*SectorSize+20), longAD(2048, 1))
		f.Add(base, uint32((udfPartition0+14)*SectorSize+176), shortAD(3<<30|2048, 14))
		f.Add(base, uint32(rockRoot*SectorSize+34), []byte("CE\x1c\x01\x12\x00\x00\x00\x00\x00\x00\x12"))
		f.Add(base, uint32(rockRoot*SectorSize+80), []byte("NM\x06\x01\x00A"))
		f.Add(base, uint32(rockRoot*SectorSize+80), []byte("CL\x0c\x01\x17\x00\x00\x00\x00\x00\x00\x17"))
		f.Add(base, uint32(pvd), []byte("\x00CD001\x01EL TORITO SPECIFICATION"))
		f.Add(base, uint32(446), append(append([]byte{0, 0, 0, 0, 0x17, 0, 0, 0, 4, 0, 0, 0, 0, 1, 0, 0}, make([]byte, 48)...), 0x55, 0xaa))
		f.Add(base, uint32(512), []byte("PM\x00\x00\x00\x00\x00\x02\x00\x00\x00\x02"))
	}
	f.Fuzz(func(t *testing.T, base uint8, at uint32, piece []byte) {
		b := overlay(bases[int(base)%len(bases)], at, piece)
		retag(b, int(at)%len(b))
		ts, err := ReadTrees(context.Background(), bytes.NewReader(b), int64(len(b)), TreeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		readAll(t, ts)
	})
}

// readAll reads what trees hold and checks their names.
func readAll(t *testing.T, ts *Trees) {
	t.Helper()
	read := int64(0)
	for _, tree := range ts.All {
		for i := range tree.Files {
			f := &tree.Files[i]
			for part := range strings.SplitSeq(f.Name, "/") {
				if !goodPart(part) {
					t.Fatalf("the name %q is listed", f.Name)
				}
			}
			r, err := ts.Open(f)
			if err != nil || read > 1<<20 {
				continue
			}
			n, err := io.Copy(io.Discard, r)
			if err == nil && n != f.Size {
				t.Fatalf("%s: %d of %d bytes", f.Name, n, f.Size)
			}
			read += n
		}
		for _, e := range tree.Refused {
			if strings.ContainsAny(e.Name+e.Detail, "\x00\x1b\n") {
				t.Fatalf("%+v", e)
			}
		}
	}
	for _, u := range ts.Unjudged {
		if u.Tree == "" || u.Detail == "" || strings.ContainsAny(u.Tree+u.Detail, "\x00\x1b\n") {
			t.Fatalf("%+v", u)
		}
	}
}

// FuzzSessions puts hostile descriptors and anchors behind a good volume.
func FuzzSessions(f *testing.F) {
	b := unmarked(image(f, fewFiles(), testOptions))[:30*SectorSize]
	putBoth32(b[pvd+80:], 30)
	every, _, _ := everyUDF()
	tails := [][]byte{b[pvd : pvd+3*SectorSize], every[256*SectorSize : 257*SectorSize], make([]byte, SectorSize)}
	for tail := range uint8(len(tails)) {
		f.Add(uint16(3), tail, uint32(0), []byte{})
		f.Add(uint16(16), tail, uint32(0), []byte("\x00NSR03\x01"))
		f.Add(uint16(0), tail, uint32(158), []byte{22, 0, 0, 0})
	}
	f.Fuzz(func(t *testing.T, gap uint16, tail uint8, at uint32, piece []byte) {
		x := append(bytes.Clone(b), make([]byte, int(gap%64)*SectorSize)...)
		at2 := len(x)
		x = append(x, overlay(tails[int(tail)%len(tails)], at, piece)...)
		retag(x, at2)
		for _, o := range []TreeOptions{{}, {Drive: true, Starts: []int64{1, int64(at2/SectorSize) - sectorPVD}}} {
			ts, err := ReadTrees(context.Background(), bytes.NewReader(x), int64(len(x)), o)
			if err != nil {
				t.Fatal(err)
			}
			if len(ts.All) < 2 || ts.All[0].Behind || ts.All[1].Behind {
				t.Fatalf("the first volume is not read: %+v", ts)
			}
			readAll(t, ts)
		}
	})
}

// FuzzRaw reads hostile raw sectors.
func FuzzRaw(f *testing.F) {
	b := image(f, fewFiles(), testOptions)[:18*SectorSize]
	bases := [][]byte{raw(b, 2352, 1), raw(b, 2352, 2), raw(b, 2448, 1), raw(b, 2336, 2)}
	for base := range uint8(len(bases)) {
		f.Add(base, uint32(0), uint16(0), []byte{})
		f.Add(base, uint32(17*2352+15), uint16(100), []byte{3})
	}
	f.Fuzz(func(t *testing.T, base uint8, at uint32, cut uint16, piece []byte) {
		x := overlay(bases[int(base)%len(bases)], at, piece)
		x = x[:len(x)-int(cut)%len(x)]
		data := Raw(bytes.NewReader(x), int64(len(x)))
		if data == nil {
			return
		}
		size := data.Size()
		if _, err := Lint(context.Background(), data, size); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadTrees(context.Background(), data, size, TreeOptions{}); err != nil {
			t.Fatal(err)
		}
		buf := make([]byte, 3000)
		for at := int64(0); at < size+SectorSize; at += 1777 {
			n, err := data.ReadAt(buf, at)
			if n < len(buf) && err == nil || n > 0 && at+int64(n) > size {
				t.Fatalf("%d bytes at %d of %d: %v", n, at, size, err)
			}
		}
	})
}
