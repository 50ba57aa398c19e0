package crypto

import (
	"archive/zip"
	"bytes"
	"crypto/aes"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"hash/crc32"
)

// The constants of WinZip AES ("AES Encryption Information: Encryption
// Specification AE-1 and AE-2", sections II and III).
const (
	methodAES     = 99
	extraAES      = 0x9901
	aesIterations = 1000
	aesVerifier   = 2
	aesCode       = 10
)

// aesParams is what the extra field of a WinZip AES entry says.
type aesParams struct {
	version uint16 // 1: the CRC is present and checked; 2: it is absent
	keySize int    // in bytes
	method  uint16 // the compression method
}

// parseAES reads the extra field 0x9901.
func parseAES(f *zip.File) (aesParams, error) {
	for extra := f.Extra; len(extra) >= 4; {
		id, size := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
		extra = extra[4:]
		if size > len(extra) {
			break
		}
		field := extra[:size]
		extra = extra[size:]
		if id != extraAES || size < 7 {
			continue
		}
		p := aesParams{
			version: binary.LittleEndian.Uint16(field),
			method:  binary.LittleEndian.Uint16(field[5:]),
		}
		strength := field[4]
		if p.version < 1 || p.version > 2 || string(field[2:4]) != "AE" || strength < 1 || strength > 3 {
			return p, keyFileError(ArchiveUnsupported, "AES encryption of version %d, strength %d is not supported", p.version, strength)
		}
		p.keySize = 8 + 8*int(strength)
		return p, nil
	}
	return aesParams{}, keyFileError(ArchiveDamaged, "the archive is damaged: no parameters of the AES encryption")
}

// open verifies and decrypts an entry: salt, password verifier, data and
// authentication code.
func (p aesParams) open(f *zip.File, packed, password []byte) ([]byte, error) {
	saltSize := p.keySize / 2
	if len(packed) < saltSize+aesVerifier+aesCode {
		return nil, keyFileError(ArchiveDamaged, "the archive is damaged: the encrypted file is too short")
	}
	salt, rest := packed[:saltSize], packed[saltSize:]
	verifier, rest := rest[:aesVerifier], rest[aesVerifier:]
	data, code := rest[:len(rest)-aesCode], rest[len(rest)-aesCode:]

	// pbkdf2 takes a string, which Go offers no way to wipe.
	keys, err := pbkdf2.Key(sha1.New, string(password), salt, aesIterations, 2*p.keySize+aesVerifier)
	if err != nil {
		return nil, fmt.Errorf("crypto: deriving the archive's key: %w", err)
	}
	defer clear(keys)
	if subtle.ConstantTimeCompare(verifier, keys[2*p.keySize:]) != 1 {
		return nil, ErrPassword
	}
	mac := hmac.New(sha1.New, keys[p.keySize:2*p.keySize])
	mac.Write(data)
	if !hmac.Equal(code, mac.Sum(nil)[:aesCode]) {
		return nil, keyFileError(ArchiveDamaged, "the archive is damaged: the authentication code is wrong")
	}
	plain := bytes.Clone(data)
	defer clear(plain)
	if err := littleCTR(keys[:p.keySize], plain); err != nil {
		return nil, err
	}
	content, err := unpack(p.method, plain, f)
	if err == nil && p.version == 1 && crc32.ChecksumIEEE(content) != f.CRC32 {
		clear(content)
		content, err = nil, errContent
	}
	return content, contentError(err)
}

// littleCTR decrypts in place. The counter is little-endian and begins with 1,
// unlike that of crypto/cipher.
func littleCTR(key, data []byte) error {
	block, err := aes.NewCipher(key)
	if err != nil {
		return fmt.Errorf("crypto: the archive's cipher: %w", err)
	}
	var counter, stream [aes.BlockSize]byte
	for n := uint64(1); len(data) > 0; n++ {
		binary.LittleEndian.PutUint64(counter[:], n)
		block.Encrypt(stream[:], counter[:])
		data = data[subtle.XORBytes(data, data, stream[:]):]
	}
	return nil
}
