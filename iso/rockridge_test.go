package iso

import (
	"slices"
	"testing"
)

// rockRoot is the sector of the root directory of rockImage.
const rockRoot = sectorRoot

// rockImage has Rock Ridge names: one in the record, one that goes on elsewhere, a
// directory shown elsewhere, and a link.
func rockImage() []byte {
	b := make([]byte, 60*SectorSize)
	p := b[pvd:]
	p[0], p[6] = typePrimary, 1
	copy(p[1:], standardID)
	putBoth32(p[80:], 60)
	putBoth16(p[128:], SectorSize)
	root := recordFields{extent: rockRoot, size: SectorSize, flags: flagDirectory, id: "\x00"}
	copy(p[156:], appendRecord(nil, root, testTime))
	terminator(b[svd : svd+SectorSize])
	dir := withUse(nil, root, "SP\x07\x01\xbe\xef\x00")
	root.id = "\x01"
	dir = withUse(dir, root, "")
	dir = withUse(dir, recordFields{extent: 30, size: 100, id: "A.XM6;1"}, "NM\x0d\x01\x00LONG.XM6")
	where := make([]byte, 24)
	putBoth32(where, 40)
	putBoth32(where[8:], 100)
	putBoth32(where[16:], 21)
	dir = withUse(dir, recordFields{extent: 30, size: 100, id: "B.XM6;1"}, "CE\x1c\x01"+string(where))
	copy(b[40*SectorSize+100:], "NM\x09\x01\x01FAR_NM\x0c\x01\x00OFF.XM6")
	child := make([]byte, 8)
	putBoth32(child, 41)
	dir = withUse(dir, recordFields{extent: 30, size: 100, id: "C.;1"}, "CL\x0c\x01"+string(child)+"NM\x08\x01\x00DIR")
	dir = withUse(dir, recordFields{extent: 30, size: 0, id: "D.XM6;1"}, "SL\x05\x01\x00")
	copy(b[rockRoot*SectorSize:], dir)
	sub := recordFields{extent: 41, size: SectorSize, flags: flagDirectory, id: "\x00"}
	dir = appendRecord(appendRecord(nil, sub, testTime), root, testTime)
	copy(b[41*SectorSize:], withUse(dir, recordFields{extent: 31, size: 5, id: "E.SHA;1"}, "NM\x0a\x01\x00E.SHA"))
	copy(b[30*SectorSize:], noise(1, 2*SectorSize))
	return b
}

// withUse appends a directory record with a system use field.
func withUse(b []byte, e recordFields, use string) []byte {
	r := append(appendRecord(nil, e, testTime), use...)
	if len(r)%2 == 1 {
		r = append(r, 0)
	}
	r[0] = byte(len(r))
	return append(b, r...)
}

func TestRockRidgeNames(t *testing.T) {
	t.Parallel()
	tree := trees(t, rockImage()).tree(TreeRockRidge)
	var names []string
	for _, f := range tree.Files {
		names = append(names, f.Name)
	}
	if want := []string{"DIR/E.SHA", "FAR_OFF.XM6", "LONG.XM6"}; !slices.Equal(names, want) || len(tree.Refused) != 1 {
		t.Errorf("%q, want %q; refused %v", names, want, tree.Refused)
	}
}
