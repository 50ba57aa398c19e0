package bundle

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"csuis-offline/checksum"
	"csuis-offline/finding"
	"csuis-offline/internal/iox"
	"csuis-offline/iso"
	"csuis-offline/progress"
)

// ErrImage says that an image that was just written does not pass the linter. It
// is never the user's fault: either this program has a bug, or the disk does not
// keep what is written to it.
var ErrImage = errors.New("bundle: the written image breaks the rules of images")

// writeImage writes and lints the image of one disc.
func writeImage(ctx context.Context, dir string, m *Manifest, disc, discs int, o *Options) (ImageInfo, error) {
	sums := make(map[string]*RecordInfo)
	files := []iso.File{{Name: FormName, Size: m.Form.Size}}
	for i := range m.Records {
		if r := &m.Records[i]; r.Disc == disc {
			pair := recordFiles(r)
			files = append(files, pair[:]...)
			sums[r.Name] = r
		}
	}
	layout, err := iso.Plan(files, iso.Options{
		VolumeID: volumeID(m.Package, disc, discs), Application: "CSUIS-OFFLINE",
		Time: m.Created, MaxSectors: o.Media.Sectors,
	})
	if err != nil {
		return ImageInfo{}, err
	}
	path := filepath.Join(dir, ImageName(disc))
	f, err := iox.Create(path, 0o666)
	if err != nil {
		return ImageInfo{}, err
	}
	defer f.Close()
	out := &iox.Writer{W: f, Hash: sha256.New()}
	err = layout.Write(ctx, out, func(name string) (io.ReadCloser, error) {
		return openForDisc(dir, name, m, sums, o.Batch.Progress)
	})
	if err != nil {
		return ImageInfo{}, err
	}
	if err := lintOwn(ctx, f, out.N); err != nil {
		return ImageInfo{}, fmt.Errorf("%s: %w", ImageName(disc), err)
	}
	return ImageInfo{
		FileInfo: fileInfo(ImageName(disc), out), Disc: disc, VolumeID: volumeID(m.Package, disc, discs), Records: len(sums),
	}, f.Close()
}

// openForDisc opens a staged file for the image. Its reader compares the content
// with the digest made when the file was written, so that an image never carries
// a record that the disk has spoiled in between.
func openForDisc(dir, name string, m *Manifest, sums map[string]*RecordInfo, p progress.Counter) (io.ReadCloser, error) {
	if name == FormName {
		return openChecked(filepath.Join(dir, name), m.Form.SHA256, m.Form.Size, p)
	}
	stem, ext, _ := strings.Cut(name, ".")
	r := sums[stem]
	if ext == "SHA" {
		return io.NopCloser(strings.NewReader(string(checksum.Line(stem+".XM6", r.SHA256)))), nil
	}
	return openChecked(filepath.Join(dir, RecordsDir, name), r.SHA256, r.Size, p)
}

func openChecked(path string, want checksum.Sum, size int64, p progress.Counter) (io.ReadCloser, error) {
	f, err := iox.Open(path)
	if err != nil {
		return nil, err
	}
	return struct {
		io.Reader
		io.Closer
	}{&iox.Reader{R: checksum.NewReader(f, want, size), Counter: p}, f}, nil
}

func lintOwn(ctx context.Context, r io.ReaderAt, size int64) error {
	violations, err := iso.Lint(ctx, r, size)
	if err != nil {
		return err
	}
	var errs []error
	for _, v := range violations {
		if v.Severity == finding.Error {
			errs = append(errs, fmt.Errorf("%w: %s (%s): %s", ErrImage, v.Rule, v.Clause, v.Detail))
		}
	}
	return errors.Join(errs...)
}

// fileInfo describes the file that was written through w.
func fileInfo(name string, w *iox.Writer) FileInfo {
	return FileInfo{File: name, Size: w.N, SHA256: checksum.Sum(w.Hash.Sum(nil))}
}

// writeImages writes the images of all discs.
func writeImages(ctx context.Context, dir string, m *Manifest, discs int, o *Options) error {
	m.Images = make([]ImageInfo, 0, discs)
	for disc := 1; disc <= discs; disc++ {
		im, err := writeImage(ctx, dir, m, disc, discs, o)
		if err != nil {
			return err
		}
		m.Images = append(m.Images, im)
	}
	return nil
}

// manifestTime is the time stated in the manifest and in images. It is cut to
// seconds, since an image keeps no more.
func manifestTime(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }
