package c14n

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// family is what the first bytes of a document reveal of its encoding (XML F.1).
type family uint8

const (
	eightBit family = iota // an extension of ASCII
	eightBitBOM
	littleEndian
	bigEndian
)

// encoding is a character encoding that this package reads.
type encoding uint8

const (
	unknown encoding = iota
	utf8Encoding
	asciiEncoding
	utf16Encoding // the name leaves the byte order open
	utf16LE
	utf16BE
	windows1250
	iso88592
)

func (e encoding) String() string {
	switch e {
	case utf8Encoding:
		return "UTF-8"
	case asciiEncoding:
		return "US-ASCII"
	case utf16LE:
		return "UTF-16LE"
	case utf16BE:
		return "UTF-16BE"
	case windows1250:
		return "windows-1250"
	case iso88592:
		return "ISO-8859-2"
	}
	return ""
}

// encodingByName knows the names of IANA's register and their usual aliases.
func encodingByName(name string) encoding {
	switch strings.ToLower(name) {
	case "utf-8", "utf8":
		return utf8Encoding
	case "us-ascii", "ascii":
		return asciiEncoding
	case "utf-16", "utf16":
		return utf16Encoding
	case "utf-16le":
		return utf16LE
	case "utf-16be":
		return utf16BE
	case "windows-1250", "cp1250", "cp-1250", "x-cp1250":
		return windows1250
	case "iso-8859-2", "iso_8859-2", "iso8859-2", "latin2", "l2", "csisolatin2":
		return iso88592
	}
	return unknown
}

// chooseEncoding returns the encoding of a document whose first bytes show f and
// which declares name ("" for none). Rule is "" if both agree.
func chooseEncoding(f family, name string) (e encoding, rule Rule, detail string) {
	switch f {
	case littleEndian:
		e = utf16LE
	case bigEndian:
		e = utf16BE
	default:
		e = utf8Encoding
	}
	if name == "" {
		return e, "", ""
	}
	d := encodingByName(name)
	switch {
	case d == unknown:
		return e, UnsupportedEncoding, "the encoding " + quote([]byte(name)) + " is not supported"
	case d == e, d == utf16Encoding && e != utf8Encoding:
		return e, "", ""
	case f == eightBit && (d == asciiEncoding || d == windows1250 || d == iso88592):
		return d, "", ""
	}
	return e, EncodingContradiction, "the document is " + e.String() + " by its first bytes and declares " + quote([]byte(name))
}

// begin reads the first bytes, up to the end of the XML declaration, and sets up
// the source of the buffer for the encoding.
func (s *Scanner) begin() {
	if s.buf == nil {
		s.buf = make([]byte, firstSize)
	}
	var err error
	s.fill(&err, func(head []byte) bool { return len(head) >= 4 })
	head := s.buf[:s.end]
	skip := 0
	switch {
	case hasPrefix(head, "\x00\x00\xFE\xFF"), hasPrefix(head, "\xFF\xFE\x00\x00"),
		hasPrefix(head, "\x00\x00\x00<"), hasPrefix(head, "<\x00\x00\x00"):
		s.fail(nil, 0, UnsupportedEncoding, "the encoding UTF-32 is not supported")
		return
	case hasPrefix(head, "\x4C\x6F\xA7\x94"):
		s.fail(nil, 0, UnsupportedEncoding, "the encoding EBCDIC is not supported")
		return
	case hasPrefix(head, "\xEF\xBB\xBF"):
		s.found, skip = eightBitBOM, 3
	case hasPrefix(head, "\xFF\xFE"):
		s.found, skip = littleEndian, 2
	case hasPrefix(head, "\xFE\xFF"):
		s.found, skip = bigEndian, 2
	case hasPrefix(head, "<\x00?\x00"):
		s.found = littleEndian
	case hasPrefix(head, "\x00<\x00?"):
		s.found = bigEndian
	}
	s.bom = skip > 0
	s.encoding, _, _ = chooseEncoding(s.found, "")
	if s.found == eightBit && hasPrefix(head, "<?xm") {
		s.fill(&err, func(head []byte) bool {
			return len(head) >= maxDeclaration || bytes.Contains(head, []byte("?>"))
		})
		if d, ok := findDeclaration(s.buf[:s.end], s.later); ok && d.rule == "" {
			s.encoding, _, _ = chooseEncoding(s.found, d.encoding)
		}
	}
	if s.encoding == utf8Encoding {
		s.pos, s.valid = skip, skip
		s.check(err)
		return
	}
	t := &transcoder{src: s.r, order: s.encoding, err: err}
	t.in = t.raw[:copy(t.raw[:], s.buf[skip:s.end])]
	switch s.encoding {
	case windows1250:
		t.table = singleByte(charmap.Windows1250)
	case iso88592:
		t.table = singleByte(charmap.ISO8859_2)
	case asciiEncoding:
		t.table = new([256]string)
	}
	s.r, s.end = t, 0
}

// fill reads raw bytes into the buffer until there are enough or reading fails.
func (s *Scanner) fill(err *error, enough func(head []byte) bool) {
	for idle := 0; *err == nil && !enough(s.buf[:s.end]); idle++ {
		var n int
		n, *err = s.r.Read(s.buf[s.end:])
		s.end += n
		if n > 0 {
			idle = 0
		} else if idle == maxIdle && *err == nil {
			*err = io.ErrNoProgress
		}
	}
}

// decodeError says that a byte sequence encodes no character.
type decodeError struct {
	rule   Rule
	detail string
}

func (e *decodeError) Error() string { return e.detail }

// singleByte returns the UTF-8 of the bytes from 0x80 on, "" for those that
// encode nothing. ISO-8859-2 has the controls U+0080 to U+009F, which the table
// of golang.org/x/text leaves out.
func singleByte(m *charmap.Charmap) *[256]string {
	var t [256]string
	for c := 0x80; c < 0x100; c++ {
		r := m.DecodeByte(byte(c))
		if m == charmap.ISO8859_2 && c < 0xA0 {
			r = rune(c)
		}
		if r != utf8.RuneError {
			t[c] = string(r)
		}
	}
	return &t
}

// transcoder reads src converted to UTF-8. After the last character that decodes
// it returns a *decodeError or src's error.
type transcoder struct {
	src   io.Reader
	table *[256]string // characters of a single-byte encoding; nil for UTF-16
	order encoding
	raw   [firstSize]byte
	in    []byte // not yet decoded, part of raw
	err   error  // the error that src returned
	bad   *decodeError
	doubt doubt // of a single-byte encoding
}

func (t *transcoder) Read(p []byte) (int, error) {
	if len(p) < utf8.UTFMax {
		return 0, io.ErrShortBuffer
	}
	for {
		n := t.decode(p)
		switch {
		case n > 0:
			return n, nil
		case t.bad != nil:
			return 0, t.bad
		case t.err == io.EOF && len(t.in) > 0:
			return 0, &decodeError{Truncated, "the document ends inside a character"}
		case t.err != nil:
			return 0, t.err
		}
		k := copy(t.raw[:], t.in)
		m, err := t.src.Read(t.raw[k:])
		t.in, t.err = t.raw[:k+m], err
		if m == 0 && err == nil {
			return 0, nil
		}
	}
}

// decode fills p with as many whole characters as are available.
func (t *transcoder) decode(p []byte) int {
	n := 0
	if t.table == nil {
		for t.bad == nil && n+utf8.UTFMax <= len(p) && len(t.in) >= 2 {
			r := t.unit(0)
			size := 2
			if utf16.IsSurrogate(r) {
				if r < 0xDC00 && len(t.in) < 4 {
					break
				}
				second := rune(0)
				if r < 0xDC00 {
					second = t.unit(2)
				}
				if r = utf16.DecodeRune(r, second); r == utf8.RuneError {
					t.bad = &decodeError{BadEncoding, "half a surrogate pair in UTF-16"}
					break
				}
				size = 4
			}
			n += utf8.EncodeRune(p[n:], r)
			t.in = t.in[size:]
		}
		return n
	}
	i := 0
	for ; i < len(t.in) && n+utf8.UTFMax <= len(p); i++ {
		c := t.in[i]
		if c < 0x80 {
			p[n] = c
			n++
			continue
		}
		u := t.table[c]
		if u == "" {
			t.bad = &decodeError{BadEncoding, "the byte " + hexByte(c) + " stands for no character in the declared encoding"}
			break
		}
		n += copy(p[n:], u)
	}
	t.doubt.add(t.in[:i])
	if t.bad != nil && t.doubt.within() {
		t.bad.detail += "; up to there the document is valid UTF-8"
	}
	t.in = t.in[i:]
	return n
}

func (t *transcoder) unit(i int) rune {
	if t.order == utf16LE {
		return rune(t.in[i]) | rune(t.in[i+1])<<8
	}
	return rune(t.in[i])<<8 | rune(t.in[i+1])
}

func hexByte(c byte) string {
	const digits = "0123456789ABCDEF"
	return "0x" + string([]byte{digits[c>>4], digits[c&15]})
}
