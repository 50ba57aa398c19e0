package c14n

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
)

func TestScope(t *testing.T) {
	t.Parallel()
	doc := `<a xmlns="urn:d" xmlns:p="urn:p&amp;&quot;" xml:lang="cs"><b xmlns="" xmlns:p="urn:q" xml:lang="en" xml:space="preserve">` +
		`x</b><!-- c --><c xml:base="&lt;"/>y</a><?p?>`
	want := []string{
		`start tag a <scope xmlns="urn:d" xmlns:p="urn:p&amp;&quot;" xml:lang="cs">`,
		`start tag b <scope xmlns:p="urn:q" xml:space="preserve" xml:lang="en">`,
		`text  <scope xmlns:p="urn:q" xml:space="preserve" xml:lang="en">`,
		`end tag b <scope xmlns:p="urn:q" xml:space="preserve" xml:lang="en">`,
		`comment  <scope xmlns="urn:d" xmlns:p="urn:p&amp;&quot;" xml:lang="cs">`,
		`start tag c <scope xmlns="urn:d" xmlns:p="urn:p&amp;&quot;" xml:base="&lt;" xml:lang="cs">`,
		`end tag c <scope xmlns="urn:d" xmlns:p="urn:p&amp;&quot;" xml:base="&lt;" xml:lang="cs">`,
		`text  <scope xmlns="urn:d" xmlns:p="urn:p&amp;&quot;" xml:lang="cs">`,
		`end tag a <scope xmlns="urn:d" xmlns:p="urn:p&amp;&quot;" xml:lang="cs">`,
		`processing instruction p <scope>`,
	}
	s := NewScanner(strings.NewReader(doc))
	var kept []Scope
	for i := 0; ; i++ {
		tok, err := s.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		sc := s.Scope()
		kept = append(kept, sc)
		if got := fmt.Sprintf("%s %s %s", tok.Kind, tok.Local, sc.StartTag()); got != want[i] {
			t.Errorf("token %d: %s\nwant %s", i, got, want[i])
		}
	}
	if got := string(kept[0].StartTag()); !strings.HasSuffix(want[0], got) {
		t.Errorf("the copy changed: %s", got)
	}
}

// A fragment between StartTag and ScopeEnd has the canonical form that it has
// in its document.
func TestScopeWrapsAFragment(t *testing.T) {
	t.Parallel()
	n := 0
	for seed := range uint64(100) {
		doc := generate(seed+300, "")
		picks := func(t *Token) bool { return t.Depth == 3 }
		for _, m := range forms {
			var want, got bytes.Buffer
			if err := Subtree(&want, strings.NewReader(doc), m, picks); err == ErrNotFound {
				continue
			} else if err != nil {
				t.Fatal(err)
			}
			wrapped := wrap(t, doc, picks)
			if err := Subtree(&got, bytes.NewReader(wrapped), m, func(t *Token) bool { return t.Depth == 2 }); err != nil {
				t.Fatalf("%v\n%s", err, wrapped)
			}
			if !bytes.Equal(got.Bytes(), want.Bytes()) {
				t.Fatalf("seed %d, %+v:\n%q\n%q", seed, m, got.Bytes(), want.Bytes())
			}
			n++
		}
	}
	if n < 100 {
		t.Errorf("only %d fragments", n)
	}
}

// wrap cuts the first element that is picked out, with its scope around it.
func wrap(t *testing.T, doc string, pick func(*Token) bool) []byte {
	s := NewScanner(strings.NewReader(doc))
	var b []byte
	depth := 0
	for {
		tok, err := s.Next()
		if err != nil {
			t.Fatal(err)
		}
		if depth == 0 && tok.Kind == Start && pick(tok) {
			b, depth = append(b, s.Scope().StartTag()...), tok.Depth
		}
		if depth == 0 {
			continue
		}
		b = append(b, tok.Raw...)
		if tok.Kind == End && tok.Depth == depth {
			return append(b, ScopeEnd...)
		}
	}
}
