package testtool

import (
	"bytes"
	"compress/gzip"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Image is the image that a vector of the kind image describes: its base, cut or
// filled with zeros to its size, with its patches applied.
func (v *Vector) Image(t testing.TB) []byte {
	t.Helper()
	b := Unpacked(t, "image", v.Get("base"))
	if size := v.Get("size"); size != "" {
		n, err := strconv.Atoi(size)
		if err != nil {
			t.Fatal(err)
		}
		b = append(b, make([]byte, max(0, n-len(b)))...)[:n]
	}
	for line := range strings.Lines(string(v.Body)) {
		at, change, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		old, new, _ := strings.Cut(change, " -> ")
		offset, err := strconv.Atoi(at)
		was, oldErr := hex.DecodeString(old)
		is, newErr := hex.DecodeString(new)
		if err != nil || oldErr != nil || newErr != nil || len(was) != len(is) || offset+len(was) > len(b) {
			t.Fatalf("%s: no patch: %q", v.Name, line)
		}
		if !bytes.Equal(b[offset:offset+len(was)], was) {
			t.Fatalf("%s: not what the base has: %q", v.Name, line)
		}
		copy(b[offset:], is)
	}
	return b
}

// Unpacked reads a file of testdata that is packed with gzip.
func Unpacked(t testing.TB, elem ...string) []byte {
	t.Helper()
	f, err := os.Open(TestData(t, elem...))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// WritePacked writes a file of testdata that Unpacked reads.
func WritePacked(t testing.TB, data []byte, elem ...string) {
	t.Helper()
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err == nil {
		_, err = z.Write(data)
	}
	if err == nil {
		err = z.Close()
	}
	if err == nil {
		err = os.WriteFile(TestData(t, elem...), b.Bytes(), 0o666)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Patches are the lines that make one image of another of the same size.
func Patches(from, to []byte) []byte {
	const most, gap = 32, 4 // bytes in a line, and unchanged ones in between
	var b bytes.Buffer
	for i := 0; i < len(to); i++ {
		if from[i] == to[i] {
			continue
		}
		end := i + 1
		for j := end; j < min(len(to), i+most) && j <= end+gap; j++ {
			if from[j] != to[j] {
				end = j + 1
			}
		}
		fmt.Fprintf(&b, "%d: %x -> %x\n", i, from[i:end], to[i:end])
		i = end - 1
	}
	return slices.Clip(b.Bytes())
}
