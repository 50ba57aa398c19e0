package online

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"

	pkcs12 "software.sslmate.com/src/go-pkcs12"
)

// Errors of ReadPKCS12.
var (
	// ErrPKCS12Password: the password does not open the file.
	ErrPKCS12Password = errors.New("online: the password does not open the certificate file")
	// ErrPKCS12: the file holds no certificate with its private key, or none in a
	// form that is read here.
	ErrPKCS12 = errors.New("online: the file holds no certificate with a private key")
)

// maxPKCS12 is the longest file that is read, in bytes.
const maxPKCS12 = 1 << 20

// ReadPKCS12 reads a client certificate with its private key and the authorities
// above it (.p12, .pfx), of at most 1 MiB. The password is UTF-8; the caller
// overwrites it. The library takes it as a string, so a copy stays in memory
// until the garbage collector removes it.
func ReadPKCS12(r io.Reader, password []byte) (*tls.Certificate, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxPKCS12+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxPKCS12 {
		return nil, fmt.Errorf("%w: larger than %d bytes", ErrPKCS12, maxPKCS12)
	}
	key, leaf, above, err := pkcs12.DecodeChain(data, string(password))
	switch {
	case errors.Is(err, pkcs12.ErrIncorrectPassword), errors.Is(err, pkcs12.ErrDecryption):
		return nil, ErrPKCS12Password
	case err != nil:
		return nil, fmt.Errorf("%w: %s", ErrPKCS12, clip(err.Error()))
	}
	c := &tls.Certificate{Certificate: [][]byte{leaf.Raw}, PrivateKey: key, Leaf: leaf}
	for _, a := range above {
		c.Certificate = append(c.Certificate, a.Raw)
	}
	return c, nil
}
