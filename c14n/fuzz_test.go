package c14n

import (
	"bytes"
	"errors"
	"io"
	"os"
	"testing"
	"testing/iotest"
	"unicode/utf8"
)

func seeds(f *testing.F) {
	for _, p := range append(glob(f, "testdata/accepted/*.xml"), glob(f, "testdata/refused/*.xml")...) {
		b, err := os.ReadFile(p)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	for seed := range uint64(20) {
		f.Add([]byte(generate(seed, "")))
	}
}

// A document is refused with a position inside it, or its tokens are the
// document; and reads of one byte make no difference.
func FuzzScanner(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, doc []byte) {
		s := NewScanner(bytes.NewReader(doc))
		var raw []byte
		var list []string
		depth := 0
		var err error
		for {
			var tok *Token
			if tok, err = s.Next(); err != nil {
				break
			}
			if int64(len(raw)) != tok.Offset {
				t.Fatalf("offset %d behind %d bytes", tok.Offset, len(raw))
			}
			switch tok.Kind {
			case Start:
				depth++
			case Text:
				if !utf8.Valid(tok.Text) {
					t.Fatalf("text %q", tok.Text)
				}
			}
			if tok.Depth != depth {
				t.Fatalf("depth %d at %s", tok.Depth, flat(tok))
			}
			if tok.Kind == End {
				depth--
			}
			raw = append(raw, tok.Raw...)
			list = append(list, flat(tok))
		}
		var se *SyntaxError
		if err != io.EOF && (!errors.As(err, &se) || se.Line < 1 || se.Column < 1 || se.Rule == "") {
			t.Fatalf("error %v", err)
		}
		plain := bytes.TrimPrefix(doc, []byte("\xEF\xBB\xBF"))
		if s.Encoding() == "UTF-8" && (err == io.EOF && !bytes.Equal(raw, plain) || !bytes.HasPrefix(plain, raw)) {
			t.Fatalf("tokens %q of %q", raw, plain)
		}
		slow, _, slowErr := tokens(iotest.OneByteReader(bytes.NewReader(doc)))
		if err.Error() != slowErr.Error() || len(slow) != len(list) {
			t.Fatalf("%v and %d tokens; one byte at a time %v and %d", err, len(list), slowErr, len(slow))
		}
		for i := range list {
			if list[i] != slow[i] {
				t.Fatalf("%s; one byte at a time %s", list[i], slow[i])
			}
		}
	})
}

// The canonical form is well-formed and its own canonical form, and so is that
// of any element in it.
func FuzzCanonical(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, doc []byte) {
		for _, m := range []Method{{}, {Comments: true}, {Exclusive: true}, {Exclusive: true, Comments: true}} {
			once, err := canonical(doc, m)
			if err != nil {
				var se *SyntaxError
				if !errors.As(err, &se) {
					t.Fatal(err)
				}
				return
			}
			twice, err := canonical(once, m)
			if err != nil || !bytes.Equal(once, twice) {
				t.Fatalf("%+v: %q has the canonical form %q (%v)", m, once, twice, err)
			}
			n := 0
			var part bytes.Buffer
			err = Subtree(&part, bytes.NewReader(doc), m, func(*Token) bool { n++; return n == 2 })
			if err == ErrNotFound {
				continue
			}
			again, err2 := canonical(part.Bytes(), m)
			if err != nil || err2 != nil || !bytes.Equal(part.Bytes(), again) {
				t.Fatalf("%+v: element %q has the canonical form %q (%v, %v)", m, part.Bytes(), again, err, err2)
			}
		}
	})
}
