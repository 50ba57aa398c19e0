package iso

import (
	"bytes"
	"io"
	"slices"
)

// block is the size of the sectors by which partition tables count.
const block = 512

// maxPartitions is how many partitions are looked at.
const maxPartitions = 256

// partition is an entry of a partition table.
type partition struct {
	start int64 // in bytes
	// efi says that firmware looks there for what it starts (UEFI 13.3).
	efi bool
}

// efiSystem is the type of an EFI system partition (UEFI 5.3.3), as it is stored.
const efiSystem = "\x28\x73\x2a\xc1\x1f\xf8\xd2\x11\xba\x4b\x00\xa0\xc9\x3e\xc9\x3b"

// partitions reads the volumes that begin in a partition of the boot record: a
// hybrid on a stick shows them. They share their files with the first volume. It names
// the file systems that are not read, there and at the start of the image.
func (t *treeReader) partitions() error {
	if t.inside || t.sectors <= sectorPVD {
		return nil
	}
	list, err := t.partitionTables()
	if err != nil {
		return err
	}
	if _, err := t.foreign(partition{}); err != nil {
		return err
	}
	for _, p := range list {
		if p.start <= 0 || p.start >= t.sectors*SectorSize {
			continue
		}
		told, err := t.foreign(p)
		if err != nil {
			return err
		}
		if told {
			continue
		}
		if err := t.volumeInside(p.start); err != nil {
			return err
		}
	}
	return nil
}

// partitionTables reads the master boot record with its chain of logical partitions
// and the GUID partition table (UEFI 5.2.1, 5.3). Each start is listed once.
func (t *treeReader) partitionTables() (list []partition, err error) {
	add := func(p partition) {
		if i := slices.IndexFunc(list, func(q partition) bool { return q.start == p.start }); i >= 0 {
			list[i].efi = list[i].efi || p.efi
		} else if len(list) < maxPartitions {
			list = append(list, p)
		}
	}
	const table = 446
	b := make([]byte, SectorSize)
	extended := int64(0) // where the chain begins
	for at, n := int64(0), 0; n < 64; n++ {
		if ok, err := t.bytesAt(b[:block], at); err != nil {
			return nil, err
		} else if !ok || b[510] != 0x55 || b[511] != 0xaa {
			break
		}
		next := int64(-1)
		for e := b[table:510]; len(e) > 0; e = e[16:] {
			start := int64(le.Uint32(e[8:])) * block
			switch kind := e[4]; {
			case kind == 0 || start == 0:
			case kind == 5 || kind == 0x0f || kind == 0x85:
				next = extended + start
			default:
				add(partition{at + start, kind == 0xef})
			}
		}
		if next <= 0 {
			break
		}
		if at = next; extended == 0 {
			extended = next
		}
	}
	if ok, err := t.bytesAt(b[:block], block); err != nil || !ok || string(b[:8]) != "EFI PART" {
		return list, err
	}
	at, count, size := int64(le.Uint64(b[72:])), le.Uint32(b[80:]), int64(le.Uint32(b[84:]))
	if at < 0 || at > t.sectors*SectorSize || size < 128 || size > SectorSize {
		return list, nil
	}
	for i := range int64(min(count, maxPartitions)) {
		if ok, err := t.bytesAt(b[:128], at*block+i*size); err != nil {
			return nil, err
		} else if !ok {
			break
		}
		if start := le.Uint64(b[32:]); !isZero(b[:16]) && start < 1<<50 {
			add(partition{int64(start) * block, string(b[:16]) == efiSystem})
		}
	}
	return list, nil
}

// bytesAt reads bytes at any place; ok is false where the image has none.
func (t *treeReader) bytesAt(b []byte, at int64) (ok bool, err error) {
	if err := t.ctx.Err(); err != nil {
		return false, err
	}
	if at < 0 || at > t.sectors*SectorSize-int64(len(b)) {
		return false, nil
	}
	_, err = readPast(t.r, b, at, false)
	if err != nil && t.drive {
		return false, nil
	}
	return err == nil, err
}

// foreign looks for a file system that is not read. told says that one is there. An
// EFI system partition that the boot catalog names is a boot image.
func (t *treeReader) foreign(p partition) (told bool, err error) {
	head := make([]byte, 2*SectorSize)
	ok, err := t.bytesAt(head, p.start)
	if err != nil || !ok {
		return false, err
	}
	name := fileSystem(head)
	if name == "" {
		magic := make([]byte, 8)
		if ok, err := t.bytesAt(magic, p.start+0x10040); err != nil {
			return false, err
		} else if ok && string(magic) == "_BHRfS_M" {
			name = "Btrfs"
		}
	}
	sector := p.start / SectorSize
	switch {
	case name == "" && p.start == 0:
		return false, nil // HFS at the start is looked for elsewhere
	case name == "":
		if slices.ContainsFunc(t.out.Unjudged, func(u Unjudged) bool { return u.Sector == sector && (u.Tree == "HFS" || u.Tree == "HFS+") }) {
			return true, nil
		}
		return t.appleVolume(p.start)
	case p.efi && slices.Contains(t.out.Boot, p.start):
		t.out.BootVolumes = append(t.out.BootVolumes, Mark{sector, name})
	default:
		t.unjudged(name, sector, "this file system is not read")
	}
	return true, nil
}

// fileSystem names the file system that begins with these two sectors, or returns "".
func fileSystem(b []byte) string {
	for _, m := range []struct {
		at          int
		magic, name string
	}{
		{3, "EXFAT   ", "exFAT"}, {3, "NTFS    ", "NTFS"}, {3, "ReFS\x00\x00\x00\x00", "ReFS"},
		{54, "FAT12   ", "FAT"}, {54, "FAT16   ", "FAT"}, {82, "FAT32   ", "FAT"}, {3, "MSDOS5.0", "FAT"},
		{0, "XFSB", "XFS"}, {0, "hsqs", "SquashFS"}, {32, "NXSB", "APFS"}, {1024, "\x10\x20\xf5\xf2", "F2FS"},
	} {
		if string(b[m.at:m.at+len(m.magic)]) == m.magic {
			return m.name
		}
	}
	switch {
	case isFAT(b):
		return "FAT"
	case isExt(b[1024:]):
		return "ext"
	}
	return ""
}

// isFAT reports whether a boot sector has the parameters of a FAT volume, by what
// systems demand of it (ECMA-107): Linux asks for no signature.
func isFAT(b []byte) bool {
	sector, cluster := le.Uint16(b[11:]), b[13]
	return sector >= 512 && sector <= 4096 && sector&(sector-1) == 0 &&
		cluster != 0 && cluster&(cluster-1) == 0 &&
		le.Uint16(b[14:]) != 0 && b[16] >= 1 && b[16] <= 4 && (b[21] == 0xf0 || b[21] >= 0xf8) &&
		(le.Uint16(b[19:]) != 0 || le.Uint32(b[32:]) != 0) && (le.Uint16(b[22:]) != 0 || le.Uint32(b[36:]) != 0)
}

// isExt reports whether a superblock is one of ext2, ext3 or ext4.
func isExt(b []byte) bool {
	return le.Uint16(b[56:]) == 0xef53 && le.Uint32(b) != 0 && le.Uint32(b[4:]) != 0 && le.Uint32(b[24:]) <= 6 && le.Uint32(b[76:]) <= 1
}

// volumeInside reads the trees of ISO 9660 in a partition, and names UDF there.
func (t *treeReader) volumeInside(start int64) error {
	id := make([]byte, 5)
	ok, err := t.bytesAt(id, start+sectorPVD*SectorSize+1)
	switch {
	case err != nil || !ok:
		return err
	case string(id) == "BEA01":
		t.unjudged("UDF", start/SectorSize, "a volume in a partition is not read")
		return nil
	case !bytes.Equal(id, []byte(standardID)):
		return nil
	}
	size := t.sectors*SectorSize - start
	p := &treeReader{ctx: t.ctx, r: io.NewSectionReader(t.r, start, size), sectors: size / SectorSize, drive: t.drive, inside: true, roots: t.roots, out: &Trees{size: size}}
	p.out.r = p.r
	if err := p.volumes(sectorPVD, false); err != nil {
		return err
	}
	t.roots = p.roots
	for _, tree := range p.out.All {
		tree.shift(start)
		t.out.All = append(t.out.All, tree)
	}
	for _, u := range p.out.Unjudged {
		t.unjudged(u.Tree, u.Sector+start/SectorSize, "%s", u.Detail)
	}
	return nil
}

// shift makes the places of a tree those of the image around it.
func (tree *Tree) shift(by int64) {
	tree.Sector += by / SectorSize
	for i := range tree.Files {
		f := &tree.Files[i]
		f.Offset += by
		for k := range f.Parts {
			f.Parts[k].Offset += by
		}
	}
	for _, e := range tree.Refused {
		e.Sector += by / SectorSize
	}
}
