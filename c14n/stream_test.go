package c14n

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"csuis-offline/internal/testtool"
)

// flat is a token that outlives the next call.
func flat(t *Token) string {
	s := fmt.Sprintf("%s %q %q %q %q %q e=%t c=%t m=%t d=%d %d:%d %d", t.Kind, t.Raw, t.Prefix, t.Local, t.URI, t.Text,
		t.Empty, t.Continued, t.More, t.Depth, t.Line, t.Column, t.Offset)
	for _, a := range t.Attrs {
		s += fmt.Sprintf(" %q:%q=%q {%s} %t", a.Prefix, a.Local, a.Value, a.URI, a.NS)
	}
	return s
}

func tokens(r io.Reader) (list []string, raw []byte, err error) {
	s := NewScanner(r)
	for {
		t, err := s.Next()
		if err != nil {
			return list, raw, err
		}
		list, raw = append(list, flat(t)), append(raw, t.Raw...)
	}
}

// long has pieces that end in all the awkward places.
func long() string {
	var b strings.Builder
	b.WriteString("<a>")
	for i := range 6 {
		fill := strings.Repeat("x", maxPiece-3+i)
		b.WriteString("<b>" + fill + "žžž😀\r\n\r\r\n]]&gt;]]</b>")
		b.WriteString("<b><![CDATA[" + fill + "ž]]]]]]>]]&#x10FFFF;" + fill + "]]<![CDATA[\r\n]]></b>")
		b.WriteString("<!--" + fill + "ž-\r\n- -->\r\n<!--" + strings.Repeat("\r\n- ", maxPiece/4) + fill + "-->")
		b.WriteString("<?p " + fill + "?ž??\r\n??>\r\n<?p " + strings.Repeat("?", maxPiece+i) + "?><?p" + strings.Repeat(" \r\n", maxPiece/3) + fill + "?>")
		b.WriteString(strings.Repeat("\r\n", maxPiece/2) + strings.Repeat("]", maxPiece+i) + fill)
		b.WriteString(`<c d="` + fill + fill + fill + fill + fill + "\r\n" + `"/>`)
	}
	b.WriteString("</a>" + strings.Repeat("\r\n\r", maxPiece))
	return b.String()
}

func documents() map[string]string {
	docs := map[string]string{"long": long()}
	for seed := range uint64(60) {
		docs[seedName(seed)] = generate(seed+900, "")
	}
	return docs
}

func TestTokensDoNotDependOnReads(t *testing.T) {
	t.Parallel()
	for name, doc := range documents() {
		want, raw, err := tokens(strings.NewReader(doc))
		if err != io.EOF {
			t.Fatalf("%s: %v", name, err)
		}
		if string(raw) != doc {
			t.Errorf("%s: the Raws are not the document", name)
		}
		for way, r := range map[string]io.Reader{
			"one byte": iotest.OneByteReader(strings.NewReader(doc)),
			"halves":   iotest.HalfReader(strings.NewReader(doc)),
			"with EOF": iotest.DataErrReader(strings.NewReader(doc)),
		} {
			got, _, err := tokens(r)
			if err != io.EOF || strings.Join(got, "\n") != strings.Join(want, "\n") {
				t.Errorf("%s, %s: other tokens (%v)", name, way, err)
			}
		}
	}
}

func TestLongPiecesAreWhole(t *testing.T) {
	t.Parallel()
	got, err := canonical([]byte(long()), Method{Comments: true})
	if err != nil {
		t.Fatal(err)
	}
	again, err := canonical(got, Method{Comments: true})
	if err != nil || !bytes.Equal(got, again) {
		t.Errorf("the canonical form is no fixed point (%v)", err)
	}
	if n := strings.Count(long(), "\r\n"); n == 0 || bytes.Count(got, []byte("\r")) != 0 {
		t.Errorf("carriage returns are left")
	}
}

func TestReaderErrorIsKept(t *testing.T) {
	t.Parallel()
	broken := errors.New("disk on fire")
	for _, head := range []string{"", "<a>", "<a/>", "<a>x</a", "<?xml version='1.0'?><a>", "\xff\xfe<\x00"} {
		s := NewScanner(io.MultiReader(strings.NewReader(head), iotest.ErrReader(broken)))
		var err error
		for err == nil {
			_, err = s.Next()
		}
		if _, again := s.Next(); !errors.Is(err, broken) || again != err {
			t.Errorf("%q: %v, then %v", head, err, again)
		}
	}
}

func TestReaderWithoutProgress(t *testing.T) {
	t.Parallel()
	for _, head := range []string{"", "<a>", "\xff\xfe<\x00"} {
		err := drain(io.MultiReader(strings.NewReader(head), idle{}))
		if !errors.Is(err, io.ErrNoProgress) {
			t.Errorf("%q: %v", head, err)
		}
	}
}

type idle struct{}

func (idle) Read([]byte) (int, error) { return 0, nil }

// repeated reads head, then body so many times, then tail.
func repeated(head, body string, n int, tail string) io.Reader {
	return io.MultiReader(strings.NewReader(head), &loop{body: body, n: n}, strings.NewReader(tail))
}

type loop struct {
	body string
	n    int
	rest string
}

func (l *loop) Read(p []byte) (int, error) {
	if l.rest == "" {
		if l.n == 0 {
			return 0, io.EOF
		}
		l.n--
		l.rest = l.body
	}
	n := copy(p, l.rest)
	l.rest = l.rest[n:]
	return n, nil
}

func TestLimits(t *testing.T) {
	t.Parallel()
	big := strings.Repeat("x", MaxValue)
	many := func(n int, f func(i int) string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(f(i))
		}
		return b.String()
	}
	nested := func(n int, name string) string {
		return many(n, func(int) string { return "<" + name + ">" }) + many(n, func(int) string { return "</" + name + ">" })
	}
	attr := func(i int) string { return fmt.Sprintf(" a%d=''", i) }
	decl := func(i int) string { return fmt.Sprintf(" xmlns:p%d='urn:%d'", i, i) }
	for _, c := range []struct {
		name, doc string
		rule      Rule
	}{
		{"value", `<a b="` + big + `"/>`, ""},
		{"value over", `<a b="` + big + `x"/>`, TooLong},
		{"value of references", `<a b="` + strings.Repeat("&#120;", MaxValue) + `"/>`, ""},
		{"value of references over", `<a b="` + strings.Repeat("&#120;", MaxValue+1) + `"/>`, TooLong},
		{"name", "<" + big + "/>", ""},
		{"name over", "<x" + big + "/>", TooLong},
		{"attribute name over", "<a x" + big + "=''/>", TooLong},
		{"target over", "<?x" + big + "?><a/>", TooLong},
		{"names together", nested(9, big), TooLong},
		{"names one behind another", "<a>" + many(12, func(int) string { return "<" + big + "/>" }) + "</a>", ""},
		{"tag", "<a" + many(8, func(i int) string { return fmt.Sprintf(" a%d='%s'", i, big) }) + "/>", TooLong},
		{"tag that never ends", "<a" + strings.Repeat(" ", 3*MaxTag) + "/>", TooLong},
		{"attributes", "<a" + many(MaxAttributes, attr) + "/>", ""},
		{"attributes over", "<a" + many(MaxAttributes+1, attr) + "/>", TooLong},
		{"attributes that differ", "<a" + many(MaxAttributes-1, attr) + " a0=''/>", DuplicateAttribute},
		{"declarations over", "<a" + many(40000, decl) + "><b" + many(40000, decl) + "/></a>", TooLong},
		{"namespace over", "<a xmlns='urn:" + big[:MaxNamespace] + "'/>", TooLong},
		{"inherited over", many(9, func(int) string { return "<a xml:lang='" + big + "'>" }), TooLong},
		{"depth", nested(MaxDepth, "a"), ""},
		{"depth over", nested(MaxDepth+1, "a"), TooDeep},
		{"reference that never ends", "<a>&#" + strings.Repeat("0", MaxTag+4), TooLong},
		{"end tag that never ends", "<a></a" + strings.Repeat(" ", 3*MaxTag), TooLong},
	} {
		start := time.Now()
		err := drain(strings.NewReader(c.doc))
		var se *SyntaxError
		if c.rule == "" && err != nil || c.rule != "" && (!errors.As(err, &se) || se.Rule != c.rule) {
			t.Errorf("%s: %.200v, want rule %q", c.name, err, c.rule)
		}
		if d := time.Since(start); d > 10*testtool.Slowdown*time.Second {
			t.Errorf("%s: took %s", c.name, d)
		}
	}
}

// What is in scope must not make every element dear.
func TestManyBindingsCostLittle(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("<a")
	for i := range 60000 {
		fmt.Fprintf(&b, " xmlns:p%d='urn:%d'", i, i)
	}
	b.WriteString(">")
	start := time.Now()
	for _, m := range []Method{{}, {Exclusive: true}} {
		r := repeated(b.String(), `<p59999:b p7:c="" p49999:d=""/>`, 100_000, "</a>")
		if err := Canonicalize(io.Discard, r, m); err != nil {
			t.Fatal(err)
		}
	}
	if d := time.Since(start); d > 20*testtool.Slowdown*time.Second {
		t.Errorf("took %s", d)
	}
}

func TestMemoryIsFlat(t *testing.T) {
	row := `<r:row xmlns:r="urn:r" xml:lang="cs" b="1" a="x&#9;y">ž 12.50 &amp;<![CDATA[x]]><!-- c --><?p d?></r:row>` + "\r\n"
	for name, r := range map[string]func(n int) io.Reader{
		"rows":    func(n int) io.Reader { return repeated("<a>", row, n, "</a>") },
		"text":    func(n int) io.Reader { return repeated("<a>", strings.Repeat("ž&lt; ", 20), n, "</a>") },
		"cdata":   func(n int) io.Reader { return repeated("<a><![CDATA[", strings.Repeat("]] ", 40), n, "]]></a>") },
		"comment": func(n int) io.Reader { return repeated("<a><!--", strings.Repeat("- ", 60), n, "--></a>") },
		"data":    func(n int) io.Reader { return repeated("<a/><?p ", strings.Repeat("? ", 60), n, "?>") },
		"prefixes": func(n int) io.Reader {
			return io.MultiReader(strings.NewReader("<a>"), &counted{n: n}, strings.NewReader("</a>"))
		},
	} {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		s := NewScanner(r(100_000))
		c := NewCanonicalizer(io.Discard, Method{Comments: true})
		for {
			tok, err := s.Next()
			if err == io.EOF {
				break
			}
			if err == nil {
				err = c.Token(tok)
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		runtime.KeepAlive(s)
		runtime.KeepAlive(c)
		if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 2<<20 {
			t.Errorf("%s: %d bytes held after 12 MB", name, grown)
		}
	}
}

// counted reads n elements, each with a different prefix.
type counted struct {
	n    int
	rest string
}

func (c *counted) Read(p []byte) (int, error) {
	if c.rest == "" {
		if c.n == 0 {
			return 0, io.EOF
		}
		c.rest = fmt.Sprintf("<p%d:b xmlns:p%d='urn:%d'/>", c.n, c.n, c.n)
		c.n--
	}
	n := copy(p, c.rest)
	c.rest = c.rest[n:]
	return n, nil
}

func TestNoAllocationPerToken(t *testing.T) {
	doc := repeated("<a>", `<r:row xmlns:r="urn:r" xml:lang="cs" b="1" a="x&#9;y">ž 12.50 &amp;<![CDATA[x]]><!-- c --><?p d?></r:row>`+"\r\n", 1<<30, "")
	s, c := NewScanner(doc), NewCanonicalizer(io.Discard, Method{Comments: true})
	step := func() {
		for range 1000 {
			tok, err := s.Next()
			if err == nil {
				err = c.Token(tok)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	step()
	if n := testing.AllocsPerRun(50, step); n > 0 {
		t.Errorf("%v allocations per 1000 tokens", n)
	}
}

// A long tag ends at every place of the buffer, also inside a character.
func TestBufferEndsInsideCharacter(t *testing.T) {
	t.Parallel()
	for pad := range 6 {
		doc := "<?xml version='1.0' encoding='NAME'?><a b='" + strings.Repeat("x", pad) + strings.Repeat("č", 5000) + "x" + strings.Repeat("č", 50_000) + "'/>"
		for _, e := range encodings {
			b, err := e.e.NewEncoder().Bytes([]byte(strings.Replace(doc, "NAME", e.declared, 1)))
			if err != nil {
				t.Fatal(err)
			}
			if err := drain(iotest.OneByteReader(bytes.NewReader(b))); err != nil {
				t.Errorf("%s, %d: %v", e.file, pad, err)
			}
		}
	}
}
