package iso

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
)

// TreeKind says which of the directory trees of an image a [Tree] is.
type TreeKind string

// The trees that are read. Systems show one of them: Windows and 7-Zip UDF before
// Joliet, Linux UDF or Rock Ridge before Joliet, and the plain tree where there is no
// other (doc/facts.md 8).
const (
	TreePlain     TreeKind = "plain"      // ISO 9660 names (ECMA-119)
	TreeRockRidge TreeKind = "rock-ridge" // the same directories with the names of Rock Ridge (IEEE P1282)
	TreeJoliet    TreeKind = "joliet"     // names in UCS-2 (Joliet specification)
	TreeEnhanced  TreeKind = "enhanced"   // long names of ISO 9660:1999, of a descriptor of type 2 and version 2
	TreeUDF       TreeKind = "udf"        // Universal Disk Format (ECMA-167)
)

// Tree is one way to show the files of an image.
type Tree struct {
	Kind TreeKind
	// Sector is that of the descriptor or anchor that leads to the tree.
	Sector int64
	// Behind says that it lies behind the first volume, in another session.
	Behind bool
	// Label is the identifier of a UDF volume; other trees leave it empty.
	Label string
	// Files are sorted by name.
	Files []TreeFile
	// Refused are the entries that are shown and cannot be read as files.
	Refused []*EntryError
}

// TreeFile is a file of a tree.
type TreeFile struct {
	// Name is the path as the tree shows it: "SUB/NAME.EXT", of any printable or
	// other characters, but never with "..", an empty part or a backslash in it.
	Name string
	Size int64 // in bytes
	// Offset is where the content begins, in bytes, if Parts is nil. An empty
	// file has no place.
	Offset int64
	Parts  []TreePart
	// Hidden says that most systems do not list the file.
	Hidden bool
	// Several says that it is a file of several extents of ISO 9660, which are
	// not read here; Size and Offset are those of the first one.
	Several bool
}

// TreePart is a part of a file's content, in bytes.
type TreePart struct{ Offset, Size int64 }

// SamePlace reports whether two files of one image are the same bytes by their
// places alone.
func (f *TreeFile) SamePlace(g *TreeFile) bool {
	return f.Size == g.Size && (f.Size == 0 || f.Offset == g.Offset && slices.Equal(f.Parts, g.Parts))
}

// Unjudged is a tree that readers can show and that is not read here.
type Unjudged struct {
	// Tree names it: "HFS+", "UDF".
	Tree   string
	Sector int64
	// Detail says why it is not read.
	Detail string
}

// Mark is a volume descriptor or a UDF anchor behind the first volume.
type Mark struct {
	Sector int64
	What   string // "a volume descriptor", "a UDF anchor"
}

// Trees are all the trees of an image.
type Trees struct {
	r        io.ReaderAt
	size     int64
	All      []*Tree // the plain one first, if it could be read
	Unjudged []Unjudged
	Behind   []Mark
	// Boot are the places in bytes of the boot catalog and the boot images of El
	// Torito, which a computer reads that starts from the disc.
	Boot []int64
	// BootVolumes are the EFI system partitions that are boot images of El Torito,
	// with the names of their file systems.
	BootVolumes []Mark
}

// TreeOptions say where ReadTrees looks. The zero value searches everything
// behind the first volume.
type TreeOptions struct {
	// Starts are the first sectors of further sessions, by a table of contents.
	Starts []int64
	// Drive says that the image is a drive's: there only the 32 MiB behind the
	// volume are searched, and sectors there that cannot be read are no error.
	Drive bool
	// Planned says that Lint found nothing in an image of ours, whose two trees it
	// compared with their plan. They are not read again.
	Planned bool
}

// searchedOnDrive is how many sectors behind the volume of a drive are searched.
// The lead-out and lead-in between the sessions of a CD take 11,400.
const searchedOnDrive = 16384

// ReadTrees reads every directory tree of an image of size bytes, whoever wrote it,
// and names what it does not read. A tree that is damaged or of a kind not read here is
// in Trees.Unjudged. Time and memory are bounded whatever the image holds: at most
// 2^20 entries and 256 MiB of directories a tree, and 64 descriptors.
//
// The error is that of ctx, or one of reading r, wrapped.
func ReadTrees(ctx context.Context, r io.ReaderAt, size int64, o TreeOptions) (*Trees, error) {
	t := &treeReader{ctx: ctx, r: r, sectors: size / SectorSize, drive: o.Drive, out: &Trees{r: r, size: size}}
	for _, step := range []func() error{
		func() error { return t.first(o.Planned) },
		t.udfFirst,
		t.appleTrees,
		t.partitions,
		func() error { return t.behind(o.Starts) },
	} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("iso: %w", err)
		}
	}
	return t.out, nil
}

// first reads the trees of the first volume, or only its size.
func (t *treeReader) first(planned bool) error {
	if !planned {
		return t.volumes(sectorPVD, false)
	}
	b, ok, err := t.sector(sectorPVD)
	if ok {
		space, _ := get32(b[80:])
		t.space = min(space, t.sectors)
	}
	return err
}

// treeReader is one run of ReadTrees.
type treeReader struct {
	ctx     context.Context
	r       io.ReaderAt
	sectors int64
	drive   bool
	inside  bool  // it reads a partition of another image
	space   int64 // sectors of the first volume, by its primary descriptor; 0 if there is none
	vds     []int64
	out     *Trees
	roots   int // trees read so far
}

// maxTrees is how many trees of an image are read.
const maxTrees = 16

func (t *treeReader) unjudged(tree string, sector int64, format string, args ...any) {
	if len(t.out.Unjudged) < maxViolations {
		t.out.Unjudged = append(t.out.Unjudged, Unjudged{tree, sector, shown(fmt.Sprintf(format, args...))})
	}
}

// sector reads one sector; ok is false where there is none.
func (t *treeReader) sector(n int64) (b []byte, ok bool, err error) {
	if n < 0 || n >= t.sectors {
		return nil, false, nil
	}
	b = make([]byte, SectorSize)
	err = t.look(b, n)
	if err != nil && t.drive && t.ctx.Err() == nil {
		return nil, false, nil
	}
	return b, err == nil, err
}

// look reads sectors that need not hold a structure: raw ones without data are zero.
func (t *treeReader) look(p []byte, sector int64) error {
	if err := t.ctx.Err(); err != nil {
		return err
	}
	_, err := readPast(t.r, p, sector*SectorSize, false)
	return err
}

func (t *treeReader) read(p []byte, sector int64) error {
	if err := t.ctx.Err(); err != nil {
		return err
	}
	return readFull(t.r, p, sector*SectorSize)
}

// add finishes a tree.
func (t *treeReader) add(tree *Tree) {
	slices.SortStableFunc(tree.Files, func(a, b TreeFile) int { return cmp.Compare(a.Name, b.Name) })
	tree.Files = slices.Clip(tree.Files)
	t.out.All = append(t.out.All, tree)
}

// errTree says why a tree cannot be followed. It is no error of reading.
type errTree struct {
	sector int64
	detail string
}

func (e *errTree) Error() string { return fmt.Sprintf("sector %d: %s", e.sector, e.detail) }

// take adds a tree, or says that it was not judged. The error is one that ends
// everything.
func (t *treeReader) take(name string, tree *Tree, err error) error {
	var broken *errTree
	switch {
	case err == nil:
		t.add(tree)
	case t.ctx.Err() != nil:
		return t.ctx.Err()
	case errors.As(err, &broken):
		t.unjudged(name, broken.sector, "%s", broken.detail)
	default:
		t.unjudged(name, tree.Sector, "%v", err)
	}
	return nil
}

// Open returns the content of a file of one of the trees. The reader gives
// exactly the file's size or an error. A file that reaches past the image's end,
// and one of several extents, gives an *[EntryError].
func (t *Trees) Open(f *TreeFile) (io.Reader, error) {
	if f.Several {
		return nil, &EntryError{Name: f.Name, Detail: "files of several extents are not read"}
	}
	parts := f.Parts
	if parts == nil {
		parts = []TreePart{{f.Offset, f.Size}}
	}
	rs := make([]io.Reader, 0, len(parts))
	for _, p := range parts {
		if p.Size > 0 && (p.Offset < 0 || p.Offset > t.size || p.Size > t.size-p.Offset) {
			return nil, &EntryError{Name: f.Name, Detail: fmt.Sprintf("its %d bytes at sector %d reach past the image's end", p.Size, p.Offset/SectorSize)}
		}
		rs = append(rs, &section{io.NewSectionReader(t.r, p.Offset, p.Size), p.Size})
	}
	if len(rs) == 1 {
		return rs[0], nil
	}
	return io.MultiReader(rs...), nil
}
