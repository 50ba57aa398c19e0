package attachment_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"csuis-offline/c14n"
	"csuis-offline/check/attachment"
)

// FuzzContent: whatever a file holds, its kind does not depend on how its base64
// is cut into lines and tokens.
func FuzzContent(f *testing.F) {
	for _, s := range samples(f) {
		if len(s.data) < 4000 {
			f.Add(s.data, uint16(64))
		}
	}
	l := list(f, `"PDF"`, `elements = ["Obsah"]`)
	f.Fuzz(func(t *testing.T, data []byte, piece uint16) {
		whole := scan(t, l, strings.NewReader(record(base64.StdEncoding.EncodeToString(data))))
		s := attachment.NewScanner(l)
		must(t, s.Token(&c14n.Token{Kind: c14n.Start, Local: []byte("Obsah"), Line: 3, Column: 3}))
		text := []byte(lines(data, 1+int(piece)%100))
		for len(text) > 0 {
			n := min(len(text), 1+int(piece)/7)
			must(t, s.Token(&c14n.Token{Kind: c14n.Text, Text: text[:n]}))
			text = text[n:]
		}
		must(t, s.Token(&c14n.Token{Kind: c14n.End}))
		if a, b := whole.Findings(), s.Findings(); !slices.Equal(a, b) || whole.Attachments() != 1 || s.Attachments() != 1 {
			t.Fatalf("whole: %+v; in pieces: %+v", a, b)
		}
		for _, f := range s.Findings() {
			if f.Rule == attachment.NotBase64 || f.Size != int64(len(data)) {
				t.Fatalf("%+v, %d bytes", f, len(data))
			}
		}
	})
}

// FuzzBase64: what the decoder accepts is what encoding/base64 accepts, white
// space left out.
func FuzzBase64(f *testing.F) {
	for _, s := range []string{"", "aGVsbG8=", "aGVsbG8", "aGVs bG8=", "====", "a===", "aa==", "aaa=", "aa=a", "aGVs-_8=", "aGVsbG8=\n", "aGVsbG8=a"} {
		f.Add([]byte(s))
	}
	l := list(f, `"PDF"`, `elements = ["Obsah"]`)
	f.Fuzz(func(t *testing.T, text []byte) {
		s := attachment.NewScanner(l)
		must(t, s.Token(&c14n.Token{Kind: c14n.Start, Local: []byte("Obsah")}))
		must(t, s.Token(&c14n.Token{Kind: c14n.Text, Text: text}))
		must(t, s.Token(&c14n.Token{Kind: c14n.End}))
		bare := bytes.Join(bytes.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '\t' || r == '\r' || r == '\n' }), nil)
		data, err := base64.StdEncoding.DecodeString(string(bare))
		got := s.Findings()
		refused := len(got) == 1 && got[0].Rule == attachment.NotBase64
		if refused != (err != nil) {
			t.Fatalf("%q: %+v, %v", text, got, err)
		}
		if err == nil && len(got) == 1 && got[0].Size != int64(len(data)) {
			t.Fatalf("%q: %+v, %d bytes", text, got, len(data))
		}
	})
}

func FuzzList(f *testing.F) {
	f.Add(attachment.BuiltIn())
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := attachment.Parse(bytes.NewReader(data))
		if err != nil {
			if !errors.Is(err, attachment.ErrData) {
				t.Fatal(err)
			}
			return
		}
		if len(l.Allowed()) == 0 {
			t.Fatal("allows nothing")
		}
		scan(t, l, io.Reader(strings.NewReader(record("aGVsbG8="))))
	})
}
