package crypto

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
)

// The layout of a sealed record (doc/xm6.md section 3).
const (
	blockSize  = aes.BlockSize
	headFiller = blockSize
	endMark    = "\r\n"
	maxTail    = blockSize - 1
	minSealed  = 2 * blockSize
	// chunkSize is the number of bytes encrypted or decrypted at once; firstChunk
	// is the first size of a buffer, since most records are small.
	chunkSize  = 64 << 10
	firstChunk = 4 << 10
)

// Overhead is the greatest number of bytes that sealing adds to a document: the
// first filler, CR LF and the tail filler (doc/xm6.md section 3).
const Overhead = headFiller + len(endMark) + maxTail

// SealedSize returns the length in bytes of the raw sealed form of a document
// of the given length.
func SealedSize(plain int64) int64 {
	return (plain + int64(Overhead)) / blockSize * blockSize
}

// errClosed is the error of a Write after Close.
var errClosed = errors.New("crypto: write to a closed sealed record")

// WriterOptions are the options of NewWriter. The zero value is the usual choice.
type WriterOptions struct {
	// Rand is the source of the filler; nil means crypto/rand. Use fixed bytes
	// only in tests: with the same first filler and key, the ciphertexts reveal
	// that two documents begin alike.
	Rand io.Reader
}

// NewWriter returns a writer that seals what is written to it as raw XM6 into
// dst (doc/xm6.md section 4.1). The caller must call Close: only Close writes the
// end of the record, and without it the output cannot be opened. Close does not
// close dst. After an error, or to abandon a record without Close, the caller
// must discard what dst holds.
//
// The writer needs a buffer of at most 64 KiB, whatever the document's length.
func NewWriter(dst io.Writer, key *Key, opts WriterOptions) (io.WriteCloser, error) {
	raw, err := key.raw()
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(raw)
	if err != nil {
		return nil, err
	}
	random := opts.Rand
	if random == nil {
		random = rand.Reader
	}
	w := &writer{
		dst:  dst,
		rand: random,
		mode: cipher.NewCBCEncrypter(block, make([]byte, blockSize)),
		buf:  make([]byte, headFiller, firstChunk),
	}
	if _, err := io.ReadFull(random, w.buf); err != nil {
		return nil, fmt.Errorf("crypto: random filler: %w", err)
	}
	return w, nil
}

type writer struct {
	dst  io.Writer
	rand io.Reader
	mode cipher.BlockMode
	buf  []byte // plaintext not yet encrypted; never full between calls
	err  error  // the error of dst, or errClosed; every further Write returns it
}

func (w *writer) Write(p []byte) (int, error) {
	if w.err != nil {
		return 0, w.err
	}
	written := 0
	for len(p) > 0 {
		n := min(len(p), cap(w.buf)-len(w.buf))
		w.buf = append(w.buf, p[:n]...)
		p = p[n:]
		if len(w.buf) == cap(w.buf) {
			if err := w.flush(); err != nil {
				return written, err
			}
			if cap(w.buf) < chunkSize {
				w.buf = make([]byte, 0, chunkSize)
			}
		}
		written += n
	}
	return written, nil
}

// flush encrypts the buffer, which holds whole blocks, and writes it.
func (w *writer) flush() error {
	w.mode.CryptBlocks(w.buf, w.buf)
	n, err := w.dst.Write(w.buf)
	if err == nil && n != len(w.buf) {
		err = io.ErrShortWrite
	}
	w.buf = w.buf[:0]
	w.err = err
	return err
}

// Close writes the end of the record. A second Close returns nil after success,
// or the first error.
func (w *writer) Close() error {
	if w.err != nil {
		if w.err == errClosed {
			return nil
		}
		return w.err
	}
	defer func() { clear(w.buf[:cap(w.buf)]) }() // the buffer still holds plaintext
	over := (len(w.buf) + len(endMark)) % blockSize
	filler, err := tailFiller(w.rand, (blockSize-over)%blockSize)
	if err != nil {
		w.err = err
		return err
	}
	if _, err := w.Write(append([]byte(endMark), filler...)); err != nil {
		return err
	}
	if len(w.buf) > 0 {
		if err := w.flush(); err != nil {
			return err
		}
	}
	w.err = errClosed
	return nil
}

// tailFiller returns n random bytes without CR and LF, since a reader looks
// for the last CR LF.
func tailFiller(random io.Reader, n int) ([]byte, error) {
	filler := make([]byte, n)
	if _, err := io.ReadFull(random, filler); err != nil {
		return nil, fmt.Errorf("crypto: random filler: %w", err)
	}
	for i, b := range filler {
		// The byte is not drawn again, since a fixed source of line breaks
		// would never end.
		if b == '\r' || b == '\n' {
			filler[i] = b ^ 0x80
		}
	}
	return filler, nil
}
