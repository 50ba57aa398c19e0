package iso

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
)

// Tag identifiers of UDF descriptors (ECMA-167 3/7.2.1, 4/7.2.1).
const (
	tagAnchor       = 2
	tagPointer      = 3
	tagPartition    = 5
	tagLogical      = 6
	tagTerminating  = 8
	tagFileSet      = 256
	tagIdentifier   = 257
	tagAllocation   = 258
	tagFileEntry    = 261
	tagExtendedFile = 266
)

const (
	maxUDFDescriptors = 256     // of a volume descriptor sequence
	maxUDFExtents     = 1 << 16 // of a file
)

var le = binary.LittleEndian

// tagOf returns the identifier of a descriptor whose tag and content agree with
// their checksums (ECMA-167 3/7.2), or -1.
func tagOf(b []byte) int {
	if len(b) < 16 {
		return -1
	}
	sum := byte(0)
	for i := range 16 {
		if i != 4 {
			sum += b[i]
		}
	}
	n := int(le.Uint16(b[10:]))
	if sum != b[4] || isZero(b[:16]) || 16+n > len(b) || crc16(b[16:16+n]) != le.Uint16(b[8:]) {
		return -1
	}
	return int(le.Uint16(b))
}

// crc16 is the CRC of ECMA-167 3/7.2.6.
func crc16(b []byte) (crc uint16) {
	for _, c := range b {
		crc ^= uint16(c) << 8
		for range 8 {
			if crc&0x8000 != 0 {
				crc = crc<<1 ^ 0x1021
			} else {
				crc <<= 1
			}
		}
	}
	return crc
}

// isAnchor reports whether a sector is an anchor volume descriptor pointer
// (ECMA-167 3/10.2), be it in its own place or a copy from elsewhere.
func isAnchor(b []byte, _ int64) bool {
	return le.Uint16(b) == tagAnchor && tagOf(b) == tagAnchor
}

// udfFirst reads the UDF tree of the first volume, which begins with an anchor in
// sector 256, the last one or the one 256 before it (ECMA-167 3/8.4.2.1; Linux also
// looks in sector 512).
func (t *treeReader) udfFirst() error {
	announced := int64(-1)
	for n := int64(sectorPVD); n < sectorPVD+2*maxDescriptors && announced < 0; n++ {
		b, ok, err := t.sector(n)
		if err != nil {
			return err
		}
		if !ok || isZero(b[:7]) {
			break
		}
		if id := string(b[1:6]); id == "NSR02" || id == "NSR03" {
			announced = n
		}
	}
	found := false
	for _, n := range []int64{256, 512, t.sectors - 257, t.sectors - 1} {
		b, ok, err := t.sector(n)
		if err != nil {
			return err
		}
		if !ok || !isAnchor(b, n) || int64(le.Uint32(b[12:])) != n {
			continue
		}
		found = true
		if t.space > 0 && n >= t.space {
			continue // behind the volume, where it is looked at later
		}
		if err := t.anchor(b, n, false); err != nil {
			return err
		}
	}
	if announced >= 0 && !found {
		t.unjudged("UDF", announced, "it is announced, and no anchor leads to it")
	}
	return nil
}

// anchorBehind reads the UDF tree to which an anchor behind the first volume
// leads, unless it is another anchor of a tree that was read.
func (t *treeReader) anchorBehind(b []byte, n int64) error {
	if main := int64(le.Uint32(b[20:])); slices.Contains(t.vds, main) && int64(le.Uint32(b[12:])) == n {
		return nil
	}
	t.mark(n, "a UDF anchor")
	return t.anchor(b, n, true)
}

// anchor reads the tree to which an anchor leads, once.
func (t *treeReader) anchor(b []byte, n int64, behind bool) error {
	main, reserve := int64(le.Uint32(b[20:])), int64(le.Uint32(b[28:]))
	if slices.Contains(t.vds, main) || t.tooMany("UDF", n) {
		return nil
	}
	t.vds = append(t.vds, main)
	u := &udfTree{treeReader: t, tree: &Tree{Kind: TreeUDF, Sector: n, Behind: behind}, seen: map[int64]struct{}{}}
	err := u.volume(main, int64(le.Uint32(b[16:])))
	if err == errNoVolume {
		err = u.volume(reserve, int64(le.Uint32(b[24:])))
	}
	if err == errNoVolume {
		err = &errTree{n, "its volume descriptors cannot be read"}
	}
	if err == nil {
		err = u.walk()
	}
	return t.take("UDF", u.tree, err)
}

// errNoVolume says that a sequence of volume descriptors holds no volume.
var errNoVolume = fmt.Errorf("no UDF volume")

// udfTree reads one UDF volume.
type udfTree struct {
	*treeReader
	tree       *Tree
	partitions []udfPartition // by their reference
	fileSet    udfPlace
	seen       map[int64]struct{} // sectors of the directories' entries
	entries    int
	listed     int64 // bytes of directories read
}

// udfPartition is where a partition lies, in sectors.
type udfPartition struct{ start, length int64 }

// udfPlace is a logical block address and the size of what lies there.
type udfPlace struct {
	block     int64
	partition int
	size      int64 // in bytes; the two highest bits of its field are kind
	kind      byte
}

// longPlace decodes a long_ad (ECMA-167 4/14.14.2).
func longPlace(b []byte) udfPlace {
	n := le.Uint32(b)
	return udfPlace{int64(le.Uint32(b[4:])), int(le.Uint16(b[8:])), int64(n &^ (3 << 30)), byte(n >> 30)}
}

// volume reads a volume descriptor sequence (ECMA-167 3/8.4.2).
func (u *udfTree) volume(extent, size int64) error {
	numbers := map[uint16][]byte{} // partition descriptors
	var logical []byte
	for range 4 {
		next := int64(-1)
		for i := range min(size/SectorSize, maxUDFDescriptors) {
			b, ok, err := u.sector(extent + i)
			if err != nil {
				return err
			}
			if !ok {
				break
			}
			tag := tagOf(b)
			if tag == tagTerminating {
				break
			}
			switch tag {
			case tagPartition:
				if old := numbers[le.Uint16(b[22:])]; old == nil || le.Uint32(b[16:]) > le.Uint32(old[16:]) {
					numbers[le.Uint16(b[22:])] = b
				}
			case tagLogical:
				if logical == nil || le.Uint32(b[16:]) > le.Uint32(logical[16:]) {
					logical = b
				}
			case tagPointer:
				next, size = int64(le.Uint32(b[24:])), int64(le.Uint32(b[20:]))
			}
			if next >= 0 {
				break
			}
		}
		if next < 0 {
			break
		}
		extent = next
	}
	if logical == nil {
		return errNoVolume
	}
	return u.maps(logical, numbers)
}

// maps reads the partition maps of a logical volume (ECMA-167 3/10.6, 3/10.7).
func (u *udfTree) maps(b []byte, numbers map[uint16][]byte) error {
	n := u.tree.Sector
	if block := le.Uint32(b[212:]); block != SectorSize {
		return &errTree{n, fmt.Sprintf("its logical blocks have %d bytes", block)}
	}
	u.fileSet = longPlace(b[248:])
	if used := int(b[211]); used < 128 {
		u.tree.Label, _ = udfName(b[84 : 84+used])
	}
	size, count := int64(le.Uint32(b[264:])), int64(le.Uint32(b[268:]))
	if size > SectorSize-440 || count < 1 || count > 64 {
		return &errTree{n, "its partition maps are damaged"}
	}
	m := b[440 : 440+size]
	for range count {
		if len(m) < 2 || int(m[1]) < 2 || int(m[1]) > len(m) {
			return &errTree{n, "its partition maps are damaged"}
		}
		this := m[:m[1]]
		m = m[m[1]:]
		switch {
		case this[0] == 1 && len(this) == 6:
			p := numbers[le.Uint16(this[4:])]
			if p == nil {
				return &errTree{n, "a partition has no descriptor"}
			}
			u.partitions = append(u.partitions, udfPartition{int64(le.Uint32(p[188:])), int64(le.Uint32(p[192:]))})
		case this[0] == 2 && len(this) >= 28:
			kind := strings.TrimRight(string(this[5:28]), "\x00")
			for _, known := range []string{"Virtual", "Sparable", "Metadata"} {
				if kind == "*UDF "+known+" Partition" {
					return &errTree{n, strings.ToLower(known) + " partition"}
				}
			}
			return &errTree{n, "a partition of an unknown type"}
		default:
			return &errTree{n, "a partition of an unknown type"}
		}
	}
	return nil
}

// at returns the first byte of a logical block, or false if there is no such
// block in the image.
func (u *udfTree) at(p udfPlace) (int64, bool) {
	if p.partition >= len(u.partitions) {
		return 0, false
	}
	part := u.partitions[p.partition]
	n := part.start + p.block
	return n * SectorSize, p.block < part.length && n < u.sectors
}

// block reads the logical block at a place; it fails where none is there.
func (u *udfTree) block(p udfPlace, what string) ([]byte, error) {
	at, ok := u.at(p)
	if !ok {
		return nil, &errTree{u.tree.Sector, what + " lies outside the image"}
	}
	b := make([]byte, SectorSize)
	return b, u.read(b, at/SectorSize)
}
