package verify

import (
	"io"
	"slices"
	"strings"

	"csuis-offline/batch"
	"csuis-offline/finding"
	"csuis-offline/internal/litter"
)

// isLitter reports whether a file is one that systems or programs leave unasked.
// In an image the name of such a file, or of the folder it lies in, may be the one
// that a burning program made of it.
func (s *fileSet) isLitter(f *setFile, lists []*expected) bool {
	name, _, inFolder := strings.Cut(f.name, "/")
	if litter.Is(name) {
		return inFolder || !s.isHidden(f)
	}
	if !s.image {
		return false
	}
	return litter.IsPlain(name) || !inFolder && s.leftByMacOS(f, lists)
}

// isHidden reports whether a file that has the name of what systems leave is a
// record, a checksum or a form by its content.
func (s *fileSet) isHidden(f *setFile) bool {
	_, ext := splitName(f.name)
	if f.kind != kindRegular || !isRecordExt(ext) && compareUpper(ext, "PDF") != 0 {
		return false
	}
	head, ok := s.head(f)
	return ok && batch.IsHidden(ext, head, f.size)
}

// head reads the first bytes of a regular file; not ok if it cannot be read.
func (s *fileSet) head(f *setFile) (head []byte, ok bool) {
	if s.open == nil {
		return nil, false
	}
	r, err := s.open(f.name)
	if err != nil {
		return nil, false
	}
	defer r.Close()
	head = make([]byte, batch.HeadSize)
	n, err := io.ReadFull(r, head)
	return head[:n], err == nil || err == io.ErrUnexpectedEOF || err == io.EOF
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
	head, ok := s.head(f)
	if !ok {
		return false
	}
	if litter.AppleDouble(head) {
		return true
	}
	_, beside := s.find(of)
	return beside && !batch.IsItsKind(ext, head, f.size)
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
