package crypto

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
)

// vector is one file of testdata/vectors: lines "name: value", a blank line,
// and the body in hexadecimal digits or as text.
type vector struct {
	name   string
	header map[string]string
	body   []byte
}

func loadVectors(t testing.TB, kind string) []vector {
	t.Helper()
	paths, err := filepath.Glob("testdata/vectors/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	var all []vector
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		head, body, ok := strings.Cut(string(text), "\n\n")
		if !ok {
			t.Fatalf("%s: no blank line", path)
		}
		v := vector{name: strings.TrimSuffix(filepath.Base(path), ".txt"), header: map[string]string{}}
		for line := range strings.Lines(head) {
			name, value, ok := strings.Cut(line, ":")
			if !ok {
				t.Fatalf("%s: %q", path, line)
			}
			v.header[name] = strings.TrimSpace(value)
		}
		switch v.header["body"] {
		case "text":
			v.body = []byte(body)
		case "hex":
			v.body = unhex(t, strings.ReplaceAll(body, "\n", ""))
		default:
			t.Fatalf("%s: body is %q", path, v.header["body"])
		}
		if v.header["kind"] == kind {
			all = append(all, v)
		}
	}
	if len(all) == 0 {
		t.Fatalf("no vectors of kind %q", kind)
	}
	return all
}

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
	for _, v := range loadVectors(t, "record") {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			key := mustKey(t, unhex(t, v.header["key"]))
			for name, wrap := range sources {
				document, err := io.ReadAll(NewReader(wrap(bytes.NewReader(v.body)), key))
				checkRecord(t, v, name, document, err)
				document, err = io.ReadAll(iotest.OneByteReader(NewReader(wrap(bytes.NewReader(v.body)), key)))
				checkRecord(t, v, name+", read byte by byte", document, err)
			}
			if v.header["form"] == "raw" {
				text := base64.StdEncoding.EncodeToString(v.body)
				document, err := io.ReadAll(NewReader(strings.NewReader(text), key))
				checkRecord(t, v, "as base64", document, err)
			}
			if v.header["expect"] == "success" && v.header["form"] == "raw" {
				reseal(t, v, key)
			}
		})
	}
}

func checkRecord(t *testing.T, v vector, how string, document []byte, err error) {
	t.Helper()
	expect := v.header["expect"]
	if expect == "success" {
		if err != nil {
			t.Errorf("%s: %v", how, err)
		} else if got := hex.EncodeToString(document); got != v.header["document"] {
			t.Errorf("%s: document %s, want %s", how, got, v.header["document"])
		}
		return
	}
	var damage *DamageError
	if !errors.As(err, &damage) || !errors.Is(err, ErrDamaged) {
		t.Errorf("%s: error %v, want damage %s", how, err, expect)
	} else if string(damage.Reason) != expect {
		t.Errorf("%s: %s (%v), want %s", how, damage.Reason, err, expect)
	}
}

// reseal makes the vector again with the filler that it holds; it must give
// the same bytes unless the vector breaks a rule for writers.
func reseal(t *testing.T, v vector, key *Key) {
	t.Helper()
	document := unhex(t, v.header["document"])
	if int64(len(v.body)) != SealedSize(int64(len(document))) {
		t.Errorf("SealedSize(%d) = %d, the vector has %d", len(document), SealedSize(int64(len(document))), len(v.body))
	}
	var out bytes.Buffer
	seal(t, &out, key, document, bytes.NewReader(bytes.Repeat([]byte("A"), Overhead)))
	switch v.name {
	case "record-tail-of-one-cr", "record-tail-of-one-lf",
		"record-first-filler-of-cr-lf", "record-iv-other", "record-flip-unseen":
		if bytes.Equal(out.Bytes(), v.body) {
			t.Error("resealed to the same bytes")
		}
	default:
		if !bytes.Equal(out.Bytes(), v.body) {
			t.Errorf("resealed to %x, want %x", out.Bytes(), v.body)
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
	for _, v := range loadVectors(t, "key") {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			for name, wrap := range sources {
				var given []byte
				asked := 0
				var ask func() ([]byte, error)
				if typed, ok := v.header["password"]; ok {
					ask = func() ([]byte, error) {
						asked++
						given = []byte(typed)
						return given, nil
					}
				}
				key, err := ReadKey(wrap(bytes.NewReader(v.body)), ask)
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

func checkKey(t *testing.T, v vector, how string, key *Key, err error) {
	t.Helper()
	expect := v.header["expect"]
	if (key == nil) != (err != nil) {
		t.Errorf("%s: key and error, or neither", how)
	}
	var refused *KeyFileError
	switch {
	case expect == "key":
		if err != nil {
			t.Errorf("%s: %v", how, err)
		} else if !key.Equal(mustKey(t, unhex(t, v.header["key"]))) {
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
		shows(t, how, said, []byte(v.header["password"]))
		if !strings.HasPrefix(v.name, "key-zip") { // names of files are no secret
			shows(t, how, said, v.body)
		}
	}
}

// Every reason has a vector, and every vector names a reason that exists.
func TestVectorsCoverReasons(t *testing.T) {
	t.Parallel()
	missing := map[string]bool{"success": true, "key": true, "password": true, "no-password": true}
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
	for _, kind := range []string{"record", "key"} {
		for _, v := range loadVectors(t, kind) {
			if !known[v.header["expect"]] {
				t.Errorf("%s expects %q", v.name, v.header["expect"])
			}
			delete(missing, v.header["expect"])
		}
	}
	for r := range missing {
		t.Errorf("no vector expects %q", r)
	}
}
