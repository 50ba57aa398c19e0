package online_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"csuis-offline/crypto"
	"csuis-offline/envelope"
	"csuis-offline/internal/fixture"
	"csuis-offline/internal/testtool"
	"csuis-offline/online"
	"csuis-offline/seal"
)

// signed is a document with an integrity identifier.
func signed(t testing.TB, doc []byte, p envelope.Profile) string {
	t.Helper()
	var b bytes.Buffer
	_, err := envelope.Complete(context.Background(), &b, bytes.NewReader(doc), envelope.Options{Profile: p})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func testdata(t testing.TB, file string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// inbox is a server that answers everything alike and keeps the last request.
type inbox struct {
	mu      sync.Mutex
	answer  string
	status  int
	request []byte
	header  http.Header
}

func (i *inbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	i.mu.Lock()
	defer i.mu.Unlock()
	i.request, i.header = body, r.Header
	w.Header().Set("Content-Type", "text/xml;charset=utf-8")
	if i.status != 0 {
		w.WriteHeader(i.status)
	}
	io.WriteString(w, i.answer)
}

func newInbox(t testing.TB, answer string, change func(*online.Options)) (*inbox, *online.Client) {
	t.Helper()
	i := &inbox{answer: answer}
	o := options(serveHTTP(t, nil, i.ServeHTTP))
	o.Key = testKey(t)
	if change != nil {
		change(&o)
	}
	return i, newClient(t, o)
}

// embeddings are the ways in which a server may put a signed document into a
// SOAP message, all of which leave its identifier whole.
func embeddings(doc string) map[string]string {
	doc = noDeclaration(doc)
	hoisted := strings.Replace(doc, ` xmlns:msg="`+envelope.MessagingNS+`"`, "", 1)
	return map[string]string{
		"as it is":                          soap(doc),
		"with white space around":           soap("\n  " + doc + "\n"),
		"with declarations around":          `<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:unused="urn:unused"><S:Header/><S:Body>` + doc + `</S:Body></S:Envelope>`,
		"with a declaration moved outwards": `<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/" xmlns:msg="` + envelope.MessagingNS + `"><S:Body>` + hoisted + `</S:Body></S:Envelope>`,
		"with the same prefix around":       `<msg:Envelope xmlns:msg="http://schemas.xmlsoap.org/soap/envelope/"><msg:Body>` + doc + `</msg:Body></msg:Envelope>`,
		"with a default namespace around":   `<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body>` + doc + `</Body></Envelope>`,
		"with xml:lang around":              `<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/" xml:lang="cs"><S:Body>` + doc + `</S:Body></S:Envelope>`,
	}
}

func TestMessageInEveryEmbedding(t *testing.T) {
	t.Parallel()
	for _, p := range []envelope.Profile{envelope.Binding, envelope.Exclusive} {
		doc := signed(t, testdata(t, "status/three.xml"), p)
		for name, answer := range embeddings(doc) {
			t.Run(p.String()+"/"+name, func(t *testing.T) {
				t.Parallel()
				_, c := newInbox(t, answer, nil)
				var got bytes.Buffer
				m, err := c.Fetch(t.Context(), "7", &got)
				if err != nil {
					t.Fatal(err)
				}
				if !m.Identified || m.Sealed || m.Info.Root != "StavZpracovani" || m.Info.ReferenceID != "A970E763D149462BB1EBB0E7831996DB" || m.Info.Profile != p {
					t.Errorf("%+v", m)
				}
				if _, err := envelope.Verify(t.Context(), io.Discard, bytes.NewReader(got.Bytes())); err != nil {
					t.Errorf("what was written does not verify: %v\n%s", err, got.Bytes())
				}
				s, err := online.ParseStatus(&got)
				if err != nil || len(s.Details) != 3 || s.State != "ERRVVK" {
					t.Errorf("%+v, %v", s, err)
				}
			})
		}
	}
}

// TestMessageSignedInItsPlace: a server that signs with all that is in scope.
func TestMessageSignedInItsPlace(t *testing.T) {
	t.Parallel()
	around := ` xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"`
	doc := bytes.Replace(testdata(t, "status/one.xml"), []byte("<msg:Envelope"), []byte("<msg:Envelope"+around), 1)
	answer := `<S:Envelope` + around + `><S:Body>` + strings.Replace(noDeclaration(signed(t, doc, envelope.Binding)), around, "", 1) + `</S:Body></S:Envelope>`
	_, c := newInbox(t, answer, nil)
	if m, err := c.Fetch(t.Context(), "7", io.Discard); err != nil || !m.Identified {
		t.Errorf("%+v, %v", m, err)
	}
}

func TestDamagedMessages(t *testing.T) {
	t.Parallel()
	doc := noDeclaration(signed(t, testdata(t, "status/one.xml"), envelope.Binding))
	bare := noDeclaration(string(testdata(t, "status/one.xml")))
	for name, test := range map[string]struct {
		answer string
		kind   online.Kind
		is     error
	}{
		"changed":            {soap(strings.Replace(doc, "ERRVVK", "ERRMVK", 1)), online.KindDamaged, nil},
		"without identifier": {soap(bare), online.KindDamaged, envelope.ErrNoIdentifier},
		"another element":    {soap(`<a/>`), online.KindNotSOAP, nil},
		"empty envelope":     {soap(`<msg:Envelope xmlns:msg="` + envelope.MessagingNS + `"/>`), online.KindNotSOAP, nil},
		"no header":          {soap(`<msg:Envelope xmlns:msg="` + envelope.MessagingNS + `"><msg:EnvelopeBody/></msg:Envelope>`), online.KindDamaged, nil},
		"empty body":         {soap(""), online.KindNotSOAP, nil},
		"nothing":            {"", online.KindNotSOAP, nil},
		"two":                {soap(doc + doc), online.KindNotSOAP, nil},
		"cut off":            {soap(doc)[:900], online.KindMalformed, nil},
		"doctype":            {"<!DOCTYPE a>" + noDeclaration(soap(doc)), online.KindDoctype, nil},
		"garbage sealed":     {soap(`<msg:EncryptedMessage xmlns:msg="` + envelope.MessagingNS + `">????</msg:EncryptedMessage>`), online.KindDamaged, nil},
		"sealed with child":  {soap(`<msg:EncryptedMessage xmlns:msg="` + envelope.MessagingNS + `"><a/></msg:EncryptedMessage>`), online.KindNotSOAP, nil},
		"sealed and empty":   {soap(`<msg:EncryptedMessage xmlns:msg="` + envelope.MessagingNS + `"/>`), online.KindDamaged, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, c := newInbox(t, test.answer, nil)
			_, err := c.Fetch(t.Context(), "7", io.Discard)
			if kind(t, err) != test.kind || test.is != nil && !errors.Is(err, test.is) {
				t.Errorf("%v, want %s", err, test.kind)
			}
		})
	}
}

// sealedRecord is an enveloped record, sealed, in base64.
func sealedRecord(t testing.TB, rows int) (plain []byte, text string) {
	t.Helper()
	var doc, sealed, opened bytes.Buffer
	fixture.Envelope(&doc, rand.New(rand.NewPCG(1, 2)), rows)
	if _, err := seal.Seal(context.Background(), &sealed, &doc, seal.Options{Key: testKey(t), Now: start}); err != nil {
		t.Fatal(err)
	}
	text = base64.StdEncoding.EncodeToString(sealed.Bytes())
	if _, err := seal.Open(context.Background(), &opened, &sealed, testKey(t)); err != nil {
		t.Fatal(err)
	}
	return opened.Bytes(), text
}

func TestSealedMessages(t *testing.T) {
	t.Parallel()
	plain, text := sealedRecord(t, 2000)
	lines := strings.Builder{}
	for rest := text; rest != ""; {
		n := min(76, len(rest))
		lines.WriteString(rest[:n] + "\r\n")
		rest = rest[n:]
	}
	ns := ` xmlns:msg="` + envelope.MessagingNS + `"`
	around := func(text string) []byte {
		d := testdata(t, "status/no-status.xml")
		return bytes.Replace(d, []byte("<msg:Inbox/>"), []byte("<msg:EncryptedMessage>"+text+"</msg:EncryptedMessage>"), 1)
	}
	answers := map[string]string{
		"alone":                             soap("<msg:EncryptedMessage" + ns + ">" + text + "</msg:EncryptedMessage>"),
		"alone, in lines":                   soap("<msg:EncryptedMessage" + ns + ">\n" + lines.String() + "</msg:EncryptedMessage>"),
		"in an envelope without identifier": soap(noDeclaration(string(around(text)))),
	}
	for name, answer := range embeddings(signed(t, around(text), envelope.Binding)) {
		answers["in an envelope, "+name] = answer
	}
	for name, answer := range answers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, c := newInbox(t, answer, nil)
			var got bytes.Buffer
			m, err := c.Fetch(t.Context(), "9", &got)
			if err != nil || !m.Sealed || !m.Identified || m.Info.RecordType == "" || !bytes.Equal(got.Bytes(), plain) {
				t.Errorf("%+v, %v, %d bytes of %d", m, err, got.Len(), len(plain))
			}
		})
	}
	t.Run("without a key", func(t *testing.T) {
		t.Parallel()
		_, c := newInbox(t, answers["alone"], func(o *online.Options) { o.Key = nil })
		if _, err := c.Fetch(t.Context(), "9", io.Discard); kind(t, err) != online.KindKey {
			t.Error(err)
		}
	})
	t.Run("with another key", func(t *testing.T) {
		t.Parallel()
		other, err := crypto.NewKey(make([]byte, 32))
		if err != nil {
			t.Fatal(err)
		}
		_, c := newInbox(t, answers["alone"], func(o *online.Options) { o.Key = other })
		if _, err := c.Fetch(t.Context(), "9", io.Discard); kind(t, err) != online.KindKey {
			t.Error(err)
		}
	})
	t.Run("changed envelope around", func(t *testing.T) {
		t.Parallel()
		_, c := newInbox(t, strings.Replace(answers["in an envelope, as it is"], "Obec Kůňov", "Obec Kunov", 1), nil)
		if _, err := c.Fetch(t.Context(), "9", io.Discard); kind(t, err) != online.KindDamaged {
			t.Error(err)
		}
	})
	t.Run("writer that fails", func(t *testing.T) {
		t.Parallel()
		_, c := newInbox(t, answers["alone"], nil)
		if _, err := c.Fetch(t.Context(), "9", failingWriter{}); kind(t, err) != online.KindOutput || !errors.Is(err, os.ErrClosed) {
			t.Error(err)
		}
	})
	t.Run("over the limit", func(t *testing.T) {
		t.Parallel()
		_, c := newInbox(t, answers["alone"], func(o *online.Options) { o.Limits.Fetch = 10000 })
		if _, err := c.Fetch(t.Context(), "9", io.Discard); kind(t, err) != online.KindTooLarge {
			t.Error(err)
		}
	})
	t.Run("in the open and over the limit", func(t *testing.T) {
		t.Parallel()
		_, c := newInbox(t, soap(noDeclaration(string(plain))), func(o *online.Options) { o.Limits.Plain = 10000 })
		if _, err := c.Fetch(t.Context(), "9", io.Discard); kind(t, err) != online.KindTooLarge {
			t.Error(err)
		}
	})
}

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, os.ErrClosed }

// TestListRequest looks at what a list asks, for every condition, with the
// programs that judge XML.
func TestListRequest(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	day := func(s string) time.Time {
		d, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	answer := soap(noDeclaration(signed(t, testdata(t, "list/two.xml"), envelope.Binding)))
	for want, cond := range map[string]online.Conditions{
		"":                         {},
		"ZobrazitHromadneZpravy=1": {Bulk: &yes},
		"ZobrazitHromadneZpravy=0 ZpravaStatus=N TypDatoveZpravy=C001 ZpravaDatumVytvoreniOd=2026-11-01 ZpravaDatumVytvoreniDo=2026-11-30": {
			Bulk: &no, Status: "N", Type: "C001", From: day("2026-11-01"), To: day("2026-11-30"),
		},
		"ZpravaStatus=R":                    {Status: "R"},
		"TypDatoveZpravy=101":               {Type: "101"},
		"ZpravaDatumVytvoreniDo=2026-11-30": {To: day("2026-11-30")},
	} {
		i, c := newInbox(t, answer, nil)
		l, err := c.List(t.Context(), cond)
		if err != nil {
			t.Fatal(err)
		}
		if len(l.Messages) != 2 || l.Messages[0].ID != "7" || !l.Identified {
			t.Errorf("%+v", l)
		}
		doc, fields := bodyOf(t, i.request, "SeznamZpravPozadavek")
		if fields != want {
			t.Errorf("asked for %q, want %q\n%s", fields, want, doc)
		}
		in, err := envelope.Verify(t.Context(), io.Discard, strings.NewReader(doc))
		if err != nil || in.Sender.IC != fixture.UnitIC || in.Recipient.Module != "CSUIS" || in.Created != "2026-11-25T09:00:00Z" {
			t.Errorf("%+v, %v", in, err)
		}
		judgeEnvelope(t, doc)
		if i.header.Get("SOAPAction") != `"http://sap.com/xi/WebService/soap1.1"` || i.header.Get("Content-Type") != "text/xml;charset=utf-8" {
			t.Errorf("%v", i.header)
		}
	}
	_, c := newInbox(t, answer, nil)
	for _, cond := range []online.Conditions{{Status: "X"}, {Type: "1"}, {Type: "<a>"}, {From: day("2026-12-01"), To: day("2026-11-01")}} {
		if _, err := c.List(t.Context(), cond); kind(t, err) != online.KindSettings {
			t.Errorf("%+v: %v", cond, err)
		}
	}
}

func TestFetchRequest(t *testing.T) {
	t.Parallel()
	i, c := newInbox(t, soap(noDeclaration(signed(t, testdata(t, "status/one.xml"), envelope.Binding))), nil)
	id := `<7&"8>`
	if _, err := c.Fetch(t.Context(), id, io.Discard); err != nil {
		t.Fatal(err)
	}
	doc, fields := bodyOf(t, i.request, "ZpravaPozadavek")
	if fields != "ZpravaId=&lt;7&amp;&quot;8&gt;" && fields != `ZpravaId=&lt;7&amp;"8&gt;` {
		t.Errorf("asked for %q", fields)
	}
	judgeEnvelope(t, doc)
	for _, id := range []string{"", "a\nb", strings.Repeat("x", 201)} {
		if _, err := c.Fetch(t.Context(), id, io.Discard); kind(t, err) != online.KindMessageID {
			t.Errorf("%q: %v", id, err)
		}
	}
}

// bodyOf takes the envelope out of a request and lists what stands in an element.
func bodyOf(t *testing.T, request []byte, element string) (doc, fields string) {
	t.Helper()
	_, rest, ok := strings.Cut(string(request), "<SOAP:Body>")
	doc, _, ok2 := strings.Cut(rest, "</SOAP:Body>")
	if !ok || !ok2 {
		t.Fatalf("no SOAP: %s", request)
	}
	_, inside, ok := strings.Cut(doc, "<msg:"+element)
	if !ok {
		t.Fatalf("no %s in %s", element, doc)
	}
	inside, _, _ = strings.Cut(inside, "</msg:Inbox>")
	var all []string
	for _, part := range strings.Split(inside, "</msg:") {
		if _, field, ok := strings.Cut(part, "<msg:"); ok {
			all = append(all, strings.Replace(field, ">", "=", 1))
		}
	}
	return doc, strings.Join(all, " ")
}

// judgeEnvelope asks xmlsec1.
func judgeEnvelope(t *testing.T, doc string) {
	t.Helper()
	testtool.Need(t, "xmlsec1")
	dir := t.TempDir()
	key, file := filepath.Join(dir, "key"), filepath.Join(dir, "doc.xml")
	if err := errors.Join(os.WriteFile(key, make([]byte, 32), 0o600), os.WriteFile(file, []byte(doc), 0o600)); err != nil {
		t.Fatal(err)
	}
	if _, all, err := testtool.Try(t, "xmlsec1", "--verify", "--hmackey", key, file); err != nil {
		t.Errorf("xmlsec1: %v\n%s\n%s", err, all, doc)
	}
}

// TestQuestionsMayBeAskedAgain: what a failed question says of trying again.
func TestQuestionsMayBeAskedAgain(t *testing.T) {
	t.Parallel()
	i, c := newInbox(t, soap(""), nil)
	for status, want := range map[int]online.Retry{200: online.Later, 500: online.Later, 502: online.Later, 401: online.AfterNewPassword, 404: online.AfterSettings} {
		i.mu.Lock()
		i.status = status
		i.mu.Unlock()
		_, err := c.List(t.Context(), online.Conditions{})
		var e *online.Error
		if !errors.As(err, &e) || e.Retry != want {
			t.Errorf("%d: %v, retry %v", status, err, fmt.Sprint(e))
		}
	}
}
