package crypto

import (
	"bytes"
	"encoding/base64"
	"io"
)

const (
	// minBase64 is the length of the smallest sealed record in base64.
	minBase64 = (minSealed + 2) / 3 * 4
	// sniffSize is the number of bytes that decide between the two forms.
	sniffSize = 64
	// sniffOdd bounds the share of bytes that are foreign to base64: up to one
	// in sniffOdd, the text counts as base64 and its reader says what is wrong.
	sniffOdd = 16
)

var utf8BOM = []byte("\xEF\xBB\xBF")

// Raw returns src in the raw form of a sealed record, as it is on a disc,
// whichever form src has; decoded says that src is base64 (doc/xm6.md section
// 5). Raw decrypts nothing. Its error is that of reading the first bytes; the
// reader's errors for the base64 form are those of NewReader.
func Raw(src io.Reader) (raw io.Reader, decoded bool, err error) {
	raw, err = detect(src)
	if err != nil {
		return nil, false, err
	}
	_, decoded = raw.(*base64Reader)
	return raw, decoded, nil
}

// detect returns src as the raw ciphertext, whichever form it has
// (doc/xm6.md section 5.2).
func detect(src io.Reader) (io.Reader, error) {
	head := make([]byte, SniffSize)
	n, err := readFull(src, head)
	if err != nil && err != io.EOF {
		return nil, err
	}
	whole := io.MultiReader(bytes.NewReader(head[:n]), src)
	if !IsBase64(head[:n]) {
		return whole, nil
	}
	text := bytes.TrimPrefix(head[:n], utf8BOM)
	skipped := int64(n - len(text))
	return newBase64Reader(io.MultiReader(bytes.NewReader(text), src), skipped, chunkSize/2), nil
}

// SniffSize is the number of bytes at the start of a sealed record that show
// whether it is in base64 (doc/xm6.md section 5.2).
const SniffSize = sniffSize

// IsBase64 reports whether a sealed record is in base64, by its first SniffSize
// bytes or by the whole of a shorter one (doc/xm6.md section 5.2).
func IsBase64(head []byte) bool {
	n := len(head)
	text := bytes.TrimPrefix(head, utf8BOM)
	odd := 0
	for _, c := range text {
		if base64Class[c] == foreign {
			odd++
		}
	}
	// A shorter text with a few foreign bytes could be the smallest raw record.
	return odd*sniffOdd <= len(text) && (odd == 0 || n >= minBase64)
}

type class uint8

const (
	foreign class = iota
	digit
	pad
	space
)

var base64Class = func() (t [256]class) {
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		t[c] = digit
	}
	for _, c := range []byte(" \t\r\n") {
		t[c] = space
	}
	t['='] = pad
	return t
}()

// base64Reader decodes the base64 form strictly: it allows white space anywhere
// and no other foreign byte, and requires padding with unused bits of zero
// (doc/xm6.md section 5.1). It fails with a *DamageError, or with the error of
// src unchanged.
type base64Reader struct {
	src   io.Reader
	in    []byte
	text  []byte // digits and padding: the open group of the chunk before, then those of in
	pos   int64  // offset in the text of the next byte to read
	pads  int
	out   []byte
	ready []byte
	err   error
}

// newBase64Reader returns a reader of a text whose first byte has the offset pos.
// It reads chunks of chunk bytes.
func newBase64Reader(src io.Reader, pos int64, chunk int) *base64Reader {
	return &base64Reader{
		src:  src,
		pos:  pos,
		in:   make([]byte, chunk),
		text: make([]byte, 0, chunk+4),
		out:  make([]byte, base64.StdEncoding.DecodedLen(chunk+4)),
	}
}

func (b *base64Reader) Read(p []byte) (int, error) {
	for len(b.ready) == 0 {
		if b.err != nil {
			return 0, b.err
		}
		b.fill()
	}
	n := copy(p, b.ready)
	b.ready = b.ready[n:]
	return n, nil
}

func (b *base64Reader) fill() {
	n, err := readFull(b.src, b.in)
	if err != nil {
		b.err = err
		if err != io.EOF {
			return
		}
	}
	// Digits, which are nearly all, are handled here, and the rest by other.
	text, open := b.text[:cap(b.text)], len(b.text)
	for i, c := range b.in[:n] {
		if base64Class[c] == digit && b.pads == 0 {
			text[open] = c
			open++
			continue
		}
		detail := b.other(c, open)
		if detail != "" {
			b.pos += int64(i)
			b.err = b.bad(detail)
			return
		}
		if c == '=' {
			text[open] = c
			open++
		}
	}
	b.text = text[:open]
	b.pos += int64(n)
	whole := len(b.text) / 4 * 4
	m, err := base64.StdEncoding.Strict().Decode(b.out, b.text[:whole])
	if err != nil {
		b.err = b.bad("the last digit has bits that do not fit")
		return
	}
	b.ready = b.out[:m]
	b.text = b.text[:copy(b.text, b.text[whole:])]
	if b.err == io.EOF && len(b.text) > 0 {
		b.ready, b.err = nil, b.bad("the text ends within a group of 4")
	}
}

// other handles a character that is not a digit or comes after padding, and
// returns what is wrong with it. open is the number of digits and padding in the
// current group. All groups before it are whole.
func (b *base64Reader) other(c byte, open int) string {
	switch base64Class[c] {
	case space:
		return ""
	case digit:
		return "a digit after the padding"
	case pad:
		if open%4 < 2 {
			return "padding out of place"
		}
		b.pads++
		return ""
	default:
		return "not a base64 character"
	}
}

func (b *base64Reader) bad(detail string) error {
	return &DamageError{Reason: BadBase64, Offset: b.pos, Detail: detail}
}
