package codelist_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"csuis-offline/c14n"
	"csuis-offline/check/codelist"
)

// codesOf gathers the codes of a document whose root is the record.
func codesOf(t testing.TB, p *codelist.Places, r io.Reader) *codelist.Codes {
	t.Helper()
	sc := c14n.NewScanner(r)
	var c *codelist.Codes
	for {
		token, err := sc.Next()
		if err == io.EOF {
			return c
		}
		if err != nil {
			t.Fatal(err)
		}
		if token.Kind == c14n.Start && token.Depth == 1 {
			if c = p.NewCodes(string(token.Local)); c == nil {
				return nil
			}
		}
		if c != nil {
			c.Token(token)
		}
	}
}

func places(t testing.TB) *codelist.Places {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "codes", "places.toml"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p, err := codelist.ParsePlaces(f)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func list(codes []codelist.Code) string {
	var b strings.Builder
	for _, c := range codes {
		fmt.Fprintf(&b, "%s %q line %d column %d %s", c.List, c.Text, c.Line, c.Column, c.Path)
		if c.Assumed {
			b.WriteString(" assumed")
		}
		b.WriteString("\n")
	}
	return b.String()
}

// TestCodesOfARecord: each code once, where it stands first, and only from the
// places named. Read in pieces it is the same.
func TestCodesOfARecord(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile(filepath.Join("testdata", "codes", "record.xml"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", "codes", "record.golden")
	for _, r := range []io.Reader{bytes.NewReader(doc), iotest.OneByteReader(bytes.NewReader(doc))} {
		c := codesOf(t, places(t), r)
		got := list(c.All())
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) || c.Dropped() != 0 {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
}

func TestPlacesOfOtherRecordsSayNothing(t *testing.T) {
	t.Parallel()
	p := places(t)
	if got := list(codesOf(t, p, strings.NewReader("<Soupis><SKP>01.1</SKP></Soupis>")).All()); !strings.HasPrefix(got, `cus0014 "01.1" line 1 `) {
		t.Error(got)
	}
	if got := list(codesOf(t, p, strings.NewReader("<Vykaz><SKP>01.1</SKP></Vykaz>")).All()); got != "" {
		t.Error(got)
	}
	only, err := codelist.ParsePlaces(strings.NewReader("format = \"csuis-code-places/1\"\n[[place]]\nlist = \"cus0014\"\nnames = [\"A\"]\nrecords = [\"R\"]\n"))
	if err != nil {
		t.Fatal(err)
	}
	if only.NewCodes("S") != nil || only.NewCodes("R") == nil {
		t.Error("a record that no place is about costs something")
	}
}

// TestBuiltInPlacesAreAssumed: where codes stand is not published to us.
func TestBuiltInPlacesAreAssumed(t *testing.T) {
	t.Parallel()
	c := codesOf(t, codelist.DefaultPlaces(), strings.NewReader("<R><SyntetickyUcet>1</SyntetickyUcet><KodSKP>2</KodSKP><SKPKod>3</SKPKod></R>"))
	if len(c.All()) != 3 {
		t.Error(list(c.All()))
	}
	for _, code := range c.All() {
		if !code.Assumed {
			t.Errorf("%+v", code)
		}
	}
}

// TestCodesAreBounded: a hostile record has no two codes alike, and long ones.
func TestCodesAreBounded(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("<R>")
	for i := range codelist.MaxCodes + 10 {
		fmt.Fprintf(&b, "<Ucet>%d</Ucet>", i)
	}
	b.WriteString("<Ucet>1</Ucet></R>")
	c := codesOf(t, places(t), strings.NewReader(b.String()))
	if len(c.All()) != codelist.MaxCodes || c.Dropped() != 10 {
		t.Errorf("%d kept, %d dropped", len(c.All()), c.Dropped())
	}

	long := strings.Repeat("ž", 200_000)
	c = codesOf(t, places(t), strings.NewReader("<R><Ucet>"+long+"</Ucet><Ucet>1"+strings.Repeat(" ", 5000)+"2</Ucet><Ucet>1"+strings.Repeat(" ", 5000)+"</Ucet></R>"))
	want := []string{strings.Repeat("ž", 100) + "…", "1…", "1"}
	for i, code := range c.All() {
		if code.Text != want[i] {
			t.Errorf("%q, want %q", code.Text, want[i])
		}
	}
	if len(c.All()) != len(want) {
		t.Error(list(c.All()))
	}

	// Every code and every path is long.
	b.Reset()
	b.WriteString("<R>")
	for i := range codelist.MaxCodes {
		name := fmt.Sprintf("%s%d", strings.Repeat("n", 600), i)
		fmt.Fprintf(&b, "<%s><Ucet>%s%d</Ucet></%s>", name, strings.Repeat("9", 150), i, name)
	}
	b.WriteString("</R>")
	c = codesOf(t, places(t), strings.NewReader(b.String()))
	size := 0
	for _, code := range c.All() {
		size += len(code.Text) + len(code.Path)
		if len(code.Path) > 510 || !strings.HasPrefix(code.Path, "…n") || !strings.HasSuffix(code.Path, "/Ucet") {
			t.Fatal(code.Path)
		}
	}
	if size > codelist.MaxCodeBytes || c.Dropped() == 0 {
		t.Errorf("%d bytes kept, %d dropped", size, c.Dropped())
	}
}

// TestOrdinaryElementsCostNothing: a record is mostly elements that hold no code.
func TestOrdinaryElementsCostNothing(t *testing.T) {
	p := places(t)
	c := p.NewCodes("R")
	sc := c14n.NewScanner(strings.NewReader("<R>" + strings.Repeat("<Radek a='1'><Hodnota>1</Hodnota></Radek>", 3000) + "</R>"))
	next := func() {
		token, err := sc.Next()
		if err != nil {
			t.Fatal(err)
		}
		c.Token(token)
	}
	for range 1000 {
		next()
	}
	if n := testing.AllocsPerRun(5000, next); n > 0 {
		t.Errorf("%v allocations a token", n)
	}
}
