package iso

import (
	"bytes"
	"context"
	"testing"
)

// foreignHeads are the beginnings of file systems that are not read.
func foreignHeads() map[string][]byte {
	put := func(pieces map[int]string) []byte {
		b := make([]byte, 2*SectorSize)
		for at, s := range pieces {
			copy(b[at:], s)
		}
		return b
	}
	bpb := "\xeb\x3c\x90mkfs.fat\x00\x02\x04\x01\x00\x02\x00\x02\x00\x10\xf8\x04\x00"
	return map[string][]byte{
		"FAT16":    put(map[int]string{0: bpb, 54: "FAT16   ", 510: "\x55\xaa"}),
		"FAT":      put(map[int]string{0: bpb}),
		"FAT32":    put(map[int]string{0: "\xeb\x58\x90MSDOS5.0", 82: "FAT32   ", 510: "\x55\xaa"}),
		"exFAT":    put(map[int]string{3: "EXFAT   ", 510: "\x55\xaa"}),
		"NTFS":     put(map[int]string{3: "NTFS    ", 510: "\x55\xaa"}),
		"ext":      put(map[int]string{1024: "\x10\x00\x00\x00\x40\x00\x00\x00", 1024 + 56: "\x53\xef", 1024 + 76: "\x01"}),
		"XFS":      put(map[int]string{0: "XFSB"}),
		"HFS+":     put(map[int]string{1024: "H+"}),
		"SquashFS": put(map[int]string{0: "hsqs"}),
	}
}

// table writes a boot record of one partition, or one with a table of GUIDs.
func table(b []byte, start int64, kind byte, guid string) {
	e := b[446:]
	if guid != "" {
		e[4], e[8] = 0xee, 1
		copy(b[512:], "EFI PART")
		le.PutUint64(b[512+72:], 2)
		le.PutUint32(b[512+80:], 128)
		le.PutUint32(b[512+84:], 128)
		copy(b[1024:], guid)
		le.PutUint64(b[1024+32:], uint64(start/512))
	} else {
		e[4] = kind
		le.PutUint32(e[8:], uint32(start/512))
	}
	b[510], b[511] = 0x55, 0xaa
}

// TestFATBesideTheTreesWasNotNamed: written to a stick, the image shows another file
// system than those that were judged.
func TestFATBesideTheTreesWasNotNamed(t *testing.T) {
	t.Parallel()
	plain := image(t, fewFiles(), testOptions)
	at := int64(len(plain)) - 100*SectorSize
	const logical = 32768
	for what, head := range foreignHeads() {
		for _, tc := range []struct {
			where string
			make  func(b []byte) int64
		}{
			{"system area", func(b []byte) int64 { copy(b, head[:2048]); return 0 }},
			{"MBR", func(b []byte) int64 { copy(b[at:], head); table(b, at, 0x0c, ""); return at }},
			{"MBR, half a sector", func(b []byte) int64 { copy(b[at+512:], head); table(b, at+512, 0x83, ""); return at }},
			{"GPT", func(b []byte) int64 { copy(b[at:], head); table(b, at, 0, "any GUID of 16 b"); return at }},
			{"logical partition", func(b []byte) int64 {
				copy(b[at:], head)
				table(b, at-logical, 5, "")
				table(b[at-logical:], logical, 6, "")
				return at
			}},
		} {
			b := bytes.Clone(plain)
			sector := tc.make(b) / SectorSize
			ts, err := ReadTrees(context.Background(), bytes.NewReader(b), int64(len(b)), TreeOptions{})
			if err != nil {
				t.Fatal(err)
			}
			want := what
			if want[:3] == "FAT" {
				want = "FAT"
			}
			if len(ts.Unjudged) != 1 || ts.Unjudged[0].Tree != want || ts.Unjudged[0].Sector != sector {
				t.Errorf("%s, %s: %+v", what, tc.where, ts.Unjudged)
			}
		}
	}
}

// TestBootRecordsOfHybridsAreNoFileSystem: code that starts a computer is no tree.
func TestBootRecordsOfHybridsAreNoFileSystem(t *testing.T) {
	t.Parallel()
	b := image(t, fewFiles(), testOptions)
	copy(b, noise(3, 440))
	table(b, 4*512, 0x17, "")
	ts, err := ReadTrees(context.Background(), bytes.NewReader(b), int64(len(b)), TreeOptions{})
	if err != nil || len(ts.Unjudged) > 0 {
		t.Errorf("%+v %v", ts.Unjudged, err)
	}
}
