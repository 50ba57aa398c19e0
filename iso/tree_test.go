package iso

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"csuis-offline/internal/testtool"
)

// trees reads all trees of an image.
func trees(t testing.TB, b []byte) *Trees {
	t.Helper()
	ts, err := ReadTrees(context.Background(), bytes.NewReader(b), int64(len(b)), TreeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return ts
}

// tree is the first tree of a kind.
func (t *Trees) tree(kind TreeKind) *Tree {
	for _, tree := range t.All {
		if tree.Kind == kind {
			return tree
		}
	}
	return nil
}

// shows holds what a tree shows against the files that should be there; plain
// names may be changed.
func shows(t *testing.T, ts *Trees, kind TreeKind, c contents, name func(string) string) {
	t.Helper()
	tree := ts.tree(kind)
	if tree == nil {
		t.Errorf("there is no %s tree: %+v", kind, ts.Unjudged)
		return
	}
	if len(tree.Files) != len(c) || len(tree.Refused) > 0 {
		t.Errorf("%s: %d files, want %d; %v refused", kind, len(tree.Files), len(c), tree.Refused)
	}
	for want, content := range c {
		i, found := slices.BinarySearchFunc(tree.Files, name(want), func(f TreeFile, n string) int { return strings.Compare(f.Name, n) })
		if !found {
			t.Errorf("%s does not show %s", kind, name(want))
			continue
		}
		r, err := ts.Open(&tree.Files[i])
		if err != nil {
			t.Errorf("%s: %v", kind, err)
			continue
		}
		if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, content) {
			t.Errorf("%s: %s: %d bytes, want %d: %v", kind, want, len(got), len(content), err)
		}
	}
}

func asIs(s string) string      { return s }
func versioned(s string) string { return s + ";1" }

func TestTreesOfOurImages(t *testing.T) {
	t.Parallel()
	for name, c := range judged() {
		ts := trees(t, image(t, c, testOptions))
		if len(ts.All) != 2 || len(ts.Unjudged)+len(ts.Behind)+len(ts.Boot) > 0 {
			t.Errorf("%s: %d trees, %+v %+v", name, len(ts.All), ts.Unjudged, ts.Behind)
		}
		shows(t, ts, TreePlain, c, versioned)
		shows(t, ts, TreeJoliet, c, asIs)
	}
}

// made runs a program that makes an image of a folder.
func made(t *testing.T, dir string, args ...string) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "image.iso")
	testtool.Run(t, args[0], append(args[1:], "-o", path, dir)...)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestTreesOfForeignImages reads every tree that the usual programs write.
func TestTreesOfForeignImages(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "genisoimage", "xorriso")
	c := manyFiles(40)
	c["SUB/DEEPER/NESTED.XM6"] = noise(7, 5000)
	dir := folder(t, c)
	for _, tc := range []struct {
		kinds []TreeKind
		args  []string
	}{
		{[]TreeKind{TreePlain, TreeRockRidge, TreeJoliet, TreeUDF}, []string{"genisoimage", "-quiet", "-iso-level", "2", "-R", "-J", "-udf"}},
		{[]TreeKind{TreePlain, TreeEnhanced, TreeJoliet}, []string{"genisoimage", "-quiet", "-iso-level", "4", "-J"}},
		{[]TreeKind{TreePlain, TreeRockRidge, TreeJoliet, TreeEnhanced}, []string{"xorriso", "-as", "mkisofs", "-quiet", "-iso-level", "4", "-R", "-J"}},
		{[]TreeKind{TreePlain}, []string{"xorriso", "-as", "mkisofs", "-quiet", "-iso-level", "3", "--norock"}},
	} {
		ts := trees(t, made(t, dir, tc.args...))
		if len(ts.All) != len(tc.kinds) || len(ts.Unjudged)+len(ts.Behind) > 0 {
			t.Errorf("%q: %d trees, %+v %+v", tc.args, len(ts.All), ts.Unjudged, ts.Behind)
		}
		for _, kind := range tc.kinds {
			name := asIs
			if kind == TreePlain && !slices.Contains(tc.args, "4") || kind == TreePlain && tc.args[0] == "xorriso" {
				name = versioned
			}
			shows(t, ts, kind, c, name)
		}
	}
}

// TestRockRidgeShowsDirectoriesElsewhere: a path deeper than ISO 9660 allows is
// relocated in the plain tree.
func TestRockRidgeShowsDirectoriesElsewhere(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "genisoimage")
	c := contents{"A/B/C/D/E/F/G/H/I/DEEP.XM6": noise(1, 3000), "TOP.XM6": noise(2, 10)}
	shows(t, trees(t, made(t, folder(t, c), "genisoimage", "-quiet", "-R")), TreeRockRidge, c, asIs)
}

// TestTreesThatAreNotReadAreNamed: links, zisofs, HFS and HFS+, descriptors of
// others, and UDF of kinds that are not read.
func TestTreesThatAreNotReadAreNamed(t *testing.T) {
	t.Parallel()
	b := image(t, fewFiles(), testOptions)
	b[svd+90] = 'F'
	if ts := trees(t, b); len(ts.Unjudged) != 1 || ts.Unjudged[0].Tree != "supplementary" {
		t.Errorf("a descriptor of others: %+v", ts.Unjudged)
	}
	b = image(t, fewFiles(), testOptions)
	b[svd+6], b[svd+90] = 2, 'F'
	if ts := trees(t, b); len(ts.Unjudged) != 1 || ts.Unjudged[0].Tree != "ISO 9660:1999" {
		t.Errorf("an enhanced descriptor of others: %+v", ts.Unjudged)
	}
	b = image(t, fewFiles(), testOptions)
	copy(b[1024:], "H+")
	if ts := trees(t, b); len(ts.Unjudged) != 1 || ts.Unjudged[0].Tree != "HFS+" {
		t.Errorf("HFS+: %+v", ts.Unjudged)
	}
	testtool.Need(t, "genisoimage", "xorriso")
	dir := folder(t, fewFiles())
	if ts := trees(t, made(t, dir, "genisoimage", "-quiet", "-hfs")); len(ts.Unjudged) == 0 || ts.Unjudged[0].Tree != "HFS" {
		t.Errorf("HFS: %+v", ts.Unjudged)
	}
	if ts := trees(t, made(t, dir, "xorriso", "-as", "mkisofs", "-quiet", "-hfsplus")); len(ts.Unjudged) == 0 || ts.Unjudged[0].Tree != "HFS+" {
		t.Errorf("HFS+ in a partition: %+v", ts.Unjudged)
	}
	if err := os.Symlink("R.XM6", filepath.Join(dir, "LINK.XM6")); err != nil {
		t.Fatal(err)
	}
	if tree := trees(t, made(t, dir, "genisoimage", "-quiet", "-R")).tree(TreeRockRidge); len(tree.Refused) != 1 || !strings.Contains(tree.Refused[0].Detail, "link") {
		t.Errorf("a link: %v", tree.Refused)
	}
	zeros := folder(t, contents{"ZEROS.XM6": make([]byte, 100_000)})
	path := filepath.Join(t.TempDir(), "image.iso")
	testtool.Run(t, "xorriso", "-outdev", path, "-map", zeros, "/", "-set_filter_r", "--zisofs", "/", "--")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if tree := trees(t, b).tree(TreeRockRidge); len(tree.Refused) != 1 || !strings.Contains(tree.Refused[0].Detail, "zisofs") {
		t.Errorf("zisofs: %v", tree.Refused)
	}
}

// TestBehindTheVolume finds descriptors and anchors, and reads what they lead to.
func TestBehindTheVolume(t *testing.T) {
	t.Parallel()
	c := fewFiles()
	b := unmarked(image(t, c, testOptions))
	for _, tc := range []struct {
		name  string
		tail  []byte
		marks int
		trees int
	}{
		{"zeros", make([]byte, 5*SectorSize), 0, 2},
		{"noise", noise(3, 5*SectorSize), 0, 2},
		{"a set of descriptors", b[pvd : pvd+3*SectorSize], 1, 4},
		{"a set of descriptors after a gap", append(make([]byte, 200*SectorSize), b[pvd:pvd+3*SectorSize]...), 1, 4},
		{"an announcement of UDF", append([]byte("\x00NSR02\x01"), make([]byte, SectorSize-7)...), 1, 2},
	} {
		ts := trees(t, append(bytes.Clone(b), tc.tail...))
		if len(ts.Behind) != tc.marks || len(ts.All) != tc.trees {
			t.Errorf("%s: %+v, %d trees", tc.name, ts.Behind, len(ts.All))
		}
		for i, tree := range ts.All {
			if tree.Behind != (i >= 2) {
				t.Errorf("%s: tree %d behind: %v", tc.name, i, tree.Behind)
			}
		}
	}
}

// TestDriveThatCannotReadBehindTheVolume: a drive may state more sectors than were
// written, and a table of contents leads further than the search goes.
func TestDriveThatCannotReadBehindTheVolume(t *testing.T) {
	t.Parallel()
	b := unmarked(image(t, fewFiles(), testOptions))
	space := int64(len(b) / SectorSize)
	broken := failingAt{bytes.NewReader(append(bytes.Clone(b), make([]byte, SectorSize)...)), space, errors.New("no such sector")}
	ts, err := ReadTrees(context.Background(), broken, int64(len(b))+SectorSize, TreeOptions{Drive: true})
	if err != nil || len(ts.All) != 2 || len(ts.Behind) > 0 {
		t.Errorf("%v, %+v", err, ts)
	}
	if _, err := ReadTrees(context.Background(), broken, int64(len(b))+SectorSize, TreeOptions{}); err == nil {
		t.Error("an image that cannot be read behind the volume is no error")
	}
	start := space + searchedOnDrive + 1000
	far := bytes.NewReader(append(append(bytes.Clone(b), make([]byte, (start+sectorPVD-space)*SectorSize)...), append(bytes.Clone(b[pvd:pvd+3*SectorSize]), make([]byte, 300*SectorSize)...)...))
	ts, err = ReadTrees(context.Background(), far, far.Size(), TreeOptions{Drive: true, Starts: []int64{start}})
	if err != nil || len(ts.All) != 4 || len(ts.Behind) != 1 {
		t.Errorf("%v, %+v", err, ts)
	}
	if ts, err = ReadTrees(context.Background(), far, far.Size(), TreeOptions{Drive: true}); err != nil || len(ts.Behind) != 0 {
		t.Errorf("%v, %+v", err, ts)
	}
}

// TestBootFilesAreKnown finds the boot catalog and the boot image.
func TestBootFilesAreKnown(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "genisoimage")
	c := fewFiles()
	c["BOOT.IMG"] = noise(1, 2048)
	ts := trees(t, made(t, folder(t, c), "genisoimage", "-quiet", "-b", "BOOT.IMG", "-c", "BOOT.CAT", "-no-emul-boot"))
	var names []string
	for _, f := range ts.tree(TreePlain).Files {
		if slices.Contains(ts.Boot, f.Offset) {
			names = append(names, f.Name)
		}
	}
	if !slices.Equal(names, []string{"BOOT.CAT;1", "BOOT.IMG;1"}) {
		t.Errorf("%q", names)
	}
}

// raw makes raw sectors of an image: of mode 1, or of mode 2 form 1 with or without
// synchronization and header.
func raw(b []byte, size int, mode byte) []byte {
	var out []byte
	for i := 0; i < len(b); i += SectorSize {
		s := make([]byte, 0, size)
		if size != 2336 {
			s = append(append(s, rawSync...), 0, 2, byte(i/SectorSize), mode)
		}
		if mode == 2 {
			s = append(s, "\x00\x00\x08\x00\x00\x00\x08\x00"...)
		}
		s = append(s, b[i:i+SectorSize]...)
		out = append(out, append(s, make([]byte, size-len(s))...)...)
	}
	return out
}

func TestRawSectorsAreRead(t *testing.T) {
	t.Parallel()
	b := image(t, fewFiles(), testOptions)
	for _, tc := range []struct {
		size int
		mode byte
	}{{2352, 1}, {2352, 2}, {2448, 1}, {2336, 2}} {
		x := raw(b, tc.size, tc.mode)
		data := Raw(bytes.NewReader(x), int64(len(x)))
		if data == nil || data.SectorSize() != int64(tc.size) || data.Size() != int64(len(b)) {
			t.Errorf("%+v: %+v", tc, data)
			continue
		}
		if got, err := io.ReadAll(io.NewSectionReader(data, 0, data.Size())); err != nil || !bytes.Equal(got, b) {
			t.Errorf("%+v: %d bytes: %v", tc, len(got), err)
		}
	}
	if Raw(bytes.NewReader(b), int64(len(b))) != nil {
		t.Error("an image of plain sectors is taken for raw")
	}
	x := raw(b, 2352, 1)
	clear(x[30*2352 : 31*2352])
	data := Raw(bytes.NewReader(x), int64(len(x)))
	if _, err := data.ReadAt(make([]byte, 10), 30*SectorSize); err == nil {
		t.Error("a sector without synchronization is read")
	}
}

// TestVolumesInPartitionsAreRead: a hybrid has a second set of trees, which a stick
// shows.
func TestVolumesInPartitionsAreRead(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "xorriso")
	c := manyFiles(3)
	b := made(t, folder(t, c), "xorriso", "-as", "mkisofs", "-quiet", "-iso-level", "3", "-R", "-J", "-partition_offset", "16")
	ts := trees(t, b)
	if len(ts.All) != 6 || len(ts.Unjudged)+len(ts.Behind) > 0 {
		t.Fatalf("%d trees, %+v %+v", len(ts.All), ts.Unjudged, ts.Behind)
	}
	for i, tree := range ts.All[3:] {
		for k := range tree.Files {
			if f, g := &tree.Files[k], &ts.All[i].Files[k]; f.Name != g.Name || !f.SamePlace(g) {
				t.Errorf("%s: %+v, in the partition %+v", tree.Kind, g, f)
			}
		}
	}
}
