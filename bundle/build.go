package bundle

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"csuis-offline/checksum"
	"csuis-offline/crypto"
	"csuis-offline/envelope"
	"csuis-offline/finding"
	"csuis-offline/progress"
	"csuis-offline/seal"
)

// built is what became of one input.
type built struct {
	info     RecordInfo
	sender   envelope.Party
	source   checksum.Sum // of the input's bytes, with PackOptions.sumSources
	findings []finding.Finding
	ok       bool
}

// builder seals inputs into a records folder.
type builder struct {
	o   *PackOptions
	dir string // "" judges without keeping anything
}

// all seals every input, several at once. What is wrong with a record is among
// its findings and stops nothing; an error is one of output or of the context,
// and stops everything.
func (b *builder) all(ctx context.Context, inputs []input) ([]built, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	out := make([]built, len(inputs))
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(b.o.Workers, len(inputs)) {
		wg.Go(func() {
			for i := range next {
				if err := b.one(ctx, &inputs[i], &out[i]); err != nil {
					cancel(err)
				}
			}
		})
	}
feed:
	for i := range inputs {
		select {
		case next <- i:
		case <-ctx.Done():
			break feed
		}
	}
	close(next)
	wg.Wait()
	return out, context.Cause(ctx)
}

func (b *builder) one(ctx context.Context, in *input, out *built) error {
	src, err := os.Open(in.path)
	if err != nil {
		out.findings = []finding.Finding{{Code: finding.PackUnreadable, Severity: finding.Error, File: in.path, Record: in.name, Detail: cause(err)}}
		return nil
	}
	defer src.Close()
	dst, err := b.create(in.name + ".XM6")
	if err != nil {
		return err
	}
	defer dst.Close()
	watch := &watchedReader{r: src, progress: b.o.Progress}
	if b.o.sumSources {
		watch.hash = sha256.New()
	}
	var res *seal.Result
	var fs []finding.Finding
	judged, err := b.judged(ctx, in, watch, func(src io.Reader, plain io.Writer) (err error) {
		if in.sealed {
			res, fs, err = b.fromSealed(ctx, dst, plain, src, in)
		} else {
			res, fs, err = b.fromXML(ctx, dst, src)
		}
		return err
	})
	switch {
	case err == nil:
	case watch.err != nil:
		fs = append(fs, finding.Finding{Code: finding.PackUnreadable, Severity: finding.Error, Detail: cause(watch.err)})
	case seal.Findings(err) != nil:
		fs = append(fs, seal.Findings(err)...)
	default:
		return fmt.Errorf("record %s: %w", in.name, err)
	}
	if err == nil {
		fs = append(fs, judgeTexts(res)...)
	}
	fs = together(fs, judged)
	for i := range fs {
		fs[i].File, fs[i].Record = in.path, in.name
	}
	out.findings = fs
	if finding.Failed(fs) {
		return nil
	}
	if err := dst.Close(); err != nil {
		return fmt.Errorf("record %s: %w", in.name, err)
	}
	if err := b.checksum(in.name, res.Sum); err != nil {
		return err
	}
	out.ok = true
	out.sender = res.Info.Sender
	if watch.hash != nil {
		watch.hash.Sum(out.source[:0])
	}
	out.info = recordInfo(in, res)
	return nil
}

func recordInfo(in *input, res *seal.Result) RecordInfo {
	source := "envelope"
	switch {
	case in.sealed:
		source = "xm6"
	case res.Built:
		source = "record"
	}
	return RecordInfo{
		Name: in.name, Original: in.original(), Source: source,
		RecordType: res.Info.RecordType, Root: res.Info.Root, SubjectIC: res.Info.SubjectIC,
		StatementDate: res.Info.StatementDate, TransactionID: res.Info.TransactionID, Created: res.Info.Created,
		Profile: res.Info.Profile.String(), Kept: res.Kept,
		XMLSize: res.XMLSize, Size: res.SealedSize, SHA256: res.Sum,
	}
}

func (b *builder) fromXML(ctx context.Context, dst io.Writer, src io.Reader) (*seal.Result, []finding.Finding, error) {
	res, err := seal.Seal(ctx, dst, src, seal.Options{
		Key: b.o.Key, Profile: b.o.Profile, Envelope: b.o.Envelope, Now: b.o.Time, Rand: b.o.Rand,
	})
	if err != nil {
		return nil, nil, err
	}
	return res, res.Notes, nil
}

// fromSealed takes a finished .XM6 over as it is, once its .SHA, where one lies
// beside it, and everything inside agree. plain gets what is in it.
func (b *builder) fromSealed(ctx context.Context, dst, plain io.Writer, src io.Reader, in *input) (*seal.Result, []finding.Finding, error) {
	given := &summer{}
	raw, decoded, err := crypto.Raw(io.TeeReader(src, given))
	if err != nil {
		return nil, nil, err
	}
	out := bufio.NewWriterSize(dst, 64<<10)
	res, err := seal.Open(ctx, plain, io.TeeReader(raw, out), b.o.Key)
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
	return res, append(fs, compareSHA(in, res.Sum, given.sum())...), nil
}

// compareSHA holds a finished .XM6 to the checksum file beside it. The checksum
// may be of the file as given or of its raw form.
func compareSHA(in *input, sums ...checksum.Sum) []finding.Finding {
	if in.sha == "" {
		return nil
	}
	f, err := os.Open(in.sha)
	if err != nil {
		return []finding.Finding{{Code: finding.PackUnreadable, Severity: finding.Error, Detail: filepath.Base(in.sha) + ": " + cause(err)}}
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

func (b *builder) checksum(name string, sum checksum.Sum) error {
	f, err := b.create(name + ".SHA")
	if err != nil {
		return err
	}
	_, err = io.Copy(f, bytes.NewReader(checksum.Line(name+".XM6", sum)))
	return errors.Join(err, f.Close())
}

func (b *builder) create(name string) (io.WriteCloser, error) {
	if b.dir == "" {
		return discard{}, nil
	}
	f, err := os.OpenFile(filepath.Join(b.dir, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return nil, err
	}
	return &onceCloser{File: f}, nil
}

// onceCloser can be closed again by a deferred call without an error.
type onceCloser struct {
	*os.File
	closed bool
}

func (c *onceCloser) Close() error {
	if c.closed {
		return nil
	}
	c.closed = true
	return c.File.Close()
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
func (discard) Close() error                { return nil }

// watchedReader reports progress and keeps an error of reading apart from all
// the others.
type watchedReader struct {
	r        io.Reader
	progress progress.Counter
	hash     hash.Hash // nil: not wanted
	err      error
}

func (w *watchedReader) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	w.progress.Add(int64(n))
	if w.hash != nil {
		w.hash.Write(p[:n])
	}
	if err != nil && err != io.EOF {
		w.err = err
	}
	return n, err
}
