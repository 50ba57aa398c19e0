package c14n

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	xtext "golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"csuis-offline/internal/testtool"
)

var encodings = []struct {
	file, name, declared string
	bom                  bool
	e                    xtext.Encoding
}{
	{"utf8", "UTF-8", "UTF-8", false, xtext.Nop},
	{"utf8-bom", "UTF-8", "UTF-8", true, unicode.UTF8BOM},
	{"utf16le", "UTF-16LE", "UTF-16", true, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)},
	{"utf16be", "UTF-16BE", "utf-16", true, unicode.UTF16(unicode.BigEndian, unicode.UseBOM)},
	{"utf16le-without-bom", "UTF-16LE", "UTF-16LE", false, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)},
	{"cp1250", "windows-1250", "CP1250", false, charmap.Windows1250},
	{"windows1250", "windows-1250", "Windows-1250", false, charmap.Windows1250},
	{"latin2", "ISO-8859-2", "ISO-8859-2", false, charmap.ISO8859_2},
}

// czech is a document of Czech letters that takes more than one buffer.
func czech(declared string) string {
	return `<?xml version="1.0" encoding="` + declared + `"?>` + "\r\n<účetnictví xmlns:č=\"urn:c\">" +
		strings.Repeat("<č:řádek název='Příliš žluťoučký\r\nkůň'>úpěl ďábelské ódy &#8364;\r\n</č:řádek>", 6000) + "</účetnictví>"
}

func TestEncodings(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "xmllint")
	dir := t.TempDir()
	_, raw, err := tokens(strings.NewReader(czech("UTF-8")))
	if err != io.EOF {
		t.Fatal(err)
	}
	for _, c := range encodings {
		b, err := c.e.NewEncoder().Bytes([]byte(czech(c.declared)))
		if err != nil {
			t.Fatal(err)
		}
		s := NewScanner(iotest.HalfReader(bytes.NewReader(b)))
		var got []byte
		for {
			tok, err := s.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", c.file, err)
			}
			if tok.Offset != int64(len(got)) {
				t.Fatalf("%s: offset %d behind %d bytes", c.file, tok.Offset, len(got))
			}
			got = append(got, tok.Raw...)
		}
		if s.Encoding() != c.name || s.HasBOM() != c.bom {
			t.Errorf("%s: encoding %q, byte order mark %t", c.file, s.Encoding(), s.HasBOM())
		}
		if !bytes.Equal(got, raw) {
			t.Errorf("%s: the Raws are %.120q…", c.file, got)
		}
		p := filepath.Join(dir, c.file+".xml")
		if err := os.WriteFile(p, b, 0o600); err != nil {
			t.Fatal(err)
		}
		likeXmllint(t, p)
	}
}

// Every byte of a single-byte encoding decodes as iconv has it, or is refused
// as libxml2 refuses it.
func TestEverySingleByte(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "iconv")
	dir := t.TempDir()
	for _, name := range []string{"windows-1250", "ISO-8859-2"} {
		for c := 0x80; c < 0x100; c++ {
			p := filepath.Join(dir, "byte")
			if err := os.WriteFile(p, []byte{byte(c)}, 0o600); err != nil {
				t.Fatal(err)
			}
			want, _, werr := testtool.Try(t, "iconv", "-f", name, "-t", "UTF-8", p)
			doc := "<?xml version='1.0' encoding='" + name + "'?><a>" + string([]byte{byte(c)}) + "</a>"
			got, err := canonical([]byte(doc), Method{})
			if (err != nil) != (werr != nil) || err == nil && string(got) != "<a>"+string(want)+"</a>" {
				t.Errorf("%s 0x%X: %q (%v), iconv has %q (%v)", name, c, got, err, want, werr)
			}
		}
	}
}

func TestDeclarationOfTranscodedSaysUTF8(t *testing.T) {
	t.Parallel()
	doc := "<?xml version = '1.0'\n encoding = \"cp1250\" standalone='yes' ?><a>\x9a</a>"
	_, raw, err := tokens(strings.NewReader(doc))
	if want := "<?xml version = '1.0'\n encoding = \"UTF-8\" standalone='yes' ?><a>š</a>"; err != io.EOF || string(raw) != want {
		t.Errorf("%q, %v", raw, err)
	}
}
