package sim

import (
	"bufio"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"csuis-offline/bundle"
	"csuis-offline/bundle/verify"
	"csuis-offline/crypto"
	"csuis-offline/finding"
	"csuis-offline/iso"
)

// Intake is what the filing office found on a disc and took from it.
type Intake struct {
	Report *verify.Report `json:"report"`
	// Taken are the names of the sealed records that were taken, Refused of those
	// left out: damaged, or without a matching checksum.
	Taken   []string `json:"taken"`
	Refused []string `json:"refused"`
}

// maxDiscRecords bounds a disc, in sealed records.
const maxDiscRecords = 1_000_000

// Intake takes a disc as the ministry's filing office does (technical manual,
// chapter D, náhradní přenosová cesta): an image, a mounted disc, or a
// package's folder. What lies on it is verified first; each sealed record with
// nothing wrong about it is delivered, in the order of names, and answered into
// the inboxes like one that came online. An error says that the disc cannot be
// read, or that the simulator failed; what was taken before it stays taken.
func (s *Sim) Intake(ctx context.Context, target string) (*Intake, error) {
	report, err := verify.Target(ctx, target, verify.Options{})
	if err != nil {
		return nil, err
	}
	in := &Intake{Report: report, Taken: []string{}, Refused: []string{}}
	bad := map[string]bool{}
	for _, f := range report.Findings {
		if f.Severity == finding.Error && f.Record != "" {
			bad[strings.ToUpper(f.Record)] = true
		}
	}
	disc, err := openDisc(target, report.Kind)
	if err != nil {
		return in, err
	}
	defer disc.close()
	login := ""
	for _, p := range s.o.Register.everybody() {
		if p.ID == report.PersonID {
			login = p.Login
		}
	}
	for _, name := range disc.names {
		if bad[strings.ToUpper(strings.TrimSuffix(name, path.Ext(name)))] {
			in.Refused = append(in.Refused, name)
			continue
		}
		if err := s.deliver(disc, name, login); err != nil {
			return in, err
		}
		in.Taken = append(in.Taken, name)
	}
	return in, nil
}

// deliver copies a sealed record from a disc, in its raw form.
func (s *Sim) deliver(d *disc, name, login string) (err error) {
	file := s.fileName(dirSealed, "xm6")
	defer func() {
		if err != nil {
			os.Remove(s.path(file))
		}
	}()
	src, err := d.open(name)
	if err != nil {
		return err
	}
	defer src.Close()
	out, err := os.OpenFile(s.path(file), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	raw, _, err := crypto.Raw(bufio.NewReaderSize(src, 64<<10))
	if err == nil {
		_, err = io.Copy(out, raw)
	}
	if errors.Is(err, crypto.ErrDamaged) {
		err = nil // what there is of it is delivered, and refused
	}
	if e := out.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	return s.accept(Delivery{Channel: Disc, Login: login, Name: name}, file, mode{})
}

// disc is where sealed records lie.
type disc struct {
	names []string
	open  func(name string) (io.ReadCloser, error)
	close func() error
}

func openDisc(target string, kind verify.Kind) (*disc, error) {
	if kind == verify.KindImage || kind == verify.KindDevice {
		return openImage(target)
	}
	if kind == verify.KindPackage {
		target = filepath.Join(target, bundle.RecordsDir)
	}
	fsys := os.DirFS(target)
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, err
	}
	d := &disc{
		open:  func(name string) (io.ReadCloser, error) { return fsys.Open(name) },
		close: func() error { return nil },
	}
	for _, e := range entries {
		if e.Type().IsRegular() {
			d.names = append(d.names, e.Name())
		}
	}
	return d.sealedOnly()
}

func openImage(target string) (*disc, error) {
	f, err := os.Open(target)
	if err != nil {
		return nil, err
	}
	size, err := f.Seek(0, io.SeekEnd)
	var im *iso.Image
	if err == nil {
		im, err = iso.Open(f, size)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	d := &disc{close: f.Close, open: func(name string) (io.ReadCloser, error) {
		r, err := im.OpenFile(name)
		return io.NopCloser(r), err
	}}
	for _, e := range im.Files() {
		d.names = append(d.names, e.Name)
	}
	d, err = d.sealedOnly()
	if err != nil {
		f.Close()
	}
	return d, err
}

func (d *disc) sealedOnly() (*disc, error) {
	d.names = slices.DeleteFunc(d.names, func(n string) bool { return !strings.EqualFold(path.Ext(n), ".xm6") })
	if len(d.names) > maxDiscRecords {
		return nil, errors.New("more records than a disc can hold")
	}
	slices.Sort(d.names)
	return d, nil
}
