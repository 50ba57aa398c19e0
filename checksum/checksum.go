// Package checksum writes, parses and verifies SHA-256 checksum files: the .SHA
// file of a sealed record, and the output of sha256sum and similar programs.
package checksum

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
)

// Sum is a SHA-256 digest.
type Sum [sha256.Size]byte

// String returns the digest as 64 lower-case hexadecimal digits.
func (s Sum) String() string { return hex.EncodeToString(s[:]) }

// MarshalText returns the digest as String does, for JSON.
func (s Sum) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, s[:]), nil }

// UnmarshalText reads what ParseSum reads.
func (s *Sum) UnmarshalText(text []byte) error {
	sum, err := ParseSum(string(text))
	if err == nil {
		*s = sum
	}
	return err
}

// ParseSum reads 64 hexadecimal digits of either case, and nothing around them.
func ParseSum(text string) (Sum, error) {
	var s Sum
	// The text comes from a stranger and may be long, so errors do not quote it.
	if len(text) != hex.EncodedLen(len(s)) {
		return Sum{}, fmt.Errorf("checksum: a SHA-256 digest has %d hexadecimal digits, this has %d characters", hex.EncodedLen(len(s)), len(text))
	}
	if _, err := hex.Decode(s[:], []byte(text)); err != nil {
		return Sum{}, errors.New("checksum: a SHA-256 digest with a character that is not a hexadecimal digit")
	}
	return s, nil
}

// Of reads r to its end and returns the digest and the length in bytes.
func Of(r io.Reader) (Sum, int64, error) {
	h := sha256.New()
	n, err := io.Copy(h, r)
	if err != nil {
		return Sum{}, n, err
	}
	return Sum(h.Sum(nil)), n, nil
}

// Line returns the line that sha256sum prints for a file: the digest, two
// spaces, the name, LF. It escapes a name with CR, LF or a backslash as GNU
// coreutils does, with a backslash before the digest.
func Line(name string, s Sum) []byte {
	escaped := escaper.Replace(name)
	line := make([]byte, 0, 1+2*len(s)+2+len(escaped)+1)
	if escaped != name {
		line = append(line, '\\')
	}
	line = hex.AppendEncode(line, s[:])
	line = append(line, "  "...)
	line = append(line, escaped...)
	return append(line, '\n')
}
