package form

import (
	"bufio"
	"compress/zlib"
	"crypto/sha256"
	"fmt"
	"hash"
	"io"
	"slices"

	"csuis-offline/progress"
)

// The fixed texts of a form's file. Read accepts only these. The first two name the
// edition.
const (
	producer    = "csuis-offline form %d (gofpdf)"
	fileHead    = "%%PDF-1.3\n%%\xE2\xE3\xCF\xD3 csuis-offline form %d\n"
	pageObject  = "%d 0 obj\n<</Type /Page /Parent 1 0 R /Resources 2 0 R /Contents %d 0 R>>\nendobj\n"
	streamHead  = "%d 0 obj\n<</Filter /FlateDecode /Length %d>>\nstream\n"
	streamTail  = "\nendstream\nendobj\n"
	pagesHead   = "1 0 obj\n<</Type /Pages /Kids [\n"
	pagesKid    = "%d 0 R\n"
	pagesTail   = "] /Count %d /MediaBox [0 0 595.28 841.89]>>\nendobj\n"
	xrefHead    = "xref\n0 %d\n0000000000 65535 f \n"
	xrefEntry   = "%010d 00000 n \n"
	catalogHead = "%d 0 obj\n<<\n/Type /Catalog\n/Pages 1 0 R\n"
	trailer     = "trailer\n<</Size %d /Root %d 0 R /Info %d 0 R>>\n"
	digestHead  = "%csuis-form-sha256 "
	fileTail    = "startxref\n%d\n%%%%EOF\n"
)

// file writes a PDF from front to back: pages as they come, then the objects of
// the skeleton, then the cross-reference table.
type file struct {
	out     *bufio.Writer
	hash    hash.Hash
	count   progress.Counter
	at      int64
	offsets map[int]int64
	pages   []int // object number of each page
	sk      *skeleton
	deflate *zlib.Writer
	packed  []byte
}

func newFile(w io.Writer, sk *skeleton, count progress.Counter) *file {
	f := &file{
		out: bufio.NewWriterSize(w, 64<<10), hash: sha256.New(), count: progress.Or(count),
		offsets: make(map[int]int64), sk: sk,
	}
	f.deflate = zlib.NewWriter((*contentWriter)(f))
	return f
}

// contentWriter lets the compressor append to a file's buffer.
type contentWriter file

func (p *contentWriter) Write(b []byte) (int, error) {
	p.packed = append(p.packed, b...)
	return len(b), nil
}

// put writes bytes. The buffered writer keeps an error until flush.
func (f *file) put(b []byte) {
	f.hash.Write(b)
	f.at += int64(len(b))
	f.count.Add(int64(len(b)))
	f.out.Write(b)
}

func (f *file) putf(format string, args ...any) { f.put(fmt.Appendf(nil, format, args...)) }

// page writes one page. The first page has the object numbers of gofpdf's first
// page, to which the catalog points.
func (f *file) page(content []byte) error {
	n := objFirstPage
	if len(f.pages) > 0 {
		n = f.sk.last + 2*len(f.pages) - 1
	}
	f.packed = f.packed[:0]
	f.deflate.Reset((*contentWriter)(f))
	if _, err := f.deflate.Write(content); err != nil {
		return err
	}
	if err := f.deflate.Close(); err != nil {
		return err
	}
	f.pages = append(f.pages, n)
	f.offsets[n] = f.at
	f.putf(pageObject, n, n+1)
	f.offsets[n+1] = f.at
	f.putf(streamHead, n+1, len(f.packed))
	f.put(f.packed)
	f.put([]byte(streamTail))
	return f.flush()
}

// flush writes what is buffered, so that a full disk is noticed at once.
func (f *file) flush() error {
	if err := f.out.Flush(); err != nil {
		return fmt.Errorf("form: %w", err)
	}
	return nil
}

// finish writes what follows the pages.
func (f *file) finish() error {
	f.offsets[objPages] = f.at
	f.put([]byte(pagesHead))
	for _, n := range f.pages {
		f.putf(pagesKid, n)
	}
	f.putf(pagesTail, len(f.pages))
	var numbers []int
	for n := range f.sk.objects {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	for _, n := range numbers {
		f.offsets[n] = f.at
		f.put(f.sk.objects[n])
	}
	xref, size := f.at, len(f.offsets)+1
	f.putf(xrefHead, size)
	for n := 1; n < size; n++ {
		f.putf(xrefEntry, f.offsets[n])
	}
	f.putf(trailer, size, f.sk.last, f.sk.last-1)

	// The digest covers every byte except its own line, so what follows the
	// line is hashed before it is written.
	tail := fmt.Appendf(nil, fileTail, xref)
	f.hash.Write(tail)
	line := fmt.Appendf(nil, "%s%x\n", digestHead, f.hash.Sum(nil))
	f.out.Write(line)
	f.out.Write(tail)
	f.count.Add(int64(len(line) + len(tail)))
	return f.flush()
}
