package crypto

import (
	"archive/zip"
	"bytes"
	"errors"
	"hash/crc32"
)

// zipCryptoHeader is the length of the random header before the data, in
// bytes; its last byte checks the password (APPNOTE 6.1.3).
const zipCryptoHeader = 12

// openZipCrypto opens a file with traditional PKWARE encryption (APPNOTE 6.1).
// There, a wrong password and damage look alike, so both are ErrPassword.
func openZipCrypto(f *zip.File, packed, password []byte) ([]byte, error) {
	if len(packed) < zipCryptoHeader {
		return nil, keyFileError(ArchiveDamaged, "the archive is damaged: no encryption header")
	}
	data := bytes.Clone(packed)
	defer clear(data)
	newZipCipher(password).decrypt(data)
	check := data[zipCryptoHeader-1]
	byCRC := check == byte(f.CRC32>>24)
	byTime := check == byte(f.ModifiedTime>>8)
	// A program that streams does not know the CRC and uses the time instead;
	// some programs always do.
	if !byCRC && !byTime {
		return nil, ErrPassword
	}
	content, err := unpack(f.Method, data[zipCryptoHeader:], f)
	if err == nil && crc32.ChecksumIEEE(content) != f.CRC32 {
		clear(content)
		err = errContent
	}
	if errors.Is(err, errContent) {
		err = ErrPassword
	}
	if err != nil {
		return nil, err
	}
	return content, nil
}

// zipCipher holds the three keys of APPNOTE 6.1.5.
type zipCipher [3]uint32

func newZipCipher(password []byte) *zipCipher {
	z := &zipCipher{0x12345678, 0x23456789, 0x34567890}
	for _, c := range password {
		z.update(c)
	}
	return z
}

func (z *zipCipher) update(c byte) {
	z[0] = crcStep(z[0], c)
	z[1] = (z[1]+z[0]&0xff)*134775813 + 1
	z[2] = crcStep(z[2], byte(z[1]>>24))
}

func crcStep(crc uint32, c byte) uint32 {
	return crc32.IEEETable[byte(crc)^c] ^ crc>>8
}

// decrypt decrypts in place (APPNOTE 6.1.7).
func (z *zipCipher) decrypt(data []byte) {
	for i, c := range data {
		t := z[2]&0xffff | 2
		data[i] = c ^ byte(t*(t^1)>>8)
		z.update(data[i])
	}
}
