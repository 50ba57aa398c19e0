package online

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"sync"
)

// The SOAP message around a sealed record (technical manual, chapter M). The
// first namespace is that of SOAP 1.1; the other one, of 1.2, is only read.
const (
	soapNS    = "http://schemas.xmlsoap.org/soap/envelope/"
	soap12NS  = "http://www.w3.org/2003/05/soap-envelope"
	soapHead  = `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<SOAP:Envelope xmlns:SOAP="` + soapNS + `"><SOAP:Body>`
	soapTail  = `</SOAP:Body></SOAP:Envelope>`
	sealedTag = `<msg:EncryptedMessage xmlns:msg="urn:cz:mfcr:iissp:schemas:Messaging:v1">`
	sealedEnd = `</msg:EncryptedMessage>`
)

// ErrSize means that a record is shorter or longer than its stated size.
var ErrSize = errors.New("online: the record differs from its stated size")

// submission is the body of a request that submits a sealed record of size
// bytes. What follows the record is handed out only after the record has ended
// at its stated size, so a server never gets a whole message around another
// record.
func submission(sealed io.Reader, size int64) (io.Reader, int64) {
	head, tail := soapHead+sealedTag, sealedEnd+soapTail
	length := int64(len(head)+len(tail)) + (size+2)/3*4
	return &submissionReader{src: sealed, left: size, size: size, out: []byte(head), tail: []byte(tail)}, length
}

// chunk is how much of a record is encoded at a time: a multiple of 3.
const chunk = 48 << 10

type submissionReader struct {
	src        io.Reader
	size, left int64
	raw        []byte
	buf        []byte
	out        []byte // encoded and not handed out yet
	tail       []byte // nil once it is in out
	err        error
}

func (s *submissionReader) Read(p []byte) (int, error) {
	for len(s.out) == 0 && s.err == nil {
		s.fill()
	}
	if len(s.out) == 0 {
		return 0, s.err
	}
	n := copy(p, s.out)
	s.out = s.out[n:]
	return n, nil
}

// fill encodes the next piece.
func (s *submissionReader) fill() {
	switch {
	case s.left > 0:
		if s.raw == nil {
			s.raw = make([]byte, chunk)
			s.buf = make([]byte, base64.StdEncoding.EncodedLen(chunk))
		}
		raw := s.raw[:min(int64(chunk), s.left)]
		if n, err := io.ReadFull(s.src, raw); err != nil {
			if err == io.EOF || err == io.ErrUnexpectedEOF {
				err = fmt.Errorf("%w: it ends after %d bytes of %d", ErrSize, s.size-s.left+int64(n), s.size)
			}
			s.err = err
			return
		}
		s.left -= int64(len(raw))
		n := base64.StdEncoding.EncodedLen(len(raw))
		base64.StdEncoding.Encode(s.buf, raw)
		s.out = s.buf[:n]
	case s.tail != nil:
		var one [1]byte
		switch n, err := io.ReadFull(s.src, one[:]); {
		case n > 0:
			s.err = fmt.Errorf("%w: it goes on after %d bytes", ErrSize, s.size)
		case err != io.EOF:
			s.err = err
		default:
			s.out, s.tail = s.tail, nil
		}
	default:
		s.err = io.EOF
	}
}

// body is a request's body as the transport sees it. It counts what was handed
// out, which is the most that can have left, and reports when the transport is
// done with it.
type body struct {
	mu      sync.Mutex
	src     io.Reader
	handed  int64
	size    int64
	failed  error // of src
	closed  bool
	touch   func()
	release chan struct{} // closed by Close

	kept []byte      // what was handed out, while keep is not nil
	keep func() bool // reports that the message has left, so that keeping it is of no more use
}

// maxKept is how much of a message is kept until its first byte has left: what
// the transport reads before it writes, and some more.
const maxKept = 256 << 10

func newBody(src io.Reader, size int64, touch func()) *body {
	return &body{src: src, size: size, touch: touch, release: make(chan struct{})}
}

func (b *body) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return 0, errors.New("online: the request is over")
	}
	n, err := b.src.Read(p)
	b.handed += int64(n)
	if b.keep != nil {
		if len(b.kept)+n > maxKept || b.keep() {
			b.keep, b.kept = nil, nil
		} else {
			b.kept = append(b.kept, p[:n]...)
		}
	}
	if err != nil && err != io.EOF {
		b.failed = err
	}
	b.touch()
	return n, err
}

// keepUntil keeps what is handed out, so that the message can be begun anew,
// until left reports that some of it has left.
func (b *body) keepUntil(left func() bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.handed == 0 {
		b.keep = left
	}
}

// anew makes the body of another request for the same message, when this one is
// over; nil if that cannot be done.
func (b *body) anew() *body {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.closed || b.failed != nil || int64(len(b.kept)) != b.handed {
		return nil
	}
	return newBody(io.MultiReader(bytes.NewReader(b.kept), b.src), b.size, b.touch)
}

// Close is called by the transport, whatever happens (http.RoundTripper).
func (b *body) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.closed {
		b.closed = true
		close(b.release)
	}
	return nil
}

// state waits until the transport has let go, so that nobody but the caller
// still uses the caller's reader.
func (b *body) state() (handed int64, whole bool, failed error) {
	<-b.release
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.handed, b.handed == b.size, b.failed
}
