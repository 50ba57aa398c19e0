package bundle

import (
	"cmp"
	"slices"
	"strings"

	"csuis-offline/checksum"
	"csuis-offline/finding"
	"csuis-offline/form"
)

// witness says which records there should be and what they should be: the
// manifest, the form, or the package around an image.
type witness struct {
	differs  finding.Code // a record is not what the witness says
	unlisted finding.Code // a record that the witness does not know
	rows     []listed     // by name
	// disc is the disc judged; 0 means that all records should be there.
	disc int
	// partial: which records should be there is not known.
	partial bool
}

// listed is a record as a witness knows it.
type listed struct {
	name          string // NAME
	transactionID string
	size          int64 // in bytes; negative where size and sum are not known
	sum           checksum.Sum
	disc          int // 0 where it is not known
}

func (w *witness) find(name string) *listed {
	i, found := slices.BinarySearchFunc(w.rows, name, func(r listed, name string) int { return cmp.Compare(r.name, name) })
	if !found {
		return nil
	}
	return &w.rows[i]
}

// here reports whether a record should be in the set that is judged.
func (w *witness) here(r *listed) bool { return w.disc == 0 || r.disc == w.disc || r.disc == 0 }

// manifestWitness is the manifest; its rows are in the order of m.Records.
func manifestWitness(m *Manifest) *witness {
	w := &witness{differs: finding.ManifestMismatch, unlisted: finding.RecordUnlisted, rows: make([]listed, len(m.Records))}
	for i := range m.Records {
		r := &m.Records[i]
		w.rows[i] = listed{name: r.Name, transactionID: r.TransactionID, size: r.Size, sum: r.SHA256, disc: r.Disc}
	}
	return w
}

func formWitness(l *form.Listing) *witness {
	w := &witness{differs: finding.FormMismatch, unlisted: finding.FormUnlisted, rows: make([]listed, len(l.Rows))}
	for i := range l.Rows {
		r := &l.Rows[i]
		w.rows[i] = listed{
			name: upper(strings.TrimSuffix(r.Name, ".XM6")), transactionID: r.TransactionID, size: r.Size, sum: r.Sum, disc: r.Disc,
		}
	}
	slices.SortStableFunc(w.rows, func(a, b listed) int { return cmp.Compare(a.name, b.name) })
	return w
}

// packageWitness is the package around its images: what the manifest says, or
// without one what lies in the records folder, on the discs that the form
// names.
func packageWitness(manifest, form *witness, t *table, s *fileSet) *witness {
	w := &witness{differs: finding.ImageContent, unlisted: finding.RecordUnlisted}
	if manifest != nil {
		w.rows = manifest.rows
		return w
	}
	w.partial = form == nil
	w.rows = make([]listed, 0, len(t.records))
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
		w.rows = append(w.rows, row)
	}
	return w
}
