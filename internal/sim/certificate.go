package sim

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// Files of the simulator's certificate authority in the state folder: a restart
// keeps it, so that clients go on trusting it.
const (
	caFile    = "ca.pem"
	caKeyFile = "ca-key.pem"
)

const certificateDays = 3650

// certificate makes the server's certificate for the hosts, signed by the state
// folder's own authority, which is made if there is none. It uses real time and
// real randomness, whatever the options say.
func certificate(dir string, hosts []string) (tls.Certificate, error) {
	ca, key, err := authority(dir)
	if err != nil {
		return tls.Certificate{}, err
	}
	own, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	t := template("csuis-sim")
	t.KeyUsage, t.ExtKeyUsage = x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	for _, h := range hosts {
		if ip := net.ParseIP(h); ip != nil {
			t.IPAddresses = append(t.IPAddresses, ip)
		} else {
			t.DNSNames = append(t.DNSNames, h)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, t, ca, &own.PublicKey, key)
	return tls.Certificate{Certificate: [][]byte{der, ca.Raw}, PrivateKey: own}, err
}

func template(name string) *x509.Certificate {
	now := time.Now()
	return &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()),
		Subject:      pkix.Name{CommonName: name, Organization: []string{"csuis-offline, simulated CSÚIS"}},
		NotBefore:    now.Add(-time.Hour), NotAfter: now.AddDate(0, 0, certificateDays),
	}
}

func authority(dir string) (*x509.Certificate, *ecdsa.PrivateKey, error) {
	pair, err := tls.LoadX509KeyPair(filepath.Join(dir, caFile), filepath.Join(dir, caKeyFile))
	if err == nil {
		key, ok := pair.PrivateKey.(*ecdsa.PrivateKey)
		if !ok || pair.Leaf == nil {
			return nil, nil, errors.New(caKeyFile + " was not made by a simulator")
		}
		return pair.Leaf, key, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	t := template("csuis-sim CA")
	t.IsCA, t.BasicConstraintsValid, t.KeyUsage = true, true, x509.KeyUsageCertSign
	der, err := x509.CreateCertificate(rand.Reader, t, t, &key.PublicKey, key)
	if err != nil {
		return nil, nil, err
	}
	ca, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, nil, err
	}
	private, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return nil, nil, err
	}
	// The certificate comes last, so that it is never there without its key.
	for _, f := range []struct {
		name, kind string
		der        []byte
		perm       fs.FileMode
	}{{caKeyFile, "EC PRIVATE KEY", private, 0o600}, {caFile, "CERTIFICATE", der, 0o644}} {
		text := pem.EncodeToMemory(&pem.Block{Type: f.kind, Bytes: f.der})
		if err := os.WriteFile(filepath.Join(dir, f.name), text, f.perm); err != nil {
			return nil, nil, err
		}
	}
	return ca, key, nil
}
