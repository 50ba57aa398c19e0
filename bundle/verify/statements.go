package verify

import (
	"slices"

	"csuis-offline/checksum"
	"csuis-offline/finding"
)

// Answer is what a verification says of one of its three statements.
type Answer string

// The answers.
const (
	Yes     Answer = "yes"
	No      Answer = "no"      // at least one finding says why
	Unknown Answer = "unknown" // nobody can tell from what is there
	NotDone Answer = "not-compared"
)

// Statements are what a verification proves, each on its own. That one holds says
// nothing of the others.
type Statements struct {
	// Intact says that everything that is there is as its checksums, the form and
	// the manifest say and of the form that was agreed on.
	Intact Answer `json:"intact"`
	// Complete says that nothing that a list names is missing, and nothing was
	// added. CompleteBy are the lists that were there to compare with.
	Complete   Answer   `json:"complete"`
	CompleteBy []string `json:"complete_by,omitempty"`
	// AsOnPaper says that the package digest is the one expected, Options.Expect,
	// and that every record is as its checksum says.
	AsOnPaper Answer       `json:"as_on_paper"`
	Expected  checksum.Sum `json:"expected_sha256,omitzero"`
}

// The lists that can say what there should be.
const (
	ByManifest = "manifest"
	ByForm     = "form"
	ByPaper    = "paper" // the package digest of the stamped form, which covers every checksum file
)

// Expect is what the paper says.
type Expect struct {
	SHA256  checksum.Sum // the package digest
	Package string       // the package's name; "" where it is not known
}

// incomplete are the findings that something is missing or was added. A checksum
// file that is missing leaves its record without proof as well.
var incomplete = []finding.Code{
	finding.RecordMissing, finding.ShaOrphan, finding.ShaMissing, finding.RecordUnlisted, finding.FormUnlisted,
	finding.FileUnexpected, finding.FormMissing, finding.ManifestMissing, finding.ImageMissing,
}

// notThere are the findings that the content of records is not what the checksums
// cover, or that systems show something else.
var notThere = []finding.Code{
	finding.RecordMissing, finding.ShaOrphan, finding.ShaMismatch, finding.ShaWrong, finding.FileEmpty, finding.FileUnreadable,
	finding.FileDoubled, finding.ImageContent, finding.ISO("several-extents"),
	finding.TreePlain, finding.TreeRockRidge, finding.TreeJoliet, finding.TreeEnhanced, finding.TreeUDF, finding.TreeOtherSession, finding.TreeUnjudged,
}

// conclude draws the three statements from the findings.
func (v *verifier) conclude() {
	r := v.report
	r.CompleteBy = v.lists
	r.AsOnPaper = v.paper()
	failed := func(codes []finding.Code, in bool) bool {
		return slices.ContainsFunc(r.Findings, func(f finding.Finding) bool {
			return f.Severity == finding.Error && slices.Contains(codes, f.Code) == in
		})
	}
	r.Complete = Unknown
	switch {
	case failed(incomplete, true):
		r.Complete = No
	case r.Records > 0 && len(r.CompleteBy) > 0:
		r.Complete = Yes
	case r.Records > 0:
		r.Findings = append(r.Findings, finding.Finding{Code: finding.VerifyNoList, Severity: finding.Warning})
	}
	// These follow from what is missing, or are of the other two statements.
	elsewhere := slices.Concat(incomplete, []finding.Code{finding.PackagePaper, finding.VerifyNothing})
	elsewhere = slices.DeleteFunc(elsewhere, func(c finding.Code) bool { return c == finding.ShaMissing })
	if r.Complete == No {
		elsewhere = append(elsewhere, finding.PackageDigest)
	}
	if r.WrongKey {
		elsewhere = append(elsewhere, finding.ContainerKey) // it says nothing of the data
	}
	switch {
	case failed(elsewhere, false):
		r.Intact = No
	case r.Records > 0:
		r.Intact = Yes
	default:
		r.Intact = Unknown
	}
}

// paper compares the package digest with the one expected. Where these agree and
// every record has a checksum file, the paper says that none is missing.
func (v *verifier) paper() Answer {
	r, e := v.report, v.expect
	if e == nil {
		return NotDone
	}
	r.Expected = e.SHA256
	f := finding.Finding{Code: finding.PackagePaper, Severity: finding.Error, Wanted: e.SHA256.String()}
	switch {
	case r.PackageSHA256 == (checksum.Sum{}):
		r.Findings = append(r.Findings, f)
		return No
	case r.PackageSHA256 != e.SHA256:
		f.Found = r.PackageSHA256.String()
		r.Findings = append(r.Findings, f)
		return No
	}
	r.CompleteBy = append(r.CompleteBy, ByPaper)
	if e.Package != "" && r.Package != "" && e.Package != r.Package {
		f.Detail, f.Wanted, f.Found = "package", shown(e.Package), r.Package
		r.Findings = append(r.Findings, f)
		return No
	}
	for _, f := range r.Findings {
		ofRecord := f.Code == finding.FormMismatch && f.Record != "" && f.Detail == "sha256"
		if f.Severity == finding.Error && (ofRecord || slices.Contains(notThere, f.Code)) {
			return No
		}
	}
	return Yes
}
