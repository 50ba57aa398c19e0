package attachment

import (
	"bytes"
	"unicode/utf16"
)

const oleMagic = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

// oleDirectory returns where the directory of a compound file begins (MS-CFB
// 2.2), and false for another file, a damaged header or one not yet read.
func oleDirectory(head []byte) (int64, bool) {
	if len(head) < 512 || !bytes.HasPrefix(head, []byte(oleMagic)) {
		return 0, false
	}
	shift := le.Uint16(head[30:])
	sector := le.Uint32(head[48:])
	if shift != 9 && shift != 12 || sector > 0xfffffffa {
		return 0, false
	}
	return (int64(sector) + 1) << shift, true
}

// oleStreams are the streams that only one kind of document has.
var oleStreams = map[string]Kind{
	"WordDocument":        DOC,
	"Workbook":            XLS,
	"Book":                XLS,
	"PowerPoint Document": PPT,
	"EncryptedPackage":    OOXMLEnc,

	"__properties_version1.0": MSG,
}

// oleKind recognises a document by the names in its directory (MS-CFB 2.6). The
// directory is a chain of sectors; the first ones are assumed to be adjacent.
// What does not look like an entry ends the search.
func oleKind(dir []byte) Kind {
	for ; len(dir) >= 128; dir = dir[128:] {
		size := int(le.Uint16(dir[64:]))
		object := dir[66]
		if object > 5 || size > 64 || size%2 != 0 {
			break
		}
		if object != 2 || size < 2 { // a stream
			continue
		}
		name := make([]uint16, 0, 32)
		for i := 0; i < size-2; i += 2 {
			name = append(name, le.Uint16(dir[i:]))
		}
		if k, ok := oleStreams[string(utf16.Decode(name))]; ok {
			return k
		}
	}
	return OLE
}
