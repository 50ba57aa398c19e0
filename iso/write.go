package iso

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
)

// bufferSize is the size of a read and of a write of Layout.Write.
const bufferSize = 1 << 20

// Write writes the image. It opens the files one after another in name order, and
// closes each before the next. For a file that is longer or shorter than planned
// the error is a *[SizeError]; an error of open, of a reader or of w is wrapped,
// with the file's name if a file is concerned. After an error, w holds part of an
// image. Write needs one buffer of 1 MiB, however large the files are.
func (l *Layout) Write(ctx context.Context, w io.Writer, open func(name string) (io.ReadCloser, error)) error {
	c := &copier{ctx: ctx, w: w, buf: make([]byte, bufferSize)}
	var err error
	for i := 0; err == nil && i < sectorPVD; i++ {
		err = c.put(zeroSector[:])
	}
	if err == nil {
		err = l.metadata(c.put)
	}
	for i := 0; err == nil && i < len(l.files); i++ {
		err = c.file(l.files[i], open)
	}
	for i := 0; err == nil && i < padSectors; i++ {
		err = c.put(zeroSector[:])
	}
	if err == nil {
		err = c.flush()
	}
	if err != nil {
		return fmt.Errorf("iso: %w", err)
	}
	return nil
}

// metadata calls put with everything between the system area and the first file,
// sector by sector. The bytes are valid until put returns.
func (l *Layout) metadata(put func([]byte) error) error {
	h := sha256.New()
	if err := l.writeMetadata("", func(b []byte) error { h.Write(b); return nil }); err != nil {
		return err
	}
	return l.writeMetadata(hex.EncodeToString(h.Sum(nil)), put)
}

// writeMetadata calls put with the descriptors, path tables and directories.
func (l *Layout) writeMetadata(digest string, put func([]byte) error) error {
	b := make([]byte, SectorSize)
	for _, fill := range []func(){
		func() { l.descriptor(b, false, digest) },
		func() { l.descriptor(b, true, digest) },
		func() { terminator(b) },
		func() { pathTable(b, binary.LittleEndian, sectorRoot) },
		func() { pathTable(b, binary.BigEndian, sectorRoot) },
		func() { pathTable(b, binary.LittleEndian, l.joliet) },
		func() { pathTable(b, binary.BigEndian, l.joliet) },
	} {
		fill()
		if err := put(b); err != nil {
			return err
		}
	}
	if err := l.directory(b, false, put); err != nil {
		return err
	}
	return l.directory(b, true, put)
}

// directory calls put with a root directory, a sector at a time (ECMA-119 6.8.1,
// 9.1). It uses sector as its buffer.
func (l *Layout) directory(sector []byte, joliet bool, put func([]byte) error) error {
	sector = sector[:0]
	sector = appendRecord(sector, l.root(joliet, "\x00"), l.options.Time)
	sector = appendRecord(sector, l.root(joliet, "\x01"), l.options.Time)
	flush := func() error {
		used := len(sector)
		sector = sector[:SectorSize]
		clear(sector[used:])
		err := put(sector)
		sector = sector[:0]
		return err
	}
	extent := l.data
	for _, f := range l.files {
		e, length := recordFields{extent: extent, size: f.Size}, 0
		if joliet {
			e.id, e.ucs2, length = f.Name, true, jolietLength(f.Name)
		} else {
			e.id, length = f.Name+version, recordLength(f.Name)
		}
		if len(sector)+length > SectorSize {
			if err := flush(); err != nil {
				return err
			}
		}
		sector = appendRecord(sector, e, l.options.Time)
		extent += sectorsOf(f.Size)
	}
	return flush()
}

// copier collects the bytes of an image in a buffer, so that writes to w are few
// and large and a file's bytes are not copied a second time.
type copier struct {
	ctx context.Context
	w   io.Writer
	buf []byte
	n   int // number of bytes in buf
	// more takes the byte by which a file is too long.
	more [1]byte
}

func (c *copier) put(b []byte) error {
	for len(b) > 0 {
		m := copy(c.buf[c.n:], b)
		c.n += m
		b = b[m:]
		if err := c.flushFull(); err != nil {
			return err
		}
	}
	return nil
}

func (c *copier) flushFull() error {
	if c.n < len(c.buf) {
		return nil
	}
	return c.flush()
}

func (c *copier) flush() error {
	if err := c.ctx.Err(); err != nil {
		return err
	}
	n, err := c.w.Write(c.buf[:c.n])
	if err == nil && n < c.n {
		err = io.ErrShortWrite
	}
	c.n = 0
	return err
}

// file copies one file and pads its last sector with zeros.
func (c *copier) file(f File, open func(string) (io.ReadCloser, error)) error {
	if err := c.ctx.Err(); err != nil {
		return err
	}
	r, err := open(f.Name)
	if err != nil {
		return fmt.Errorf("opening %q: %w", f.Name, err)
	}
	err = c.content(r, f)
	if cerr := r.Close(); cerr != nil && err == nil {
		err = fmt.Errorf("closing %q: %w", f.Name, cerr)
	}
	return err
}

func (c *copier) content(r io.Reader, f File) error {
	for left := f.Size; left > 0; {
		n, err := io.ReadFull(r, c.buf[c.n:][:min(left, int64(len(c.buf)-c.n))])
		left -= int64(n)
		c.n += n
		switch {
		case err == io.EOF || err == io.ErrUnexpectedEOF:
			return &SizeError{Name: f.Name, Wanted: f.Size, Found: f.Size - left}
		case err != nil:
			return fmt.Errorf("reading %q: %w", f.Name, err)
		}
		if err := c.flushFull(); err != nil {
			return fmt.Errorf("writing %q: %w", f.Name, err)
		}
	}
	// The reader is read to its end even if nothing more is expected, since a
	// verifying reader reports a mismatch only there.
	switch n, err := io.ReadFull(r, c.more[:]); {
	case n > 0:
		return &SizeError{Name: f.Name, Wanted: f.Size, Found: f.Size + 1}
	case err != io.EOF:
		return fmt.Errorf("reading %q: %w", f.Name, err)
	}
	if err := c.put(zeroSector[:sectorsOf(f.Size)*SectorSize-f.Size]); err != nil {
		return fmt.Errorf("writing %q: %w", f.Name, err)
	}
	return nil
}

var zeroSector [SectorSize]byte
