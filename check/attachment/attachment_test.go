package attachment_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"csuis-offline/c14n"
	"csuis-offline/check/attachment"
	"csuis-offline/internal/testtool"
)

func list(t testing.TB, allowed, more string) *attachment.List {
	t.Helper()
	l, err := attachment.Parse(strings.NewReader("format = \"csuis-attachments/1\"\nrecords = [\"012\"]\nallowed = [" + allowed + "]\n" + more))
	must(t, err)
	return l
}

func scan(t testing.TB, l *attachment.List, doc io.Reader) *attachment.Scanner {
	t.Helper()
	s := attachment.NewScanner(l)
	tokens := c14n.NewScanner(doc)
	for {
		tok, err := tokens.Next()
		if err == io.EOF {
			return s
		}
		must(t, err)
		must(t, s.Token(tok))
	}
}

// lines breaks base64 as MIME does.
func lines(data []byte, width int) string {
	s := base64.StdEncoding.EncodeToString(data)
	var b strings.Builder
	for len(s) > width {
		b.WriteString(s[:width] + "\r\n")
		s = s[width:]
	}
	return b.String() + s
}

func record(content string) string {
	return "<Zaznam xmlns=\"urn:x\">\n  <Popis>Doklad</Popis>\n  <Obsah>" + content + "</Obsah>\n</Zaznam>"
}

func TestKindIsToldByContent(t *testing.T) {
	t.Parallel()
	all := list(t, `"PDF"`, `elements = ["Obsah"]`)
	for _, s := range samples(t) {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			got := scan(t, all, strings.NewReader(record(lines(s.data, 76))))
			if got.Attachments() != 1 {
				t.Fatalf("%d attachments", got.Attachments())
			}
			f := got.Findings()
			if s.kind == attachment.PDF {
				if len(f) != 0 {
					t.Fatalf("got %+v", f)
				}
				return
			}
			want := attachment.Finding{Rule: attachment.NotAllowed, Kind: s.kind, Number: 1, Element: "Obsah", Line: 3, Column: 3, Size: int64(len(s.data))}
			switch s.kind {
			case attachment.Unknown:
				want.Rule = attachment.Unrecognized
			case attachment.Empty:
				want.Rule = attachment.EmptyFile
			}
			if len(f) != 1 || f[0] != want {
				t.Errorf("got %+v, wanted %+v", f, want)
			}
		})
	}
}

// TestFileSaysTheSame asks the program file, where there is one, for the kinds
// that both tell apart.
func TestFileSaysTheSame(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "7z")
	judge, err := exec.LookPath("file")
	types := map[attachment.Kind]string{
		attachment.PDF: "application/pdf", attachment.PNG: "image/png", attachment.JPEG: "image/jpeg", attachment.GIF: "image/gif",
		attachment.TIFF: "image/tiff", attachment.BMP: "image/bmp", attachment.RTF: "text/rtf", attachment.GZIP: "application/gzip",
		attachment.ODT: "application/vnd.oasis.opendocument.text", attachment.ODS: "application/vnd.oasis.opendocument.spreadsheet",
		attachment.HTML: "text/html",
	}
	dir := t.TempDir()
	for i, s := range samples(t) {
		path := filepath.Join(dir, fmt.Sprintf("%d.bin", i))
		must(t, os.WriteFile(path, s.data, 0o600))
		if want, ok := types[s.kind]; ok && err == nil && !strings.Contains(s.name, "behind") {
			if got := string(bytes.TrimSpace(testtool.Run(t, judge, "--brief", "--mime-type", path))); got != want {
				t.Errorf("%s: file says %s", s.name, got)
			}
		}
		switch s.kind {
		case attachment.DOC, attachment.XLS, attachment.PPT, attachment.OOXMLEnc:
			out := string(testtool.Run(t, "7z", "l", "-tCompound", path))
			for k, stream := range map[attachment.Kind]string{attachment.DOC: "WordDocument", attachment.PPT: "PowerPoint Document", attachment.OOXMLEnc: "EncryptedPackage"} {
				if (k == s.kind) != strings.Contains(out, stream) {
					t.Errorf("%s: 7z says\n%s", s.name, out)
				}
			}
		case attachment.DOCX, attachment.XLSX, attachment.ODT, attachment.ZIP:
			if s.name != "zip, empty" {
				testtool.Run(t, "7z", "t", "-tzip", path)
			}
		}
	}
}

// TestArchivesOfOtherPrograms: zip, 7z and openssl write what the samples do
// not.
func TestArchivesOfOtherPrograms(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "zip", "7z", "openssl")
	dir := t.TempDir()
	for name, data := range map[string]string{"word/document.xml": "<a/>", "[Content_Types].xml": "<b/>", "mimetype": "application/vnd.oasis.opendocument.text"} {
		path := filepath.Join(dir, name)
		must(t, os.MkdirAll(filepath.Dir(path), 0o700))
		must(t, os.WriteFile(path, []byte(data), 0o600))
	}
	in := func(program string, args ...string) {
		t.Helper()
		cmd := exec.Command(program, args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", program, err, out)
		}
	}
	in("zip", "-q", "-nw", "plain.docx", "word/document.xml", "[Content_Types].xml")
	in("zip", "-q", "-nw", "-fd", "streamed.docx", "word/document.xml", "[Content_Types].xml")
	in("zip", "-q", "-0", "-X", "plain.odt", "mimetype", "word/document.xml")
	in("7z", "a", "-tzip", "seven.docx", "word/document.xml", "[Content_Types].xml")
	in("7z", "a", "-t7z", "a.7z", "mimetype")
	in("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=test", "-keyout", "k.pem", "-out", "c.pem")
	in("openssl", "cms", "-sign", "-nodetach", "-binary", "-in", "mimetype", "-signer", "c.pem", "-inkey", "k.pem", "-outform", "DER", "-out", "a.p7m")
	in("openssl", "cms", "-sign", "-stream", "-nodetach", "-binary", "-in", "mimetype", "-signer", "c.pem", "-inkey", "k.pem", "-outform", "DER", "-out", "stream.p7m")
	l := list(t, `"PDF"`, `elements = ["Obsah"]`)
	for name, want := range map[string]attachment.Kind{
		"plain.docx": attachment.DOCX, "streamed.docx": attachment.DOCX, "seven.docx": attachment.DOCX, "plain.odt": attachment.ODT,
		"a.7z": attachment.SevenZ, "a.p7m": attachment.CMS, "stream.p7m": attachment.CMS,
	} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		must(t, err)
		f := scan(t, l, strings.NewReader(record(lines(data, 64)))).Findings()
		if len(f) != 1 || f[0].Kind != want {
			t.Errorf("%s: got %+v", name, f)
		}
	}
}

func TestTruncatedFiles(t *testing.T) {
	t.Parallel()
	l := list(t, `"PDF", "PNG", "JPEG", "RTF", "DOCX", "ODT", "ZIP", "TIFF"`, `elements = ["Obsah"]`)
	for _, s := range samples(t) {
		if len(s.data) < 40 || !l.Allows(s.kind) || s.kind == attachment.TIFF {
			continue
		}
		f := scan(t, l, strings.NewReader(record(lines(s.data, 76)))).Findings()
		if len(f) != 0 {
			t.Errorf("%s, whole: %+v", s.name, f)
		}
		f = scan(t, l, strings.NewReader(record(lines(s.data[:len(s.data)-30], 76)))).Findings()
		if len(f) != 1 || f[0].Rule != attachment.Truncated {
			t.Errorf("%s, cut: %+v", s.name, f)
		}
	}
}

func TestWhereAFileIsFound(t *testing.T) {
	t.Parallel()
	bin := noise(400)
	b64 := base64.StdEncoding.EncodeToString(bin)
	cases := []struct {
		name, doc, more string
		count           int
		rule            attachment.Rule
		guessed         bool
	}{
		{"by its text", record(b64), `shortest = 160`, 1, attachment.Unrecognized, true},
		{"by its text in lines", record("\n  " + lines(bin, 64) + "\n  "), `shortest = 160`, 1, attachment.Unrecognized, true},
		{"in CDATA", record("<![CDATA[" + b64 + "]]>"), `shortest = 160`, 1, attachment.Unrecognized, true},
		{"with a comment inside", record(b64[:200] + "<!-- x -->" + b64[200:]), `shortest = 160`, 1, attachment.Unrecognized, true},
		{"by its text, switched off", record(b64), ``, 0, "", false},
		{"too short", record(b64[:156]), `shortest = 160`, 0, "", false},
		{"as long as the least", record(b64[:160]), `shortest = 160`, 1, attachment.Unrecognized, true},
		{"by its text, cut", record(b64[:399]), `shortest = 160`, 1, attachment.NotBase64, true},
		{"words", record(strings.Repeat("Slovo Dalsi 123 ", 40)), `shortest = 160`, 0, "", false},
		{"a long number", record(strings.Repeat("0123456789", 40)), `shortest = 160`, 0, "", false},
		{"a hash in hexadecimal", record(strings.Repeat("0123456789abcdef", 40)), `shortest = 160`, 0, "", false},
		{"by name", record("aGVsbG8="), `elements = ["Obsah"]`, 1, attachment.NotAllowed, false},
		{"by name, no base64", record("Příloha chybí"), `elements = ["Obsah"]`, 1, attachment.NotBase64, false},
		{"by name, empty", record(" "), `elements = ["Obsah"]`, 1, attachment.EmptyFile, false},
		{"by name, bad length", record("aGVsbG8"), `elements = ["Obsah"]`, 1, attachment.NotBase64, false},
		{"by name, only padding", record("===="), `elements = ["Obsah"]`, 1, attachment.NotBase64, false},
		{"by name, padding in the middle", record("aGVsbG8=aGVsbG8="), `elements = ["Obsah"]`, 1, attachment.NotBase64, false},
		{"by name, three of padding", record("a==="), `elements = ["Obsah"]`, 1, attachment.NotBase64, false},
		{"by name, URL alphabet", record("aGVs-_8="), `elements = ["Obsah"]`, 1, attachment.NotBase64, false},
		{"by name, spaces within", record("aG Vs\nbG 8 ="), `elements = ["Obsah"]`, 1, attachment.NotAllowed, false},
		{"by type", `<a xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xs="urn:y" xsi:type="xs:base64Binary">aGVsbG8=</a>`, ``, 1, attachment.NotAllowed, false},
		{"by type without prefix", `<a xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="base64Binary">aGVsbG8=</a>`, ``, 1, attachment.NotAllowed, false},
		{"another type", `<a xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="mybase64Binary">aGVsbG8=</a>`, ``, 0, "", false},
		{"an element with elements inside", `<Obsah>` + b64 + `<b/></Obsah>`, "elements = [\"Obsah\"]\nshortest = 160", 0, "", false},
		{"text behind an element", `<Obsah><b/>` + b64 + `</Obsah>`, "elements = [\"Obsah\"]\nshortest = 160", 0, "", false},
		{"a signature", `<Obsah xmlns="http://www.w3.org/2000/09/xmldsig#">` + b64 + `</Obsah>`, "elements = [\"Obsah\"]\nshortest = 160\nignore_namespaces = [\"http://www.w3.org/2000/09/xmldsig#\"]", 0, "", false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := scan(t, list(t, `"PDF"`, c.more), strings.NewReader(c.doc))
			f := s.Findings()
			if s.Attachments() != c.count || len(f) != c.count {
				t.Fatalf("%d attachments, %+v", s.Attachments(), f)
			}
			if c.count > 0 && (f[0].Rule != c.rule || f[0].Guessed != c.guessed) {
				t.Errorf("got %+v", f[0])
			}
		})
	}
}

func TestSeveralAttachmentsAreNumbered(t *testing.T) {
	t.Parallel()
	doc := "<r>\n" + strings.Repeat("<Obsah>JVBERi0xLjQKJSVFT0Y=</Obsah>\n<Obsah>aGVsbG8=</Obsah>\n", 2) + "</r>"
	s := scan(t, list(t, `"PDF"`, `elements = ["Obsah"]`), strings.NewReader(doc))
	f := s.Findings()
	if s.Attachments() != 4 || len(f) != 2 || f[0].Number != 2 || f[0].Line != 3 || f[1].Number != 4 || f[1].Line != 5 {
		t.Errorf("%d attachments, %+v", s.Attachments(), f)
	}
}

func TestFindingsAreBounded(t *testing.T) {
	t.Parallel()
	doc := "<r>" + strings.Repeat("<Obsah/>", attachment.MaxFindings+5) + "</r>"
	s := scan(t, list(t, `"PDF"`, `elements = ["Obsah"]`), strings.NewReader(doc))
	if len(s.Findings()) != attachment.MaxFindings || s.Dropped() != 5 || s.Attachments() != attachment.MaxFindings+5 {
		t.Errorf("%d findings, %d dropped", len(s.Findings()), s.Dropped())
	}
	name := strings.Repeat("ž", 100_000)
	s = scan(t, list(t, `"PDF"`, `elements = ["`+name+`"]`), strings.NewReader("<"+name+"/>"))
	if f := s.Findings(); len(f) != 1 || f[0].Element != strings.Repeat("ž", 200) {
		t.Errorf("%d findings", len(f))
	}
}

func TestAnEndWithoutItsStart(t *testing.T) {
	t.Parallel()
	s := attachment.NewScanner(attachment.Default())
	if err := s.Token(&c14n.Token{Kind: c14n.End}); !errors.Is(err, attachment.ErrTokens) {
		t.Errorf("got %v", err)
	}
}

func TestDefaultList(t *testing.T) {
	t.Parallel()
	l := attachment.Default()
	for _, r := range []string{"012", "013", "014", "015", "016"} {
		if !l.Concerns(r) {
			t.Errorf("%s", r)
		}
	}
	if l.Concerns("001") || l.Concerns("017") || l.Concerns("12") || l.Concerns("") {
		t.Error("concerns other records")
	}
	for _, k := range []attachment.Kind{attachment.DOCM, attachment.XLSM, attachment.Program, attachment.ZIP, attachment.OOXMLEnc, attachment.Unknown, attachment.Empty} {
		if l.Allows(k) {
			t.Errorf("allows %s", k)
		}
	}
	if assumed, source := l.Assumed(); !assumed || source == "" {
		t.Error("does not say that it is assumed")
	}
	if got := l.Allowed(); len(got) != 14 || got[0] != attachment.PDF {
		t.Errorf("got %v", got)
	}
	if again, err := attachment.Parse(bytes.NewReader(attachment.BuiltIn())); err != nil || !slices.Equal(again.Allowed(), l.Allowed()) {
		t.Errorf("BuiltIn: %v", err)
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("testdata", "bad", "*.toml"))
	if err != nil || len(files) < 8 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, path := range files {
		data, err := os.ReadFile(path)
		must(t, err)
		if l, err := attachment.Parse(bytes.NewReader(data)); !errors.Is(err, attachment.ErrData) || l != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	if _, err := attachment.Parse(io.LimitReader(spaces{}, attachment.MaxSize+1)); !errors.Is(err, attachment.ErrData) {
		t.Errorf("long file: %v", err)
	}
}

type spaces struct{}

func (spaces) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}
