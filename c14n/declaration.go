package c14n

import (
	"bytes"
	"strings"
)

// maxDeclaration is the greatest length of an XML declaration in bytes.
const maxDeclaration = 1024

// declaration is an XML declaration (XML 2.8), as far as it could be parsed.
type declaration struct {
	encoding string
	from, to int // the encoding's name in the source
	end      int
	rule     Rule // what is wrong at index at
	at       int
	detail   string
}

// findDeclaration parses the declaration that b begins with. ok is false if b
// does not begin with one or does not hold its end. With later, a later version is
// as good as 1.0.
func findDeclaration(b []byte, later bool) (d declaration, ok bool) {
	if !hasPrefix(b, "<?xml") || len(b) < 6 || !isSpace(b[5]) {
		return d, false
	}
	v := b[:min(len(b), maxDeclaration)]
	i := bytes.Index(v, []byte("?>"))
	if i < 0 {
		if len(b) < maxDeclaration {
			return d, false
		}
		d.parse(v, later)
		if d.rule == "" || d.at == len(v) {
			d.rule, d.at, d.detail = TooLong, 0, "an XML declaration that does not end"
		}
		return d, true
	}
	d.parse(v[:i], later)
	d.end = i + len("?>")
	return d, true
}

// parse reads a declaration without its ?>.
func (d *declaration) parse(b []byte, later bool) {
	i := len("<?xml")
	wrong := func(at int, rule Rule, detail string) {
		d.rule, d.at, d.detail = rule, at, detail
	}
	space := func() bool {
		from := i
		for i < len(b) && isSpace(b[i]) {
			i++
		}
		return i > from
	}
	// quoted reads name = "value"; the space before it is read already.
	quoted := func(name string) (from, to int, ok bool) {
		if !bytes.HasPrefix(b[i:], []byte(name)) {
			return 0, 0, false
		}
		i += len(name)
		space()
		if i == len(b) || b[i] != '=' {
			return 0, 0, false
		}
		i++
		space()
		if i == len(b) || b[i] != '"' && b[i] != '\'' {
			return 0, 0, false
		}
		n := bytes.IndexByte(b[i+1:], b[i])
		if n < 0 {
			return 0, 0, false
		}
		from, to = i+1, i+1+n
		i = to + 1
		return from, to, true
	}

	space()
	from, to, ok := quoted("version")
	if !ok {
		wrong(i, BadDeclaration, "the XML declaration has no version")
		return
	}
	if v := string(b[from:to]); v != "1.0" && !(later && isLater(v)) {
		if isVersion(v) {
			wrong(from, UnsupportedVersion, "XML version "+quote([]byte(v))+" is not supported")
		} else {
			wrong(from, BadDeclaration, "a malformed version")
		}
		return
	}
	gap := space()
	if gap && i < len(b) && b[i] == 'e' {
		if from, to, ok = quoted("encoding"); !ok || !isEncName(b[from:to]) {
			wrong(max(from, i), BadDeclaration, "a malformed encoding declaration")
			return
		}
		d.encoding, d.from, d.to = string(b[from:to]), from, to
		gap = space()
	}
	if gap && i < len(b) && b[i] == 's' {
		if from, to, ok = quoted("standalone"); !ok || string(b[from:to]) != "yes" && string(b[from:to]) != "no" {
			wrong(max(from, i), BadDeclaration, "a malformed standalone declaration")
			return
		}
		space()
	}
	if i < len(b) {
		wrong(i, BadDeclaration, "an unexpected character in the XML declaration")
	}
}

// isLater reports whether v is 1.1 or a later 1.x (XML 2.8, VersionNum).
func isLater(v string) bool {
	digits, ok := strings.CutPrefix(v, "1.")
	return ok && digits != "" && strings.Trim(digits, "0123456789") == ""
}

// isVersion reports whether v is "1.x" or may name a later version.
func isVersion(v string) bool {
	if v == "" {
		return false
	}
	for _, c := range []byte(v) {
		if class[c]&nameByte == 0 {
			return false
		}
	}
	return true
}

// isEncName reports whether b matches the production EncName (XML 4.3.3).
func isEncName(b []byte) bool {
	for i, c := range b {
		if c >= 0x80 || class[c]&nameByte == 0 || i == 0 && (class[c]&startByte == 0 || c == '_') {
			return false
		}
	}
	return len(b) > 0
}

// scanDeclaration scans the XML declaration at the beginning of the document
// and compares the encoding it declares with the one found.
func (s *Scanner) scanDeclaration(w []byte) int {
	d, ok := findDeclaration(w, s.later)
	if !ok {
		return short
	}
	if d.rule != "" {
		return s.fail(w, d.at, d.rule, d.detail)
	}
	e, rule, detail := chooseEncoding(s.found, d.encoding)
	if rule == "" && e != s.encoding {
		rule, detail = EncodingContradiction, "the declared encoding is found too late"
	}
	if rule != "" {
		return s.fail(w, d.from, rule, detail)
	}
	s.miscToken(Declaration, nil, nil, false, false)
	s.tok.Text = nil
	s.name = [2]int{d.from, d.to}
	return d.end
}

// declareUTF8 rewrites the encoding in the declaration to UTF-8 if the document
// is in another one.
func (s *Scanner) declareUTF8(t *Token) {
	if s.encoding == utf8Encoding || s.name[1] == 0 {
		return
	}
	b := append([]byte(nil), t.Raw[:s.name[0]]...)
	b = append(b, utf8Encoding.String()...)
	t.Raw = append(b, t.Raw[s.name[1]:]...)
}
