package c14n

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// forms are the suffixes of golden files.
var forms = map[string]Method{
	".inclusive":          {},
	".inclusive-comments": {Comments: true},
	".exclusive":          {Exclusive: true},
	".exclusive-comments": {Exclusive: true, Comments: true},
}

// The golden files show, one by one, what the Recommendations ask: each was
// derived by hand from their text.
func TestGolden(t *testing.T) {
	t.Parallel()
	for _, p := range glob(t, "testdata/canonical/*.xml") {
		for suffix, m := range forms {
			got, err := canonical(read(t, p), m)
			if want := read(t, strings.TrimSuffix(p, ".xml")+suffix); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s%s: %v\ngot  %q\nwant %q", p, suffix, err, got, want)
			}
		}
	}
}

func TestSubtreeGolden(t *testing.T) {
	t.Parallel()
	for _, p := range glob(t, "testdata/subtree/*.xml") {
		for suffix, m := range forms {
			var got bytes.Buffer
			err := Subtree(&got, bytes.NewReader(read(t, p)), m, func(t *Token) bool { return string(t.Local) == "apex" })
			if want := read(t, strings.TrimSuffix(p, ".xml")+suffix); err != nil || !bytes.Equal(got.Bytes(), want) {
				t.Errorf("%s%s: %v\ngot  %q\nwant %q", p, suffix, err, got.Bytes(), want)
			}
		}
	}
}

func TestSubtreeNeedsItsElement(t *testing.T) {
	t.Parallel()
	never := func(*Token) bool { return false }
	if err := Subtree(new(bytes.Buffer), strings.NewReader("<a/>"), Method{}, never); !errors.Is(err, ErrNotFound) {
		t.Errorf("nothing picked: %v", err)
	}
	first := func(t *Token) bool { return t.Depth == 2 }
	var se *SyntaxError
	if err := Subtree(new(bytes.Buffer), strings.NewReader("<a><b/><b></a>"), Method{}, first); !errors.As(err, &se) {
		t.Errorf("malformed behind the element: %v", err)
	}
	var got bytes.Buffer
	if err := Subtree(&got, strings.NewReader("<a><b>1</b><b>2</b></a>"), Method{}, first); err != nil || got.String() != "<b>1</b>" {
		t.Errorf("two elements fit: %q, %v", got.String(), err)
	}
}

// C14N 1.3 asks to refuse them; for the default namespace too.
func TestRelativeNamespaceIsRefused(t *testing.T) {
	t.Parallel()
	for _, uri := range []string{"rel", "../x", "#x", "1a:b", ":x", "a_b:c", "//x.cz/y", "ž:x"} {
		for _, attr := range []string{"xmlns", "xmlns:p"} {
			for _, m := range forms {
				_, err := canonical([]byte("<a>\n<b "+attr+"='"+uri+"'/></a>"), m)
				var se *SyntaxError
				if !errors.As(err, &se) || se.Rule != RelativeNamespace || se.Line != 2 || se.Column != 1 {
					t.Errorf("%s=%q: %v", attr, uri, err)
				}
			}
		}
	}
	for _, uri := range []string{"urn:x", "http://x.cz", "a+b-c.1:", "X:y"} {
		if _, err := canonical([]byte("<a xmlns='"+uri+"'/>"), Method{}); err != nil {
			t.Errorf("%q: %v", uri, err)
		}
	}
}

func TestMethodURIs(t *testing.T) {
	t.Parallel()
	want := map[string]Method{
		"http://www.w3.org/TR/2001/REC-xml-c14n-20010315":              {},
		"http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments": {Comments: true},
		"http://www.w3.org/2001/10/xml-exc-c14n#":                      {Exclusive: true},
		"http://www.w3.org/2001/10/xml-exc-c14n#WithComments":          {Exclusive: true, Comments: true},
	}
	for uri, m := range want {
		if got, ok := MethodByURI(uri); !ok || got != m || m.URI() != uri {
			t.Errorf("%s: %+v, %t, %s", uri, got, ok, m.URI())
		}
		if w := m.ForWholeDocument(); w.Comments || w.Exclusive != m.Exclusive {
			t.Errorf("%+v for the whole document: %+v", m, w)
		}
	}
	for _, uri := range []string{"", "http://www.w3.org/2006/12/xml-c14n11", "http://www.w3.org/2001/10/xml-exc-c14n"} {
		if m, ok := MethodByURI(uri); ok {
			t.Errorf("%q: %+v", uri, m)
		}
	}
}

// A caller may hand over tokens that it made itself.
func TestTokensMadeByHand(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	c := NewCanonicalizer(&out, Method{Comments: true})
	for _, tok := range []*Token{
		{Kind: Comment, Text: []byte("c")},
		{Kind: Start, Prefix: []byte("p"), Local: []byte("a"), URI: "urn:p", Depth: 1, Attrs: []Attr{
			{Local: []byte("z"), Value: []byte("<\"\t")},
			{Prefix: []byte("xmlns"), Local: []byte("p"), Value: []byte("urn:p"), NS: true},
			{Local: []byte("b"), Value: []byte("1")},
		}},
		{Kind: Text, Text: []byte("<&>\r"), Depth: 1},
		{Kind: End, Prefix: []byte("p"), Local: []byte("a"), URI: "urn:p", Depth: 1},
		{Kind: PI, Local: []byte("q")},
	} {
		if err := c.Token(tok); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	want := "<!--c-->\n<p:a xmlns:p=\"urn:p\" b=\"1\" z=\"&lt;&quot;&#x9;\">&lt;&amp;&gt;&#xD;</p:a>\n<?q?>"
	if out.String() != want {
		t.Errorf("%q", out.String())
	}
}

type full struct{ left int }

var errFull = errors.New("no space left")

func (f *full) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestWriterErrorIsReturned(t *testing.T) {
	t.Parallel()
	doc := "<a>" + strings.Repeat("<b>x</b>", 50_000) + "</a>"
	for _, left := range []int{0, 1000, 100_000, len(doc) - 1} {
		if err := Canonicalize(&full{left}, strings.NewReader(doc), Method{}); !errors.Is(err, errFull) {
			t.Errorf("%d bytes fit: %v", left, err)
		}
	}
	if err := Canonicalize(&full{len(doc)}, strings.NewReader(doc), Method{}); err != nil {
		t.Error(err)
	}
}
