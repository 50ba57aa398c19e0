package verify

import (
	"time"

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

// Report is the result of Target. The JSON names are stable. Fields whose value
// is not known stay empty.
type Report struct {
	Target string `json:"target"`
	Kind   Kind   `json:"kind"`
	// Package, unit and person come from the manifest, or without one from the
	// form or from the opened records.
	Package    string `json:"package,omitempty"`
	UnitIC     string `json:"unit_ic,omitempty"`
	UnitName   string `json:"unit_name,omitempty"`
	PersonID   string `json:"person_id,omitempty"`
	PersonName string `json:"person_name,omitempty"`
	// Created is the time of the hand-over and Media the kind of disc, by the
	// manifest.
	Created time.Time `json:"created,omitzero"`
	Media   string    `json:"media,omitempty"`
	// ManifestOnly are those of the values above, by their JSON names, and "checks",
	// that the manifest states and nothing else confirmed: no opened record, no
	// image, no form.
	ManifestOnly []string `json:"manifest_only,omitempty"`
	// Records is the number of sealed records judged; in a package, those in
	// its records folder.
	Records int `json:"records"`
	// Files and Bytes count what was read and judged: each file in an image, and
	// the image as a whole if the manifest has a digest of it.
	Files int   `json:"files"`
	Bytes int64 `json:"bytes"`
	// Discs is the number of discs of the set. Disc says which of them the
	// target is; it is 0 for all of them and if that is not known.
	Discs int `json:"discs,omitempty"`
	Disc  int `json:"disc,omitempty"`
	// PackageSHA256 is the package digest computed from the .SHA files, or from
	// the form's list if the target is one disc of a set.
	PackageSHA256 checksum.Sum `json:"package_sha256,omitzero"`
	// Checks is what the manifest says about checks; nil if it says nothing.
	Checks *check.Passed `json:"checks,omitempty"`
	// Opened says that every record was opened with a key and its content holds;
	// OpenedRecords counts those of which that is true. WrongKey says that the key
	// opened none of the records that are whole, so it is the wrong one.
	Opened        bool `json:"opened"`
	OpenedRecords int  `json:"opened_records,omitempty"`
	WrongKey      bool `json:"wrong_key,omitempty"`
	// Keyed says that there was a key to open records with.
	Keyed bool `json:"-"`
	Statements
	Findings []finding.Finding `json:"findings"`
}
