package iso

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
)

// checkOwnImage compares an image that Write made with what Write would write. The
// image describes itself twice, in both descriptors and both trees. checkOwnImage
// plans an image from each and reports the differences from the plan that fits
// better, so that it finds and locates damage in either.
func (l *linter) checkOwnImage() error {
	if l.primary == nil || !l.marked(l.primary) && !l.marked(l.joliet) {
		return nil
	}
	var best *ownComparison
	var why []string
	for _, v := range []*volume{l.primary, l.joliet} {
		plan, err := l.replan(v)
		if err != nil {
			why = append(why, err.Error())
			continue
		}
		c := &ownComparison{linter: l, plan: plan, sector: sectorPVD}
		if err := plan.metadata(c.compare); err != nil {
			return err
		}
		if best == nil || c.total < best.total {
			best = c
		}
		if c.total == 0 {
			break
		}
	}
	if best == nil {
		l.report(ruleOwnPlan, l.primary.sector, "", "", "", "no image can be planned from either tree: %s", strings.Join(why, "; "))
		return nil
	}
	if err := best.checkZeros(); err != nil {
		return err
	}
	for _, v := range best.list {
		l.report(ruleOwnBytes, v.Sector, v.File, v.Wanted, v.Found, "%s", v.Detail)
	}
	return nil
}

// marked reports whether a descriptor has the mark of the writer.
func (l *linter) marked(v *volume) bool {
	return v != nil && bytes.HasPrefix(v.b[883:], []byte(writerMark))
}

// replan plans the image that one of the trees describes.
func (l *linter) replan(v *volume) (*Layout, error) {
	switch {
	case v == nil:
		return nil, errors.New("there is no Joliet tree")
	case !v.readable || len(v.dirs) != 1:
		return nil, fmt.Errorf("the %s tree is not one directory", v.treeName())
	}
	text := func(from, to int) string { return strings.TrimRight(string(v.b[from:to]), " ") }
	o := Options{VolumeID: text(40, 72)}
	if v.joliet {
		text = func(from, to int) string { return strings.TrimRight(ucs2(v.b[from:to]), " ") }
		o.VolumeID = text(190, 318)
	}
	o.Publisher, o.Preparer, o.Application = text(318, 446), text(446, 574), text(574, 702)
	o.Time, _ = longDate(v.b[813:])
	files := make([]File, len(v.files))
	for i, f := range v.files {
		files[i] = File{f.path, int64(f.size)}
	}
	plan, problems := layout(files, o)
	if len(problems) > 0 {
		return nil, fmt.Errorf("%s tree: %v", v.treeName(), &PlanError{problems})
	}
	return plan, nil
}

// ownComparison compares an image with a plan.
type ownComparison struct {
	*linter
	plan   *Layout
	sector int64
	total  int64 // sectors that differ
	list   []Violation
	buf    [SectorSize]byte
}

// checkZeros checks the parts that are the same in every plan: the system area,
// the padding, and that nothing follows it.
func (c *ownComparison) checkZeros() (err error) {
	if c.dirtySystem >= 0 {
		c.note(c.dirtySystem, "", "", "", "the system area is not zero")
	}
	if c.plan.sectors > c.sectors {
		c.note(c.sectors, "", fmt.Sprint(c.plan.sectors), fmt.Sprint(c.sectors), "the image has fewer sectors than planned")
	}
	end := c.dirtyEnd
	if c.plan.sectors != c.space {
		end, err = c.firstNonZero(c.plan.sectors-padSectors, min(c.plan.sectors, c.sectors))
	}
	if err == nil && end >= 0 {
		c.note(end, "", "", "", "the padding is not zero")
	}
	if err == nil && c.plan.sectors < c.sectors {
		// An image of ours has an exact length. A drive may add zeros.
		end, err = c.firstNonZero(c.plan.sectors, c.sectors)
		if err == nil && end >= 0 {
			c.note(end, "", fmt.Sprint(c.plan.sectors), fmt.Sprint(c.sectors), "the image goes on behind its end, and not with zeros")
		}
	}
	return err
}

func (c *ownComparison) note(sector int64, file, wanted, found, format string, args ...any) {
	if c.total++; c.total <= maxViolations {
		c.list = append(c.list, Violation{Sector: sector, File: file, Wanted: wanted, Found: found, Detail: fmt.Sprintf(format, args...)})
	}
}

// compare compares the next sectors of the plan with the image.
func (c *ownComparison) compare(wanted []byte) error {
	for ; len(wanted) > 0; wanted = wanted[SectorSize:] {
		n := c.sector
		c.sector++
		if n >= c.sectors {
			c.note(n, "", "", "", "the sector is missing")
			continue
		}
		if _, err := c.read(c.buf[:], n); err != nil {
			return err
		}
		if bytes.Equal(c.buf[:], wanted[:SectorSize]) {
			continue
		}
		i := 0
		for wanted[i] == c.buf[i] {
			i++
		}
		c.note(n, c.fileAt(n, wanted[:SectorSize], i), fmt.Sprintf("%02x", wanted[i]), fmt.Sprintf("%02x", c.buf[i]),
			"byte %d of the sector is not what was written", i)
	}
	return nil
}

// fileAt returns the name of the file whose directory record holds a byte of a
// planned sector.
func (c *ownComparison) fileAt(n int64, sector []byte, at int) (name string) {
	if n < sectorRoot || n >= c.plan.data {
		return ""
	}
	v := &volume{joliet: n >= c.plan.joliet}
	eachRecord(sector, func(i int, r record) {
		if i <= at && at < i+len(r) && !r.self() {
			name = v.name(r.id())
		}
	})
	return name
}
