package iso

import "bytes"

// volumes reads the trees of the volume descriptors from a sector on (ECMA-119
// 6.7.1): of each primary, Joliet and enhanced one. What it cannot read it names.
func (t *treeReader) volumes(from int64, behind bool) error {
	primaries := map[string]bool{}
	for n := from; n < from+maxDescriptors; n++ {
		b, ok, err := t.sector(n)
		switch {
		case err != nil:
			return err
		case !ok:
			return nil
		case string(b[9:14]) == "CDROM":
			// Linux still reads the format from before ISO 9660.
			t.unjudged("High Sierra", n, "its descriptors are not read")
			continue
		case string(b[1:6]) != standardID:
			if n > from+1 {
				return nil
			}
			continue // one damaged descriptor does not hide the next
		}
		switch b[0] {
		case typeTerminator:
			return nil
		case typeBoot:
			if err := t.bootPlaces(b); err != nil {
				return err
			}
		case typePrimary:
			root := string(b[158:174]) // place and size
			if primaries[root] {
				continue // a copy (ECMA-119 6.7.1.1)
			}
			primaries[root] = true
			if t.space == 0 && !behind {
				space, _ := get32(b[80:])
				t.space = min(space, t.sectors)
			}
			if err := t.primaryTrees(b, n, behind); err != nil {
				return err
			}
		case typeSupplementary:
			if err := t.supplementary(b, n, behind); err != nil {
				return err
			}
		}
	}
	return nil
}

// bootPlaces notes where the boot catalog and the boot images lie ("El Torito"
// Bootable CD-ROM Format Specification 1.0, 2.0).
func (t *treeReader) bootPlaces(b []byte) error {
	const entry = 32
	if string(b[7:30]) != "EL TORITO SPECIFICATION" {
		return nil
	}
	catalog := int64(le.Uint32(b[71:]))
	c, ok, err := t.sector(catalog)
	if err != nil || !ok || c[0] != 1 {
		return err
	}
	t.out.Boot = append(t.out.Boot, catalog*SectorSize)
	for e := c[entry:]; len(e) >= entry; e = e[entry:] {
		if n := int64(le.Uint32(e[8:])); n > 0 && (e[0] == 0x88 || e[0] == 0) {
			t.out.Boot = append(t.out.Boot, n*SectorSize)
		}
	}
	return nil
}

// tooMany says that no more trees are read.
func (t *treeReader) tooMany(name string, n int64) bool {
	if t.roots++; t.roots <= maxTrees {
		return false
	}
	t.unjudged(name, n, "there are more than %d trees", maxTrees)
	return true
}

func (t *treeReader) primaryTrees(b []byte, n int64, behind bool) error {
	if t.tooMany("ISO 9660", n) {
		return nil
	}
	w := &treeWalk{treeReader: t, kind: TreePlain, skip: -1, tree: &Tree{Kind: TreePlain, Sector: n, Behind: behind}}
	err := w.walk(b)
	if err := t.take("ISO 9660", w.tree, err); err != nil || !w.rock {
		return err
	}
	r := &treeWalk{treeReader: t, kind: TreeRockRidge, skip: max(w.skip, 0), tree: &Tree{Kind: TreeRockRidge, Sector: n, Behind: behind}}
	return t.take("Rock Ridge", r.tree, r.walk(b))
}

func (t *treeReader) supplementary(b []byte, n int64, behind bool) error {
	kind, name := TreeJoliet, "Joliet"
	switch {
	case isJoliet(b) && b[6] == 1:
	case b[6] == 2 && (isZero(b[88:120]) || isJoliet(b)):
		kind, name = TreeEnhanced, "ISO 9660:1999"
	case b[6] == 2:
		t.unjudged("ISO 9660:1999", n, "its names are in a code that is not read")
		return nil
	default:
		t.unjudged("supplementary", n, "its names are in a code that is not read")
		return nil
	}
	if t.tooMany(name, n) {
		return nil
	}
	w := &treeWalk{treeReader: t, kind: kind, ucs2: isJoliet(b), tree: &Tree{Kind: kind, Sector: n, Behind: behind}}
	return t.take(name, w.tree, w.walk(b))
}

// behind looks for volume descriptors and UDF anchors behind the first volume,
// and reads the trees to which they lead.
func (t *treeReader) behind(starts []int64) error {
	if t.space == 0 {
		return nil
	}
	for _, n := range starts {
		if n > 0 && n < t.space {
			// A session inside what the first volume claims.
			if err := t.session(n + sectorPVD); err != nil {
				return err
			}
		}
	}
	to := t.sectors
	if t.drive {
		to = min(to, t.space+searchedOnDrive)
	}
	if err := t.search(t.space, to); err != nil {
		return err
	}
	if to == t.sectors {
		return nil
	}
	for _, n := range starts {
		if n >= t.space && n+sectorPVD >= to {
			if err := t.session(n + sectorPVD); err != nil {
				return err
			}
		}
	}
	for _, n := range []int64{t.sectors - 257, t.sectors - 1} {
		if n >= to {
			if err := t.search(n, n+1); err != nil {
				return err
			}
		}
	}
	return nil
}

// session reads the volume that begins with the descriptor at this sector.
func (t *treeReader) session(n int64) error {
	b, ok, err := t.sector(n)
	if err != nil || !ok || string(b[1:6]) != standardID {
		return err
	}
	t.mark(n, "a volume descriptor")
	return t.volumes(n, true)
}

func (t *treeReader) mark(n int64, what string) {
	if len(t.out.Behind) < maxViolations {
		t.out.Behind = append(t.out.Behind, Mark{n, what})
	}
}

// search looks at a range of sectors.
func (t *treeReader) search(from, to int64) error {
	const step = 128
	buf := make([]byte, step*SectorSize)
	last := int64(-2) // of the descriptors that were read
	for ; from < to; from += step {
		b := buf[:min(step, to-from)*SectorSize]
		if err := t.look(b, from); err != nil {
			if t.drive && t.ctx.Err() == nil {
				return nil // a drive may state more sectors than were written
			}
			return err
		}
		for i := range int64(len(b) / SectorSize) {
			n, s := from+i, b[i*SectorSize:][:SectorSize]
			switch {
			case string(s[1:6]) == standardID && n == last+1:
				last = n // of the same set
			case string(s[1:6]) == standardID || string(s[9:14]) == "CDROM":
				last = n
				t.mark(n, "a volume descriptor")
				if err := t.volumes(n, true); err != nil {
					return err
				}
			case string(s[1:6]) == "NSR02" || string(s[1:6]) == "NSR03":
				t.mark(n, "a UDF descriptor")
			case isAnchor(s, n):
				if err := t.anchorBehind(s, n); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// appleTrees looks for the trees of Apple's file systems, which macOS shows before
// any other: HFS and HFS+ at the image's start or in a partition of an Apple
// partition map ("Inside Macintosh: Devices"; Apple Technical Note TN1150).
func (t *treeReader) appleTrees() error {
	b := make([]byte, sectorPVD*SectorSize)
	if t.sectors < sectorPVD {
		return nil
	}
	if err := t.look(b, 0); err != nil {
		return err
	}
	found, err := t.appleVolume(0)
	if err != nil {
		return err
	}
	for i := block; i+block <= len(b) && string(b[i:i+2]) == "PM"; i += block {
		kind := string(bytes.TrimRight(b[i+48:i+80], "\x00"))
		start := int64(b[i+8])<<24 | int64(b[i+9])<<16 | int64(b[i+10])<<8 | int64(b[i+11])
		if kind != "Apple_HFS" && kind != "Apple_HFSX" && kind != "Apple_UFS" && kind != "Apple_APFS" {
			continue
		}
		is, err := t.appleVolume(start * block)
		if err != nil {
			return err
		}
		if !is && !found {
			t.unjudged("Apple", start*block/SectorSize, "a partition %s", kind)
		}
		found = true
	}
	return nil
}

// appleVolume reports whether an HFS or HFS+ volume begins at this byte.
func (t *treeReader) appleVolume(at int64) (bool, error) {
	const header = 1024
	b := make([]byte, 4)
	if at+header+int64(len(b)) > t.sectors*SectorSize {
		return false, nil
	}
	if _, err := readPast(t.r, b, at+header, false); err != nil {
		return false, err
	}
	sector := at / SectorSize
	switch {
	case string(b[:2]) == "H+", string(b[:2]) == "HX":
		t.unjudged("HFS+", sector, "this file system is not read")
	case string(b[:2]) == "BD":
		t.unjudged("HFS", sector, "this file system is not read")
	default:
		return false, nil
	}
	return true, nil
}
