package crypto

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
	"io"
)

// held is the number of decrypted bytes that wait until the reader knows whether
// they are the end: CR LF and the longest tail filler, in whole blocks.
const held = 2 * blockSize

// NewReader returns a reader of the document that src holds sealed, raw or in
// base64 (doc/xm6.md sections 4.2 and 5). It streams: after an error the caller
// must discard what it has read, since only io.EOF says that the record is whole.
// Damage or a wrong key is a *DamageError (ErrDamaged); before NoEnd, the reader
// has returned everything except the last two blocks. An error of src is wrapped.
// The reader reads src to its end.
//
// It needs a buffer of at most 64 KiB, and twice as much for base64, whatever
// the record's length.
func NewReader(src io.Reader, key *Key) io.Reader {
	raw, err := key.raw()
	if err != nil {
		return &reader{err: err}
	}
	block, err := aes.NewCipher(raw)
	if err != nil {
		return &reader{err: err}
	}
	return &reader{src: src, mode: cipher.NewCBCDecrypter(block, make([]byte, blockSize))}
}

type reader struct {
	src   io.Reader
	mode  cipher.BlockMode
	buf   []byte
	keep  int    // bytes at the start of buf that are decrypted and held back
	ready []byte // decrypted bytes to hand out, in buf
	tail  int    // where in buf the bytes to hold back begin, after ready
	total int64  // ciphertext bytes read
	err   error  // the error to return after ready
}

func (r *reader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for len(r.ready) == 0 {
		if r.err != nil {
			clear(r.buf)
			return 0, r.err
		}
		r.fill()
	}
	n := copy(p, r.ready)
	r.ready = r.ready[n:]
	return n, nil
}

// fill decrypts the next chunk and appends it to the bytes held back.
func (r *reader) fill() {
	first := r.buf == nil
	if first {
		src, err := detect(r.src)
		if err != nil {
			r.err = sourceError(err)
			return
		}
		r.src = src
		r.buf = make([]byte, held+firstChunk)
	} else {
		last := r.buf
		if len(last) < held+chunkSize {
			r.buf = make([]byte, held+chunkSize)
		}
		copy(r.buf, last[r.tail:r.tail+r.keep])
		if len(last) < len(r.buf) {
			clear(last)
		}
	}
	// A chunk is whole blocks, so that only the last one can end within a block.
	n, err := readFull(r.src, r.buf[r.keep:len(r.buf)-held+r.keep])
	r.total += int64(n)
	if err != nil && err != io.EOF {
		r.err = sourceError(err)
		return
	}
	end := err == io.EOF
	if end {
		if r.total < minSealed {
			r.err = &DamageError{Reason: TooShort, Size: r.total}
			return
		}
		if r.total%blockSize != 0 {
			r.err = &DamageError{Reason: BadLength, Size: r.total}
			return
		}
	}
	fresh := r.buf[r.keep : r.keep+n]
	r.mode.CryptBlocks(fresh, fresh)
	plain := r.buf[:r.keep+n]
	from := 0
	if first {
		from = headFiller
	}
	if end {
		cut := documentEnd(plain, from)
		if cut < 0 {
			// Bytes that cannot be the end are returned before the error:
			// if they look like a document, the key is right and the record
			// is damaged.
			r.ready = plain[from:max(from, len(plain)-held)]
			r.err = &DamageError{Reason: NoEnd, Size: r.total}
			return
		}
		r.ready, r.err = plain[from:cut], io.EOF
		return
	}
	r.tail = len(plain) - held
	r.keep = held
	r.ready = plain[from:r.tail]
}

// documentEnd returns where the document in plain[from:] ends: at the last CR
// LF whose LF lies in the last block (doc/xm6.md section 4.2); -1 without one.
func documentEnd(plain []byte, from int) int {
	at := max(from, len(plain)-maxTail-len(endMark))
	i := bytes.LastIndex(plain[at:], []byte(endMark))
	if i < 0 {
		return -1
	}
	return at + i
}

// sourceError wraps an error of the source, and leaves damage of the base64
// form as it is.
func sourceError(err error) error {
	if errors.Is(err, ErrDamaged) {
		return err
	}
	return fmt.Errorf("crypto: reading the sealed record: %w", err)
}

// maxIdle is the number of empty reads in a row after which the source is given
// up.
const maxIdle = 100

// readFull fills p from src. It returns io.EOF, also together with bytes, only if
// src ended; io.ReadFull cannot tell that from an io.ErrUnexpectedEOF of src.
func readFull(src io.Reader, p []byte) (int, error) {
	n, idle := 0, 0
	for n < len(p) {
		m, err := src.Read(p[n:])
		n += m
		if err != nil {
			return n, err
		}
		if m > 0 {
			idle = 0
		} else if idle++; idle == maxIdle {
			return n, io.ErrNoProgress
		}
	}
	return n, nil
}
