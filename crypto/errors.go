package crypto

import (
	"errors"
	"fmt"
)

// ErrDamaged matches every *DamageError, for callers that need no reason: the
// sealed record is damaged, or was sealed with another key. The container cannot
// tell these apart (doc/xm6.md section 6).
var ErrDamaged = errors.New("crypto: the sealed record is damaged or the key is wrong")

// Damage says how a sealed record is damaged.
type Damage string

// The reasons, in the order in which a reader looks for them.
const (
	BadBase64 Damage = "bad-base64" // the base64 form has a wrong character, padding or end
	TooShort  Damage = "too-short"  // fewer bytes than the smallest sealed record, 32
	BadLength Damage = "bad-length" // the number of bytes is not a multiple of 16
	NoEnd     Damage = "no-end"     // no CR LF at the end: the end is damaged, or the key is wrong
)

// Damages lists every reason.
func Damages() []Damage { return []Damage{BadBase64, TooShort, BadLength, NoEnd} }

// DamageError is the error of reading a sealed record whose bytes are wrong.
// errors.Is(err, ErrDamaged) holds for it.
type DamageError struct {
	Reason Damage
	// Size is the number of ciphertext bytes read, for TooShort, BadLength and NoEnd.
	Size int64
	// Offset is the 0-based offset of the mistake in the base64 text, for BadBase64.
	Offset int64
	// Detail says more of BadBase64 in a few words.
	Detail string
}

// Error describes the damage in English.
func (e *DamageError) Error() string {
	switch e.Reason {
	case BadBase64:
		return fmt.Sprintf("%v: base64 offset %d: %s", ErrDamaged, e.Offset, e.Detail)
	case TooShort:
		return fmt.Sprintf("%v: %d bytes, fewer than %d", ErrDamaged, e.Size, minSealed)
	case BadLength:
		return fmt.Sprintf("%v: %d bytes, no multiple of %d", ErrDamaged, e.Size, blockSize)
	default:
		return fmt.Sprintf("%v: no CR LF at the end of the %d decrypted bytes", ErrDamaged, e.Size)
	}
}

// Is makes errors.Is(err, ErrDamaged) hold.
func (e *DamageError) Is(target error) bool { return target == ErrDamaged }

// The errors of ReadKey, beside those of reading and of the password function.
var (
	// ErrKeyFile matches every *KeyFileError: the file is not a key, whatever
	// the password.
	ErrKeyFile = errors.New("crypto: not a usable key file")
	// ErrPassword means that the password does not open the archive. For
	// ZipCrypto it may also mean that the archive is damaged: that encryption
	// cannot tell the two apart.
	ErrPassword = errors.New("crypto: the password does not open the key file")
	// ErrNoPassword means that the archive is encrypted and no password
	// function was given.
	ErrNoPassword = errors.New("crypto: the key file is encrypted and needs a password")
)

// KeyFileReason says why a file is not a usable key file.
type KeyFileReason string

// The reasons why a file is refused as a key.
const (
	NotAKey            KeyFileReason = "not-a-key"           // neither 32 bytes, nor 64 hexadecimal digits, nor a ZIP archive
	KeyFileTooLarge    KeyFileReason = "too-large"           // over one of the limits of ReadKey
	ArchiveDamaged     KeyFileReason = "archive-damaged"     // a structure, a checksum or the authentication code is wrong
	ArchiveUnsupported KeyFileReason = "archive-unsupported" // a compression or encryption method that ReadKey does not know
	ArchiveSplit       KeyFileReason = "archive-split"       // one of the parts of a ZIP archive that was split
	ArchiveForeign     KeyFileReason = "archive-foreign"     // an archive of another kind than ZIP, whatever the file's name says
	ArchiveNoKey       KeyFileReason = "archive-no-key"      // no file in the archive is a key
	ArchiveAmbiguous   KeyFileReason = "archive-ambiguous"   // several files in the archive may be the key
)

// KeyFileReasons lists every reason.
func KeyFileReasons() []KeyFileReason {
	return []KeyFileReason{NotAKey, KeyFileTooLarge, ArchiveDamaged, ArchiveUnsupported, ArchiveSplit, ArchiveForeign, ArchiveNoKey, ArchiveAmbiguous}
}

// KeyFileError is the error of ReadKey and NewKey for what is not a key.
// errors.Is(err, ErrKeyFile) holds for it. It never holds a byte of the file's
// content.
type KeyFileError struct {
	Reason KeyFileReason
	// Detail says more, in English: a size, a method, the names of files.
	Detail string
	// Format is the name of the archive's kind, for ArchiveForeign: "7-Zip".
	Format string
}

// Error describes the refusal in English.
func (e *KeyFileError) Error() string { return fmt.Sprintf("%v: %s", ErrKeyFile, e.Detail) }

// Is makes errors.Is(err, ErrKeyFile) hold.
func (e *KeyFileError) Is(target error) bool { return target == ErrKeyFile }

func keyFileError(reason KeyFileReason, format string, args ...any) error {
	return &KeyFileError{Reason: reason, Detail: fmt.Sprintf(format, args...)}
}
