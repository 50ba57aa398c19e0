package c14n

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func misread(t *testing.T, r io.Reader) Misreading {
	t.Helper()
	s := NewScanner(r)
	for {
		if _, err := s.Next(); err == io.EOF {
			return s.Misread()
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// TestUTF8UnderAnotherNameIsNoticed: only where every byte that is not ASCII is part
// of a character of UTF-8.
func TestUTF8UnderAnotherNameIsNoticed(t *testing.T) {
	t.Parallel()
	const head = `<?xml version="1.0" encoding="windows-1250"?>`
	for name, c := range map[string]struct{ doc, declared, utf8 string }{
		"in an attribute":   {head + `<a b="žluť"/>`, "ĹľluĹĄ", "žluť"},
		"in a comment":      {head + "<a/><!-- žluť\n-->", "!-- ĹľluĹĄ", "!-- žluť"},
		"ISO-8859-2":        {`<?xml version="1.0" encoding="iso-8859-2"?><a>měď</a>`, "mÄ\u009BÄ\u008F", "měď"},
		"a long text":       {head + "<a>" + strings.Repeat("x", 100) + strings.Repeat("ž", 100) + "</a>", strings.Repeat("x", 24) + strings.Repeat("Ĺľ", 24), strings.Repeat("x", 24) + strings.Repeat("ž", 24)},
		"far into it":       {head + "<a>" + strings.Repeat("<b>x</b>", 10_000) + "žlutě</a>", "ĹľlutÄ›", "žlutě"},
		"nothing but ASCII": {head + "<a>zlutoucky</a>", "", ""},
		"as declared":       {head + "<a>\x9Elu\xBB\x20\xEC</a>", "", ""},
		"mixed":             {head + "<a>ž \xFD</a>", "", ""},
		"cut in the middle": {head + "<a>ž \xC4</a>", "", ""},
		"UTF-8":             {`<?xml version="1.0" encoding="utf-8"?><a>žluť</a>`, "", ""},
		"nothing declared":  {"<a>žluť</a>", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := Misreading{c.declared, c.utf8}
			if got := misread(t, strings.NewReader(c.doc)); got != want {
				t.Errorf("got %q, wanted %q", got, want)
			}
			if got := misread(t, iotest.HalfReader(strings.NewReader(c.doc))); got != want {
				t.Errorf("in parts: got %q, wanted %q", got, want)
			}
			if got := misread(t, iotest.OneByteReader(strings.NewReader(c.doc))); got != want {
				t.Errorf("byte by byte: got %q, wanted %q", got, want)
			}
		})
	}
}
