package bundle

import (
	"fmt"
	"regexp"
	"time"
	"unicode/utf8"

	"csuis-offline/batch"
	"csuis-offline/check"
	"csuis-offline/envelope"
	"csuis-offline/iso"
)

// maxText is the length of the longest text that a manifest holds, in bytes:
// the reason on the form has up to 20,000 characters.
const maxText = 100_000

var (
	packagePattern = regexp.MustCompile(`^CSUIS_([0-9]{8})_[0-9]{8}_[0-9]{2}$`)
	transactionID  = regexp.MustCompile(`^[0-9A-Fa-f]{1,32}$`)
)

// IsPackageName reports whether a text has the form of a package's name.
func IsPackageName(s string) bool { return packagePattern.MatchString(s) }

// checkManifest says what is impossible in a manifest; "" if nothing is
// (doc/package.md, section 4).
func checkManifest(m *Manifest) string {
	named := packagePattern.FindStringSubmatch(m.Package)
	_, medium := iso.MediaByName(m.Media)
	switch {
	case m.Format != formatName:
		return fmt.Sprintf("the format is %.80q, wanted %q", m.Format, formatName)
	case named == nil:
		return fmt.Sprintf("%.80q is not a package's name", m.Package)
	case envelope.CheckIC(m.Unit.IC) == envelope.ICMalformed:
		return fmt.Sprintf("%.80q is not an IČ", m.Unit.IC)
	case named[1] != m.Unit.IC:
		return fmt.Sprintf("the package's name %s does not hold the unit's IČ %s", m.Package, m.Unit.IC)
	case m.Person.ID == "":
		return "the responsible person has no id"
	case m.Created.IsZero():
		return "the time of creation is missing"
	case !medium:
		return fmt.Sprintf("the medium %.80q is not known", m.Media)
	case m.Checks != nil && !possible(*m.Checks, len(m.Records)):
		return "what it says of the checks cannot be"
	case len(m.Images) == 0 || len(m.Images) > MaxManifestImages:
		return fmt.Sprintf("%d images, wanted 1 to %d", len(m.Images), MaxManifestImages)
	case len(m.Records) == 0 || len(m.Records) > MaxManifestRecords:
		return fmt.Sprintf("%d records, wanted 1 to %d", len(m.Records), MaxManifestRecords)
	case m.Form.File != FormName || m.Form.Size <= 0:
		return fmt.Sprintf("the form is %.80q of %d bytes, wanted %s", m.Form.File, m.Form.Size, FormName)
	}
	texts := append([]string{m.Generator, m.Unit.Name, m.Person.ID, m.Person.Name, m.Person.Email, m.Reason, m.Place}, m.Person.Phones...)
	if why := checkTexts(texts...); why != "" {
		return why
	}
	if why := checkRecords(m.Records, len(m.Images)); why != "" {
		return why
	}
	return checkImages(m)
}

func possible(c check.Passed, records int) bool {
	if !c.Made {
		return c == check.Passed{}
	}
	_, err := time.Parse(time.DateOnly, c.On)
	return err == nil && min(c.Validated, c.RulesPassed, c.RulesNotRun, c.CodeLists) >= 0 && c.Validated <= records
}

func checkImages(m *Manifest) string {
	on := make([]int, len(m.Images)+1)
	for i := range m.Records {
		on[m.Records[i].Disc]++
	}
	for i := range m.Images {
		switch im := &m.Images[i]; {
		case im.Disc != i+1:
			return fmt.Sprintf("image %d is of disc %d", i+1, im.Disc)
		case im.File != ImageName(im.Disc):
			return fmt.Sprintf("the image of disc %d is %.80q, wanted %s", im.Disc, im.File, ImageName(im.Disc))
		case im.Size <= 0:
			return fmt.Sprintf("%s has %d bytes", im.File, im.Size)
		case im.VolumeID == "" || len(im.VolumeID) > 32:
			return fmt.Sprintf("%.80q is not a volume identifier", im.VolumeID)
		case im.Records != on[im.Disc]:
			return fmt.Sprintf("%s has %d records, and %d are on disc %d", im.File, im.Records, on[im.Disc], im.Disc)
		}
	}
	return ""
}

func checkRecords(records []RecordInfo, discs int) string {
	last := ""
	for i := range records {
		r := &records[i]
		source := r.Source == "envelope" || r.Source == "record" || r.Source == "xm6"
		switch {
		case !batch.IsName(r.Name):
			return fmt.Sprintf("record %d: %.80q is not a NAME", i+1, r.Name)
		case r.Name <= last:
			// The order makes the names unique as well.
			return fmt.Sprintf("record %d: %s does not come after %s", i+1, r.Name, last)
		case r.Disc < 1 || r.Disc > discs:
			return fmt.Sprintf("%s: disc %d of %d", r.Name, r.Disc, discs)
		case r.Size <= 0 || r.Size >= maxFile || r.XMLSize <= 0:
			return fmt.Sprintf("%s: %d bytes, %d of them XML", r.Name, r.Size, r.XMLSize)
		case !source:
			return fmt.Sprintf("%s: the source %.80q is not known", r.Name, r.Source)
		case r.Profile != envelope.Binding.String() && r.Profile != envelope.Exclusive.String():
			return fmt.Sprintf("%s: the profile %.80q is not known", r.Name, r.Profile)
		case !transactionID.MatchString(r.TransactionID):
			return fmt.Sprintf("%s: %.80q is not a TransactionId", r.Name, r.TransactionID)
		}
		last = r.Name
		if why := checkTexts(r.Original, r.RecordType, r.Root, r.SubjectIC, r.StatementDate, r.Created); why != "" {
			return r.Name + ": " + why
		}
	}
	return ""
}

func checkTexts(texts ...string) string {
	for _, s := range texts {
		if len(s) > maxText {
			return fmt.Sprintf("a text of %d bytes, at most %d are kept", len(s), maxText)
		}
		if !utf8.ValidString(s) {
			return "a text that is not UTF-8"
		}
	}
	return ""
}
