package online

import (
	"bufio"
	"bytes"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
	"golang.org/x/text/transform"
)

// maxDeclaration is how far an XML declaration is looked for, in bytes.
const maxDeclaration = 512

// declaredEncoding matches an XML declaration up to its encoding (XML 1.0, 4.3.3).
var declaredEncoding = regexp.MustCompile(`^(<\?xml\s[^>]*?\bencoding\s*=\s*["'])([A-Za-z][A-Za-z0-9._-]*)(["'][^>]*?\?>)`)

// maxLook is how much of an answer shows whether it is UTF-8, in bytes.
const maxLook = 64 << 10

// readable returns a document in an encoding that c14n reads. Its encoding is the
// one by its first bytes, else UTF-8 where the header of HTTP says so in label and
// it is (RFC 7303, 3), else the one it declares, else label. What a document
// declares counts for more than any other label, since many servers name one
// charset for all that they send.
func readable(r *bufio.Reader, label string) io.Reader {
	if e := wide(r); e != nil {
		return declaredUTF8(transform.NewReader(r, e.NewDecoder()))
	}
	head, _ := r.Peek(maxDeclaration)
	switch {
	case bytes.HasPrefix(head, []byte{0xEF, 0xBB, 0xBF}), bytes.HasPrefix(head, []byte{0xFE, 0xFF}), bytes.HasPrefix(head, []byte{0xFF, 0xFE}):
		return r
	}
	label = strings.ToLower(strings.TrimSpace(label))
	if m := declaredEncoding.FindSubmatch(head); m != nil {
		if (label == "utf-8" || label == "utf8") && !strings.EqualFold(string(m[2]), "utf-8") {
			full := bufio.NewReaderSize(r, maxLook)
			if isUTF8(full) {
				return declaredUTF8(full)
			}
			r = full
		}
		table := furtherCharset(string(m[2]))
		if table == nil {
			return r // c14n reads it, or says that it does not
		}
		return declaredUTF8(transform.NewReader(r, table.NewDecoder()))
	}
	table := furtherCharset(label)
	switch label {
	case "windows-1250", "cp1250", "cp-1250", "x-cp1250":
		table = charmap.Windows1250
	case "iso-8859-2", "iso_8859-2", "iso8859-2", "latin2", "l2", "csisolatin2":
		table = charmap.ISO8859_2
	}
	if table == nil {
		return r
	}
	return transform.NewReader(r, table.NewDecoder())
}

// wide is the encoding of a document in units of two or four bytes: of UTF-32, and
// of UTF-16 without a byte order mark, with which c14n reads it; nil for any other.
// The first character of XML is one of ASCII, so zeros around it tell (XML 1.0,
// appendix F), whatever the header of HTTP says.
func wide(r *bufio.Reader) encoding.Encoding {
	b, _ := r.Peek(4)
	if len(b) < 4 {
		return nil
	}
	switch {
	case bytes.Equal(b, []byte{0, 0, 0xFE, 0xFF}), b[0] == 0 && b[1] == 0 && b[2] == 0:
		return utf32.UTF32(utf32.BigEndian, utf32.UseBOM)
	case bytes.Equal(b, []byte{0xFF, 0xFE, 0, 0}), b[0] != 0 && b[1] == 0 && b[2] == 0 && b[3] == 0:
		return utf32.UTF32(utf32.LittleEndian, utf32.UseBOM)
	case b[0] == 0 && b[1] != 0:
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	case b[0] != 0 && b[1] == 0:
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	}
	return nil
}

// declaredUTF8 makes a document that is UTF-8 by now declare no other encoding.
func declaredUTF8(doc io.Reader) io.Reader {
	r := bufio.NewReader(doc)
	head, _ := r.Peek(maxDeclaration)
	m := declaredEncoding.FindSubmatch(head)
	if m == nil {
		return r
	}
	declaration := string(m[1]) + "UTF-8" + string(m[3])
	_, _ = r.Discard(len(m[0]))
	return io.MultiReader(strings.NewReader(declaration), r)
}

// isUTF8 reports whether a document is UTF-8, as far as its beginning shows.
func isUTF8(r *bufio.Reader) bool {
	b, err := r.Peek(maxLook)
	if err == nil {
		// The last character may be cut.
		for i := 1; i < utf8.UTFMax; i++ {
			if utf8.RuneStart(b[len(b)-i]) {
				b = b[:len(b)-i]
				break
			}
		}
	}
	return utf8.Valid(b)
}

// furtherCharset is a charset that servers and what stands before them use, and
// that c14n does not read; nil for any other.
func furtherCharset(label string) *charmap.Charmap {
	switch strings.ToLower(label) {
	case "iso-8859-1", "iso_8859-1", "iso8859-1", "iso8859_1", "8859_1", "latin1", "l1", "cp819", "csisolatin1":
		return charmap.ISO8859_1
	case "windows-1252", "cp1252", "cp-1252", "x-cp1252":
		return charmap.Windows1252
	case "iso-8859-15", "iso_8859-15", "iso8859-15", "latin9", "latin-9":
		return charmap.ISO8859_15
	case "ibm852", "cp852", "852", "csibm852":
		return charmap.CodePage852
	}
	return nil
}
