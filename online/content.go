package online

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/http"
	"net/textproto"
	"strings"

	"csuis-offline/internal/iox"
)

// An answer is XML as UTF-8, bare, as the service sends it. What stands between
// may pack it, convert it, or put it into MIME; it is unpacked here, within the
// same limits, so that what the service said is not lost.

// packedError says that an answer is packed in a way that is not read, or not in
// the way that it says.
type packedError struct{ problem string }

func (e *packedError) Error() string { return e.problem }

// contentOf returns the XML of an answer, of which raw is the body: unpacked,
// taken out of MIME, in an encoding that c14n reads. It returns nil where the
// body is empty, or white space. limit is the most bytes, packed and unpacked.
// The reader's errors are those of raw, errTooLarge, *packedError, *shapeError.
func contentOf(head http.Header, raw io.Reader, limit int64) (io.Reader, error) {
	r := bufio.NewReader(raw)
	if empty, err := skipBlank(r); empty || err != nil {
		return nil, err
	}
	unpacked, err := unpack(head.Get("Content-Encoding"), r, limit)
	if err != nil {
		return nil, err
	}
	kind := head.Get("Content-Type")
	media, params, err := mime.ParseMediaType(kind)
	if strings.HasPrefix(media, "multipart/") {
		if unpacked, kind, err = rootPart(unpacked, params); err != nil {
			return nil, err
		}
		_, params, err = mime.ParseMediaType(kind)
	}
	if err != nil {
		params = nil
	}
	r = bufio.NewReader(unpacked)
	if empty, err := skipBlank(r); empty || err != nil {
		return nil, err
	}
	return readable(r, params["charset"]), nil
}

// skipBlank passes over white space and reports whether nothing else comes. White
// space in UTF-16 or UTF-32 stays.
func skipBlank(r *bufio.Reader) (empty bool, err error) {
	for {
		if two, _ := r.Peek(2); len(two) == 2 && two[1] == 0 {
			return false, nil
		}
		c, err := r.ReadByte()
		switch {
		case err == io.EOF:
			return true, nil
		case err != nil:
			return false, err
		case c != ' ' && c != '\t' && c != '\r' && c != '\n':
			return false, r.UnreadByte()
		}
	}
}

// unpack undoes a Content-Encoding (RFC 9110, 8.4.1).
func unpack(coding string, r *bufio.Reader, limit int64) (io.Reader, error) {
	var u io.Reader
	var err error
	switch strings.ToLower(strings.TrimSpace(coding)) {
	case "", "identity":
		// Some pack and do not say so. No XML begins like gzip (RFC 1952, 2.3).
		if three, _ := r.Peek(3); !bytes.Equal(three, []byte{0x1F, 0x8B, 8}) {
			return r, nil
		}
		u, err = gzip.NewReader(r)
	case "gzip", "x-gzip":
		u, err = gzip.NewReader(r)
	case "deflate":
		// The name means zlib; some send what is inside zlib alone.
		two, _ := r.Peek(2)
		if len(two) == 2 && two[0]&0x0F == 8 && (int(two[0])<<8|int(two[1]))%31 == 0 {
			u, err = zlib.NewReader(r)
		} else {
			u = flate.NewReader(r)
		}
	default:
		return nil, &packedError{"it is packed in a way that is not read here: Content-Encoding " + clip(coding)}
	}
	if err != nil {
		return nil, unpacking(err)
	}
	return iox.Limit(&unpacker{u}, limit, errTooLarge), nil
}

// unpacker tells faults of the packing from those of the connection.
type unpacker struct{ r io.Reader }

func (u *unpacker) Read(p []byte) (int, error) {
	n, err := u.r.Read(p)
	if err != nil && err != io.EOF {
		err = unpacking(err)
	}
	return n, err
}

func unpacking(err error) error {
	var read *readError
	if errors.As(err, &read) || errors.Is(err, errTooLarge) {
		return err
	}
	return &packedError{"it is not packed as its Content-Encoding or its first bytes say, or cut off: " + err.Error()}
}

// rootPart finds the root of a MIME multipart (RFC 2387, 3.2) and says of which
// type it is. Reading it to its end reads the whole multipart.
func rootPart(r io.Reader, params map[string]string) (root io.Reader, kind string, err error) {
	if params["boundary"] == "" {
		return nil, "", shape("a MIME multipart without a boundary")
	}
	parts := multipart.NewReader(r, params["boundary"])
	for {
		p, err := parts.NextRawPart()
		if err == io.EOF {
			return nil, "", shape("a MIME multipart without its root part")
		}
		if err != nil {
			return nil, "", broken(err)
		}
		if start := params["start"]; start == "" || bracketed(p.Header.Get("Content-Id")) == bracketed(start) {
			return &rootReader{root: decoded(p.Header, p), parts: parts}, p.Header.Get("Content-Type"), nil
		}
	}
}

func bracketed(id string) string { return strings.Trim(strings.TrimSpace(id), "<>") }

// decoded undoes a Content-Transfer-Encoding (RFC 2045, 6).
func decoded(head textproto.MIMEHeader, p io.Reader) io.Reader {
	switch strings.ToLower(strings.TrimSpace(head.Get("Content-Transfer-Encoding"))) {
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, p)
	case "quoted-printable":
		return quotedprintable.NewReader(p)
	}
	return p
}

// rootReader reads the root part, and after it, for their end, the other ones.
type rootReader struct {
	root  io.Reader
	parts *multipart.Reader
	ended error // of the root part, once the rest was read
}

func (r *rootReader) Read(p []byte) (int, error) {
	if r.ended != nil {
		return 0, r.ended
	}
	n, err := r.root.Read(p)
	for err == io.EOF && r.ended == nil {
		_, r.ended = r.parts.NextRawPart()
	}
	if r.ended != nil {
		r.ended = broken(r.ended)
		return n, r.ended
	}
	return n, broken(err)
}

// broken says that a multipart is not as it should be, unless the connection is
// to blame.
func broken(err error) error {
	var read *readError
	var packed *packedError
	if err == nil || err == io.EOF || errors.As(err, &read) || errors.As(err, &packed) || errors.Is(err, errTooLarge) {
		return err
	}
	return shape("a MIME multipart that is malformed, or cut off: " + clip(err.Error()))
}
