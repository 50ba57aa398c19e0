package form

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"regexp"
	"strconv"
	"strings"

	"csuis-offline/checksum"
)

// Listing is the content of a form, read from its visible text. Text is as
// printed, see [Listing.Printed].
type Listing struct {
	// Layout is the version of the layout that the form names.
	Layout  int
	Package string
	// The unit and the person; what is empty on the form is "".
	IC, UnitName, PersonID, PersonName, Email string
	// Medium is the kind of medium, "CD" or "DVD".
	Medium string
	// Volumes holds the volume identifier of each disc.
	Volumes       []string
	PackageDigest checksum.Sum
	Rows          []ListingRow
	// Pages is the number of pages, n of "strana i z n".
	Pages int
	// Length is the length of the form in bytes, and Appended how many bytes of a
	// later revision follow it: a program that saves a PDF anew can put its changes
	// behind the old bytes. Viewers show the revision. The other fields are of the
	// form alone.
	Length, Appended int64
}

// Printed returns a text as a form of this layout prints it: letters composed, white
// space as spaces, and in layout 1 U+FFFD for characters that the fonts lack.
func (l *Listing) Printed(text string) string {
	for _, e := range editions {
		if e.number == l.Layout {
			return e.clean(text)
		}
	}
	return text
}

// ListingRow is one record of the table of files.
type ListingRow struct {
	Number        int // from 1, without gaps
	Name          string
	TransactionID string
	Size          int64 // bytes
	Sum           checksum.Sum
	Disc          int // from 1
}

// ErrNotOurForm says that a file is not a form of this package, but another PDF or
// no PDF at all.
var ErrNotOurForm = errors.New("form: not a form made by this program")

// DamageError says that a form is no longer as Write made it.
type DamageError struct {
	// Offset is the offset in bytes near which the damage was noticed.
	Offset int64
	Reason string
}

func (e *DamageError) Error() string {
	return fmt.Sprintf("form: damaged near byte %d: %s", e.Offset, e.Reason)
}

// AlteredError says that a form has the digest of its bytes and is still not what
// Write makes of the letters on it. Viewers may show something else than what Read
// would return, so it returns nothing.
type AlteredError struct {
	// Part is what differs: "page 2", "the catalog", "a font".
	Part string
}

func (e *AlteredError) Error() string {
	return fmt.Sprintf("form: %s is not what this program makes of the letters on the form", e.Part)
}

// LayoutError says that a form names a version of the layout that this version of
// the program does not know. Its digest of itself is right.
type LayoutError struct{ Layout int }

func (e *LayoutError) Error() string {
	return fmt.Sprintf("form: layout %d is not known here, only 1 to %d", e.Layout, newest().number)
}

// The limits of Read. maxContent is also the limit of Write for a page.
const (
	maxContent  = 256 << 10 // content stream of a page, deflated or not
	maxPages    = MaxRecords + 1_000
	maxInflated = 2 << 30  // all pages together
	maxObjects  = 4 << 20  // fonts, resources, metadata
	maxFront    = 16 << 20 // content of the pages before the table
	maxLine     = 128
)

// Read reads a form that Write made from its visible text, so that it returns what
// is printed. It checks the digest of the whole file, so that any changed byte is
// an error, and the numbering of pages and rows. Then it makes the form again from
// the letters read, with the fonts and sizes of the layout that the form names, and
// compares everything, so that viewers show what it returns. It reads the input
// once, to its end; the input may be hostile. It holds the Listing and a few pages
// in memory.
//
// The error is ErrNotOurForm for any other file, a *LayoutError for a form of a
// later layout, a *DamageError for one that was changed or cut off, an
// *AlteredError for one that was changed and given the right digest, or wraps the
// error of r.
func Read(r io.Reader) (*Listing, error) {
	s := &scanner{r: bufio.NewReaderSize(r, 64<<10), hash: sha256.New()}
	if err := s.checkHead(); err != nil {
		return nil, err
	}
	l, err := s.readDocument()
	if err != nil {
		if s.failure != nil {
			return nil, fmt.Errorf("form: %w", s.failure)
		}
		var altered *AlteredError
		if errors.As(err, &altered) {
			return nil, altered
		}
		var damage *DamageError
		if !errors.As(err, &damage) {
			damage = &DamageError{Offset: s.at, Reason: err.Error()}
		}
		return nil, damage
	}
	return l, nil
}

// scanner reads a file once. failure keeps an error of the underlying reader, so
// that it does not count as damage.
type scanner struct {
	r       *bufio.Reader
	hash    hash.Hash
	at      int64
	failure error
	edition *edition
	again   *relayout
	objects map[int][]byte // what follows the pages, by number

	pages    []pageOffsets
	packed   []byte
	content  []byte
	inflater io.ReadCloser
	inflated int64
}

type pageOffsets struct {
	number        int
	page, content int64 // offsets of the page object and its content stream
}

// fill reads exactly len(b) bytes.
func (s *scanner) fill(b []byte) error {
	n, err := io.ReadFull(s.r, b)
	s.hash.Write(b[:n])
	s.at += int64(n)
	return s.readError(err)
}

// readError turns an early end into damage, and keeps any other error in failure.
func (s *scanner) readError(err error) error {
	if err == nil {
		return nil
	}
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return errors.New("the file ends too early")
	}
	s.failure = err
	return err
}

// line reads a line with its LF.
func (s *scanner) line() (string, error) {
	var b [maxLine]byte
	for n := range b {
		c, err := s.r.ReadByte()
		if err != nil {
			return "", s.readError(err)
		}
		s.at++
		if b[n] = c; c == '\n' {
			s.hash.Write(b[:n+1])
			return string(b[:n+1]), nil
		}
	}
	return "", errors.New("a line is too long")
}

func (s *scanner) expect(want string) error {
	start := s.at
	got := make([]byte, len(want))
	if err := s.fill(got); err != nil {
		return err
	}
	for i := range got {
		if got[i] != want[i] {
			return &DamageError{Offset: start + int64(i), Reason: "unexpected bytes"}
		}
	}
	return nil
}

// namedLayout returns the version of the layout that a file with the head of a form
// names, or 0.
func namedLayout(b []byte) int {
	head := strings.TrimSuffix(fmt.Sprintf(fileHead, 0), "0\n")
	rest, _ := bytes.CutPrefix(b, []byte(head))
	digits, _, ok := bytes.Cut(rest, []byte("\n"))
	n, err := strconv.Atoi(string(digits))
	if len(rest) == len(b) || !ok || err != nil || n < 1 || n > 9999 || string(digits) != strconv.Itoa(n) {
		return 0
	}
	return n
}

// checkHead distinguishes a damaged form from another file. A form begins with
// fileHead and ends with the digest line; a file with one of both counts as a
// form.
func (s *scanner) checkHead() error {
	b, err := s.r.Peek(64)
	if err != nil && err != io.EOF {
		return fmt.Errorf("form: %w", err)
	}
	same := 0
	for _, e := range editions {
		head := e.fileHead()
		n := 0
		for n < min(len(b), len(head)) && b[n] == head[n] {
			n++
		}
		if n == len(head) {
			s.edition = e
			return s.expect(head)
		}
		same = max(same, n)
	}
	const version = len("%PDF-1.3\n%")
	if same == len(b) && same > version {
		return &DamageError{Offset: int64(same), Reason: "the file ends too early"}
	}
	named := namedLayout(b)
	whole, last, err := sealedBytes(s.r)
	if err != nil {
		return fmt.Errorf("form: %w", err)
	}
	switch {
	case whole && named > 0:
		return &LayoutError{named}
	case bytes.Contains(last, []byte("\n"+digestHead)):
		return &DamageError{Offset: int64(same), Reason: "unexpected bytes"}
	}
	return ErrNotOurForm
}

// sealedBytes reads to the end. It reports whether the file ends with the digest of
// its bytes, and returns the last of them.
func sealedBytes(r io.Reader) (whole bool, last []byte, err error) {
	const keep = 256
	h := sha256.New()
	buf := make([]byte, 0, 64<<10)
	for err == nil {
		if len(buf) > cap(buf)/2 {
			h.Write(buf[:len(buf)-keep])
			buf = append(buf[:0], buf[len(buf)-keep:]...)
		}
		var got int
		got, err = r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+got]
	}
	if err != io.EOF {
		return false, nil, err
	}
	last = buf[max(0, len(buf)-keep):]
	h.Write(buf[:len(buf)-len(last)])
	m := fileEnding.FindSubmatchIndex(last)
	if m == nil || m[1] != len(last) {
		return false, last, nil
	}
	h.Write(last[:m[0]+1])
	h.Write(last[m[4]:])
	return fmt.Sprintf("%x", h.Sum(nil)) == string(last[m[2]:m[3]]), last, nil
}

// readDocument reads the pages and then checks everything after them.
func (s *scanner) readDocument() (*Listing, error) {
	p := newParser(s.edition)
	s.again = newRelayout(s.edition, p)
	for {
		start := s.at
		line, err := s.line()
		if err != nil {
			return nil, err
		}
		if line == "1 0 obj\n" {
			break
		}
		if err := s.pageObjects(line, start); err != nil {
			return nil, err
		}
		if err := p.page(s.content); err != nil {
			return nil, &DamageError{Offset: start, Reason: fmt.Sprintf("page %d: %v", len(s.pages), err)}
		}
		s.again.page(s.content)
	}
	length, err := s.checkTail()
	if err != nil {
		return nil, err
	}
	l, err := p.listing(len(s.pages))
	if err != nil {
		return nil, err
	}
	if err := s.again.finish(s.objects, s.pages); err != nil {
		return nil, err
	}
	l.Length, l.Appended = length, s.at-length
	return l, nil
}

// pageObjects reads the two objects of one page, of which line is the first line,
// and puts the content stream into s.content.
func (s *scanner) pageObjects(line string, start int64) error {
	want := objFirstPage
	if n := len(s.pages); n == 1 {
		// The second page has the number after the catalog, which is known only now.
		first, _, _ := bytes.Cut([]byte(line), []byte(" "))
		var err error
		if want, err = strconv.Atoi(string(first)); err != nil || want <= objFirstPage+1 || want > 1000 {
			return errors.New("an object has an unexpected number")
		}
	} else if n > 1 {
		want = s.pages[n-1].number + 2
	}
	object := fmt.Sprintf(pageObject, want, want+1)
	if len(line) > len(object) || line != object[:len(line)] {
		return errors.New("unexpected bytes where a page begins")
	}
	if err := s.expect(object[len(line):]); err != nil {
		return err
	}
	s.pages = append(s.pages, pageOffsets{want, start, s.at})
	if len(s.pages) > maxPages {
		return errors.New("too many pages")
	}
	if err := s.expect(fmt.Sprintf("%d 0 obj\n", want+1)); err != nil {
		return err
	}
	line, err := s.line()
	if err != nil {
		return err
	}
	var n int
	if _, err := fmt.Sscanf(line, "<</Filter /FlateDecode /Length %d>>", &n); err != nil ||
		n < 1 || n > maxContent || line != fmt.Sprintf("<</Filter /FlateDecode /Length %d>>\n", n) {
		return errors.New("the length of a content stream is wrong")
	}
	if err := s.expect("stream\n"); err != nil {
		return err
	}
	s.packed = append(s.packed[:0], make([]byte, n)...)
	if err := s.fill(s.packed); err != nil {
		return err
	}
	if err := s.inflate(); err != nil {
		return &DamageError{Offset: s.at - int64(n), Reason: "compressed content: " + err.Error()}
	}
	return s.expect(streamTail)
}

// inflate decompresses s.packed into s.content.
func (s *scanner) inflate() error {
	in := bytes.NewReader(s.packed)
	var err error
	if s.inflater == nil {
		s.inflater, err = zlib.NewReader(in)
	} else {
		err = s.inflater.(zlib.Resetter).Reset(in, nil)
	}
	if err != nil {
		return err
	}
	out := bytes.NewBuffer(s.content[:0])
	n, err := out.ReadFrom(io.LimitReader(s.inflater, maxContent+1))
	s.content = out.Bytes()
	if s.inflated += n; err != nil {
		return err
	}
	if n > maxContent || s.inflated > maxInflated {
		return errors.New("a content stream is too long")
	}
	if in.Len() > 0 {
		return errors.New("more data than the content needs")
	}
	return nil
}

// fileEnding finds the end of a form, behind which a later revision may follow.
var fileEnding = regexp.MustCompile(`\n` + regexp.QuoteMeta(digestHead) + `([0-9a-f]{64})\n(startxref\n(0|[1-9][0-9]{0,14})\n%%EOF\n)`)

// checkTail checks the digest of the file, and that the page tree and the
// cross-reference table hold exactly the pages that were read, in their order. It
// returns the form's length and reads what follows it.
func (s *scanner) checkTail() (length int64, err error) {
	start := s.at - int64(len("1 0 obj\n"))
	limit := int64(maxObjects + 64*len(s.pages))
	b, err := io.ReadAll(io.LimitReader(s.r, limit+1))
	if err != nil {
		return 0, s.readError(err)
	}
	s.at += int64(len(b))
	m := fileEnding.FindSubmatchIndex(b)
	switch {
	case m == nil && int64(len(b)) > limit:
		return 0, errors.New("too much after the pages")
	case m == nil:
		return 0, errors.New("no digest line at the end")
	}
	body := b[:m[0]+1]
	s.hash.Write(body)
	s.hash.Write(b[m[4]:m[5]])
	if found, want := fmt.Sprintf("%x", s.hash.Sum(nil)), string(b[m[2]:m[3]]); found != want {
		return 0, fmt.Errorf("the digest of the file differs: wanted %s, found %s", want, found)
	}
	length = s.at - int64(len(b)-m[1])
	xref, _ := strconv.ParseInt(string(b[m[6]:m[7]]), 10, 64)
	if err := s.checkCrossReference(append([]byte("1 0 obj\n"), body...), start, xref); err != nil {
		return 0, err
	}
	more, err := io.Copy(io.Discard, s.r)
	s.at += more
	if err != nil {
		return 0, s.readError(err)
	}
	return length, nil
}

// checkCrossReference checks the page tree, the cross-reference table and the
// trailer. b is the file from byte start to the digest line.
func (s *scanner) checkCrossReference(b []byte, start, xref int64) error {
	tree := []byte(pagesHead)
	for _, p := range s.pages {
		tree = fmt.Appendf(tree, pagesKid, p.number)
	}
	if tree = fmt.Appendf(tree, pagesTail, len(s.pages)); !bytes.HasPrefix(b, tree) {
		return errors.New("the page tree differs from the pages")
	}
	if xref < start || xref >= start+int64(len(b)) {
		return errors.New("the offset of the cross-reference table is wrong")
	}
	objects, table := b[:xref-start], b[xref-start:]
	var size int
	if _, err := fmt.Sscanf(string(table[:min(len(table), 40)]), "xref\n0 %d\n", &size); err != nil ||
		size < 6 || size > len(table)/20 {
		return errors.New("the cross-reference table is wrong")
	}
	offsets := make([]int64, size)
	for _, p := range s.pages {
		if p.number+1 >= size {
			return errors.New("a page is not in the cross-reference table")
		}
		offsets[p.number], offsets[p.number+1] = p.page, p.content
	}
	// All other objects follow the pages. Each must be at the offset in the table
	// and directly after the one before, so that no other object can hide.
	at := len(tree)
	last := 0
	offsets[objPages] = start
	s.objects = make(map[int][]byte)
	for at < len(objects) {
		var n int
		if _, err := fmt.Sscanf(string(objects[at:min(len(objects), at+20)]), "%d 0 obj\n", &n); err != nil ||
			n < 1 || n >= size || offsets[n] != 0 {
			return errors.New("an object after the pages")
		}
		offsets[n], last = start+int64(at), n
		end := objectEnd(objects[at:])
		if end < 0 {
			return errors.New("an object without an end")
		}
		s.objects[n] = objects[at : at+end]
		if at += end; at == len(objects) && !bytes.HasPrefix(objects[at-end:], fmt.Appendf(nil, catalogHead, n)) {
			return errors.New("the catalog is not the last object")
		}
	}
	want := fmt.Appendf(nil, xrefHead, size)
	for _, o := range offsets[1:] {
		if o == 0 {
			return errors.New("an object is missing")
		}
		want = fmt.Appendf(want, xrefEntry, o)
	}
	want = fmt.Appendf(want, trailer, size, last, last-1)
	if !bytes.Equal(table, want) {
		return errors.New("the cross-reference table differs from the objects")
	}
	return nil
}
