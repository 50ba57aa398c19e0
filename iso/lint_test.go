package iso

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"csuis-offline/finding"
)

func ruleSet(vs []Violation) []string {
	var ids []string
	for _, v := range vs {
		if !slices.Contains(ids, v.Rule) {
			ids = append(ids, v.Rule)
		}
	}
	slices.Sort(ids)
	return ids
}

// TestLintRules breaks every rule alone. Where that cannot be, also says what
// breaks with it.
func TestLintRules(t *testing.T) {
	t.Parallel()
	few := func() []byte { return unmarked(image(t, fewFiles(), testOptions)) }
	many := func() []byte { return unmarked(image(t, manyFiles(60), testOptions)) }
	tree := func() []byte { return nested(t, twoDirs) }
	const aa, root = "AA", sectorRoot * SectorSize

	cases := []struct {
		rule  string
		base  func() []byte
		patch func(b []byte) []byte
		also  string
	}{
		{ruleImageSize, few, func(b []byte) []byte { return append(b, 0) }, ""},
		{ruleSystemArea, few, set(0, 1), ""},
		{ruleSystemArea, few, set(pvd-1, 1), ""},
		{ruleDescriptorID, few, set(svd+1, 'X'), ruleJolietMissing},
		{ruleDescriptorVer, few, set(svd+6, 2), ""},
		{ruleDescriptorVer, few, set(pvd+6, 0), ""},
		{ruleDescriptorType, few, set(svd, 7), ruleJolietMissing},
		{ruleDescriptorOrder, few, func(b []byte) []byte {
			p := bytes.Clone(b[pvd:svd])
			copy(b[pvd:], b[svd:svd+SectorSize])
			copy(b[svd:], p)
			return b
		}, ""},
		{rulePrimaryMissing, few, set(pvd, typePartition), ruleDescriptorOrder},
		{ruleTerminator, few, func(b []byte) []byte { clear(b[svd+SectorSize:][:SectorSize]); return b }, ruleDescriptorID},
		{ruleTerminatorFields, few, set(svd+SectorSize+100, 1), ""},
		{ruleJolietMissing, few, func(b []byte) []byte { copy(b[svd:], b[svd+SectorSize:][:SectorSize]); return b }, ""},
		{ruleJolietEscape, few, set(svd+90, 'F'), ""},
		{ruleUnusedField, few, set(pvd+7, 1), ""},
		{ruleUnusedField, few, set(pvd+72, 1), ""},
		{ruleUnusedField, few, set(pvd+88, 1), ""},
		{ruleUnusedField, few, set(svd+91, 1), ""},
		{ruleUnusedField, few, set(pvd+882, 1), ""},
		{ruleUnusedField, few, set(pvd+1395, 1), ""},
		{ruleVolumeFlags, few, set(svd+7, 1), ""},
		{ruleBothEndian, few, set(pvd+84, 1), ""},
		{ruleBothEndian, few, set(pvd+139, 99), ""},
		{ruleBothEndian, few, set(svd+123, 99), ""},
		{ruleIdentifierPad, few, set(pvd+39, 0), ""},
		{ruleIdentifierPad, few, set(svd+41, 7), ""},
		{ruleIdentifierChars, few, set(pvd+8, 'x'), ""},
		{ruleIdentifierChars, few, set(pvd+40, '-'), ""},
		{ruleVolumeSet, few, func(b []byte) []byte { putBoth16(b[pvd+124:], 2); return b }, ""},
		{ruleVolumeSet, few, func(b []byte) []byte { putBoth16(b[svd+120:], 3); return b }, ""},
		{ruleBlockSize, few, func(b []byte) []byte { putBoth16(b[pvd+128:], 512); return b }, ""},
		{ruleVolumeDate, few, set(pvd+817, '2'), ""},
		{ruleVolumeDate, few, set(svd+830, 'x'), ""},
		{ruleVolumeDate, few, set(pvd+829, 53), ""},
		{ruleDateMissing, few, func(b []byte) []byte { putNoDate(b[pvd+813:]); return b }, ""},
		{ruleDateMissing, few, both("R.XM6", func(r record) { clear(r.date()) }), ""},
		{ruleStructureVersion, few, set(pvd+881, 2), ""},
		{ruleTruncated, few, func(b []byte) []byte { return b[:len(b)-SectorSize] }, ruleEndPadding},
		{ruleTrailing, few, func(b []byte) []byte { return append(b, make([]byte, SectorSize)...) }, ""},
		{ruleVolumeSpace, few, func(b []byte) []byte { putBoth32(b[svd+80:], 170); return b }, ""},
		{ruleRootRecord, few, set(pvd+156+18, 1), ""},
		{ruleRootRecord, few, set(pvd+156+25, 0), ""},
		{ruleDirExtent, few, func(b []byte) []byte { putBoth32(b[pvd+156+2:], 1<<30); return b }, ""},
		{ruleDirExtent, few, func(b []byte) []byte { putBoth32(b[pvd+156+2:], 16); return b }, ""},
		{ruleDirSize, tree, func(b []byte) []byte {
			r := primaryRecord(b, aa)
			at, _ := r.extent()
			putBoth32(r[10:], 2000)
			putBoth32(b[at*SectorSize+10:], 2000)
			return b
		}, ""},
		{ruleDirLoop, tree, func(b []byte) []byte { copy(primaryRecord(b, "BB")[2:10], primaryRecord(b, aa)[2:10]); return b }, ""},
		{ruleDirLoop, tree, func(b []byte) []byte { putBoth32(primaryRecord(b, aa)[2:], sectorRoot); return b }, ""},
		{ruleDirDepth, func() []byte { return nested(t, chain(8)) }, func(b []byte) []byte { return b }, ""},
		{ruleDotRecords, few, set(root+minRecord+2, 99), ruleRecordEndian},
		{ruleDotRecords, few, func(b []byte) []byte { putBoth32(b[root+minRecord+10:], 4096); return b }, ""},
		{ruleDotRecords, tree, func(b []byte) []byte {
			at, _ := primaryRecord(b, aa).extent()
			clear(b[at*SectorSize:][:SectorSize])
			return b
		}, ""},
		{ruleJolietParent, tree, func(b []byte) []byte {
			r := jolietRecord(b, aa)
			at, _ := r.extent()
			copy(b[at*SectorSize+minRecord+2:], r[2:10])
			return b
		}, ""},
		{ruleRecordLength, few, func(b []byte) []byte { primaryRecord(b, "RECORD_1")[0]++; return b }, ruleJolietFile},
		{ruleRecordLength, few, func(b []byte) []byte { primaryRecord(b, "RECORD_1")[0] = 20; return b }, ruleJolietFile},
		{ruleRecordLength, few, func(b []byte) []byte { primaryRecord(b, "RECORD_1")[32] = 200; return b }, ruleJolietFile},
		{ruleRecordCrossing, many, func(b []byte) []byte {
			var last record
			eachRecord(b[root:][:SectorSize], func(_ int, r record) { last = r })
			last[0] = 254
			return b
		}, ruleJolietFile},
		{ruleRecordPadding, few, func(b []byte) []byte { r := primaryRecord(b, "FORMULAR"); r[len(r)-1] = 1; return b }, ""},
		{ruleDirFill, few, set(root+SectorSize-1, 1), ""},
		{ruleRecordOrder, many, func(b []byte) []byte {
			x, y := primaryRecord(b, "RECORD_00000.SHA"), primaryRecord(b, "RECORD_00000.XM6")
			c := bytes.Clone(x)
			copy(x, y)
			copy(y, c)
			return b
		}, ""},
		{ruleDuplicate, many, func(b []byte) []byte {
			copy(primaryRecord(b, "RECORD_00000.XM6")[33:], "RECORD_00000.SHA")
			copy(jolietRecord(b, "RECORD_00000.XM6")[33:], jolietRecord(b, "RECORD_00000.SHA").id())
			return b
		}, ""},
		{ruleRecordEndian, few, func(b []byte) []byte { primaryRecord(b, "R.XM6")[9]++; return b }, ""},
		{ruleRecordEndian, few, func(b []byte) []byte { jolietRecord(b, "R.XM6")[31]++; return b }, ""},
		{ruleRecordEndian, few, set(pvd+156+17, 1), ruleRootRecord},
		{ruleAttributes, few, both("R.XM6", func(r record) { r[1] = 1 }), ""},
		{ruleInterleave, few, both("R.XM6", func(r record) { r[26] = 1 }), ""},
		{ruleInterleave, few, both("R.XM6", func(r record) { r[27] = 1 }), ""},
		{ruleRecordVolume, few, both("R.XM6", func(r record) { putBoth16(r[28:], 2) }), ""},
		{ruleFlags, few, both("R.XM6", func(r record) { r[25] = flagMultiple }), ""},
		{ruleFlags, few, both("R.XM6", func(r record) { r[25] = flagAssociated }), ""},
		{ruleFlags, few, both("R.XM6", func(r record) { r[25] = flagRecord }), ""},
		{ruleFlags, few, both("R.XM6", func(r record) { r[25] = flagProtection }), ""},
		{ruleFlags, few, both("R.XM6", func(r record) { r[25] = flagReserved }), ""},
		{ruleHidden, few, both("R.XM6", func(r record) { r[25] = flagHidden }), ""},
		{ruleRecordDate, few, both("R.XM6", func(r record) { r[19] = 13 }), ""},
		{ruleRecordDate, few, both("R.XM6", func(r record) { r[24] = 100 }), ""},
		{ruleDateLater, few, both("R.XM6", func(r record) { r[18]++ }), ""},
		{ruleFileID, few, func(b []byte) []byte { primaryRecord(b, "RECORD_1")[33+9] = 'x'; return b }, ""},
		{ruleFileID, few, func(b []byte) []byte { primaryRecord(b, "RECORD_1")[33+13] = 'x'; return b }, ""},
		{ruleFileID, few, func(b []byte) []byte { primaryRecord(b, "RECORD_1")[33+2] = '/'; return b }, ruleJolietName},
		{ruleFileID, few, func(b []byte) []byte { primaryRecord(b, "RECORD_1")[33+8] = 0; return b }, ruleJolietName},
		{ruleDirID, func() []byte { return nested(t, []testDir{{"DIR-1", -1}}) }, func(b []byte) []byte { return b }, ""},
		{ruleJolietID, few, func(b []byte) []byte { jolietRecord(b, "RECORD_1")[33+15] = '*'; return b }, ruleJolietName},
		{ruleJolietID, few, func(b []byte) []byte { jolietRecord(b, "RECORD_1")[33+15] = 1; return b }, ruleJolietName},
		{rulePathSize, few, func(b []byte) []byte { putBoth32(b[pvd+132:], 0); return b }, ""},
		{rulePathSize, few, func(b []byte) []byte { putBoth32(b[pvd+132:], 1<<31); return b }, ""},
		{rulePathPlace, few, set(pvd+140, 0), ""},
		{rulePathPlace, few, set(pvd+149, 255), ""},
		{rulePathRecord, few, set(sectorPathL*SectorSize, 0), ""},
		{rulePathRecord, few, set(sectorPathL*SectorSize+1, 1), ""},
		{rulePathOrder, tree, func(b []byte) []byte {
			for _, n := range []int{sectorPathL, sectorPathM} {
				p := b[n*SectorSize:]
				c := bytes.Clone(p[10:20])
				copy(p[10:], p[20:30])
				copy(p[20:], c)
			}
			return b
		}, ""},
		{rulePathTree, few, func(b []byte) []byte {
			b[sectorPathL*SectorSize+2]++
			b[sectorPathM*SectorSize+5]++
			return b
		}, ""},
		{rulePathCopies, few, set(sectorPathM*SectorSize+5, 99), ""},
		{rulePathFill, few, set(sectorPathM*SectorSize+10, 1), ""},
		{ruleFileExtent, few, both("R.XM6", func(r record) { putBoth32(r[2:], 1<<32-10) }), ""},
		{ruleFileExtent, few, both("R.XM6", func(r record) { putBoth32(r[2:], 16) }), ""},
		{ruleFileExtent, few, both("R.XM6", func(r record) { putBoth32(r[10:], 1<<32-1) }), ""},
		{ruleOverlap, few, both("R.XM6", func(r record) { putBoth32(r[2:], sectorPathL) }), ""},
		{ruleOverlap, few, both("R.XM6", func(r record) { putBoth32(r[2:], sectorRoot+1) }), ""},
		{ruleOverlap, few, both("R.XM6", func(r record) { putBoth32(r[10:], 4096) }), ""},
		{ruleShared, many, func(b []byte) []byte {
			copy(primaryRecord(b, "RECORD_00001.SHA")[2:10], primaryRecord(b, "RECORD_00000.SHA")[2:10])
			copy(jolietRecord(b, "RECORD_00001.SHA")[2:10], jolietRecord(b, "RECORD_00000.SHA")[2:10])
			return b
		}, ""},
		{ruleFilePadding, few, func(b []byte) []byte {
			at, _ := primaryRecord(b, "FORMULAR").extent()
			b[at*SectorSize+2047] = 1
			return b
		}, ""},
		{ruleJolietFile, few, func(b []byte) []byte { putBoth32(jolietRecord(b, "R.XM6")[10:], 2047); return b }, ""},
		{ruleJolietFile, few, func(b []byte) []byte { putBoth32(jolietRecord(b, "R.XM6")[2:], 26); return b }, ""},
		{ruleJolietName, few, func(b []byte) []byte { jolietRecord(b, "RECORD_1")[33+1] = 'S'; return b }, ""},
		{ruleJolietDate, few, func(b []byte) []byte { jolietRecord(b, "R.XM6")[22] = 0; return b }, ""},
		{ruleEndPadding, few, func(b []byte) []byte { b[len(b)-1] = 1; return b }, ""},
		{ruleEndPadding, few, func(b []byte) []byte { b[len(b)-150*SectorSize] = 1; return b }, ""},
		{ruleOwnPlan, func() []byte { return image(t, fewFiles(), testOptions) }, func(b []byte) []byte {
			primaryRecord(b, "RECORD_1")[33+9] = 'x'
			jolietRecord(b, "RECORD_1")[33+19] = 'x'
			return b
		}, ruleFileID},
		{ruleOwnBytes, func() []byte { return image(t, fewFiles(), testOptions) }, set(pvd+1300, 'x'), ""},
	}
	tested := map[string]bool{ruleTooLarge: true} // TestLintTooLarge
	for _, c := range cases {
		tested[c.rule] = true
		b := c.patch(c.base())
		want := append(strings.Fields(c.also), c.rule)
		slices.Sort(want)
		vs := lint(t, bytes.NewReader(b), int64(len(b)))
		if got := ruleSet(vs); !slices.Equal(got, want) {
			t.Errorf("%s: found %v\n%+v", c.rule, got, vs)
		}
	}
	for _, r := range Rules() {
		if !tested[r.ID] {
			t.Errorf("no image breaks rule %s", r.ID)
		}
	}
	for _, b := range [][]byte{few(), many(), tree(), nested(t, chain(7)), image(t, fewFiles(), testOptions), image(t, nil, testOptions)} {
		if vs := lint(t, bytes.NewReader(b), int64(len(b))); len(vs) > 0 {
			t.Errorf("a good image: %+v", vs)
		}
	}
}

// TestRules has what a message catalogue relies on.
func TestRules(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, r := range Rules() {
		if seen[r.ID] || r.Clause == "" || r.Text == "" || strings.HasSuffix(r.Text, ".") ||
			r.Severity != finding.Error && r.Severity != finding.Warning {
			t.Errorf("%+v", r)
		}
		seen[r.ID] = true
	}
}

// sparse is a small image in front of zeros without end.
type sparse []byte

func (s sparse) ReadAt(p []byte, off int64) (int, error) {
	clear(p)
	if off < int64(len(s)) {
		copy(p, s[off:])
	}
	return len(p), nil
}

// TestLintTooLarge has a root directory of 4 GiB.
func TestLintTooLarge(t *testing.T) {
	t.Parallel()
	b := unmarked(image(t, fewFiles(), testOptions))
	const sectors = 1<<21 - 1
	for _, r := range [][]byte{b[pvd+156:], b[sectorRoot*SectorSize:], b[sectorRoot*SectorSize+minRecord:]} {
		putBoth32(r[10:], sectors*SectorSize)
	}
	putBoth32(b[pvd+80:], 3*sectors)
	if vs := lint(t, sparse(b), 3*sectors*SectorSize); !slices.Contains(ruleSet(vs), ruleTooLarge) {
		t.Errorf("%+v", vs)
	}
	if _, err := Open(sparse(b), 3*sectors*SectorSize); err == nil {
		t.Error("Open accepts it")
	}
}

// TestLintCountsTheRest has more violations than are listed.
func TestLintCountsTheRest(t *testing.T) {
	t.Parallel()
	c := manyFiles(150)
	b := image(t, c, testOptions)
	for name := range c {
		primaryRecord(b, name)[25] = flagHidden
	}
	n := 0
	var last Violation
	for _, v := range lint(t, bytes.NewReader(b), int64(len(b))) {
		if v.Rule == ruleHidden {
			n++
			last = v
		}
	}
	if n != maxViolations || !strings.Contains(last.Detail, "100 more") {
		t.Errorf("%d listed, the last one: %+v", n, last)
	}
}

// failingAt reads with an error from one sector.
type failingAt struct {
	io.ReaderAt
	sector int64
	err    error
}

func (f failingAt) ReadAt(p []byte, off int64) (int, error) {
	if off <= f.sector*SectorSize && off+int64(len(p)) > f.sector*SectorSize {
		return 0, f.err
	}
	return f.ReaderAt.ReadAt(p, off)
}

// TestLintReadError has a scratch in every sector that Lint reads.
func TestLintReadError(t *testing.T) {
	t.Parallel()
	b := image(t, fewFiles(), testOptions)
	scratch := errors.New("scratch")
	for n := int64(0); n < int64(len(b)/SectorSize); n++ {
		_, err := Lint(context.Background(), failingAt{bytes.NewReader(b), n, scratch}, int64(len(b)))
		// R.XM6 fills its sector and the first sector of RECORD_1.XM6 is full:
		// neither has a rest to look at.
		if full := n == 27 || n == 28; errors.Is(err, scratch) == full {
			t.Errorf("sector %d: %v", n, err)
		}
	}
	if _, err := Lint(context.Background(), bytes.NewReader(b[:len(b)/2]), int64(len(b))); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("an image shorter than its size: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Lint(ctx, bytes.NewReader(b), int64(len(b))); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, err := Lint(context.Background(), bytes.NewReader(b), -1); err == nil {
		t.Error("a negative size is accepted")
	}
}
