package online_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"

	"csuis-offline/online"
)

// TestAnswers plays each file of testdata/answers: what is expected, then the
// answer of the server. Lines of its head end in CR LF; its length is filled in;
// @name@ before the body says in which encoding or packing it goes. says is a part
// of the error's detail.
func TestAnswers(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/answers/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no answers", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			want, answer := readAnswer(t, data)
			got := make(chan int, 4)
			addr := serveTLS(t, nil, func(c net.Conn) {
				_, body, err := readRequest(c)
				if err != nil {
					return
				}
				got <- len(body)
				c.Write(answer)
			})
			o := submit(t, newClient(t, options(addr)), 500)
			if n := len(got); n != 1 {
				t.Errorf("the server got %d requests", n)
			}
			have := describe(t, o)
			for k, v := range want {
				if have[k] != v && (k != "says" || !strings.Contains(have[k], v)) {
					t.Errorf("%s = %q, want %q (%v)", k, have[k], v, o.Err)
				}
			}
			if !o.Whole || o.Sent == 0 {
				t.Errorf("sent %d, whole %v", o.Sent, o.Whole)
			}
			if (o.Err == nil) != (o.Verdict == online.Accepted) {
				t.Errorf("%s with the error %v", o.Verdict, o.Err)
			}
		})
	}
}

func describe(t *testing.T, o online.Outcome) map[string]string {
	m := map[string]string{"verdict": string(o.Verdict), "retry": string(o.Retry), "kind": string(kind(t, o.Err)), "after": o.After.String(), "foreign": fmt.Sprint(o.Foreign)}
	if o.Fault != nil {
		m["fault"], m["text"] = o.Fault.Code, o.Fault.Text
	}
	var e *online.Error
	if errors.As(o.Err, &e) {
		m["says"], m["page"] = e.Detail, fmt.Sprint(e.Page)
	}
	return m
}

func readAnswer(t *testing.T, data []byte) (want map[string]string, answer []byte) {
	t.Helper()
	expected, rest, ok := strings.Cut(string(data), "---\n")
	head, body, ok2 := strings.Cut(rest, "\n\n")
	if !ok || !ok2 {
		t.Fatal("the file is not as it should be")
	}
	want = map[string]string{}
	for line := range strings.Lines(expected) {
		k, v, _ := strings.Cut(strings.TrimSpace(line), ":")
		want[k] = strings.TrimSpace(v)
	}
	raw := []byte(body)
	switch {
	case strings.HasPrefix(body, "@utf16@"):
		raw = []byte{0xFF, 0xFE}
		for _, u := range utf16.Encode([]rune(strings.TrimPrefix(body, "@utf16@"))) {
			raw = append(raw, byte(u), byte(u>>8))
		}
	case strings.HasPrefix(body, "@utf16le@"):
		raw = encode(t, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), strings.TrimPrefix(body, "@utf16le@"))
	case strings.HasPrefix(body, "@utf16be@"):
		raw = encode(t, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), strings.TrimPrefix(body, "@utf16be@"))
	case strings.HasPrefix(body, "@utf32be@"):
		raw = encode(t, utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM), strings.TrimPrefix(body, "@utf32be@"))
	case strings.HasPrefix(body, "@utf32bom@"):
		raw = encode(t, utf32.UTF32(utf32.LittleEndian, utf32.UseBOM), strings.TrimPrefix(body, "@utf32bom@"))
	case strings.HasPrefix(body, "@windows-1250@"):
		raw = encode(t, charmap.Windows1250, strings.TrimPrefix(body, "@windows-1250@"))
	case strings.HasPrefix(body, "@latin1@"):
		raw = encode(t, charmap.ISO8859_1, strings.TrimPrefix(body, "@latin1@"))
	case strings.HasPrefix(body, "@gzip@"):
		raw = packed(t, func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }, strings.TrimPrefix(body, "@gzip@"))
	case strings.HasPrefix(body, "@zlib@"):
		raw = packed(t, func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) }, strings.TrimPrefix(body, "@zlib@"))
	case strings.HasPrefix(body, "@flate@"):
		raw = packed(t, func(w io.Writer) io.WriteCloser {
			f, _ := flate.NewWriter(w, flate.BestSpeed)
			return f
		}, strings.TrimPrefix(body, "@flate@"))
	case strings.HasPrefix(body, "@lines@"):
		raw = []byte(strings.ReplaceAll(strings.TrimPrefix(body, "@lines@"), "\n", "\r\n"))
	case strings.HasPrefix(body, "@latin2@"):
		raw = encode(t, charmap.ISO8859_2, strings.TrimPrefix(body, "@latin2@"))
	}
	head = strings.ReplaceAll(head, "Content-Length: auto", fmt.Sprintf("Content-Length: %d", len(raw)))
	return want, append([]byte(strings.ReplaceAll(head, "\n", "\r\n")+"\r\n\r\n"), raw...)
}

func packed(t *testing.T, by func(io.Writer) io.WriteCloser, s string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := by(&b)
	if _, err := io.WriteString(w, s); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func encode(t *testing.T, c encoding.Encoding, s string) []byte {
	t.Helper()
	b, err := c.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Clone(b)
}
