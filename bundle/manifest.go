package bundle

import (
	"time"

	"csuis-offline/batch"
	"csuis-offline/check"
	"csuis-offline/checksum"
)

// Names in a package folder (doc/package.md).
const (
	ManifestName = batch.PackageManifest
	RecordsDir   = "records"
	FormName     = "FORMULAR.PDF"
	formatName   = "csuis-package/1"
)

// Manifest says what a package consists of (doc/package.md). Its JSON form is
// written by WriteManifest and read by ReadManifest.
type Manifest struct {
	Format        string        `json:"format"`
	Package       string        `json:"package"` // CSUIS_<IC>_<YYYYMMDD>_<NN>
	Created       time.Time     `json:"created"`
	Generator     string        `json:"generator"`
	Unit          Unit          `json:"unit"`
	Person        Person        `json:"person"`
	Reason        string        `json:"reason,omitempty"`
	Place         string        `json:"place,omitempty"`
	Checks        *check.Passed `json:"checks,omitempty"` // nil: not known
	Media         string        `json:"media"`            // cd, cd74, dvd, dvd-dl
	PackageSHA256 checksum.Sum  `json:"package_sha256"`
	Form          FileInfo      `json:"form"`
	Images        []ImageInfo   `json:"images"`
	Records       []RecordInfo  `json:"records"`
}

// Unit is the accounting unit that hands over.
type Unit struct {
	IC   string `json:"ic"`
	Name string `json:"name"`
}

// Person is the responsible person (ZO/NZO).
type Person struct {
	ID     string   `json:"id"`
	Name   string   `json:"name,omitempty"`
	Email  string   `json:"email,omitempty"`
	Phones []string `json:"phones,omitempty"`
}

// FileInfo names a file of the package; Size is in bytes.
type FileInfo struct {
	File   string       `json:"file"`
	Size   int64        `json:"size"`
	SHA256 checksum.Sum `json:"sha256"`
}

// ImageInfo describes the image of one disc of the set.
type ImageInfo struct {
	FileInfo
	Disc     int    `json:"disc"` // 1-based
	VolumeID string `json:"volume_id"`
	Records  int    `json:"records"` // on this disc
}

// RecordInfo describes one sealed record.
type RecordInfo struct {
	Name          string       `json:"name"`     // without extension
	Original      string       `json:"original"` // the input's file name
	Source        string       `json:"source"`   // envelope, record (an envelope was built) or xm6
	Disc          int          `json:"disc"`
	RecordType    string       `json:"record_type,omitempty"`
	Root          string       `json:"root,omitempty"`
	SubjectIC     string       `json:"subject_ic,omitempty"`
	StatementDate string       `json:"statement_date,omitempty"`
	TransactionID string       `json:"transaction_id"`
	Created       string       `json:"created,omitempty"`
	Profile       string       `json:"profile"` // of the integrity identifier
	Kept          bool         `json:"identifier_kept,omitempty"`
	XMLSize       int64        `json:"xml_size"`
	Size          int64        `json:"size"`
	SHA256        checksum.Sum `json:"sha256"`
}
