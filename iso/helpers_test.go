package iso

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"
	"time"
)

// testTime has different digits everywhere.
var testTime = time.Date(2026, 11, 22, 13, 45, 56, 789, time.FixedZone("", 3600))

var testOptions = Options{
	VolumeID: "CSUIS_00075370_20261122_01_D1", Publisher: "MESTO HORNI DOLNI",
	Preparer: "CSUIS-OFFLINE", Application: "CSUIS-OFFLINE 1.0", Time: testTime,
}

// contents are the files of a test image, by name.
type contents map[string][]byte

func (c contents) files() []File {
	var fs []File
	for name, b := range c {
		fs = append(fs, File{name, int64(len(b))})
	}
	return fs
}

func (c contents) open(name string) (io.ReadCloser, error) {
	return io.NopCloser(bytes.NewReader(c[name])), nil
}

// noise is n bytes that do not repeat, none of them zero.
func noise(seed uint64, n int) []byte {
	r := rand.New(rand.NewPCG(seed, 1))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(1 + r.IntN(255))
	}
	return b
}

// fewFiles has an empty file, sizes around a sector, and long names.
func fewFiles() contents {
	return contents{
		"EMPTY.SHA":                       nil,
		"FORMULAR.PDF":                    noise(1, 2047),
		"R.XM6":                           noise(2, 2048),
		"RECORD_1.XM6":                    noise(3, 2049),
		"A_NAME_OF_27_CHARACTERS_ABC.XM6": noise(4, 1),
	}
}

func manyFiles(n int) contents {
	c := contents{}
	for i := range n {
		c[fmt.Sprintf("RECORD_%05d.XM6", i)] = noise(uint64(i), i%5000)
		c[fmt.Sprintf("RECORD_%05d.SHA", i)] = noise(uint64(i), 82)
	}
	return c
}

func image(t testing.TB, c contents, o Options) []byte {
	t.Helper()
	l, err := Plan(c.files(), o)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := l.Write(context.Background(), &b, c.open); err != nil {
		t.Fatal(err)
	}
	if int64(b.Len()) != l.Size() {
		t.Fatalf("%d bytes written, %d planned", b.Len(), l.Size())
	}
	return b.Bytes()
}
