package form

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"csuis-offline/checksum"
)

// parser builds a listing from the texts of the pages, in the order in which
// layout prints them.
type parser struct {
	edition *edition
	tokens  []pageText
	number  int // of the current page
	total   int // number of pages, from the first footer
	heading [2]string

	label   string              // the last bold text
	values  map[string][]string // the lines after each label
	length  map[string]int      // their bytes
	reason  []string            // paragraphs; a page begins a new one
	reached reached
	files   bool // the table has begun
	disc    int
	volume  string  // volume identifier expected beside the disc heading
	part    rowPart // of the row at hand
	row     ListingRow
	whole   Row    // the row at hand with all that is printed
	rows    []Row  // those of the page
	names   []byte // names and identifiers of the page's rows
	spans   []rowSpan
	bytes   int64
	l       Listing
}

// reached is where the last line of the reason stands.
type reached struct{ page, y int }

// rowSpan holds the offsets of a row's texts in parser.names.
type rowSpan struct{ name, id, end int }

// rowPart is the part of a row that was read last.
type rowPart int

const (
	partNone rowPart = iota
	partNumber
	partName
	partKind
	partDate
	partSize
	partSum
	partID
	partOrigin
)

// The greatest length in bytes of the value of one label, of all telephones and of
// all paragraphs of the reason.
const (
	maxValue      = 4 * MaxField
	maxPhoneBytes = maxValue * maxPhones
	maxParagraphs = 4 * MaxReason
)

// The labels whose values the form is laid out by again. Every form has the required
// ones. The optional ones are missing from the forms of earlier editions, which lie
// on discs and are never printed again; there the value is empty.
var (
	required = []string{
		labelIC, labelUnitName, labelPersonName, labelPersonID, labelEmail, labelPhone, labelMedium, labelDiscs,
		labelPackage, labelCount, labelTotal, labelGenerator, labelDigest, labelPlace, labelDate,
	}
	optional = []string{}
)

func newParser(e *edition) *parser {
	return &parser{edition: e, values: make(map[string][]string), length: make(map[string]int)}
}

// page parses the content stream of one page.
func (p *parser) page(content []byte) error {
	var err error
	if p.tokens, err = parseContent(content, p.tokens[:0]); err != nil {
		return err
	}
	p.number++
	ts := p.tokens
	if len(ts) < 2 {
		return errors.New("empty page")
	}
	if err := p.checkFooter(ts[len(ts)-1].text); err != nil {
		return err
	}
	if ts = ts[:len(ts)-1]; p.edition.named {
		if last := len(ts) - 1; ts[last].text != p.edition.footName() {
			return errors.New("the foot line does not name the layout")
		}
		ts = ts[:len(ts)-1]
	}
	p.rows = p.rows[:0]
	if p.number > 1 {
		if ts, err = p.readPageHead(ts); err != nil {
			return err
		}
	}
	for _, t := range ts {
		if p.files {
			err = p.readRow(t)
		} else {
			err = p.readField(t)
		}
		if err != nil {
			return err
		}
	}
	if err := p.endRow(); err != nil {
		return err
	}
	p.keepTexts()
	return nil
}

func (p *parser) checkFooter(text string) error {
	if p.number == 1 {
		if _, err := fmt.Sscanf(text, footer, new(int), &p.total); err != nil || p.total > maxPages {
			return errors.New("no page number")
		}
	}
	if want := footerText(p.number, p.total); text != want {
		return fmt.Errorf("page number: wanted %q, found %.80q", want, text)
	}
	return nil
}

// readPageHead reads the two head lines of every page except the first.
func (p *parser) readPageHead(ts []pageText) ([]pageText, error) {
	var found [2]string
	for i, label := range []string{headPackage, headDigest} {
		if len(ts) == 0 || ts[0].face != bold || ts[0].text != label {
			return nil, errors.New("no head line")
		}
		for ts = ts[1:]; len(ts) > 0 && ts[0].face == mono && ts[0].x == hundredths(headX); ts = ts[1:] {
			found[i] += ts[0].text
		}
	}
	if p.number > 2 && found != p.heading {
		return nil, errors.New("the head line differs from the page before")
	}
	p.heading = found
	return ts, nil
}

// readField collects labels and values. A value may continue on the next page.
func (p *parser) readField(t pageText) error {
	if t.face == bold {
		p.label = t.text
		p.files = t.text == sectionFiles
		if strings.HasPrefix(t.text, strings.TrimSuffix(labelVolume, "%d")) {
			p.l.Volumes = append(p.l.Volumes, "")
			if n := len(p.l.Volumes); n > MaxDiscs || t.text != fmt.Sprintf(labelVolume, n) {
				return errors.New("the discs are not numbered in order")
			}
			return nil
		}
		if slices.Contains(required, t.text) || slices.Contains(optional, t.text) {
			if _, twice := p.values[t.text]; twice {
				return fmt.Errorf("%q occurs twice", t.text)
			}
			p.values[t.text] = nil
		}
		return nil
	}
	if n := len(p.l.Volumes); n > 0 && p.label == fmt.Sprintf(labelVolume, n) {
		if p.l.Volumes[n-1] += t.text; len(p.l.Volumes[n-1]) > maxValue {
			return errors.New("a volume identifier too long")
		}
		return nil
	}
	if p.label == sectionReason {
		return p.readReason(t)
	}
	v, ok := p.values[p.label]
	// Other texts of every form follow these two.
	if !ok || p.label == labelDigest && t.face != mono || p.label == labelDate && len(v) > 0 {
		return nil
	}
	most := maxValue
	if p.label == labelPhone {
		most = maxPhoneBytes
	}
	if p.length[p.label] += len(t.text); p.length[p.label] > most {
		return fmt.Errorf("the value of %q is too long", p.label)
	}
	p.values[p.label] = append(v, t.text)
	return nil
}

// readReason puts the lines of a paragraph together. The gap between two paragraphs
// tells them apart.
func (p *parser) readReason(t pageText) error {
	if p.length[sectionReason] += len(t.text); p.length[sectionReason] > maxParagraphs {
		return errors.New("the reason is too long")
	}
	const gap = textLeading + 1.5
	if n := len(p.reason); n > 0 && p.reached.page == p.number && p.reached.y-t.y < hundredths(gap) {
		p.reason[n-1] += t.text
	} else {
		p.reason = append(p.reason, t.text)
	}
	p.reached = reached{p.number, t.y}
	return nil
}

// value is the text after a label.
func (p *parser) value(label string) string { return strings.Join(p.values[label], "") }

func (p *parser) readRow(t pageText) error {
	if t.face == bold {
		return p.readHeading(t.text)
	}
	if p.volume != "" {
		if t.face != mono || t.text != p.volume {
			return errors.New("a disc heading with another volume identifier")
		}
		p.volume = ""
		return nil
	}
	switch {
	case t.face == mono && t.x < hundredths(numberEnd):
		if err := p.endRow(); err != nil {
			return err
		}
		p.row, p.whole = ListingRow{Disc: max(1, p.disc)}, Row{}
		p.row.Number = len(p.l.Rows) + 1
		if len(p.l.Volumes) > 1 && p.disc == 0 {
			return errors.New("a row before the first disc heading")
		}
		if t.text != strconv.Itoa(p.row.Number) {
			return fmt.Errorf("row number: wanted %d, found %.80q", p.row.Number, t.text)
		}
		p.part = partNumber
		p.spans = append(p.spans, rowSpan{name: len(p.names)})
		return nil
	case p.part == partNone:
		return errors.New("text between the rows")
	case t.face == mono && t.x == hundredths(nameX) && p.part <= partName:
		p.part = partName
		p.names = append(p.names, t.text...)
		p.whole.Name += t.text
		return nil
	case p.part < partName:
		return errors.New("a row without a name")
	case t.face == regular && t.x == hundredths(kindX) && p.part <= partKind:
		p.part = partKind
		p.whole.Kind += t.text
		return nil
	case t.face == regular && t.x == hundredths(dateX) && p.part <= partDate:
		p.part = partDate
		p.whole.Date += t.text
		return nil
	case t.face == regular && t.x >= hundredths(sizeFrom) && p.part < partSize:
		return p.readSize(t.text)
	case t.face == mono && t.x == hundredths(nameX) && p.part == partSize:
		return p.readSum(t.text)
	case t.face == mono && t.x == hundredths(idX) && (p.part == partSum || p.part == partID):
		p.part = partID
		p.names = append(p.names, t.text...)
		p.whole.TransactionID += t.text
		return nil
	case t.face == regular && t.x == hundredths(nameX) && p.part >= partSum:
		p.part = partOrigin
		p.whole.Original += t.text
		return nil
	}
	return fmt.Errorf("row %d: text outside the columns", p.row.Number)
}

func (p *parser) readSize(text string) error {
	n, err := strconv.ParseInt(strings.ReplaceAll(text, " ", ""), 10, 64)
	if err != nil || n < 0 || n >= maxSize || grouped(n) != text {
		return fmt.Errorf("row %d: size %.80q", p.row.Number, text)
	}
	p.bytes += n
	p.row.Size, p.part = n, partSize
	return nil
}

func (p *parser) readSum(text string) error {
	sum, err := parseSum(text)
	if err != nil {
		return fmt.Errorf("row %d: %w", p.row.Number, err)
	}
	p.row.Sum, p.part = sum, partSum
	p.spans[len(p.spans)-1].id = len(p.names)
	return nil
}

// parseSum parses a digest as it is printed, in lower case.
func parseSum(text string) (checksum.Sum, error) {
	sum, err := checksum.ParseSum(text)
	if err != nil || sum.String() != text {
		return checksum.Sum{}, fmt.Errorf("no SHA-256: %.80q", text)
	}
	return sum, nil
}

// readHeading reads bold text in the table: the table head and the disc headings.
func (p *parser) readHeading(text string) error {
	switch text {
	case columnNumber, columnName, columnKind, columnDate, columnSize, columnSum, columnID, discContinued:
		return nil
	}
	discs := len(p.l.Volumes)
	var n int
	if _, err := fmt.Sscanf(text, "Disk %d", &n); err != nil || text != fmt.Sprintf(discHeading, n, discs) ||
		n < max(1, p.disc) || n > discs {
		return fmt.Errorf("unexpected heading %.80q", text)
	}
	if err := p.endRow(); err != nil {
		return err
	}
	p.disc, p.volume = n, p.l.Volumes[n-1]
	return nil
}

// endRow ends the current row, if there is one.
func (p *parser) endRow() error {
	if p.part == partNone {
		return nil
	}
	if p.part < partSum {
		return fmt.Errorf("row %d is not complete", p.row.Number)
	}
	if p.row.Number > MaxRecords {
		return errors.New("too many rows")
	}
	if len(p.l.Rows) == cap(p.l.Rows) {
		p.l.Rows = slices.Grow(p.l.Rows, p.growth())
	}
	p.part = partNone
	p.spans[len(p.spans)-1].end = len(p.names)
	p.l.Rows = append(p.l.Rows, p.row)
	p.whole.Size, p.whole.Sum, p.whole.Disc = p.row.Size, p.row.Sum, p.row.Disc
	p.whole.Original = strings.TrimPrefix(p.whole.Original, originalPrefix)
	p.rows = append(p.rows, p.whole)
	return nil
}

// growth returns the number of rows by which the listing grows at a time, since
// the number of rows that the form states is not to be trusted.
func (p *parser) growth() int {
	return max(1<<10, len(p.l.Rows)/4)
}

// keepTexts gives the page's rows their texts. They are parts of one string for
// the page, which takes less memory than a string for each.
func (p *parser) keepTexts() {
	all := string(p.names)
	rows := p.l.Rows[len(p.l.Rows)-len(p.spans):]
	for i, s := range p.spans {
		rows[i].Name, rows[i].TransactionID = all[s.name:s.id], all[s.id:s.end]
	}
	p.names, p.spans = p.names[:0], p.spans[:0]
}

// listing returns the result after the last page. What the form says of itself
// must agree with what it holds.
func (p *parser) listing(pages int) (*Listing, error) {
	if pages != p.total || !p.files {
		return nil, fmt.Errorf("%d pages, the footer says %d", pages, p.total)
	}
	for _, label := range required {
		if _, ok := p.values[label]; !ok {
			return nil, fmt.Errorf("%q is missing", label)
		}
	}
	var err error
	l := &p.l
	l.Layout, l.Pages, l.Package = p.edition.number, pages, p.value(labelPackage)
	l.IC, l.UnitName, l.Medium = p.value(labelIC), p.value(labelUnitName), p.value(labelMedium)
	l.PersonID, l.PersonName, l.Email = p.value(labelPersonID), p.value(labelPersonName), p.value(labelEmail)
	if l.PackageDigest, err = parseSum(p.value(labelDigest)); err != nil {
		return nil, err
	}
	for _, c := range []struct{ label, holds string }{
		{labelCount, grouped(int64(len(l.Rows)))},
		{labelTotal, grouped(p.bytes) + " B"},
		{labelDiscs, strconv.Itoa(len(l.Volumes))},
	} {
		if says := p.value(c.label); says != c.holds {
			return nil, fmt.Errorf("%q says %.80q, the form holds %q", c.label, says, c.holds)
		}
	}
	if pages > 1 && p.heading != [2]string{l.Package, l.PackageDigest.String()} {
		return nil, errors.New("the head lines differ from the first page")
	}
	if l.Package == "" || len(l.Volumes) == 0 || len(l.Rows) == 0 || p.volume != "" {
		return nil, errors.New("the form is not complete")
	}
	return l, nil
}
