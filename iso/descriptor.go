package iso

import "encoding/binary"

// standardID is the standard identifier of every volume descriptor (ECMA-119
// 8.1.2).
const standardID = "CD001"

// Types of volume descriptors (ECMA-119 8.1.1).
const (
	typeBoot          = 0
	typePrimary       = 1
	typeSupplementary = 2
	typePartition     = 3
	typeTerminator    = 255
)

// jolietEscape is the escape sequence for UCS-2 level 3, by which a supplementary
// volume descriptor is a Joliet one (Joliet specification; ECMA-119 8.5.6).
const jolietEscape = "%/E"

// writerMark is in the application use area of both volume descriptors of an
// image that Write made (ECMA-119 8.4.32). After it, 64 hexadecimal digits give
// the SHA-256 of everything from sector 16 to the last directory, with zero bytes
// for these digits. The mark makes Lint compare every byte with what Write would
// write; the digest shows which of two copies of a name is damaged.
const writerMark = "CSUIS-OFFLINE ISO WRITER 1 SHA-256 "

// pathTableSize is the size in bytes of a path table with only the root directory
// (ECMA-119 9.4).
const pathTableSize = 10

// descriptor builds the primary or the Joliet volume descriptor (ECMA-119 8.4,
// 8.5) in a sector. The digest is the one after writerMark; it is empty while that
// is computed.
func (l *Layout) descriptor(b []byte, joliet bool, digest string) {
	clear(b)
	text, pathL, pathM := putPadded, sectorPathL, sectorPathM
	b[0] = typePrimary
	if joliet {
		b[0] = typeSupplementary
		text, pathL, pathM = putPaddedUCS2, sectorJolietL, sectorJolietM
		copy(b[88:], jolietEscape)
	}
	copy(b[1:], standardID)
	b[6] = 1
	o := l.options
	text(b[8:40], "")
	text(b[40:72], o.VolumeID)
	putBoth32(b[80:], uint32(l.sectors))
	putBoth16(b[120:], 1)
	putBoth16(b[124:], 1)
	putBoth16(b[128:], SectorSize)
	putBoth32(b[132:], pathTableSize)
	binary.LittleEndian.PutUint32(b[140:], uint32(pathL))
	binary.BigEndian.PutUint32(b[148:], uint32(pathM))
	appendRecord(b[:156], l.root(joliet, "\x00"), o.Time)
	text(b[190:318], o.VolumeID)
	text(b[318:446], o.Publisher)
	text(b[446:574], o.Preparer)
	text(b[574:702], o.Application)
	text(b[702:739], "")
	text(b[739:776], "")
	text(b[776:813], "")
	putLongDate(b[813:], o.Time)
	putLongDate(b[830:], o.Time)
	putNoDate(b[847:])
	putNoDate(b[864:])
	b[881] = 1
	copy(b[883:], writerMark)
	copy(b[883+len(writerMark):], digest)
}

// root returns the directory record of the root under one of its two identifiers:
// byte 0 for itself, byte 1 for the parent, which for the root is the root
// (ECMA-119 6.8.2.2).
func (l *Layout) root(joliet bool, id string) recordFields {
	e := recordFields{extent: sectorRoot, size: l.rootSectors * SectorSize, flags: flagDirectory, id: id}
	if joliet {
		e.extent, e.size = l.joliet, l.jolSectors*SectorSize
	}
	return e
}

// terminator builds the volume descriptor set terminator (ECMA-119 8.3).
func terminator(b []byte) {
	clear(b)
	b[0] = typeTerminator
	copy(b[1:], standardID)
	b[6] = 1
}

// pathTable builds a path table with only the root (ECMA-119 9.4), in one sector.
func pathTable(b []byte, order binary.ByteOrder, root int64) {
	clear(b)
	b[0] = 1
	order.PutUint32(b[2:], uint32(root))
	order.PutUint16(b[6:], 1)
}
