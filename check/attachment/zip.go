package attachment

import (
	"bytes"
	"strings"
)

// zip finds out what an archive holds. The names come from its central
// directory, as in every program that opens it; if that is larger than what was
// kept, from its last entries and the first files. An archive without its end is
// truncated.
func (d *detector) zip() (Kind, bool) {
	v := &zipView{}
	v.localHeaders(d.head)
	if !v.centralDirectory(d.last(tailSize), d.size) {
		return v.kind(), true
	}
	return v.kind(), false
}

// zipView holds what matters of an archive's names.
type zipView struct {
	mimetype            string // the first file's content if it is named mimetype
	contentTypes        bool
	word, sheet, slides bool
	macros, binary      bool
}

func (v *zipView) name(n string) {
	switch {
	case n == "[Content_Types].xml":
		v.contentTypes = true
	case strings.HasSuffix(n, "/vbaProject.bin"):
		v.macros = true
	case n == "xl/workbook.bin":
		v.binary = true
	}
	v.word = v.word || strings.HasPrefix(n, "word/")
	v.sheet = v.sheet || strings.HasPrefix(n, "xl/")
	v.slides = v.slides || strings.HasPrefix(n, "ppt/")
}

// openDocument maps the content of the file mimetype, with which such a document
// begins (ODF 1.2 part 3, 3.3; ETSI EN 319 162-1).
var openDocument = map[string]Kind{
	"application/vnd.oasis.opendocument.text":         ODT,
	"application/vnd.oasis.opendocument.spreadsheet":  ODS,
	"application/vnd.oasis.opendocument.presentation": ODP,
	"application/vnd.oasis.opendocument.graphics":     ODG,
	"application/vnd.etsi.asic-e+zip":                 ASIC,
	"application/vnd.etsi.asic-s+zip":                 ASIC,
}

func (v *zipView) kind() Kind {
	if k, ok := openDocument[v.mimetype]; ok {
		return k
	}
	if !v.contentTypes {
		return ZIP
	}
	pick := func(plain, macros Kind) Kind {
		if v.macros {
			return macros
		}
		return plain
	}
	switch {
	case v.word && !v.sheet && !v.slides:
		return pick(DOCX, DOCM)
	case v.sheet && !v.word && !v.slides && v.binary:
		return XLSB
	case v.sheet && !v.word && !v.slides:
		return pick(XLSX, XLSM)
	case v.slides && !v.word && !v.sheet:
		return pick(PPTX, PPTM)
	}
	return ZIP
}

// localHeaders reads the headers before the files (APPNOTE 4.3.7), as far as the
// file's beginning was kept and the sizes are given.
func (v *zipView) localHeaders(b []byte) {
	const size = 30
	for first := true; len(b) >= size && bytes.HasPrefix(b, []byte("PK\x03\x04")); first = false {
		flags, method := le.Uint16(b[6:]), le.Uint16(b[8:])
		packed := int64(le.Uint32(b[18:]))
		name, extra := int(le.Uint16(b[26:])), int(le.Uint16(b[28:]))
		if len(b) < size+name {
			return
		}
		v.name(string(b[size : size+name]))
		data := int64(size) + int64(name) + int64(extra)
		if first && method == 0 && flags&8 == 0 && string(b[size:size+name]) == "mimetype" && data+packed <= int64(len(b)) {
			v.mimetype = strings.TrimSpace(string(b[data : data+packed]))
		}
		// Bit 3 says that the sizes follow the file.
		if flags&8 != 0 || data+packed > int64(len(b)) {
			return
		}
		b = b[data+packed:]
	}
}

// centralDirectory reads the names of the central directory (APPNOTE 4.3.12)
// that end a file of that size, of which tail is what was kept. It reports
// whether the archive has an end.
func (v *zipView) centralDirectory(tail []byte, size int64) bool {
	end := endOfArchive(tail)
	if end < 0 {
		return false
	}
	length, start := int64(le.Uint32(tail[end+12:])), int64(le.Uint32(tail[end+16:]))
	from := start - (size - int64(len(tail)))
	if from < 0 || from+length > int64(end) {
		// The directory is larger than what was kept, or the archive is ZIP64, so the
		// entries are found by their marks.
		from, length = 0, int64(end)
	}
	v.entries(tail[from : from+length])
	return true
}

// endOfArchive finds the end record (APPNOTE 4.3.16) whose comment reaches the
// file's end, -1 if there is none.
func endOfArchive(tail []byte) int {
	const size = 22
	mark := []byte("PK\x05\x06")
	for rest := tail; ; {
		i := bytes.LastIndex(rest, mark)
		if i < 0 {
			return -1
		}
		if i+size <= len(tail) && i+size+int(le.Uint16(tail[i+20:])) <= len(tail) {
			return i
		}
		rest = rest[:i]
	}
}

// entries reads the entries of a central directory, or of a part of a file that
// holds some.
func (v *zipView) entries(b []byte) {
	const size = 46
	mark := []byte("PK\x01\x02")
	for {
		i := bytes.Index(b, mark)
		if i < 0 || len(b)-i < size {
			return
		}
		b = b[i:]
		name := int(le.Uint16(b[28:]))
		rest := size + name + int(le.Uint16(b[30:])) + int(le.Uint16(b[32:]))
		if size+name > len(b) {
			return
		}
		v.name(string(b[size : size+name]))
		b = b[min(rest, len(b)):]
	}
}
