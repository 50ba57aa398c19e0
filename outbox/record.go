package outbox

import (
	"database/sql"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"csuis-offline/checksum"
)

// Meta is what the caller knows of a record.
type Meta struct {
	// TransactionID is the one in the envelope's header: 1 to 32 hexadecimal
	// digits, of either case (technical manual, chapter A). It is required.
	TransactionID string
	// Unit is the IČ, eight digits. It is required.
	Unit string
	// Person is the PersonId of the person who must send it; it is sealed with that
	// person's key, so nobody else can.
	Person string
	// Type is the record type, and Date the statement's date as YYYY-MM-DD. Together
	// with Unit they say which statement this is a version of; where either is
	// "" the record is no version of anything.
	Type, Date string
	// Name is how the record is called on a disc, without an extension: 1 to 27
	// capital letters, digits and "_". It is required. Source is the file that it
	// was sealed from, for people.
	Name, Source string
	// SourceSum is the digest of that file, by which a second attempt to add the
	// same file is recognised; the zero Sum if it is not known.
	SourceSum checksum.Sum
}

// Record is one record of the outbox. Times are UTC; the zero Time is none.
type Record struct {
	Meta
	ID int64
	// Size is the number of sealed bytes, and Sum their SHA-256.
	Size    int64
	Sum     checksum.Sum
	Created time.Time
	State   State
	Since   time.Time // of the state
	// Attempts is how often it was claimed and not returned; Failures how often
	// in a row it was not delivered.
	Attempts, Failures int
	// Due is when it is tried next. The zero Time means that it is not tried by
	// itself.
	Due time.Time
	// Hold says what a record in Waiting waits for; "" means its time.
	Hold Hold
	// Reason, HTTP and Detail are of the last outcome that was no success: see Outcome.
	Reason string
	HTTP   int
	Detail string
	// NewerMayPass: newer versions may be sent although this one is not resolved.
	NewerMayPass bool
	// SupersededBy is the newer version; 0 for none.
	SupersededBy int64
	// Package is the package that it last went into; 0 for none.
	Package int64
	// The last status message about it: its code, name, text, and time.
	StatusCode, StatusName, StatusText string
	StatusAt                           time.Time
	// BytesRemoved is when the sealed bytes were removed on the user's word.
	BytesRemoved time.Time

	// What a record in Prepared or Waiting waits for besides its time, as Get and
	// List find it; a record that another call returns does not have it.
	//
	// BlockedBy is the oldest version of its statement that may still be
	// delivered, and so must be resolved first; 0 for none. NeedsPassword: the
	// person's password was refused, for this record or for another one.
	BlockedBy     int64
	NeedsPassword bool

	file, owner, token, beforeDisc string
}

// Hold is what a waiting record waits for besides time.
type Hold string

// The holds.
const (
	HoldNone     Hold = ""
	HoldPassword Hold = "password" // PasswordRenewed lets it go on
	HoldUser     Hold = "user"     // SendNow lets it go on
)

// Wait is what a record waits for first.
type Wait string

// The waits.
const (
	WaitNothing  Wait = ""         // the record is neither Prepared nor Waiting
	WaitPassword Wait = "password" // PasswordRenewed lets it go on
	WaitUser     Wait = "user"     // SendNow lets it go on
	WaitOlder    Wait = "older"    // for the record BlockedBy to be resolved
	WaitTime     Wait = "time"     // until Due, which may be over
)

// WaitsFor says what has to happen first for the record to be sent, as far as
// Get and List found it: what a person has to do comes before what may pass.
func (r *Record) WaitsFor() Wait {
	switch {
	case r.State != Prepared && r.State != Waiting:
		return WaitNothing
	case r.Hold == HoldUser:
		return WaitUser
	case r.Hold == HoldPassword || r.NeedsPassword:
		return WaitPassword
	case r.BlockedBy != 0:
		return WaitOlder
	}
	return WaitTime
}

const recordColumns = `id, transaction_id, unit, person, type, date, name, source, source_sha256, file, size, sha256, created,
	state, since, attempts, failures, due, hold, reason, http, detail, owner, token, newer_may_pass, superseded_by, package,
	before_disc, status_code, status_name, status_text, status_at, bytes_removed`

// queriedColumns are recordColumns of record r, and what the record waits for.
const queriedColumns = recordColumns + `, CASE WHEN r.state IN ('prepared', 'waiting') THEN (SELECT min(old.id) ` + olderVersions + `) END,
	r.state IN ('prepared', 'waiting') AND ` + refusedPassword

type scanner interface{ Scan(...any) error }

// scanQueried reads a row of queriedColumns.
func scanQueried(row scanner) (Record, error) {
	var by sql.NullInt64
	var password bool
	r, err := scanRecord(row, &by, &password)
	r.BlockedBy, r.NeedsPassword = by.Int64, password
	return r, err
}

// scanRecord reads a row of recordColumns, and of further ones.
func scanRecord(row scanner, further ...any) (Record, error) {
	var r Record
	var sourceSum, sum, created, since, statusAt, removed string
	var due sql.NullString
	var by, pkg sql.NullInt64
	err := row.Scan(append([]any{&r.ID, &r.TransactionID, &r.Unit, &r.Person, &r.Type, &r.Date, &r.Name, &r.Source, &sourceSum, &r.file,
		&r.Size, &sum, &created, &r.State, &since, &r.Attempts, &r.Failures, &due, &r.Hold, &r.Reason, &r.HTTP, &r.Detail,
		&r.owner, &r.token, &r.NewerMayPass, &by, &pkg, &r.beforeDisc, &r.StatusCode, &r.StatusName, &r.StatusText,
		&statusAt, &removed}, further...)...)
	if err != nil {
		return Record{}, err
	}
	r.SupersededBy, r.Package = by.Int64, pkg.Int64
	if err := r.checkForm(); err != nil {
		return Record{}, err
	}
	if sourceSum != "" {
		if r.SourceSum, err = checksum.ParseSum(sourceSum); err != nil {
			return Record{}, damaged(r.ID, err)
		}
	}
	if r.Sum, err = checksum.ParseSum(sum); err != nil {
		return Record{}, damaged(r.ID, err)
	}
	for _, t := range []struct {
		text string
		into *time.Time
	}{{created, &r.Created}, {since, &r.Since}, {due.String, &r.Due}, {statusAt, &r.StatusAt}, {removed, &r.BytesRemoved}} {
		if *t.into, err = parseStamp(t.text); err != nil {
			return Record{}, damaged(r.ID, err)
		}
	}
	return r, nil
}

// statement reports whether the record is a version of a statement.
func (m *Meta) statement() bool { return m.Type != "" && m.Date != "" }

var (
	transactionForm = regexp.MustCompile(`^[0-9a-fA-F]{1,32}$`)
	unitForm        = regexp.MustCompile(`^[0-9]{8}$`)
)

const maxField = 1000 // bytes of a text that people read

func (m *Meta) validate() error {
	if !transactionForm.MatchString(m.TransactionID) {
		return &InvalidError{"TransactionId", m.TransactionID, "1 to 32 hexadecimal digits are needed"}
	}
	if !unitForm.MatchString(m.Unit) {
		return &InvalidError{"unit", m.Unit, "an IČ has eight digits"}
	}
	if m.Date != "" {
		// Two spellings of one date would make two statements.
		if _, err := time.Parse(time.DateOnly, m.Date); err != nil {
			return &InvalidError{"date", m.Date, "YYYY-MM-DD is needed"}
		}
	}
	if !isName(m.Name) {
		return &InvalidError{"name", short(m.Name, 40), "1 to 27 capital letters without marks, digits and _ are needed, and no name of a device"}
	}
	for _, f := range []struct{ name, value string }{
		{"person", m.Person}, {"type", m.Type}, {"source", m.Source},
	} {
		if len(f.value) > maxField || !utf8.ValidString(f.value) || strings.ContainsRune(f.value, 0) {
			return &InvalidError{f.name, short(f.value, 40), "not usable: too long, or no text"}
		}
	}
	return nil
}

// short bounds a text from a server for the database.
func short(s string, limit int) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit] + "…"
}
