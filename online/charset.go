package online

import (
	"bufio"
	"bytes"
	"io"
	"regexp"
	"strings"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/transform"
)

// maxDeclaration is how far an XML declaration is looked for, in bytes.
const maxDeclaration = 512

// declaredEncoding matches an XML declaration up to its encoding (XML 1.0, 4.3.3).
var declaredEncoding = regexp.MustCompile(`^(<\?xml\s[^>]*?\bencoding\s*=\s*["'])([A-Za-z][A-Za-z0-9._-]*)(["'][^>]*?\?>)`)

// readable returns a document in an encoding that c14n reads. Its encoding is the
// one by its first bytes, else the one it declares, else the one in the header of
// HTTP, label (RFC 7303, 3; what a document declares counts for more here, since
// many servers name one charset for all that they send).
func readable(r *bufio.Reader, label string) io.Reader {
	head, _ := r.Peek(maxDeclaration)
	switch {
	case bytes.HasPrefix(head, []byte{0xEF, 0xBB, 0xBF}), bytes.HasPrefix(head, []byte{0xFE, 0xFF}), bytes.HasPrefix(head, []byte{0xFF, 0xFE}),
		bytes.HasPrefix(head, []byte{0, '<'}), bytes.HasPrefix(head, []byte{'<', 0}):
		return r
	}
	if m := declaredEncoding.FindSubmatch(head); m != nil {
		table := furtherCharset(string(m[2]))
		if table == nil {
			return r // c14n reads it, or says that it does not
		}
		utf8 := string(m[1]) + "UTF-8" + string(m[3])
		_, _ = r.Discard(len(m[0]))
		return io.MultiReader(strings.NewReader(utf8), transform.NewReader(r, table.NewDecoder()))
	}
	table := furtherCharset(label)
	switch strings.ToLower(label) {
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
