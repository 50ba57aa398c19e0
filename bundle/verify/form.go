package verify

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"

	"csuis-offline/bundle"
	"csuis-offline/checksum"
	"csuis-offline/finding"
	"csuis-offline/form"
	"csuis-offline/internal/iox"
)

// formCopy is a form as it was read from one place.
type formCopy struct {
	file string // in findings
	sum  checksum.Sum
	size int64
	// listing and expected are nil if the form cannot be read back. The rows of
	// the listing are in expected.
	listing  *form.Listing
	expected *expected
}

// readForm reads the form of a set. The result is nil if the form is missing,
// which is a finding of the given severity, or cannot be read at all, which is
// an error.
func (v *verifier) readForm(ctx context.Context, s *fileSet, missing finding.Severity) (*formCopy, error) {
	f, found := s.find(bundle.FormName)
	file := s.show(bundle.FormName)
	if found {
		file = s.show(f.name)
	}
	switch {
	case !found:
		v.add(finding.Finding{Code: finding.FormMissing, Severity: missing, File: file})
		return nil, nil
	case f.kind == kindSeveral:
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
	in := &iox.Reader{R: iox.WithContext(ctx, src), Hash: sha256.New(), Counter: v.progress}
	listing, err := form.Read(in)
	if in.Err == nil {
		_, _ = io.CopyBuffer(io.Discard, iox.Plain(in), make([]byte, 256<<10))
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if in.Err != nil {
		v.fail(finding.FileUnreadable, file, fileCause(in.Err))
		return nil, nil
	}
	v.read(in.N)
	c := &formCopy{file: file, sum: checksum.Sum(in.Hash.Sum(nil)), size: in.N}
	if f := judgeForm(listing, err); f != nil {
		f.File = file
		v.add(*f)
	}
	if err == nil {
		c.listing, c.expected = listing, expectedByForm(listing)
		listing.Rows = nil // expected has what is needed of these rows
	}
	return c, nil
}

// judgeForm is the finding about a form by what reading it gave, or nil.
func judgeForm(l *form.Listing, err error) *finding.Finding {
	var altered *form.AlteredError
	var layout *form.LayoutError
	switch {
	case err == nil && l.Appended == 0:
		return nil
	case err == nil:
		f := finding.Finding{Code: finding.FormAppended, Severity: finding.Error}.WithSizes(l.Length, l.Length+l.Appended)
		return &f
	case errors.Is(err, form.ErrNotOurForm):
		return &finding.Finding{Code: finding.FormForeign, Severity: finding.Warning}
	case errors.As(err, &layout):
		return &finding.Finding{Code: finding.FormLayout, Severity: finding.Warning, Found: itoa(int64(layout.Layout))}
	case errors.As(err, &altered):
		return &finding.Finding{Code: finding.FormAltered, Severity: finding.Error, Detail: altered.Part}
	}
	return &finding.Finding{Code: finding.FormDamaged, Severity: finding.Error, Detail: err.Error()}
}

// readable returns the form if it could be read back, and nil otherwise.
func (c *formCopy) readable() *formCopy {
	if c == nil || c.listing == nil {
		return nil
	}
	return c
}

// ownDigest is the package digest of the records that the form lists.
func (c *formCopy) ownDigest() (sum checksum.Sum) {
	h := sha256.New()
	for i := range c.expected.rows {
		h.Write(checksum.Line(c.expected.rows[i].name+".XM6", c.expected.rows[i].sum))
	}
	h.Sum(sum[:0])
	return sum
}

// compareForm compares what the form says with the manifest.
func (v *verifier) compareForm(m *bundle.Manifest, c *formCopy) {
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
	differ("", "unit.name", l.Printed(m.Unit.Name), l.UnitName)
	differ("", "person.id", m.Person.ID, l.PersonID)
	differ("", "person.name", l.Printed(m.Person.Name), l.PersonName)
	differ("", "person.email", l.Printed(m.Person.Email), l.Email)
	v.claimedByForm(m, l)
	if l.Medium != "" {
		differ("", "media", mediumKind(m.Media), l.Medium)
	}
	differ("", "discs", itoa(int64(len(m.Images))), itoa(int64(len(l.Volumes))))
	for i := range min(len(m.Images), len(l.Volumes)) {
		differ("", "volume_id", m.Images[i].VolumeID, l.Volumes[i])
	}
	for i := range m.Records {
		r := &m.Records[i]
		if row := c.expected.find(r.Name); row != nil {
			differ(r.Name, "transaction_id", r.TransactionID, row.transactionID)
			differ(r.Name, "disc", itoa(int64(r.Disc)), itoa(int64(row.disc)))
		}
	}
}

// digest compares the package digest that was found with the one that a file
// states.
func (v *verifier) digest(file string, stated, found checksum.Sum) {
	if stated == found {
		return
	}
	v.add(finding.Finding{
		Code: finding.PackageDigest, Severity: finding.Error, File: file, Wanted: stated.String(), Found: found.String(),
	})
}
