package form

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/jung-kurt/gofpdf"
)

// skeleton holds the objects that gofpdf makes for a document of one page: the
// font subsets of the letters used, the resources, the metadata and the catalog.
// file writes the pages itself, one by one, because gofpdf keeps all of them in
// memory until the end.
type skeleton struct {
	objects map[int][]byte // "N 0 obj" to "endobj", without the pages
	last    int            // highest object number, which is the catalog's
}

// The object numbers in a document of gofpdf.
const (
	objPages     = 1
	objResources = 2
	objFirstPage = 3
)

// letters is a set of UTF-16 code units.
type letters [1 << 16 / 64]uint64

func (l *letters) add(s string) {
	for _, r := range s {
		l[(r&0xFFFF)/64] |= 1 << (r % 64)
	}
}

func (l *letters) has(s string) bool {
	for _, r := range s {
		if l[(r&0xFFFF)/64]&(1<<(r%64)) == 0 {
			return false
		}
	}
	return true
}

func (l *letters) String() string {
	var b strings.Builder
	for r := range rune(1 << 16) {
		if l[r/64]&(1<<(r%64)) != 0 {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func newSkeleton(e *edition, f *Form, used map[face]*letters) (*skeleton, error) {
	pdf := gofpdf.New("P", "pt", "A4", "")
	pdf.SetCatalogSort(true)
	pdf.SetCreationDate(f.Date)
	pdf.SetModificationDate(f.Date)
	pdf.SetTitle(formTitle+" – "+f.Package, true)
	pdf.SetSubject("SHA-256 balíčku: "+f.PackageDigest.String(), true)
	author := f.Person.Name
	if author != "" && f.Unit.Name != "" {
		author += ", "
	}
	pdf.SetAuthor(author+f.Unit.Name, true)
	pdf.SetCreator(f.Generator, true)
	pdf.SetProducer(e.producer(), true)
	pdf.SetCompression(false)
	for _, face := range e.fonts {
		// gofpdf writes past the end of a font table, into the bytes of its caller.
		pdf.AddUTF8FontFromBytes(face.name, "", bytes.Clone(face.ttf))
	}
	pdf.AddPage()
	for _, face := range e.fonts {
		pdf.SetFont(face.name, "", 1)
		pdf.Text(0, 0, used[face.face].String())
	}
	var out bytes.Buffer
	if err := pdf.Output(&out); err != nil {
		return nil, fmt.Errorf("form: %w", err)
	}
	return parseSkeleton(out.Bytes(), e.fonts)
}

var (
	startXref    = regexp.MustCompile(`startxref\n(\d+)\n%%EOF\n$`)
	fontResource = regexp.MustCompile(`/F[0-9a-f]{40} (\d+) 0 R`)
)

// parseSkeleton splits a document of gofpdf by its cross-reference table and gives
// the fonts their short names.
func parseSkeleton(doc []byte, fonts []typeface) (*skeleton, error) {
	odd := func(what string) error { return fmt.Errorf("form: unexpected output of gofpdf: %s", what) }
	m := startXref.FindSubmatch(doc)
	if m == nil {
		return nil, odd("no startxref")
	}
	xref, _ := strconv.Atoi(string(m[1]))
	var first, size int
	if xref >= len(doc) {
		return nil, odd("startxref")
	}
	if _, err := fmt.Sscanf(string(doc[xref:min(len(doc), xref+30)]), "xref\n%d %d\n", &first, &size); err != nil || first != 0 {
		return nil, odd("cross-reference table")
	}
	table := bytes.SplitN(doc[xref:], []byte("\n"), size+3)[3:]
	sk := &skeleton{objects: make(map[int][]byte), last: size - 1}
	for n := 1; n < size; n++ {
		if len(table) < n || len(table[n-1]) < 10 {
			return nil, odd("short cross-reference table")
		}
		at, err := strconv.Atoi(string(table[n-1][:10]))
		head := fmt.Appendf(nil, "%d 0 obj\n", n)
		if err != nil || at > len(doc) || !bytes.HasPrefix(doc[at:], head) {
			return nil, odd("offset of an object")
		}
		end := at + objectEnd(doc[at:])
		if end <= at {
			return nil, odd("object without an end")
		}
		sk.objects[n] = doc[at:end]
	}
	var err error
	sk.objects[objResources] = fontResource.ReplaceAllFunc(sk.objects[objResources], func(match []byte) []byte {
		n, _ := strconv.Atoi(string(fontResource.FindSubmatch(match)[1]))
		for _, f := range fonts {
			if bytes.Contains(sk.objects[n], []byte("/BaseFont /utf8"+f.name+"\n")) {
				return fmt.Appendf(nil, "/F%c %d 0 R", f.face, n)
			}
		}
		err = odd("font resource")
		return match
	})
	if !bytes.Contains(sk.objects[sk.last], []byte("/Type /Catalog")) {
		err = odd("the last object is not the catalog")
	}
	delete(sk.objects, objPages)
	delete(sk.objects, objFirstPage)
	delete(sk.objects, objFirstPage+1)
	return sk, err
}

var (
	streamStart  = []byte(">>\nstream\n")
	objectEnding = []byte("\nendobj\n")
	streamLength = regexp.MustCompile(`/Length (\d+)`)
)

// objectEnd returns the length of the object at the start of b, or -1. It skips a
// stream by its length, since a stream may hold any bytes.
func objectEnd(b []byte) int {
	end := bytes.Index(b, objectEnding)
	if s := bytes.Index(b, streamStart); s >= 0 && (end < 0 || s < end) {
		m := streamLength.FindSubmatch(b[:s])
		if m == nil {
			return -1
		}
		n, err := strconv.Atoi(string(m[1]))
		if from := s + len(streamStart); err != nil || n > len(b)-from {
			return -1
		} else if end = bytes.Index(b[from+n:], objectEnding); end >= 0 {
			end += from + n
		}
	}
	if end < 0 {
		return -1
	}
	return end + len(objectEnding)
}
