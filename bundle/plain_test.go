package bundle

import (
	"context"
	"crypto/sha256"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"csuis-offline/checksum"
	"csuis-offline/internal/iox"
	"csuis-offline/internal/packtest"
	"csuis-offline/iso"
	"csuis-offline/progress"
)

// PlainPackage makes a package of n records of size random bytes each: all of
// it is right but that nothing is inside the records.
func PlainPackage(t testing.TB, n int, size int64) string {
	t.Helper()
	dir := t.TempDir()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.Mkdir(filepath.Join(dir, RecordsDir), 0o777))
	m := testManifest(n, 1)
	o := testOptions(t)
	m.Created, m.Media = packtest.Time, "dvd-dl"
	o.Batch.Progress = progress.None
	o.Media, _ = iso.MediaByName(m.Media)
	rnd := rand.NewChaCha8([32]byte{1})
	for i := range m.Records {
		r := &m.Records[i]
		path := filepath.Join(dir, RecordsDir, r.Name)
		f, err := os.Create(path + ".XM6")
		must(err)
		out := &iox.Writer{W: f, Hash: sha256.New()}
		_, err = io.CopyN(out, rnd, size)
		must(err)
		must(f.Close())
		r.SHA256, r.Size = checksum.Sum(out.Hash.Sum(nil)), size
		must(os.WriteFile(path+".SHA", checksum.Line(r.Name+".XM6", r.SHA256), 0o666))
	}
	m.Images = nil
	fs, err := assemble(context.Background(), dir, m, nil, &o)
	must(err)
	if len(fs) > 0 {
		t.Fatalf("%+v", fs)
	}
	return dir
}
