package c14n

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"csuis-offline/internal/testtool"
)

var withComments = []Method{{Comments: true}, {Exclusive: true, Comments: true}}

func canonical(b []byte, m Method) ([]byte, error) {
	var out bytes.Buffer
	err := Canonicalize(&out, bytes.NewReader(b), m)
	return out.Bytes(), err
}

// likeXmllint holds our canonical forms with comments against xmllint's.
func likeXmllint(t *testing.T, path string) {
	t.Helper()
	b := read(t, path)
	for _, m := range withComments {
		flag := "--c14n"
		if m.Exclusive {
			flag = "--exc-c14n"
		}
		got, err := canonical(b, m)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			return
		}
		if want := testtool.Run(t, "xmllint", "--nonet", flag, path); !bytes.Equal(got, want) {
			i := 0
			for i < len(got) && i < len(want) && got[i] == want[i] {
				i++
			}
			t.Errorf("%s: %s differs at byte %d\nours  %q\ntheirs %q", path, flag, i, clip(got, i), clip(want, i))
		}
	}
}

func clip(b []byte, i int) []byte { return b[max(0, i-60):min(len(b), i+60)] }

func TestSharedFilesLikeXmllint(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "xmllint")
	n := 0
	err := filepath.WalkDir(testtool.Shared(t), func(p string, d fs.DirEntry, err error) error {
		switch filepath.Ext(p) {
		case ".xml", ".xsd", ".wsdl":
			n++
			likeXmllint(t, p)
		}
		return err
	})
	if err != nil || n == 0 {
		t.Fatalf("%d files, %v", n, err)
	}
}

// The files are in all encodings, so this also holds our decoding to libxml2's.
func TestAcceptedLikeXmllint(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "xmllint")
	for _, p := range glob(t, "testdata/accepted/*.xml") {
		likeXmllint(t, p)
	}
}

func TestGeneratedLikeXmllint(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "xmllint")
	dir := t.TempDir()
	for seed := range uint64(100) {
		p := filepath.Join(dir, seedName(seed))
		if err := os.WriteFile(p, []byte(generate(seed, "")), 0o600); err != nil {
			t.Fatal(err)
		}
		likeXmllint(t, p)
		if t.Failed() {
			t.Logf("%s", read(t, p))
			return
		}
	}
}

func TestMutatedVerdictsLikeXmllint(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "xmllint")
	dir := t.TempDir()
	var paths []string
	ours := make(map[string]error)
	refused := 0
	for seed := range uint64(2000) {
		doc := mutate(seed, generate(seed%200, ""))
		err := drain(strings.NewReader(doc))
		var se *SyntaxError
		if errors.As(err, &se) && stricter[se.Rule] || strings.ContainsRune(doc, 0) {
			continue
		}
		p := filepath.Join(dir, seedName(seed))
		if werr := os.WriteFile(p, []byte(doc), 0o600); werr != nil {
			t.Fatal(werr)
		}
		paths, ours[p] = append(paths, p), err
		if err != nil {
			refused++
		}
	}
	if refused < len(paths)/4 || refused == len(paths) {
		t.Fatalf("%d of %d are refused: no fair sample", refused, len(paths))
	}
	theirs := verdicts(t, paths)
	for _, p := range paths {
		if (ours[p] != nil) != (theirs[p] != "") && !strings.Contains(theirs[p], "is not a valid URI") {
			t.Errorf("ours %v, theirs %q\n%q", ours[p], theirs[p], read(t, p))
		}
	}
}

const (
	dsig      = "http://www.w3.org/2000/09/xmldsig#"
	reference = `<Reference URI="%s"><Transforms><Transform Algorithm="` + dsig + `enveloped-signature"/><Transform Algorithm="%s"/></Transforms>` +
		`<DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><DigestValue/></Reference>`
)

// xmlsec1 digests a whole document without comments and its signature, and an
// element within it: what it digests must be what we write.
func TestGeneratedLikeXmlsec(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "xmlsec1")
	dir := t.TempDir()
	key := filepath.Join(dir, "key")
	if err := os.WriteFile(key, make([]byte, 32), 0o600); err != nil {
		t.Fatal(err)
	}
	methods := []Method{{}, {Exclusive: true}}
	sig := `<Signature xmlns="` + dsig + `"><SignedInfo><CanonicalizationMethod Algorithm="` + inclusiveURI + `"/>` +
		`<SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"/>`
	for _, uri := range []string{"", "#target"} {
		for _, m := range methods {
			sig += fmt.Sprintf(reference, uri, m.URI())
		}
	}
	sig += `</SignedInfo><SignatureValue/></Signature>`
	value := regexp.MustCompile(`<DigestValue>([^<]*)`)
	for seed := range uint64(40) {
		doc := generate(seed+5000, sig)
		p := filepath.Join(dir, seedName(seed))
		if err := os.WriteFile(p, []byte(doc), 0o600); err != nil {
			t.Fatal(err)
		}
		signed := testtool.Run(t, "xmlsec1", "--sign", "--hmackey", key, "--id-attr:Id", "urn:target:target", p)
		theirs := value.FindAllSubmatch(signed, -1)
		if len(theirs) != 4 {
			t.Fatalf("%d digests:\n%s", len(theirs), signed)
		}
		for i, m := range methods {
			var whole, part bytes.Buffer
			if err := canonicalWithout(&whole, doc, m.ForWholeDocument()); err != nil {
				t.Fatal(err)
			}
			err := Subtree(&part, strings.NewReader(doc), m, func(t *Token) bool { return t.URI == "urn:target" && string(t.Local) == "target" })
			if err != nil {
				t.Fatal(err)
			}
			for j, b := range []*bytes.Buffer{&whole, &part} {
				sum := sha256.Sum256(b.Bytes())
				if got := base64.StdEncoding.EncodeToString(sum[:]); got != string(theirs[2*j+i][1]) {
					t.Fatalf("seed %d, %+v, part %d: digest %s, xmlsec1 has %s\nours %q\n%s", seed, m, j, got, theirs[2*j+i][1], b, doc)
				}
			}
		}
	}
}

// canonicalWithout leaves the signature out, as the enveloped-signature
// transform does.
func canonicalWithout(w *bytes.Buffer, doc string, m Method) error {
	s, c := NewScanner(strings.NewReader(doc)), NewCanonicalizer(w, m)
	out := 0
	for {
		t, err := s.Next()
		if err != nil {
			if cerr := c.Close(); cerr != nil {
				return cerr
			}
			if err == io.EOF {
				return nil
			}
			return err
		}
		if out == 0 && t.Kind == Start && t.URI == dsig && string(t.Local) == "Signature" {
			out = t.Depth
		}
		if out == 0 {
			if err := c.Token(t); err != nil {
				return err
			}
		} else if t.Kind == End && t.Depth == out {
			out = 0
		}
	}
}
