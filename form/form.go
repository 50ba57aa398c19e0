// Package form fills and reads back the paper that goes with a disc: the
// "Formulář pro předávání dat náhradní přenosovou cestou" (technical manual,
// chapter D, Náhradní přenosová cesta) as a PDF of A4 pages.
//
// Write makes it from a plain model and does not know where the data came from.
// Read takes a form that Write made and returns what is printed on it.
// doc/form.md describes what other programs can rely on.
//
// The QR code holds the text
//
//	CSUIS-OFFLINE package NAME sha256 DIGEST
//
// with the package's name and the 64 lower-case hexadecimal digits of the
// package digest.
package form

import (
	"errors"
	"fmt"
	"time"

	"csuis-offline/checksum"
	"csuis-offline/progress"
)

// Form is the content of a form. Text may be in any script: letters that the
// embedded fonts lack are printed as U+FFFD. An empty field is printed as a
// dotted line to fill in by hand.
type Form struct {
	// Package is the package's name, CSUIS_<IC>_<YYYYMMDD>_<NN>.
	Package string
	Unit    Unit
	Person  Person
	// Reason says why the records do not go online. A line break starts a
	// new paragraph.
	Reason string
	Medium Medium
	// PackageDigest is the SHA-256 of all .SHA files, concatenated in name order.
	PackageDigest checksum.Sum
	// Place and Date are those of the signature. Date is also the date of
	// the document: the same form gives the same bytes.
	Place string
	Date  time.Time
	// Count is the number of records, and Row returns record i, from 0. Write
	// calls Row twice for each i, in ascending order; both calls must return
	// the same.
	Count int
	Row   func(i int) Row
	// Generator names the program and its version.
	Generator string
}

// Unit is the accounting unit (účetní jednotka).
type Unit struct{ IC, Name string }

// Person is the responsible person (zodpovědná osoba); ID is its PersonId.
type Person struct {
	Name, ID, Email string
	Phones          []string
}

// Medium is the disc or the set of discs.
type Medium struct {
	// Kind is "CD" or "DVD".
	Kind string
	// Volumes holds the volume identifier of each disc.
	Volumes []string
}

// Row is one record in the table of files.
type Row struct {
	// Name is the file on the disc, NAME.XM6.
	Name string
	// Kind is the record type and its name, "001 Rozvaha".
	Kind string
	// Date is the date of the record as people write it, "31.12.2009".
	Date string
	// TransactionID is the identifier of the transfer (technical manual, chapter A).
	TransactionID string
	// Size is the file's length in bytes and Sum its SHA-256.
	Size int64
	Sum  checksum.Sum
	// Disc is the disc that holds the file, from 1. It never decreases from one
	// row to the next.
	Disc int
	// Original is the name of the input file. It is printed unless it is empty
	// or the same as Name.
	Original string
}

// Options of Write.
type Options struct {
	// Progress counts the bytes written. Write calls only Add; the caller calls
	// SetMax and Done.
	Progress progress.Counter
}

// Limits of a form, in characters unless stated otherwise. Write refuses what is
// longer, since it never cuts a text.
const (
	MaxRecords = 500_000 // rows of the table
	MaxDiscs   = 999     // discs of a set
	MaxField   = 1_000   // a name, an address, a telephone, an original name
	MaxReason  = 20_000  // the reason
	MaxCell    = 255     // a cell of the table, the package's name
	MaxVolume  = 64      // a volume identifier
	maxPhones  = 50
	maxSize    = 1e12 // bytes of a record, for which the column has room
)

// ErrForm says that the form itself cannot be printed: a field is missing or too
// long, or rows are out of order. Write wraps it in an error with the reason.
var ErrForm = errors.New("form: cannot be printed")

func refuse(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrForm}, args...)...)
}
