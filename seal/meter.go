package seal

import (
	"hash"
	"io"
)

// meter counts and, where it has a hash, digests what goes to w.
type meter struct {
	w    io.Writer
	hash hash.Hash
	n    int64
}

func (m *meter) Write(p []byte) (int, error) {
	n, err := m.w.Write(p)
	m.n += int64(n)
	if m.hash != nil {
		m.hash.Write(p[:n])
	}
	return n, err
}

// meterReader is meter for what comes from r.
type meterReader struct {
	r    io.Reader
	hash hash.Hash
	n    int64
}

func (m *meterReader) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	m.n += int64(n)
	m.hash.Write(p[:n])
	return n, err
}
