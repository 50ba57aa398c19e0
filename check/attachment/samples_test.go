package attachment_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"math/rand/v2"
	"testing"
	"unicode/utf16"

	"github.com/jung-kurt/gofpdf"
	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
	"golang.org/x/text/encoding/charmap"

	"csuis-offline/check/attachment"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func noise(n int) []byte {
	r := rand.NewChaCha8([32]byte{7})
	b := make([]byte, n)
	_, _ = r.Read(b)
	return b
}

func picture(t testing.TB, encode func(io.Writer, image.Image) error) []byte {
	t.Helper()
	im := image.NewGray(image.Rect(0, 0, 40, 40))
	for i, b := range noise(1600) {
		im.Set(i%40, i/40, color.Gray{Y: b})
	}
	var b bytes.Buffer
	must(t, encode(&b, im))
	return b.Bytes()
}

type entry struct {
	name string
	data []byte
}

// archive makes a ZIP; with stored, the sizes stand in the local headers.
func archive(t testing.TB, stored bool, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range entries {
		var f io.Writer
		var err error
		if stored {
			f, err = w.CreateRaw(&zip.FileHeader{Name: e.name, CRC32: crc32.ChecksumIEEE([]byte(e.data)), CompressedSize64: uint64(len(e.data)), UncompressedSize64: uint64(len(e.data))})
		} else {
			f, err = w.Create(e.name)
		}
		must(t, err)
		_, err = f.Write(e.data)
		must(t, err)
	}
	must(t, w.Close())
	return b.Bytes()
}

func office(t testing.TB, names ...string) []byte {
	t.Helper()
	entries := []entry{{"_rels/.rels", noise(300)}, {"docProps/app.xml", noise(9000)}}
	for _, n := range names {
		entries = append(entries, entry{n, noise(2000)})
	}
	return archive(t, false, append(entries, entry{"[Content_Types].xml", noise(500)})...)
}

func openDocument(t testing.TB, mimetype string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, err := w.CreateRaw(&zip.FileHeader{Name: "mimetype", CRC32: crc32.ChecksumIEEE([]byte(mimetype)), CompressedSize64: uint64(len(mimetype)), UncompressedSize64: uint64(len(mimetype))})
	must(t, err)
	_, err = f.Write([]byte(mimetype))
	must(t, err)
	f, err = w.Create("content.xml")
	must(t, err)
	_, err = f.Write(noise(2000))
	must(t, err)
	must(t, w.Close())
	return b.Bytes()
}

// compound makes a compound file (MS-CFB) with streams of these names; before
// is how many sectors of data stand before the directory: 0, or 8 and more.
func compound(before int, streams ...string) []byte {
	const sector = 512
	le := binary.LittleEndian
	header := make([]byte, sector)
	copy(header, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
	le.PutUint16(header[24:], 0x3e)
	le.PutUint16(header[26:], 3)
	le.PutUint16(header[28:], 0xfffe)
	le.PutUint16(header[30:], 9)
	le.PutUint16(header[32:], 6)
	le.PutUint32(header[44:], 1)                // one sector of FAT
	le.PutUint32(header[48:], uint32(1+before)) // the directory's first
	le.PutUint32(header[56:], 4096)
	le.PutUint32(header[60:], 0xfffffffe)
	le.PutUint32(header[68:], 0xfffffffe)
	for i := 76; i < sector; i += 4 {
		le.PutUint32(header[i:], 0xffffffff)
	}
	le.PutUint32(header[76:], 0)
	dirSectors := (len(streams) + 1 + 3) / 4
	fat := make([]byte, sector)
	for i := 0; i < sector; i += 4 {
		le.PutUint32(fat[i:], 0xffffffff)
	}
	le.PutUint32(fat, 0xfffffffd)
	chain := func(from, n int) {
		for i := range n {
			next := uint32(from + i + 1)
			if i == n-1 {
				next = 0xfffffffe
			}
			if 4*(from+i) < len(fat) {
				le.PutUint32(fat[4*(from+i):], next)
			}
		}
	}
	chain(1, before)
	chain(1+before, dirSectors)
	dir := make([]byte, dirSectors*sector)
	for i := 0; i < len(dir); i += 128 {
		for _, at := range []int{68, 72, 76} {
			le.PutUint32(dir[i+at:], 0xffffffff)
		}
	}
	put := func(i int, name string, object byte, right uint32) {
		e := dir[128*i : 128*i+128]
		units := utf16.Encode([]rune(name))
		for j, u := range units {
			le.PutUint16(e[2*j:], u)
		}
		le.PutUint16(e[64:], uint16(2*len(units)+2))
		e[66], e[67] = object, 1
		le.PutUint32(e[72:], right)
		le.PutUint32(e[116:], 0xfffffffe)
	}
	put(0, "Root Entry", 5, 0xffffffff)
	if len(streams) > 0 {
		le.PutUint32(dir[76:], 1)
	}
	for i, s := range streams {
		right := uint32(i + 2)
		if i == len(streams)-1 {
			right = 0xffffffff
		}
		put(i+1, s, 2, right)
	}
	if before > 0 {
		le.PutUint32(dir[128+116:], 1) // the data are the first stream
		le.PutUint32(dir[128+120:], uint32(before*sector))
	}
	out := append(header, fat...)
	out = append(out, noise(before*sector)...)
	return append(out, dir...)
}

func utf16Text(s string, big bool) []byte {
	out := []byte{0xff, 0xfe}
	if big {
		out = []byte{0xfe, 0xff}
	}
	for _, u := range utf16.Encode([]rune(s)) {
		if big {
			out = binary.BigEndian.AppendUint16(out, u)
		} else {
			out = binary.LittleEndian.AppendUint16(out, u)
		}
	}
	return out
}

const pangram = "Příliš žluťoučký kůň úpěl ďábelské ódy.\r\n\t1 250,00 Kč\n"

type sample struct {
	name string
	kind attachment.Kind
	data []byte
}

func samples(t testing.TB) []sample {
	t.Helper()
	doc := gofpdf.New("P", "mm", "A4", "")
	doc.AddPage()
	doc.SetFont("Helvetica", "", 12)
	doc.Cell(10, 10, "doklad")
	var pdf bytes.Buffer
	must(t, doc.Output(&pdf))
	cp1250, err := charmap.Windows1250.NewEncoder().String(pangram)
	must(t, err)
	var gz bytes.Buffer
	z := gzip.NewWriter(&gz)
	_, err = z.Write(noise(1000))
	must(t, err)
	must(t, z.Close())
	long := make([]entry, 0, 5000)
	for i := range 5000 {
		long = append(long, entry{"word/media/image" + string(rune('a'+i%26)) + ".png", nil})
	}
	long = append([]entry{{"[Content_Types].xml", nil}}, long...)
	const xml = `<?xml version="1.0"?><Faktura><Castka>1</Castka></Faktura>`

	return []sample{
		{"pdf", attachment.PDF, pdf.Bytes()},
		{"pdf behind a byte order mark", attachment.PDF, append([]byte("\xef\xbb\xbf\r\n"), pdf.Bytes()...)},
		{"png", attachment.PNG, picture(t, png.Encode)},
		{"jpeg", attachment.JPEG, picture(t, func(w io.Writer, m image.Image) error { return jpeg.Encode(w, m, nil) })},
		{"gif", attachment.GIF, picture(t, func(w io.Writer, m image.Image) error { return gif.Encode(w, m, nil) })},
		{"tiff", attachment.TIFF, picture(t, func(w io.Writer, m image.Image) error { return tiff.Encode(w, m, nil) })},
		{"tiff, big endian", attachment.TIFF, append([]byte("MM\x00*\x00\x00\x00\x08"), noise(400)...)},
		{"bmp", attachment.BMP, picture(t, bmp.Encode)},
		{"rtf", attachment.RTF, []byte(`{\rtf1\ansi\deff0 {\fonttbl{\f0 Arial;}} doklad}` + "\r\n")},
		{"docx", attachment.DOCX, office(t, "word/document.xml", "word/styles.xml")},
		{"docx with a table inside", attachment.DOCX, office(t, "word/document.xml", "word/embeddings/xl.xlsx")},
		{"docx, names beyond what is kept", attachment.DOCX, archive(t, true, long...)},
		{"docm", attachment.DOCM, office(t, "word/document.xml", "word/vbaProject.bin")},
		{"xlsx", attachment.XLSX, office(t, "xl/workbook.xml")},
		{"xlsm", attachment.XLSM, office(t, "xl/workbook.xml", "xl/vbaProject.bin")},
		{"xlsb", attachment.XLSB, office(t, "xl/workbook.bin")},
		{"pptx", attachment.PPTX, office(t, "ppt/presentation.xml")},
		{"pptm", attachment.PPTM, office(t, "ppt/presentation.xml", "ppt/vbaProject.bin")},
		{"odt", attachment.ODT, openDocument(t, "application/vnd.oasis.opendocument.text")},
		{"ods", attachment.ODS, openDocument(t, "application/vnd.oasis.opendocument.spreadsheet")},
		{"odp", attachment.ODP, openDocument(t, "application/vnd.oasis.opendocument.presentation")},
		{"odg", attachment.ODG, openDocument(t, "application/vnd.oasis.opendocument.graphics")},
		{"asic", attachment.ASIC, openDocument(t, "application/vnd.etsi.asic-e+zip")},
		{"zip", attachment.ZIP, archive(t, false, entry{"word/document.xml", noise(10)})},
		{"zip of two documents", attachment.ZIP, office(t, "word/document.xml", "xl/workbook.xml")},
		{"zip, empty", attachment.ZIP, archive(t, false)},
		{"zip, a mimetype that is nobody's", attachment.ZIP, openDocument(t, "application/epub+zip")},
		{"doc", attachment.DOC, compound(0, "1Table", "Data", "WordDocument")},
		{"doc, directory at the end", attachment.DOC, compound(90, "1Table", "Data", "SummaryInformation", "ObjectPool", "WordDocument")},
		{"xls", attachment.XLS, compound(40, "Workbook")},
		{"xls 5", attachment.XLS, compound(9, "Book")},
		{"ppt", attachment.PPT, compound(40, "Current User", "PowerPoint Document")},
		{"msg", attachment.MSG, compound(8, "__properties_version1.0")},
		{"office with a password", attachment.OOXMLEnc, compound(20, "EncryptionInfo", "EncryptedPackage")},
		{"ole", attachment.OLE, compound(12, "Something")},
		{"ole, directory beyond the end", attachment.OLE, compound(90, "WordDocument")[:8000]},
		{"gzip", attachment.GZIP, gz.Bytes()},
		{"xml", attachment.XML, []byte(xml)},
		{"xml without declaration", attachment.XML, []byte("\r\n<Faktura/>")},
		{"xml, utf-16 with mark", attachment.XML, utf16Text(xml, true)},
		{"xml, utf-16 without mark", attachment.XML, utf16Text(xml, false)[2:]},
		{"html", attachment.HTML, []byte("\ufeff<!DOCTYPE HTML><html></html>")},
		{"text, utf-8", attachment.TXT, []byte(pangram)},
		{"text, utf-8 with mark", attachment.TXT, []byte("\ufeff" + pangram)},
		{"text, windows-1250", attachment.TXT, []byte(cp1250)},
		{"text, utf-16", attachment.TXT, utf16Text(pangram+"𝄞", false)},
		{"text, utf-16 big endian", attachment.TXT, utf16Text(pangram+"𝄞", true)},
		{"text of one character", attachment.TXT, []byte("a")},
		{"text, < is no element", attachment.TXT, []byte("< 5 kusů")},
		{"program", attachment.Program, append([]byte("\x7fELF"), noise(100)...)},
		{"windows program", attachment.Program, append([]byte("MZ\x90\x00"), make([]byte, 200)...)},
		{"script", attachment.Program, []byte("#!/bin/sh\necho\n")},
		{"text that begins with MZ", attachment.TXT, []byte("MZV ČR, " + pangram + pangram)},
		{"text that begins with BM", attachment.TXT, []byte("BM, " + pangram)},
		{"utf-16, half a pair", attachment.Unknown, []byte("\xff\xfea\x00\x00\xd8b\x00")},
		{"utf-16, odd", attachment.Unknown, []byte("\xff\xfea\x00b")},
		{"noise", attachment.Unknown, noise(3000)},
		{"text with NUL", attachment.Unknown, []byte("text\x00text")},
		{"text with a control character", attachment.Unknown, []byte("text\x01")},
		{"text whose last byte is binary", attachment.Unknown, append(bytes.Repeat([]byte("text "), 100_000), 0)},
		{"utf-8 cut in a character is windows-1250", attachment.TXT, []byte("ž")[:1]},
		{"nothing", attachment.Empty, nil},
	}
}
