package iso

import "encoding/binary"

// record is a directory record of an image (ECMA-119 9.1): as many bytes as its
// first byte says, at least 34.
type record []byte

func (r record) attributes() byte { return r[1] }
func (r record) flags() byte      { return r[25] }
func (r record) directory() bool  { return r[25]&flagDirectory != 0 }
func (r record) date() []byte     { return r[18:25] }

// extent returns the sector where the data begins, if there are no extended
// attributes (see attributes), and whether both byte orders agree on it.
func (r record) extent() (int64, bool) { return get32(r[2:]) }

// size returns the size of the data in bytes, and whether both byte orders agree.
func (r record) size() (int64, bool) { return get32(r[10:]) }

// id returns the identifier, cut off at the record's end.
func (r record) id() []byte { return r[33:min(33+int(r[32]), len(r))] }

// self reports whether the record is the one of a directory itself (0) or of its
// parent (1) (ECMA-119 7.6.2).
func (r record) self() bool { return r[32] == 1 && r[33] <= 1 }

// get32 reads a number in both byte orders (ECMA-119 7.3.3). It returns the
// little-endian one, and whether the other agrees.
func get32(b []byte) (int64, bool) {
	v := binary.LittleEndian.Uint32(b)
	return int64(v), v == binary.BigEndian.Uint32(b[4:])
}

// get16 does the same with 16 bits (ECMA-119 7.2.3).
func get16(b []byte) (int64, bool) {
	v := binary.LittleEndian.Uint16(b)
	return int64(v), v == binary.BigEndian.Uint16(b[2:])
}

// eachRecord calls visit with every record of a directory's sector and its offset
// in the sector. It returns the offset where it stopped and whether that is a
// proper end: no room for a record, or a length of zero.
func eachRecord(sector []byte, visit func(offset int, r record)) (end int, proper bool) {
	i := 0
	for i < len(sector) && sector[i] != 0 {
		n := int(sector[i])
		if n < minRecord || i+n > len(sector) {
			return i, false
		}
		visit(i, record(sector[i:i+n]))
		i += n
	}
	return i, true
}
