package bundle

import (
	"crypto/sha256"
	"hash"
	"io"
	"strconv"

	"csuis-offline/checksum"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// summer is a writer that keeps the SHA-256 of what it was given.
type summer struct{ h hash.Hash }

func (s *summer) Write(p []byte) (int, error) {
	if s.h == nil {
		s.h = sha256.New()
	}
	return s.h.Write(p)
}

func (s *summer) sum() (sum checksum.Sum) {
	if s.h == nil {
		return sha256.Sum256(nil)
	}
	s.h.Sum(sum[:0])
	return sum
}

// fileMeter counts and digests what is written through it.
type fileMeter struct {
	w io.Writer
	h hash.Hash
	n int64
}

func newFileMeter(w io.Writer) *fileMeter { return &fileMeter{w: w, h: sha256.New()} }

func (m *fileMeter) Write(p []byte) (int, error) {
	n, err := m.w.Write(p)
	m.h.Write(p[:n])
	m.n += int64(n)
	return n, err
}

func (m *fileMeter) info(name string) FileInfo {
	return FileInfo{File: name, Size: m.n, SHA256: checksum.Sum(m.h.Sum(nil))}
}
