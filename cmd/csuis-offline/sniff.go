package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"csuis-offline/finding"
	"csuis-offline/internal/iox"
)

const sniffed = 4 << 10 // bytes looked at

// wrongKind finds the text for a finding with a simple cause: the file is of
// another kind altogether. "" means that it is not.
func wrongKind(f finding.Finding, sealedWanted bool) string {
	family, _, _ := strings.Cut(string(f.Code), ".")
	if f.Severity != finding.Error || family != "xml" && family != "container" {
		return ""
	}
	head := readHead(f.File)
	if len(head) == 0 {
		return ""
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\uFEFF")), " \t\r\n")
	markup := bytes.HasPrefix(text, []byte("<"))
	switch {
	case bytes.HasPrefix(head, []byte("%PDF-")):
		return "wrong-kind.pdf"
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		if bytes.Contains(head, []byte("[Content_Types].xml")) || bytes.Contains(head, []byte("opendocument")) {
			return "wrong-kind.office"
		}
		return "wrong-kind.zip"
	case bytes.HasPrefix(head, []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")):
		return "wrong-kind.office"
	case sealedWanted && markup:
		return "wrong-kind.not-sealed"
	case !sealedWanted && !markup && strings.EqualFold(filepath.Ext(f.File), ".xm6"):
		return "wrong-kind.sealed"
	case !markup && isPlainText(head):
		return "wrong-kind.text"
	}
	return ""
}

// readHead reads the beginning of an ordinary file; nil if there is none.
func readHead(path string) []byte {
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return nil
	}
	f, err := iox.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	head := make([]byte, sniffed)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && err != io.EOF {
		return nil
	}
	return head[:n]
}

// isPlainText distinguishes text, in UTF-8 or in one byte a letter, from binary
// data and from base64, which may hold a sealed record.
func isPlainText(b []byte) bool {
	base64 := true
	for _, c := range b {
		if c < ' ' && c != '\t' && c != '\r' && c != '\n' || c == 0x7F {
			return false
		}
		if c >= utf8.RuneSelf || c == ' ' || c == '\t' || strings.IndexByte(`.,;:!?"'()[]{}<>*%&@#_-`, c) >= 0 {
			base64 = false
		}
	}
	return !base64
}
