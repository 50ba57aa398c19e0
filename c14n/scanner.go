// Package c14n reads XML as a stream of tokens and writes it in canonical form:
// Canonical XML 1.0 and Exclusive XML Canonicalization 1.0, with and without
// comments. It refuses what is not well-formed or not namespace-well-formed,
// and every document type declaration. Memory does not grow with the document.
package c14n

import (
	"fmt"
	"io"
	"unicode/utf8"
)

// Limits of what a Scanner accepts. All but MaxDepth are bytes of UTF-8.
const (
	MaxDepth      = 256     // elements inside one another
	MaxValue      = 1 << 20 // a name or an attribute value
	MaxTag        = 8 << 20 // a whole start tag, or the names of all open elements together
	MaxAttributes = 1 << 16 // in one start tag, or namespace declarations in scope
	MaxNamespace  = 1 << 16 // a namespace name
)

const (
	maxPiece  = 32 << 10  // source of one Text, Comment or PI token
	firstSize = 16 << 10  // buffer of a short document
	baseSize  = 128 << 10 // buffer of a long document, as long as no tag is longer
	maxIdle   = 100       // reads in a row that return nothing
)

// A scanning function returns these instead of a length: short if the window
// ends before the token does, failed if s.err is set.
const (
	short  = -1
	failed = -2
)

// Scanner splits a document into tokens. It is not safe for use by several
// goroutines at once.
type Scanner struct {
	r      io.Reader
	buf    []byte
	pos    int // buf[pos:valid] is the window: checked but not yet returned
	valid  int
	end    int   // buf[valid:end] is the beginning of a character
	srcErr error // the error with which the reader ended
	rule   Rule  // what is wrong after buf[valid-1], "" for nothing yet
	detail string
	final  bool // nothing follows buf[valid-1], and nothing is wrong
	err    error

	later    bool // a later version than 1.0 is read, too
	begun    bool
	found    family // by the first bytes
	encoding encoding
	bom      bool
	name     [2]int // where the declaration names the encoding

	line, col int
	off       int64
	cr, wide  bool // the document has carriage returns, characters above ASCII

	tok       Token
	attrs     []Attr
	text      []byte // decoded text of the token
	ref       [4]byte
	values    []byte // decoded attribute values of the token
	order     []int32
	frames    []frame
	open      []byte // names and xml: attributes of the open elements
	inherited []inherited
	ns        bindings
	rooted    bool // the root has begun
	pop       bool // the element of the last token has ended
	close     bool // the last token was <a/>

	within   Kind // Comment or PI: the next token continues one
	target   []byte
	skip     bool // the white space after a PI's target has not ended
	cdata    bool // the next token begins inside a CDATA section
	brackets int  // the number of ] before the next token that can be part of ]]>
}

// frame is an open element.
type frame struct {
	off, prefix, name int // in open: where its name begins, lengths of the prefix and of the whole name
	uri               string
	ns, inherited     int // marks
}

// inherited is an xml: attribute in open: where its local name begins, and the
// lengths of that and of the value after it.
type inherited struct{ off, local, value int }

// NewScanner returns a Scanner of the document that r holds in UTF-8, UTF-16,
// US-ASCII, windows-1250 or ISO-8859-2. It reads ahead.
func NewScanner(r io.Reader) *Scanner {
	s := &Scanner{}
	s.Reset(r)
	return s
}

// Reset makes the Scanner ready for another document. It keeps only its buffer,
// unless that grew for a document with a very long tag.
func (s *Scanner) Reset(r io.Reader) {
	buf := s.buf
	if len(buf) > baseSize {
		buf = nil
	}
	*s = Scanner{r: r, buf: buf, line: 1, col: 1}
	s.ns.init()
}

// AcceptLaterVersions makes the Scanner read a document that declares version 1.1
// or a later 1.x as one of version 1.0 (XML 2.8), until the next Reset. It is called
// before the first Next. It is for what is read only: a document of a later version
// has no canonical form.
func (s *Scanner) AcceptLaterVersions() { s.later = true }

// Encoding returns "UTF-8", "US-ASCII", "UTF-16LE", "UTF-16BE", "windows-1250"
// or "ISO-8859-2". It is known once Next has returned a token.
func (s *Scanner) Encoding() string { return s.encoding.String() }

// HasBOM reports whether the document begins with a byte order mark. It is known
// once Next has returned a token.
func (s *Scanner) HasBOM() bool { return s.bom }

// Next returns the next token, which is valid until the next call. It returns
// io.EOF after a complete well-formed document, a *SyntaxError for a document
// that is not well-formed, and an error that wraps the reader's if reading
// failed. After an error, every further call returns that error.
func (s *Scanner) Next() (*Token, error) {
	if s.err != nil {
		return nil, s.err
	}
	if s.pop {
		s.leave()
	}
	if s.close {
		return s.impliedEnd(), nil
	}
	for {
		w := s.buf[s.pos:s.valid]
		if n := s.scan(w); n > 0 {
			t := &s.tok
			t.Raw = w[:n:n]
			t.Line, t.Column, t.Offset = s.line, s.col, s.off
			s.pos += n
			if t.Kind == Declaration {
				s.declareUTF8(t)
			}
			s.off += int64(len(t.Raw))
			s.line, s.col = s.advance(w, n)
			return t, nil
		} else if n == failed {
			return nil, s.err
		}
		if !s.more(w) {
			return nil, s.err
		}
	}
}

// scan finds the token at the beginning of the window, fills s.tok except Raw
// and the position, and returns the length of its source. It changes nothing
// else before it knows the length, since it is called again with a longer window
// if this one is too short.
func (s *Scanner) scan(w []byte) int {
	if len(w) == 0 {
		return short
	}
	if s.within != 0 || s.cdata || w[0] != '<' {
		return s.scanInside(w)
	}
	if len(w) < 2 {
		return short
	}
	switch w[1] {
	case '/':
		return s.scanEnd(w)
	case '!':
		return s.scanBang(w)
	case '?':
		return s.scanPI(w)
	}
	return s.scanStart(w)
}

func (s *Scanner) scanInside(w []byte) int {
	switch {
	case s.within == Comment:
		return s.scanComment(w, 0)
	case s.within == PI:
		return s.scanData(w, 0)
	case len(s.frames) == 0:
		return s.scanOutside(w)
	}
	return s.scanText(w)
}

// more makes the window at least twice as long, so that scanning it again costs
// no more than twice the input. If it cannot, it sets s.err and returns false.
func (s *Scanner) more(w []byte) bool {
	if !s.begun {
		s.begun = true
		s.begin()
		return s.err == nil
	}
	if len(w) >= MaxTag {
		s.tooLong(w)
		return false
	}
	if s.ended() {
		s.stop(w)
		return false
	}
	size := len(s.buf)
	if size < baseSize && s.end == size {
		size = baseSize
	} else if s.end-s.pos > size/2-2*utf8.UTFMax {
		// While the window is not yet twice as long, a read needs room for a character.
		size *= 2
	}
	from := s.buf[s.pos:s.end]
	if size > len(s.buf) {
		s.buf = make([]byte, size)
	}
	copy(s.buf, from)
	s.valid, s.end, s.pos = s.valid-s.pos, s.end-s.pos, 0
	for want := max(2*len(w), 4<<10); s.valid < want && !s.ended(); {
		s.read()
	}
	return true
}

func (s *Scanner) tooLong(w []byte) int {
	return s.fail(w, 0, TooLong, fmt.Sprintf("a tag or reference of more than %d bytes", MaxTag))
}

// ended reports whether the reader has no more to give.
func (s *Scanner) ended() bool { return s.final || s.rule != "" || s.srcErr != nil }

// read reads once.
func (s *Scanner) read() {
	n, err := 0, error(nil)
	for idle := 0; n == 0 && err == nil; idle++ {
		if idle == maxIdle {
			err = io.ErrNoProgress
			break
		}
		n, err = s.r.Read(s.buf[s.end:])
	}
	s.end += n
	s.check(err)
}

// check validates what the last read returned and handles its error.
func (s *Scanner) check(err error) {
	k, cr, wide, cut, rule := validate(s.buf[s.valid:s.end])
	s.valid += k
	s.cr, s.wide = s.cr || cr, s.wide || wide
	if rule == BadEncoding {
		s.rule, s.detail = rule, fmt.Sprintf("the byte 0x%02X is no %s", s.buf[s.valid], s.encoding)
	} else if rule != "" {
		s.rule, s.detail = rule, "a character that XML does not allow"
	}
	if err == nil || s.rule != "" {
		return
	}
	de, undecodable := err.(*decodeError)
	switch {
	case undecodable:
		s.rule, s.detail = de.rule, de.detail
	case err != io.EOF:
		s.srcErr = fmt.Errorf("c14n: reading: %w", err)
	case cut:
		s.rule, s.detail = Truncated, "the document ends inside a character"
	default:
		s.final = true
	}
}

// stop sets s.err for an input that ends with w.
func (s *Scanner) stop(w []byte) {
	switch {
	case s.rule != "":
		s.fail(w, len(w), s.rule, s.detail)
	case s.srcErr != nil:
		s.err = s.srcErr
	case len(w) > 0 || len(s.frames) > 0 || s.within != 0:
		s.fail(w, len(w), Truncated, "the document ends too early")
	case !s.rooted:
		s.fail(w, 0, NoRoot, "the document has no root element")
	default:
		s.err = io.EOF
	}
}

// fail sets s.err to a SyntaxError at w[i] and returns failed. Bytes of w up to
// i must be whole characters.
func (s *Scanner) fail(w []byte, i int, rule Rule, detail string) int {
	line, col := s.advance(w, i)
	s.err = &SyntaxError{Line: line, Column: col, Rule: rule, Detail: detail}
	return failed
}
