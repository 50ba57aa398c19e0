package online_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"csuis-offline/online"
)

// seeds adds every file of these patterns to a corpus.
func seeds(f *testing.F, cut string, patterns ...string) {
	for _, p := range patterns {
		files, err := filepath.Glob(p)
		if err != nil || len(files) == 0 {
			f.Fatal("no seeds", p, err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			if cut != "" {
				data = data[bytes.Index(data, []byte(cut))+len(cut):]
			}
			f.Add(data)
		}
	}
}

func FuzzAnswer(f *testing.F) {
	seeds(f, "\n\n", "testdata/answers/*.txt")
	f.Fuzz(func(t *testing.T, data []byte) {
		fault, err := online.ParseAnswer(bytes.NewReader(data), "tajemství")
		if err != nil && fault != nil {
			t.Errorf("both an error and a Fault: %v", err)
		}
		if fault == nil {
			return
		}
		for _, s := range []string{fault.Code, fault.Text, fault.Actor, fault.Detail} {
			if strings.Contains(s, "tajemství") || len(s) > 20000 || strings.ContainsFunc(s, unicode.IsControl) {
				t.Errorf("%q", s)
			}
		}
	})
}

func FuzzList(f *testing.F) {
	seeds(f, "", "testdata/list/*.xml")
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := online.ParseList(bytes.NewReader(data))
		if err != nil && list != nil {
			t.Errorf("both an error and a list: %v", err)
		}
		if len(list) > bytes.Count(data, []byte("ZpravaId")) && !bytes.ContainsRune(data, 0) {
			t.Errorf("%d messages", len(list))
		}
		for _, l := range list {
			if l.ID == "" {
				t.Error("a message without an identifier")
			}
		}
	})
}

func FuzzStatus(f *testing.F) {
	seeds(f, "", "testdata/status/*.xml")
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := online.ParseStatus(bytes.NewReader(data))
		if (s == nil) != (err != nil) {
			t.Fatalf("%v, %v", s, err)
		}
		if s == nil {
			return
		}
		s.Code()
		for _, d := range s.Details {
			d.At()
			switch d.Severity {
			case "", online.SeverityError, online.SeverityWarning, online.SeverityInfo:
			default:
				t.Errorf("severity %q", d.Severity)
			}
		}
	})
}

func FuzzContent(f *testing.F) {
	files, err := filepath.Glob("testdata/answers/*.txt")
	if err != nil || len(files) == 0 {
		f.Fatal("no seeds", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		_, rest, _ := bytes.Cut(data, []byte("---\n"))
		head, body, _ := bytes.Cut(rest, []byte("\n\n"))
		value := func(name string) string {
			_, v, _ := strings.Cut(string(head), name+": ")
			v, _, _ = strings.Cut(v, "\n")
			return v
		}
		f.Add(value("Content-Type"), value("Content-Encoding"), body)
	}
	const limit = 1 << 16
	f.Fuzz(func(t *testing.T, kind, coding string, data []byte) {
		n, err := online.ReadContent(kind, coding, bytes.NewReader(data), limit)
		// A charset may make two or three bytes of one.
		if n > 3*limit+1000 {
			t.Errorf("%d bytes, %v", n, err)
		}
	})
}
