package envelope

import (
	"bytes"
	"context"
	"testing"
	"unicode/utf8"

	"csuis-offline/internal/testtool"
)

// seed adds all testdata and what becomes of it, and whatever size of fuzzing
// it takes to see a token cut in two is left to the other tests.
func seed(f *testing.F) {
	add := func(doc []byte) {
		if len(doc) > 8<<10 {
			return
		}
		f.Add(doc)
		for _, p := range profiles {
			if out, _, err := complete(doc, options(p)); err == nil {
				f.Add(out)
			}
		}
	}
	for _, v := range testtool.Vectors(f, "envelope") {
		add(v.Body)
	}
	for _, pattern := range []string{"testdata/records/*.xml", "testdata/golden/*.xml"} {
		for _, doc := range files(f, pattern) {
			add(doc)
		}
	}
}

// FuzzVerify: what Verify accepts, it copies, and Complete keeps byte for byte,
// unless the header alone is refused.
func FuzzVerify(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, doc []byte) {
		var copied bytes.Buffer
		info, err := Verify(context.Background(), &copied, bytes.NewReader(doc))
		if err != nil {
			if len(err.Error()) > 2000 {
				t.Fatalf("an error of %d bytes", len(err.Error()))
			}
			return
		}
		if !utf8.Valid(copied.Bytes()) {
			t.Fatal("the copy is no UTF-8")
		}
		out, res, err := complete(doc, options(Binding))
		if bad := info.Check(); bad != nil {
			if err == nil || err.Error() != bad.Error() {
				t.Fatalf("Check says %v, Complete %v", bad, err)
			}
			return
		}
		if err != nil || !res.Kept || !bytes.Equal(out, copied.Bytes()) {
			t.Fatalf("not kept: %v", err)
		}
		if res.Info.Encoding == "UTF-8" && !bytes.Equal(out, doc) {
			t.Fatal("a byte was changed")
		}
	})
}

// FuzzComplete: what Complete writes is UTF-8 and has an identifier that holds.
func FuzzComplete(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, doc []byte) {
		out, res, err := complete(doc, options(Exclusive))
		if err != nil {
			return
		}
		info, err := verify(out)
		if err != nil || !utf8.Valid(out) {
			t.Fatalf("%v\n%s", err, out)
		}
		if info.TransactionID != res.Info.TransactionID || info.Root != res.Info.Root || info.Profile != res.Info.Profile || info.StatementDate != res.Info.StatementDate {
			t.Fatalf("wrote %+v, read %+v", res.Info, info)
		}
		again, res, err := complete(out, options(Binding))
		if err != nil || !res.Kept || !bytes.Equal(again, out) {
			t.Fatalf("a second time: %v", err)
		}
	})
}

// FuzzHeader: Peek and Verify read the same header.
func FuzzHeader(f *testing.F) {
	seed(f)
	f.Add(relativeNamespace(f))
	f.Fuzz(func(t *testing.T, doc []byte) {
		peeked, err := Peek(bytes.NewReader(doc))
		info, _ := verify(doc)
		if err != nil || info == nil {
			return
		}
		if peeked.TransactionID != info.TransactionID || peeked.Sender.IC != info.Sender.IC || peeked.Sender.Person.ID != info.Sender.Person.ID {
			t.Fatalf("Peek %+v, Verify %+v", peeked, info)
		}
		_ = peeked.Check()
	})
}
