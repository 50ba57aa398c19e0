package outbox

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// The lengths of a write-ahead log's parts in bytes (SQLite's file format,
// section 4, "The Write-Ahead Log").
const (
	walHeader   = 32
	frameHeader = 24
)

// errShape says that the bytes are no database, or no log of one.
var errShape = errors.New("the bytes are not those of a database")

// merged is a database with what its write-ahead log has committed, as one that
// needs no log: for where the files must not, or cannot, be written.
func merged(db, wal []byte) ([]byte, error) {
	if len(db) < 100 || string(db[:16]) != "SQLite format 3\x00" {
		return nil, errShape
	}
	size := int(binary.BigEndian.Uint16(db[16:]))
	if size == 1 {
		size = 1 << 16
	}
	if size < 512 || size&(size-1) != 0 {
		return nil, errShape
	}
	pages, count := committed(wal, size)
	if count > 0 {
		if int64(count) > int64(len(db)/size+len(pages)) {
			return nil, fmt.Errorf("%w: %d pages", errShape, count)
		}
		db = append([]byte(nil), db...)
		if n := int(count) * size; n <= len(db) {
			db = db[:n]
		} else {
			db = append(db, make([]byte, n-len(db))...)
		}
		for page, data := range pages {
			if page >= 1 && page <= count {
				copy(db[int(page-1)*size:], data)
			}
		}
	}
	// The versions of the format for reading and writing: 1 is without a log.
	db[18], db[19] = 1, 1
	return db, nil
}

// committed are the last committed pages of a log, by their numbers from 1, and
// how many pages the database then has; 0 if the log has committed nothing. What
// follows the first frame that is not whole does not count.
func committed(wal []byte, size int) (pages map[uint32][]byte, count uint32) {
	if len(wal) < walHeader {
		return nil, 0
	}
	var order binary.ByteOrder
	switch binary.BigEndian.Uint32(wal) {
	case 0x377f0682:
		order = binary.LittleEndian
	case 0x377f0683:
		order = binary.BigEndian
	default:
		return nil, 0
	}
	head := wal[:walHeader]
	sum := walSum{order: order}
	sum.add(head[:24])
	if !sum.is(head[24:]) || int(binary.BigEndian.Uint32(head[8:])) != size {
		return nil, 0
	}
	pages, written := map[uint32][]byte{}, map[uint32][]byte{}
	for at := walHeader; at+frameHeader+size <= len(wal); at += frameHeader + size {
		frame, data := wal[at:at+frameHeader], wal[at+frameHeader:at+frameHeader+size]
		sum.add(frame[:8])
		sum.add(data)
		if string(frame[8:16]) != string(head[16:24]) || !sum.is(frame[16:]) {
			break
		}
		written[binary.BigEndian.Uint32(frame)] = data
		if n := binary.BigEndian.Uint32(frame[4:]); n > 0 {
			count = n
			for page, data := range written {
				pages[page] = data
			}
			clear(written)
		}
	}
	return pages, count
}

// walSum is the running checksum of a log.
type walSum struct {
	order  binary.ByteOrder
	s0, s1 uint32
}

func (w *walSum) add(b []byte) {
	for ; len(b) >= 8; b = b[8:] {
		w.s0 += w.order.Uint32(b) + w.s1
		w.s1 += w.order.Uint32(b[4:]) + w.s0
	}
}

func (w *walSum) is(stored []byte) bool {
	return binary.BigEndian.Uint32(stored) == w.s0 && binary.BigEndian.Uint32(stored[4:]) == w.s1
}
