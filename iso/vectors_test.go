package iso

import (
	"bytes"
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"

	"csuis-offline/finding"
	"csuis-offline/internal/testtool"
)

var updateVectors = flag.Bool("update-vectors", false, "write testdata/image anew")

// lintBases are the images that the cases begin with.
func lintBases(t *testing.T) map[string][]byte {
	return map[string][]byte{
		"few":               unmarked(image(t, fewFiles(), testOptions)),
		"many":              unmarked(image(t, manyFiles(60), testOptions)),
		"tree":              nested(t, twoDirs),
		"levels":            nested(t, chain(7)),
		"own":               image(t, fewFiles(), testOptions),
		"none":              image(t, nil, testOptions),
		"deep":              nested(t, chain(8)),
		"directory-name":    nested(t, []testDir{{"DIR\x01", -1}}),
		"relaxed-directory": nested(t, []testDir{{"DIR-1", -1}}),
	}
}

// goodBases says what is in the bases that break no rule.
var goodBases = map[string]string{
	"few":    "five files, and no mark of this program",
	"many":   "120 files: a root directory of several sectors",
	"tree":   "two directories",
	"levels": "directories eight levels deep",
	"own":    "five files, with the mark of this program",
	"none":   "no file",
}

func unchanged(b []byte) []byte { return b }

// TestImageVectorsAreMade makes the images that break one rule each. Where a rule
// cannot be broken alone, also says what breaks with it.
func TestImageVectorsAreMade(t *testing.T) {
	t.Parallel()
	const aa, root = "AA", sectorRoot * SectorSize
	cases := []struct {
		rule  string
		base  string
		patch func(b []byte) []byte
		also  string
	}{
		{ruleImageSize, "few", func(b []byte) []byte { return append(b, 0) }, ""},
		{ruleSystemArea, "few", set(0, 1), ""},
		{ruleSystemArea, "few", set(pvd-1, 1), ""},
		{ruleDescriptorID, "few", set(svd+1, 'X'), ruleJolietMissing},
		{ruleDescriptorVer, "few", set(svd+6, 3), ""},
		{ruleDescriptorVer, "few", set(pvd+6, 0), ""},
		{ruleDescriptorType, "few", set(svd, 7), ruleJolietMissing},
		{ruleDescriptorOrder, "few", func(b []byte) []byte {
			p := bytes.Clone(b[pvd:svd])
			copy(b[pvd:], b[svd:svd+SectorSize])
			copy(b[svd:], p)
			return b
		}, ""},
		{rulePrimaryMissing, "few", set(pvd, typePartition), ruleDescriptorOrder},
		{ruleTerminator, "few", func(b []byte) []byte { clear(b[svd+SectorSize:][:SectorSize]); return b }, ruleDescriptorID},
		{ruleTerminatorFields, "few", set(svd+SectorSize+100, 1), ""},
		{ruleJolietMissing, "few", func(b []byte) []byte { copy(b[svd:], b[svd+SectorSize:][:SectorSize]); return b }, ""},
		{ruleJolietEscape, "few", set(svd+90, 'F'), ""},
		{ruleUnusedField, "few", set(pvd+7, 1), ""},
		{ruleUnusedField, "few", set(pvd+72, 1), ""},
		{ruleUnusedField, "few", set(pvd+88, 1), ""},
		{ruleUnusedField, "few", set(svd+91, 1), ""},
		{ruleUnusedField, "few", set(pvd+882, 1), ""},
		{ruleUnusedField, "few", set(pvd+1395, 1), ""},
		{ruleVolumeFlags, "few", set(svd+7, 1), ""},
		{ruleBothEndian, "few", set(pvd+84, 1), ""},
		{ruleBothEndian, "few", set(pvd+139, 99), ""},
		{ruleBothEndian, "few", set(svd+123, 99), ""},
		{ruleIdentifierPad, "few", set(pvd+39, 0), ""},
		{ruleIdentifierPad, "few", set(svd+41, 7), ""},
		{ruleIdentifierChars, "few", set(pvd+8, 'x'), ""},
		{ruleIdentifierChars, "few", set(pvd+40, '-'), ""},
		{ruleVolumeSet, "few", func(b []byte) []byte { putBoth16(b[pvd+124:], 2); return b }, ""},
		{ruleVolumeSet, "few", func(b []byte) []byte { putBoth16(b[svd+120:], 3); return b }, ""},
		{ruleBlockSize, "few", func(b []byte) []byte { putBoth16(b[pvd+128:], 512); return b }, ""},
		{ruleVolumeDate, "few", set(pvd+817, '2'), ""},
		{ruleVolumeDate, "few", set(svd+830, 'x'), ""},
		{ruleVolumeDate, "few", set(pvd+829, 53), ""},
		{ruleDateMissing, "few", func(b []byte) []byte { putNoDate(b[pvd+813:]); return b }, ""},
		{ruleDateMissing, "few", both("R.XM6", func(r record) { clear(r.date()) }), ""},
		{ruleStructureVersion, "few", set(pvd+881, 2), ""},
		{ruleTruncated, "few", func(b []byte) []byte { return b[:len(b)-SectorSize] }, ruleEndPadding},
		{ruleTrailing, "few", func(b []byte) []byte { return append(b, make([]byte, SectorSize)...) }, ""},
		{ruleTrailing, "own", func(b []byte) []byte { return append(b, make([]byte, 3*SectorSize)...) }, ""},
		{ruleVolumeSpace, "few", func(b []byte) []byte { putBoth32(b[svd+80:], 170); return b }, ""},
		{ruleRootDate, "few", set(pvd+156+18, 1), ""},
		{ruleRootRecord, "few", set(pvd+156+25, 0), ""},
		{ruleDirExtent, "few", func(b []byte) []byte { putBoth32(b[pvd+156+2:], 1<<30); return b }, ""},
		{ruleDirExtent, "few", func(b []byte) []byte { putBoth32(b[pvd+156+2:], 16); return b }, ""},
		{ruleDirSize, "tree", func(b []byte) []byte {
			r := primaryRecord(b, aa)
			at, _ := r.extent()
			putBoth32(r[10:], 2000)
			putBoth32(b[at*SectorSize+10:], 2000)
			return b
		}, ""},
		{ruleDirLoop, "tree", func(b []byte) []byte { copy(primaryRecord(b, "BB")[2:10], primaryRecord(b, aa)[2:10]); return b }, ""},
		{ruleDirLoop, "tree", func(b []byte) []byte { putBoth32(primaryRecord(b, aa)[2:], sectorRoot); return b }, ""},
		{ruleDirDepth, "deep", unchanged, ""},
		{ruleDotRecords, "few", set(root+minRecord+2, 99), ruleRecordEndian},
		{ruleDotRecords, "few", func(b []byte) []byte { putBoth32(b[root+minRecord+10:], 4096); return b }, ""},
		{ruleDotRecords, "tree", func(b []byte) []byte {
			at, _ := primaryRecord(b, aa).extent()
			clear(b[at*SectorSize:][:SectorSize])
			return b
		}, ""},
		{ruleJolietParent, "tree", func(b []byte) []byte {
			r := jolietRecord(b, aa)
			at, _ := r.extent()
			copy(b[at*SectorSize+minRecord+2:], r[2:10])
			return b
		}, ""},
		{ruleRecordLength, "few", func(b []byte) []byte { primaryRecord(b, "RECORD_1")[0]++; return b }, ruleJolietFile},
		{ruleRecordLength, "few", func(b []byte) []byte { primaryRecord(b, "RECORD_1")[0] = 20; return b }, ruleJolietFile},
		{ruleRecordLength, "few", func(b []byte) []byte { primaryRecord(b, "RECORD_1")[32] = 200; return b }, ruleJolietFile},
		{ruleRecordCrossing, "many", func(b []byte) []byte {
			var last record
			eachRecord(b[root:][:SectorSize], func(_ int, r record) { last = r })
			last[0] = 254
			return b
		}, ruleJolietFile},
		{ruleRecordPadding, "few", func(b []byte) []byte { r := primaryRecord(b, "FORMULAR"); r[len(r)-1] = 1; return b }, ""},
		{ruleDirFill, "few", set(root+SectorSize-1, 1), ""},
		{ruleRecordOrder, "many", func(b []byte) []byte {
			x, y := primaryRecord(b, "RECORD_00000.SHA"), primaryRecord(b, "RECORD_00000.XM6")
			c := bytes.Clone(x)
			copy(x, y)
			copy(y, c)
			return b
		}, ""},
		{ruleDuplicate, "many", func(b []byte) []byte {
			copy(primaryRecord(b, "RECORD_00000.XM6")[33:], "RECORD_00000.SHA")
			copy(jolietRecord(b, "RECORD_00000.XM6")[33:], jolietRecord(b, "RECORD_00000.SHA").id())
			return b
		}, ""},
		{ruleRecordEndian, "few", func(b []byte) []byte { primaryRecord(b, "R.XM6")[9]++; return b }, ""},
		{ruleRecordEndian, "few", func(b []byte) []byte { jolietRecord(b, "R.XM6")[31]++; return b }, ""},
		{ruleRecordEndian, "few", set(pvd+156+17, 1), ruleRootRecord},
		{ruleAttributes, "few", both("R.XM6", func(r record) { r[1] = 1 }), ""},
		{ruleInterleave, "few", both("R.XM6", func(r record) { r[26] = 1 }), ""},
		{ruleInterleave, "few", both("R.XM6", func(r record) { r[27] = 1 }), ""},
		{ruleRecordVolume, "few", both("R.XM6", func(r record) { putBoth16(r[28:], 2) }), ""},
		{ruleFlags, "few", both("R.XM6", func(r record) { r[25] = flagMultiple | flagRecord }), ruleExtents},
		{ruleFlags, "few", both("R.XM6", func(r record) { r[25] = flagAssociated }), ""},
		{ruleFlags, "few", both("R.XM6", func(r record) { r[25] = flagRecord }), ""},
		{ruleFlags, "few", both("R.XM6", func(r record) { r[25] = flagProtection }), ""},
		{ruleFlags, "few", both("R.XM6", func(r record) { r[25] = flagReserved }), ""},
		{ruleExtents, "few", both("R.XM6", func(r record) { r[25] = flagMultiple }), ""},
		{ruleExtents, "many", func(b []byte) []byte {
			first, second := primaryRecord(b, "RECORD_00000.XM6"), primaryRecord(b, "RECORD_00001.SHA")
			copy(second[33:], first.id())
			first[25] = flagMultiple
			first, second = jolietRecord(b, "RECORD_00000.XM6"), jolietRecord(b, "RECORD_00001.SHA")
			copy(second[33:], first.id())
			first[25] = flagMultiple
			return b
		}, ""},
		{ruleHidden, "few", both("R.XM6", func(r record) { r[25] = flagHidden }), ""},
		{ruleRecordDate, "few", both("R.XM6", func(r record) { r[19] = 13 }), ""},
		{ruleRecordDate, "few", both("R.XM6", func(r record) { r[24] = 100 }), ""},
		{ruleDateLater, "few", both("R.XM6", func(r record) { r[18]++ }), ""},
		{ruleRelaxedID, "few", func(b []byte) []byte { primaryRecord(b, "RECORD_1")[33+9] = 'x'; return b }, ""},
		{ruleRelaxedID, "relaxed-directory", unchanged, ""},
		{ruleFileID, "few", func(b []byte) []byte { primaryRecord(b, "RECORD_1")[33+13] = 'x'; return b }, ""},
		{ruleFileID, "few", func(b []byte) []byte { primaryRecord(b, "RECORD_1")[33+2] = '/'; return b }, ruleJolietName},
		{ruleFileID, "few", func(b []byte) []byte { primaryRecord(b, "RECORD_1")[33+8] = 0; return b }, ruleJolietName},
		{ruleDirID, "directory-name", unchanged, ruleJolietID},
		{ruleJolietID, "few", func(b []byte) []byte { jolietRecord(b, "RECORD_1")[33+15] = '*'; return b }, ruleJolietName},
		{ruleJolietID, "few", func(b []byte) []byte { jolietRecord(b, "RECORD_1")[33+15] = 1; return b }, ruleJolietName},
		{rulePathSize, "few", func(b []byte) []byte { putBoth32(b[pvd+132:], 0); return b }, ""},
		{rulePathSize, "few", func(b []byte) []byte { putBoth32(b[pvd+132:], 1<<31); return b }, ""},
		{rulePathPlace, "few", set(pvd+140, 0), ""},
		{rulePathPlace, "few", set(pvd+149, 255), ""},
		{rulePathRecord, "few", set(sectorPathL*SectorSize, 0), ""},
		{rulePathRecord, "few", set(sectorPathL*SectorSize+1, 1), ""},
		{rulePathOrder, "tree", func(b []byte) []byte {
			for _, n := range []int{sectorPathL, sectorPathM} {
				p := b[n*SectorSize:]
				c := bytes.Clone(p[10:20])
				copy(p[10:], p[20:30])
				copy(p[20:], c)
			}
			return b
		}, ""},
		{rulePathTree, "few", func(b []byte) []byte {
			b[sectorPathL*SectorSize+2]++
			b[sectorPathM*SectorSize+5]++
			return b
		}, ""},
		{rulePathCopies, "few", set(sectorPathM*SectorSize+5, 99), ""},
		{rulePathFill, "few", set(sectorPathM*SectorSize+10, 1), ""},
		{ruleFileExtent, "few", both("R.XM6", func(r record) { putBoth32(r[2:], 1<<32-10) }), ""},
		{ruleFileExtent, "few", both("R.XM6", func(r record) { putBoth32(r[2:], 16) }), ""},
		{ruleFileExtent, "few", both("R.XM6", func(r record) { putBoth32(r[10:], 1<<32-1) }), ""},
		{ruleOverlap, "few", both("R.XM6", func(r record) { putBoth32(r[2:], sectorPathL) }), ""},
		{ruleOverlap, "few", both("R.XM6", func(r record) { putBoth32(r[2:], sectorRoot+1) }), ""},
		{ruleOverlap, "few", both("R.XM6", func(r record) { putBoth32(r[10:], 4096) }), ""},
		{ruleShared, "many", func(b []byte) []byte {
			copy(primaryRecord(b, "RECORD_00001.SHA")[2:10], primaryRecord(b, "RECORD_00000.SHA")[2:10])
			copy(jolietRecord(b, "RECORD_00001.SHA")[2:10], jolietRecord(b, "RECORD_00000.SHA")[2:10])
			return b
		}, ""},
		{ruleFilePadding, "few", func(b []byte) []byte {
			at, _ := primaryRecord(b, "FORMULAR").extent()
			b[at*SectorSize+2047] = 1
			return b
		}, ""},
		{ruleJolietFile, "few", func(b []byte) []byte { putBoth32(jolietRecord(b, "R.XM6")[10:], 2047); return b }, ""},
		{ruleJolietFile, "few", func(b []byte) []byte { putBoth32(jolietRecord(b, "R.XM6")[2:], 26); return b }, ""},
		{ruleJolietName, "few", func(b []byte) []byte { jolietRecord(b, "RECORD_1")[33+1] = 'S'; return b }, ""},
		{ruleJolietDate, "few", func(b []byte) []byte { jolietRecord(b, "R.XM6")[22] = 0; return b }, ""},
		{ruleEndPadding, "few", func(b []byte) []byte { b[len(b)-1] = 1; return b }, ""},
		{ruleEndPadding, "few", func(b []byte) []byte { b[len(b)-150*SectorSize] = 1; return b }, ""},
		{ruleOwnPlan, "own", func(b []byte) []byte {
			primaryRecord(b, "RECORD_1")[33+9] = 'x'
			jolietRecord(b, "RECORD_1")[33+19] = 'x'
			return b
		}, ruleRelaxedID},
		{ruleOwnBytes, "own", set(pvd+1300, 'x'), ""},
		{ruleOwnBytes, "own", func(b []byte) []byte { return append(b, noise(9, SectorSize)...) }, ruleTrailing},
	}
	bases := lintBases(t)
	for name, b := range bases {
		file := name + ".iso.gz"
		if *updateVectors {
			testtool.WritePacked(t, b, "image", file)
		}
		if !bytes.Equal(testtool.Unpacked(t, "image", file), b) {
			t.Errorf("%s differs from what the generator makes: -update-vectors writes it anew", file)
		}
	}
	var made []testtool.Vector
	for name, comment := range goodBases {
		made = append(made, testtool.Vector{Name: "good-" + name, Header: [][2]string{
			{"comment", comment}, {"expect", "ok"}, {"source", "ECMA-119"}, {"base", name + ".iso.gz"}, {"body", "patch"},
		}})
	}
	count := map[string]int{}
	for _, c := range cases {
		count[c.rule]++
		made = append(made, imageVector(bases[c.base], c.base, c.rule, c.also, c.patch(bytes.Clone(bases[c.base])), count[c.rule]))
	}
	testtool.SameVectors(t, "image", made, *updateVectors)
}

// imageVector describes an image that breaks a rule by how it differs from its base.
func imageVector(base []byte, name, rule, also string, broken []byte, n int) testtool.Vector {
	info := Rules()[slices.IndexFunc(Rules(), func(r RuleInfo) bool { return r.ID == rule })]
	v := testtool.Vector{Name: fmt.Sprintf("%s-%d", rule, n)}
	state := func(name, value string) { v.Header = append(v.Header, [2]string{name, value}) }
	state("comment", "does not hold: "+info.Text)
	refused := slices.ContainsFunc(Rules(), func(r RuleInfo) bool {
		return r.Severity == finding.Error && slices.Contains(strings.Fields(rule+" "+also), r.ID)
	})
	if refused {
		state("expect", "refuse")
		state("reason", rule)
	} else {
		state("expect", "ok")
	}
	state("source", info.Clause)
	state("rule", rule)
	if also != "" {
		state("also", also)
	}
	state("base", name+".iso.gz")
	if len(broken) != len(base) {
		state("size", fmt.Sprint(len(broken)))
		base = append(bytes.Clone(base), make([]byte, max(0, len(broken)-len(base)))...)[:len(broken)]
	}
	state("body", "patch")
	v.Body = testtool.Patches(base, broken)
	return v
}
