package verify

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"io"
	"slices"

	"csuis-offline/checksum"
	"csuis-offline/finding"
)

// table is what is known about the records of a set. A row is small and shares
// its texts with the set, since there may be a hundred thousand.
type table struct {
	records []record // by name
	others  []int32  // files of the set that belong to no record
	doubled []int32  // files whose name differs from another's in case only
	litter  []string // what systems left, each folder once
}

// record is a sealed record and its checksum file.
type record struct {
	name     string // NAME, in upper case
	xm6, sha int32  // files of the set; none is -1
	flags    recordFlags
	sum      checksum.Sum // of the sealed record, once hashed
	stated   checksum.Sum // by its .SHA, once ownSHA
}

type recordFlags uint8

const (
	// twoXM6 and twoSHA: an image has two files of exactly that name.
	twoXM6 recordFlags = 1 << iota
	twoSHA
	// hashed: sum is known.
	hashed
	// ownSHA: the .SHA is byte for byte the line that checksum.Line makes.
	ownSHA
	// badSHA: the .SHA could not be read, or is too long.
	badSHA
	// broken: the record's bytes are proven wrong.
	broken
)

// newTable sorts out the files of a set. Lists say which records are expected.
func newTable(s *fileSet, lists ...*expected) *table {
	t := &table{}
	pairs := 0
	for i := range s.files {
		if _, ext := splitName(s.files[i].name); isSealedExt(ext) {
			pairs++
		}
	}
	t.records = make([]record, 0, pairs)
	for i := range s.files {
		f := &s.files[i]
		if s.isLitter(f, lists) {
			t.leave(f)
			continue
		}
		stem, ext := splitName(f.name)
		if !isRecordExt(ext) || nested(f.name) || stem == "" {
			t.others = append(t.others, int32(i))
			continue
		}
		if n := len(t.records); n == 0 || compareUpper(t.records[n-1].name, stem) != 0 {
			t.records = append(t.records, record{name: upper(stem), xm6: -1, sha: -1})
		}
		t.place(s, int32(i), isSealedExt(ext))
	}
	return t
}

// place gives a file to the last record.
func (t *table) place(s *fileSet, i int32, sealed bool) {
	r := &t.records[len(t.records)-1]
	at, two := &r.sha, twoSHA
	if sealed {
		at, two = &r.xm6, twoXM6
	}
	switch {
	case *at < 0:
		*at = i
	case s.image && s.files[*at].name == s.files[i].name:
		r.flags |= two
	default:
		t.doubled = append(t.doubled, i)
	}
}

// find returns the record of that NAME, or nil.
func (t *table) find(name string) *record {
	i, found := slices.BinarySearchFunc(t.records, name, func(r record, name string) int { return cmp.Compare(r.name, name) })
	if !found {
		return nil
	}
	return &t.records[i]
}

// packageDigest is the SHA-256 of all .SHA files in name order; ok is false if
// one is missing or cannot be read.
func (t *table) packageDigest(s *fileSet) (sum checksum.Sum, ok bool) {
	h := sha256.New()
	for i := range t.records {
		r := &t.records[i]
		if r.sha < 0 || r.flags&(twoSHA|badSHA) != 0 {
			return sum, false
		}
		if r.flags&ownSHA != 0 {
			h.Write(checksum.Line(r.name+".XM6", r.stated))
			continue
		}
		f, err := s.open(s.files[r.sha].name)
		if err != nil {
			return sum, false
		}
		n, err := io.Copy(h, io.LimitReader(f, checksum.MaxSizeOne+1))
		f.Close()
		if err != nil || n > checksum.MaxSizeOne {
			return sum, false
		}
	}
	h.Sum(sum[:0])
	return sum, len(t.records) > 0
}

// sameContent reports records that have the same bytes under two names.
func (t *table) sameContent(s *fileSet) []finding.Finding {
	order := make([]int32, 0, len(t.records))
	for i := range t.records {
		if r := &t.records[i]; r.flags&hashed != 0 && s.files[r.xm6].size > 0 {
			order = append(order, int32(i))
		}
	}
	slices.SortFunc(order, func(a, b int32) int {
		return cmp.Or(bytes.Compare(t.records[a].sum[:], t.records[b].sum[:]), cmp.Compare(a, b))
	})
	var fs []finding.Finding
	for i := 1; i < len(order); i++ {
		first, r := &t.records[order[i-1]], &t.records[order[i]]
		if first.sum == r.sum {
			fs = append(fs, finding.Finding{
				Code: finding.FileSameContent, Severity: finding.Warning,
				File: s.show(s.files[r.xm6].name), Record: shown(r.name), Detail: shown(s.files[first.xm6].name), Found: r.sum.String(),
			})
		}
	}
	return fs
}
