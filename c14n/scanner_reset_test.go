package c14n

import (
	"io"
	"strings"
	"testing"
)

// A Scanner that broke off in the middle of anything reads the next document as
// a new one does.
func TestResetLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	next := `<?xml version="1.0"?><a xmlns:p="urn:p" p:b="1"><p:c>x]]&gt;y</p:c><!-- d --><e/></a>`
	read := func(s *Scanner) (out string, err error) {
		for {
			tok, err := s.Next()
			if err != nil {
				return out, err
			}
			out += tok.Kind.String() + " " + tok.URI + " " + string(tok.Raw) + "\n"
		}
	}
	want, err := read(NewScanner(strings.NewReader(next)))
	if err != io.EOF {
		t.Fatal(err)
	}
	s := &Scanner{}
	for _, before := range []string{
		"", "<a", `<a xmlns:p="urn:other" xml:lang="cs"><p:b`, "<a><b></a>", "<a><![CDATA[ x ]]", "<a><!-- x", "<?pi x", "\xfe\xff\x00<\x00a", "<a/>", next,
		"<a b='" + strings.Repeat("x", 300<<10) + "'/>",
	} {
		s.Reset(strings.NewReader(before))
		if _, err := read(s); err == nil {
			t.Fatal("no end")
		}
		s.Reset(strings.NewReader(next))
		if got, err := read(s); got != want || err != io.EOF || s.Encoding() != "UTF-8" || s.HasBOM() {
			t.Errorf("after %.40q: %v\n%s", before, err, got)
		}
	}
}
