package crypto

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"csuis-offline/internal/testtool"
)

func unhex(t testing.TB, digits string) []byte {
	t.Helper()
	raw, err := hex.DecodeString(digits)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func mustKey(t testing.TB, raw []byte) *Key {
	t.Helper()
	key, err := NewKey(raw)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// sources are the ways in which bytes arrive.
var sources = map[string]func(io.Reader) io.Reader{
	"whole":         func(r io.Reader) io.Reader { return r },
	"byte by byte":  iotest.OneByteReader,
	"half":          iotest.HalfReader,
	"data with EOF": iotest.DataErrReader,
}

func TestRecordVectors(t *testing.T) {
	t.Parallel()
	for _, v := range testtool.Vectors(t, "xm6") {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			key := mustKey(t, v.Bytes(t, "key"))
			for name, wrap := range sources {
				document, err := io.ReadAll(NewReader(wrap(bytes.NewReader(v.Body)), key))
				checkRecord(t, v, name, document, err)
				document, err = io.ReadAll(iotest.OneByteReader(NewReader(wrap(bytes.NewReader(v.Body)), key)))
				checkRecord(t, v, name+", read byte by byte", document, err)
			}
			if v.Get("form") == "raw" {
				text := base64.StdEncoding.EncodeToString(v.Body)
				document, err := io.ReadAll(NewReader(strings.NewReader(text), key))
				checkRecord(t, v, "as base64", document, err)
			}
			if v.Accepted() && v.Get("form") == "raw" {
				reseal(t, v, key)
			}
		})
	}
}

func checkRecord(t *testing.T, v testtool.Vector, how string, document []byte, err error) {
	t.Helper()
	if v.Accepted() {
		if err != nil {
			t.Errorf("%s: %v", how, err)
		} else if got := fmt.Sprintf("%x", sha256.Sum256(document)); got != v.Get("sha256") {
			t.Errorf("%s: document %q, %s, want %s", how, document, got, v.Get("sha256"))
		}
		return
	}
	expect := v.Get("reason")
	var damage *DamageError
	if !errors.As(err, &damage) || !errors.Is(err, ErrDamaged) {
		t.Errorf("%s: error %v, want damage %s", how, err, expect)
	} else if string(damage.Reason) != expect {
		t.Errorf("%s: %s (%v), want %s", how, damage.Reason, err, expect)
	}
}

// reseal makes the vector again with the filler that it holds; it must give
// the same bytes unless the vector breaks a rule for writers.
func reseal(t *testing.T, v testtool.Vector, key *Key) {
	t.Helper()
	document, err := io.ReadAll(NewReader(bytes.NewReader(v.Body), key))
	if err != nil {
		t.Fatal(err)
	}
	if int64(len(v.Body)) != SealedSize(int64(len(document))) {
		t.Errorf("SealedSize(%d) = %d, the vector has %d", len(document), SealedSize(int64(len(document))), len(v.Body))
	}
	var out bytes.Buffer
	seal(t, &out, key, document, bytes.NewReader(bytes.Repeat([]byte("A"), Overhead)))
	switch v.Name {
	case "tail-of-one-cr", "tail-of-one-lf",
		"first-filler-of-cr-lf", "iv-other", "flip-unseen":
		if bytes.Equal(out.Bytes(), v.Body) {
			t.Error("resealed to the same bytes")
		}
	default:
		if !bytes.Equal(out.Bytes(), v.Body) {
			t.Errorf("resealed to %x, want %x", out.Bytes(), v.Body)
		}
	}
}

func seal(t testing.TB, dst io.Writer, key *Key, document []byte, random io.Reader) {
	t.Helper()
	w, err := NewWriter(dst, key, WriterOptions{Rand: random})
	if err != nil {
		t.Fatal(err)
	}
	if n, err := w.Write(document); err != nil || n != len(document) {
		t.Fatalf("Write: %d, %v", n, err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestKeyVectors(t *testing.T) {
	t.Parallel()
	for _, v := range testtool.Vectors(t, "key") {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			for name, wrap := range sources {
				var given []byte
				asked := 0
				var ask func() ([]byte, error)
				if typed := v.All("password"); typed != nil {
					ask = func() ([]byte, error) {
						asked++
						given = []byte(typed[0])
						return given, nil
					}
				}
				key, err := ReadKey(wrap(bytes.NewReader(v.Body)), ask)
				checkKey(t, v, name, key, err)
				if asked > 1 {
					t.Errorf("%s: asked %d times for the password", name, asked)
				}
				if len(bytes.Trim(given, "\x00")) > 0 {
					t.Errorf("%s: the password was not wiped", name)
				}
			}
		})
	}
}

func checkKey(t *testing.T, v testtool.Vector, how string, key *Key, err error) {
	t.Helper()
	expect := v.Get("reason")
	if (key == nil) != (err != nil) {
		t.Errorf("%s: key and error, or neither", how)
	}
	var refused *KeyFileError
	switch {
	case v.Accepted():
		if err != nil {
			t.Errorf("%s: %v", how, err)
		} else if !key.Equal(mustKey(t, v.Bytes(t, "key"))) {
			t.Errorf("%s: another key", how)
		}
	case expect == "password":
		if !errors.Is(err, ErrPassword) || errors.Is(err, ErrKeyFile) {
			t.Errorf("%s: error %v, want ErrPassword", how, err)
		}
	case expect == "no-password":
		if !errors.Is(err, ErrNoPassword) {
			t.Errorf("%s: error %v, want ErrNoPassword", how, err)
		}
	case !errors.As(err, &refused) || !errors.Is(err, ErrKeyFile):
		t.Errorf("%s: error %v, want a refusal %s", how, err, expect)
	case string(refused.Reason) != expect:
		t.Errorf("%s: %s (%v), want %s", how, refused.Reason, err, expect)
	}
	if err != nil {
		said := fmt.Sprintf("%v %+v %#v", err, err, err)
		shows(t, how, said, []byte(v.Get("password")))
		if !strings.HasPrefix(v.Name, "zip") { // names of files are no secret
			shows(t, how, said, v.Body)
		}
	}
}

// Every reason has a vector, and every vector names a reason that exists.
func TestVectorsCoverReasons(t *testing.T) {
	t.Parallel()
	missing := map[string]bool{"password": true, "no-password": true}
	for _, r := range Damages() {
		missing[string(r)] = true
	}
	for _, r := range KeyFileReasons() {
		if r != KeyFileTooLarge { // 16 MiB: tested without a file
			missing[string(r)] = true
		}
	}
	known := map[string]bool{}
	for r := range missing {
		known[r] = true
	}
	for _, kind := range []string{"xm6", "key"} {
		for _, v := range testtool.Vectors(t, kind) {
			if reason := v.Get("reason"); reason != "" && !known[reason] {
				t.Errorf("%s expects %q", v.Name, reason)
			}
			delete(missing, v.Get("reason"))
		}
	}
	for r := range missing {
		t.Errorf("no vector expects %q", r)
	}
}
