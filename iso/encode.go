package iso

import (
	"encoding/binary"
	"fmt"
	"slices"
	"time"
)

// putBoth16 writes a 16-bit number in both byte orders (ECMA-119 7.2.3).
func putBoth16(b []byte, v uint16) {
	binary.LittleEndian.PutUint16(b, v)
	binary.BigEndian.PutUint16(b[2:], v)
}

// putBoth32 writes a 32-bit number in both byte orders (ECMA-119 7.3.3).
func putBoth32(b []byte, v uint32) {
	binary.LittleEndian.PutUint32(b, v)
	binary.BigEndian.PutUint32(b[4:], v)
}

// putPadded writes s and fills the rest of the field with spaces (ECMA-119 7.4.5).
func putPadded(field []byte, s string) {
	n := copy(field, s)
	for i := n; i < len(field); i++ {
		field[i] = ' '
	}
}

// putPaddedUCS2 does the same in big-endian UCS-2. A field of an odd length ends
// with a zero byte, as genisoimage and xorriso write it. A text that does not fit
// is cut off, which happens only to the volume identifier (see Options.VolumeID).
func putPaddedUCS2(field []byte, s string) {
	for i := 0; i+1 < len(field); i += 2 {
		c := byte(' ')
		if i/2 < len(s) {
			c = s[i/2]
		}
		field[i], field[i+1] = 0, c
	}
	if len(field)%2 == 1 {
		field[len(field)-1] = 0
	}
}

// putShortDate writes the 7 bytes of a directory record's date (ECMA-119 9.1.5).
func putShortDate(b []byte, t time.Time) {
	t = t.UTC()
	b[0] = byte(t.Year() - minYear)
	b[1], b[2] = byte(t.Month()), byte(t.Day())
	b[3], b[4], b[5] = byte(t.Hour()), byte(t.Minute()), byte(t.Second())
	b[6] = 0
}

// putLongDate writes the 17 bytes of a descriptor's date (ECMA-119 8.4.26.1). The
// hundredths are zero, since a directory record's date has none either.
func putLongDate(b []byte, t time.Time) {
	t = t.UTC()
	copy(b, fmt.Sprintf("%04d%02d%02d%02d%02d%02d00", t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second()))
	b[16] = 0
}

// putNoDate writes the date that means "not specified": zero digits and offset.
func putNoDate(b []byte) {
	copy(b, "0000000000000000")
	b[16] = 0
}

// Flags of a directory record (ECMA-119 9.1.6).
const (
	flagHidden     = 1 << 0
	flagDirectory  = 1 << 1
	flagAssociated = 1 << 2
	flagRecord     = 1 << 3
	flagProtection = 1 << 4
	flagReserved   = 1<<5 | 1<<6
	flagMultiple   = 1 << 7
)

// recordFields holds the fields of a directory record (ECMA-119 9.1).
type recordFields struct {
	extent int64 // sector
	size   int64 // bytes
	flags  byte
	id     string
	ucs2   bool // id has one byte a character and is written with two
}

// appendRecord appends a directory record.
func appendRecord(b []byte, e recordFields, t time.Time) []byte {
	n := len(e.id)
	if e.ucs2 {
		n *= 2
	}
	start := len(b)
	length := (33 + n + 1) &^ 1
	b = slices.Grow(b, length)[:start+length]
	r := b[start:]
	clear(r)
	r[0] = byte(length)
	putBoth32(r[2:], uint32(e.extent))
	putBoth32(r[10:], uint32(e.size))
	putShortDate(r[18:], t)
	r[25] = e.flags
	putBoth16(r[28:], 1)
	r[32] = byte(n)
	if e.ucs2 {
		putPaddedUCS2(r[33:33+n], e.id)
	} else {
		copy(r[33:], e.id)
	}
	return b
}
