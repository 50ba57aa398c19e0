package verify

import (
	"csuis-offline/check"
	"csuis-offline/checksum"
	"csuis-offline/finding"
)

// Kind says what a verified target is.
type Kind string

// The kinds of target.
const (
	KindPackage Kind = "package" // a package folder
	KindImage   Kind = "image"   // an image file
	KindFolder  Kind = "folder"  // a mounted disc, or any folder with sealed records
	KindDevice  Kind = "device"  // a drive's device file
)

// Report is what Target has to say. The JSON names are stable. Fields that are
// not known stay empty.
type Report struct {
	Target string `json:"target"`
	Kind   Kind   `json:"kind"`
	// Package, unit and person are as the manifest says; without one, as the
	// form or the opened records say.
	Package    string `json:"package,omitempty"`
	UnitIC     string `json:"unit_ic,omitempty"`
	UnitName   string `json:"unit_name,omitempty"`
	PersonID   string `json:"person_id,omitempty"`
	PersonName string `json:"person_name,omitempty"`
	// Records is the number of sealed records judged; in a package, those in
	// its records folder.
	Records int `json:"records"`
	// Files and Bytes count what was read and judged: files in an image one by
	// one, and the image itself where it has a digest of its own.
	Files int   `json:"files"`
	Bytes int64 `json:"bytes"`
	// Discs is the number of discs of the set. Disc is which of them the
	// target is; 0 where it is all of them or where that is not known.
	Discs int `json:"discs,omitempty"`
	Disc  int `json:"disc,omitempty"`
	// PackageSHA256 is the package digest as found: of the .SHA files that are
	// there, or of the form's list where only one disc of a set is.
	PackageSHA256 checksum.Sum `json:"package_sha256,omitzero"`
	// Checks are those that the manifest tells of; nil without one, and where it
	// does not say.
	Checks *check.Passed `json:"checks,omitempty"`
	// Opened: the records were opened with a key. WrongKey: and not one of
	// those that are whole could be, so the key is the wrong one.
	Opened   bool              `json:"opened"`
	WrongKey bool              `json:"wrong_key,omitempty"`
	Findings []finding.Finding `json:"findings"`
}
