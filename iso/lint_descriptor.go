package iso

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// volume is a volume descriptor with its directory tree.
type volume struct {
	sector   int64
	b        []byte
	joliet   bool
	readable bool // the tree can be read
	dirs     []dirNode
	files    []fileNode
}

func (v *volume) treeName() string {
	if v.joliet {
		return "Joliet"
	}
	return "primary"
}

// checkDescriptors reads and checks the volume descriptor set (ECMA-119 6.7.1).
func (l *linter) checkDescriptors() error {
	supplementary, bad := false, int64(0)
	for n := int64(sectorPVD); ; n++ {
		b := make([]byte, SectorSize)
		if n < l.sectors {
			if _, err := l.read(b, n); err != nil {
				return err
			}
		}
		marked := string(b[1:6]) == standardID
		if n >= l.sectors || n == sectorPVD+maxDescriptors || !marked && bad == n-1 {
			l.report(ruleTerminator, n, "", "", "", "no terminator follows the volume descriptors from sector %d on", sectorPVD)
			l.afterDescriptors = n
			break
		}
		if !marked {
			// One damaged descriptor does not hide the next.
			l.report(ruleDescriptorID, n, "", standardID, printable(b[1:6]), "this is no volume descriptor")
			bad = n
			continue
		}
		enhanced := b[0] == typeSupplementary && b[6] == 2
		if b[6] != 1 && !enhanced {
			l.report(ruleDescriptorVer, n, "", "1", fmt.Sprint(b[6]), "the descriptor has another version")
		}
		if n == sectorPVD && b[0] != typePrimary {
			l.report(ruleDescriptorOrder, n, "", "1", fmt.Sprint(b[0]), "the first descriptor has another type")
		}
		switch b[0] {
		case typePrimary:
			if l.primary == nil {
				l.primary = &volume{sector: n, b: b}
			}
		case typeSupplementary:
			if enhanced {
				break // its tree is of ISO 9660:1999, which ReadTrees reads
			}
			supplementary = true
			if !isJoliet(b) {
				l.report(ruleJolietEscape, n, "", jolietEscape, printable(b[88:91]), "the tree of this descriptor is not judged")
			} else if l.joliet == nil {
				l.joliet = &volume{sector: n, b: b, joliet: true}
			}
		case typeBoot, typePartition:
		case typeTerminator:
			if !isZero(b[7:]) {
				l.report(ruleTerminatorFields, n, "", "", "", "the terminator is not zero after byte 6")
			}
			l.afterDescriptors = n + 1
		default:
			l.report(ruleDescriptorType, n, "", "", fmt.Sprint(b[0]), "the descriptor has an unknown type")
		}
		if l.afterDescriptors > 0 {
			break
		}
	}
	if l.primary == nil {
		l.report(rulePrimaryMissing, sectorPVD, "", "", "", "the image has no primary volume descriptor")
	}
	if !supplementary {
		l.report(ruleJolietMissing, sectorSVD, "", "", "", "the image has no Joliet volume descriptor")
	}
	return nil
}

// isJoliet reports whether b is the escape sequence of UCS-2 level 1, 2 or 3
// (Joliet specification).
func isJoliet(b []byte) bool {
	return b[88] == '%' && b[89] == '/' && strings.IndexByte("@CE", b[90]) >= 0
}

// checkVolumes checks the fields of both descriptors.
func (l *linter) checkVolumes() error {
	if l.primary == nil {
		return nil
	}
	space, _ := get32(l.primary.b[80:])
	l.space = min(space, l.sectors)
	switch n := l.primary.sector; {
	case space > l.sectors:
		l.report(ruleTruncated, n, "", fmt.Sprint(space), fmt.Sprint(l.sectors), "the image has fewer sectors than the volume")
	case space < l.sectors:
		l.report(ruleTrailing, space, "", fmt.Sprint(space), fmt.Sprint(l.sectors), "the image has more sectors than the volume")
	}
	l.checkVolume(l.primary)
	if l.joliet != nil {
		l.checkVolume(l.joliet)
		if s, _ := get32(l.joliet.b[80:]); s != space {
			l.report(ruleVolumeSpace, l.joliet.sector, "", fmt.Sprint(space), fmt.Sprint(s), "the Joliet descriptor states another size than the primary one")
		}
	}
	return nil
}

func (l *linter) checkVolume(v *volume) {
	b, n := v.b, v.sector
	for _, f := range []struct{ from, to int }{{72, 80}, {882, 883}, {1395, SectorSize}} {
		if !isZero(b[f.from:f.to]) {
			l.report(ruleUnusedField, n, "", "", "", "bytes %d to %d are not zero", f.from, f.to-1)
		}
	}
	escape := 88
	if v.joliet {
		escape = 91
	}
	if !isZero(b[escape:120]) {
		l.report(ruleUnusedField, n, "", "", "", "bytes %d to %d are not zero", escape, 119)
	}
	switch {
	case v.joliet && b[7] != 0:
		l.report(ruleVolumeFlags, n, "", "0", fmt.Sprint(b[7]), "the volume flags are not zero")
	case !v.joliet && b[7] != 0:
		l.report(ruleUnusedField, n, "", "", "", "byte 7 is not zero")
	}
	l.checkIdentifiers(v)
	l.checkNumbers(v)
	l.checkVolumeDates(v)
	if b[881] != 1 {
		l.report(ruleStructureVersion, n, "", "1", fmt.Sprint(b[881]), "the file structure has another version")
	}
}

func (l *linter) checkNumbers(v *volume) {
	b, n := v.b, v.sector
	for _, f := range []struct {
		at   int
		what string
	}{{80, "volume space size"}, {132, "path table size"}} {
		if _, same := get32(b[f.at:]); !same {
			l.report(ruleBothEndian, n, "", "", fmt.Sprintf("% x", b[f.at:f.at+8]), "the byte orders of the %s disagree", f.what)
		}
	}
	for _, f := range []struct {
		at   int
		want int64
		what string
		rule string
	}{
		{120, 1, "volume set size", ruleVolumeSet},
		{124, 1, "volume sequence number", ruleVolumeSet},
		{128, SectorSize, "logical block size", ruleBlockSize},
	} {
		x, same := get16(b[f.at:])
		if !same {
			l.report(ruleBothEndian, n, "", "", fmt.Sprintf("% x", b[f.at:f.at+4]), "the byte orders of the %s disagree", f.what)
		}
		if x != f.want {
			l.report(f.rule, n, "", fmt.Sprint(f.want), fmt.Sprint(x), "the %s is another", f.what)
		}
	}
	block, _ := get16(b[128:])
	v.readable = block == SectorSize
}

// checkIdentifiers checks the text fields (ECMA-119 from 8.4.5 on).
func (l *linter) checkIdentifiers(v *volume) {
	isFileName := func(c byte) bool { return isDCharacter(c) || c == '.' || c == ';' || c == ' ' }
	isDSpace := func(c byte) bool { return isDCharacter(c) || c == ' ' }
	for _, f := range []struct {
		from, to int
		set      func(byte) bool
		what     string
	}{
		{8, 40, isACharacter, "system"}, {40, 72, isDSpace, "volume"}, {190, 318, isDSpace, "volume set"},
		{318, 446, isACharacter, "publisher"}, {446, 574, isACharacter, "data preparer"}, {574, 702, isACharacter, "application"},
		{702, 739, isFileName, "copyright file"}, {739, 776, isFileName, "abstract file"}, {776, 813, isFileName, "bibliographic file"},
	} {
		s := string(v.b[f.from:f.to])
		if v.joliet {
			s = ucs2(v.b[f.from : f.from+(f.to-f.from)&^1])
			if strings.ContainsFunc(s, func(c rune) bool { return c < ' ' }) {
				l.report(ruleIdentifierPad, v.sector, "", "", strconv.Quote(s), "the %s identifier of the Joliet tree has a control character", f.what)
			}
			continue
		}
		text := strings.TrimRight(s, " ")
		switch {
		case strings.ContainsFunc(text, func(c rune) bool { return c < ' ' || c == 0x7f }):
			l.report(ruleIdentifierPad, v.sector, "", "", strconv.Quote(strings.TrimRight(text, "\x00")), "the %s identifier is not filled with spaces, or has a control character", f.what)
		case !all(text, f.set):
			l.report(ruleIdentifierChars, v.sector, "", "", strconv.Quote(text), "the %s identifier has other characters", f.what)
		}
	}
}

// ucs2 decodes a Joliet identifier.
func ucs2(b []byte) string {
	s := make([]byte, 0, 48)
	for i := 0; i+1 < len(b); i += 2 {
		s = utf8.AppendRune(s, rune(b[i])<<8|rune(b[i+1]))
	}
	return string(s)
}

func (l *linter) checkVolumeDates(v *volume) {
	for i, what := range []string{"creation", "modification", "expiration", "effective"} {
		b := v.b[813+17*i:][:17]
		switch t, state := longDate(b); {
		case state == dateGood && i == 0 && !v.joliet:
			l.created = t
		case state == dateBad:
			l.report(ruleVolumeDate, v.sector, "", "", fmt.Sprintf("%q", b), "the %s date is not one", what)
		case state == dateNone && i == 0:
			l.report(ruleDateMissing, v.sector, "", "", "", "the volume has no creation date")
		}
	}
}
