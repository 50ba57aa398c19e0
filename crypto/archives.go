package crypto

import (
	"bytes"
	"encoding/binary"
)

// otherArchives are the kinds of archive and compressed file that people rename to
// .zip, by what stands at an offset of the file.
var otherArchives = []struct {
	format string
	offset int
	magic  string
}{
	{"7-Zip", 0, "7z\xBC\xAF\x27\x1C"},
	{"RAR", 0, "Rar!\x1A\x07"},
	{"gzip", 0, "\x1F\x8B\x08"},
	{"xz", 0, "\xFD7zXZ\x00"},
	{"bzip2", 0, "BZh"},
	{"Zstandard", 0, "\x28\xB5\x2F\xFD"},
	{"CAB", 0, "MSCF\x00\x00\x00\x00"},
	{"ARJ", 0, "\x60\xEA"},
	{"LHA", 2, "-lh"},
	{"ACE", 7, "**ACE**"},
	{"tar", 257, "ustar"},
}

// foreignArchive names the kind of an archive that is no ZIP; "" for anything else.
func foreignArchive(data []byte) string {
	for _, a := range otherArchives {
		if len(data) > a.offset && bytes.HasPrefix(data[a.offset:], []byte(a.magic)) {
			return a.format
		}
	}
	return ""
}

// The signatures of a ZIP archive (APPNOTE 4.3.7, 4.3.16, 8.5).
const (
	zipFile  = "PK\x03\x04" // a file begins
	zipEnd   = "PK\x05\x06" // the end of the directory
	zipSplit = "PK\x07\x08" // the first part of a split archive begins
)

// zipEndSize is the size in bytes of the end of the directory without its comment.
const zipEndSize = 22

// isPartOfZip reports whether a file is one part of a ZIP archive that was split,
// by the mark at the beginning of the first part or by the numbers at the end of
// the last one (APPNOTE 4.4.19 to 4.4.22). A part in between has neither.
func isPartOfZip(data []byte) bool {
	if bytes.HasPrefix(data, []byte(zipSplit+zipFile)) {
		return true
	}
	// The comment may hold the signature, so the last end whose comment reaches
	// exactly to the end of the file is the one.
	for rest := data; ; {
		at := bytes.LastIndex(rest, []byte(zipEnd))
		if at < 0 {
			return false
		}
		if end := data[at:]; len(end) >= zipEndSize && zipEndSize+int(binary.LittleEndian.Uint16(end[20:])) == len(end) {
			disk, first := binary.LittleEndian.Uint16(end[4:]), binary.LittleEndian.Uint16(end[6:])
			here, all := binary.LittleEndian.Uint16(end[8:]), binary.LittleEndian.Uint16(end[10:])
			const elsewhere = 0xFFFF // ZIP64 states it in another record
			return disk != 0 && disk != elsewhere || first != 0 && first != elsewhere || here != all
		}
		rest = rest[:at]
	}
}
