package checksum

import (
	"regexp"
	"strings"
)

// What other programs write, as Entry.Form names it.
const (
	formUTF16    = "UTF-16"
	formFileHash = "Get-FileHash" // PowerShell
	formCertutil = "certutil"     // Windows
)

// certutilHeading is certutil's first line in English. Other languages put the
// words in another order, and then the name is not known.
var certutilHeading = regexp.MustCompile(`(?i)^[a-z0-9-]+ hash of (?:file )?(.+):$`)

// otherAlgorithm finds the algorithm of a heading that is not of SHA-256.
var otherAlgorithm = regexp.MustCompile(`(?i)\b(MD2|MD4|MD5|SHA-?1|SHA-?384|SHA-?512)\b`)

// tools reads the lines of programs that write more than a digest and a name. It
// keeps what earlier lines said about the next ones.
type tools struct {
	heading bool   // certutil announced a digest
	name    string // of which file, where that could be told
	closing bool   // certutil's last line may follow

	listed *Entry // of Get-FileHash in a list, one property a line; not complete yet
	hashed bool   // its digest was there
	path   bool   // the last line was its path, which may go on in the next
}

// waits reports whether the next line belongs to one before.
func (t *tools) waits() bool { return t.heading || t.path }

// open reports whether a digest was announced that has not come.
func (t *tools) open() bool { return t.heading || t.listed != nil && !t.hashed }

// line reads line number n, which is in none of a checksum file's own forms. The
// entry is nil where the line holds no digest, or completes none. A rule says that
// the line was not understood; the detail names the program where it is known.
func (t *tools) line(text []byte, n int) (*Entry, Rule, string) {
	s := strings.TrimRight(string(text), " \t")
	switch {
	case t.path && strings.HasPrefix(s, "            "):
		t.listed.Name += strings.TrimLeft(s, " ")
		return nil, "", ""
	case t.heading:
		return t.announced(s, n)
	case strings.HasPrefix(s, "CertUtil:"):
		if !t.closing {
			return nil, Syntax, "certutil says that it found no digest"
		}
		t.closing = false
		return nil, "", ""
	case strings.HasSuffix(s, ":"):
		return nil, t.announce(s), t.detail(s)
	}
	if property, value, ok := strings.Cut(s, ": "); ok && t.property(strings.TrimSpace(property)) {
		return t.list(strings.TrimSpace(property), strings.TrimSpace(value), n)
	}
	return fileHash(s, n)
}

// announce reads the first line of certutil.
func (t *tools) announce(s string) Rule {
	upper := strings.ToUpper(s)
	switch {
	case strings.Contains(upper, "SHA256"), strings.Contains(upper, "SHA-256"):
	case otherAlgorithm.MatchString(s):
		return Digest
	default:
		return Syntax
	}
	*t = tools{heading: true}
	if m := certutilHeading.FindStringSubmatch(s); m != nil {
		t.name = m[1]
	}
	return ""
}

// detail says what is wrong with a first line that announce refused.
func (t *tools) detail(s string) string {
	if other := otherAlgorithm.FindString(s); other != "" && !t.heading {
		return "certutil: a digest of " + strings.ToUpper(other) + ", not SHA-256"
	}
	return ""
}

// announced reads the digest of certutil. Older versions write it in pairs of
// digits.
func (t *tools) announced(s string, n int) (*Entry, Rule, string) {
	e := &Entry{Name: t.name, Form: formCertutil, Line: n}
	if detail := digestInto(&e.Sum, []byte(strings.ReplaceAll(s, " ", ""))); detail != "" {
		return nil, Digest, "certutil: " + detail
	}
	*t = tools{closing: true}
	return e, "", ""
}

// property reports whether a line of Get-FileHash in a list begins like that.
func (t *tools) property(name string) bool {
	return name == "Algorithm" || (name == "Hash" || name == "Path") && t.listed != nil
}

// list reads one property. The entry is complete at a blank line, at the next
// one's first property, or at the end of the file.
func (t *tools) list(property, value string, n int) (*Entry, Rule, string) {
	switch property {
	case "Algorithm":
		if value != "SHA256" {
			return nil, Digest, notSHA256
		}
		before := t.end()
		*t = tools{listed: &Entry{Form: formFileHash}}
		return before, "", ""
	case "Hash":
		if detail := digestInto(&t.listed.Sum, []byte(value)); detail != "" {
			return nil, Digest, "Get-FileHash: " + detail
		}
		t.listed.Line, t.hashed = n, true
	case "Path":
		t.listed.Name, t.path = value, true
	}
	return nil, "", ""
}

const notSHA256 = "Get-FileHash: the algorithm is not SHA256"

// end returns the entry of a list that is complete, or nil.
func (t *tools) end() *Entry {
	e, complete := t.listed, t.hashed
	t.listed, t.hashed, t.path = nil, false, false
	if !complete {
		return nil
	}
	return e
}

// fileHash reads a line of Get-FileHash as a table or as CSV.
func fileHash(s string, n int) (*Entry, Rule, string) {
	fields := strings.Fields(s)
	inner, opens := strings.CutPrefix(s, `"`)
	inner, closes := strings.CutSuffix(inner, `"`)
	if csv := strings.Split(inner, `","`); len(csv) == 3 && opens && closes {
		fields, s = csv, strings.Join(csv, " ")
	}
	switch {
	case len(fields) == 3 && fields[0] == "Algorithm" && fields[1] == "Hash" && fields[2] == "Path":
		return nil, "", ""
	case len(fields) == 3 && strings.Trim(s, "- ") == "":
		return nil, "", ""
	case len(fields) < 2 || len(fields[1]) < 32 || !isHex([]byte(fields[1])):
		return nil, Syntax, ""
	case fields[0] != "SHA256" && otherAlgorithm.MatchString(fields[0]):
		return nil, Digest, notSHA256
	case fields[0] != "SHA256" && len(fields[1]) != hexSize:
		return nil, Syntax, ""
	case fields[0] != "SHA256":
		return nil, Syntax, "a digest behind the name, a form that is not read"
	}
	e := &Entry{Form: formFileHash, Line: n}
	if detail := digestInto(&e.Sum, []byte(fields[1])); detail != "" {
		return nil, Digest, "Get-FileHash: " + detail
	}
	_, path, _ := strings.Cut(s, fields[1])
	e.Name = strings.TrimSpace(path)
	if strings.HasSuffix(e.Name, "...") || strings.HasSuffix(e.Name, "…") {
		e.Name = "" // the table cut the path off
	}
	return e, "", ""
}
