package verify

import (
	"context"
	"slices"

	"csuis-offline/bundle"
	"csuis-offline/finding"
)

// alone judges a set without a package around it: an image, a mounted disc, or
// any folder with sealed records. If a form made by this program lies there, it
// says what there should be.
func (v *verifier) alone(ctx context.Context, s *fileSet, volume string) error {
	v.progress.SetMax(s.size())
	severity := finding.Info
	if s.image {
		severity = finding.Warning
	}
	c, err := v.readForm(ctx, s, severity)
	if err != nil {
		return err
	}
	rv := &recordVerifier{verifier: v, set: s, open: v.key != nil, form: c.readable()}
	if rv.form != nil {
		rv.expected = []*expected{rv.form.expected}
		v.lists = append(v.lists, ByForm)
	}
	t := newTable(s, rv.expected...)
	rv.table = t
	if len(t.records) == 0 {
		v.fail(finding.VerifyNothing, "", "")
	}
	if rv.form != nil {
		v.whichDisc(rv.form, s, t, volume)
	}
	v.others(s, t, rv.form != nil || s.image && c != nil, bundle.FormName)
	v.report.Records = countSealed(t)
	if err := rv.run(ctx); err != nil {
		return err
	}
	v.add(t.sameContent(s)...)
	v.aloneDigest(rv)
	return nil
}

// whichDisc finds out which disc of its set this is, by the volume identifier of
// an image or by the records that are there.
func (v *verifier) whichDisc(c *formCopy, s *fileSet, t *table, volume string) {
	l := c.listing
	r := v.report
	r.Package, r.UnitIC, r.PersonID, r.Discs = l.Package, l.IC, l.PersonID, len(l.Volumes)
	if s.image {
		if k := slices.Index(l.Volumes, volume); k >= 0 {
			r.Disc = k + 1
		} else {
			severity := finding.Error
			if !s.ours {
				// Who burns the files with another program names the disc.
				severity = finding.Warning
			}
			v.add(finding.Finding{
				Code: finding.FormMismatch, Severity: severity, File: c.file, Detail: "volume_id",
				Wanted: firstFew(l.Volumes), Found: shown(volume),
			})
		}
	}
	if r.Discs == 1 {
		r.Disc = 1
		return
	}
	if r.Disc == 0 {
		r.Disc = onlyDisc(c.expected, t)
	}
	c.expected.disc = r.Disc
	elsewhere := 0
	for i := range c.expected.rows {
		if !c.expected.here(&c.expected.rows[i]) {
			elsewhere++
		}
	}
	if elsewhere > 0 {
		v.add(finding.Finding{Code: finding.RecordElsewhere, Severity: finding.Info}.WithCount(elsewhere).WithDisc(r.Disc, r.Discs))
	}
}

// onlyDisc returns the disc to which all records of the table belong, or 0.
func onlyDisc(w *expected, t *table) int {
	disc := 0
	for i := range t.records {
		row := w.find(t.records[i].name)
		switch {
		case row == nil:
		case disc == 0:
			disc = row.disc
		case disc != row.disc:
			return 0
		}
	}
	return disc
}

func firstFew(names []string) string {
	text := ""
	for i, name := range names[:min(len(names), 3)] {
		if i > 0 {
			text += ", "
		}
		text += shown(name)
	}
	if len(names) > 3 {
		text += ", ..."
	}
	return text
}

// aloneDigest computes the package digest from the .SHA files, or from the form's
// list if this is one disc of several.
func (v *verifier) aloneDigest(rv *recordVerifier) {
	found, ok := rv.table.packageDigest(rv.set)
	c := rv.form
	if c != nil && c.expected.disc != 0 {
		found, ok = c.ownDigest(), true
	}
	if !ok {
		return
	}
	v.report.PackageSHA256 = found
	if c != nil {
		v.digest(c.file, c.listing.PackageDigest, found)
	}
}

// others reports the files that belong to no record, except those in known.
// closed says that it is known what there should be; any other file is then an
// error.
func (v *verifier) others(s *fileSet, t *table, closed bool, known ...string) {
	for _, i := range t.doubled {
		f := &s.files[i]
		stem, _ := splitName(f.name)
		v.add(finding.Finding{Code: finding.FileDoubled, Severity: finding.Error, File: s.show(f.name), Record: shown(upper(stem))})
	}
	last := ""
	for _, i := range t.others {
		f := &s.files[i]
		name := upper(f.name)
		if slices.Contains(known, name) {
			if name == last {
				v.fail(finding.FileDoubled, s.show(f.name), "")
			}
			last = name
			continue
		}
		v.unexpected(s, f, closed)
	}
	v.leftovers(s, t.litter)
}

func (v *verifier) unexpected(s *fileSet, f *setFile, closed bool) {
	severity := finding.Warning
	if closed {
		severity = finding.Error
	}
	detail := ""
	if f.kind != kindRegular {
		detail = f.kind.String()
	}
	v.add(finding.Finding{Code: finding.FileUnexpected, Severity: severity, File: s.show(f.name), Detail: detail})
}

func countSealed(t *table) (n int) {
	for i := range t.records {
		if t.records[i].xm6 >= 0 {
			n++
		}
	}
	return n
}

// indexRecord finds a record of a manifest, or -1.
func indexRecord(records []bundle.RecordInfo, name string) int {
	i, found := slices.BinarySearchFunc(records, name, func(r bundle.RecordInfo, name string) int { return compareUpper(r.Name, name) })
	if !found {
		return -1
	}
	return i
}
