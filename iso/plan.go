package iso

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// File is one file in the root of an image.
type File struct {
	// Name is the name on the disc, without a version: "RECORD_1.XM6".
	Name string
	// Size is the size in bytes, below 4 GiB.
	Size int64
}

// Options says what the image holds besides its files.
type Options struct {
	// VolumeID is the volume identifier, 1 to 32 d-characters. The Joliet
	// descriptor's field holds only the first 16 of them, but its volume set
	// identifier holds them all.
	VolumeID string
	// Publisher, Preparer and Application have at most 64 a-characters each
	// (the Joliet fields hold no more) and do not begin with an underscore,
	// which would make them the name of a file (ECMA-119 8.4.20). They may be
	// empty.
	Publisher, Preparer, Application string
	// Time is the date of the volume and of every file in it, from 1900 to 2155
	// (ECMA-119 9.1.5). It is written in UTC, to the second.
	Time time.Time
	// MaxSectors is the number of sectors of the medium; 0 means no limit.
	MaxSectors int64
}

// Limits of the format.
const (
	maxFileSize   = 1<<32 - 1 // ECMA-119 9.1.4
	maxSectors    = 1<<32 - 1 // ECMA-119 8.4.8
	maxVolumeID   = 32        // ECMA-119 8.4.6
	maxIdentifier = 64        // the 128 bytes of ECMA-119 8.5.14 in UCS-2
	minYear       = 1900      // ECMA-119 9.1.5
	maxYear       = 2155
	padSectors    = 150
)

// The sectors of the fixed parts of an image that Write makes.
const (
	sectorPVD        = 16
	sectorSVD        = 17
	sectorTerminator = 18
	sectorPathL      = 19
	sectorPathM      = 20
	sectorJolietL    = 21
	sectorJolietM    = 22
	sectorRoot       = 23
)

// Layout is a planned image, with the place of everything in it. It keeps one
// File for each file and is safe for concurrent use.
type Layout struct {
	files       []File // in name order
	options     Options
	rootSectors int64 // the size of the primary root directory
	joliet      int64 // the first sector of the Joliet root directory
	jolSectors  int64
	data        int64 // the first sector of the first file
	sectors     int64
}

// Plan lays out an image of the files, which it sorts. It refuses whatever cannot
// be written unchanged: the error is then a *[PlanError] with all the problems.
// Plan neither keeps nor changes the slice.
func Plan(files []File, o Options) (*Layout, error) {
	files = slices.Clone(files)
	slices.SortStableFunc(files, func(a, b File) int { return cmp.Compare(a.Name, b.Name) })
	l, problems := layout(files, o)
	if len(problems) > 0 {
		return nil, &PlanError{Problems: problems}
	}
	return l, nil
}

// layout lays out files that are in name order. It keeps the slice.
func layout(files []File, o Options) (*Layout, []Problem) {
	l := &Layout{files: files, options: o}
	p := problems{}
	p.options(o)
	root, jol := newDirectoryPacker(), newDirectoryPacker()
	var data int64
	for i, f := range files {
		p.file(f)
		if i > 0 && f.Name == files[i-1].Name && (i == 1 || f.Name != files[i-2].Name) {
			p.add(f.Name, ProblemDuplicate, "more than one file has this name")
		}
		root.add(recordLength(f.Name))
		jol.add(jolietLength(f.Name))
		data += sectorsOf(f.Size)
	}
	l.rootSectors, l.jolSectors = root.sectors(), jol.sectors()
	l.joliet = sectorRoot + l.rootSectors
	l.data = l.joliet + l.jolSectors
	l.sectors = l.data + data + padSectors
	p.size(l.sectors, l.rootSectors, l.jolSectors, o)
	return l, p.list
}

// Sectors returns the size of the image in sectors, including its padding.
func (l *Layout) Sectors() int64 { return l.sectors }

// Size returns the size of the image in bytes.
func (l *Layout) Size() int64 { return l.sectors * SectorSize }

// sectorsOf returns the number of sectors that a file of size bytes takes. Even
// for sizes that Plan refuses, sums of the results do not overflow.
func sectorsOf(size int64) int64 {
	size = min(max(size, 0), maxFileSize+1)
	return (size + SectorSize - 1) / SectorSize
}

// problems collects the reasons why Plan refuses.
type problems struct{ list []Problem }

func (p *problems) add(file string, rule ProblemRule, format string, args ...any) {
	p.list = append(p.list, Problem{File: file, Rule: rule, Detail: fmt.Sprintf(format, args...)})
}

func (p *problems) options(o Options) {
	if o.VolumeID == "" || len(o.VolumeID) > maxVolumeID || !all(o.VolumeID, isDCharacter) {
		p.add("", ProblemVolumeID, "the volume identifier %q is not 1 to %d characters of A-Z, 0-9 and _", o.VolumeID, maxVolumeID)
	}
	for _, id := range []struct{ what, text string }{
		{"publisher", o.Publisher}, {"data preparer", o.Preparer}, {"application", o.Application},
	} {
		switch t := id.text; {
		case len(t) > maxIdentifier || !all(t, isACharacter):
			p.add("", ProblemIdentifier, "the %s identifier %q is not at most %d a-characters (upper-case letters without accents, digits, space and punctuation)", id.what, t, maxIdentifier)
		case t != "" && (t[0] == '_' || t[0] == ' ' || t[len(t)-1] == ' '):
			p.add("", ProblemIdentifier, "the %s identifier %q begins with an underscore or a space, or ends with a space", id.what, t)
		}
	}
	if y := o.Time.UTC().Year(); y < minYear || y > maxYear {
		p.add("", ProblemDate, "the year %d is not from %d to %d", y, minYear, maxYear)
	}
	if o.MaxSectors < 0 {
		p.add("", ProblemTooLarge, "the medium has %d sectors", o.MaxSectors)
	}
}

func (p *problems) file(f File) {
	if err := CheckName(f.Name); err != nil {
		p.add(f.Name, ProblemName, "%v", err)
	}
	switch {
	case f.Size < 0:
		p.add(f.Name, ProblemFileSize, "the size is %d bytes", f.Size)
	case f.Size > maxFileSize:
		p.add(f.Name, ProblemFileSize, "%d bytes; a file on ISO 9660 is smaller than 4 GiB", f.Size)
	}
}

func (p *problems) size(sectors, root, jol int64, o Options) {
	switch {
	case sectors > maxSectors || max(root, jol)*SectorSize > maxFileSize:
		p.add("", ProblemTooLarge, "the image has %d sectors; ISO 9660 counts them with 32 bits", sectors)
	case o.MaxSectors > 0 && sectors > o.MaxSectors:
		p.add("", ProblemTooLarge, "the image has %d sectors, the medium %d", sectors, o.MaxSectors)
	}
}
