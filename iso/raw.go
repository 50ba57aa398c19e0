package iso

import (
	"bytes"
	"fmt"
	"io"
)

// rawForms are the forms in which programs store the sectors of a CD with more than
// their data (ECMA-130 14): a synchronization, a header, and error correction.
var rawForms = []struct {
	size int64 // of a sector
	data int64 // where its 2,048 bytes begin, for mode 1
	sync bool
}{
	{2352, 16, true},
	{2448, 16, true}, // with subchannels
	{2336, 8, false}, // mode 2 without synchronization and header
}

var rawSync = []byte("\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00")

// Raw recognizes an image of raw sectors, such as the .bin file beside a .cue, and
// returns the image of its data and that image's size in bytes. The data of a
// sector that is none of mode 1, and none of mode 2 form 1, is an error when it is
// read. sector is the size of a raw sector, or 0 for any other image.
func Raw(r io.ReaderAt, size int64) (data io.ReaderAt, dataSize, sector int64) {
	for _, f := range rawForms {
		raw := &rawImage{r: r, size: f.size, data: f.data, sync: f.sync, sectors: size / f.size}
		if size/f.size <= sectorPVD || f.sync && !raw.synchronized(0, sectorPVD) {
			continue
		}
		id := make([]byte, 5)
		if n, _ := raw.ReadAt(id, sectorPVD*SectorSize+1); n < len(id) {
			continue
		}
		if s := string(id); s == standardID || s == "BEA01" {
			return raw, raw.sectors * SectorSize, f.size
		}
	}
	return nil, 0, 0
}

// rawImage reads the data of raw sectors.
type rawImage struct {
	r                   io.ReaderAt
	size, data, sectors int64
	sync                bool
}

// synchronized reports whether both sectors begin with the synchronization.
func (x *rawImage) synchronized(sectors ...int64) bool {
	b := make([]byte, len(rawSync))
	for _, n := range sectors {
		if got, _ := x.r.ReadAt(b, n*x.size); got < len(b) || !bytes.Equal(b, rawSync) {
			return false
		}
	}
	return true
}

// ReadAt reads as io.ReaderAt demands.
func (x *rawImage) ReadAt(p []byte, offset int64) (read int, err error) {
	if offset < 0 {
		return 0, fmt.Errorf("a read at %d", offset)
	}
	b := make([]byte, x.size)
	for len(p) > 0 {
		n, at := offset/SectorSize, offset%SectorSize
		if n >= x.sectors {
			return read, io.EOF
		}
		if got, err := x.r.ReadAt(b, n*x.size); got < len(b) {
			return read, shortRead(err)
		}
		data := x.data
		if x.sync {
			switch {
			case !bytes.HasPrefix(b, rawSync):
				return read, fmt.Errorf("raw sector %d has no synchronization", n)
			case b[15] == 2 && b[18]&0x20 == 0:
				data = 24 // mode 2 form 1: after the subheader
			case b[15] != 1:
				return read, fmt.Errorf("raw sector %d holds no data of 2,048 bytes", n)
			}
		}
		k := copy(p, b[data+at:data+SectorSize])
		p, read, offset = p[k:], read+k, offset+int64(k)
	}
	return read, nil
}

func shortRead(err error) error {
	if err == nil || err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
