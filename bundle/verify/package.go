package verify

import (
	"context"
	"errors"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"

	"csuis-offline/bundle"
	"csuis-offline/checksum"
	"csuis-offline/finding"
	"csuis-offline/internal/iox"
	"csuis-offline/iso"
)

// packageFolder judges a package: manifest, form, records, package digest,
// images (doc/package.md, section 8).
func (v *verifier) packageFolder(ctx context.Context, root *os.Root, top *fileSet) error {
	m, err := v.readManifest(top)
	if err != nil {
		return err
	}
	records, err := v.recordsFolder(root, top)
	if err != nil {
		return err
	}
	images := v.images(top, m)
	v.setMax(top, records, images)
	c, err := v.readForm(ctx, top, finding.Error)
	if err != nil {
		return err
	}
	rv := &recordVerifier{verifier: v, set: records, open: v.key != nil, manifest: m, form: c.readable()}
	v.describe(m, rv.form, images)
	if c != nil && m != nil {
		v.formFile(m, c)
	}
	var manifest, form *expected
	if m != nil {
		manifest = expectedByManifest(m)
		rv.expected = append(rv.expected, manifest)
		v.lists = append(v.lists, ByManifest)
	}
	if rv.form != nil {
		form = rv.form.expected
		rv.expected = append(rv.expected, form)
		v.lists = append(v.lists, ByForm)
	}
	rv.table = newTable(records, rv.expected...)
	v.others(records, rv.table, true)
	v.report.Records = countSealed(rv.table)
	if v.report.Records == 0 && m == nil && form == nil && len(images) == 0 {
		v.fail(finding.VerifyNothing, "", "")
	}
	if err := rv.run(ctx); err != nil {
		return err
	}
	v.add(rv.table.sameContent(records)...)
	v.packageDigest(rv)
	around := expectedByPackage(manifest, form, rv.table, records)
	// Images need nothing but digests to compare with. With a hundred thousand
	// records it pays to free the rest.
	*rv, *records, manifest, form = recordVerifier{}, fileSet{}, nil, nil
	if m != nil {
		m.Records = nil
	}
	if c != nil {
		c.listing, c.expected = nil, nil
	}
	for i := range images {
		if err := v.imageOf(ctx, root, &images[i], around, m, c); err != nil {
			return err
		}
	}
	return nil
}

// readManifest reads the manifest. The result is nil if the manifest is missing
// or refused, which is a finding.
func (v *verifier) readManifest(top *fileSet) (*bundle.Manifest, error) {
	f, found := top.find(bundle.ManifestName)
	switch {
	case !found:
		v.fail(finding.ManifestMissing, bundle.ManifestName, "")
		return nil, nil
	case f.kind != kindRegular:
		v.fail(finding.FileUnreadable, shown(f.name), f.kind.String())
		return nil, nil
	case f.size == 0:
		v.fail(finding.FileEmpty, shown(f.name), "")
		return nil, nil
	}
	src, err := top.open(f.name)
	if err != nil {
		v.fail(finding.FileUnreadable, shown(f.name), fileCause(err))
		return nil, nil
	}
	defer src.Close()
	m, err := bundle.ReadManifest(src.(*os.File), f.size)
	var refused *bundle.ManifestError
	switch {
	case errors.As(err, &refused) && refused.Reason == bundle.ManifestFormat:
		v.fail(finding.ManifestFormat, shown(f.name), refused.Detail)
	case errors.As(err, &refused):
		v.fail(finding.ManifestDamaged, shown(f.name), refused.Detail)
	case err != nil:
		v.fail(finding.FileUnreadable, shown(f.name), fileCause(err))
	default:
		v.read(f.size)
	}
	return m, nil
}

// recordsFolder lists the records folder. The set is empty if there is no such
// folder.
func (v *verifier) recordsFolder(root *os.Root, top *fileSet) (*fileSet, error) {
	label := bundle.RecordsDir + "/"
	f, found := top.find(bundle.RecordsDir)
	if !found {
		return &fileSet{label: label}, nil
	}
	label = shown(f.name) + "/"
	if f.kind != kindFolder {
		v.fail(finding.FileUnreadable, shown(f.name), f.kind.String())
		return &fileSet{label: label}, nil
	}
	dir, err := root.OpenRoot(f.name)
	if err != nil {
		v.fail(finding.FileUnreadable, shown(f.name), fileCause(err))
		return &fileSet{label: label}, nil
	}
	// The set opens files until the verification ends.
	v.closers = append(v.closers, dir)
	s, err := newFolderSet(dir, label)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// packageImage is an image of the package: as listed, as found, or both.
type packageImage struct {
	disc int
	info *bundle.ImageInfo // nil without a manifest
	file setFile
}

// images matches the image files with the manifest's list, and reports the files
// that do not belong into a package.
func (v *verifier) images(top *fileSet, m *bundle.Manifest) []packageImage {
	var images []packageImage
	if m != nil {
		for i := range m.Images {
			im := packageImage{disc: m.Images[i].Disc, info: &m.Images[i]}
			if f, found := top.find(im.info.File); found {
				im.file = f
				images = append(images, im)
			} else {
				v.fail(finding.ImageMissing, im.info.File, "")
			}
		}
	}
	last := ""
	var left []string
	for i := range top.files {
		f := &top.files[i]
		if top.isLitter(f, nil) {
			left = append(left, f.name)
			continue
		}
		name := upper(f.name)
		known := name == upper(bundle.ManifestName) || name == upper(bundle.RecordsDir) || name == bundle.FormName
		disc := discOf(name)
		switch {
		case name == last && (known || disc > 0):
			v.fail(finding.FileDoubled, shown(f.name), "")
		case known:
		case disc > 0 && m == nil:
			images = append(images, packageImage{disc: disc, file: *f})
		case disc > 0 && disc <= len(m.Images):
		default:
			v.unexpected(top, f, true)
		}
		last = name
	}
	v.leftovers(top, left)
	slices.SortStableFunc(images, func(a, b packageImage) int { return a.disc - b.disc })
	return images
}

// discOf is the number of the disc whose image has this name in upper case, or 0.
func discOf(name string) int {
	digits, ok := strings.CutPrefix(name, "DISC-")
	digits, iso := strings.CutSuffix(digits, ".ISO")
	n, err := strconv.Atoi(digits)
	if !ok || !iso || err != nil || n < 1 || n > bundle.MaxManifestImages || upper(bundle.ImageName(n)) != name {
		return 0
	}
	return n
}

// setMax announces how much will be read. Images are read twice, for the digest of
// the whole and for their files.
func (v *verifier) setMax(top, records *fileSet, images []packageImage) {
	total := records.size()
	if f, found := top.find(bundle.FormName); found {
		total += f.size
	}
	for i := range images {
		total += 2 * images[i].file.size
	}
	v.progress.SetMax(total)
}

// describe says in the report whose package it is.
func (v *verifier) describe(m *bundle.Manifest, c *formCopy, images []packageImage) {
	r := v.report
	switch {
	case m != nil:
		v.manifest = true
		r.Created, r.Media = m.Created, m.Media
		r.Package, r.UnitIC, r.UnitName = m.Package, m.Unit.IC, m.Unit.Name
		r.Checks = m.Checks
		r.PersonID, r.PersonName, r.Discs = m.Person.ID, m.Person.Name, len(m.Images)
	case c != nil:
		r.Package, r.UnitIC, r.PersonID, r.Discs = c.listing.Package, c.listing.IC, c.listing.PersonID, len(c.listing.Volumes)
	default:
		r.Discs = len(images)
	}
}

// formFile compares the form with the manifest, both its bytes and what it says.
func (v *verifier) formFile(m *bundle.Manifest, c *formCopy) {
	if c.listing == nil && c.sum != m.Form.SHA256 && v.has(finding.FormDamaged, c.file) {
		return
	}
	v.compareFile(finding.ManifestMismatch, c.file, m.Form, c.sum, c.size)
	if c.listing != nil {
		v.compareForm(m, c)
	}
}

func (v *verifier) compareFile(code finding.Code, file string, want bundle.FileInfo, sum checksum.Sum, size int64) {
	f := finding.Finding{Code: code, Severity: finding.Error, File: file}
	switch {
	case want.SHA256 != sum:
		f.Detail, f.Wanted, f.Found = "sha256", want.SHA256.String(), sum.String()
	case want.Size != size:
		f.Detail = "size"
		f = f.WithSizes(want.Size, size)
	default:
		return
	}
	v.add(f)
}

// has reports whether there is such a finding already.
func (v *verifier) has(code finding.Code, file string) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.ContainsFunc(v.report.Findings, func(f finding.Finding) bool { return f.Code == code && f.File == file })
}

// packageDigest computes the package digest from the .SHA files and compares it
// with manifest and form. If these agree with each other, only the manifest's
// is reported.
func (v *verifier) packageDigest(rv *recordVerifier) {
	found, ok := rv.table.packageDigest(rv.set)
	if ok {
		v.report.PackageSHA256 = found
	}
	var fromManifest *checksum.Sum
	if rv.manifest != nil {
		fromManifest = &rv.manifest.PackageSHA256
		if ok {
			v.digest(bundle.ManifestName, *fromManifest, found)
		}
	}
	if rv.form == nil {
		return
	}
	switch stated := rv.form.listing.PackageDigest; {
	case fromManifest != nil && *fromManifest == stated:
	case ok:
		v.digest(rv.form.file, stated, found)
	case fromManifest != nil:
		v.digest(rv.form.file, *fromManifest, stated)
	}
}

// imageOf judges one image of the package: the digest of the whole, its structure
// and its files.
func (v *verifier) imageOf(ctx context.Context, root *os.Root, im *packageImage, around *expected, m *bundle.Manifest, c *formCopy) error {
	label := shown(im.file.name)
	switch {
	case im.file.kind != kindRegular:
		v.fail(finding.FileUnreadable, label, im.file.kind.String())
		return nil
	case im.file.size == 0:
		v.fail(finding.FileEmpty, label, "")
		return nil
	}
	f, err := iox.OpenIn(root, im.file.name)
	if err != nil {
		v.fail(finding.FileUnreadable, label, fileCause(err))
		return nil
	}
	defer f.Close()
	whole := v.wholeImage(ctx, root, im, label)
	err = v.imageContent(ctx, f, im, label, around, m, c)
	<-whole
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		// The other images of the package can still be judged.
		v.fail(finding.ImageUnreadable, label, fileCause(err))
	}
	return nil
}

// wholeImage compares the digest of an image with the manifest while its files
// are judged, and closes the channel when it is done.
func (v *verifier) wholeImage(ctx context.Context, root *os.Root, im *packageImage, label string) <-chan struct{} {
	done := make(chan struct{})
	if im.info == nil {
		v.progress.Add(im.file.size)
		close(done)
		return done
	}
	go func() {
		defer close(done)
		f, err := iox.OpenIn(root, im.file.name)
		if err != nil {
			return // imageOf has reported it
		}
		defer f.Close()
		sum, size, err := hashAll(ctx, &iox.Reader{R: f, Counter: v.progress}, make([]byte, chunk))
		if err != nil {
			if ctx.Err() == nil {
				v.fail(finding.FileUnreadable, label, fileCause(err))
			}
			return
		}
		v.read(size)
		v.compareFile(finding.ImageDigest, label, im.info.FileInfo, sum, size)
	}()
	return done
}

// imageContent lints an image and compares its files with the package.
func (v *verifier) imageContent(ctx context.Context, f *os.File, im *packageImage, label string, around *expected, m *bundle.Manifest, c *formCopy) error {
	s, volume, err := v.openImage(ctx, f, im.file.size, label)
	if err != nil || s == nil {
		return err
	}
	if im.info != nil && volume != im.info.VolumeID {
		v.add(finding.Finding{
			Code: finding.ManifestMismatch, Severity: finding.Error, File: label, Detail: "volume_id",
			Wanted: shown(im.info.VolumeID), Found: shown(volume),
		})
	}
	if m != nil {
		v.medium(m, im, label)
		v.imageDate(m, f, label)
	}
	if err := v.imageForm(ctx, s, m, c); err != nil {
		return err
	}
	w := *around
	w.disc = im.disc
	t := newTable(s, &w)
	v.others(s, t, true, bundle.FormName)
	rv := &recordVerifier{verifier: v, set: s, table: t, expected: []*expected{&w}}
	return rv.run(ctx)
}

// medium reports an image that is too large for the medium of the package.
func (v *verifier) medium(m *bundle.Manifest, im *packageImage, label string) {
	medium, _ := iso.MediaByName(m.Media)
	if most := medium.Sectors * iso.SectorSize; im.file.size > most {
		v.add(finding.Finding{
			Code: finding.ManifestMismatch, Severity: finding.Error, File: label, Detail: "media",
			Wanted: m.Media + ": " + itoa(most), Found: itoa(im.file.size),
		})
	}
}

// imageForm compares the form in an image with that of the package.
func (v *verifier) imageForm(ctx context.Context, s *fileSet, m *bundle.Manifest, c *formCopy) error {
	f, found := s.find(bundle.FormName)
	file := s.show(path.Base(f.name))
	switch {
	case !found:
		v.fail(finding.FormMissing, s.show(bundle.FormName), "")
		return nil
	case f.kind == kindSeveral:
		return nil
	case f.size == 0:
		v.fail(finding.FileEmpty, file, "")
		return nil
	}
	var want bundle.FileInfo
	switch {
	case m != nil:
		want = m.Form
	case c != nil:
		want = bundle.FileInfo{Size: c.size, SHA256: c.sum}
	default:
		// There is nothing to compare it with.
		_, err := v.readForm(ctx, s, finding.Error)
		return err
	}
	src, err := s.open(f.name)
	if err != nil {
		v.fail(finding.FileUnreadable, file, fileCause(err))
		return nil
	}
	defer src.Close()
	sum, size, err := hashAll(ctx, &iox.Reader{R: src, Counter: v.progress}, make([]byte, 256<<10))
	if err != nil {
		if ctx.Err() == nil {
			v.fail(finding.FileUnreadable, file, fileCause(err))
		}
		return ctx.Err()
	}
	v.read(size)
	v.compareFile(finding.ImageContent, file, want, sum, size)
	return nil
}
