package verify

import (
	"io"
	"strconv"
	"strings"
	"time"

	"csuis-offline/bundle"
	"csuis-offline/envelope"
	"csuis-offline/finding"
	"csuis-offline/form"
	"csuis-offline/iso"
)

// The values of the manifest that a report repeats and that something else has to
// confirm, as Report.ManifestOnly names them.
const (
	claimUnitName   = "unit_name"
	claimPersonName = "person_name"
	claimCreated    = "created"
	claimMedia      = "media"
	claimChecks     = "checks" // which nothing confirms
)

// claim is a value that the manifest states.
type claim struct {
	confirmed bool // by an opened record, an image or the form
	// other is the value of an opened record that says otherwise, and place where
	// in the order of records it stands, from 1.
	other string
	place int
}

// claims are those of a package with a manifest.
type claims struct{ unitName, personName, created, media claim }

// header compares a name with that of an opened record.
func (c *claim) header(stated, found string, place int) {
	switch {
	case found == "":
	case oneLine(stated) == oneLine(found):
		c.confirmed = true
	case c.place == 0 || place < c.place:
		c.other, c.place = found, place
	}
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// claimedNames compares the manifest's names with the header of record i.
func (rv *recordVerifier) claimedNames(i int, p *envelope.Party) {
	if rv.manifest == nil {
		return
	}
	rv.mu.Lock()
	defer rv.mu.Unlock()
	rv.claims.unitName.header(rv.manifest.Unit.Name, p.Name, i+1)
	rv.claims.personName.header(rv.manifest.Person.Name, p.Person.Name, i+1)
}

// claimedByForm notes what the form says as the manifest does. A difference is a
// finding of compareForm.
func (v *verifier) claimedByForm(m *bundle.Manifest, l *form.Listing) {
	c := &v.claims
	c.unitName.confirmed = c.unitName.confirmed || l.UnitName != "" && l.Printed(m.Unit.Name) == l.UnitName
	c.personName.confirmed = c.personName.confirmed || l.PersonName != "" && l.Printed(m.Person.Name) == l.PersonName
	c.media.confirmed = mediumKind(m.Media) == l.Medium
}

// mediumKind is what the form calls a kind of disc.
func mediumKind(media string) string {
	if strings.HasPrefix(media, "dvd") {
		return "DVD"
	}
	return "CD"
}

// imageDate compares the date of an image, which is that of the hand-over.
func (v *verifier) imageDate(m *bundle.Manifest, image io.ReaderAt, label string) {
	date, ok := volumeDate(image)
	switch {
	case !ok:
	case date.Equal(m.Created.Truncate(time.Second)):
		v.claims.created.confirmed = true
	default:
		v.add(finding.Finding{
			Code: finding.ManifestMismatch, Severity: finding.Error, File: label, Detail: "created",
			Wanted: m.Created.UTC().Format(time.RFC3339), Found: date.UTC().Format(time.RFC3339),
		})
	}
}

// volumeDate is when the volume of an image was made, to the second
// (ECMA-119 8.4.26).
func volumeDate(image io.ReaderAt) (time.Time, bool) {
	var b [830]byte
	if _, err := image.ReadAt(b[:], 16*iso.SectorSize); err != nil || string(b[:6]) != "\x01CD001" {
		return time.Time{}, false
	}
	const quarter = 15 * 60 // seconds
	t, err := time.ParseInLocation("20060102150405", string(b[813:827]), time.FixedZone("", quarter*int(int8(b[829]))))
	return t, err == nil
}

// onlyClaimed says which values of the manifest nothing confirmed, and tells names
// that no opened record has.
func (v *verifier) onlyClaimed() {
	r := v.report
	for _, c := range []struct {
		name, field, stated string
		claim               *claim
	}{
		{claimUnitName, "unit.name", r.UnitName, &v.claims.unitName},
		{claimPersonName, "person.name", r.PersonName, &v.claims.personName},
		{claimCreated, "", timeText(r.Created), &v.claims.created},
		{claimMedia, "", r.Media, &v.claims.media},
	} {
		if c.stated == "" || c.claim.confirmed {
			continue
		}
		r.ManifestOnly = append(r.ManifestOnly, c.name)
		if c.claim.other != "" {
			r.Findings = append(r.Findings, finding.Finding{
				Code: finding.ManifestName, Severity: finding.Warning, File: bundle.ManifestName, Detail: c.field,
				Wanted: shown(c.stated), Found: shown(c.claim.other),
			})
		}
	}
	if r.Checks != nil {
		r.ManifestOnly = append(r.ManifestOnly, claimChecks)
	}
}

func timeText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return strconv.FormatInt(t.Unix(), 10)
}
