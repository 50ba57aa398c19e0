package seal

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"csuis-offline/checksum"
	"csuis-offline/crypto"
	"csuis-offline/envelope"
	"csuis-offline/finding"
	"csuis-offline/internal/fixture"
	"csuis-offline/internal/testtool"
)

var rawKey = []byte("a made-up key of 32 bytes, no se")

func testKey(t testing.TB) *crypto.Key {
	t.Helper()
	key, err := crypto.NewKey(bytes.Clone(rawKey))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// options have a fixed clock, and randomness that is fixed for a seed.
func options(t testing.TB, seed byte) Options {
	return Options{
		Key: testKey(t),
		Envelope: &envelope.Config{
			Unit:   envelope.Unit{IC: "00075370", Name: "Obec Kůňov"},
			Person: envelope.Person{ID: "99010101"},
		},
		Now:  time.Date(2026, 1, 15, 10, 3, 18, 0, time.UTC),
		Rand: rand.NewChaCha8([32]byte{seed}),
	}
}

func mustSeal(t testing.TB, doc []byte, o Options) ([]byte, *Result) {
	t.Helper()
	var out bytes.Buffer
	res, err := Seal(context.Background(), &out, bytes.NewReader(doc), o)
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), res
}

// encrypt puts bytes into a container as they are, whatever they are.
func encrypt(t testing.TB, doc []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := crypto.NewWriter(&out, testKey(t), crypto.WriterOptions{Rand: rand.NewChaCha8([32]byte{9})})
	if err == nil {
		_, err = w.Write(doc)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func open(sealed []byte, key *crypto.Key) ([]byte, *Result, error) {
	var out bytes.Buffer
	res, err := Open(context.Background(), &out, bytes.NewReader(sealed), key)
	return out.Bytes(), res, err
}

// documents are records of all kinds.
func documents(t testing.TB) map[string][]byte {
	t.Helper()
	docs := map[string][]byte{"bare": []byte("<Rozvaha/>")}
	var b bytes.Buffer
	fixture.Envelope(&b, rand.New(rand.NewPCG(1, 1)), 20)
	docs["envelope"] = bytes.Clone(b.Bytes())
	b.Reset()
	fixture.IncomeStatement(&b, rand.New(rand.NewPCG(1, 1)), 2000)
	docs["windows-1250"] = []byte(strings.Replace(b.String(), "windows-1250", "UTF-8", 1))
	b.Reset()
	fixture.BalanceSheet(&b, rand.New(rand.NewPCG(1, 1)), 3000)
	docs["large"] = bytes.Clone(b.Bytes())
	return docs
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	docs := documents(t)
	for _, p := range []envelope.Profile{envelope.Binding, envelope.Exclusive} {
		for name, doc := range docs {
			t.Run(p.String()+"/"+name, func(t *testing.T) {
				t.Parallel()
				o := options(t, 1)
				o.Profile = p
				sealed, made := mustSeal(t, doc, o)
				if made.Kept || made.Built == strings.Contains(name, "envelope") || made.Info.Profile != p {
					t.Errorf("Seal says %+v", made)
				}
				xml, found, err := open(sealed, o.Key)
				if err != nil {
					t.Fatal(err)
				}
				agree(t, made, found, sealed, xml)

				// Sealed once more, the document is kept, and the
				// record is another: the filler is new.
				o = options(t, 2)
				o.Profile = 1 - p
				again, kept := mustSeal(t, xml, o)
				if !kept.Kept || kept.Built || kept.Info.Profile != p {
					t.Errorf("Seal of what has an identifier says %+v", kept)
				}
				if bytes.Equal(again, sealed) || bytes.Equal(again[16:32], sealed[16:32]) {
					t.Error("two sealings of one document look alike")
				}
				same, _, err := open(again, o.Key)
				if err != nil || !bytes.Equal(same, xml) {
					t.Errorf("a kept document is not as it was: %v", err)
				}

				// In base64 the same comes out, with the file's own sum.
				text := lines(sealed)
				same, found, err = open(text, o.Key)
				if err != nil || !bytes.Equal(same, xml) {
					t.Errorf("from base64: %v", err)
				}
				agree(t, made, found, text, xml)
			})
		}
	}
}

// agree holds what Seal and Open say to each other and to the bytes.
func agree(t *testing.T, made, found *Result, file, xml []byte) {
	t.Helper()
	sum, size, err := checksum.Of(bytes.NewReader(file))
	if err != nil || found.Sum != sum || found.SealedSize != size {
		t.Errorf("Open: sum %v of %d bytes, the file has %v, %d", found.Sum, found.SealedSize, sum, size)
	}
	if !found.Kept || found.XMLSize != int64(len(xml)) || made.XMLSize != found.XMLSize {
		t.Errorf("sizes of the XML: %d sealed, %d opened, %d found", made.XMLSize, found.XMLSize, len(xml))
	}
	if a, b := made.Info, found.Info; a.TransactionID != b.TransactionID || a.RecordType != b.RecordType || a.Root != b.Root ||
		a.SubjectIC != b.SubjectIC || a.StatementDate != b.StatementDate || a.Profile != b.Profile || a.Sender.IC != b.Sender.IC {
		t.Errorf("sealed %+v, opened %+v", a, b)
	}
}

// lines is base64 with line breaks, as other programs write it.
func lines(raw []byte) []byte {
	text := base64.StdEncoding.EncodeToString(raw)
	var b strings.Builder
	for len(text) > 76 {
		b.WriteString(text[:76] + "\r\n")
		text = text[76:]
	}
	return []byte(b.String() + text + "\r\n")
}

func TestSumsOfSeal(t *testing.T) {
	t.Parallel()
	for name, doc := range documents(t) {
		sealed, res := mustSeal(t, doc, options(t, 1))
		sum, size, _ := checksum.Of(bytes.NewReader(sealed))
		if res.Sum != sum || res.SealedSize != size || crypto.SealedSize(res.XMLSize) != size {
			t.Errorf("%s: %+v, the output has %v, %d", name, res, sum, size)
		}
	}
}

// TestOpensslAgrees: what openssl decrypts is 16 bytes of filler, the document,
// CR LF and up to 15 bytes of filler without line breaks.
func TestOpensslAgrees(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "openssl")
	dir := t.TempDir()
	for name, doc := range documents(t) {
		sealed, _ := mustSeal(t, doc, options(t, 3))
		xml, _, err := open(sealed, testKey(t))
		if err != nil {
			t.Fatal(err)
		}
		in := filepath.Join(dir, name)
		if err := os.WriteFile(in, sealed, 0o600); err != nil {
			t.Fatal(err)
		}
		plain := testtool.Run(t, "openssl", "enc", "-d", "-aes-256-cbc", "-nopad", "-K", hex.EncodeToString(rawKey), "-iv", strings.Repeat("0", 32), "-in", in)
		rest, ok := bytes.CutPrefix(plain[16:], append(bytes.Clone(xml), "\r\n"...))
		if !ok || len(rest) > 15 || bytes.ContainsAny(rest, "\r\n") {
			t.Errorf("%s: openssl finds something else", name)
		}
	}
}

// TestXmlsecAgrees: what comes out of a sealed sample has an identifier that
// xmlsec1 accepts.
func TestXmlsecAgrees(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "xmlsec1")
	dir := t.TempDir()
	samples, err := filepath.Glob(filepath.Join(testtool.Shared(t, "samples", "iissp"), "*", "*.xml"))
	if err != nil || len(samples) == 0 {
		t.Fatal("no samples", err)
	}
	key := filepath.Join(dir, "key")
	if err := os.WriteFile(key, make([]byte, 32), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"--verify", "--hmackey", key}
	for i, s := range samples {
		doc, err := os.ReadFile(s)
		if err != nil {
			t.Fatal(err)
		}
		o := options(t, 4)
		o.Profile = envelope.Profile(i % 2)
		sealed, _ := mustSeal(t, doc, o)
		xml, _, err := open(sealed, o.Key)
		if err != nil {
			t.Fatal(s, err)
		}
		out := filepath.Join(dir, filepath.Base(filepath.Dir(s))+"-"+filepath.Base(s))
		if err := os.WriteFile(out, xml, 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, out)
	}
	testtool.Run(t, "xmlsec1", args...)
}

func TestNotes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		doc   string
		notes []finding.Code
	}{
		"nothing":    {"<Rozvaha/>", nil},
		"converted":  {"<?xml version='1.0' encoding='windows-1250'?><Rozvaha/>", []finding.Code{finding.InputConverted}},
		"other unit": {"<Rozvaha><VykazHlavicka><SubjektICO>00006947</SubjektICO><DatumVykaz>2009</DatumVykaz></VykazHlavicka></Rozvaha>", []finding.Code{finding.HeaderOtherUnit, finding.HeaderDate}},
	} {
		_, res := mustSeal(t, []byte(c.doc), options(t, 1))
		var got []finding.Code
		for _, f := range res.Notes {
			got = append(got, f.Code)
			if f.Severity == finding.Error {
				t.Errorf("%s: %+v is an error", name, f)
			}
		}
		if strings.Join(strs(got), " ") != strings.Join(strs(c.notes), " ") {
			t.Errorf("%s: %v, want %v", name, got, c.notes)
		}
	}
}

func strs(codes []finding.Code) []string {
	var s []string
	for _, c := range codes {
		s = append(s, string(c))
	}
	return s
}

// TestInvalidIdentifierIsNotSealed: it is an error that says so, not a reason to
// write another identifier.
func TestInvalidIdentifierIsNotSealed(t *testing.T) {
	t.Parallel()
	bad := bytes.Replace(small(t, ""), []byte("1250.00"), []byte("1251.00"), 1)
	_, err := Seal(context.Background(), new(bytes.Buffer), bytes.NewReader(bad), options(t, 1))
	var e *envelope.IdentifierError
	if !errors.As(err, &e) || e.Reason != envelope.ReasonDigest || e.Wanted == "" || e.Found == "" || e.Wanted == e.Found {
		t.Errorf("got %v", err)
	}
}
