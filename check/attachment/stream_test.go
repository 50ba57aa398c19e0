package attachment_test

import (
	"bytes"
	"encoding/base64"
	"io"
	"strings"
	"testing"

	"csuis-offline/c14n"
	"csuis-offline/check/attachment"
	"csuis-offline/internal/testtool"
)

// file gives a record with one attachment of size bytes that begins like a PDF
// and ends like one.
func bigRecord(size int) io.Reader {
	line := strings.Repeat("QUJD", 19) + "\n"
	n := size / 57
	return io.MultiReader(strings.NewReader("<r><Obsah>"+base64.StdEncoding.EncodeToString([]byte("%PDF-1.4\n"))),
		testtool.Repeated(line, n), strings.NewReader(base64.StdEncoding.EncodeToString([]byte("\n%%EOF"))+"</Obsah></r>"))
}

func TestMemoryIsFlat(t *testing.T) {
	l := list(t, `"PDF"`, `elements = ["Obsah"]`)
	allocated := func(size int) float64 {
		return testing.AllocsPerRun(1, func() {
			s := scan(t, l, bigRecord(size))
			if f := s.Findings(); s.Attachments() != 1 || len(f) != 0 {
				t.Fatalf("%d, %+v", s.Attachments(), f)
			}
		})
	}
	small, big := allocated(1<<20), allocated(6<<20)
	if big > small+20 {
		t.Errorf("%v allocations for 1 MB, %v for 6 MB", small, big)
	}
}

func BenchmarkScanner(b *testing.B) {
	doc, err := io.ReadAll(bigRecord(8 << 20))
	must(b, err)
	l := list(b, `"PDF"`, `elements = ["Obsah"]`)
	for _, with := range []bool{false, true} {
		name := map[bool]string{false: "tokens alone", true: "attachments"}[with]
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(doc)))
			for b.Loop() {
				s := attachment.NewScanner(l)
				tokens := c14n.NewScanner(bytes.NewReader(doc))
				for {
					tok, err := tokens.Next()
					if err == io.EOF {
						break
					}
					must(b, err)
					if with {
						must(b, s.Token(tok))
					}
				}
			}
		})
	}
}
