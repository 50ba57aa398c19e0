package verify

import (
	"bytes"
	"io"
	"slices"
	"strings"

	"csuis-offline/checksum"
	"csuis-offline/crypto"
	"csuis-offline/finding"
	"csuis-offline/internal/litter"
)

// isLitter reports whether a file is one that systems or programs leave unasked.
// In an image the name of such a file, or of the folder it lies in, may be the one
// that a burning program made of it.
func (s *fileSet) isLitter(f *setFile, lists []*expected) bool {
	name, _, inFolder := strings.Cut(f.name, "/")
	if litter.Is(name) {
		return true
	}
	if !s.image {
		return false
	}
	return litter.IsPlain(name) || !inFolder && s.leftByMacOS(f, lists)
}

// leftByMacOS reports whether "__NAME" in an image is "._NAME", and not a record
// of that name: nobody lists it, and either it begins as AppleDouble files do, or
// NAME lies beside it and it does not begin as a file of its kind does.
func (s *fileSet) leftByMacOS(f *setFile, lists []*expected) bool {
	of, ok := litter.Companion(f.name)
	if !ok || f.kind != kindRegular {
		return false
	}
	stem, ext := splitName(f.name)
	for _, e := range lists {
		if e.find(upper(stem)) != nil {
			return false
		}
	}
	head := make([]byte, 4<<10)
	r, err := s.open(f.name)
	if err != nil {
		return false
	}
	defer r.Close()
	n, err := io.ReadFull(r, head)
	if err != nil && err != io.ErrUnexpectedEOF && err != io.EOF {
		return false
	}
	head = head[:n]
	if litter.AppleDouble(head) {
		return true
	}
	_, beside := s.find(of)
	return beside && !ofItsKind(ext, head, f.size)
}

// ofItsKind reports whether a file of so many bytes that begins with head can be
// what its extension says.
func ofItsKind(ext string, head []byte, size int64) bool {
	switch upper(ext) {
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

// leave notes what a system left. Of a folder in an image, only the folder.
func (t *table) leave(f *setFile) {
	name, _, inFolder := strings.Cut(f.name, "/")
	if inFolder {
		name += "/"
	}
	if n := len(t.litter); n == 0 || t.litter[n-1] != name {
		t.litter = append(t.litter, name)
	}
}

// leftovers tells once what systems left in a set.
func (v *verifier) leftovers(s *fileSet, names []string) {
	slices.Sort(names)
	if names = slices.Compact(names); len(names) == 0 {
		return
	}
	f := finding.Finding{Code: finding.FileLitter, Severity: finding.Info, File: s.show(names[0])}
	if len(names) > 1 {
		f.Detail = firstFew(names)
	}
	v.add(f.WithCount(len(names)))
}
