package verify

import (
	"io"

	"csuis-offline/crypto"
)

// base64Form finds out whether what is read through it is a sealed record in base64.
type base64Form struct {
	r      io.Reader
	head   [crypto.SniffSize]byte
	n      int  // bytes in head
	raw    bool // head is not base64
	digits int64
}

func (b *base64Form) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if b.raw {
		return n, err
	}
	b.n += copy(b.head[b.n:], p[:n])
	if b.raw = b.n == len(b.head) && !crypto.IsBase64(b.head[:]); b.raw {
		return n, err
	}
	for _, c := range p[:n] {
		switch {
		case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '+', c == '/':
			b.digits++
		}
	}
	return n, err
}

// holdsRecord reports whether the text that was read to its end has as many digits
// as a sealed record has in base64: whole blocks (doc/xm6.md section 4).
func (b *base64Form) holdsRecord() bool {
	const block = 16
	size := b.digits * 6 / 8
	return !b.raw && size >= 2*block && size%block == 0 && crypto.IsBase64(b.head[:b.n])
}
