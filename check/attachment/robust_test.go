package attachment_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// A PDF behind the lines of a printer's language was of no known kind, although
// every reader opens it. What only speaks of PDF, or holds one far inside, is none.
func TestPDFBehindOtherBytes(t *testing.T) {
	t.Parallel()
	l := list(t, `"PDF"`, `elements = ["Obsah"]`)
	pdf := []byte("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<</Type/Catalog>>\nendobj\nxref\ntrailer\n\x00\n%%EOF\n")
	job := []byte("\x1b%-12345X@PJL JOB\r\n@PJL ENTER LANGUAGE = PDF\r\n")
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"a printer's job":        {slices.Concat(job, pdf), ""},
		"the answer of a server": {append([]byte("HTTP/1.1 200 OK\r\n\r\n"), pdf...), ""},
		"cut short":              {slices.Concat(job, pdf[:40]), "truncated PDF"},
		"too far inside":         {append(bytes.Repeat([]byte{1}, 2000), pdf...), "unrecognized UNKNOWN"},
		"a letter about it":      {[]byte("Soubory PDF začínají znaky %PDF-1.4."), "not-allowed TXT"},
		"an archive of it":       {append([]byte("7z\xbc\xaf\x27\x1c\x00"), pdf...), "not-allowed 7Z"},
		"a program with it":      {append(append([]byte("MZ"), make([]byte, 100)...), pdf...), "not-allowed PROGRAM"},
	} {
		var got string
		for _, f := range scan(t, l, strings.NewReader(record(lines(c.data, 76)))).Findings() {
			got = string(f.Rule) + " " + string(f.Kind)
		}
		if got != c.want {
			t.Errorf("%s: %q, wanted %q", name, got, c.want)
		}
	}
}
