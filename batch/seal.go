package batch

import (
	"bufio"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"golang.org/x/sync/errgroup"

	"csuis-offline/checksum"
	"csuis-offline/crypto"
	"csuis-offline/finding"
	"csuis-offline/internal/iox"
	"csuis-offline/seal"
)

// sealing is one run of Batch.Seal.
type sealing struct {
	*Batch
	dir    string    // "" keeps nothing
	checks *checking // nil checks nothing

	// What became of each input; workers write to different indices.
	records  []Record
	findings [][]finding.Finding
	ok       []bool
}

func newSealing(b *Batch, dir string) *sealing {
	n := len(b.inputs)
	s := &sealing{Batch: b, dir: dir, records: make([]Record, n), findings: make([][]finding.Finding, n), ok: make([]bool, n)}
	if b.o.Checker != nil {
		s.checks = &checking{checker: b.o.Checker}
	}
	return s
}

// all seals every input, several at once. Whatever is wrong with a record becomes
// a finding and stops nothing; an error stops everything.
func (s *sealing) all(ctx context.Context) error {
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(s.o.Workers)
	for i := range s.inputs {
		if inner.Err() != nil {
			break
		}
		group.Go(func() error { return s.one(inner, i) })
	}
	err := group.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

func (s *sealing) one(ctx context.Context, i int) error {
	in := &s.inputs[i]
	fs, err := s.input(ctx, in, &s.records[i])
	if err != nil {
		return fmt.Errorf("record %s: %w", in.name, err)
	}
	for k := range fs {
		fs[k].File, fs[k].Record = in.Shown(), in.name
	}
	s.findings[i], s.ok[i] = fs, !finding.Failed(fs)
	return nil
}

// input seals one input. If a finding has error severity, r is not set.
func (s *sealing) input(ctx context.Context, in *Input, r *Record) ([]finding.Finding, error) {
	f, err := iox.Open(in.Path)
	if iox.TooManyOpen(err) {
		return nil, err // which says nothing about this record
	}
	if err != nil {
		return unreadable("", err), nil
	}
	defer f.Close()
	dst, err := s.create(in.name + ".XM6")
	if err != nil {
		return nil, err
	}
	defer dst.Close()
	src := &iox.Reader{R: f, Counter: s.o.Progress}
	if s.o.InputSums {
		src.Hash = sha256.New()
	}
	var res *seal.Result
	var fs []finding.Finding
	checked, err := s.checks.flow(ctx, in, src, func(src io.Reader, plain io.Writer) (err error) {
		if in.Sealed {
			res, fs, err = s.fromSealed(ctx, dst, plain, src, in)
		} else {
			res, fs, err = s.fromXML(ctx, dst, src)
		}
		return err
	})
	switch {
	case err == nil:
		fs = append(fs, judgeTexts(&res.Info)...)
	case src.Err != nil:
		fs = append(fs, unreadable("", src.Err)...)
	case seal.Findings(err) != nil:
		fs = append(fs, seal.Findings(err)...)
	default:
		return nil, err
	}
	fs = join(fs, checked)
	if finding.Failed(fs) {
		return fs, nil
	}
	if err := dst.Close(); err != nil {
		return nil, err
	}
	if err := s.checksum(in.name, res.Sum); err != nil {
		return nil, err
	}
	*r = Record{
		Input: *in, Name: in.name, Info: res.Info, Kept: res.Kept, Built: res.Built,
		XMLSize: res.XMLSize, Size: res.SealedSize, Sum: res.Sum,
	}
	if src.Hash != nil {
		src.Hash.Sum(r.InputSum[:0])
	}
	return fs, nil
}

// unreadable is the finding that a file cannot be read; label names the file if
// it is not the input itself.
func unreadable(label string, err error) []finding.Finding {
	return []finding.Finding{{Code: finding.PackUnreadable, Severity: finding.Error, Detail: label + cause(err)}}
}

func (s *sealing) fromXML(ctx context.Context, dst io.Writer, src io.Reader) (*seal.Result, []finding.Finding, error) {
	res, err := seal.Seal(ctx, dst, src, seal.Options{
		Key: s.o.Key, Profile: s.o.Profile, Envelope: s.o.Envelope, Now: s.o.Time, Rand: s.o.Rand,
	})
	if err != nil {
		return nil, nil, err
	}
	return res, res.Notes, nil
}

// fromSealed takes over a finished .XM6 as it is, provided that its .SHA and
// everything inside agree. It writes the decrypted envelope to plain.
func (s *sealing) fromSealed(ctx context.Context, dst, plain io.Writer, src io.Reader, in *Input) (*seal.Result, []finding.Finding, error) {
	given := sha256.New()
	raw, decoded, err := crypto.Raw(io.TeeReader(src, given))
	if err != nil {
		return nil, nil, err
	}
	out := bufio.NewWriterSize(dst, 64<<10)
	res, err := seal.Open(ctx, plain, io.TeeReader(raw, out), s.o.Key)
	if ferr := out.Flush(); err == nil && ferr != nil {
		err = ferr
	}
	if err == nil {
		err = res.Info.Check()
	}
	if err != nil {
		return nil, nil, err
	}
	var fs []finding.Finding
	if decoded {
		fs = append(fs, finding.Finding{Code: finding.PackDecoded, Severity: finding.Info})
	}
	fs = append(fs, res.Notes...)
	return res, append(fs, compareSHA(in, res.Sum, checksum.Sum(given.Sum(nil)))...), nil
}

// compareSHA compares a finished .XM6 with its checksum file, if it has one. The
// checksum may be of the file as given or of its raw form.
func compareSHA(in *Input, sums ...checksum.Sum) []finding.Finding {
	if in.SHA == "" {
		return nil
	}
	f, err := iox.Open(in.SHA)
	if err != nil {
		return unreadable(filepath.Base(in.SHA)+": ", err)
	}
	defer f.Close()
	entry, err := checksum.ParseOne(f)
	if err != nil {
		return []finding.Finding{{Code: finding.ShaMalformed, Severity: finding.Error, Detail: err.Error()}}
	}
	if slices.Contains(sums, entry.Sum) {
		return nil
	}
	return []finding.Finding{{
		Code: finding.ShaMismatch, Severity: finding.Error, Wanted: entry.Sum.String(), Found: sums[len(sums)-1].String(),
	}}
}

func (s *sealing) checksum(name string, sum checksum.Sum) error {
	f, err := s.create(name + ".SHA")
	if err != nil {
		return err
	}
	_, err = f.Write(checksum.Line(name+".XM6", sum))
	return errors.Join(err, f.Close())
}

func (s *sealing) create(name string) (io.WriteCloser, error) {
	if s.dir == "" {
		return iox.Discard, nil
	}
	f, err := iox.Create(filepath.Join(s.dir, name), 0o666)
	if err != nil {
		return nil, err
	}
	return iox.CloseOnce(f), nil
}
