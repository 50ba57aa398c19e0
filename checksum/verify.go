package checksum

import (
	"crypto/sha256"
	"fmt"
	"hash"
	"io"
)

// MismatchError is the error of a Reader whose input has another digest or size
// than wanted. If the Reader stopped early, since more than WantedSize bytes came,
// FoundSize is WantedSize plus the bytes seen beyond it and Found is zero.
type MismatchError struct {
	Wanted, Found         Sum
	WantedSize, FoundSize int64 // in bytes; WantedSize is negative when unknown
}

// Error says what differs, with the wanted and the found value.
func (e *MismatchError) Error() string {
	switch {
	case e.TooLong():
		return fmt.Sprintf("size differs: wanted %d bytes, found more", e.WantedSize)
	case e.WantedSize >= 0 && e.FoundSize != e.WantedSize:
		return fmt.Sprintf("size differs: wanted %d bytes, found %d", e.WantedSize, e.FoundSize)
	default:
		return fmt.Sprintf("SHA-256 differs: wanted %v, found %v", e.Wanted, e.Found)
	}
}

// TooLong reports that reading stopped at the first byte beyond WantedSize, so
// that Found is not known.
func (e *MismatchError) TooLong() bool { return e.WantedSize >= 0 && e.FoundSize > e.WantedSize }

// NewReader returns a reader of r that ends with a *MismatchError instead of
// io.EOF if the digest or the size differs from what is wanted. A negative size
// means that the size is unknown. With a known size, the reader reads at most one
// byte more from r, and never returns that byte.
func NewReader(r io.Reader, want Sum, size int64) *Reader {
	return &Reader{src: r, want: want, size: size, hash: sha256.New()}
}

// Reader verifies the digest and the size of what it reads. NewReader makes one.
type Reader struct {
	src  io.Reader
	hash hash.Hash
	want Sum
	size int64
	n    int64
	err  error
}

// Read reads from the underlying reader. Only io.EOF says that digest and size
// are as wanted; bytes returned before may still prove wrong.
func (r *Reader) Read(p []byte) (int, error) {
	if r.err != nil {
		return 0, r.err
	}
	if len(p) == 0 {
		return 0, nil
	}
	if r.size >= 0 {
		left := r.size - r.n
		if left == 0 {
			r.err = r.end()
			return 0, r.err
		}
		p = p[:min(int64(len(p)), left)]
	}
	n, err := r.src.Read(p)
	r.hash.Write(p[:n])
	r.n += int64(n)
	if err == io.EOF {
		err = r.compare(r.n)
	}
	r.err = err
	return n, err
}

// end looks for a byte beyond the wanted size, then compares.
func (r *Reader) end() error {
	var one [1]byte
	const maxIdle = 100
	for range maxIdle {
		n, err := r.src.Read(one[:])
		if n > 0 {
			return &MismatchError{Wanted: r.want, WantedSize: r.size, FoundSize: r.n + 1}
		}
		if err == io.EOF {
			return r.compare(r.n)
		}
		if err != nil {
			return err
		}
	}
	return io.ErrNoProgress
}

// compare returns io.EOF if size and digest are as wanted.
func (r *Reader) compare(n int64) error {
	found := Sum(r.hash.Sum(nil))
	if (r.size >= 0 && n != r.size) || found != r.want {
		return &MismatchError{Wanted: r.want, Found: found, WantedSize: r.size, FoundSize: n}
	}
	return io.EOF
}
