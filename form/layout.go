package form

import (
	"context"
	"strconv"
)

// The margins of a page and the positions of text, in points.
const (
	left       = 42.52 // 15 mm
	right      = pageWidth - left
	top        = 40.0
	bottom     = pageHeight - 46
	footerLine = pageHeight - 28

	textLeading = 13.5
	valueX      = left + 104 // a label ends just before its value, so that
	headX       = left + 62  // text extraction keeps both on one line
	inset       = 4.0
)

// layout places a form on pages. It runs twice: first to count the pages and
// collect the letters, then, when total is known, to write.
type layout struct {
	*edition
	f     *Form
	total int               // pages; 0 in the first run
	size  int64             // all records together, from the first run
	used  map[face]*letters // what was printed, by face
	// collecting: print adds to used; otherwise used must hold what is printed.
	collecting bool
	done       func(content []byte) error
	reason     []string // paragraphs
	date       string

	page    page
	number  int // of the current page
	y       float64
	content []byte
	err     error

	disc   int   // of the last row
	listed int64 // bytes of the records in the rows so far
}

// dateForm is how the form prints a day.
const dateForm = "2. 1. 2006"

// newLayout prepares the first run.
func newLayout(e *edition, f *Form) *layout {
	l := &layout{
		edition: e, f: f, used: make(map[face]*letters), collecting: true, done: func([]byte) error { return nil },
		reason: e.paragraphs(f.Reason), date: f.Date.Format(dateForm),
	}
	for _, face := range e.fonts {
		l.used[face.face] = new(letters)
		// The page numbers are known only in the second run.
		l.used[face.face].add("0123456789")
	}
	return l
}

// secondRun prepares the second run, which passes the content stream of each page
// to done.
func (l *layout) secondRun(done func([]byte) error) *layout {
	return &layout{
		edition: l.edition, f: l.f, used: l.used, total: l.number, size: l.size, done: done, reason: l.reason, date: l.date,
	}
}

func (l *layout) run(ctx context.Context) error {
	l.openPage()
	l.front()
	if err := l.table(ctx); err != nil {
		return err
	}
	l.closePage()
	return l.err
}

// print puts text on the page. All other functions use it to do so.
func (l *layout) print(f face, size, x, y float64, s string) {
	if l.collecting {
		l.used[f].add(s)
	} else if !l.used[f].has(s) && l.err == nil {
		l.err = refuse("Row gave another answer when asked again")
	}
	l.page.text(f, size, x, y, s)
}

func (l *layout) printRight(f face, size, x, y float64, s string) {
	l.print(f, size, x-l.width(f, size, s), y, s)
}

func (l *layout) openPage() {
	l.number++
	l.page.reset()
	l.y = top
	if l.number == 1 {
		return
	}
	l.y = 34
	for _, part := range [][2]string{{headPackage, l.f.Package}, {headDigest, l.f.PackageDigest.String()}} {
		l.printRight(bold, l.pt.headLabel, headX-4, l.y, part[0])
		for _, line := range l.wrap(mono, l.pt.headText, right-headX, part[1]) {
			l.print(mono, l.pt.headText, headX, l.y, line)
			l.y += 9.5
		}
	}
	l.page.rule(left, l.y-4, right, l.y-4, 0.5)
	l.y += 8
}

func (l *layout) closePage() {
	if l.named {
		l.print(regular, l.pt.small, left, footerLine, l.footName())
	}
	l.printRight(regular, l.pt.small, right, footerLine, footerText(l.number, l.total))
	if l.err != nil {
		return
	}
	l.content = l.page.content(l.content[:0])
	if len(l.content) > maxContent {
		l.err = refuse("page %d is too full", l.number)
		return
	}
	l.err = l.done(l.content)
}

func (l *layout) nextPage() {
	l.closePage()
	l.openPage()
}

// ensureRoom starts a new page if h points no longer fit on the current one.
func (l *layout) ensureRoom(h float64) {
	if l.y+h > bottom {
		l.nextPage()
	}
}

// section prints a heading that stays with the next h points.
func (l *layout) section(title string, h float64) {
	l.ensureRoom(26 + h)
	l.y += 7
	l.page.band(left, l.y, right-left, 15)
	l.print(bold, l.pt.section, left+inset, l.y+11, title)
	l.y += 15 + 3
}

// field prints a label and its values, which may take several lines up to the
// right edge.
func (l *layout) field(label string, f face, edge float64, values ...string) {
	size := l.pt.text
	if f == mono {
		size = l.pt.mono
	}
	l.ensureRoom(textLeading)
	l.printRight(bold, l.pt.label, valueX-5, l.y+10, label)
	empty := true
	for _, v := range values {
		for _, line := range l.wrap(f, size, edge-valueX, v) {
			l.ensureRoom(textLeading)
			l.print(f, size, valueX, l.y+10, line)
			l.y += textLeading
			empty = false
		}
	}
	if empty {
		l.page.dotted(valueX, edge, l.y+11)
		l.y += textLeading
	}
}

// grouped formats a number as people do, in groups of three digits.
func grouped(n int64) string {
	digits := strconv.FormatInt(n, 10)
	var b []byte
	for i, c := range []byte(digits) {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b = append(b, ' ')
		}
		b = append(b, c)
	}
	return string(b)
}
