package iso

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"sync"
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
// returns the image of its data. It returns nil for any other image.
func Raw(r io.ReaderAt, size int64) *RawImage {
	for _, f := range rawForms {
		raw := &RawImage{r: r, size: f.size, data: f.data, sync: f.sync, sectors: size / f.size}
		descriptors := int64(1)
		if f.sync {
			descriptors = 4 // one that is damaged does not hide the next
		}
		id := make([]byte, 5)
		for n := range descriptors {
			if got, _ := raw.ReadAt(id, (sectorPVD+n)*SectorSize+1); got < len(id) {
				continue
			}
			if s := string(id); s == standardID || s == "BEA01" {
				return raw
			}
		}
	}
	return nil
}

// RawImage reads the data of raw sectors. A sector whose data cannot be read is a
// *[SectorError] for whoever reads a file. This package reads structures past it as
// zeros, and [RawImage.Lost] tells which sectors these were. It is safe for
// concurrent use if its io.ReaderAt is.
type RawImage struct {
	r                   io.ReaderAt
	size, data, sectors int64
	sync                bool

	mu         sync.Mutex
	used, idle []SectorRange
}

// SectorRange is a range of sectors; To is exclusive.
type SectorRange struct{ From, To int64 }

// SectorError says why the data of a raw sector cannot be read: it has no
// synchronization, or it is none of mode 1 and none of mode 2 form 1.
type SectorError struct {
	Sector int64 // from 0
	Detail string
	image  *RawImage
}

func (e *SectorError) Error() string { return fmt.Sprintf("raw sector %d %s", e.Sector, e.Detail) }

// Size is the size of the data in bytes.
func (x *RawImage) Size() int64 { return x.sectors * SectorSize }

// SectorSize is the size of a raw sector in bytes.
func (x *RawImage) SectorSize() int64 { return x.size }

// Lost returns the sectors that were read as zeros: those that a structure of the
// volume uses, and those that were only looked at, such as the padding and what
// lies behind the volume. Each list is in order and has at most 4,096 ranges.
func (x *RawImage) Lost() (used, idle []SectorRange) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return joined(x.used), joined(x.idle)
}

const maxLost = 4096

// lose notes a sector that was read as zeros.
func (x *RawImage) lose(n int64, used bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	list := &x.idle
	if used {
		list = &x.used
	}
	if i := len(*list) - 1; i >= 0 && (*list)[i].From <= n && n <= (*list)[i].To {
		(*list)[i].To = max((*list)[i].To, n+1)
		return
	}
	if len(*list) == maxLost {
		*list = joined(*list)
	}
	if len(*list) < maxLost {
		*list = append(*list, SectorRange{n, n + 1})
	}
}

// joined returns ranges in their order, with those that touch as one.
func joined(list []SectorRange) (out []SectorRange) {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b SectorRange) int { return cmp.Compare(a.From, b.From) })
	for _, s := range list {
		if i := len(out) - 1; i >= 0 && s.From <= out[i].To {
			out[i].To = max(out[i].To, s.To)
			continue
		}
		out = append(out, s)
	}
	return out
}

// readPast is readFull that reads raw sectors without data as zeros and notes
// them. whole says that there were none. used says that a structure of the volume
// lies there.
func readPast(r io.ReaderAt, p []byte, offset int64, used bool) (whole bool, err error) {
	for whole = true; ; whole = false {
		n, err := r.ReadAt(p, offset)
		lost, ok := err.(*SectorError)
		if !ok || n == len(p) {
			return whole, fullRead(n, len(p), offset, err)
		}
		lost.image.lose(lost.Sector, used)
		end := min(len(p), n+int(SectorSize-(offset+int64(n))%SectorSize))
		clear(p[n:end])
		if p, offset = p[end:], offset+int64(end); len(p) == 0 {
			return false, nil
		}
	}
}

// ReadAt reads as io.ReaderAt demands.
func (x *RawImage) ReadAt(p []byte, offset int64) (read int, err error) {
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
				return read, &SectorError{n, "has no synchronization", x}
			case b[15] == 2 && b[18]&0x20 == 0:
				data = 24 // mode 2 form 1: after the subheader
			case b[15] != 1:
				return read, &SectorError{n, "holds no data of 2,048 bytes", x}
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
