package crypto

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"io"
)

// The limits of ReadKey.
const (
	// MaxKeyFile is the greatest size in bytes of a key file.
	MaxKeyFile = 16 << 20
	// maxKeyText is the greatest size in bytes of 64 digits with white space.
	maxKeyText = 256
)

// ReadKey reads a key file of any kind (doc/xm6.md section 2): 32 raw bytes, 64
// hexadecimal digits, or a ZIP archive that holds one such file, encrypted or
// not. In an archive a file named AESKEY.DEC is the key; without one, the only
// file of 32 bytes; without one, the only file of 64 digits.
//
// ReadKey calls password at most once, and only for an encrypted archive; nil
// means that there is no password (ErrNoPassword). It returns the password as
// typed, in UTF-8 and without a line end, and ReadKey overwrites it after use.
// ReadKey also tries a password with letters beyond ASCII in the code pages of
// Czech DOS and Windows. It wraps an error of password.
//
// ReadKey fails with ErrPassword for a wrong password and with a *KeyFileError
// (ErrKeyFile) for a file that is not a key. It reads at most one byte more than
// MaxKeyFile.
func ReadKey(r io.Reader, password func() ([]byte, error)) (*Key, error) {
	data, err := readSecret(r, MaxKeyFile)
	defer clear(data)
	if err != nil {
		return nil, err
	}
	// The length decides first, since 32 random bytes may look like anything.
	key, err := parseKey(data)
	if err == nil {
		return key, nil
	}
	if isPartOfZip(data) {
		return nil, keyFileError(ArchiveSplit, "one part of a ZIP archive that was split")
	}
	if format := foreignArchive(data); format != "" && !bytes.Contains(data, []byte(zipEnd)) {
		return nil, &KeyFileError{Reason: ArchiveForeign, Detail: "an archive of " + format + ", not ZIP", Format: format}
	}
	// Other bytes may precede the signature at the end of an archive's directory.
	if !bytes.Contains(data, []byte(zipEnd)) && !bytes.HasPrefix(data, []byte(zipFile)) {
		return nil, err
	}
	return readZipKey(data, password)
}

// parseKey reads 32 raw bytes or a text of 64 hexadecimal digits.
func parseKey(data []byte) (*Key, error) {
	if len(data) == KeySize {
		return NewKey(data)
	}
	bad := keyFileError(NotAKey, "neither %d bytes, nor %d hexadecimal digits, nor a ZIP archive", KeySize, 2*KeySize)
	if len(data) > maxKeyText {
		return nil, bad
	}
	var raw [KeySize]byte
	defer clear(raw[:])
	digits := bytes.TrimSpace(plainText(data))
	if len(digits) != 2*KeySize {
		return nil, bad
	}
	if _, err := hex.Decode(raw[:], digits); err != nil {
		return nil, bad
	}
	return NewKey(raw[:])
}

// plainText removes a byte order mark, and from UTF-16 with one, as Windows
// writes it, the high bytes that are zero, as those of digits and white space are.
func plainText(data []byte) []byte {
	if text, ok := bytes.CutPrefix(data, utf8BOM); ok {
		return text
	}
	low := 0
	switch {
	case bytes.HasPrefix(data, []byte("\xFF\xFE")):
	case bytes.HasPrefix(data, []byte("\xFE\xFF")):
		low = 1
	default:
		return data
	}
	units := data[2:]
	if len(units)%2 != 0 {
		return data
	}
	text := make([]byte, 0, len(units)/2)
	for ; len(units) > 0; units = units[2:] {
		if units[1-low] != 0 {
			return data
		}
		text = append(text, units[low])
	}
	return text
}

// readSecret reads at most limit bytes and wipes its intermediate buffers.
func readSecret(r io.Reader, limit int) ([]byte, error) {
	buf, n := make([]byte, 1<<12), 0
	for {
		m, err := readFull(r, buf[n:])
		n += m
		switch {
		case err == io.EOF:
			return buf[:n], nil
		case err != nil:
			clear(buf)
			return nil, fmt.Errorf("crypto: reading the key file: %w", err)
		case n > limit:
			clear(buf)
			return nil, keyFileError(KeyFileTooLarge, "over %d bytes", limit)
		}
		more := make([]byte, min(4*len(buf), limit+1))
		copy(more, buf)
		clear(buf)
		buf = more
	}
}
