package bundle

import (
	"fmt"
	"strings"

	"csuis-offline/batch"
	"csuis-offline/checksum"
	"csuis-offline/iso"
)

const (
	// maxDiscs is how many discs a set may have: "NN of NN" must fit into the
	// volume identifier behind the package's name.
	maxDiscs = 99
	// maxFile is the largest file on a disc in bytes (ECMA-119 9.1.4: 32 bits).
	maxFile = 1<<32 - 1
)

// sizeLimit is the size of the largest record that fits on a disc together with
// a form of this size.
func sizeLimit(m iso.Media, formSize int64) batch.Limit {
	s := iso.NewSizer(iso.File{Name: FormName, Size: formSize})
	name := strings.Repeat("X", batch.MaxName)
	s.Add(iso.File{Name: name + ".SHA", Size: 1})
	s.Add(iso.File{Name: name + ".XM6", Size: 0})
	return batch.Limit{Size: min(max(m.Sectors-s.Sectors(), 0)*iso.SectorSize, maxFile), Of: m.Name}
}

// recordFiles are the two files of a record on a disc, in name order.
func recordFiles(r *RecordInfo) [2]iso.File {
	return [2]iso.File{
		{Name: r.Name + ".SHA", Size: int64(len(checksum.Line(r.Name+".XM6", r.SHA256)))},
		{Name: r.Name + ".XM6", Size: r.Size},
	}
}

// split gives every record its disc, in name order, filling each disc before it
// begins the next, and returns the number of discs. The form, of formSize bytes,
// lies on every disc. Each record has to fit on a disc with nothing but the form.
func split(records []RecordInfo, m iso.Media, formSize int64) (discs int) {
	empty := *iso.NewSizer(iso.File{Name: FormName, Size: formSize})
	current := empty
	discs = 1
	for i := range records {
		next := current
		addRecord(&next, &records[i])
		if next.Sectors() > m.Sectors {
			discs++
			next = empty
			addRecord(&next, &records[i])
		}
		records[i].Disc = discs
		current = next
	}
	return discs
}

func addRecord(s *iso.Sizer, r *RecordInfo) {
	for _, f := range recordFiles(r) {
		s.Add(f)
	}
}

// volumeID names a disc of a set; "1 of 3" belongs there (doc/facts.md 8).
func volumeID(pkg string, disc, discs int) string {
	return fmt.Sprintf("%s_%d_%d", pkg, disc, discs)
}

// ImageName is the file of the image of a disc in a package.
func ImageName(disc int) string { return fmt.Sprintf("disc-%d.iso", disc) }
