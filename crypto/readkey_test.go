package crypto

import (
	"archive/zip"
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"csuis-offline/internal/testtool"
)

func noPassword(t *testing.T) func() ([]byte, error) {
	return func() ([]byte, error) {
		t.Error("asked for a password")
		return nil, nil
	}
}

func reasonOf(err error) KeyFileReason {
	var refused *KeyFileError
	if errors.As(err, &refused) {
		return refused.Reason
	}
	return ""
}

func TestReadKeyAsksOnlyForEncryptedArchives(t *testing.T) {
	t.Parallel()
	for _, v := range testtool.Vectors(t, "key") {
		if v.All("password") != nil || v.Get("reason") == "no-password" {
			continue
		}
		_, err := ReadKey(bytes.NewReader(v.Body), noPassword(t))
		if (err == nil) != (v.Accepted()) {
			t.Errorf("%s: %v", v.Name, err)
		}
	}
}

func TestReadKeyIsBounded(t *testing.T) {
	t.Parallel()
	src := &endless{left: 1 << 40}
	_, err := ReadKey(src, noPassword(t))
	if reasonOf(err) != KeyFileTooLarge {
		t.Errorf("endless input: %v", err)
	}
	if read := 1<<40 - src.left; read > MaxKeyFile+1 {
		t.Errorf("%d bytes read", read)
	}
	_, err = ReadKey(&endless{left: MaxKeyFile}, noPassword(t))
	if reasonOf(err) != NotAKey {
		t.Errorf("the longest input: %v", err)
	}
	for _, n := range []int{maxZipEntries, maxZipEntries + 1, 3 * maxZipEntries} {
		data := plainZip(t, n, KeySize+1)
		want := ArchiveNoKey
		if n > maxZipEntries {
			want = KeyFileTooLarge
		}
		if _, err := ReadKey(bytes.NewReader(data), noPassword(t)); reasonOf(err) != want {
			t.Errorf("%d files: %v, want %s", n, err, want)
		}
	}
	data := plainZip(t, maxZipText+1, 2*KeySize)
	if _, err := ReadKey(bytes.NewReader(data), noPassword(t)); reasonOf(err) != ArchiveAmbiguous {
		t.Errorf("many texts: %v", err)
	}
}

// plainZip is an archive of n files of zeros, of the given length each.
func plainZip(t *testing.T, n, size int) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := range n {
		f, err := w.CreateHeader(&zip.FileHeader{Name: fmt.Sprintf("f%d", i), Method: zip.Store})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(make([]byte, size)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReadKeyPasswordError(t *testing.T) {
	t.Parallel()
	cancelled := errors.New("cancelled")
	half := []byte("half a password")
	for _, v := range testtool.Vectors(t, "key") {
		if v.Name != "zip-aes256" {
			continue
		}
		_, err := ReadKey(bytes.NewReader(v.Body), func() ([]byte, error) { return half, cancelled })
		if !errors.Is(err, cancelled) || errors.Is(err, ErrPassword) {
			t.Errorf("%v", err)
		}
		if strings.Trim(string(half), "\x00") != "" {
			t.Error("not wiped")
		}
		return
	}
	t.Error("no vector")
}

func TestReadKeyLeavesNoCopy(t *testing.T) {
	t.Parallel()
	raw := plainOf(KeySize)
	src := &remembering{src: bytes.NewReader([]byte(hex.EncodeToString(raw)))}
	if _, err := ReadKey(src, noPassword(t)); err != nil {
		t.Fatal(err)
	}
	for _, p := range src.buffers {
		if strings.Trim(string(p), "\x00") != "" {
			t.Error("the file's content is still in a buffer")
		}
	}
}

type remembering struct {
	src     io.Reader
	buffers [][]byte
}

func (r *remembering) Read(p []byte) (int, error) {
	r.buffers = append(r.buffers, p)
	return r.src.Read(p)
}

// Composing an accented password once overwrote the password itself.
func TestPasswordFormsKeepTheGivenOne(t *testing.T) {
	t.Parallel()
	given := []byte("Kůň")
	got := forms(given)
	want := []string{"Kůň", "K\x85\xE5", "K\xF9\xF2"}
	if len(got) != len(want) {
		t.Fatalf("%q", got)
	}
	for i := range want {
		if string(got[i]) != want[i] {
			t.Errorf("form %d: %q, want %q", i, got[i], want[i])
		}
	}
	if &got[0][0] != &given[0] {
		t.Error("the first form is a copy")
	}
	for _, one := range []string{"", "heslo", "日本", "\xFF\xFE"} {
		forms := forms([]byte(one))
		if len(forms) == 0 || string(forms[0]) != one {
			t.Errorf("%q: %q", one, forms)
		}
	}
}

func TestKeyFileErrorsNameFilesSafely(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for range 9 {
		f, err := w.Create("a\x1b[2J\n/" + strings.Repeat("x", 5000) + "/AESKEY.DEC")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(make([]byte, KeySize)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := ReadKey(&b, noPassword(t))
	if reasonOf(err) != ArchiveAmbiguous {
		t.Fatalf("%v", err)
	}
	if text := err.Error(); len(text) > 500 || strings.ContainsAny(text, "\x1b\n") {
		t.Errorf("%q", text)
	}
}
