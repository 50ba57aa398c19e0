package verify

import (
	"cmp"
	"slices"
	"strings"

	"csuis-offline/bundle"
	"csuis-offline/checksum"
	"csuis-offline/finding"
	"csuis-offline/form"
)

// expected says which records there should be and what they should be. It is
// taken from the manifest, the form, or the package around an image.
type expected struct {
	differs  finding.Code // a record is not as expected
	unlisted finding.Code // a record is not expected at all
	rows     []listed     // by name
	// disc is the disc judged; 0 means that all records should be there.
	disc int
	// partial says that other records may be missing without a finding.
	partial bool
}

// listed is a record that is expected.
type listed struct {
	name          string // NAME
	transactionID string
	size          int64 // in bytes; negative where size and sum are not known
	sum           checksum.Sum
	disc          int // 0 where it is not known
}

func (e *expected) find(name string) *listed {
	i, found := slices.BinarySearchFunc(e.rows, name, func(r listed, name string) int { return cmp.Compare(r.name, name) })
	if !found {
		return nil
	}
	return &e.rows[i]
}

// here reports whether a record should be in the set that is judged.
func (e *expected) here(r *listed) bool { return e.disc == 0 || r.disc == e.disc || r.disc == 0 }

// expectedByManifest has its rows in the order of m.Records.
func expectedByManifest(m *bundle.Manifest) *expected {
	e := &expected{differs: finding.ManifestMismatch, unlisted: finding.RecordUnlisted, rows: make([]listed, len(m.Records))}
	for i := range m.Records {
		r := &m.Records[i]
		e.rows[i] = listed{name: r.Name, transactionID: r.TransactionID, size: r.Size, sum: r.SHA256, disc: r.Disc}
	}
	return e
}

func expectedByForm(l *form.Listing) *expected {
	e := &expected{differs: finding.FormMismatch, unlisted: finding.FormUnlisted, rows: make([]listed, len(l.Rows))}
	for i := range l.Rows {
		r := &l.Rows[i]
		e.rows[i] = listed{
			name: upper(strings.TrimSuffix(r.Name, ".XM6")), transactionID: r.TransactionID, size: r.Size, sum: r.Sum, disc: r.Disc,
		}
	}
	slices.SortStableFunc(e.rows, func(a, b listed) int { return cmp.Compare(a.name, b.name) })
	return e
}

// expectedByPackage says what the images of a package should hold: what the
// manifest lists, or without one what lies in the records folder, on the discs
// that the form names.
func expectedByPackage(manifest, form *expected, t *table, s *fileSet) *expected {
	e := &expected{differs: finding.ImageContent, unlisted: finding.RecordUnlisted}
	if manifest != nil {
		e.rows = manifest.rows
		return e
	}
	e.partial = form == nil
	e.rows = make([]listed, 0, len(t.records))
	for i := range t.records {
		r := &t.records[i]
		row := listed{name: r.name, size: -1, sum: r.sum}
		if r.flags&(hashed|broken) == hashed {
			row.size = s.files[r.xm6].size
		}
		if form != nil {
			if known := form.find(r.name); known != nil {
				row.disc = known.disc
			}
		}
		e.rows = append(e.rows, row)
	}
	return e
}
