package attachment

import (
	"bytes"
	"encoding/binary"
)

var le = binary.LittleEndian

// isBitmap: BM, then the file header of 14 bytes with two reserved zeros, then
// a header whose length is one of those in use.
func isBitmap(b []byte) bool {
	if len(b) < 18 || b[0] != 'B' || b[1] != 'M' || le.Uint32(b[6:]) != 0 {
		return false
	}
	switch le.Uint32(b[14:]) {
	case 12, 40, 52, 56, 64, 108, 124:
		return true
	}
	return false
}

// isWindowsProgram: MZ, and a header with the zeros that no text has.
func isWindowsProgram(b []byte) bool {
	return len(b) >= 64 && b[0] == 'M' && b[1] == 'Z' && bytes.IndexByte(b[:64], 0) >= 0
}

// cmsTypes are the object identifiers of signed, enveloped and compressed data
// in DER (RFC 5652, RFC 3274).
var cmsTypes = []string{
	"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02",
	"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03",
	"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x09",
}

// isCMS: a SEQUENCE that begins with one of the identifiers.
func isCMS(b []byte) bool {
	if len(b) < 2 || b[0] != 0x30 {
		return false
	}
	n := 2
	if b[1] > 0x80 {
		n += int(b[1] & 0x7f)
	}
	if n > 6 || n > len(b) {
		return false
	}
	for _, t := range cmsTypes {
		if bytes.HasPrefix(b[n:], []byte(t)) {
			return true
		}
	}
	return false
}

// markup distinguishes XML and HTML from other text by its first letters.
func markup(head []byte) Kind {
	lower := bytes.ToLower(head[:min(len(head), 64)])
	switch {
	case bytes.HasPrefix(lower, []byte("<!doctype html")), bytes.HasPrefix(lower, []byte("<html")):
		return HTML
	case bytes.HasPrefix(head, []byte("<?xml")), bytes.HasPrefix(head, []byte("<!--")), bytes.HasPrefix(head, []byte("<!DOCTYPE")):
		return XML
	}
	if len(lower) > 1 && lower[0] == '<' && (lower[1] >= 'a' && lower[1] <= 'z' || lower[1] == '_' || lower[1] == ':') {
		return XML
	}
	return TXT
}
