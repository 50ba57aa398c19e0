// Package packtest holds the inputs that tests of several rooms seal and pack.
package packtest

import (
	"bytes"
	"encoding/base64"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"csuis-offline/crypto"
	"csuis-offline/envelope"
	"csuis-offline/internal/fixture"
)

// Time is when packages of the tests are made.
var Time = time.Date(2026, time.November, 22, 9, 30, 0, 0, time.UTC)

// Key is the key of the tests; each of its bytes is 0x5a.
func Key(t testing.TB) *crypto.Key {
	t.Helper()
	key, err := crypto.NewKey(bytes.Repeat([]byte{0x5a}, crypto.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// Config is what envelopes around bare records are built from.
func Config() *envelope.Config {
	return &envelope.Config{
		Unit:   envelope.Unit{IC: fixture.UnitIC, Name: fixture.UnitName},
		Person: envelope.Person{ID: fixture.PersonID, Name: fixture.PersonName, Email: fixture.PersonEmail, Phones: []string{fixture.PersonPhone}},
	}
}

// Write puts files into a new folder and returns it.
func Write(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, data := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(data), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// Demo returns the records of the demo by file name.
func Demo() map[string]string {
	files := map[string]string{}
	for _, r := range fixture.Records(1) {
		files[r.File] = string(r.Data)
	}
	return files
}

// Enveloped is a made-up envelope, changed by pairs of old and new text.
func Enveloped(seed uint64, changes ...string) string {
	var b bytes.Buffer
	fixture.Envelope(&b, rand.New(rand.NewPCG(seed, seed)), 3)
	return strings.NewReplacer(changes...).Replace(b.String())
}

// Tree lists the files and folders below root, with slashes; none if root is not
// there.
func Tree(t testing.TB, root string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(root, func(path string, _ os.DirEntry, err error) error {
		if rel, _ := filepath.Rel(root, path); rel != "." {
			names = append(names, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return names
}

// Base64 writes bytes in the lines of MIME, as sealed records arrive in the field.
func Base64(b []byte) string {
	out := base64.StdEncoding.EncodeToString(b)
	var lines strings.Builder
	for len(out) > 76 {
		lines.WriteString(out[:76] + "\r\n")
		out = out[76:]
	}
	return lines.String() + out + "\r\n"
}
