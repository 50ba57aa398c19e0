package batch

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"csuis-offline/checksum"
	"csuis-offline/crypto"
	"csuis-offline/internal/iox"
	"csuis-offline/internal/litter"
)

// HeadSize is how many bytes at the start of a file IsItsKind needs at most.
const HeadSize = 4 << 10

// IsItsKind reports whether a file of size bytes that begins with head can be what
// its extension says: XM6, SHA or PDF in either case. Other extensions promise
// nothing, and are always true.
func IsItsKind(ext string, head []byte, size int64) bool {
	switch strings.ToUpper(ext) {
	case "XM6":
		_, text, _ := crypto.Raw(bytes.NewReader(head))
		return size >= 32 && size%16 == 0 || text && size >= 44 // doc/xm6.md sections 4 and 5
	case "SHA":
		_, err := checksum.ParseOne(bytes.NewReader(head))
		return err == nil
	case "PDF":
		return bytes.HasPrefix(head, []byte("%PDF-"))
	}
	return true
}

// IsHidden reports whether a file whose name is one that systems leave is in truth
// a whole part of a hand-over: it has the extension XM6, SHA or PDF, the content of
// such a file, and not that of an AppleDouble file. A record must not be passed
// over unseen for its name alone.
func IsHidden(ext string, head []byte, size int64) bool {
	return promises(ext) && !litter.AppleDouble(head) && IsItsKind(ext, head, size)
}

// promises reports whether IsItsKind judges the files of an extension.
func promises(ext string) bool {
	return slices.Contains([]string{"XM6", "SHA", "PDF"}, strings.ToUpper(ext))
}

// isLitter reports whether a file or folder is one that systems or programs leave.
// A file that cannot be read is judged by its name.
func isLitter(path string) bool {
	if !litter.Is(filepath.Base(path)) {
		return false
	}
	ext := strings.TrimPrefix(filepath.Ext(path), ".")
	if info, err := os.Lstat(path); err != nil || !info.Mode().IsRegular() || !promises(ext) {
		return true
	}
	f, err := iox.Open(path)
	if err != nil {
		return true
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return true
	}
	head := make([]byte, HeadSize)
	n, err := io.ReadFull(f, head)
	if err != nil && err != io.ErrUnexpectedEOF && err != io.EOF {
		return true
	}
	return !IsHidden(ext, head[:n], info.Size())
}
