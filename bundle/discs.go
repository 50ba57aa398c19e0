package bundle

import (
	"fmt"

	"csuis-offline/checksum"
	"csuis-offline/iso"
)

// recordFiles are the two files of a record on a disc, in name order.
func recordFiles(r *RecordInfo) [2]iso.File {
	return [2]iso.File{
		{Name: r.Name + ".SHA", Size: int64(len(checksum.Line(r.Name+".XM6", r.SHA256)))},
		{Name: r.Name + ".XM6", Size: r.Size},
	}
}

// split gives every record its disc: in name order, each disc filled before the
// next begins, a record never split. formSize is the size of the form, which
// lies on every disc. The result is the number of discs. Every record fits on an
// empty disc.
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

// volumeID names a disc of a set (FACTS 8: "1 of 3" belongs there).
func volumeID(pkg string, disc, discs int) string {
	return fmt.Sprintf("%s_%d_%d", pkg, disc, discs)
}

func imageName(disc int) string { return fmt.Sprintf("disc-%d.iso", disc) }
