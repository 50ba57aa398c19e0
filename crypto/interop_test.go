package crypto

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"csuis-offline/internal/testtool"
)

// openssl runs AES-256-CBC with a zero IV and no padding over bytes.
func openssl(t testing.TB, in []byte, args ...string) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "in")
	if err := os.WriteFile(path, in, 0o600); err != nil {
		t.Fatal(err)
	}
	args = append([]string{"enc", "-aes-256-cbc", "-nopad", "-K", hex.EncodeToString(testKey), "-iv", "00000000000000000000000000000000", "-in", path}, args...)
	return testtool.Run(t, "openssl", args...)
}

func TestOpensslOpensOurs(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "openssl")
	key := mustKey(t, testKey)
	for _, n := range []int{0, 1, 13, 14, 15, 16, 29, 30, 31, chunkSize - 33, chunkSize - 18, chunkSize - 17, chunkSize, 300_000} {
		plain := plainOf(n)
		var out bytes.Buffer
		seal(t, &out, key, plain, nil)
		got := openssl(t, out.Bytes(), "-d")
		if len(got) != out.Len() || len(got)%16 != 0 {
			t.Fatalf("%d bytes: %d decrypted of %d", n, len(got), out.Len())
		}
		tail, ok := bytes.CutPrefix(got[16:], append(bytes.Clone(plain), "\r\n"...))
		if !ok || len(tail) > 15 || bytes.ContainsAny(tail, "\r\n") {
			t.Errorf("%d bytes: %d bytes of tail, document found: %v", n, len(tail), ok)
		}
	}
}

func TestWeOpenWhatOpensslSeals(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "openssl")
	key := mustKey(t, testKey)
	for _, n := range []int{0, 1, 13, 14, 15, 16, 29, 30, 31, chunkSize - 33, chunkSize - 18, chunkSize - 17, chunkSize, 300_000} {
		plain := plainOf(n)
		whole := slices.Concat([]byte("sixteen  filler "), plain, []byte("\r\n"))
		for len(whole)%16 != 0 {
			whole = append(whole, '.')
		}
		for _, form := range []string{"-nosalt", "-a", "-A"} { // raw, lines of 64, one line
			args := []string{form}
			if form == "-A" {
				args = []string{"-a", "-A"}
			}
			src := openssl(t, whole, args...)
			got, err := io.ReadAll(NewReader(bytes.NewReader(src), key))
			if err != nil || !bytes.Equal(got, plain) {
				t.Errorf("%d bytes, %s: %d bytes, %v", n, form, len(got), err)
			}
		}
	}
}

func TestWeReadBase64OfTheBase64Program(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "base64")
	key := mustKey(t, testKey)
	plain := plainOf(100_000)
	path := filepath.Join(t.TempDir(), "R.XM6")
	if err := os.WriteFile(path, sealed(t, key, plain), 0o600); err != nil {
		t.Fatal(err)
	}
	text := testtool.Run(t, "base64", path)
	if bytes.Count(text, []byte("\n")) < 100 {
		t.Fatal("one line")
	}
	got, err := io.ReadAll(NewReader(bytes.NewReader(text), key))
	if err != nil || !bytes.Equal(got, plain) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

// archives are the ways in which other programs encrypt a ZIP.
var archives = []struct {
	program string
	args    []string // before the archive's name
}{
	{"7z", []string{"a", "-bd", "-tzip", "-ptajne heslo", "-mem=AES128"}},
	{"7z", []string{"a", "-bd", "-tzip", "-ptajne heslo", "-mem=AES192"}},
	{"7z", []string{"a", "-bd", "-tzip", "-ptajne heslo", "-mem=AES256"}},
	{"7z", []string{"a", "-bd", "-tzip", "-ptajne heslo", "-mem=AES256", "-mm=Copy"}},
	{"7z", []string{"a", "-bd", "-tzip", "-ptajne heslo", "-mem=ZipCrypto"}},
	{"7z", []string{"a", "-bd", "-tzip", "-ptajne heslo", "-mem=ZipCrypto", "-mx=0"}},
	{"zip", []string{"-q", "-P", "tajne heslo"}},
	{"zip", []string{"-q", "-0", "-P", "tajne heslo"}},
	{"zip", []string{"-q", "-fd", "-P", "tajne heslo"}},
}

func TestReadKeyOfOtherPrograms(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "7z", "zip")
	raw := plainOf(KeySize)
	digits := []byte(hex.EncodeToString(raw) + "\r\n")
	for i, a := range archives {
		for _, content := range [][]byte{raw, digits} {
			t.Run(fmt.Sprintf("%s %d of %d bytes", a.program, i, len(content)), func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				key := filepath.Join(dir, "AESKEY.DEC")
				other := filepath.Join(dir, "osoba.xml")
				for path, b := range map[string][]byte{key: content, other: bytes.Repeat([]byte("<a/>"), 99)} {
					if err := os.WriteFile(path, b, 0o600); err != nil {
						t.Fatal(err)
					}
				}
				zip := filepath.Join(dir, "KEY.ZIP")
				testtool.Run(t, a.program, append(slices.Clone(a.args), zip, other, key)...)
				data, err := os.ReadFile(zip)
				if err != nil {
					t.Fatal(err)
				}
				right := readZip(data, "tajne heslo")
				checkKey(t, testtool.Vector{Header: [][2]string{{"expect", "ok"}, {"key", hex.EncodeToString(raw)}}}, "right password", right.key, right.err)
				wrong := readZip(data, "tajne hesla")
				checkKey(t, testtool.Vector{Header: [][2]string{{"reason", "password"}}}, "wrong password", wrong.key, wrong.err)
			})
		}
	}
}

type readResult struct {
	key *Key
	err error
}

func readZip(data []byte, password string) readResult {
	key, err := ReadKey(bytes.NewReader(data), func() ([]byte, error) { return []byte(password), nil })
	return readResult{key, err}
}

// The archives made byte by byte, AE-1 among them, are archives to 7z too.
func TestOtherProgramOpensKeyVectors(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "7z")
	for _, name := range []string{
		"zip-ae1-aes128", "zip-ae1-aes192", "zip-ae1-aes256", "zip-ae1-deflated",
		"zip-ae2-deflated-aes128", "zip-ae2-deflated-aes256", "zip-zipcrypto", "zip-zipcrypto-descriptor",
	} {
		for _, v := range testtool.Vectors(t, "key") {
			if v.Name != name {
				continue
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				path := filepath.Join(t.TempDir(), "key.zip")
				if err := os.WriteFile(path, v.Body, 0o600); err != nil {
					t.Fatal(err)
				}
				got := testtool.Run(t, "7z", "e", "-so", "-p"+v.Get("password"), path, "AESKEY.DEC")
				if hex.EncodeToString(got) != v.Get("key") {
					t.Errorf("7z reads %x", got)
				}
				// And 7z finds fault where we do.
				if _, _, err := testtool.Try(t, "7z", "t", "-pjine", path); err == nil {
					t.Error("7z takes a wrong password")
				}
			})
		}
	}
}

func TestBase64AgreesWithTheStandardLibrary(t *testing.T) {
	t.Parallel()
	for n := range 100 {
		plain := plainOf(n + minSealed)
		text := base64.StdEncoding.EncodeToString(plain)
		src, err := detect(bytes.NewReader([]byte(text)))
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(src)
		if err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%d bytes: %d, %v", n, len(got), err)
		}
	}
}
