package form

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
)

// replaced replaces the object that holds mark.
func replaced(t *testing.T, sk *skeleton, mark, old, new string) {
	t.Helper()
	for n, o := range sk.objects {
		if bytes.Contains(o, []byte(mark)) && bytes.Contains(o, []byte(old)) {
			sk.objects[n] = bytes.Replace(o, []byte(old), []byte(new), 1)
			return
		}
	}
	t.Fatalf("no object with %q has %q", mark, old)
}

// inserted adds an object before the information dictionary and the catalog.
func inserted(sk *skeleton, object string) (number int) {
	number = sk.last - 1
	for n := sk.last; n >= number; n-- {
		moved := bytes.Replace(sk.objects[n], fmt.Appendf(nil, "%d 0 obj", n), fmt.Appendf(nil, "%d 0 obj", n+1), 1)
		sk.objects[n+1] = moved
	}
	sk.objects[number] = fmt.Appendf(nil, "%d 0 obj\n%s\nendobj\n", number, object)
	sk.last++
	return number
}

// restream passes the data of a deflated stream through change and deflates it at
// another level.
func restream(t *testing.T, sk *skeleton, mark string, change func([]byte) []byte) {
	t.Helper()
	for n, o := range sk.objects {
		if !bytes.Contains(o, []byte(mark)) {
			continue
		}
		_, data, ok := splitStream(o)
		if !ok {
			continue
		}
		var packed bytes.Buffer
		z, _ := zlib.NewWriterLevel(&packed, zlib.BestCompression)
		z.Write(change(data))
		z.Close()
		head, _, _ := bytes.Cut(o, streamStart)
		m := streamLength.FindSubmatchIndex(head)
		head = fmt.Appendf(nil, "%s%d%s", head[:m[2]], packed.Len(), head[m[3]:])
		sk.objects[n] = fmt.Appendf(nil, "%s%s%s%s", head, streamStart, packed.Bytes(), streamTail)
		return
	}
	t.Fatalf("no stream with %q", mark)
}

// TestFormThatShowsSomethingElseIsFound changes what viewers show and leaves the
// letters that Read reads; the digest and the tables are right.
func TestFormThatShowsSomethingElseIsFound(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*testing.T, *skeleton){
		"a second page tree": func(t *testing.T, sk *skeleton) {
			n := inserted(sk, "<</Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842]>>")
			replaced(t, sk, "/Type /Catalog", "/Pages 1 0 R\n", fmt.Sprintf("/Pages 1 0 R\n/Pages %d 0 R\n", n))
		},
		"an object too many": func(t *testing.T, sk *skeleton) { inserted(sk, "<<>>") },
		"JavaScript": func(t *testing.T, sk *skeleton) {
			replaced(t, sk, "/Type /Catalog", "/Names", "/OpenAction <</S /JavaScript /JS (app.alert\\(1\\))>>\n/Names")
		},
		"another title": func(t *testing.T, sk *skeleton) { replaced(t, sk, "/Producer", "\x01Y", "\x01Z") },
		"another time":  func(t *testing.T, sk *skeleton) { replaced(t, sk, "/Producer", "/ModDate (D:2010", "/ModDate (D:2011") },
		"another day": func(t *testing.T, sk *skeleton) {
			replaced(t, sk, "/Producer", "/CreationDate (D:20100115", "/CreationDate (D:20100116")
		},
		"the fonts exchanged": func(t *testing.T, sk *skeleton) {
			replaced(t, sk, "/ProcSet", "/FR ", "/FX ")
			replaced(t, sk, "/ProcSet", "/FB ", "/FR ")
			replaced(t, sk, "/ProcSet", "/FX ", "/FB ")
		},
		"glyphs exchanged in the map": func(t *testing.T, sk *skeleton) {
			// Characters 49 and 50 are the digits 1 and 2.
			restream(t, sk, "/Filter /FlateDecode>>", func(b []byte) []byte {
				b = bytes.Clone(b)
				b[98], b[99], b[100], b[101] = b[100], b[101], b[98], b[99]
				return b
			})
		},
		"another glyph": func(t *testing.T, sk *skeleton) {
			restream(t, sk, "/Length1", func(b []byte) []byte {
				b = bytes.Clone(b)
				b[len(b)/2] ^= 4
				return b
			})
		},
		"other widths": func(t *testing.T, sk *skeleton) { replaced(t, sk, "/CIDFontType2", "/W [", "/W [ 49 49 2000") },
		"other letters to copy": func(t *testing.T, sk *skeleton) {
			replaced(t, sk, "begincmap", "<0000> <FFFF> <0000>", "<0000> <FFFF> <0001>")
		},
		"another encoding": func(t *testing.T, sk *skeleton) { replaced(t, sk, "/Type0", "/Identity-H", "/Identity-V") },
		"a picture for the page": func(t *testing.T, sk *skeleton) {
			replaced(t, sk, "/ProcSet", "/XObject <<\n", "/XObject <<\n/X 5 0 R\n")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, e := range editions {
				var altered *AlteredError
				l, err := Read(bytes.NewReader(forged(t, e, sample(3, 1), nil, func(sk *skeleton) { change(t, sk) })))
				if !errors.As(err, &altered) {
					t.Errorf("layout %d: %+v, %v", e.number, l, err)
				}
			}
		})
	}
}

// TestPageThatIsDrawnOtherwiseIsFound: the texts of the pages are as they should be.
func TestPageThatIsDrawnOtherwiseIsFound(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(page int, content string) string{
		"white letters":     func(n int, c string) string { return strings.Replace(c, "BT\n", "1 g\nBT\n", 1) },
		"digits as lines":   func(n int, c string) string { return strings.Replace(c, "BT\n", "100 100 m\n100 110 l\nS\nBT\n", 1) },
		"a tiny font":       func(n int, c string) string { return strings.Replace(c, "/FR 8.5 Tf", "/FR 0.01 Tf", 1) },
		"a text moved away": func(n int, c string) string { return strings.Replace(c, "/FM ", "0 -3 Td\n/FM ", 1) },
		"another QR code": func(n int, c string) string {
			return strings.Replace(c, "re\nf\n0.92 g", "re\n1 1 50 50 re\nf\n0.92 g", 1)
		},
		"a rule left out": func(n int, c string) string { return strings.Replace(c, "S\n", "", 1) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// One page, and a page far into more of them than Read keeps waiting.
			for records, page := range map[int]int{2: 1, 300: 9} {
				changed := false
				f := sample(records, 1)
				f.Reason = strings.Repeat("Webová aplikace CSÚIS je od 14. 1. 2010 nedostupná. ", 5)
				pdf := altered(t, f, func(n int, c string) string {
					if n != page {
						return c
					}
					new := change(n, c)
					changed = changed || new != c
					return new
				})
				var found *AlteredError
				if l, err := Read(bytes.NewReader(pdf)); changed && !errors.As(err, &found) {
					t.Errorf("%d records, page %d: %+v, %v", records, page, l != nil, err)
				}
				if !changed && page == 1 {
					t.Error("the case changes nothing")
				}
			}
		})
	}
}

// TestFormDeflatedOtherwiseIsWhole: compress/zlib may give other bytes in a later
// version.
func TestFormDeflatedOtherwiseIsWhole(t *testing.T) {
	t.Parallel()
	same := func(b []byte) []byte { return b }
	pdf := forged(t, newest(), sample(3, 1), nil, func(sk *skeleton) {
		restream(t, sk, "/Length1", same)
		restream(t, sk, "/Filter /FlateDecode>>", same)
	})
	if _, err := Read(bytes.NewReader(pdf)); err != nil {
		t.Error(err)
	}
	if bytes.Equal(pdf, write(t, sample(3, 1))) {
		t.Error("nothing was deflated anew")
	}
}

// TestFormsOfEveryLayoutAreRead lays out the extremes in every edition.
func TestFormsOfEveryLayoutAreRead(t *testing.T) {
	t.Parallel()
	for name, f := range forms() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, e := range editions {
				l, err := Read(bytes.NewReader(forged(t, e, f, nil, nil)))
				if err != nil || l.Layout != e.number || len(l.Rows) != f.Count {
					t.Errorf("layout %d: %v", e.number, err)
				}
			}
		})
	}
}

// TestEditionsStayAsTheyAre makes the kept form of each layout again from its
// letters: what lies on discs must not change with the program.
func TestEditionsStayAsTheyAre(t *testing.T) {
	t.Parallel()
	for file, layout := range map[string]int{"2026-10.PDF": 1, "layout-1-set.PDF": 1, "layout-2-set.PDF": 2} {
		pdf, err := os.ReadFile("testdata/" + file)
		if err != nil {
			t.Fatal(err)
		}
		l, err := Read(bytes.NewReader(pdf))
		if err != nil || l.Layout != layout {
			t.Errorf("%s: %+v, %v", file, l, err)
		}
	}
	if got := newest().number; got != 2 {
		t.Errorf("layout %d has no form in testdata", got)
	}
}

// TestFormSavedAgainIsIntactInFront: a viewer that saves a form appends its changes.
func TestFormSavedAgainIsIntactInFront(t *testing.T) {
	t.Parallel()
	pdf := write(t, sample(40, 1))
	for name, revision := range map[string]string{
		"an annotation": "30 0 obj\n<</Type /Annot>>\nendobj\nxref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 31 /Root 27 0 R /Prev 9>>\nstartxref\n99\n%%EOF\n",
		"a line feed":   "\n",
		"a second form": string(pdf),
		"a large one":   strings.Repeat("x", 2*maxObjects),
	} {
		l, err := Read(strings.NewReader(string(pdf) + revision))
		if err != nil || l.Length != int64(len(pdf)) || l.Appended != int64(len(revision)) || len(l.Rows) != 40 {
			t.Errorf("%s: %v", name, err)
		}
	}
	// A change in front of the revision is damage as ever.
	pdf[len(pdf)/2] ^= 1
	var damage *DamageError
	if _, err := Read(strings.NewReader(string(pdf) + "\n")); !errors.As(err, &damage) {
		t.Errorf("a damaged form saved again: %v", err)
	}
}

// TestLaterLayoutIsNamed: a form of a later version is neither damaged nor foreign.
func TestLaterLayoutIsNamed(t *testing.T) {
	t.Parallel()
	pdf := write(t, sample(2, 1))
	later := bytes.Replace(pdf, []byte(newest().fileHead()), fmt.Appendf(nil, fileHead, 37), 1)
	var layout *LayoutError
	if _, err := Read(bytes.NewReader(seal(t, later))); !errors.As(err, &layout) || layout.Layout != 37 {
		t.Errorf("got %v", err)
	}
	var damage *DamageError
	if _, err := Read(bytes.NewReader(later)); !errors.As(err, &damage) {
		t.Errorf("with another digest: %v", err)
	}
}
