package form

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// relayout makes a form again from the letters that Read reads, and compares. It
// follows the pages as they are read, some pages behind, so that a short form is
// laid out only when its digest was found right. Streams are compared inflated,
// since a form may have been deflated by another version of the compressor.
type relayout struct {
	edition *edition
	parser  *parser
	form    Form
	layout  *layout
	read    []readPage // not laid out yet
	waiting [][]byte   // contents of pages that were laid out in part
	held    int        // bytes of both
	rows    int
	// altered is what was found to differ first. It counts only if the digest of
	// the file is right, which is known at its end.
	altered *AlteredError
}

type readPage struct {
	content []byte
	rows    []Row
}

// behind is how many pages are read before the first of them is laid out.
const behind = 8

func newRelayout(e *edition, p *parser) *relayout { return &relayout{edition: e, parser: p} }

func (r *relayout) differs(format string, args ...any) {
	if r.altered == nil {
		r.altered = &AlteredError{Part: fmt.Sprintf(format, args...)}
		r.read, r.waiting = nil, nil
	}
}

// page takes the page that the parser has read last.
func (r *relayout) page(content []byte) {
	if r.altered != nil {
		return
	}
	r.read = append(r.read, readPage{bytes.Clone(content), slices.Clone(r.parser.rows)})
	if r.held += len(content); r.held > maxFront {
		r.differs("page %d", r.parser.number)
	}
	for _, t := range r.parser.tokens {
		if !r.edition.prints(t.face, t.text) {
			r.differs("page %d", r.parser.number)
		}
	}
	if len(r.read) > behind && r.parser.files {
		r.layOut()
	}
}

// layOut lays out what was read.
func (r *relayout) layOut() {
	pages := r.read
	r.read = nil
	for _, p := range pages {
		r.waiting = append(r.waiting, p.content)
	}
	if r.layout == nil && !r.begin(r.parser) {
		return
	}
	for _, p := range pages {
		for i := range p.rows {
			r.layout.record(r.rows, &p.rows[i])
			r.rows++
			if r.failed() {
				return
			}
		}
	}
}

// begin lays out what stands before the table.
func (r *relayout) begin(p *parser) bool {
	date, err := time.Parse(dateForm, p.value(labelDate))
	sum, noSum := parseSum(p.value(labelDigest))
	count, noCount := ungrouped(p.value(labelCount))
	size, noSize := ungrouped(strings.TrimSuffix(p.value(labelTotal), " B"))
	if err != nil || noSum != nil || noCount != nil || noSize != nil {
		r.differs("page 1")
		return false
	}
	// The lines of the telephones are taken as they are, since one number may take
	// several of them.
	r.form = Form{
		Package: p.value(labelPackage),
		Unit:    Unit{IC: p.value(labelIC), Name: p.value(labelUnitName)},
		Person: Person{
			Name: p.value(labelPersonName), ID: p.value(labelPersonID), Email: p.value(labelEmail), Phones: p.values[labelPhone],
		},
		Medium:        Medium{Kind: p.value(labelMedium), Volumes: p.l.Volumes},
		PackageDigest: sum, Place: p.value(labelPlace), Date: date, Count: int(count), Generator: p.value(labelGenerator),
	}
	r.layout = newLayout(r.edition, &r.form)
	r.layout.total, r.layout.size, r.layout.reason, r.layout.done = p.total, size, p.reason, r.compare
	r.layout.openPage()
	r.layout.front()
	r.layout.tableStart()
	return !r.failed()
}

// compare compares the content of a page that was laid out again with the one read.
func (r *relayout) compare(content []byte) error {
	n := r.layout.number
	if len(r.waiting) == 0 || !bytes.Equal(r.waiting[0], content) {
		r.differs("page %d", n)
		return r.altered
	}
	r.held -= len(content)
	r.waiting = r.waiting[1:]
	return nil
}

func (r *relayout) failed() bool {
	if r.layout.err != nil {
		r.differs("page %d", r.layout.number)
	}
	return r.altered != nil
}

// finish compares the last page, and all objects after the pages with those that
// Write makes.
func (r *relayout) finish(objects map[int][]byte, pages []pageOffsets) error {
	if r.altered == nil {
		r.layOut()
	}
	if r.altered != nil {
		return r.altered
	}
	if r.layout.closePage(); r.failed() || len(r.waiting) > 0 {
		r.differs("page %d", len(pages))
		return r.altered
	}
	// The time of day is the one value that is not printed.
	made, err := creationDate(objects)
	if err != nil || made.Format(dateForm) != r.layout.date {
		r.differs("the date in the metadata")
		return r.altered
	}
	r.form.Date = made
	sk, err := newSkeleton(r.edition, &r.form, r.layout.used)
	if err != nil {
		return err
	}
	if len(pages) > 1 && pages[1].number != sk.last+1 {
		r.differs("the numbering of objects")
		return r.altered
	}
	for n, want := range sk.objects {
		if got, ok := objects[n]; !ok || !sameObject(got, want) {
			r.differs("object %d (%s)", n, kindOf(want))
			return r.altered
		}
	}
	if len(objects) != len(sk.objects) {
		r.differs("the number of objects")
		return r.altered
	}
	return nil
}

// ungrouped parses a number as grouped prints it.
func ungrouped(s string) (int64, error) {
	n, err := strconv.ParseInt(strings.ReplaceAll(s, " ", ""), 10, 64)
	if err == nil && grouped(n) != s {
		err = strconv.ErrSyntax
	}
	return n, err
}

var creation = regexp.MustCompile(`\n/CreationDate \(D:(\d{14})\)\n`)

// creationDate reads the time from the information dictionary, which is the object
// before the catalog.
func creationDate(objects map[int][]byte) (time.Time, error) {
	last := 0
	for n := range objects {
		last = max(last, n)
	}
	m := creation.FindSubmatch(objects[last-1])
	if m == nil {
		return time.Time{}, fmt.Errorf("no time")
	}
	return time.Parse("20060102150405", string(m[1]))
}

// sameObject reports whether two objects are the same but for the way in which their
// streams are deflated.
func sameObject(got, want []byte) bool {
	if bytes.Equal(got, want) {
		return true
	}
	gotHead, gotData, ok1 := splitStream(got)
	wantHead, wantData, ok2 := splitStream(want)
	return ok1 && ok2 && bytes.Equal(gotHead, wantHead) && bytes.Equal(gotData, wantData)
}

// splitStream returns the dictionary of a deflated stream without its length, and
// the inflated data.
func splitStream(object []byte) (head, data []byte, ok bool) {
	head, packed, ok := bytes.Cut(object, streamStart)
	if !ok || !bytes.Contains(head, []byte("/Filter /FlateDecode")) {
		return nil, nil, false
	}
	m := streamLength.FindSubmatchIndex(head)
	if m == nil {
		return nil, nil, false
	}
	n, err := strconv.Atoi(string(head[m[2]:m[3]]))
	if err != nil || n > len(packed) || string(packed[n:]) != streamTail {
		return nil, nil, false
	}
	head = append(bytes.Clone(head[:m[2]]), head[m[3]:]...)
	in := bytes.NewReader(packed[:n])
	z, err := zlib.NewReader(in)
	if err != nil {
		return nil, nil, false
	}
	data, err = io.ReadAll(io.LimitReader(z, maxObjects+1))
	return head, data, err == nil && len(data) <= maxObjects && in.Len() == 0
}

// kindOf names an object for a message.
func kindOf(object []byte) string {
	for _, k := range []struct{ mark, name string }{
		{"/Type /Catalog", "the catalog"},
		{"/Producer ", "the metadata"},
		{"/FontDescriptor /FontName", "a font's description"},
		{"/Type /Font\n", "a font"},
		{"/ProcSet", "the resources"},
		{"/Length1", "a font's glyphs"},
		{"/Length", "a map of letters"},
	} {
		if bytes.Contains(object, []byte(k.mark)) {
			return k.name
		}
	}
	return "part of a font"
}
