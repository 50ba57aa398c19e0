// Package checksum writes, parses and verifies SHA-256 checksum files: the .SHA
// beside a sealed record, and whatever sha256sum and its relatives write.
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
	// The text is a stranger's and may be long: no error quotes it.
	if len(text) != hex.EncodedLen(len(s)) {
		return Sum{}, fmt.Errorf("checksum: a SHA-256 digest has %d hexadecimal digits, this has %d characters", hex.EncodedLen(len(s)), len(text))
	}
	if _, err := hex.Decode(s[:], []byte(text)); err != nil {
		return Sum{}, errors.New("checksum: a SHA-256 digest with a character that is no hexadecimal digit")
	}
	return s, nil
}

// Of returns the digest and the length in bytes of everything that r gives.
func Of(r io.Reader) (Sum, int64, error) {
	h := sha256.New()
	n, err := io.Copy(h, r)
	if err != nil {
		return Sum{}, n, err
	}
	return Sum(h.Sum(nil)), n, nil
}

// Line returns the line that sha256sum prints for a file: the digest, two
// spaces, the name, LF. A name with CR, LF or a backslash is escaped as GNU
// coreutils does it, with a backslash before the digest.
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
