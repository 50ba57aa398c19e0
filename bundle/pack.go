package bundle

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"csuis-offline/checksum"
	"csuis-offline/crypto"
	"csuis-offline/envelope"
	"csuis-offline/finding"
	"csuis-offline/form"
	"csuis-offline/iso"
	"csuis-offline/stage"
)

// Package is a package folder that Pack made.
type Package struct {
	Dir      string // path of the package folder
	Manifest *Manifest
}

// ErrNoFreeName: the unit already has 99 packages of the day in the folder.
var ErrNoFreeName = errors.New("no free package name for this day")

// Pack makes a package of the records in inputs, which are files and folders.
// It judges all of them; with a finding of error severity it makes nothing and
// the package is nil. An error says that nothing could be made whatever the
// records are: input or output, configuration (*envelope.ConfigError), the
// context. Whatever happens, the package stands whole in o.Out or not at all.
func Pack(ctx context.Context, inputs []string, o PackOptions) (*Package, []finding.Finding, error) {
	o = o.withDefaults()
	ins, fs := collect(inputs)
	for i := range ins {
		ins[i].made = o.Originals[ins[i].path]
	}
	fs = append(fs, plan(ctx, ins, &o)...)
	if len(ins) == 0 {
		return nil, fs, nil
	}
	o.Progress.SetMax(totalSize(ins))
	defer o.Progress.Done()
	ic := findIC(ctx, ins, &o)
	if finding.Failed(fs) || ic == "" {
		// No package will come of this, but every record is still judged.
		_, more, err := judgeAll(ctx, ins, "", &o)
		return nil, sorted(fs, more), err
	}
	made, err := makeOut(o.Out)
	if err != nil {
		return nil, nil, err
	}
	pkg, more, err := packInto(ctx, ins, ic, &o)
	if pkg == nil {
		for _, dir := range made {
			// It fails where somebody put something there meanwhile, and
			// then the folder is theirs.
			_ = os.Remove(dir)
		}
	}
	return pkg, sorted(fs, more), err
}

func sorted(a, b []finding.Finding) []finding.Finding {
	fs := append(a, b...)
	finding.Sort(fs)
	return fs
}

func packInto(ctx context.Context, ins []input, ic string, o *PackOptions) (*Package, []finding.Finding, error) {
	folder, name, err := newFolder(ic, o)
	if err != nil {
		return nil, nil, err
	}
	defer folder.Abort()
	dir := filepath.Join(folder.Path(), RecordsDir)
	if err := os.Mkdir(dir, 0o777); err != nil {
		return nil, nil, err
	}
	m, fs, err := judgeAll(ctx, ins, dir, o)
	if err != nil || finding.Failed(fs) {
		return nil, fs, err
	}
	m.Package = name
	more, err := assemble(ctx, folder.Path(), m, ins, o)
	fs = append(fs, more...)
	if err != nil || finding.Failed(fs) {
		return nil, fs, err
	}
	if o.Named != nil {
		if err := o.Named(name, filepath.Join(o.Out, name)); err != nil {
			return nil, fs, err
		}
	}
	if err := folder.Commit(); err != nil {
		return nil, fs, err
	}
	return &Package{Dir: filepath.Join(o.Out, name), Manifest: m}, fs, nil
}

// judgeAll seals every record into dir and starts the manifest.
func judgeAll(ctx context.Context, ins []input, dir string, o *PackOptions) (*Manifest, []finding.Finding, error) {
	records, fs, err := sealAll(ctx, ins, dir, o)
	if err != nil {
		return nil, nil, err
	}
	checks := Checks{}
	if o.Judge != nil {
		checks = o.Judge.Checks()
	}
	unit, person := sender(records, o.Envelope)
	m := &Manifest{
		Format: formatName, Created: manifestTime(o.Time), Generator: o.Generator,
		Unit: unit, Person: person, Reason: o.Reason, Place: o.Place, Checks: &checks, Media: o.Media.Name,
		Records: make([]RecordInfo, len(records)),
	}
	for i := range records {
		m.Records[i] = records[i].info
	}
	slices.SortFunc(m.Records, func(a, b RecordInfo) int { return cmp.Compare(a.Name, b.Name) })
	return m, fs, nil
}

// sealAll seals every record into dir, and judges each and all together.
func sealAll(ctx context.Context, ins []input, dir string, o *PackOptions) ([]built, []finding.Finding, error) {
	b := &builder{o: o, dir: dir}
	records, err := b.all(ctx, ins)
	if err != nil {
		return nil, nil, err
	}
	var fs []finding.Finding
	for i := range records {
		fs = append(fs, records[i].findings...)
	}
	fs = append(fs, judgeTogether(ins, records, o.anyUnit)...)
	if o.Judge != nil {
		fs = append(fs, o.Judge.Finish()...)
	}
	return records, fs, nil
}

// assemble makes the form, the images and the manifest around sealed records.
func assemble(ctx context.Context, dir string, m *Manifest, ins []input, o *PackOptions) ([]finding.Finding, error) {
	m.PackageSHA256 = packageDigest(m.Records)
	// How many discs there are depends on the size of the form, and the form
	// names the discs: the split that holds with the form printed for it is the
	// one. A guess that is a little high saves printing it twice.
	size := guessForm(len(m.Records))
	for try := int64(0); ; try++ {
		if fs := judgeSealed(m.Records, ins, o.Media, size); len(fs) > 0 && try > 0 {
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
		m.Form, err = writeForm(ctx, dir, m, discs, o.Time)
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
		// A sub-heading more can make the form a little longer again.
		size = m.Form.Size + try*4096
	}
}

// guessForm is about the size of a form with so many records, rather more.
func guessForm(records int) int64 { return 96<<10 + 180*int64(records) }

// judgeSealed refuses the records that turned out too large for a disc.
func judgeSealed(records []RecordInfo, ins []input, m iso.Media, formSize int64) []finding.Finding {
	most := capacity(m, formSize)
	var fs []finding.Finding
	for i := range records {
		if r := &records[i]; r.Size > most {
			j := slices.IndexFunc(ins, func(in input) bool { return in.name == r.Name })
			fs = append(fs, tooLarge(&ins[j], r.Size, most, m))
		}
	}
	return fs
}

// packageDigest is the SHA-256 of all .SHA files in name order (design: the
// package digest).
func packageDigest(records []RecordInfo) (sum checksum.Sum) {
	h := sha256.New()
	for i := range records {
		h.Write(checksum.Line(records[i].Name+".XM6", records[i].SHA256))
	}
	h.Sum(sum[:0])
	return sum
}

func writeManifestFile(path string, m *Manifest) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(WriteManifest(f, m), f.Close())
}

// newFolder reserves the first free package name of the day.
func newFolder(ic string, o *PackOptions) (*stage.Folder, string, error) {
	for n := 1; n <= 99; n++ {
		name := fmt.Sprintf("CSUIS_%s_%s_%02d", ic, o.Time.Format("20060102"), n)
		folder, err := stage.CreateFolder(filepath.Join(o.Out, name), stage.Options{Ops: o.Ops})
		switch {
		case err == nil:
			return folder, name, nil
		case !errors.Is(err, stage.ErrExists) && !errors.Is(err, stage.ErrBusy):
			return nil, "", err
		}
	}
	return nil, "", fmt.Errorf("%s: %w", o.Out, ErrNoFreeName)
}

// makeOut makes the output folder where it is missing, and says which folders
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

// findIC finds the unit that the package is named after: that of the first
// record whose header can be read.
func findIC(ctx context.Context, ins []input, o *PackOptions) string {
	for i := range ins {
		if ctx.Err() != nil {
			return ""
		}
		if ic := peekIC(&ins[i], o); envelope.CheckIC(ic) != envelope.ICMalformed {
			return ic
		}
	}
	return ""
}

func peekIC(in *input, o *PackOptions) string {
	f, err := os.Open(in.path)
	if err != nil {
		return ""
	}
	defer f.Close()
	var r io.Reader = f
	if in.sealed {
		r = crypto.NewReader(f, o.Key)
	}
	info, err := envelope.Peek(r)
	if errors.Is(err, envelope.ErrNotEnvelope) && o.Envelope != nil {
		return o.Envelope.Unit.IC
	}
	if err != nil {
		return ""
	}
	return info.Sender.IC
}

// totalSize is how many bytes will be read: each record to be sealed, and what
// was sealed again for its image.
func totalSize(ins []input) (n int64) {
	for i := range ins {
		n += 2 * ins[i].size
	}
	return n
}
