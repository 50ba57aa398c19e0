package verify

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"

	"csuis-offline/finding"
	"csuis-offline/iso"
)

// drive is what is known of a drive beside what can be read of its disc.
type drive struct {
	size   int64   // in bytes, as the system states it
	starts []int64 // the first sectors of sessions and tracks
}

// errNoTOC says that a drive gives no table of contents.
var errNoTOC = errors.New("the drive gives no table of contents")

// readDrive asks a drive for its table of contents. Where there is none, that is
// told, and the sectors behind the first volume are searched all the same.
func (v *verifier) readDrive(f *os.File, size int64) *drive {
	starts, err := sessionStarts(f)
	if err != nil {
		v.add(finding.Finding{Code: finding.TreeNoTOC, Severity: finding.Info, File: shown(f.Name()), Detail: fileCause(err)})
	}
	return &drive{size: size, starts: starts}
}

// readTrees reads and compares the trees of an image, and returns the one that
// names the records, or nil for the plain one. planned says that the linter found
// nothing in an image of ours.
func (v *verifier) readTrees(ctx context.Context, r io.ReaderAt, size int64, label string, planned bool, linted func(sector int64) bool) (*iso.Trees, *iso.Tree, error) {
	o := iso.TreeOptions{Planned: planned}
	if v.drive != nil {
		o.Starts, o.Drive, size = v.drive.starts, true, v.drive.size
	}
	trees, err := iso.ReadTrees(ctx, r, size, o)
	if err == nil && planned && len(trees.All)+len(trees.Unjudged)+len(trees.Behind) > 0 {
		o.Planned = false // there is more than our two trees, to compare with them
		trees, err = iso.ReadTrees(ctx, r, size, o)
	}
	if err != nil {
		return nil, nil, err
	}
	names, err := v.judgeTrees(ctx, trees, size, label, linted)
	return trees, names, err
}

// looksLikeUDF reports whether an image announces UDF alone (ECMA-167 2/9.1).
func looksLikeUDF(r io.ReaderAt) bool {
	id := make([]byte, 5)
	n, _ := r.ReadAt(id, 16*iso.SectorSize+1)
	return n == len(id) && string(id) == "BEA01"
}

// openUDF lists the files of an image without ISO 9660.
func (v *verifier) openUDF(ctx context.Context, r io.ReaderAt, size int64, label string) (*fileSet, string, error) {
	trees, names, err := v.readTrees(ctx, r, size, label, false, func(int64) bool { return false })
	if err != nil {
		return nil, "", err
	}
	if names == nil {
		v.fail(finding.ImageUnreadable, label, "no tree of it can be read")
		return nil, "", nil
	}
	return newTreeSet(trees, names, label+":"), names.Label, nil
}

// unraw returns the image of the data where a file is one of raw sectors, with its
// size, and tells it.
func (v *verifier) unraw(f *os.File, size *int64, label string) io.ReaderAt {
	v.raw = iso.Raw(f, *size)
	if v.raw == nil {
		return f
	}
	v.add(finding.Finding{Code: finding.ImageRaw, Severity: finding.Info, File: label, Detail: itoa(v.raw.SectorSize())})
	*size = v.raw.Size()
	return v.raw
}

// maxLostTold is how many ranges of lost sectors are told.
const maxLostTold = 20

// lostSectors tells which raw sectors have no data: those that the volume needs as
// errors, and once those that it does not. What a file lacks is told where it is read.
func (v *verifier) lostSectors(label string) {
	if v.raw == nil {
		return
	}
	used, idle := v.raw.Lost()
	for i, s := range used {
		if i == maxLostTold {
			break
		}
		v.fail(finding.ImageSector, label, sectors(s))
	}
	idle = slices.DeleteFunc(idle, func(s iso.SectorRange) bool {
		return slices.ContainsFunc(used, func(u iso.SectorRange) bool { return u.From <= s.From && s.To <= u.To })
	})
	if len(idle) == 0 {
		return
	}
	n := int64(0)
	for _, s := range idle {
		n += s.To - s.From
	}
	f := finding.Finding{Code: finding.ImageSector, Severity: finding.Warning, File: label, Detail: sectors(iso.SectorRange{From: idle[0].From, To: idle[len(idle)-1].To})}
	v.add(f.WithCount(int(n)))
}

func sectors(s iso.SectorRange) string {
	if s.To-s.From == 1 {
		return itoa(s.From)
	}
	return itoa(s.From) + "-" + itoa(s.To-1)
}
