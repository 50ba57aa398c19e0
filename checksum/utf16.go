package checksum

import (
	"bytes"
	"io"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// decoder reads UTF-16, as Windows programs redirect their output, as UTF-8, and
// anything else as it is. It finds out from the first bytes.
type decoder struct {
	src   io.Reader
	known bool
	utf16 bool
	utf32 bool // which is not read
}

func (d *decoder) Read(p []byte) (int, error) {
	if d.known {
		return d.src.Read(p)
	}
	d.known = true
	head := make([]byte, 4)
	n, err := io.ReadFull(d.src, head)
	if head = head[:n]; err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		d.src = io.MultiReader(bytes.NewReader(head), failing{err})
	} else {
		d.src = io.MultiReader(bytes.NewReader(head), d.src)
	}
	d.utf32 = string(head) == "\xFF\xFE\x00\x00" || string(head) == "\x00\x00\xFE\xFF"
	if d.utf32 || len(head) < 2 {
		return d.src.Read(p)
	}
	order := unicode.LittleEndian
	switch {
	case string(head[:2]) == "\xFF\xFE", zeros(head) == "xoxo":
	case string(head[:2]) == "\xFE\xFF", zeros(head) == "oxox":
		order = unicode.BigEndian
	default:
		return d.src.Read(p)
	}
	d.utf16 = true
	d.src = transform.NewReader(d.src, unicode.UTF16(order, unicode.UseBOM).NewDecoder())
	return d.src.Read(p)
}

// zeros shows which bytes are zero: in UTF-16 without a mark each digit and letter
// of ASCII has one beside it.
func zeros(head []byte) string {
	var b [4]byte
	for i, c := range head {
		b[i] = 'x'
		if c == 0 {
			b[i] = 'o'
		}
	}
	return string(b[:len(head)])
}

// failing is a reader that fails.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
