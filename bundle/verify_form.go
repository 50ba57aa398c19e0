package bundle

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"

	"csuis-offline/checksum"
	"csuis-offline/finding"
	"csuis-offline/form"
)

// formCopy is a form as it was read.
type formCopy struct {
	file string // in findings
	sum  checksum.Sum
	size int64
	// listing and witness are nil for a form that cannot be read back. The
	// listing's rows are the witness's.
	listing *form.Listing
	witness *witness
}

// readForm reads the form of a set. It is nil where there is none, or none that
// could be read at all; that is told.
func (v *verifier) readForm(ctx context.Context, s *fileSet, missing finding.Severity) (*formCopy, error) {
	f, found := s.find(FormName)
	file := s.show(FormName)
	if found {
		file = s.show(f.name)
	}
	switch {
	case !found:
		v.add(finding.Finding{Code: finding.FormMissing, Severity: missing, File: file})
		return nil, nil
	case f.kind != kindRegular:
		v.fail(finding.FileUnreadable, file, f.kind.String())
		return nil, nil
	case f.size == 0:
		v.fail(finding.FileEmpty, file, "")
		return nil, nil
	}
	src, err := s.open(f.name)
	if err != nil {
		v.fail(finding.FileUnreadable, file, fileCause(err))
		return nil, nil
	}
	defer src.Close()
	in := &watchedReader{r: &contextReader{ctx, src}, progress: v.progress}
	h := sha256.New()
	all := &countedReader{r: io.TeeReader(in, h)}
	listing, err := form.Read(all)
	if in.err == nil {
		_, _ = io.CopyBuffer(io.Discard, onlyReader{all}, make([]byte, 256<<10))
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if in.err != nil {
		v.fail(finding.FileUnreadable, file, fileCause(in.err))
		return nil, nil
	}
	v.read(all.n)
	c := &formCopy{file: file, sum: checksum.Sum(h.Sum(nil)), size: all.n}
	switch {
	case errors.Is(err, form.ErrNotOurForm):
		v.add(finding.Finding{Code: finding.FormForeign, Severity: finding.Warning, File: file})
	case err != nil:
		v.fail(finding.FormDamaged, file, err.Error())
	default:
		c.listing, c.witness = listing, formWitness(listing)
		listing.Rows = nil // the witness has what is needed of them
	}
	return c, nil
}

// readable returns the form where it could be read back, else nil.
func (c *formCopy) readable() *formCopy {
	if c == nil || c.listing == nil {
		return nil
	}
	return c
}

// ownDigest is the package digest of the records that the form lists.
func (c *formCopy) ownDigest() (sum checksum.Sum) {
	h := sha256.New()
	for i := range c.witness.rows {
		h.Write(checksum.Line(c.witness.rows[i].name+".XM6", c.witness.rows[i].sum))
	}
	h.Sum(sum[:0])
	return sum
}

// contextReader ends when the context does.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c *contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

type countedReader struct {
	r io.Reader
	n int64
}

func (c *countedReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// compareForm holds the form to the manifest.
func (v *verifier) compareForm(m *Manifest, c *formCopy) {
	l := c.listing
	differ := func(record, field, wanted, found string) {
		if wanted != found {
			v.add(finding.Finding{
				Code: finding.FormMismatch, Severity: finding.Error, File: c.file, Record: record,
				Detail: field, Wanted: shown(wanted), Found: shown(found),
			})
		}
	}
	differ("", "package", m.Package, l.Package)
	differ("", "unit.ic", m.Unit.IC, l.IC)
	differ("", "person.id", m.Person.ID, l.PersonID)
	differ("", "discs", itoa(int64(len(m.Images))), itoa(int64(len(l.Volumes))))
	for i := range min(len(m.Images), len(l.Volumes)) {
		differ("", "volume_id", m.Images[i].VolumeID, l.Volumes[i])
	}
	for i := range m.Records {
		r := &m.Records[i]
		if row := c.witness.find(r.Name); row != nil {
			differ(r.Name, "transaction_id", r.TransactionID, row.transactionID)
			differ(r.Name, "disc", itoa(int64(r.Disc)), itoa(int64(row.disc)))
		}
	}
}

// digest compares the package digest, where it could be made, with one stated
// in a file, and with what was found wrong in another file already: that is
// told once.
func (v *verifier) digest(file string, stated, found checksum.Sum) {
	if stated == found {
		return
	}
	v.add(finding.Finding{
		Code: finding.PackageDigest, Severity: finding.Error, File: file, Wanted: stated.String(), Found: found.String(),
	})
}
