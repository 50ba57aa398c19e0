// Package verify judges what lies on a disc, in an image, in a package folder or
// in any folder with sealed records, and trusts none of it. It compares records
// with their checksums, both with the form and the manifest, and images with the
// standard and with the package around them (doc/package.md, section 8).
package verify

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"csuis-offline/batch"
	"csuis-offline/bundle"
	"csuis-offline/crypto"
	"csuis-offline/envelope"
	"csuis-offline/finding"
	"csuis-offline/internal/iox"
	"csuis-offline/iso"
	"csuis-offline/progress"
)

// Options say how Target works. The zero value verifies without a key.
type Options struct {
	// Key opens each record as well, if it is not nil.
	Key *crypto.Key
	// Expect is what the stamped form says, if it is not nil.
	Expect   *Expect
	Progress progress.Counter
	// Workers is how many records are read at once; 0 means one for each
	// processor. From an optical drive records are read one after another.
	Workers int
}

// ErrTarget says that the target is nothing that can hold records.
var ErrTarget = errors.New("verify: the target is neither a file, a folder nor a drive")

// Target judges the package folder, image, other folder (such as a mounted disc)
// or device file of a drive at this path, in the order of doc/package.md,
// section 8. Whatever is wrong with it is among the findings. An error says that
// it could not be judged: it cannot be read at all, it is [ErrTarget], or the
// context ended. Target never writes.
func Target(ctx context.Context, target string, o Options) (*Report, error) {
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	v := &verifier{
		key: o.Key, expect: o.Expect, workers: o.Workers, progress: progress.Or(o.Progress),
		report: &Report{Target: target, Keyed: o.Key != nil, Findings: []finding.Finding{}},
		units:  map[string]bool{},
	}
	defer func() {
		for _, c := range v.closers {
			c.Close()
		}
	}()
	if err := v.target(ctx, target); err != nil {
		return nil, err
	}
	v.finish()
	return v.report, nil
}

// verifier is one run of Target.
type verifier struct {
	key      *crypto.Key
	expect   *Expect
	workers  int
	progress progress.Counter
	manifest bool // there is one that can be read
	closers  []io.Closer
	drive    *drive        // nil unless the target is one
	raw      *iso.RawImage // nil unless the target is an image of raw sectors

	mu     sync.Mutex // guards what follows
	report *Report
	lists  []string        // that say what there should be
	units  map[string]bool // units with a finding about the check digit
	keys   keyCount
	claims claims
	opened int // records opened, with nothing wrong in them
	// first is the place, from 1, of the record whose header named unit and
	// person; unitNamed and personNamed are those of the records whose headers
	// gave the names of a unit and a person that the form had named by number.
	first, unitNamed, personNamed int
}

// keyCount counts the records that the key opened and those that it did not,
// separately for records whose bytes are proven wrong.
type keyCount struct{ whole, wholeWrong, broken, brokenWrong int }

func (v *verifier) add(fs ...finding.Finding) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.report.Findings = append(v.report.Findings, fs...)
}

// fail adds a finding of error severity.
func (v *verifier) fail(code finding.Code, file, detail string) {
	v.add(finding.Finding{Code: code, Severity: finding.Error, File: file, Detail: detail})
}

// read counts a file that was read.
func (v *verifier) read(size int64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.report.Files++
	v.report.Bytes += size
}

func (v *verifier) target(ctx context.Context, target string) error {
	info, err := os.Stat(target)
	if err != nil {
		return err
	}
	switch mode := info.Mode(); {
	case mode.IsDir():
		return v.folder(ctx, target)
	case mode.IsRegular():
		v.report.Kind = KindImage
		return v.file(ctx, target)
	case mode&os.ModeDevice != 0 && mode&os.ModeCharDevice == 0:
		v.report.Kind = KindDevice
		return v.file(ctx, target)
	}
	return &os.PathError{Op: "open", Path: target, Err: ErrTarget}
}

// folder verifies a folder, which is a package if it has a manifest or a records
// folder.
func (v *verifier) folder(ctx context.Context, target string) error {
	root, err := iox.OpenRoot(target)
	if err != nil {
		return err
	}
	defer root.Close()
	set, err := newFolderSet(root, "")
	if err != nil {
		return err
	}
	_, manifest := set.find(bundle.ManifestName)
	records, found := set.find(bundle.RecordsDir)
	if manifest || found && records.kind == kindFolder {
		v.report.Kind = KindPackage
		return v.packageFolder(ctx, root, set)
	}
	v.report.Kind = KindFolder
	if inside := packagesIn(target, set); len(inside) > 0 {
		v.fail(finding.VerifyPackagesInside, shown(filepath.Base(target)), strings.Join(inside, ", "))
		return nil
	}
	if inside := recordsIn(root, set); len(inside) > 0 {
		v.fail(finding.VerifyRecordsInside, shown(filepath.Base(target)), strings.Join(inside, ", "))
		return nil
	}
	if isOptical(target) {
		v.workers = 1
	}
	v.unversion(set)
	return v.alone(ctx, set, "")
}

// packagesIn names the packages in a folder that has no sealed records. Most
// likely one of them is meant.
func packagesIn(dir string, s *fileSet) []string {
	var names []string
	for _, f := range s.files {
		if _, ext := splitName(f.name); isRecordExt(ext) && !s.isLitter(&f, nil) {
			return nil
		}
		if f.kind == kindFolder && len(names) < 10 && batch.IsPackage(filepath.Join(dir, f.name)) {
			names = append(names, shown(f.name))
		}
	}
	return names
}

// file verifies an image that lies in a file or on a drive.
func (v *verifier) file(ctx context.Context, target string) error {
	f, err := iox.OpenMedium(target)
	if err != nil {
		return err
	}
	defer f.Close()
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if v.report.Kind == KindDevice {
		v.workers = 1
		v.drive = v.readDrive(f, size)
		// A drive may state more sectors than were written.
		size, err = volumeSize(f, size)
		if err != nil {
			return fmt.Errorf("%s: %w", target, err)
		}
	}
	name := shown(filepath.Base(target))
	if size == 0 {
		v.fail(finding.FileEmpty, name, "")
		return nil
	}
	image := v.unraw(f, &size, name)
	open := v.openImage
	switch {
	case looksLikeImage(image):
	case looksLikeUDF(image):
		open = v.openUDF
	default:
		v.fail(finding.VerifyNoImage, name, "")
		return nil
	}
	set, volume, err := open(ctx, image, size, name)
	v.lostSectors(name)
	if err != nil || set == nil {
		return err
	}
	if inside := set.recordsBelow(); len(inside) > 0 {
		v.fail(finding.VerifyRecordsInside, name, strings.Join(inside, ", "))
		return nil
	}
	return v.alone(ctx, set, volume)
}

// looksLikeImage reports whether any of the first volume descriptors is there
// (ECMA-119 8.1.2). An image with a damaged one is still an image.
func looksLikeImage(r io.ReaderAt) bool {
	for sector := int64(16); sector < 20; sector++ {
		id := make([]byte, 5)
		if n, _ := r.ReadAt(id, sector*iso.SectorSize+1); n == len(id) && string(id) == "CD001" {
			return true
		}
	}
	return false
}

// volumeSize is the size in bytes of the volume that begins at 0: what its primary
// descriptor states (ECMA-119 8.4.8), but at most size.
func volumeSize(r io.ReaderAt, size int64) (int64, error) {
	const descriptor = 16 * iso.SectorSize
	var b [88]byte
	if size < descriptor+iso.SectorSize {
		return size, nil
	}
	if _, err := r.ReadAt(b[:], descriptor); err != nil {
		return 0, err
	}
	sectors := binary.LittleEndian.Uint32(b[80:])
	if string(b[:6]) != "\x01CD001" || sectors != binary.BigEndian.Uint32(b[84:]) || sectors == 0 {
		return size, nil
	}
	return min(size, int64(sectors)*iso.SectorSize), nil
}

// openImage lints an image and lists its files. The set is nil if the files cannot
// be listed. The error is one of reading the image or of the context.
func (v *verifier) openImage(ctx context.Context, r io.ReaderAt, size int64, label string) (*fileSet, string, error) {
	violations, err := iso.Lint(ctx, r, size)
	if err != nil {
		return nil, "", err
	}
	for i := range violations {
		if !slices.Contains(judgedByTrees, violations[i].Rule) {
			v.add(lintFinding(&violations[i], label))
		}
	}
	// If the linter objects to the same entry, it says more about it.
	linted := func(sector int64) bool {
		return slices.ContainsFunc(violations, func(w iso.Violation) bool { return w.Severity == finding.Error && w.Sector == sector })
	}
	im, err := iso.Open(r, size)
	planned := err == nil && im.Ours() && len(violations) == 0
	trees, names, treeErr := v.readTrees(ctx, r, size, label, planned, linted)
	if treeErr != nil {
		return nil, "", treeErr
	}
	if err != nil {
		if format := (*iso.FormatError)(nil); !errors.As(err, &format) {
			return nil, "", err
		}
		v.fail(finding.ImageUnreadable, label, err.Error())
		return nil, "", nil
	}
	if names != nil && (names != trees.All[0] || names.Kind != iso.TreePlain) {
		set := newTreeSet(trees, names, label+":")
		set.ours = im.Ours()
		v.withoutBoot(set, trees)
		return set, im.VolumeID(), nil
	}
	set := newImageSet(im, label+":")
	if names != nil {
		addSeveral(set, names)
	}
	v.withoutBoot(set, trees)
	for _, e := range im.Refused() {
		if !linted(e.Sector) {
			v.fail(finding.FileUnreadable, label+":"+e.Name, e.Detail)
		}
	}
	return set, im.VolumeID(), nil
}

func lintFinding(w *iso.Violation, label string) finding.Finding {
	f := finding.Finding{
		Code: finding.ISO(w.Rule), Severity: w.Severity, File: label, Clause: w.Clause,
		Wanted: w.Wanted, Found: w.Found, Detail: fmt.Sprintf("sector %d: %s", w.Sector, w.Detail),
	}
	if w.File != "" {
		f.File += ":" + w.File
		if stem, ext := splitName(w.File); isRecordExt(ext) && !strings.Contains(stem, "/") {
			f.Record = upper(stem)
		}
	}
	return f
}

// finish orders the findings and draws the conclusions that need them all.
func (v *verifier) finish() {
	r := v.report
	if k := v.keys; k.whole > 0 {
		r.WrongKey = k.whole == k.wholeWrong
	} else {
		r.WrongKey = k.broken > 0 && k.broken == k.brokenWrong
	}
	r.OpenedRecords = v.opened
	r.Opened = v.key != nil && r.Records > 0 && v.opened == r.Records
	if v.key == nil && r.Records > 0 {
		r.Findings = append(r.Findings, finding.Finding{Code: finding.VerifyNoKey, Severity: finding.Info})
	}
	if v.manifest {
		v.onlyClaimed()
	}
	v.conclude()
	// Workers add findings in any order, but a second run must print the same.
	slices.SortStableFunc(r.Findings, func(a, b finding.Finding) int {
		return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.Detail, b.Detail), cmp.Compare(a.Found, b.Found))
	})
	finding.Sort(r.Findings)
}

// header takes unit and person from the header of the record with this index, if
// nothing else has named them. Of several records the first one counts.
func (v *verifier) header(index int, p *envelope.Party) {
	v.mu.Lock()
	defer v.mu.Unlock()
	r, place := v.report, index+1
	if r.UnitIC == "" || v.first > 0 {
		if p.IC == "" || v.first > 0 && place > v.first {
			return
		}
		v.first = place
		r.UnitIC, r.UnitName, r.PersonID, r.PersonName = p.IC, p.Name, p.Person.ID, p.Person.Name
		return
	}
	// The form gives no names when it is read back. Records are opened side by
	// side, so the one that names first in their order counts, not in time.
	if r.UnitIC == p.IC {
		nameOnce(&r.UnitName, &v.unitNamed, p.Name, place)
	}
	if r.PersonID == p.Person.ID {
		nameOnce(&r.PersonName, &v.personNamed, p.Person.Name, place)
	}
}

// nameOnce sets a name that nothing has given yet, or that a record at a later
// place gave.
func nameOnce(name *string, from *int, found string, place int) {
	if found != "" && (*from == 0 && *name == "" || place < *from) {
		*name, *from = found, place
	}
}
