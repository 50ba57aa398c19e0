// Package bundle builds a package, all that one hand-over on discs consists of:
// sealed records with their checksums, the form, images and the manifest
// (doc/package.md).
package bundle

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"csuis-offline/batch"
	"csuis-offline/checksum"
	"csuis-offline/finding"
	"csuis-offline/form"
	"csuis-offline/internal/iox"
	"csuis-offline/iso"
	"csuis-offline/progress"
	"csuis-offline/stage"
)

// Options say how Pack works. Batch, Out and Media are required.
type Options struct {
	// Batch says how the records are sealed. Pack sets OneUnit and Limit. The
	// zone of its Time decides the day in the package's name.
	Batch batch.Options
	// Out is the folder in which the package folder is made.
	Out   string
	Media iso.Media
	// Reason and Place are for the form.
	Reason, Place string
	// Generator names the program and its version.
	Generator string
	// BeforeCommit is called with the package's name and path when the package
	// is whole and about to appear there; its error keeps it from appearing.
	// nil is allowed.
	BeforeCommit func(name, path string) error
	// Ops are injectable file operations, for tests.
	Ops *stage.Ops
}

// Package is a package folder that Pack made.
type Package struct {
	Dir      string // path of the package folder
	Manifest *Manifest
}

// ErrNoFreeName says that the folder already holds 99 packages of the unit from
// that day.
var ErrNoFreeName = errors.New("bundle: no free package name for this day")

// Pack makes a package of the inputs. It judges all of them; with a finding of
// error severity it makes nothing and the package is nil. An error says that no
// package can be made, whatever the records are: it is [ErrNoFreeName] or
// [ErrImage], or one of output, of the configuration (*envelope.ConfigError), of
// the context or of BeforeCommit. In every case the package is whole in o.Out or
// not there at all.
func Pack(ctx context.Context, in batch.Inputs, o Options) (*Package, []finding.Finding, error) {
	o.Batch.OneUnit, o.Batch.Limit = true, sizeLimit(o.Media, 1)
	o.Batch.Progress = progress.Or(o.Batch.Progress)
	b := batch.Plan(ctx, in, o.Batch)
	if b.Len() == 0 {
		return nil, b.Findings(), nil
	}
	letters := judgeOwnLetters(&in, &o)
	// Each record is read to be sealed, and once more for its image.
	o.Batch.Progress.SetMax(2 * b.Size())
	defer o.Batch.Progress.Done()
	unit := b.Unit(ctx)
	if unit == "" || finding.Failed(b.Findings()) || len(letters) > 0 {
		// No package will come of this, but every record is still judged.
		_, fs, err := b.Seal(ctx, "")
		fs = append(fs, letters...)
		finding.Sort(fs)
		return nil, fs, err
	}
	made, err := makeOut(o.Out)
	if err != nil {
		return nil, nil, err
	}
	pkg, fs, err := packInto(ctx, b, unit, &o)
	if pkg == nil {
		for _, dir := range made {
			// Remove fails if somebody has put something into the folder
			// meanwhile; then the folder is theirs.
			_ = os.Remove(dir)
		}
	}
	finding.Sort(fs)
	return pkg, fs, err
}

func packInto(ctx context.Context, b *batch.Batch, unit string, o *Options) (*Package, []finding.Finding, error) {
	folder, name, err := newFolder(unit, o)
	if err != nil {
		return nil, b.Findings(), err
	}
	defer folder.Abort()
	dir := filepath.Join(folder.Path(), RecordsDir)
	if err := os.Mkdir(dir, 0o777); err != nil {
		return nil, b.Findings(), err
	}
	sealed, fs, err := b.Seal(ctx, dir)
	if sealed == nil {
		return nil, fs, err
	}
	if letters := judgeLetters(sealed); len(letters) > 0 {
		return nil, append(fs, letters...), nil
	}
	m := newManifest(sealed, o)
	m.Package = name
	more, err := assemble(ctx, folder.Path(), m, b, o)
	fs = append(fs, more...)
	if err != nil || finding.Failed(more) {
		return nil, fs, err
	}
	path := filepath.Join(o.Out, name)
	if o.BeforeCommit != nil {
		if err := o.BeforeCommit(name, path); err != nil {
			return nil, fs, err
		}
	}
	if err := folder.Commit(); err != nil {
		return nil, fs, err
	}
	return &Package{Dir: path, Manifest: m}, fs, nil
}

// newManifest starts the manifest.
func newManifest(sealed *batch.Sealed, o *Options) *Manifest {
	from := &sealed.Sender
	m := &Manifest{
		Format: formatName, Created: manifestTime(o.Batch.Time), Generator: o.Generator,
		Unit:   Unit{IC: from.IC, Name: from.Name},
		Person: Person{ID: from.Person.ID, Name: from.Person.Name, Email: from.Person.Email, Phones: from.Person.Phones},
		Reason: o.Reason, Place: o.Place, Checks: &sealed.Checks, Media: o.Media.Name,
		Records: make([]RecordInfo, len(sealed.Records)),
	}
	for i := range sealed.Records {
		m.Records[i] = recordInfo(&sealed.Records[i])
	}
	slices.SortFunc(m.Records, func(a, b RecordInfo) int { return cmp.Compare(a.Name, b.Name) })
	return m
}

func recordInfo(r *batch.Record) RecordInfo {
	source := "envelope"
	switch {
	case r.Input.Sealed:
		source = "xm6"
	case r.Built:
		source = "record"
	}
	return RecordInfo{
		Name: r.Name, Original: r.Input.FileName(), Source: source,
		RecordType: r.Info.RecordType, Root: r.Info.Root, SubjectIC: r.Info.SubjectIC,
		StatementDate: r.Info.StatementDate, TransactionID: r.Info.TransactionID, Created: r.Info.Created,
		Profile: r.Info.Profile.String(), Kept: r.Kept, XMLSize: r.XMLSize, Size: r.Size, SHA256: r.Sum,
	}
}

// assemble makes the form, the images and the manifest around sealed records.
func assemble(ctx context.Context, dir string, m *Manifest, b *batch.Batch, o *Options) ([]finding.Finding, error) {
	m.PackageSHA256 = packageDigest(m.Records)
	// The number of discs depends on the size of the form, and the form names
	// the discs: a split is right if it still holds with the form printed for
	// it. A guess that is a little high saves printing the form twice.
	size := guessForm(len(m.Records))
	for try := int64(0); ; try++ {
		if fs := judgeSizes(m.Records, b, o.Media, size); len(fs) > 0 && try > 0 {
			return fs, nil
		} else if len(fs) > 0 {
			size = 1
			continue
		}
		discs := split(m.Records, o.Media, size)
		if discs > maxDiscs {
			return []finding.Finding{{
				Code: finding.PackTooManyDiscs, Severity: finding.Error, Wanted: itoa(maxDiscs), Found: itoa(int64(discs)), Detail: o.Media.Name,
			}}, nil
		}
		var err error
		m.Form, err = writeForm(ctx, dir, m, discs, o.Batch.Time)
		if errors.Is(err, form.ErrForm) {
			return []finding.Finding{{Code: finding.PackForm, Severity: finding.Error, File: FormName, Detail: err.Error()}}, nil
		}
		if err != nil {
			return nil, err
		}
		if m.Form.Size <= size && (discs == 1 || try > 0) {
			if err := writeImages(ctx, dir, m, discs, o); err != nil {
				return nil, err
			}
			return nil, writeManifestFile(filepath.Join(dir, ManifestName), m)
		}
		// One more sub-heading can make the form a little longer again.
		size = m.Form.Size + try*4096
	}
}

// guessForm estimates the size of a form with so many records, a little too
// high.
func guessForm(records int) int64 { return 96<<10 + 180*int64(records) }

// judgeSizes refuses the records that turned out too large for a disc.
func judgeSizes(records []RecordInfo, b *batch.Batch, m iso.Media, formSize int64) []finding.Finding {
	limit := sizeLimit(m, formSize)
	var fs []finding.Finding
	for i := range records {
		if r := &records[i]; r.Size > limit.Size {
			fs = append(fs, b.TooLarge(r.Name, r.Size, limit))
		}
	}
	return fs
}

// packageDigest is the SHA-256 of all .SHA files in name order (doc/package.md).
func packageDigest(records []RecordInfo) (sum checksum.Sum) {
	h := sha256.New()
	for i := range records {
		h.Write(checksum.Line(records[i].Name+".XM6", records[i].SHA256))
	}
	h.Sum(sum[:0])
	return sum
}

func writeManifestFile(path string, m *Manifest) error {
	f, err := iox.Create(path, 0o666)
	if err != nil {
		return err
	}
	return errors.Join(WriteManifest(f, m), f.Close())
}

// newFolder reserves the first free package name of the day.
func newFolder(ic string, o *Options) (*stage.Folder, string, error) {
	for n := 1; n <= 99; n++ {
		name := fmt.Sprintf("CSUIS_%s_%s_%02d", ic, o.Batch.Time.Format("20060102"), n)
		folder, err := stage.CreateFolder(filepath.Join(o.Out, name), stage.Options{Ops: o.Ops})
		switch {
		case err == nil:
			return folder, name, nil
		case !errors.Is(err, stage.ErrExists) && !errors.Is(err, stage.ErrBusy):
			return nil, "", err
		}
	}
	return nil, "", fmt.Errorf("%w in %s", ErrNoFreeName, o.Out)
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// makeOut makes the output folder if it is missing, and returns the folders that
// it made, the innermost first.
func makeOut(dir string) (made []string, err error) {
	for up := filepath.Clean(dir); ; up = filepath.Dir(up) {
		if _, err := os.Stat(up); !errors.Is(err, os.ErrNotExist) || up == filepath.Dir(up) {
			break
		}
		made = append(made, up)
	}
	return made, os.MkdirAll(dir, 0o777)
}
