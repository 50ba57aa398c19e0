package online

import (
	"errors"
	"html"
	"io"
	"regexp"
	"strings"

	"csuis-offline/c14n"
)

// maxSample is how much of an answer is kept to say what it is, in bytes.
const maxSample = 64 << 10

// sample keeps the beginning of what is read through it.
type sample struct {
	r    io.Reader
	kept []byte
	over bool // more was read than was kept
}

func (s *sample) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	k := min(n, maxSample-len(s.kept))
	s.kept = append(s.kept, p[:k]...)
	s.over = s.over || k < n
	return n, err
}

// salvage reads the Fault in an answer with letters that are not of its encoding.
// Only they are lost, and what the server says is known. nil: there is none.
func (s *sample) salvage(err error, red redactor) *Fault {
	var syntax *c14n.SyntaxError
	if s == nil || !errors.As(err, &syntax) || syntax.Rule != c14n.BadEncoding {
		return nil
	}
	if _, err := io.Copy(io.Discard, s); err != nil || s.over {
		return nil
	}
	fault, _ := parseAnswer(strings.NewReader(strings.ToValidUTF8(string(s.kept), "\uFFFD")), red)
	return fault
}

var (
	htmlStart = regexp.MustCompile(`(?is)^(\s|<!--.*?-->|<\?xml[^>]*>)*<(!doctype\s+html|html|head|body)\b`)
	htmlTitle = regexp.MustCompile(`(?is)<title\b[^>]*>(.*?)</title>`)
	markup    = regexp.MustCompile(`(?s)<[^>]*>`)
)

// page is what a web page that came as the answer is called; ok is false where it
// is none.
func (s *sample) page(red redactor) (title string, ok bool) {
	if s == nil || !htmlStart.Match(s.kept) {
		return "", false
	}
	if m := htmlTitle.FindSubmatch(s.kept); m != nil {
		title = red.clean(html.UnescapeString(string(m[1])), 120)
	}
	return title, true
}

// text is the beginning of an answer as text, without its markup.
func (s *sample) text(red redactor) string {
	if s == nil {
		return ""
	}
	// A secret may look like markup.
	return red.clean(markup.ReplaceAllString(red.replace(string(s.kept)), " "), 200)
}

// tell says of an answer that was not understood what it is.
func (s *sample) tell(e *Error, red redactor) {
	if title, ok := s.page(red); ok {
		e.Page = true
		e.Detail = "it is a web page"
		if title != "" {
			e.Detail += " called “" + title + "”"
		}
		return
	}
	if text := s.text(red); text != "" {
		if e.Detail != "" {
			e.Detail += "; "
		}
		e.Detail += "it begins: " + text
	}
}
