package attachment

import "bytes"

// Sizes of what a detector keeps of a file.
const (
	headSize = 8 << 10
	// The end of a ZIP archive is within 22 + 65,535 bytes (APPNOTE 4.3.16); the
	// central directory before it should fit in the rest.
	tailSize = 128 << 10
	// dirSize is what is kept of an OLE directory.
	dirSize = 8 << 10
)

// detector takes the bytes of a file in order and recognizes its kind. What it
// keeps does not grow with the file.
type detector struct {
	size int64
	head []byte
	tail []byte // the last bytes; between tailSize and twice that once there are so many
	dir  []byte // of an OLE file: the directory's first sectors
	at   int64  // where dir begins; -1 while not known
	text text
}

func (d *detector) reset() {
	d.size, d.at = 0, -1
	d.head, d.tail, d.dir = d.head[:0], d.tail[:0], d.dir[:0]
	d.text = text{}
}

// write takes the next bytes.
func (d *detector) write(p []byte) {
	if len(p) == 0 {
		return
	}
	start := d.size
	d.size += int64(len(p))
	if n := headSize - len(d.head); n > 0 {
		d.head = append(d.head, p[:min(n, len(p))]...)
	}
	d.keepDirectory(start, p)
	d.keepTail(p)
	d.text.write(p)
}

func (d *detector) keepTail(p []byte) {
	if len(p) > tailSize {
		p = p[len(p)-tailSize:]
	}
	if len(d.tail)+len(p) > 2*tailSize {
		d.tail = d.tail[:copy(d.tail, d.tail[len(d.tail)-tailSize:])]
	}
	d.tail = append(d.tail, p...)
}

// keepDirectory keeps the first sectors of an OLE file's directory, whose offset
// is in the first 512 bytes. The directory follows them, so it is not missed.
func (d *detector) keepDirectory(start int64, p []byte) {
	if d.at < 0 {
		at, ok := oleDirectory(d.head)
		if !ok {
			return
		}
		d.at = at
	}
	room := dirSize - len(d.dir)
	skip := d.at + int64(len(d.dir)) - start
	if room > 0 && skip < int64(len(p)) {
		p = p[skip:]
		d.dir = append(d.dir, p[:min(len(p), room)]...)
	}
}

// signatures are the kinds of files that their first bytes identify.
var signatures = []struct {
	magic string
	kind  Kind
}{
	{"%PDF-", PDF},
	{"II*\x00", TIFF}, {"MM\x00*", TIFF}, {"II+\x00", TIFF}, {"MM\x00+", TIFF},
	{"\xff\xd8\xff", JPEG},
	{"\x00\x00\x00\x0cjP  \r\n\x87\n", JPEG2}, {"\xff\x4f\xff\x51", JPEG2},
	{"\x89PNG\r\n\x1a\n", PNG},
	{"GIF87a", GIF}, {"GIF89a", GIF},
	{`{\rtf`, RTF},
	{oleMagic, OLE},
	{"PK\x03\x04", ZIP}, {"PK\x05\x06", ZIP},
	{"\x1f\x8b\x08", GZIP},
	{"7z\xbc\xaf\x27\x1c", SevenZ},
	{"Rar!\x1a\x07", RAR},
	{"\x7fELF", Program}, {"#!/", Program},
	{"<\x00?\x00x\x00", XML}, {"\x00<\x00?\x00x", XML}, // UTF-16 without a byte order mark
}

// kind returns the kind of the file, and whether its end is missing.
func (d *detector) kind() (k Kind, truncated bool) {
	if d.size == 0 {
		return Empty, false
	}
	for _, s := range signatures {
		if bytes.HasPrefix(d.head, []byte(s.magic)) {
			return d.inside(s.kind)
		}
	}
	switch {
	case isBitmap(d.head):
		return BMP, false
	case isWindowsProgram(d.head):
		return Program, false
	case isCMS(d.head):
		return CMS, false
	}
	// Readers accept a byte order mark or white space before a PDF.
	if bytes.HasPrefix(trimStart(d.head), []byte("%PDF-")) {
		return d.inside(PDF)
	}
	if !d.text.valid() {
		// They also accept what printers and web servers put before a PDF, if the file
		// is nothing else (ISO 32000-1, annex H, note 13).
		if bytes.Contains(d.head[:min(len(d.head), 1024)], []byte("%PDF-")) {
			return d.inside(PDF)
		}
		return Unknown, false
	}
	return markup(d.text.ascii(d.head)), false
}

// inside looks into a container, which is all that the first bytes show.
func (d *detector) inside(k Kind) (Kind, bool) {
	switch k {
	case ZIP:
		return d.zip()
	case OLE:
		return oleKind(d.dir), false
	case PDF:
		return k, !bytes.Contains(d.last(4<<10), []byte("%%EOF"))
	case PNG:
		return k, !bytes.Contains(d.last(tailSize), []byte("IEND\xaeB`\x82"))
	case JPEG:
		return k, !bytes.Contains(d.last(tailSize), []byte("\xff\xd9"))
	case RTF:
		return k, !bytes.HasSuffix(bytes.TrimRight(d.last(4<<10), " \t\r\n\x00"), []byte("}"))
	}
	return k, false
}

// last is up to n of the file's last bytes.
func (d *detector) last(n int) []byte { return d.tail[len(d.tail)-min(n, len(d.tail)):] }
